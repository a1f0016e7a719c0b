package gongbei.bench.load;

import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.replication.cluster.ClusterNode;
import gongbei.replication.cluster.ReplicaNode;
import gongbei.replication.command.Applied;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.context.ClusterContext;
import gongbei.replication.context.ClusterSecret;
import gongbei.replication.context.MemberAddress;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code replica-bench}: a replica of one member, over UDP on the loopback: how fast it takes what
 * it has missed, and how far behind it then is.
 */
@Command(
    name = "replica-bench",
    description = "How fast a replica takes what it has missed, and how far behind it then is.",
    mixinStandardHelpOptions = true)
public final class ReplicaBenchmark implements Callable<Integer> {
  private static final int BATCH = 1_024;
  private static final int IN_FLIGHT = 48;
  private static final int STEADY_BATCH = 10;

  @Parameters(paramLabel = "DIR", index = "0", description = "An empty directory.")
  private Path directory;

  @Parameters(paramLabel = "MISSED", index = "1", description = "Changes that it has missed.")
  private long missed;

  @Parameters(paramLabel = "SECONDS", index = "2", description = "How long to measure.")
  private int seconds;

  @Parameters(paramLabel = "RATE", index = "3", description = "Changes a second meanwhile.")
  private int rate;

  @Option(
      names = "--base-port",
      defaultValue = "19700",
      description = "The first of the member's 8 ports.")
  private int basePort;

  @Override
  public Integer call() throws Exception {
    final List<MemberAddress> members = List.of(new MemberAddress(0, "127.0.0.1", basePort));
    try (ClusterNode node =
        ClusterNode.launch(context(directory.resolve("member"), members, missed))) {
      while (!node.status().isWriting()) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
      fill(node, missed);
      final long starting = System.nanoTime();
      try (ReplicaNode replica =
          ReplicaNode.launch(context(directory.resolve("replica"), members, missed), "127.0.0.1")) {
        catchUp(replica.state().map(), missed, starting);
        lag(node, replica.state().map(), missed, seconds, rate);
        requireEqual(node.state().map(), replica.state().map());
        System.out.printf(Locale.ROOT, "%d snapshots taken over%n", replica.snapshotsTaken());
      }
    }
    return 0;
  }

  private static ClusterContext context(Path directory, List<MemberAddress> members, long holders)
      throws Exception {
    return new ClusterContext()
        .directory(directory)
        .members(members)
        .memberId(0)
        .secret(new ClusterSecret("secret of a bench".getBytes(StandardCharsets.UTF_8)))
        // The feed goes back to the first change: what is measured is the feed, not a snapshot.
        .feedBytes(holders * 64)
        .snapshotLogBytes(0)
        .map(StatusMap.persisted(directory, holders));
  }

  private static void fill(ClusterNode node, long count) throws Exception {
    final ArrayDeque<CompletableFuture<List<Applied>>> waiting = new ArrayDeque<>();
    for (long next = 0; next < count; ) {
      final List<StatusCommand> batch = new ArrayList<>(BATCH);
      for (int i = 0; i < BATCH && next < count; i++) {
        batch.add(change(next++, 2));
      }
      waiting.add(node.submit(batch));
      if (waiting.size() >= IN_FLIGHT) {
        waiting.remove().get();
      }
    }
    while (!waiting.isEmpty()) {
      waiting.remove().get();
    }
  }

  private static StatusCommand change(long number, int doses) {
    final SplittableRandom random = new SplittableRandom(number);
    return StatusCommand.SetStatus.of(new Subject(random.nextLong(), random.nextLong()))
        .colour(Colour.GREEN)
        .test(TestResult.NEGATIVE, 29_000_000)
        .doses(doses)
        .lastDoseEpochDay(19_000)
        .build();
  }

  private static void catchUp(StatusMap map, long missed, long starting) {
    while (map.version() == 0) {
      LockSupport.parkNanos(100_000);
    }
    final long firstNanos = System.nanoTime();
    final long first = map.version();
    while (map.version() < missed) {
      LockSupport.parkNanos(100_000);
    }
    final long nanos = System.nanoTime() - firstNanos;
    System.out.printf(
        Locale.ROOT,
        "caught up %,d changes in %,d ms: %,d a second; %,d ms from its start%n",
        missed,
        TimeUnit.NANOSECONDS.toMillis(nanos),
        (long) ((missed - first) * 1e9 / nanos),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - starting));
  }

  /**
   * Submits at a constant rate, and takes the time from when the member has applied a batch to when
   * the replica has. Looks every 50 µs, so that this is how much too long a lag may be.
   */
  private static void lag(ClusterNode node, StatusMap replica, long start, int seconds, int rate)
      throws Exception {
    final Histogram micros = new Histogram(3);
    final long interval = TimeUnit.SECONDS.toNanos(1) * STEADY_BATCH / rate;
    final long began = System.nanoTime();
    final long end = began + TimeUnit.SECONDS.toNanos(seconds);
    final ArrayDeque<long[]> applied = new ArrayDeque<>();
    final StatusMap member = node.state().map();
    long due = began;
    long seen = start;
    long number = 0;
    CompletableFuture<List<Applied>> last = null;
    while (System.nanoTime() < end) {
      if (System.nanoTime() >= due) {
        final List<StatusCommand> batch = new ArrayList<>(STEADY_BATCH);
        for (int i = 0; i < STEADY_BATCH; i++) {
          batch.add(change(number++ % start, 3));
        }
        last = node.submit(batch);
        due += interval;
      }
      final long now = System.nanoTime();
      final long version = member.version();
      if (version > seen) {
        applied.add(new long[] {version, now});
        seen = version;
      }
      final long replicated = replica.version();
      while (!applied.isEmpty() && applied.peek()[0] <= replicated) {
        micros.recordValue((now - applied.remove()[1]) / 1_000);
      }
      LockSupport.parkNanos(50_000);
    }
    last.get();
    System.out.printf(
        Locale.ROOT,
        "behind at %,d changes a second: p50 %,d µs, p99 %,d µs, p99.9 %,d µs, at most %,d µs, of"
            + " %,d%n",
        rate,
        micros.getValueAtPercentile(50),
        micros.getValueAtPercentile(99),
        micros.getValueAtPercentile(99.9),
        micros.getMaxValue(),
        micros.getTotalCount());
  }

  private static void requireEqual(StatusMap member, StatusMap replica) {
    while (replica.version() < member.version()) {
      LockSupport.parkNanos(1_000_000);
    }
    if (!member.mark().equals(replica.mark())) {
      throw new IllegalStateException(member.mark() + " at the member, " + replica.mark());
    }
    System.out.printf(
        Locale.ROOT, "digest %016x on both at version %,d%n", member.digest(), member.version());
  }
}
