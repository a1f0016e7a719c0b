package gongbei.verifier.metrics;

import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.rules.Verdict;
import gongbei.verifier.venue.VenueFeed;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Meters of visits to venues, by the venue's kind and the verdict alone. For any thread. */
final class VisitMeters {
  private static final String OTHERS = "other";

  private final MeterRegistry registry;
  private final Map<String, Map<Verdict, Counter>> byCheckpoint = new ConcurrentHashMap<>();

  VisitMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Counts a visit. Kinds beyond the most rulesets that there may be are counted as one. */
  void count(String checkpoint, Verdict verdict) {
    Map<Verdict, Counter> counters = byCheckpoint.get(checkpoint);
    if (counters == null) {
      final boolean hasRoom = byCheckpoint.size() < ClientLimits.MAX_RULESETS;
      counters = byCheckpoint.computeIfAbsent(hasRoom ? checkpoint : OTHERS, this::countersOf);
    }
    counters.get(verdict).increment();
  }

  private Map<Verdict, Counter> countersOf(String checkpoint) {
    final Map<Verdict, Counter> counters = new EnumMap<>(Verdict.class);
    for (final Verdict verdict : Verdict.values()) {
      counters.put(
          verdict,
          Counter.builder("gongbei.visits")
              .description("Visits to venues by the venue's kind of checkpoint and verdict")
              .tag("checkpoint", checkpoint)
              .tag("verdict", verdict.wireName())
              .register(registry));
    }
    return counters;
  }

  /** Shows how many screens of venues watch. */
  void watch(VenueFeed feed) {
    Gauge.builder("gongbei.venue.screens", feed, VenueFeed::count)
        .description("Screens of venues that this node shows their codes and visits")
        .register(registry);
  }
}
