package gongbei.codec.code;

/** What of a kid tells keys apart: its first 8 bytes, as trust lists have them. */
final class Kid {
  /** How many bytes. */
  static final int BYTES = 8;

  private Kid() {}

  /** Returns the 8 bytes at an offset as one big-endian number. */
  static long number(byte[] kid, int offset) {
    long number = 0;
    for (int i = offset; i < offset + BYTES; i++) {
      number = (number << 8) | (kid[i] & 0xFF);
    }
    return number;
  }
}
