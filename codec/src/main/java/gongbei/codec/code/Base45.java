package gongbei.codec.code;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Base45 of RFC 9285, strict: two bytes are three characters, one byte is two. Thread-safe. */
public final class Base45 {
  /** What {@link #decode} answers for a character outside the alphabet. */
  public static final int BAD_CHARACTER = -1;

  /** What {@link #decode} answers for a length of 1 modulo 3. */
  public static final int BAD_LENGTH = -2;

  /** What {@link #decode} answers for a group whose value is over 65535, or 255 for a last byte. */
  public static final int BAD_VALUE = -3;

  private static final byte[] ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] VALUES = new byte[256];

  static {
    Arrays.fill(VALUES, (byte) -1);
    for (int i = 0; i < ALPHABET.length; i++) {
      VALUES[ALPHABET[i]] = (byte) i;
    }
  }

  private Base45() {}

  /**
   * Decodes text to bytes without allocation.
   *
   * @param out takes two thirds of the length, rounded up
   * @return how many bytes were written, or {@link #BAD_CHARACTER}, {@link #BAD_LENGTH} or {@link
   *     #BAD_VALUE}
   */
  public static int decode(byte[] text, int offset, int length, byte[] out, int outOffset) {
    final int rest = length % 3;
    if (rest == 1) {
      return BAD_LENGTH;
    }
    int position = outOffset;
    int from = offset;
    for (final int end = offset + length - rest; from < end; from += 3) {
      final int low = VALUES[text[from] & 0xFF];
      final int middle = VALUES[text[from + 1] & 0xFF];
      final int high = VALUES[text[from + 2] & 0xFF];
      if ((low | middle | high) < 0) {
        return BAD_CHARACTER;
      }
      final int value = low + 45 * middle + 2025 * high;
      if (value > 0xFFFF) {
        return BAD_VALUE;
      }
      out[position++] = (byte) (value >>> 8);
      out[position++] = (byte) value;
    }
    if (rest == 2) {
      final int low = VALUES[text[from] & 0xFF];
      final int high = VALUES[text[from + 1] & 0xFF];
      if ((low | high) < 0) {
        return BAD_CHARACTER;
      }
      final int value = low + 45 * high;
      if (value > 0xFF) {
        return BAD_VALUE;
      }
      out[position++] = (byte) value;
    }
    return position - outOffset;
  }

  /** How many characters so many bytes are. */
  public static int encodedLength(int bytes) {
    return bytes / 2 * 3 + bytes % 2 * 2;
  }

  /** Encodes bytes to text. */
  public static String encode(byte[] bytes, int offset, int length) {
    final byte[] text = new byte[encodedLength(length)];
    encode(bytes, offset, length, text, 0);
    return new String(text, StandardCharsets.US_ASCII);
  }

  /** Encodes bytes to {@link #encodedLength} characters of ASCII without allocation. */
  public static void encode(byte[] bytes, int offset, int length, byte[] out, int outOffset) {
    int position = outOffset;
    int from = offset;
    for (final int end = offset + length - length % 2; from < end; from += 2) {
      final int value = ((bytes[from] & 0xFF) << 8) | (bytes[from + 1] & 0xFF);
      out[position++] = ALPHABET[value % 45];
      out[position++] = ALPHABET[value / 45 % 45];
      out[position++] = ALPHABET[value / 2025];
    }
    if (length % 2 == 1) {
      final int value = bytes[from] & 0xFF;
      out[position++] = ALPHABET[value % 45];
      out[position] = ALPHABET[value / 45];
    }
  }
}
