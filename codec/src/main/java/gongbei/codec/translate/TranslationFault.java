package gongbei.codec.translate;

import gongbei.codec.validity.ValidityFault;

/** Why a code is not translated. The order is the precedence: the first that applies is given. */
public enum TranslationFault {
  /** The code is not well-formed. */
  MALFORMED_CODE("malformed-code"),
  /** The code is of a format that no table translates. */
  UNSUPPORTED_CODE("unsupported-code"),
  /** What is asked for is a code of another region than the one that translates. */
  WRONG_DIRECTION("wrong-direction"),
  /** The code is already one of the region that translates. */
  OWN_REGION_CODE("own-region-code"),
  /** No key is trusted by the code's kid. */
  UNKNOWN_CODE_ISSUER("unknown-code-issuer"),
  /** The signature is not the issuer's. */
  BAD_CODE_SIGNATURE("bad-code-signature"),
  /** The code is from the future. */
  CODE_NOT_YET_VALID("code-not-yet-valid"),
  /** The code is past its end. */
  EXPIRED_CODE("expired-code"),
  /** The code was issued outside the period of its key. */
  REVOKED_CODE("revoked-code"),
  /**
   * The code was issued too long ago to be translated, or before another of its holder's that is
   * known, though it is still good where it is from.
   */
  CODE_NOT_FRESH("code-not-fresh"),
  /** What the code claims has no entry in the table. */
  NOT_IN_TABLE("not-in-table"),
  /** The holder has not consented to a link, and one was asked for. */
  UNLINKED("unlinked");

  private final String wireName;

  TranslationFault(String wireName) {
    this.wireName = wireName;
  }

  /** The fault of a code that does not hold. */
  public static TranslationFault of(ValidityFault fault) {
    return switch (fault) {
      case ISSUED_IN_FUTURE, NOT_BEFORE_IN_FUTURE, PERIOD_NOT_BEGUN -> CODE_NOT_YET_VALID;
      case EXPIRED, PERIOD_OVER -> EXPIRED_CODE;
      case OTHER_KEY_USAGE, OUTSIDE_KEY_PERIOD, OUTSIDE_CERTIFICATE -> REVOKED_CODE;
      case NONE -> throw new IllegalArgumentException("the code holds");
    };
  }

  /** The name in JSON, in receipts and on the command line. */
  public String wireName() {
    return wireName;
  }
}
