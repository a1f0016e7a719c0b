package gongbei.codec.code;

/**
 * Reads the dates and date-times that an HCERT writes as text (RFC 3339, with the shorter offsets
 * that the EU's schema allows), without allocation. Days are those of the calendar.
 */
final class DateTimeText {
  /** What {@link #epochDay} answers where there is no date. */
  static final int NO_DAY = Integer.MIN_VALUE;

  private static final int NO_OFFSET = Integer.MIN_VALUE;
  private static final int DATE_CHARACTERS = 10;
  private static final int TIME_CHARACTERS = 6;
  private static final int MINUTES_PER_DAY = 1_440;
  private static final int DAYS_TO_1970 = 719_468;

  private DateTimeText() {}

  /**
   * Minutes since 1970 UTC of {@code YYYY-MM-DDThh:mm[:ss[.fraction]](Z|±hh[[:]mm])}. A leap second
   * may stand where RFC 3339 lets one stand, in the last minute of a day of UTC.
   *
   * @return {@link HealthCode#ABSENT} where the bytes are no such text or lie before 1970
   */
  static int epochMinutes(byte[] text, int start, int end) {
    final int day = day(text, start, end);
    final int timeOfDay = timeOfDay(text, start, end);
    if (day == NO_DAY || timeOfDay < 0) {
      return HealthCode.ABSENT;
    }
    final int zone = zoneStart(text, start, end);
    final int offsetMinutes = zone < 0 ? NO_OFFSET : offsetMinutes(text, zone, end);
    if (offsetMinutes == NO_OFFSET) {
      return HealthCode.ABSENT;
    }
    final long minutes = (long) day * MINUTES_PER_DAY + timeOfDay - offsetMinutes;
    if (isLeapSecond(text, start, zone)
        && Math.floorMod(minutes, MINUTES_PER_DAY) != MINUTES_PER_DAY - 1) {
      return HealthCode.ABSENT;
    }
    return minutes >= 0 && minutes <= Integer.MAX_VALUE ? (int) minutes : HealthCode.ABSENT;
  }

  /**
   * Days since 1970-01-01 of {@code YYYY-MM-DD}, which a time may follow, with or without its zone,
   * as many issuers write it.
   *
   * @return {@link #NO_DAY} where the bytes are no such text
   */
  static int epochDay(byte[] text, int start, int end) {
    final int day = day(text, start, end);
    if (day == NO_DAY || end - start == DATE_CHARACTERS) {
      return day;
    }
    if (timeOfDay(text, start, end) < 0) {
      return NO_DAY;
    }
    final int zone = zoneStart(text, start, end);
    final boolean isTime =
        zone >= 0 && (zone == end || offsetMinutes(text, zone, end) != NO_OFFSET);
    return isTime ? day : NO_DAY;
  }

  private static int day(byte[] text, int start, int end) {
    if (end - start < DATE_CHARACTERS || text[start + 4] != '-' || text[start + 7] != '-') {
      return NO_DAY;
    }
    final int year = digits(text, start, 4);
    final int month = digits(text, start + 5, 2);
    final int day = digits(text, start + 8, 2);
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) {
      return NO_DAY;
    }
    return daysSince1970(year, month, day);
  }

  private static int daysOf(int year, int month) {
    return switch (month) {
      case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
      case 4, 6, 9, 11 -> 30;
      default -> 31;
    };
  }

  /** Minutes of {@code Thh:mm} behind the date, or -1. */
  private static int timeOfDay(byte[] text, int start, int end) {
    final int at = start + DATE_CHARACTERS;
    if (end - at < TIME_CHARACTERS
        || (text[at] != 'T' && text[at] != 't' && text[at] != ' ')
        || text[at + 3] != ':') {
      return -1;
    }
    final int hour = digits(text, at + 1, 2);
    final int minute = digits(text, at + 4, 2);
    return hour < 0 || hour > 23 || minute < 0 || minute > 59 ? -1 : hour * 60 + minute;
  }

  /** Where the zone begins, behind {@code [:ss[.fraction]]}, or -1. */
  private static int zoneStart(byte[] text, int start, int end) {
    int at = start + DATE_CHARACTERS + TIME_CHARACTERS;
    if (at == end || text[at] != ':') {
      return at;
    }
    final int seconds = end - at < 3 ? -1 : digits(text, at + 1, 2);
    if (seconds < 0 || seconds > 60) {
      return -1;
    }
    at += 3;
    if (at == end || text[at] != '.') {
      return at;
    }
    final int fraction = ++at;
    while (at < end && text[at] >= '0' && text[at] <= '9') {
      at++;
    }
    return at == fraction ? -1 : at;
  }

  private static boolean isLeapSecond(byte[] text, int start, int zone) {
    final int at = start + DATE_CHARACTERS + TIME_CHARACTERS;
    return zone > at && text[at + 1] == '6';
  }

  private static int offsetMinutes(byte[] text, int at, int end) {
    if (end - at == 1 && (text[at] == 'Z' || text[at] == 'z')) {
      return 0;
    }
    if (end - at < 3 || (text[at] != '+' && text[at] != '-')) {
      return NO_OFFSET;
    }
    final int hours = digits(text, at + 1, 2);
    int minutes = 0;
    int rest = at + 3;
    if (rest < end && text[rest] == ':') {
      rest++;
    }
    if (end - rest == 2) {
      minutes = digits(text, rest, 2);
    } else if (rest != end || text[rest - 1] == ':') {
      return NO_OFFSET;
    }
    if ((hours | minutes) < 0 || hours > 23 || minutes > 59) {
      return NO_OFFSET;
    }
    return (text[at] == '+' ? 1 : -1) * (hours * 60 + minutes);
  }

  private static int digits(byte[] text, int offset, int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
      final int digit = text[offset + i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  /** Days since 1970-01-01 in the proleptic Gregorian calendar, years counted from March. */
  private static int daysSince1970(int year, int month, int day) {
    final int marchYear = month <= 2 ? year - 1 : year;
    final int era = marchYear / 400;
    final int yearOfEra = marchYear - era * 400;
    final int dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    final int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146_097 + dayOfEra - DAYS_TO_1970;
  }
}
