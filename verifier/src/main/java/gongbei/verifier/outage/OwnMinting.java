package gongbei.verifier.outage;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.trust.SigningKeys;
import gongbei.verifier.mint.MintMetrics;
import gongbei.verifier.ring.WorkerHealth;
import java.util.function.LongSupplier;

/**
 * A node's own minting. It works where there is a key and workers answer, until a code that was
 * asked for could not be signed; then it works again with the next that is.
 */
public final class OwnMinting implements MintingSource {
  private final CodeFormat format;
  private final SigningKeys keys;
  private final WorkerHealth workers;
  private final MintMetrics metrics;
  private final LongSupplier epochSeconds;
  private long minted;
  private long failed;
  private boolean isSigning = true;

  /**
   * @param workers those that mint
   * @param metrics count what they mint
   * @param epochSeconds the clock
   */
  public OwnMinting(
      CodeFormat format,
      SigningKeys keys,
      WorkerHealth workers,
      MintMetrics metrics,
      LongSupplier epochSeconds) {
    this.format = format;
    this.keys = keys;
    this.workers = workers;
    this.metrics = metrics;
    this.epochSeconds = epochSeconds;
  }

  @Override
  public Health look() {
    final long mintedNow = metrics.minted();
    final long failedNow = metrics.failed();
    if (mintedNow != minted) {
      isSigning = true;
    } else if (failedNow != failed) {
      isSigning = false;
    }
    minted = mintedNow;
    failed = failedNow;
    final boolean works =
        isSigning
            && keys.current(format, epochSeconds.getAsLong()) != null
            && workers.answering() > 0;
    return works ? Health.WORKING : Health.FAILING;
  }
}
