package gongbei.verifier.offline;

/** Why an offline pack is not taken. */
public final class PackException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final String field;

  /** What is wrong. */
  public enum Reason {
    /** It is no pack, or one that this version can't read. */
    MALFORMED_PACK("malformed-pack"),
    /** The key that signed it is not trusted. */
    UNKNOWN_PACK_KEY("unknown-pack-key"),
    /** The signature is not over these bytes. */
    TAMPERED_PACK("tampered-pack"),
    /** It was made after now. */
    PACK_FROM_FUTURE("pack-from-future"),
    /** It is past its end. */
    EXPIRED_PACK("expired-pack"),
    /** A delta goes with another pack than the one at hand. */
    WRONG_BASE("wrong-base");

    private final String wireName;

    Reason(String wireName) {
      this.wireName = wireName;
    }

    /** The name in JSON and on the command line. */
    public String wireName() {
      return wireName;
    }
  }

  PackException(Reason reason, String field, String explanation) {
    super(field + " " + explanation);
    this.reason = reason;
    this.field = field;
  }

  /** What is wrong. */
  public Reason reason() {
    return reason;
  }

  /** The field at fault. */
  public String field() {
    return field;
  }
}
