package gongbei.verifier.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;

/** What people type for codes and times. */
final class CodeInput {
  /** The most characters of one line of input: a code, a certificate and their wrapping. */
  static final int MAX_LINE_CHARACTERS = 256 * 1024;

  private static final int BYTE_ORDER_MARK = 0xFEFF;

  private static final DateTimeFormatter DATE_TIME =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendPattern("['T'][' ']")
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .appendPattern("[XXX][XX][X]")
          .toFormatter(Locale.ROOT);

  private CodeInput() {}

  /**
   * The second of an RFC 3339 date-time. What many write in its place is read too: an offset
   * without its colon, a blank for the T, and none at all, which is UTC.
   *
   * @throws IllegalArgumentException when the text is no date-time
   */
  static long epochSeconds(String text) {
    try {
      final TemporalAccessor time =
          DATE_TIME.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
      return time instanceof OffsetDateTime exact
          ? exact.toEpochSecond()
          : LocalDateTime.from(time).toEpochSecond(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("is not an RFC 3339 date-time", e);
    }
  }

  /** Steps over the mark that some editors put before UTF-8. */
  static BufferedReader withoutByteOrderMark(BufferedReader reader) throws IOException {
    reader.mark(1);
    if (reader.read() != BYTE_ORDER_MARK) {
      reader.reset();
    }
    return reader;
  }

  /** This second. */
  static long nowEpochSeconds() {
    return Instant.now().getEpochSecond();
  }
}
