package gongbei.verifier.conformance;

import java.util.Locale;

/** A frame in hexadecimal in which {@code ??} stands for any byte. */
final class FramePattern {
  private static final String ANY = "??";

  private FramePattern() {}

  /** Whether a frame, its length prefix included, is as the pattern has it. */
  static boolean matches(String pattern, byte[] frame) {
    if (pattern.length() != frame.length * 2) {
      return false;
    }
    for (int i = 0; i < frame.length; i++) {
      final String digits = pattern.substring(i * 2, i * 2 + 2);
      if (!digits.equals(ANY)
          && Integer.parseInt(digits.toLowerCase(Locale.ROOT), 16) != (frame[i] & 0xFF)) {
        return false;
      }
    }
    return true;
  }
}
