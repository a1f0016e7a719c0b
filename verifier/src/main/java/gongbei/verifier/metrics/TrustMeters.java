package gongbei.verifier.metrics;

import gongbei.codec.trust.TrustListFile;
import gongbei.codec.trust.TrustStore;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.function.Function;

/** Meters of the published trust lists that a node trusts by. */
final class TrustMeters {
  private static final String SECONDS = "seconds";

  private TrustMeters() {}

  /** Shows how old the lists are, when one expires next, and what of them can't be used. */
  static void bind(TrustStore trust, MeterRegistry registry) {
    Gauge.builder(
            "gongbei.trust.list.published", trust, t -> earliest(t, TrustListFile::publishedAt))
        .description("When the oldest published trust list was made, since 1970; 0 without any")
        .baseUnit(SECONDS)
        .register(registry);
    Gauge.builder("gongbei.trust.list.expiry", trust, t -> earliest(t, TrustListFile::expiresAt))
        .description("When the next published trust list expires, since 1970; 0 without any")
        .baseUnit(SECONDS)
        .register(registry);
    Gauge.builder("gongbei.trust.keys.skipped", trust, t -> t.skippedKeys().size())
        .description("Keys of published trust lists that can't be used")
        .register(registry);
    Gauge.builder(
            "gongbei.trust.lists.unproven",
            trust,
            t -> t.lists().stream().filter(list -> list.proof().equals("not-verified")).count())
        .description("Published trust lists whose proof was not verified")
        .register(registry);
  }

  private static long earliest(TrustStore trust, Function<TrustListFile, Instant> time) {
    return trust.lists().stream().map(time).mapToLong(Instant::getEpochSecond).min().orElse(0);
  }
}
