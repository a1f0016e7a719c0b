package gongbei.codec.code;

/** Decodes Base64 with the alphabet for URLs (RFC 4648 §5), without allocation. */
final class Base64Url {
  /** What {@link #decode} answers for what is no Base64. */
  static final int BAD = -1;

  private Base64Url() {}

  /**
   * Decodes characters, which up to two {@code =} may follow.
   *
   * @param into has room for three bytes for every four characters
   * @return how many bytes they are, or {@link #BAD}: another character, a length that no bytes
   *     have, or bits behind the last byte that are not zero
   */
  static int decode(byte[] text, int offset, int length, byte[] into) {
    int end = offset + length;
    if (length % 4 == 0 && length > 0 && text[end - 1] == '=') {
      end -= text[end - 2] == '=' ? 2 : 1;
    }
    int bits = 0;
    int held = 0;
    int bytes = 0;
    for (int at = offset; at < end; at++) {
      final int value = valueOf(text[at]);
      if (value < 0) {
        return BAD;
      }
      bits = (bits << 6) | value;
      held += 6;
      if (held >= 8) {
        held -= 8;
        into[bytes++] = (byte) (bits >>> held);
        bits &= (1 << held) - 1;
      }
    }
    return held < 6 && bits == 0 ? bytes : BAD;
  }

  private static int valueOf(byte character) {
    if (character >= 'A' && character <= 'Z') {
      return character - 'A';
    }
    if (character >= 'a' && character <= 'z') {
      return character - 'a' + 26;
    }
    if (character >= '0' && character <= '9') {
      return character - '0' + 52;
    }
    return character == '-' ? 62 : character == '_' ? 63 : BAD;
  }
}
