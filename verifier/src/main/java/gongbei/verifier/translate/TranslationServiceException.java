package gongbei.verifier.translate;

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
    /** The receipt can't be written, and without one nothing is translated. */
    AUDIT_FAILED
  }

  TranslationServiceException(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  /** What is wrong. */
  public Reason reason() {
    return reason;
  }
}
