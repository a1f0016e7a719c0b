package gongbei.verifier.metrics;

import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Verdict;
import gongbei.verifier.scan.ScanMetrics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;

/** Meters of scans. */
final class ScanMeters {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int LOWEST_BOUND_POWER = 13;
  private static final int HIGHEST_BOUND_POWER = 30;

  private ScanMeters() {}

  /** Registers the meters of scans: verdicts, what was shed, latencies. */
  static void bind(ScanMetrics scans, PrometheusMeterRegistry to) {
    for (final Verdict verdict : Verdict.values()) {
      for (final Reason reason : Reason.values()) {
        if (reason.verdict() == verdict || reason == Reason.UNKNOWN_SUBJECT) {
          FunctionCounter.builder("gongbei.scans", scans, s -> s.count(verdict, reason))
              .description("Scans by verdict and reason")
              .tag("verdict", verdict.wireName())
              .tag("reason", reason.wireName())
              .register(to);
        }
      }
    }
    for (final Verdict verdict : Verdict.values()) {
      FunctionCounter.builder("gongbei.scans.offline", scans, s -> s.offline(verdict))
          .description("Scans at checkpoints without a network, as far as they have told")
          .tag("verdict", verdict.wireName())
          .register(to);
    }
    FunctionCounter.builder("gongbei.scans.shed", scans, ScanMetrics::shed)
        .description("Scans refused because the ring buffer was full")
        .register(to);
    for (final double share : new double[] {0.5, 0.9, 0.99, 0.999}) {
      Gauge.builder("gongbei.scan.latency", scans, s -> s.latencyNanos(share) / NANOS_PER_SECOND)
          .description("Time from acceptance to verdict that a share of scans stayed within")
          .baseUnit("seconds")
          .tag("quantile", Double.toString(share))
          .register(to);
    }
    to.getPrometheusRegistry().register(() -> durations(scans));
  }

  /** The latencies as a histogram, its bounds powers of two from 8 microseconds to 1 second. */
  private static HistogramSnapshot durations(ScanMetrics scans) {
    final long[] powers = scans.latenciesByPower();
    final ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    long count = 0;
    for (int power = 0; power < powers.length; power++) {
      count += powers[power];
      if (power == powers.length - 1) {
        buckets.bucket(Double.POSITIVE_INFINITY, count);
      } else if (power >= LOWEST_BOUND_POWER - 1 && power < HIGHEST_BOUND_POWER) {
        buckets.bucket((1L << (power + 1)) / NANOS_PER_SECOND, count);
        count = 0;
      }
    }
    return HistogramSnapshot.builder()
        .name("gongbei_scan_duration_seconds")
        .help("Time from acceptance to verdict")
        .dataPoint(
            HistogramSnapshot.HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(buckets.build())
                .sum(scans.latencySumNanos() / NANOS_PER_SECOND)
                .build())
        .build();
  }
}
