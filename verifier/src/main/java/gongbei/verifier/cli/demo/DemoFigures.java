package gongbei.verifier.cli.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Verdict;
import gongbei.verifier.scan.ScanMetrics;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A demo's figures as its pages have them: the rate of the last second, latencies of the last ten,
 * verdicts of the last sixty. Nothing of how slow it was before its code was compiled. For one
 * thread.
 */
final class DemoFigures {
  private static final int LATENCY_SECONDS = 10;
  private static final int VERDICT_SECONDS = 60;

  private final List<ScanMetrics> nodes;
  private final Deque<Sample> samples = new ArrayDeque<>();

  /** What was counted from the start to one moment. */
  private record Sample(
      long total, long shed, Map<Verdict, Long> verdicts, TreeMap<Long, Long> latencies) {}

  /**
   * @param nodes all of the demo's; latencies are the first's
   */
  DemoFigures(List<ScanMetrics> nodes) {
    this.nodes = nodes;
    look();
  }

  /** Takes the next second's figures. */
  void look() {
    final Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
    long total = 0;
    for (final Verdict verdict : Verdict.values()) {
      long count = 0;
      for (final Reason reason : Reason.values()) {
        for (final ScanMetrics node : nodes) {
          count += node.count(verdict, reason);
        }
      }
      verdicts.put(verdict, count);
      total += count;
    }
    final TreeMap<Long, Long> latencies = new TreeMap<>();
    nodes.get(0).forEachLatency(latencies::put);
    samples.addLast(
        new Sample(total, nodes.stream().mapToLong(ScanMetrics::shed).sum(), verdicts, latencies));
    if (samples.size() > VERDICT_SECONDS + 1) {
      samples.removeFirst();
    }
  }

  /** The figures of so many seconds ago, or of the start. */
  private Sample ago(int seconds) {
    final int skipped = Math.max(0, samples.size() - 1 - seconds);
    return samples.stream().skip(skipped).findFirst().orElseThrow();
  }

  private long lastSecond() {
    return samples.getLast().total() - ago(1).total();
  }

  private long verdicts(Verdict verdict) {
    return samples.getLast().verdicts().get(verdict) - ago(VERDICT_SECONDS).verdicts().get(verdict);
  }

  /** The latency that a share of the last seconds' scans stayed within; 0 where there were none. */
  private long latencyMicros(double share) {
    final TreeMap<Long, Long> between = new TreeMap<>(samples.getLast().latencies());
    ago(LATENCY_SECONDS)
        .latencies()
        .forEach((nanos, count) -> between.merge(nanos, -count, Long::sum));
    final long all = between.values().stream().mapToLong(Long::longValue).sum();
    long seen = 0;
    for (final Map.Entry<Long, Long> each : between.entrySet()) {
      seen += each.getValue();
      if (all > 0 && seen >= share * all) {
        return each.getKey() / 1_000;
      }
    }
    return 0;
  }

  ObjectNode json() {
    final ObjectNode line =
        JsonNodeFactory.instance
            .objectNode()
            .put("scansLastSecond", lastSecond())
            .put("scans", samples.getLast().total());
    for (final Verdict verdict : Verdict.values()) {
      line.put(verdict.wireName(), verdicts(verdict));
    }
    return line.put("shed", samples.getLast().shed())
        .put("latencyP50Micros", latencyMicros(0.5))
        .put("latencyP99Micros", latencyMicros(0.99));
  }

  String inWords() {
    final StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%,6d scans/s  %,9d in all  last %d s:",
                lastSecond(),
                samples.getLast().total(),
                Math.min(VERDICT_SECONDS, samples.size() - 1)));
    for (final Verdict verdict : Verdict.values()) {
      line.append(String.format(Locale.ROOT, " %s %,d ", verdict.wireName(), verdicts(verdict)));
    }
    return line.append(
            String.format(
                Locale.ROOT,
                " shed %,d  last %d s: GD p50 %,d µs, p99 %,d µs",
                samples.getLast().shed(),
                Math.min(LATENCY_SECONDS, samples.size() - 1),
                latencyMicros(0.5),
                latencyMicros(0.99)))
        .toString();
  }
}
