package gongbei.replication.map;

import gongbei.codec.model.HolderStatus;
import java.util.Arrays;

/**
 * One holder's status: a flyweight over the 32 bytes that the status map keeps for them. For one
 * thread.
 *
 * <pre>
 *  0 colour in bits 0 and 1, next in bits 2 and 3   1 result   2 doses   3 flags
 *  4 newestSampleEpochMinutes    uint31, little-endian as all that follow
 *  8 lastDoseEpochDay            uint24
 * 11 sourceEpochSeconds          uint8, its highest byte
 * 12 untilEpochMinutes           uint32
 * 16 revokedBeforeEpochSeconds   uint40
 * 21 sourceEpochSeconds          uint24, the rest of it
 * 24 version                     int64
 * </pre>
 *
 * <p>A colour lapses by itself: {@link #colourAt} is what a holder has at a minute, {@link #colour}
 * what was set. A positive test goes with the colour that it made, and ends with it.
 */
public final class StatusRecord implements HolderStatus {
  /** The bytes of a record. */
  public static final int BYTES = 32;

  /** Bit of {@link #flags}: a visitor from the other region. */
  public static final int VISITOR = 1;

  /** Bit of {@link #flags}: linked to a subject of the other region. */
  public static final int LINKED = 2;

  /** Bit of {@link #flags}: no longer alive. */
  public static final int DECEASED = 4;

  /** The flags that an authority may set. */
  public static final int ALL_FLAGS = VISITOR | LINKED | DECEASED;

  /**
   * Bit of {@link #flags} that the state machine alone sets: nobody here has said anything of this
   * holder since a code of the other region did.
   */
  public static final int TRANSLATED = 8;

  /** The most doses that a record holds. */
  public static final int MAX_DOSES = 99;

  /**
   * The latest {@link #sourceEpochSeconds} that a record holds: 2106-02-07T06:28:15Z. What was
   * issued later counts as issued then.
   */
  public static final long MAX_SOURCE_EPOCH_SECONDS = (1L << Integer.SIZE) - 1;

  /** The latest second that a record holds: 9999-12-31T23:59:59Z. */
  public static final long MAX_EPOCH_SECONDS = 253_402_300_799L;

  /**
   * How long a colour lasts that follows another at its end, where it is not green: 7 days, in
   * minutes.
   */
  public static final int NEXT_MINUTES = 7 * 24 * 60;

  /** The latest minute at which a colour may be set to end: 6053-01-16T02:07Z. */
  public static final int MAX_UNTIL_EPOCH_MINUTES = Integer.MAX_VALUE - NEXT_MINUTES;

  /** The latest day that a record holds: 9999-12-31. */
  public static final int MAX_EPOCH_DAY = 2_932_896;

  private static final int COLOUR_MASK = 3;
  private static final int NEXT_SHIFT = 2;
  private static final int COLOURS_BITS = 4;
  private static final int SECONDS_PER_MINUTE = 60;
  private static final int SAMPLE_OFFSET = 4;
  private static final int LAST_DOSE_OFFSET = 8;
  private static final int UNTIL_OFFSET = 12;
  private static final int REVOKED_OFFSET = 16;
  private static final int VERSION_OFFSET = 24;
  private static final int DAY_BITS = 24;
  private static final int DAY_MASK = (1 << DAY_BITS) - 1;
  private static final int REVOKED_BITS = 40;
  private static final long REVOKED_MASK = (1L << REVOKED_BITS) - 1;

  private final byte[] bytes = new byte[BYTES];

  /** The bytes themselves, which the map reads from and writes to. */
  public byte[] bytes() {
    return bytes;
  }

  /** Clears every field to zero: green, no test, no doses. */
  public StatusRecord reset() {
    Arrays.fill(bytes, (byte) 0);
    return this;
  }

  /** The colour that was set, which counts until its end: see {@link #colourAt}. */
  @Override
  public int colour() {
    return bytes[0] & COLOUR_MASK;
  }

  /** Sets the colour, and leaves its end and what follows as they are. */
  public StatusRecord colour(int colour) {
    bytes[0] = (byte) ((bytes[0] & ~COLOUR_MASK) | colour);
    return this;
  }

