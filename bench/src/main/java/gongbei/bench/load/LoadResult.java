package gongbei.bench.load;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.bench.setup.Machine;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** What came of a load, as words and as JSON. Times in JSON are in microseconds. */
final class LoadResult {
  private static final double NANOS_A_MICRO = 1e3;
  private static final double NANOS_A_SECOND = 1e9;
  private static final double[] PERCENTILES = {
    0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 99.999, 100
  };

  private final OpenLoop.Outcome outcome;
  private final String what;
  private final double serverSeconds;
  private final double generatorSeconds;

  /**
   * @param what one question is: scan or display
   */
  LoadResult(OpenLoop.Outcome outcome, String what) {
    this.outcome = outcome;
    this.what = what;
    serverSeconds = seconds(outcome.serverCpu());
    generatorSeconds = seconds(outcome.processCpu());
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / NANOS_A_SECOND;
  }

  /** What neither server nor generator used: other processes, and interrupts. */
  private double othersSeconds() {
    return Math.max(0, seconds(outcome.machineCpu()) - serverSeconds - generatorSeconds);
  }

  private long right() {
    return outcome.answered().getTotalCount();
  }

  private long shed() {
    return outcome.shed().getTotalCount();
  }

  private long asked() {
    return right() + shed() + outcome.wrong() + outcome.unanswered();
  }

  /** The server's processor time for one that was answered or shed, in microseconds. */
  double microsOfServer() {
    return serverSeconds * 1e6 / Math.max(1, right() + shed());
  }

  void print(PrintWriter out, String name) {
    out.printf(
        Locale.ROOT,
        "%s: %,d asked in %.1f s, %,d right (%,.0f a second), %,d shed, %,d wrong, %,d"
            + " unanswered%n",
        name,
        asked(),
        outcome.lengthSeconds(),
        right(),
        right() / outcome.lengthSeconds(),
        shed(),
        outcome.wrong(),
        outcome.unanswered());
    print(out, "  answered", outcome.answered());
    if (shed() > 0) {
      print(out, "  shed", outcome.shed());
    }
    print(out, "  sent late by", outcome.lateness());
    out.printf(
        Locale.ROOT,
        "  processor: server %.2f cores, %.1f µs a %s; generator %.2f cores, of it %.2f the"
            + " thread that asks; others %.2f%n",
        serverSeconds / outcome.lengthSeconds(),
        microsOfServer(),
        what,
        generatorSeconds / outcome.lengthSeconds(),
        seconds(outcome.threadCpu()) / outcome.lengthSeconds(),
        othersSeconds() / outcome.lengthSeconds());
    out.flush();
  }

  /** Prints how long wallets waited for their codes that were shed before. */
  void printReturned(PrintWriter out, Histogram nanos) {
    out.printf(Locale.ROOT, "  %,d wallets were shed and came again%n", nanos.getTotalCount());
    print(out, "  from first wanted to shown", nanos);
    out.flush();
  }

  private static void print(PrintWriter out, String what, Histogram nanos) {
    out.printf(
        Locale.ROOT,
        "%s: p50 %,.0f µs, p90 %,.0f, p99 %,.0f, p99.9 %,.0f, p99.99 %,.0f, at most %,.0f%n",
        what,
        micros(nanos, 50),
        micros(nanos, 90),
        micros(nanos, 99),
        micros(nanos, 99.9),
        micros(nanos, 99.99),
        micros(nanos, 100));
  }

  private static double micros(Histogram nanos, double percentile) {
    return nanos.getTotalCount() == 0
        ? 0
        : Math.round(nanos.getValueAtPercentile(percentile) / NANOS_A_MICRO * 10) / 10.0;
  }

  ObjectNode json() {
    final ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("kind", "load").put("at", Instant.now().toString());
    json.set("machine", Machine.describe());
    json.put("seconds", outcome.lengthSeconds())
        .put("asked", asked())
        .put("right", right())
        .put("shed", shed())
        .put("wrong", outcome.wrong())
        .put("unanswered", outcome.unanswered())
        .put("rightASecond", round(right() / outcome.lengthSeconds()))
        .put("serverCpuSeconds", round(serverSeconds))
        .put("generatorCpuSeconds", round(generatorSeconds))
        .put("generatorThreadCpuSeconds", round(seconds(outcome.threadCpu())))
        .put("othersCpuSeconds", round(othersSeconds()));
    json.set("answeredMicros", percentiles(outcome.answered()));
    json.set("shedMicros", percentiles(outcome.shed()));
    json.set("latenessMicros", percentiles(outcome.lateness()));
    json.set("eachSecond", eachSecond(outcome.seconds()));
    return json;
  }

  private static double round(double value) {
    return Math.round(value * 100) / 100.0;
  }

  static ObjectNode percentiles(Histogram nanos) {
    final ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (nanos.getTotalCount() > 0) {
      for (final double percentile : PERCENTILES) {
        json.put(
            percentile == Math.rint(percentile)
                ? Integer.toString((int) percentile)
                : Double.toString(percentile),
            micros(nanos, percentile));
      }
    }
    return json;
  }

  private static ArrayNode eachSecond(List<OpenLoop.Second> seconds) {
    final ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    for (final OpenLoop.Second second : seconds) {
      rows.addObject()
          .put("asked", second.asked)
          .put("right", second.answered.getTotalCount())
          .put("shed", second.shed.getTotalCount())
          .put("p50", micros(second.answered, 50))
          .put("p99", micros(second.answered, 99))
          .put("max", micros(second.answered, 100))
          .put("shedP99", micros(second.shed, 99))
          .put("othersCores", round(second.othersCores));
    }
    return rows;
  }
}
