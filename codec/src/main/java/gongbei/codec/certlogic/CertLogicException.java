package gongbei.codec.certlogic;

/** Says why an expression is not CertLogic, or not within {@link CertLogicLimits}, and where. */
public final class CertLogicException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String field;
  private final String reason;

  CertLogicException(String field, String reason) {
    super(field + " " + reason);
    this.field = field;
    this.reason = reason;
  }

  /** Where it is, as in {@code Logic.if[1].and[0]}. */
  public String field() {
    return field;
  }

  /** What is wrong there; follows the field in a sentence. */
  public String reason() {
    return reason;
  }
}
