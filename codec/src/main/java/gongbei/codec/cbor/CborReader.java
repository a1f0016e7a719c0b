package gongbei.codec.cbor;

/**
 * A cursor over CBOR (RFC 8949) that {@link CborValidator} has found well-formed. It reads heads
 * and skips items; it checks types, not lengths, for the validator has. Allocates nothing. For one
 * thread.
 *
 * <p>After {@link #next}, {@link #major} and {@link #argument} describe the item's head and {@link
 * #position} stands behind it: at a string's first byte, an array's first item, a tag's item.
 */
public final class CborReader {
  /** Major type 0: an unsigned integer. */
  public static final int UNSIGNED = 0;

  /** Major type 1: a negative integer, whose argument is -1 minus the value. */
  public static final int NEGATIVE = 1;

  /** Major type 2: a byte string. */
  public static final int BYTES = 2;

  /** Major type 3: a text string in UTF-8. */
  public static final int TEXT = 3;

  /** Major type 4: an array. */
  public static final int ARRAY = 4;

  /** Major type 5: a map. */
  public static final int MAP = 5;

  /** Major type 6: a tag. */
  public static final int TAG = 6;

  /** Major type 7: a simple value, a float or a break. */
  public static final int SIMPLE = 7;

  /** Simple value false. */
  public static final int FALSE = 20;

  /** Simple value true. */
  public static final int TRUE = 21;

  /** Simple value null. */
  public static final int NULL = 22;

  /** Simple value undefined. */
  public static final int UNDEFINED = 23;

  /** What {@link #tag} answers for an item without a tag. */
  public static final long NO_TAG = -1;

  /** What {@link #integer} answers for an item that is no integer, or none of 64 bits. */
  public static final long NO_INTEGER = Long.MIN_VALUE;

  /** What {@link #text} answers for an item that is no text. */
  public static final int NO_TEXT = -1;

  private static final int BREAK = 0xFF;
  private static final int INDEFINITE = 31;
  private static final long TAG_UNSIGNED_BIGNUM = 2;
  private static final long TAG_NEGATIVE_BIGNUM = 3;

  private byte[] buffer;
  private int position;
  private int major;
  private int additional;
  private long argument;
  private long tag = NO_TAG;
  private boolean inChunks;
  private long chunkLeft;

  /** Stands before the item at the offset. */
  public CborReader wrap(byte[] bytes, int offset) {
    buffer = bytes;
    position = offset;
    return this;
  }

  /** The offset that the cursor stands at. */
  public int position() {
    return position;
  }

  /** Moves the cursor. */
  public void position(int offset) {
    position = offset;
  }

  /** The major type of the last head read. */
  public int major() {
    return major;
  }

  /** The argument of the last head read: value, length, count, tag or bits of a float. */
  public long argument() {
    return argument;
  }

  /** Whether the last head opened an item of indefinite length. */
  public boolean isIndefinite() {
    return additional == INDEFINITE;
  }

  /** Reads one head. */
  public CborReader next() {
    final int initial = buffer[position++] & 0xFF;
    major = initial >>> 5;
    additional = initial & 0x1F;
    switch (additional) {
      case 24 -> read(1);
      case 25 -> read(2);
      case 26 -> read(4);
      case 27 -> read(8);
      default -> argument = additional;
    }
    return this;
  }

  /**
   * Reads one head and passes over the tags before it: a tag adds meaning to an item and leaves the
   * item what it is (RFC 8949 §3.4).
   */
  public CborReader nextUntagged() {
    tag = NO_TAG;
    while (next().major == TAG) {
      tag = argument;
    }
    return this;
  }

  /** The innermost tag that {@link #nextUntagged} has skipped, or {@link #NO_TAG}. */
  public long tag() {
    return tag;
  }

  /**
   * Reads an item that should be an integer, in any of the forms that RFC 8949 gives one meaning:
   * with a head of any length, or as a bignum of any length (§3.4.3). A float is another value,
   * whatever its fraction (§2).
   *
   * @return its value, or {@link #NO_INTEGER}; the cursor stands behind the item either way
   */
  public long integer() {
    nextUntagged();
    final boolean isBignum = tag == TAG_UNSIGNED_BIGNUM || tag == TAG_NEGATIVE_BIGNUM;
    if (isBignum && major == BYTES) {
      return bignum(tag == TAG_NEGATIVE_BIGNUM);
    }
    final long value = isInt() && !isBignum ? intValue() : NO_INTEGER;
    skipRest();
    return value;
  }

  private long bignum(boolean isNegative) {
    openString();
    long value = 0;
    boolean fits = true;
    for (int next = nextByte(); next >= 0; next = nextByte()) {
      fits &= value >>> 55 == 0;
      value = (value << 8) | next;
    }
    if (!fits) {
      return NO_INTEGER;
    }
    return isNegative ? ~value : value;
  }

