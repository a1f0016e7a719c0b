package gongbei.codec.certlogic;

import gongbei.codec.certlogic.Expression.TimeUnit;

/**
 * The date-times of CertLogic: read from the formats that the specification allows, and moved as
 * ECMA-262's Date is, in milliseconds since 1970 UTC. A text in another format, or of a date that
 * no calendar has, is none. Allocates nothing.
 */
final class DateTimes {
  /** What there is where there is no date-time. */
  static final long NONE = Long.MIN_VALUE;

  private static final int YEAR_CHARACTERS = 4;
  private static final int MONTH_CHARACTERS = 7;
  private static final int DATE_CHARACTERS = 10;
  private static final int SECOND_CHARACTERS = 19;
  private static final long MILLIS_PER_MINUTE = 60_000;
  private static final long MILLIS_PER_HOUR = 3_600_000;
  private static final long MILLIS_PER_DAY = 86_400_000;
  private static final long MAX_MILLIS = CertLogicLimits.MAX_AMOUNT * MILLIS_PER_DAY;
  private static final int DAYS_TO_1970 = 719_468;
  private static final int DAYS_PER_ERA = 146_097;

  private DateTimes() {}

  /** The date-time of a text in any of the formats of {@code plusTime}, or {@link #NONE}. */
  static long ofText(byte[] text, int at, int length) {
    if (length <= DATE_CHARACTERS) {
      return ofDate(text, at, length);
    }
    if (length < SECOND_CHARACTERS
        || text[at + 10] != 'T'
        || text[at + 13] != ':'
        || text[at + 16] != ':') {
      return NONE;
    }
    final long date = ofDate(text, at, DATE_CHARACTERS);
    final int hour = digits(text, at + 11, 2);
    final int minute = digits(text, at + 14, 2);
    final int second = digits(text, at + 17, 2);
    if (date == NONE || (hour | minute | second) < 0 || hour > 23 || minute > 59 || second > 59) {
      return NONE;
    }
    final int end = at + length;
    final int fraction = at + SECOND_CHARACTERS;
    final int zone =
        fraction < end && text[fraction] == '.' ? behind(text, fraction + 1, end) : fraction;
    if (zone == fraction + 1) {
      return NONE;
    }
    final long offset = offsetMinutes(text, zone, end);
    return offset == NONE
        ? NONE
        : date
            + hour * MILLIS_PER_HOUR
            + (minute - offset) * MILLIS_PER_MINUTE
            + second * 1_000L
            + millis(text, fraction + 1, zone);
  }

  /** The latest date-time of a date that may lack its day or its month, or {@link #NONE}. */
  static long ofDate(byte[] text, int at, int length) {
    final int year = length < YEAR_CHARACTERS ? -1 : digits(text, at, 4);
    if (year < 0) {
      return NONE;
    }
    if (length == YEAR_CHARACTERS) {
      return days(year, 12, 31) * MILLIS_PER_DAY;
    }
    final int month =
        length < MONTH_CHARACTERS || text[at + 4] != '-' ? -1 : digits(text, at + 5, 2);
    if (month < 1 || month > 12) {
      return NONE;
    }
    if (length == MONTH_CHARACTERS) {
      return days(year, month, daysOf(year, month)) * MILLIS_PER_DAY;
    }
    final int day = length != DATE_CHARACTERS || text[at + 7] != '-' ? -1 : digits(text, at + 8, 2);
    return day < 1 || day > daysOf(year, month) ? NONE : days(year, month, day) * MILLIS_PER_DAY;
  }

  /** Where the digits end. */
  private static int behind(byte[] text, int at, int end) {
    int next = at;
    while (next < end && text[next] >= '0' && text[next] <= '9') {
      next++;
    }
    return next;
  }

  /** The first three decimals; those behind them do not count. */
  private static int millis(byte[] text, int at, int end) {
    int millis = 0;
    for (int i = 0; i < 3; i++) {
      millis = 10 * millis + (at + i < end ? text[at + i] - '0' : 0);
    }
    return millis;
  }

  /** Of nothing or Z, or of a sign and h, hh, hmm, hhmm, h:mm or hh:mm. */
  private static long offsetMinutes(byte[] text, int at, int end) {
    if (at == end || (end - at == 1 && text[at] == 'Z')) {
      return 0;
    }
    if (text[at] != '+' && text[at] != '-') {
      return NONE;
    }
    final int first = behind(text, at + 1, end);
    final int count = first - at - 1;
    final int hours;
    final int minutes;
    if (first < end) {
      if (text[first] != ':' || end - first != 3 || count < 1 || count > 2) {
        return NONE;
      }
      hours = digits(text, at + 1, count);
      minutes = digits(text, first + 1, 2);
    } else {
      if (count < 1 || count > 4) {
        return NONE;
      }
      final int ofMinutes = count > 2 ? 2 : 0;
      hours = digits(text, at + 1, count - ofMinutes);
      minutes = ofMinutes == 0 ? 0 : digits(text, end - 2, 2);
    }
    if (hours > 23 || minutes < 0 || minutes > 59) {
      return NONE;
    }
    return (text[at] == '+' ? 1 : -1) * (hours * 60L + minutes);
  }

  /** A date-time moved, or {@link #NONE} where ECMA-262 has none so far away. */
  static long plus(long millis, long amount, TimeUnit unit) {
    final long moved =
        switch (unit) {
          case HOUR -> millis + amount * MILLIS_PER_HOUR;
          case DAY -> millis + amount * MILLIS_PER_DAY;
          case MONTH -> plusMonths(millis, amount);
          case YEAR -> plusMonths(millis, 12 * amount);
        };
    return Math.abs(moved) > MAX_MILLIS ? NONE : moved;
  }

  /** A day that the month has not is as many days after its last, as in 31 February. */
  private static long plusMonths(long millis, long months) {
    final long day = Math.floorDiv(millis, MILLIS_PER_DAY) + DAYS_TO_1970;
    final long era = Math.floorDiv(day, DAYS_PER_ERA);
    final int dayOfEra = (int) Math.floorMod(day, (long) DAYS_PER_ERA);
    final int yearOfEra =
        (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
    final int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    final int marchMonth = (5 * dayOfYear + 2) / 153;
    final int dayOfMonth = dayOfYear - (153 * marchMonth + 2) / 5 + 1;
    final long year = yearOfEra + era * 400 + (marchMonth >= 10 ? 1 : 0);
    final long month = year * 12 + (marchMonth + 2) % 12 + months;
    return (days(Math.floorDiv(month, 12), (int) Math.floorMod(month, 12L) + 1, 1) + dayOfMonth - 1)
            * MILLIS_PER_DAY
        + Math.floorMod(millis, MILLIS_PER_DAY);
  }

  /** Days since 1970-01-01 in the proleptic Gregorian calendar, years counted from March. */
  private static long days(long year, int month, int day) {
    final long marchYear = month <= 2 ? year - 1 : year;
    final long era = Math.floorDiv(marchYear, 400L);
    final long yearOfEra = marchYear - era * 400;
    final int dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    return era * DAYS_PER_ERA
        + yearOfEra * 365
        + yearOfEra / 4
        - yearOfEra / 100
        + dayOfYear
        - DAYS_TO_1970;
  }

  private static int daysOf(int year, int month) {
    return switch (month) {
      case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
      case 4, 6, 9, 11 -> 30;
      default -> 31;
    };
  }

  private static int digits(byte[] text, int at, int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
      final int digit = text[at + i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
