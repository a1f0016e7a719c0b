package gongbei.verifier.metrics;

import gongbei.codec.transparency.SignedHead;
import gongbei.replication.history.HistoryFault;
import gongbei.replication.history.HistoryLog;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToLongFunction;

/** Meters of the history of changes and its signed heads. */
final class HistoryMeters {
  private HistoryMeters() {}

  /** Registers the meters of a history. */
  static void bind(HistoryLog history, MeterRegistry to) {
    Gauge.builder("gongbei.history.size", history, HistoryLog::size)
        .description("How many versions are in the history's tree")
        .register(to);
    Gauge.builder("gongbei.history.first.version", history, HistoryLog::firstVersion)
        .description("The first version whose entry this node keeps; 0: none")
        .register(to);
    Gauge.builder("gongbei.history.gaps", history, HistoryLog::gaps)
        .description("Gaps in the entries that this node keeps")
        .register(to);
    Gauge.builder("gongbei.history.bytes", history, HistoryLog::bytes)
        .description("What the history takes of the disk")
        .baseUnit("bytes")
        .register(to);
    Gauge.builder("gongbei.history.head.size", history, h -> ofHead(h, head -> head.head().size()))
        .description("How many versions the newest signed head is over; 0: none is signed")
        .register(to);
    Gauge.builder(
            "gongbei.history.head.time",
            history,
            h -> ofHead(h, head -> head.head().epochSeconds()))
        .description("When the newest head of the history was signed, since 1970; 0: none is")
        .baseUnit("seconds")
        .register(to);
    for (final HistoryFault fault : HistoryFault.values()) {
      if (fault != HistoryFault.NONE) {
        Gauge.builder("gongbei.history.fault", history, h -> h.fault() == fault ? 1 : 0)
            .description("Why this node signs no head of its history any more")
            .tag("reason", fault.wireName())
            .register(to);
      }
    }
    FunctionCounter.builder("gongbei.history.helped", history, HistoryLog::helped)
        .description("How often the log had to wait for the history")
        .register(to);
  }

  private static long ofHead(HistoryLog history, ToLongFunction<SignedHead> figure) {
    return history.published().newestHead().map(figure::applyAsLong).orElse(0L);
  }
}
