package gongbei.bench.load;

import gongbei.bench.setup.Population;
import gongbei.bench.setup.ProcessorTime;
import gongbei.codec.model.Colour;
import gongbei.codec.model.Region;
import gongbei.codec.model.TestResult;
import gongbei.replication.cluster.ClusterNode;
import gongbei.replication.command.Applied;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.context.ClusterContext;
import gongbei.replication.history.HistoryLog;
import gongbei.replication.history.HistorySettings;
import gongbei.replication.machine.HistorySink;
import gongbei.replication.map.LookAhead;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code log-bench}: loads a population into a single node through its log, looks holders up,
 * stops, and starts again; with a history or without, or both ways, one after the other.
 */
@Command(
    name = "log-bench",
    description = "Loads residents through the log of a node in this process, and restarts it.",
    mixinStandardHelpOptions = true)
public final class LogBenchmark implements Callable<Integer> {
  private static final int BATCH = 1_024;
  private static final int IN_FLIGHT = 48;
  private static final int LOOK_UPS = 2_000_000;
  private static final int ROUNDS = 5;
  private static final int AHEAD = 64;

  @Parameters(paramLabel = "DIR", index = "0", description = "An empty directory.")
  private Path directory;

  @Parameters(paramLabel = "RESIDENTS", index = "1", description = "How many.")
  private long residents;

  @Option(
      names = "--history",
      paramLabel = "on|off",
      split = ",",
      defaultValue = "on",
      description =
          "Whether entries and tree are kept; several, as on,off or on,on, one after the other.")
  private List<Kept> history;

  private enum Kept {
    ON,
    OFF
  }

  @Override
  public Integer call() throws Exception {
    for (int i = 0; i < history.size(); i++) {
      final boolean isKept = history.get(i) == Kept.ON;
      System.out.printf(Locale.ROOT, "history %s%n", isKept ? "on" : "off");
      // Each run has a directory of its own: the next of the same kind would go on in it.
      run(directory.resolve((i + 1) + (isKept ? "-on" : "-off")), isKept);
    }
    return 0;
  }

  private void run(Path place, boolean isKept) throws Exception {
    Files.createDirectories(place);
    try (HistorySinks log = HistorySinks.of(place, isKept)) {
      final ClusterNode first = launch(place, log.sink());
      try {
        fill(first, residents);
      } finally {
        final long stopping = System.nanoTime();
        first.close();
        System.out.printf(Locale.ROOT, "stopped in %,d ms%n", millisSince(stopping));
      }
      log.tellBytes(residents);
    }
    try (HistorySinks log = HistorySinks.of(place, isKept)) {
      restart(place, log.sink());
    }
  }

  /** A history in files, or none. */
  private record HistorySinks(HistorySink sink, Optional<Path> files, Runnable closing)
      implements AutoCloseable {
    static HistorySinks of(Path place, boolean isKept) throws IOException {
      if (!isKept) {
        return new HistorySinks(HistorySink.NONE, Optional.empty(), () -> {});
      }
      final Path files = place.resolve("transparency");
      final HistoryLog log =
          HistoryLog.open(new HistorySettings(Region.GUANGDONG).directory(files));
      return new HistorySinks(log, Optional.of(files), log::close);
    }

    void tellBytes(long changes) throws IOException {
      if (files.isEmpty()) {
        return;
      }
      // What is in the ring is written first.
      sink.frontier();
      long bytes = 0;
      try (Stream<Path> all = Files.list(files.get())) {
        for (final Path file : all.toList()) {
          bytes += Files.size(file);
        }
      }
      System.out.printf(
          Locale.ROOT, "the history takes %.2f bytes a change%n", (double) bytes / changes);
    }

    @Override
    public void close() {
      closing.run();
    }
  }

  private static void fill(ClusterNode node, long residents) throws Exception {
    awaitWriting(node);
    load(node, residents);
    final StatusMap map = node.state().map();
    System.out.printf(
        Locale.ROOT,
        "%,d holders in %.1f bytes each%n",
        map.size(),
        (double) map.memoryBytes() / residents);
    for (int round = 0; round < ROUNDS; round++) {
      lookUp(map, residents, null);
      lookUp(map, residents, map.lookAhead(AHEAD));
    }
  }

