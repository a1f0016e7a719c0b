package gongbei.verifier.national;

/** Rules or value sets that can't be used; says where, which field, and why. */
public final class NationalRuleException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String field;
  private final String reason;

  NationalRuleException(String source, String field, String reason) {
    super(source + ": " + field + " " + reason);
    this.field = field;
    this.reason = reason;
  }

  /** The field at fault, as in {@code Logic.if[1]}. */
  public String field() {
    return field;
  }

  /** What is wrong with the field; follows its name in a sentence. */
  public String reason() {
    return reason;
  }
}
