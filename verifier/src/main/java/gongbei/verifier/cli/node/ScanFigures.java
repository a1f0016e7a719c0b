package gongbei.verifier.cli.node;

import gongbei.verifier.rules.Verdict;
import java.util.Map;
import java.util.TreeMap;

/**
 * What came of the scans between two answers of {@code GET /v1/ops}.
 *
 * @param latencies how many scans took no more than so many nanoseconds, the shortest first
 * @param verdicts how many scans had each verdict
 */
record ScanFigures(TreeMap<Long, Long> latencies, Map<String, Long> verdicts) {
  private static final String NONE = "-";

  private static long sum(Map<?, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The latency that a share of the scans stayed within, or a dash where there were none. */
  String latencyMicros(double share) {
    final long all = sum(latencies);
    long seen = 0;
    for (final Map.Entry<Long, Long> each : latencies.entrySet()) {
      seen += each.getValue();
      if (all > 0 && seen >= share * all) {
        return Long.toString(each.getKey() / 1_000);
      }
    }
    return NONE;
  }

  /** How many in a hundred had a verdict, or a dash where there were none. */
  String share(Verdict verdict) {
    final long all = sum(verdicts);
    return all == 0
        ? NONE
        : Math.round(100.0 * verdicts.getOrDefault(verdict.wireName(), 0L) / all) + " %";
  }
}
