package gongbei.verifier.audit;

import java.nio.file.Path;

/** Why receipts are not to be believed, or can't be written. */
public final class AuditException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final long line;
  private final String field;

  /** What is wrong. */
  public enum Reason {
    /** A line is not one that an audit log has. */
    MALFORMED_LINE("malformed-line"),
    /** A line is not the one that its successor, or the head after it, was made for. */
    TAMPERED_RECEIPT("tampered-receipt"),
    /** The key that signed a head is not trusted. */
    UNKNOWN_KEY("unknown-key"),
    /** The signature of a head is not its key's. */
    BAD_SIGNATURE("bad-signature"),
    /** Receipts stand after the last signed head, as when the end was cut off. */
    UNSIGNED_END("unsigned-end"),
    /** The head that was expected is not in the log. */
    MISSING_HEAD("missing-head"),
    /** The file, or its disk, has no room for more. */
    FULL("full"),
    /** The file can't be read or written. */
    UNREADABLE("unreadable");

    private final String wireName;

    Reason(String wireName) {
      this.wireName = wireName;
    }

    /** The name in JSON and on the command line. */
    public String wireName() {
      return wireName;
    }
  }

  /**
   * @param line from 1, or 0 where it is no one line
   * @param field the field of the line at fault, or null
   */
  AuditException(Reason reason, long line, String field, String message) {
    super(message);
    this.reason = reason;
    this.line = line;
    this.field = field;
  }

  /** Names the file, where there are several. */
  AuditException in(Path file) {
    return new AuditException(reason, line, field, file + ": " + getMessage());
  }

  /** What is wrong. */
  public Reason reason() {
    return reason;
  }

  /** The line at fault, from 1, or 0 where it is no one line. */
  public long line() {
    return line;
  }

  /** The field of the line at fault, or null. */
  public String field() {
    return field;
  }
}
