package gongbei.verifier.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** What people type for codes and times. */
final class CodeInput {
  /** The most characters of one line of input: a code, a certificate and their wrapping. */
  static final int MAX_LINE_CHARACTERS = 256 * 1024;

  private CodeInput() {}

  /**
   * The second of an RFC 3339 date-time; UTC where it names no offset.
   *
   * @throws IllegalArgumentException when the text is no date-time
   */
  static long epochSeconds(String text) {
    try {
      return OffsetDateTime.parse(text).toEpochSecond();
    } catch (DateTimeException e) {
      try {
        return LocalDateTime.parse(text).toEpochSecond(ZoneOffset.UTC);
      } catch (DateTimeException again) {
        throw new IllegalArgumentException("is not an RFC 3339 date-time", again);
      }
    }
  }

  /** This second. */
  static long nowEpochSeconds() {
    return Instant.now().getEpochSecond();
  }
}
