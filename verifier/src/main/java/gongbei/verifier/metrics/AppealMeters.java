package gongbei.verifier.metrics;

import gongbei.codec.model.AppealRefusal;
import gongbei.replication.log.CommandLog;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;

/** Meters of the appeals that the log holds. */
final class AppealMeters {
  private AppealMeters() {}

  /** Registers the meters of a log's appeals. */
  static void bind(CommandLog log, MeterRegistry to) {
    Gauge.builder("gongbei.appeals.open", log, l -> l.documents().appeals().openCount())
        .description("Appeals that nobody has decided")
        .register(to);
    Gauge.builder(
            "gongbei.appeals.overdue",
            log,
            l -> l.documents().appeals().overdueCount(Instant.now().getEpochSecond()))
        .description("Appeals that nobody has decided within their time")
        .register(to);
    Gauge.builder("gongbei.appeals.kept", log, l -> l.documents().appeals().grantedCount())
        .description("Decided appeals of the last 90 days by what came of them")
        .tag("outcome", "granted")
        .register(to);
    for (final AppealRefusal refusal : AppealRefusal.values()) {
      Gauge.builder("gongbei.appeals.kept", log, l -> l.documents().appeals().refusedCount(refusal))
          .description("Decided appeals of the last 90 days by what came of them")
          .tag("outcome", refusal.wireName())
          .register(to);
    }
  }
}
