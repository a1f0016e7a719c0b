package gongbei.bench.faults;

import gongbei.bench.setup.NodeJar;
import gongbei.bench.setup.NodeProcess;
import gongbei.replication.context.MemberAddress;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code sealing-bench}: what it costs a cluster that its datagrams are sealed, and what a flood of
 * forged datagrams takes from it: three members and a replica, each a process, in turn with plain
 * datagrams, with sealed ones, with sealed ones and a flood at the members' ports, and, to tell
 * what the flood itself takes of this machine, with as large a flood at ports that nobody reads.
 */
@Command(
    name = "sealing-bench",
    description = "What sealed datagrams cost a cluster, and what a flood of forged ones does.",
    mixinStandardHelpOptions = true)
public final class SealingBenchmark implements Callable<Integer> {
  private static final int MEMBERS = 3;
  private static final int PORTS_OF_A_BED = 64;
  private static final int PORTS_THAT_ARE_READ = 5;
  private static final int AS_FAST_AS_ANSWERS_COME = 10_000_000;
  private static final int STEADY_RATE = 1_000;

  @Option(names = "--rounds", defaultValue = "3", description = "How often each is measured.")
  private int rounds;

  @Option(names = "--seconds", defaultValue = "10", description = "How long each part is measured.")
  private int seconds;

  @Option(names = "--flood", defaultValue = "50000", description = "Forged datagrams a second.")
  private int floodRate;

  @Option(names = "--base-port", defaultValue = "27000", description = "The first of the ports.")
  private int basePort;

  @Mixin private NodeJar jar = new NodeJar();

  @Option(
      names = "--kinds",
      split = ",",
      description = "What is measured in turn: ${COMPLETION-CANDIDATES}; all by default.")
  private List<Kind> kinds = List.of(Kind.values());

  private int beds;

  /** What is measured in turn. */
  enum Kind {
    PLAIN("  networkIsSealed: true\n"),
    SEALED(""),
    SEALED_SM4("  cipher: sm4-gcm\n"),
    SEALED_FLOODED(""),
    SEALED_FLOOD_ELSEWHERE("");

    private final String settings;

    Kind(String settings) {
      this.settings = settings;
    }
  }

  /** A round's figures: changes a second, processor of all nodes a change, latency, the flood. */
  private record Round(
      double rate, double cpuMicros, double medianMicros, double p99Micros, double flood) {}

  @Override
  public Integer call() throws Exception {
    jar.require();
    final Map<Kind, List<Round>> results = new EnumMap<>(Kind.class);
    for (int round = 0; round < rounds; round++) {
      for (final Kind kind : kinds) {
        final Round result = measure(kind);
        results.computeIfAbsent(kind, any -> new ArrayList<>()).add(result);
        print(kind, List.of(result));
      }
    }
    System.out.println("medians:");
    results.forEach(SealingBenchmark::print);
    return 0;
  }

  private static void print(Kind kind, List<Round> rounds) {
    System.out.printf(
        Locale.ROOT,
        "%-23s %,8.0f changes a second, %5.1f µs of processor each; at %,d a second acknowledged"
            + " after p50 %,.0f µs, p99 %,.0f µs; %,.0f forged datagrams a second%n",
        kind.name().toLowerCase(Locale.ROOT).replace('_', '-'),
        median(rounds.stream().mapToDouble(Round::rate).toArray()),
        median(rounds.stream().mapToDouble(Round::cpuMicros).toArray()),
        STEADY_RATE,
        median(rounds.stream().mapToDouble(Round::medianMicros).toArray()),
        median(rounds.stream().mapToDouble(Round::p99Micros).toArray()),
        median(rounds.stream().mapToDouble(Round::flood).toArray()));
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  private Round measure(Kind kind) throws Exception {
    final Path directory = Files.createTempDirectory("gongbei-sealing-");
    final int port = basePort + PORTS_OF_A_BED * beds++;
    try (ClusterFixture bed =
            new ClusterFixture(
                jar.path(), directory, ClusterFixture.LOOPBACK, port, MEMBERS, kind.settings);
        DatagramSocket nobodys = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      bed.startAll();
      bed.awaitLeader();
      final DatagramFlood flood = flood(kind, port, nobodys);
      final Round round = measure(bed, flood);
      if (flood != null) {
        flood.close();
      }
      return round;
    } finally {
      ClusterFixture.delete(directory);
    }
  }

  private DatagramFlood flood(Kind kind, int port, DatagramSocket nobodys) throws IOException {
    final List<InetSocketAddress> targets = new ArrayList<>();
    if (kind == Kind.SEALED_FLOODED) {
      for (int member = 0; member < MEMBERS; member++) {
        for (int offset = 0; offset < PORTS_THAT_ARE_READ; offset++) {
          targets.add(
              new InetSocketAddress(
                  InetAddress.getLoopbackAddress(), port + member * MemberAddress.PORTS + offset));
        }
      }
    } else if (kind == Kind.SEALED_FLOOD_ELSEWHERE) {
      targets.add(new InetSocketAddress(nobodys.getLocalAddress(), nobodys.getLocalPort()));
    }
    return targets.isEmpty() ? null : new DatagramFlood(targets, floodRate, beds);
  }

  private Round measure(ClusterFixture bed, DatagramFlood flood) throws Exception {
    final var urls = bed.members.stream().map(NodeProcess::url).toList();
    final double rate;
    final double cpuMicros;
    try (WriteLoad writes = new WriteLoad(urls, bed.authority, AS_FAST_AS_ANSWERS_COME)) {
      TimeUnit.SECONDS.sleep(seconds);
      final long before = writes.acknowledged();
      final Duration cpuBefore = cpu(bed);
      final long fromNanos = System.nanoTime();
      TimeUnit.SECONDS.sleep(seconds);
      final long changes = writes.acknowledged() - before;
      rate = changes * 1e9 / (System.nanoTime() - fromNanos);
      cpuMicros = cpu(bed).minus(cpuBefore).toNanos() / 1e3 / changes;
      writes.stop();
    }
    final Histogram micros;
    try (WriteLoad writes = new WriteLoad(urls, bed.authority, STEADY_RATE)) {
      TimeUnit.SECONDS.sleep(2);
      final Histogram warming = writes.takeLatencyMicros();
      if (warming.getTotalCount() == 0) {
        throw new IllegalStateException("no change was acknowledged in two seconds");
      }
      TimeUnit.SECONDS.sleep(seconds);
      micros = writes.takeLatencyMicros();
      writes.stop();
    }
    return new Round(
        rate,
        cpuMicros,
        micros.getValueAtPercentile(50),
        micros.getValueAtPercentile(99),
        flood == null ? 0 : flood.finish());
  }

  private static Duration cpu(ClusterFixture bed) {
    return bed.all().stream().map(NodeProcess::cpu).reduce(Duration.ZERO, Duration::plus);
  }
}
