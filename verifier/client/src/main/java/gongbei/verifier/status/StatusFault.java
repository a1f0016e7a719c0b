package gongbei.verifier.status;

/** A field of a status that is out of its range, or does not go with the others. */
public final class StatusFault extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String field;
  private final String reason;

  StatusFault(String field, String reason) {
    super(field + " " + reason);
    this.field = field;
    this.reason = reason;
  }

  /** The field's name in JSON and in rows. */
  public String field() {
    return field;
  }

  /** What is wrong, going on from the field's name. */
  public String reason() {
    return reason;
  }
}
