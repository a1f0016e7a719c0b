package gongbei.codec.validity;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.DegradedMinting;

/** Why a reserve code does not count, though its signature is genuine and its times hold. */
public enum ReserveFault {
  /** It counts, or is no reserve code. */
  NONE("", ""),
  /** It is another region's, of whose minting this one knows nothing. */
  OTHER_REGION("iss", "is another region's, whose reserve codes do not count here"),
  /** It has no beginning, as each reserve code must. */
  NO_BEGINNING("nbf", "is missing, which a reserve code must have"),
  /** Codes are minted: the holder can have a fresh one. */
  NOT_DEGRADED("kind", "is reserve, which counts only while minting is degraded");

  private final String field;
  private final String explanation;

  ReserveFault(String field, String explanation) {
    this.field = field;
    this.explanation = explanation;
  }

  /**
   * Finds out whether a code counts: the one rule for nodes and for checkpoints without a network.
   * Allocates nothing.
   *
   * @param code one of a region
   * @param own the format of the region whose checkpoint asks
   * @param minting when minting is or last was degraded there
   * @param atEpochSeconds the time that counts
   */
  public static ReserveFault of(
      HealthCode code, CodeFormat own, DegradedMinting minting, long atEpochSeconds) {
    if (code.region().kind() != CodeKind.RESERVE) {
      return NONE;
    }
    if (code.format() != own) {
      return OTHER_REGION;
    }
    if (code.cwt().notBeforeEpochSeconds() == HealthCode.ABSENT) {
      return NO_BEGINNING;
    }
    return minting.covers(atEpochSeconds) ? NONE : NOT_DEGRADED;
  }

  /** The claim at fault. */
  public String field() {
    return field;
  }

  /** What is wrong with it. */
  public String explanation() {
    return explanation;
  }
}
