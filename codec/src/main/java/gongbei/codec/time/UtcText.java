package gongbei.codec.time;

/**
 * Writes times as RFC 3339 has them in UTC, as in {@code 2022-06-02T13:00:00Z}; allocates nothing.
 */
public final class UtcText {
  /** How many bytes a time takes. */
  public static final int BYTES = 20;

  private static final int SECONDS_PER_DAY = 86_400;
  private static final int DAYS_TO_1970 = 719_468;
  private static final int DAYS_PER_ERA = 146_097;

  private UtcText() {}

  /**
   * Writes a time in ASCII.
   *
   * @param epochSeconds within the years 0000 to 9999
   */
  public static void write(long epochSeconds, byte[] into, int offset) {
    final long day = Math.floorDiv(epochSeconds, SECONDS_PER_DAY) + DAYS_TO_1970;
    final long era = Math.floorDiv(day, DAYS_PER_ERA);
    final int dayOfEra = Math.floorMod(day, DAYS_PER_ERA);
    final int yearOfEra =
        (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
    final int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    final int marchMonth = (5 * dayOfYear + 2) / 153;
    final int month = (marchMonth + 2) % 12 + 1;
    final int year = (int) (yearOfEra + era * 400) + (month <= 2 ? 1 : 0);
    final int second = Math.floorMod(epochSeconds, SECONDS_PER_DAY);
    put(into, offset, year / 100, '0');
    put(into, offset + 2, year % 100, '-');
    put(into, offset + 5, month, '-');
    put(into, offset + 8, dayOfYear - (153 * marchMonth + 2) / 5 + 1, 'T');
    put(into, offset + 11, second / 3_600, ':');
    put(into, offset + 14, second / 60 % 60, ':');
    put(into, offset + 17, second % 60, 'Z');
  }

  /** Two digits and what stands behind them. */
  private static void put(byte[] into, int offset, int number, char behind) {
    into[offset] = (byte) ('0' + number / 10);
    into[offset + 1] = (byte) ('0' + number % 10);
    into[offset + 2] = (byte) behind;
  }
}
