package gongbei.verifier.cli.node;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What {@code GET /v1/ops} shows, as far as {@code top} compares it. */
record NodeFigures(Scans scans, Ring ring, Trust trust, List<NamedVersion> rulesets) {
  NodeFigures {
    scans = scans == null ? Scans.NONE : scans;
    ring = ring == null ? new Ring(0, 0) : ring;
    trust = trust == null ? new Trust(0, "") : trust;
    rulesets = rulesets == null ? List.of() : rulesets;
  }

  /**
   * The scans since the node started.
   *
   * @param verdicts how many scans had each reason, by verdict
   */
  record Scans(List<Latency> latencies, Map<String, Map<String, Long>> verdicts) {
    static final Scans NONE = new Scans(List.of(), Map.of());

    Scans {
      latencies = latencies == null ? List.of() : latencies;
      verdicts = verdicts == null ? Map.of() : verdicts;
    }

    private TreeMap<Long, Long> addLatencies(TreeMap<Long, Long> sum, int sign) {
      latencies.forEach(each -> sum.merge(each.nanos(), sign * each.scans(), Long::sum));
      return sum;
    }

    private long count(String verdict) {
      return verdicts.getOrDefault(verdict, Map.of()).values().stream()
          .mapToLong(Long::longValue)
          .sum();
    }

    /** Returns what came of the scans since an earlier answer. */
    ScanFigures since(Scans before) {
      final Map<String, Long> counts = new TreeMap<>();
      verdicts
          .keySet()
          .forEach(verdict -> counts.put(verdict, count(verdict) - before.count(verdict)));
      return new ScanFigures(before.addLatencies(addLatencies(new TreeMap<>(), 1), -1), counts);
    }
  }

  /** How many scans took no longer; an array of the two. */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  record Latency(long nanos, long scans) {}

  /** The ring buffer of scans. */
  record Ring(long capacity, long remaining) {
    long percentTaken() {
      return 100 * (capacity - remaining) / Math.max(1, capacity);
    }
  }

  /** The trust list. */
  record Trust(long keys, String version) {}

  /** A ruleset in force. */
  record NamedVersion(String name, long version) {
    @Override
    public String toString() {
      return name + "@" + version;
    }
  }
}
