package gongbei.verifier.revocation;

/** Why a revocation list is not taken: a field, and what is wrong with it. */
public final class RevocationException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String source;
  private final String field;
  private final String reason;

  /**
   * @param source names the file or document
   * @param field the field at fault, as in {@code entries[3].hash}
   */
  public RevocationException(String source, String field, String reason) {
    super((source.isEmpty() ? "" : source + ": ") + field + " " + reason);
    this.source = source;
    this.field = field;
    this.reason = reason;
  }

  /** The same fault, of a file or document that is named. */
  public RevocationException in(String named) {
    return new RevocationException(source.isEmpty() ? named : source, field, reason);
  }

  /** The field at fault. */
  public String field() {
    return field;
  }

  /** What is wrong with the field. */
  public String reason() {
    return reason;
  }
}