  /**
   * Reads an item that should be text, in one piece or in chunks (RFC 8949 §3.2.3).
   *
   * @param into takes as many of its bytes as it has room for
   * @return how many bytes the text has, which may be more, or {@link #NO_TEXT}; the cursor stands
   *     behind the item either way
   */
  public int text(byte[] into) {
    if (nextUntagged().major != TEXT) {
      skipRest();
      return NO_TEXT;
    }
    if (!isIndefinite()) {
      final int whole = (int) argument;
      System.arraycopy(buffer, position, into, 0, Math.min(whole, into.length));
      position += whole;
      return whole;
    }
    openString();
    int length = 0;
    for (int next = nextByte(); next >= 0; next = nextByte()) {
      if (length < into.length) {
        into[length] = (byte) next;
      }
      length++;
    }
    return length;
  }

  /** Starts {@link #nextByte} at the string whose head was read last. */
  CborReader openString() {
    inChunks = isIndefinite();
    chunkLeft = inChunks ? 0 : argument;
    return this;
  }

  /** The next byte of the string, across its chunks, or -1 behind its end. */
  int nextByte() {
    while (chunkLeft == 0) {
      if (!inChunks || !hasMore(-1)) {
        inChunks = false;
        return -1;
      }
      chunkLeft = next().argument;
    }
    chunkLeft--;
    return buffer[position++] & 0xFF;
  }

  /** Whether the last head is the simple value null. */
  public boolean isNull() {
    return major == SIMPLE && additional == NULL;
  }

  /** Whether the last head is an integer that fits in 64 bits with its sign. */
  public boolean isInt() {
    return (major == UNSIGNED || major == NEGATIVE) && argument >= 0;
  }

  /** The value of the last head, an integer: see {@link #isInt}. */
  public long intValue() {
    return major == UNSIGNED ? argument : ~argument;
  }

  /** Whether the last head is a float of 16, 32 or 64 bits. */
  public boolean isFloat() {
    return major == SIMPLE && additional >= 25 && additional <= 27;
  }

  /** The value of the last head, a float: see {@link #isFloat}. */
  public double floatValue() {
    return switch (additional) {
      case 25 -> half((int) argument);
      case 26 -> Float.intBitsToFloat((int) argument);
      default -> Double.longBitsToDouble(argument);
    };
  }

  /** Whether the last head is a string, of that major type, of definite length. */
  public boolean isDefinite(int stringMajor) {
    return major == stringMajor && additional != INDEFINITE;
  }

  /**
   * Whether another item follows in the array or map being walked; steps over the break of an
   * indefinite one.
   *
   * @param remaining how many items or pairs are still to come, negative when indefinite
   */
  public boolean hasMore(long remaining) {
    if (remaining >= 0) {
      return remaining > 0;
    }
    if ((buffer[position] & 0xFF) == BREAK) {
      position++;
      return false;
    }
    return true;
  }

  /** The count of the array or map just opened for {@link #hasMore}: -1 when indefinite. */
  public long count() {
    return additional == INDEFINITE ? -1 : argument;
  }

  /** Steps over the item at the cursor, with all that it holds. */
  public void skip() {
    next();
    skipRest();
  }

  /** Steps over what the item still holds whose head was read last. */
  public void skipRest() {
    switch (major) {
      case BYTES, TEXT -> {
        if (additional == INDEFINITE) {
          skipToBreak();
        } else {
          position += (int) argument;
        }
      }
      case ARRAY -> skipItems(count(), 1);
      case MAP -> skipItems(count(), 2);
      case TAG -> skip();
      default -> {}
    }
  }

  private void skipItems(long count, int itemsEach) {
    if (count < 0) {
      skipToBreak();
    } else {
      for (long i = count * itemsEach; i > 0; i--) {
        skip();
      }
    }
  }

  private void skipToBreak() {
    while (hasMore(-1)) {
      skip();
    }
  }

  private void read(int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = (value << 8) | (buffer[position++] & 0xFF);
    }
    argument = value;
  }

  /** RFC 8949 appendix D. */
  private static double half(int bits) {
    final int exponent = bits >>> 10 & 0x1F;
    final int mantissa = bits & 0x3FF;
    final double magnitude;
    if (exponent == 0) {
      magnitude = Math.scalb((double) mantissa, -24);
    } else if (exponent != 31) {
      magnitude = Math.scalb((double) (mantissa + 1024), exponent - 25);
    } else {
      magnitude = mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    }
    return (bits & 0x8000) == 0 ? magnitude : -magnitude;
  }
}