  private void restart(Path place, HistorySink sink) throws Exception {
    final long starting = System.nanoTime();
    try (ClusterNode node = launch(place, sink)) {
      final StatusRecord record = new StatusRecord();
      if (!node.status().isServing() || !node.state().map().get(Population.subject(0), record)) {
        throw new IllegalStateException("the node does not serve");
      }
      System.out.printf(Locale.ROOT, "serving again after %,d ms%n", millisSince(starting));
      awaitWriting(node);
      System.out.printf(Locale.ROOT, "taking changes again after %,d ms%n", millisSince(starting));
    }
  }

  private ClusterNode launch(Path place, HistorySink sink) throws Exception {
    return ClusterNode.launch(
        new ClusterContext()
            .directory(place)
            .historySink(sink)
            .map(StatusMap.persisted(place, residents)));
  }

  private static void awaitWriting(ClusterNode node) throws InterruptedException {
    while (!node.status().isWriting()) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private static void load(ClusterNode node, long residents) throws Exception {
    final ArrayDeque<CompletableFuture<List<Applied>>> waiting = new ArrayDeque<>();
    final long started = System.nanoTime();
    final ProcessorTime processor = new ProcessorTime();
    long told = started;
    long toldAt = 0;
    for (long next = 0; next < residents; ) {
      final List<StatusCommand> batch = new ArrayList<>(BATCH);
      for (int i = 0; i < BATCH && next < residents; i++) {
        batch.add(
            StatusCommand.SetStatus.of(Population.subject(next))
                .colour(Colour.GREEN)
                .test(TestResult.NEGATIVE, 29_000_000)
                .doses(3)
                .lastDoseEpochDay(19_000)
                .build());
        next++;
      }
      waiting.add(node.submit(batch));
      if (waiting.size() >= IN_FLIGHT) {
        waiting.remove().get();
      }
      if (System.nanoTime() - told > 10_000_000_000L) {
        System.out.printf(
            Locale.ROOT,
            "  %,d loaded, %,d a second%n",
            next,
            (next - toldAt) * 1_000 / Math.max(1, millisSince(told)));
        told = System.nanoTime();
        toldAt = next;
      }
    }
    while (!waiting.isEmpty()) {
      waiting.remove().get();
    }
    final long millis = millisSince(started);
    System.out.printf(
        Locale.ROOT,
        "%,d commands in %,d ms: %,d a second, %.2f µs of processor each%n",
        residents,
        millis,
        residents * 1_000 / Math.max(1, millis),
        processor.microsEach(residents));
  }

  /** One by one, or as scans do it: so many at a time, brought near together. */
  private static void lookUp(StatusMap map, long residents, LookAhead ahead) {
    final byte[] keys = new byte[1_024 * Subject.BYTES];
    final StatusRecord record = new StatusRecord();
    long nanos = 0;
    int found = 0;
    for (int done = 0; done < LOOK_UPS; done += 1_024) {
      for (int i = 0; i < 1_024; i++) {
        final long number = Math.floorMod(Population.stir(done * 31L + i), residents);
        System.arraycopy(
            Population.subject(number).toBytes(), 0, keys, i * Subject.BYTES, Subject.BYTES);
      }
      final long from = System.nanoTime();
      for (int i = 0; i < 1_024; i++) {
        if (ahead != null && i % AHEAD == 0) {
          ahead.clear();
          for (int next = i; next < i + AHEAD; next++) {
            ahead.add(keys, next * Subject.BYTES);
          }
          ahead.fetch();
        }
        if (map.get(keys, i * Subject.BYTES, record)) {
          found++;
        }
      }
      nanos += System.nanoTime() - from;
    }
    System.out.printf(
        Locale.ROOT,
        "%,d lookups %s, %d ns each%n",
        found,
        ahead == null ? "one by one" : "in batches of " + AHEAD,
        nanos / LOOK_UPS);
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }
}
