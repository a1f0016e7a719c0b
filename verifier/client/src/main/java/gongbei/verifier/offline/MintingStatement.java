package gongbei.verifier.offline;

import gongbei.codec.model.DegradedMinting;
import java.util.Objects;

/**
 * What a pack says of minting. It was so when the pack was made; what has not ended then is taken
 * to go on for a stated time, after which the checkpoint does not know.
 *
 * @param minting when minting is or last was degraded
 * @param goodUntilEpochSeconds from when on that it is degraded is no longer known
 */
public record MintingStatement(DegradedMinting minting, long goodUntilEpochSeconds) {
  /** Minting has never been degraded. */
  public static final MintingStatement NONE = new MintingStatement(DegradedMinting.NEVER, 0);

  public MintingStatement {
    Objects.requireNonNull(minting, "minting");
  }

  /** Whether it says that minting is degraded, but too long ago to go by. */
  boolean isOverAt(long epochSeconds) {
    return minting.isOpen() && epochSeconds >= goodUntilEpochSeconds;
  }
}