  /** When the colour ends, in minutes since 1970; 0 where it has no end. */
  public int untilEpochMinutes() {
    return (int) LittleEndian.INT.get(bytes, UNTIL_OFFSET);
  }

  /** Sets when the colour ends. */
  public StatusRecord untilEpochMinutes(int epochMinutes) {
    LittleEndian.INT.set(bytes, UNTIL_OFFSET, epochMinutes);
    return this;
  }

  /**
   * The colour that follows at the end; where it is not green, for {@link #NEXT_MINUTES}, and then
   * green.
   */
  public int next() {
    return (bytes[0] >>> NEXT_SHIFT) & COLOUR_MASK;
  }

  /** Sets the colour that follows at the end. */
  public StatusRecord next(int colour) {
    bytes[0] = (byte) ((bytes[0] & COLOUR_MASK) | (colour << NEXT_SHIFT));
    return this;
  }

  /** The colour that the holder has at a minute, in minutes since 1970. */
  public int colourAt(long epochMinutes) {
    final int until = untilEpochMinutes();
    if (until == 0 || epochMinutes < until) {
      return colour();
    }
    return epochMinutes < (long) until + NEXT_MINUTES ? next() : GREEN;
  }

  /**
   * Makes what counts at a second what is read: the colour that the holder has then, with its end,
   * and no positive test where the colour has lapsed that it made. So who reads a record at a time
   * need not ask otherwise than before there were ends.
   *
   * @param epochSeconds since 1970
   */
  public StatusRecord lapse(long epochSeconds) {
    if (result() == RESULT_POSITIVE && isPastEnd(epochSeconds)) {
      result(RESULT_NONE);
    }
    return lapseColour(epochSeconds);
  }

  private boolean isPastEnd(long epochSeconds) {
    final int until = untilEpochMinutes();
    return until != 0 && epochSeconds >= (long) until * SECONDS_PER_MINUTE;
  }

  /** Makes the colour alone what counts at a second: as before version 8 of the log's protocol. */
  public StatusRecord lapseColour(long epochSeconds) {
    final int until = untilEpochMinutes();
    if (isPastEnd(epochSeconds)) {
      final int now = colourAt(epochSeconds / SECONDS_PER_MINUTE);
      colour(now).next(GREEN).untilEpochMinutes(now == GREEN ? 0 : until + NEXT_MINUTES);
    }
    return this;
  }

  /**
   * From which minute on the holder is green, if nothing is said of them; 0 where they are, {@link
   * Long#MAX_VALUE} where their colour has no end.
   */
  public long greenFromEpochMinutes() {
    if (colour() == GREEN) {
      return 0;
    }
    final long until = untilEpochMinutes();
    if (until == 0) {
      return Long.MAX_VALUE;
    }
    return next() == GREEN ? until : until + NEXT_MINUTES;
  }

  @Override
  public int result() {
    return bytes[1];
  }

  /** Sets the result of the last nucleic-acid test. */
  public StatusRecord result(int result) {
    bytes[1] = (byte) result;
    return this;
  }

  @Override
  public int doses() {
    return bytes[2];
  }

  /** Sets the vaccine doses. */
  public StatusRecord doses(int doses) {
    bytes[2] = (byte) doses;
    return this;
  }

  /** Bits {@link #VISITOR}, {@link #LINKED}, {@link #DECEASED} and {@link #TRANSLATED}. */
  public int flags() {
    return bytes[3];
  }

  /** Sets the flags. */
  public StatusRecord flags(int flags) {
    bytes[3] = (byte) flags;
    return this;
  }

  @Override
  public int sampleEpochMinutes() {
    return result() == RESULT_NONE ? 0 : newestSampleEpochMinutes();
  }

  /**
   * When the sample was taken of the newest test that is known, in minutes since 1970 UTC: also of
   * one that has ended, so that it does not come back, nor one that is older; 0 where none is.
   */
  public int newestSampleEpochMinutes() {
    return (int) LittleEndian.INT.get(bytes, SAMPLE_OFFSET);
  }

  /** Sets when the sample was taken. */
  public StatusRecord sampleEpochMinutes(int epochMinutes) {
    LittleEndian.INT.set(bytes, SAMPLE_OFFSET, epochMinutes);
    return this;
  }

