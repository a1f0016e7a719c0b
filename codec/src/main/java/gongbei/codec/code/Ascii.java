package gongbei.codec.code;

/** Compares bytes that were read with text of ASCII, without allocation. */
final class Ascii {
  private Ascii() {}

  /**
   * Whether the first bytes are that text and nothing else.
   *
   * @param length how many there are, perhaps more than the buffer holds, or negative
   */
  static boolean isText(byte[] bytes, int length, String text) {
    if (length != text.length() || length > bytes.length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (bytes[i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the first bytes begin with that text. */
  static boolean startsWith(byte[] bytes, int length, String text) {
    return length >= text.length()
        && bytes.length >= text.length()
        && isText(bytes, text.length(), text);
  }
}
