package gongbei.codec.code;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DateTimeTextTest {
  private static final int FIRST_OF_2022 = 27_349_920;

  private static int minutes(String text) {
    // What stands before and after it is none of its business.
    final byte[] bytes = TestCodes.ascii("9" + text + "9");
    return DateTimeText.epochMinutes(bytes, 1, bytes.length - 1);
  }

  @ParameterizedTest
  @CsvSource({
    "2022-01-01T00:00+00, 0",
    "2022-01-01t00:00Z, 0",
    "2022-01-01 00:00Z, 0",
    "2022-01-01T00:00:00.5+00:00, 0",
    "2024-02-29T00:00Z, 1136160",
    "2016-12-31T23:59:60Z, -2629441",
    "2017-01-01T07:59:60.5+08:00, -2629441",
    "2022-01-01T00:00Z, 0",
    "2022-01-01T00:00z, 0",
    "2022-01-01T00:00:59Z, 0",
    "2022-01-01T00:00:00.999999Z, 0",
    "2022-01-01T00:00:00+00, 0",
    "2022-01-01T08:00:00+08, 0",
    "2022-01-01T08:30:00+0830, 0",
    "2022-01-01T08:30:00+08:30, 0",
    "2021-12-31T22:15-01:45, 0",
    "2022-01-01T23:59+23:59, 0",
    "2021-12-31T00:01-23:59, 0",
    "2022-01-01T23:59Z, 1439",
    "2022-01-31T00:00Z, 43200",
    "2022-02-28T00:00Z, 83520",
    "2022-03-01T00:00Z, 84960",
    "2022-12-31T23:59Z, 525599"
  })
  void aTimeIsReadInEachOfItsForms(String text, int minutesInto2022) {
    assertEquals(FIRST_OF_2022 + minutesInto2022, minutes(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2022-01-01T00:0",
        "2022-01-01",
        "2022-01-01T00:00",
        "2022-01-01T00:00:00",
        "2022-01-01T00:00:00.000",
        "2022-02-29T00:00Z",
        "2026-02-30T00:00:00Z",
        "2100-02-29T00:00Z",
        "2022-04-31T00:00Z",
        "2022-06-31T00:00Z",
        "2022-09-31T00:00Z",
        "2022-11-31T00:00Z",
        "2022-01-01T00:00:60Z",
        "2022-01-01T00:00:61Z",
        "2022-01-01T00:00:5Z",
        "2022-01-01T00:00:Z",
        "2022-01-01T00:00:00.Z",
        "2022-01-01T00:00:00.1.2Z",
        "2022-01-01T00:00:00:00Z",
        "2022-01-01T00:00+08:",
        "2022-01-01T00:00Z ",
        " 2022-01-01T00:00Z",
        "2022/01-01T00:00Z",
        "2022-01/01T00:00Z",
        "2022-01-01_00:00Z",
        "2022-01-01T00.00Z",
        "1969-12-31T23:59Z",
        "2022-00-01T00:00Z",
        "2022-13-01T00:00Z",
        "2022-01-00T00:00Z",
        "2022-01-32T00:00Z",
        "2022-01-01T24:00Z",
        "2022-01-01T00:60Z",
        "2o22-01-01T00:00Z",
        "2022-o1-01T00:00Z",
        "2022-01-o1T00:00Z",
        "2022-01-01To0:00Z",
        "2022-01-01T00:o0Z",
        "2022-01-01T00:/0Z",
        "2022-01-01T00:00Y",
        "2022-01-01T00:00ZZ",
        "2022-01-01T00:00:00x",
        "2022-01-01T00:00*08:00",
        "2022-01-01T00:00+",
        "2022-01-01T00:00+0",
        "2022-01-01T00:00+24:00",
        "2022-01-01T00:00+00:60",
        "2022-01-01T00:00+08:0",
        "2022-01-01T00:00+08:000",
        "2022-01-01T00:00+o8:00",
        "2022-01-01T00:00+08:o0",
        "1970-01-01T00:00+00:01",
        "9999-12-31T23:59Z"
      })
  void whatIsNoTimeIsAbsent(String text) {
    assertEquals(HealthCode.ABSENT, minutes(text), text);
  }

  @Test
  void theFirstAndTheLastMinuteThatThereAre() {
    assertEquals(0, minutes("1970-01-01T00:00Z"));
    assertEquals(Integer.MAX_VALUE, minutes("6053-01-23T02:07Z"));
    assertEquals(HealthCode.ABSENT, minutes("6053-01-23T02:08Z"));
  }

  private static int day(String text) {
    final byte[] bytes = TestCodes.ascii("9" + text + "9");
    return DateTimeText.epochDay(bytes, 1, bytes.length - 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2022-01-17",
        "2022-01-17T05:00:00Z",
        "2022-01-17T00:00:00",
        "2022-01-17T00:00:00.000Z",
        "2022-01-17T22:54:00+02:00",
        "2022-01-17 00:00"
      })
  void aDayIsReadOfItsDateAlone(String text) {
    assertEquals(19_009, day(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2022",
        "2022-01",
        "2022-1-17",
        "2022-02-30",
        "0000-01-01",
        "17.01.2022",
        "2022-01-17Z",
        "2022-01-17T",
        "2022-01-17T24:00:00Z",
        "2022-01-17T00:00:00 ",
        "2022-01-17T00:00:00+8"
      })
  void whatIsNoDayIsNone(String text) {
    assertEquals(DateTimeText.NO_DAY, day(text), text);
  }

  @Test
  void daysAreThoseOfTheCalendar() {
    assertEquals(0, day("1970-01-01"));
    assertEquals(-1, day("1969-12-31"));
    assertEquals(11_016, day("2000-02-29"));
    assertEquals(2_932_896, day("9999-12-31"));
  }
}
