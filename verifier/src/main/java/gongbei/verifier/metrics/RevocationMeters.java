package gongbei.verifier.metrics;

import gongbei.verifier.revocation.RevocationSource;
import gongbei.verifier.rules.RulesetStore;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToLongFunction;

/** Meters of the lists of revoked foreign codes that a node judges by. */
final class RevocationMeters {
  private static final String SECONDS = "seconds";

  private RevocationMeters() {}

  /** Shows how many codes are revoked, how old the lists are, and when one expires next. */
  static void bind(RulesetStore rulesets, MeterRegistry registry) {
    Gauge.builder("gongbei.revocation.hashes", rulesets, r -> r.current().revoked().size())
        .description("Hashes of revoked foreign codes in force")
        .register(registry);
    Gauge.builder("gongbei.revocation.lists", rulesets, r -> r.current().revoked().lists().size())
        .description("Lists of revoked foreign codes in force")
        .register(registry);
    Gauge.builder(
            "gongbei.revocation.imported",
            rulesets,
            r -> earliest(r, RevocationSource::importedAtEpochSeconds))
        .description(
            "When the oldest lists of revoked codes were imported, since 1970; 0 without any")
        .baseUnit(SECONDS)
        .register(registry);
    Gauge.builder(
            "gongbei.revocation.expiry",
            rulesets,
            r -> earliest(r, RevocationSource::expiresAtEpochSeconds))
        .description("When lists of revoked codes expire next, since 1970; 0 without any")
        .baseUnit(SECONDS)
        .register(registry);
  }

  /** Lists that never expire, as our own denylist, have no age either. */
  private static long earliest(RulesetStore rulesets, ToLongFunction<RevocationSource> time) {
    return rulesets.current().revoked().sources().stream()
        .filter(source -> source.expiresAtEpochSeconds() != 0)
        .mapToLong(time)
        .min()
        .orElse(0);
  }
}
