package gongbei.codec.time;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what RFC 3339 calls a date-time and a full-date. A date that no calendar has, as 30
 * February, is refused and never moved to another.
 *
 * <p>As the RFC has it, T and Z may be small letters, a blank may stand for the T (§5.6), a
 * fraction may have any number of digits, and {@code -00:00} is UTC (§4.3). A second 60 is read
 * where a leap second can be, at 23:59:60 UTC of 30 June and of 31 December (§5.7), as the second
 * 59 before it: Java's time has no such second, and so its day and its minute stay.
 */
public final class Rfc3339 {
  /** The most characters of a date-time that is read. */
  public static final int MAX_CHARACTERS = 64;

  private static final Pattern DATE =
      Pattern.compile("(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})");
  private static final Pattern DATE_TIME =
      Pattern.compile(
          DATE
              + "[Tt ](?<hour>[0-9]{2}):(?<minute>[0-9]{2})"
              + "(:(?<second>[0-9]{2})([.](?<fraction>[0-9]+))?)?"
              + "(?<offset>[Zz]|(?<sign>[+-])(?<hours>[0-9]{2})((?<colon>:?)(?<minutes>[0-9]{2}))?)?");
  private static final int LEAP_SECOND = 60;
  private static final int NANO_DIGITS = 9;

  private Rfc3339() {}

  /**
   * The moment of a date-time; of its fraction, nanoseconds are kept.
   *
   * @throws IllegalArgumentException when the text is none; the message follows its name, as in
   *     {@code is not an RFC 3339 date-time}
   */
  public static Instant instant(String text) {
    final Matcher parts = match(text);
    if (parts.group("second") == null
        || parts.group("offset") == null
        || (parts.group("sign") != null && !":".equals(parts.group("colon")))) {
      throw fault(null);
    }
    return instant(parts, ZoneOffset.UTC);
  }

  /**
   * The same, and what others write in its place: no seconds, an offset without its colon or its
   * minutes, and no offset at all, which is the zone's time.
   *
   * @param zone where a time without an offset was told
   * @throws IllegalArgumentException when the text is none, or the zone's clocks skip that time or
   *     show it twice; the message follows its name
   */
  public static Instant lenient(String text, ZoneId zone) {
    return instant(match(text), zone);
  }

  /** Whether a text is a date-time but for its offset, so that only a zone is missing. */
  public static boolean lacksOffset(String text) {
    final Matcher parts = DATE_TIME.matcher(text);
    return parts.matches() && parts.group("offset") == null;
  }

  /** The second since 1970 that {@link #instant} falls in. */
  public static long epochSeconds(String text) {
    return instant(text).getEpochSecond();
  }

  /**
   * A full-date.
   *
   * @throws IllegalArgumentException when the text is none; the message follows its name
   */
  public static LocalDate date(String text) {
    final Matcher parts = DATE.matcher(text);
    if (parts.matches()) {
      try {
        return date(parts);
      } catch (DateTimeException e) {
        throw new IllegalArgumentException("is a date that does not exist", e);
      }
    }
    throw new IllegalArgumentException("is not a date (RFC 3339 full-date)");
  }

  private static Matcher match(String text) {
    final Matcher parts = DATE_TIME.matcher(text);
    if (text.length() > MAX_CHARACTERS || !parts.matches()) {
      throw fault(null);
    }
    return parts;
  }

  private static Instant instant(Matcher parts, ZoneId zone) {
    try {
      final int second = parts.group("second") == null ? 0 : number(parts, "second");
      final boolean leap = second == LEAP_SECOND;
      final LocalDateTime local =
          LocalDateTime.of(
              date(parts),
              LocalTime.of(
                  number(parts, "hour"),
                  number(parts, "minute"),
                  leap ? LEAP_SECOND - 1 : second,
                  nanos(parts)));
      final Instant instant =
          local.toInstant(ZoneOffset.UTC).minusSeconds(offsetSeconds(parts, local, zone));
      if (leap && !mayBeLeap(instant)) {
        throw new IllegalArgumentException("has a leap second where none can be");
      }
      return instant;
    } catch (DateTimeException e) {
      throw fault(e);
    }
  }

  private static LocalDate date(Matcher parts) {
    return LocalDate.of(number(parts, "year"), number(parts, "month"), number(parts, "day"));
  }

  private static int offsetSeconds(Matcher parts, LocalDateTime local, ZoneId zone) {
    if (parts.group("offset") == null) {
      final List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
      if (offsets.size() != 1) {
        throw new IllegalArgumentException(
            offsets.isEmpty()
                ? "is a time that clocks of " + zone + " skip"
                : "is a time that clocks of " + zone + " show twice: give its offset");
      }
      return offsets.get(0).getTotalSeconds();
    }
    if (parts.group("sign") == null) {
      return 0;
    }
    final int hours = number(parts, "hours");
    final int minutes = parts.group("minutes") == null ? 0 : number(parts, "minutes");
    if (hours > 23 || minutes > 59) {
      throw new DateTimeException("no such offset");
    }
    return ("-".equals(parts.group("sign")) ? -1 : 1) * (hours * 60 + minutes) * 60;
  }

  /** RFC 3339 §5.7: at the ends of June and December, in UTC. */
  private static boolean mayBeLeap(Instant instant) {
    final LocalDateTime utc =
        LocalDateTime.ofInstant(instant.truncatedTo(ChronoUnit.SECONDS), ZoneOffset.UTC);
    final boolean lastDay =
        (utc.getMonthValue() == 6 && utc.getDayOfMonth() == 30)
            || (utc.getMonthValue() == 12 && utc.getDayOfMonth() == 31);
    return lastDay && utc.toLocalTime().equals(LocalTime.of(23, 59, 59));
  }

  private static int nanos(Matcher parts) {
    final String fraction = parts.group("fraction");
    if (fraction == null) {
      return 0;
    }
    final String digits = fraction + "0".repeat(NANO_DIGITS);
    return Integer.parseInt(digits.substring(0, NANO_DIGITS));
  }

  private static int number(Matcher parts, String name) {
    return Integer.parseInt(parts.group(name));
  }

  private static IllegalArgumentException fault(DateTimeException cause) {
    return new IllegalArgumentException("is not an RFC 3339 date-time", cause);
  }
}