  /** The day of the last vaccine dose, in days since 1970; 0 without a dose. */
  public int lastDoseEpochDay() {
    return (int) LittleEndian.INT.get(bytes, LAST_DOSE_OFFSET) & DAY_MASK;
  }

  /** Sets the day of the last vaccine dose. */
  public StatusRecord lastDoseEpochDay(int epochDay) {
    final int kept = (int) LittleEndian.INT.get(bytes, LAST_DOSE_OFFSET) & ~DAY_MASK;
    LittleEndian.INT.set(bytes, LAST_DOSE_OFFSET, kept | (epochDay & DAY_MASK));
    return this;
  }

  /**
   * When the newest code of the other region was issued that was translated for this holder, in
   * seconds since 1970, at most {@link #MAX_SOURCE_EPOCH_SECONDS}; 0 where none was, or its time is
   * not known.
   */
  public long sourceEpochSeconds() {
    final int high = (int) LittleEndian.INT.get(bytes, LAST_DOSE_OFFSET) >>> DAY_BITS;
    final long low = (long) LittleEndian.LONG.get(bytes, REVOKED_OFFSET) >>> REVOKED_BITS;
    return ((long) high << DAY_BITS) | low;
  }

  /** Sets when the newest translated code was issued. */
  public StatusRecord sourceEpochSeconds(long epochSeconds) {
    final int high = (int) (epochSeconds >>> DAY_BITS);
    final long low = epochSeconds << REVOKED_BITS;
    LittleEndian.INT.set(bytes, LAST_DOSE_OFFSET, lastDoseEpochDay() | (high << DAY_BITS));
    LittleEndian.LONG.set(bytes, REVOKED_OFFSET, revokedBeforeEpochSeconds() | low);
    return this;
  }

  /** Codes whose {@code iat} is before this second are revoked; 0 revokes none. */
  public long revokedBeforeEpochSeconds() {
    return (long) LittleEndian.LONG.get(bytes, REVOKED_OFFSET) & REVOKED_MASK;
  }

  /** Sets the second before which codes are revoked. */
  public StatusRecord revokedBeforeEpochSeconds(long epochSeconds) {
    final long kept = (long) LittleEndian.LONG.get(bytes, REVOKED_OFFSET) & ~REVOKED_MASK;
    LittleEndian.LONG.set(bytes, REVOKED_OFFSET, kept | (epochSeconds & REVOKED_MASK));
    return this;
  }

  /** The version of the command that last changed this record. */
  public long version() {
    return (long) LittleEndian.LONG.get(bytes, VERSION_OFFSET);
  }

  public StatusRecord version(long version) {
    LittleEndian.LONG.set(bytes, VERSION_OFFSET, version);
    return this;
  }

  /** Whether every field is in its range, as in a record that no fault has touched. */
  public boolean isSound() {
    return bytes[0] >>> COLOURS_BITS == 0
        && colour() <= RED
        && hasSoundEnd()
        && result() >= RESULT_NONE
        && result() <= RESULT_POSITIVE
        && doses() >= 0
        && doses() <= MAX_DOSES
        && (flags() & ~(ALL_FLAGS | TRANSLATED)) == 0
        && newestSampleEpochMinutes() >= 0
        && lastDoseEpochDay() <= MAX_EPOCH_DAY
        && revokedBeforeEpochSeconds() <= MAX_EPOCH_SECONDS
        && version() > 0;
  }

  /** Green has no end; what follows at an end is better than what ends. */
  private boolean hasSoundEnd() {
    final int until = untilEpochMinutes();
    return until == 0
        ? next() == GREEN
        : until > 0 && greenFromEpochMinutes() <= Integer.MAX_VALUE && next() < colour();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StatusRecord record && Arrays.equals(bytes, record.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "StatusRecord[colour="
        + colour()
        + ", untilEpochMinutes="
        + untilEpochMinutes()
        + ", next="
        + next()
        + ", result="
        + result()
        + ", sampleEpochMinutes="
        + sampleEpochMinutes()
        + ", doses="
        + doses()
        + ", flags="
        + flags()
        + ", version="
        + version()
        + "]";
  }
}
