package gongbei.codec.code;

import static gongbei.codec.code.HealthCode.ABSENT;

import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflates what a code carries, within {@link CodeLimits#MAX_INFLATED_BYTES}: zlib (RFC 1950) or
 * raw DEFLATE (RFC 1951). Its buffers are made when the first code needs them; then it allocates
 * nothing. For one thread.
 */
final class BoundedInflater {
  private final boolean raw;
  private final String name;
  private final CodeCursor cursor;
  private final CRC32 crc = new CRC32();
  private byte[] inflated = {};
  private Inflater inflater;

  /**
   * @param raw whether what is inflated has no header of zlib
   * @param name the field to name in a refusal
   */
  BoundedInflater(CodeCursor cursor, boolean raw, String name) {
    this.cursor = cursor;
    this.raw = raw;
    this.name = name;
  }

  /**
   * Inflates the first bytes.
   *
   * @return how many bytes of {@link #bytes} they become, or {@link HealthCode#ABSENT}; then the
   *     cursor has the fault
   */
  int inflate(byte[] source, int bytes) {
    if (inflater == null) {
      inflater = new Inflater(raw);
      inflated = new byte[CodeLimits.MAX_INFLATED_BYTES];
    }
    inflater.reset();
    inflater.setInput(source, 0, bytes);
    int length = 0;
    try {
      while (!inflater.finished()) {
        final int more = inflater.inflate(inflated, length, inflated.length - length);
        length += more;
        if (more == 0 && !inflater.finished()) {
          if (length == inflated.length) {
            return bad("inflates to more than 65536 bytes");
          }
          return bad(inflater.needsDictionary() ? "needs a dictionary" : "is cut short");
        }
      }
    } catch (DataFormatException e) {
      return bad(raw ? "is not DEFLATE data" : "is not zlib data");
    }
    final int end = bytes - inflater.getRemaining();
    return isNothingBehind(source, end, bytes) || isTrailer(source, end, bytes, length)
        ? length
        : bad("has bytes after its end");
  }

  /** Some issuers of health cards write zero bytes behind raw DEFLATE, and sign them. */
  private boolean isNothingBehind(byte[] source, int from, int end) {
    boolean isNothing = true;
    for (int i = from; i < end; i++) {
      isNothing &= raw && source[i] == 0;
    }
    return isNothing;
  }

  /**
   * Others write gzip's trailer there, without its header: the CRC-32 and the length of what is
   * inflated (RFC 1952 section 2.3.1). One of anything else is refused.
   */
  private boolean isTrailer(byte[] source, int from, int end, int length) {
    if (!raw || end - from != 2 * Integer.BYTES) {
      return false;
    }
    crc.reset();
    crc.update(inflated, 0, length);
    return littleEndian(source, from) == (int) crc.getValue()
        && littleEndian(source, from + Integer.BYTES) == length;
  }

  private static int littleEndian(byte[] source, int at) {
    return (source[at] & 0xff)
        | (source[at + 1] & 0xff) << 8
        | (source[at + 2] & 0xff) << 16
        | (source[at + 3] & 0xff) << 24;
  }

  private int bad(String why) {
    cursor.malformed(name, why);
    return ABSENT;
  }

  /** What was inflated last. */
  byte[] bytes() {
    return inflated;
  }
}
