package gongbei.verifier.metrics;

import gongbei.replication.command.MintingSwitch;
import gongbei.verifier.mint.MintMetrics;
import gongbei.verifier.outage.MintingWatch;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Meters of minting and of the keys that it signs by. */
final class MintMeters {
  private static final double NANOS_PER_SECOND = 1e9;

  private MintMeters() {}

  /** Shows how many codes are minted, how many together, and what a signature costs. */
  static void bind(MintMetrics minting, MeterRegistry registry) {
    FunctionCounter.builder("gongbei.codes.minted", minting, MintMetrics::minted)
        .description("Codes signed")
        .register(registry);
    FunctionCounter.builder("gongbei.codes.reserve", minting, MintMetrics::reserves)
        .description("Reserve codes, which are among those signed")
        .register(registry);
    FunctionCounter.builder("gongbei.codes.minting", minting, m -> m.nanos() / NANOS_PER_SECOND)
        .description("Time spent on encoding and signing codes")
        .baseUnit("seconds")
        .register(registry);
    FunctionCounter.builder("gongbei.codes.batches", minting, MintMetrics::batches)
        .description("Batches in which codes were signed together, those of one among them")
        .register(registry);
    FunctionCounter.builder("gongbei.codes.shed", minting, MintMetrics::shed)
        .description("Codes not minted because the ring buffer was full")
        .register(registry);
    FunctionCounter.builder("gongbei.codes.failed", minting, MintMetrics::failed)
        .description("Codes not signed because no key is valid or signing has failed")
        .register(registry);
    Gauge.builder(
            "gongbei.code.cost",
            minting,
            m -> m.nanos() / NANOS_PER_SECOND / Math.max(1, m.minted()))
        .description("Time that encoding and signing a code has taken since the start, the mean")
        .baseUnit("seconds")
        .register(registry);
  }

  /**
   * Shows whether the log says that minting is degraded, and how many of the places that this node
   * watches do not mint.
   */
  static void bindDegraded(
      Supplier<MintingSwitch> said, MintingWatch watch, MeterRegistry registry) {
    Gauge.builder("gongbei.minting.degraded", said, s -> s.get().isDegraded() ? 1 : 0)
        .description("Whether the log says that minting is degraded, so that reserve codes count")
        .register(registry);
    Gauge.builder("gongbei.minting.failing", watch, MintingWatch::failing)
        .description("Places where no codes are minted, of those that this node watches")
        .register(registry);
  }

  /**
   * Shows until when codes can be signed, and how many signing keys the node's own trust list does
   * not know.
   *
   * @param lastEndEpochSeconds when the last signing key ends, since 1970; 0 without any
   * @param untrusted how many of them are not in the trust list
   */
  static void bindKeys(
      LongSupplier lastEndEpochSeconds, IntSupplier untrusted, MeterRegistry registry) {
    Gauge.builder("gongbei.signing.key.end", lastEndEpochSeconds, LongSupplier::getAsLong)
        .description("When the signing key that is valid longest ends, since 1970; 0 without one")
        .baseUnit("seconds")
        .register(registry);
    Gauge.builder("gongbei.signing.keys.untrusted", untrusted, IntSupplier::getAsInt)
        .description("Signing keys that this node's own trust list does not know")
        .register(registry);
  }
}
