package gongbei.verifier.http.transport;

import io.netty.handler.codec.DateFormatter;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * Writes the {@code Date} of every answer (RFC 9110 §6.6.1), once a second at most. For any thread.
 */
public final class HttpDate {
  // Java's RFC_1123_DATE_TIME writes the day of the month in one digit, which HTTP does not allow.
  private static final DateTimeFormatter IMF_FIXDATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private final LongSupplier epochSeconds;
  private volatile Written written;

  /**
   * Starts to tell the time.
   *
   * @param epochSeconds the clock, in seconds since 1970
   */
  public HttpDate(LongSupplier epochSeconds) {
    this.epochSeconds = epochSeconds;
  }

  /**
   * A second as it was written.
   *
   * @param line the whole field line, its end included
   */
  private record Written(long epochSecond, AsciiString text, byte[] line) {}

  /** The value of the field {@code Date}. */
  public String text() {
    return current().text().toString();
  }

  /** The same in ASCII. */
  AsciiString ascii() {
    return current().text();
  }

  /** The field line, its end included; not to be changed. */
  public byte[] line() {
    return current().line();
  }

  private Written current() {
    final long now = epochSeconds.getAsLong();
    Written current = written;
    if (current == null || current.epochSecond() != now) {
      final String text = format(Instant.ofEpochSecond(now));
      current =
          new Written(
              now,
              AsciiString.of(text),
              ("date: " + text + "\r\n").getBytes(StandardCharsets.US_ASCII));
      written = current;
    }
    return current;
  }

  /** Writes a time as an IMF-fixdate (RFC 9110 §5.6.7), to the second. */
  static String format(Instant time) {
    return IMF_FIXDATE.format(time);
  }

  /**
   * Reads a time in any of the three forms of RFC 9110 §5.6.7; null where it is none of them, or of
   * a day that no calendar has, which the library takes for one of the next month.
   */
  public static Instant parse(String text) {
    final Date read = DateFormatter.parseHttpDate(text);
    if (read == null) {
      return null;
    }
    final int day = read.toInstant().atZone(ZoneOffset.UTC).getDayOfMonth();
    return Pattern.compile("\\b0?" + day + "\\b").matcher(text).find() ? read.toInstant() : null;
  }
}
