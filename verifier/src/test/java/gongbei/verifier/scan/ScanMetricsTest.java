package gongbei.verifier.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Allocations;
import gongbei.testing.Seeds;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ScanMetricsTest {
  private final ScanMetrics metrics = new ScanMetrics();

  @Test
  void percentilesAreThoseOfTheSortedLatenciesToAnEighth() {
    final Random random = Seeds.random(1);
    final long[] latencies = new long[10_000];
    for (int i = 0; i < latencies.length; i++) {
      latencies[i] = (long) Math.exp(random.nextDouble() * 20);
      metrics.record(Verdict.PASS, Reason.OK, latencies[i]);
    }
    Arrays.sort(latencies);
    for (final double share : new double[] {0.001, 0.5, 0.9, 0.99, 0.999, 1}) {
      final long exact = latencies[(int) Math.ceil(share * latencies.length) - 1];
      final long given = metrics.latencyNanos(share);
      assertTrue(given >= exact && given <= exact + exact / 8 + 1, share + ": " + given);
    }
    assertEquals(Arrays.stream(latencies).sum(), metrics.latencySumNanos());
  }

  @Test
  void everyLatencyFallsIntoItsPowerOfTwo() {
    for (int power = 1; power < 63; power++) {
      metrics.record(Verdict.PASS, Reason.OK, 1L << power);
      metrics.record(Verdict.PASS, Reason.OK, (1L << (power + 1)) - 1);
    }
    metrics.record(Verdict.PASS, Reason.OK, 0);
    metrics.record(Verdict.PASS, Reason.OK, 1);
    metrics.record(Verdict.PASS, Reason.OK, -5);
    final long[] expected = new long[64];
    Arrays.fill(expected, 1, 63, 2);
    expected[0] = 3;
    assertEquals(Arrays.toString(expected), Arrays.toString(metrics.latenciesByPower()));
  }

  @Test
  void beforeTheFirstScanEverythingIsZero() {
    assertEquals(0, metrics.latencyNanos(0.99));
    assertEquals(0, metrics.total());
    assertEquals(0, metrics.shed());
  }

  @Test
  void nothingIsLostBetweenThreads() throws InterruptedException {
    final List<Thread> threads = new ArrayList<>();
    for (final Reason reason : List.of(Reason.OK, Reason.RED, Reason.YELLOW, Reason.EXPIRED)) {
      final Thread thread =
          new Thread(
              () -> {
                for (int n = 0; n < 100_000; n++) {
                  metrics.record(reason.verdict(), reason, n);
                  metrics.recordShed();
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (final Thread thread : threads) {
      thread.join();
    }
    assertEquals(400_000, metrics.total());
    assertEquals(400_000, metrics.shed());
    assertEquals(100_000, metrics.count(Verdict.REFUSE, Reason.EXPIRED));
    assertEquals(400_000, Arrays.stream(metrics.latenciesByPower()).sum());
  }

  @Test
  void recordingAllocatesNothing() {
    Allocations.assertNone("records", 50_000, () -> record(50_000));
  }

  private void record(int times) {
    for (int i = 0; i < times; i++) {
      metrics.record(Verdict.REFUSE, Reason.EXPIRED, i);
    }
  }

  @Test
  void offlineCountsStopAtTheirBoundInsteadOfTurningOver() {
    metrics.recordOffline(Verdict.PASS, 5);
    assertEquals(5, metrics.offline(Verdict.PASS));
    metrics.recordOffline(Verdict.PASS, Long.MAX_VALUE);
    metrics.recordOffline(Verdict.PASS, Long.MAX_VALUE);
    assertEquals(ScanMetrics.MAX_OFFLINE, metrics.offline(Verdict.PASS));
    assertEquals(0, metrics.offline(Verdict.HOLD));
  }
}
