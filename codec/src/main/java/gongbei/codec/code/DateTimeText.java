package gongbei.codec.code;

/**
 * Reads the date-times that an HCERT writes as text (ISO 8601 as RFC 3339 and the EU's schema use
 * it), without allocation.
 */
final class DateTimeText {
  private static final int DAYS_TO_1970 = 719_468;

  private DateTimeText() {}

  /**
   * Minutes since 1970 UTC of {@code YYYY-MM-DDThh:mm[:ss[.fraction]][Z|±hh[[:]mm]]}; UTC where no
   * offset stands.
   *
   * @return {@link HealthCode#ABSENT} where the bytes are no such text or lie before 1970
   */
  static int epochMinutes(byte[] text, int start, int end) {
    if (end - start < 16
        || text[start + 4] != '-'
        || text[start + 7] != '-'
        || (text[start + 10] != 'T' && text[start + 10] != 't' && text[start + 10] != ' ')
        || text[start + 13] != ':') {
      return HealthCode.ABSENT;
    }
    final int year = digits(text, start, 4);
    final int month = digits(text, start + 5, 2);
    final int day = digits(text, start + 8, 2);
    final int hour = digits(text, start + 11, 2);
    final int minute = digits(text, start + 14, 2);
    if ((year | month | day | hour | minute) < 0
        || year < 1970
        || month < 1
        || month > 12
        || day < 1
        || day > 31
        || hour > 23
        || minute > 59) {
      return HealthCode.ABSENT;
    }
    int at = start + 16;
    if (at < end && text[at] == ':') {
      at++;
      while (at < end && ((text[at] >= '0' && text[at] <= '9') || text[at] == '.')) {
        at++;
      }
    }
    final int offsetMinutes = offsetMinutes(text, at, end);
    if (offsetMinutes == Integer.MIN_VALUE) {
      return HealthCode.ABSENT;
    }
    final long minutes = (epochDay(year, month, day) * 24L + hour) * 60 + minute - offsetMinutes;
    return minutes >= 0 && minutes <= Integer.MAX_VALUE ? (int) minutes : HealthCode.ABSENT;
  }

  private static int offsetMinutes(byte[] text, int at, int end) {
    if (at == end || (end - at == 1 && (text[at] == 'Z' || text[at] == 'z'))) {
      return 0;
    }
    if ((text[at] != '+' && text[at] != '-') || end - at < 3) {
      return Integer.MIN_VALUE;
    }
    final int hours = digits(text, at + 1, 2);
    int minutes = 0;
    int rest = at + 3;
    if (rest < end && text[rest] == ':') {
      rest++;
    }
    if (end - rest == 2) {
      minutes = digits(text, rest, 2);
    } else if (rest != end) {
      return Integer.MIN_VALUE;
    }
    if ((hours | minutes) < 0 || hours > 23 || minutes > 59) {
      return Integer.MIN_VALUE;
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
  private static int epochDay(int year, int month, int day) {
    final int marchYear = month <= 2 ? year - 1 : year;
    final int era = marchYear / 400;
    final int yearOfEra = marchYear - era * 400;
    final int dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    final int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146_097 + dayOfEra - DAYS_TO_1970;
  }
}
