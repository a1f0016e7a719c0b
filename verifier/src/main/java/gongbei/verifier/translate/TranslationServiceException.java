package gongbei.verifier.translate;

import gongbei.replication.command.Applied;

/** Why a request to translate has no answer, through no fault of its code. */
public final class TranslationServiceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** What is wrong. */
  public enum Reason {
    /** The node translates nothing. */
    NOT_OFFERED,
    /** There is no room, or the map can't be asked at the moment: try again. */
    BUSY,
    /** No key of this region is valid now. */
    NO_SIGNING_KEY,
    /** The log takes nothing, as on a replica. */
    LOG_CLOSED,
    /** The status map has no room for another visitor. */
    MAP_FULL,
    /** The table of grounds does not let the code's issuer set its colour here. */
    NO_GROUND,
    /** The receipt can't be written, and without one nothing is translated. */
    AUDIT_FAILED
  }

  TranslationServiceException(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  /** Why a visit came to nothing that the log has ordered. */
  static TranslationServiceException of(Applied.Outcome outcome) {
    return outcome == Applied.Outcome.MAP_FULL
        ? new TranslationServiceException(
            Reason.MAP_FULL, "the map has no room for another visitor")
        : new TranslationServiceException(
            Reason.NO_GROUND,
            "the table of grounds does not let the code's issuer set its colour here");
  }

  /** What is wrong. */
  public Reason reason() {
    return reason;
  }
}
