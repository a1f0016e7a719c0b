package gongbei.verifier.national;

/** Rules or value sets that can't be used; says where, which field, and why. */
public final class NationalRuleException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String source;
  private final String field;
  private final String reason;

  NationalRuleException(String source, String field, String reason) {
    super((source.isEmpty() ? "" : source + ": ") + field + " " + reason);
    this.source = source;
    this.field = field;
    this.reason = reason;
  }

  /** The field at fault from the top of what was read, as in {@code rules[3].Engine}. */
  public String path() {
    return source.isEmpty() ? field : source + "." + field;
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
