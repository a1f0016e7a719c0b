package gongbei.codec.validity;

/**
 * Why a genuine code does not hold. The order is the precedence. Constants, to allocate nothing.
 */
public enum ValidityFault {
  /** It was issued after the time that counts (RFC 8392 §3.1.6). */
  ISSUED_IN_FUTURE("iat", "is in the future"),
  /** It holds from a later time (RFC 8392 §3.1.5). */
  NOT_BEFORE_IN_FUTURE("nbf", "is in the future"),
  /** Its time is over (RFC 8392 §3.1.4). */
  EXPIRED("exp", "is past"),
  /** The period that the document states has not begun. */
  PERIOD_NOT_BEGUN("valid-from", "is in the future"),
  /** The period that the document states is over. */
  PERIOD_OVER("valid-until", "is past"),
  /** Its key may not sign what it certifies (hcert specification A.4). */
  OTHER_KEY_USAGE("key-usage", "does not let the key sign this type of certificate"),
  /** It was issued outside the period of its region's key. */
  OUTSIDE_KEY_PERIOD("iat", "is outside the period of the issuer's key"),
  /** The certificate in a seal, or its authority's, is not valid at the time. */
  OUTSIDE_CERTIFICATE("cer", "is not valid at this time"),
  /** It holds. */
  NONE(null, null);

  private final String field;
  private final String explanation;

  ValidityFault(String field, String explanation) {
    this.field = field;
    this.explanation = explanation;
  }

  /** The field at fault, or null where there is none. */
  public String field() {
    return field;
  }

  /** What is wrong with the field, or null. */
  public String explanation() {
    return explanation;
  }
}
