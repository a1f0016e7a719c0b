package gongbei.verifier.ground;

/** A table of grounds that can't be used: it names the field at fault. */
public final class GroundTableException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String field;
  private final String reason;

  /**
   * @param field as in {@code grounds[2].colours}; empty where the text as a whole is at fault
   * @param reason goes on from the field's name
   */
  GroundTableException(String field, String reason) {
    super(field.isEmpty() ? reason : field + " " + reason);
    this.field = field;
    this.reason = reason;
  }

  /** The field, as in {@code grounds[2].colours}; empty where the text as a whole is at fault. */
  public String field() {
    return field;
  }

  /** What is wrong, going on from the field's name. */
  public String reason() {
    return reason;
  }
}
