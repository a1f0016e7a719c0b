package gongbei.codec.transparency;

import gongbei.codec.transparency.TransparencyException.Reason;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * One version in the history, 54 bytes, so that a leaf is one block of SHA-256. All of it is
 * public.
 *
 * <pre>
 *  0 tag          16 bytes, by which a holder finds it: {@link EntryBlinding}
 * 16 previous     int64, the version of the same holder's entry before, masked; big-endian as all
 * 24 authority    int64, the key id of who answers for the change; 0: nobody signed
 * 32 second       int64, the key id of the second authority; 0: none
 * 40 time         uint32, the log's time, seconds since 1970
 * 44 until        uint32, minutes since 1970; 0: no end
 * 48 ground       uint16, its number in the table of grounds; 0: before the history
 * 50 kind         uint8, what the command was
 * 51 outcome      uint8, what became of it; 0: applied
 * 52 before       uint8, the status before
 * 53 after        uint8, the status after
 * </pre>
 *
 * A status is a byte: colour in bits 0 and 1, result in bits 2 and 3, what follows at the end in
 * bits 4 and 5, and bit 6 where the holder is known. Since version 9 of the log's protocol bit 7
 * marks what a status does not show: of the status before, that doses or a negative test were taken
 * away from it; of the status after, that the holder is said to be dead, who was not before. The
 * entry of a version that was given before there was a history is all zero.
 */
public record HistoryEntry(byte[] bytes) {
  /** The bytes of an entry. */
  public static final int BYTES = 54;

  /** Bytes of {@link #tag}. */
  public static final int TAG_BYTES = 16;

  private static final int PREVIOUS = 16;
  private static final int AUTHORITY = 24;
  private static final int SECOND = 32;
  private static final int TIME = 40;
  private static final int UNTIL = 44;
  private static final int GROUND = 48;
  private static final int KIND = 50;
  private static final int OUTCOME = 51;
  private static final int BEFORE = 52;
  private static final int AFTER = 53;
  private static final int MAX_TWO_BITS = 2;
  private static final int TWO_BITS = 3;
  private static final int KNOWN = 0x40;
  private static final int MARK = 0x80;

  /** The {@link #kind} of a revocation of codes. */
  private static final int REVOKE = 3;

  private static final int NEGATIVE = 1;

  /**
   * Reads an entry.
   *
   * @param version its place, for messages
   * @throws TransparencyException where a field is out of its range
   */
  public static HistoryEntry of(byte[] bytes, long version) throws TransparencyException {
    final HistoryEntry entry = new HistoryEntry(bytes);
    if (bytes.length != BYTES || !entry.isSound()) {
      throw new TransparencyException(
          Reason.ENTRY_MALFORMED, "the entry of version " + version + " has not the form of one");
    }
    return entry;
  }

  private boolean isSound() {
    return isStatus(bytes[BEFORE]) && isStatus(bytes[AFTER]);
  }

  private static boolean isStatus(int status) {
    return (status & TWO_BITS) <= MAX_TWO_BITS
        && ((status >>> 2) & TWO_BITS) <= MAX_TWO_BITS
        && ((status >>> 4) & TWO_BITS) <= MAX_TWO_BITS
        && ((status & KNOWN) != 0 || status == 0);
  }

  /** Packs a status of a holder who is known into a byte. */
  public static byte status(int colour, int result, int next) {
    return (byte) (KNOWN | (next << 4) | (result << 2) | colour);
  }

  /** Marks a status that was packed; what the mark means stands above. */
  public static byte marked(byte status) {
    return (byte) (status | MARK);
  }

  /** Whether it is of a version that was given before there was a history. */
  public boolean isBeforeHistory() {
    for (final byte each : bytes) {
      if (each != 0) {
        return false;
      }
    }
    return true;
  }

  /** By which a holder finds it. */
  public byte[] tag() {
    return Arrays.copyOf(bytes, TAG_BYTES);
  }

  /** The previous version, masked. */
  public long maskedPrevious() {
    return fields().getLong(PREVIOUS);
  }

  /** The key id of who answers for the change; 0: nobody signed. */
  public long authority() {
    return fields().getLong(AUTHORITY);
  }

  /** The key id of the second authority; 0: none. */
  public long secondAuthority() {
    return fields().getLong(SECOND);
  }

  /** The log's time, in seconds since 1970. */
  public long epochSeconds() {
    return Integer.toUnsignedLong(fields().getInt(TIME));
  }

  /** When the status ends, in minutes since 1970; 0: not. */
  public long untilEpochMinutes() {
    return Integer.toUnsignedLong(fields().getInt(UNTIL));
  }

  /** The number in the table of grounds; 0: before the history. */
  public int ground() {
    return Short.toUnsignedInt(fields().getShort(GROUND));
  }

  /** What the command was. */
  public int kind() {
    return Byte.toUnsignedInt(bytes[KIND]);
  }

  /** What became of it; 0: applied. */
  public int outcome() {
    return Byte.toUnsignedInt(bytes[OUTCOME]);
  }

  /** Whether the holder was known before. */
  public boolean wasKnown() {
    return (bytes[BEFORE] & KNOWN) != 0;
  }

  /** Whether the holder is known after; false for documents. */
  public boolean isKnown() {
    return (bytes[AFTER] & KNOWN) != 0;
  }

  /** The colour's number before; 0 where not known. */
  public int colourBefore() {
    return bytes[BEFORE] & TWO_BITS;
  }

  /** The colour's number after. */
  public int colourAfter() {
    return bytes[AFTER] & TWO_BITS;
  }

  /** The test result's number before. */
  public int resultBefore() {
    return (bytes[BEFORE] >>> 2) & TWO_BITS;
  }

  /** The test result's number after. */
  public int resultAfter() {
    return (bytes[AFTER] >>> 2) & TWO_BITS;
  }

  /** The number of the colour that follows at the end. */
  public int nextColour() {
    return (bytes[AFTER] >>> 4) & TWO_BITS;
  }

  /**
   * By what it stopped the holder; empty where it did not, or that is not in it: what was given
   * before version 9 of the log's protocol shows neither deaths nor doses.
   */
  public Optional<Effect> effect() {
    if (outcome() != 0) {
      return Optional.empty();
    }
    if ((bytes[AFTER] & MARK) != 0) {
      return Optional.of(Effect.DECEASED);
    }
    if (colourAfter() != 0 && colourAfter() != colourBefore()) {
      return Optional.of(Effect.COLOUR);
    }
    if (kind() == REVOKE) {
      return Optional.of(Effect.REVOKED);
    }
    final boolean isTaken =
        (bytes[BEFORE] & MARK) != 0 || (resultBefore() == NEGATIVE && resultAfter() != NEGATIVE);
    return isTaken ? Optional.of(Effect.TAKEN) : Optional.empty();
  }

  private ByteBuffer fields() {
    return ByteBuffer.wrap(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HistoryEntry entry && Arrays.equals(bytes, entry.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
