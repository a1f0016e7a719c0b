package gongbei.replication.command;

/**
 * What became of a command that the log has ordered.
 *
 * @param version its place in the order: 1, 2, 3 … without gaps
 * @param outcome whether it changed the map
 */
public record Applied(long version, Outcome outcome) {
  /** What a command did. */
  public enum Outcome {
    /** The map has changed. */
    APPLIED(0),
    /** Nothing has changed: what the map knows is newer. */
    SUPERSEDED(1),
    /** Nothing has changed: the map knows no such holder. */
    UNKNOWN_SUBJECT(2),
    /** Nothing has changed: the map is full. */
    MAP_FULL(3),
    /** Nothing has changed: a field of the command is out of its range. */
    INVALID(4),
    /** Nothing has changed: the request's nonce is known; the version is that of the first time. */
    REPLAYED(5),
    /** Nothing has changed: who signed the request has signed too many in the last minutes. */
    TOO_MANY(6),
    /** Nothing has changed: the request was signed too long before the log's time, or after it. */
    OUTSIDE_WINDOW(7),
    /** Nothing has changed: the table of grounds has none of that number. */
    GROUND_UNKNOWN(8),
    /**
     * Nothing has changed: the ground is not for that authority, or not for that colour. The table
     * tells which.
     */
    GROUND_NOT_YOURS(9),
    /** Nothing has changed: a colour other than green has no end, and its ground gives it none. */
    UNTIL_MISSING(10),
    /** Nothing has changed: the end is later than the ground allows. */
    UNTIL_TOO_FAR(11),
    /** Nothing has changed: the ground wants a second authority's signature. */
    SECOND_SIGNATURE_MISSING(12),
    /**
     * Nothing has changed: the authority has turned as many holders as its ground lets it, or the
     * guardian has as many wards as one may.
     */
    CEILING_REACHED(13),
    /**
     * Nothing has changed: the ground stops a holder with a positive test alone, and there is none.
     */
    POSITIVE_TEST_MISSING(14),
    /** Nothing has changed: the holder is not at the version that the change is for. */
    CHANGED_MEANWHILE(15);

    private static final Outcome[] BY_CODE = values();

    private final byte code;

    Outcome(int code) {
      this.code = (byte) code;
    }

    /** The byte that stands for it in replies and snapshots. */
    public byte code() {
      return code;
    }

    /** The outcome that a byte stands for; {@link #INVALID} where none does. */
    public static Outcome ofCode(int code) {
      return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : INVALID;
    }
  }
}
