package gongbei.codec.code;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Tells a code's text from what scanners, editors and clipboards put around it: a byte order mark,
 * white space and control characters, and the symbology identifier of ISO/IEC 15424 (AIM) that a
 * scanner may send first, such as {@code ]Q1} for QR and {@code ]z3} for Aztec. Every way to a
 * verdict takes the text through here: {@link HealthCode#wrap} by itself, the pages and the command
 * line through {@link #of} where they choose among several texts. No code loses a character by it:
 * Base45 of bytes never ends in a blank, whose value no last digit reaches (RFC 9285 §4).
 */
public final class CodeText {
  private static final int IDENTIFIER_LENGTH = 3;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private CodeText() {}

  /** The code's own characters. */
  public static String of(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isAround(text.charAt(start))) {
      start++;
    }
    if (end - start > IDENTIFIER_LENGTH
        && isIdentifier(text.charAt(start), text.charAt(start + 1), text.charAt(start + 2))) {
      start += IDENTIFIER_LENGTH;
      while (start < end && isAround(text.charAt(start))) {
        start++;
      }
    }
    while (end > start && isAround(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  /** The code's own characters in UTF-8: ASCII in every format but that of JSON. */
  public static byte[] bytes(String text) {
    return of(text).getBytes(StandardCharsets.UTF_8);
  }

  /** The code's own characters, the same array where there are no others. */
  public static byte[] of(byte[] text) {
    final int start = start(text, 0, text.length);
    final int end = end(text, start, 0, text.length);
    return end - start == text.length ? text : Arrays.copyOfRange(text, start, end);
  }

  /** Whether a text is that of a code of some format: it opens with a format's prefix. */
  public static boolean hasKnownPrefix(String text) {
    final byte[] own = bytes(text);
    return CodeFormat.ofPrefix(own, 0, own.length) != null;
  }

  /** Where the code's own characters begin in bytes of ASCII or UTF-8. */
  static int start(byte[] text, int offset, int length) {
    final int end = offset + length;
    int start = skipAround(text, offset, end);
    if (end - start > IDENTIFIER_LENGTH
        && isIdentifier((char) text[start], (char) text[start + 1], (char) text[start + 2])) {
      start = skipAround(text, start + IDENTIFIER_LENGTH, end);
    }
    return start;
  }

  /** Where they end. */
  static int end(byte[] text, int start, int offset, int length) {
    int end = offset + length;
    while (end > start && isBlankOrControl(text[end - 1])) {
      end--;
    }
    return end;
  }

  private static int skipAround(byte[] text, int from, int end) {
    int start = from;
    while (start < end) {
      if (isBlankOrControl(text[start])) {
        start++;
      } else if (end - start >= 3
          && text[start] == (byte) 0xEF
          && text[start + 1] == (byte) 0xBB
          && text[start + 2] == (byte) 0xBF) {
        start += 3;
      } else {
        break;
      }
    }
    return start;
  }

  private static boolean isBlankOrControl(byte character) {
    return (character >= 0 && character <= ' ') || character == 0x7F;
  }

  private static boolean isAround(char character) {
    return character <= ' '
        || character == 0x7F
        || character == '\u00A0'
        || character == '\u3000'
        || character == '\u200B'
        || character == BYTE_ORDER_MARK;
  }

  private static boolean isIdentifier(char flag, char symbology, char modifier) {
    return flag == ']'
        && ((symbology >= 'A' && symbology <= 'Z') || (symbology >= 'a' && symbology <= 'z'))
        && ((modifier >= '0' && modifier <= '9') || (modifier >= 'A' && modifier <= 'Z'));
  }
}
