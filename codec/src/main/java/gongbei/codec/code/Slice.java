package gongbei.codec.code;

import java.nio.charset.StandardCharsets;

/** Where a string lies in a code's buffer. Package-private, mutable, set by {@link CodeCursor}. */
final class Slice {
  private int offset;
  private int length = HealthCode.ABSENT;

  /** Forgets the string. */
  void clear() {
    length = HealthCode.ABSENT;
  }

  /** Sets where the string lies. */
  void set(int newOffset, int newLength) {
    offset = newOffset;
    length = newLength;
  }

  /** Whether there is a string, be it empty. */
  boolean isPresent() {
    return length != HealthCode.ABSENT;
  }

  /** The offset of its first byte. */
  int offset() {
    return offset;
  }

  /** Its length in bytes, or {@link HealthCode#ABSENT}. */
  int length() {
    return length;
  }

  /** The text, or null where there is none. Allocates. */
  String text(byte[] buffer) {
    return isPresent() ? new String(buffer, offset, length, StandardCharsets.UTF_8) : null;
  }

  /** Whether the bytes are those ASCII characters. */
  boolean isText(byte[] buffer, String expected) {
    if (length != expected.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (buffer[offset + i] != expected.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
