package gongbei.verifier.metrics;

import gongbei.replication.log.CommandLog;
import gongbei.replication.log.LogRole;
import gongbei.replication.wire.Refusal;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HexFormat;

/** Meters of the log and of how far this node has applied it. */
final class LogMeters {
  private static final int SHORT_HISTORY_DIGITS = 12;

  private LogMeters() {}

  /** Registers the meters of a log, and those of its datagrams where it sends any. */
  static void bind(CommandLog log, MeterRegistry to) {
    Gauge.builder("gongbei.data.age", log, l -> l.dataAgeMillis() / 1e3)
        .description("How old the status map's data may be")
        .baseUnit("seconds")
        .register(to);
    for (final LogRole logRole : LogRole.values()) {
      Gauge.builder("gongbei.log.role", log, l -> l.status().role() == logRole ? 1 : 0)
          .description("What the node is to its log at the moment")
          .tag("role", logRole.wireName())
          .register(to);
    }
    log.wireCounts()
        .ifPresent(
            counts -> {
              for (final Refusal reason : Refusal.values()) {
                FunctionCounter.builder(
                        "gongbei.log.datagrams.refused", counts, c -> c.refused(reason))
                    .description("Datagrams between nodes that were dropped before they were read")
                    .tag("reason", reason.label())
                    .register(to);
              }
            });
    Gauge.builder("gongbei.log.term", log, l -> l.status().term())
        .description("The leadership term")
        .register(to);
    Gauge.builder("gongbei.log.commit.position", log, l -> l.status().commitPosition())
        .description("How far the log is committed")
        .baseUnit("bytes")
        .register(to);
    Gauge.builder("gongbei.log.applied.position", log, l -> l.status().appliedPosition())
        .description("How far this node has applied the log")
        .baseUnit("bytes")
        .register(to);
    Gauge.builder("gongbei.log.lag.versions", log, l -> l.status().lagVersions())
        .description("How many versions a replica knows itself to be behind")
        .register(to);
    Gauge.builder("gongbei.log.lag", log, l -> l.status().lagMillis() / 1e3)
        .description("From the leader's log to this map, at the last command")
        .baseUnit("seconds")
        .register(to);
    if (log.newestSnapshotMillis().isPresent()) {
      Gauge.builder("gongbei.log.snapshot.time", log, l -> l.newestSnapshotMillis().orElse(0) / 1e3)
          .description("When the state of the newest snapshot was, since 1970; 0 without one")
          .baseUnit("seconds")
          .register(to);
    }
    Gauge.builder("gongbei.log.history", log, l -> shortHistory(l.status().history()))
        .description(
            "The first 48 bits of the identity of the history that the node holds; 0: none")
        .register(to);
    Gauge.builder("gongbei.log.renewing", log, l -> l.status().isRenewing() ? 1 : 0)
        .description(
            "Whether the node answers nothing and takes others' state, its own being wrong")
        .register(to);
    FunctionCounter.builder("gongbei.log.recoveries", log, CommandLog::recoveries)
        .description("How often the node went on by itself after its disk was full")
        .register(to);
    Gauge.builder("gongbei.log.writing", log, l -> l.status().isWriting() ? 1 : 0)
        .description("Whether the log takes commands at the moment")
        .register(to);
  }

  /** As many bits as a number of Prometheus has without loss. */
  private static double shortHistory(String hex) {
    return hex.isEmpty() ? 0 : HexFormat.fromHexDigitsToLong(hex, 0, SHORT_HISTORY_DIGITS);
  }
}
