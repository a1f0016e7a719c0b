package gongbei.bench.capacity;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code simulate}: what a province's scans need, and ten provinces'. */
@Command(
    name = "simulate",
    description = "Simulates nodes of the measured speed under a province's load, one failing.",
    mixinStandardHelpOptions = true)
public final class SimulateCommand implements Callable<Integer> {
  private static final double SECONDS_A_DAY = 86_400;
  private static final double RUSH_HOUR = 10;
  private static final int SECONDS = 20;
  private static final int FAIL_SECOND = 8;
  private static final double NOTICE_SECONDS = 1;
  private static final double NETWORK_MICROS = 10_000;
  private static final int PLACES = 1_024;
  private static final int[] CENTRAL_NODES = {2, 3, 5};
  private static final double NANOS_A_MILLI = 1e6;
  private static final double CITY_NODES = 2;

  @Option(
      names = "--scans-a-day",
      defaultValue = "100000000",
      description = "Of the province; ten times that is simulated too.")
  private double scansADay;

  @Option(names = "--seed", defaultValue = "1", description = "Of what is drawn at random.")
  private long seed;

  @Option(
      names = "--batch-micros",
      defaultValue = "20",
      description = "What a batch costs whatever its size, in microseconds.")
  private double batchMicros;

  @Option(
      names = "--scan-micros",
      split = ",",
      defaultValue = "24.0,18.3,16.7,10.8",
      description = "What a scan costs in batches of 1, 4, 16 and 64, in microseconds.")
  private double[] scanMicros;

  @Override
  public Integer call() {
    final double[] nanos = new double[scanMicros.length];
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] = scanMicros[i] * 1e3;
    }
    final ServiceTimes times = new ServiceTimes(batchMicros * 1e3, new int[] {1, 4, 16, 64}, nanos);
    System.out.printf(
        Locale.ROOT,
        "A node evaluates at most %,.0f scans a second. The network takes %.0f ms there and back.%n",
        times.mostASecond(),
        NETWORK_MICROS / 1e3);
    for (final int scale : new int[] {1, 10}) {
      final double rush = scale * scansADay / SECONDS_A_DAY * RUSH_HOUR;
      System.out.printf(
          Locale.ROOT,
          "%n%,.0f scans a day, %,.0f a second in the rush hour; a node fails after %d s:%n",
          scale * scansADay,
          rush,
          FAIL_SECOND);
      for (final int nodes : CENTRAL_NODES) {
        say(nodes + " nodes for all", run(nodes, times, rush));
      }
      for (final int city : new int[] {0, Province.cities() - 1}) {
        say(
            (int) CITY_NODES
                + " nodes for the "
                + (city == 0 ? "largest" : "smallest")
                + " of "
                + Province.cities()
                + " cities",
            run((int) CITY_NODES, times, rush * Province.share(city)));
      }
    }
    return 0;
  }

  private Simulation.Outcome run(int nodes, ServiceTimes times, double rate) {
    return new Simulation(
            new Simulation.Setting(
                nodes, times, PLACES, rate, SECONDS, FAIL_SECOND, NOTICE_SECONDS, NETWORK_MICROS),
            seed)
        .run();
  }

  private static void say(String what, Simulation.Outcome outcome) {
    System.out.printf(
        Locale.ROOT,
        "  %-38s p50 %.1f ms, p99 %.1f, p99.9 %.1f; asked in the second after the failure: p99"
            + " %.0f ms; %,d told busy, %,d of %,d given up; busiest node %.0f %%, at most %,d"
            + " waiting%n",
        what,
        millis(outcome.latencies().getValueAtPercentile(50)),
        millis(outcome.latencies().getValueAtPercentile(99)),
        millis(outcome.latencies().getValueAtPercentile(99.9)),
        millis(outcome.afterFailure().getValueAtPercentile(99)),
        outcome.shed(),
        outcome.givenUp(),
        outcome.asked(),
        100 * outcome.busiest(),
        outcome.deepest());
  }

  private static double millis(long nanos) {
    return nanos / NANOS_A_MILLI;
  }
}
