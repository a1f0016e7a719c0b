package gongbei.bench.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/** How soon scans were answered that had to be, and which were not in time. For any thread. */
final class ScanTimes {
  private static final int MAX_TOLD = 50;

  private final int maxMillis;
  private final Consumer<String> events;
  private final Histogram micros = new Histogram(3);
  private final Map<String, Long> late = new TreeMap<>();

  /**
   * @param maxMillis what a scan may take
   * @param events takes a line for each that was late, up to a bound
   */
  ScanTimes(int maxMillis, Consumer<String> events) {
    this.maxMillis = maxMillis;
    this.events = events;
  }

  /**
   * A scan has ended.
   *
   * @param fault what went wrong with it; empty where it was answered
   */
  synchronized void took(String node, String face, Optional<String> fault, long nanos) {
    micros.recordValue(nanos / 1_000);
    final long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
    if ((fault.isPresent() || millis > maxMillis) && late.merge(node, 1L, Long::sum) <= MAX_TOLD) {
      events.accept(
          node + " " + face + ": " + fault.orElse("answered") + " after " + millis + " ms");
    }
  }

  /** What is wrong: how many scans of each node had no answer in time. */
  synchronized List<String> outages() {
    final List<String> wrong = new ArrayList<>();
    late.forEach(
        (node, count) ->
            wrong.add(
                count + " scans of " + node + ", which no fault silenced, had no answer in time"));
    return wrong;
  }

  /** All of them, in a line. */
  synchronized String summary() {
    return String.format(
        Locale.ROOT,
        "Scans of nodes that no fault silenced: %,d, after p50 %,.1f ms, p99 %,.1f ms,"
            + " p99.9 %,.1f ms, at most %,.1f ms; %,d without an answer within %,d ms",
        micros.getTotalCount(),
        micros.getValueAtPercentile(50) / 1e3,
        micros.getValueAtPercentile(99) / 1e3,
        micros.getValueAtPercentile(99.9) / 1e3,
        micros.getMaxValue() / 1e3,
        late.values().stream().mapToLong(Long::longValue).sum(),
        maxMillis);
  }
}
