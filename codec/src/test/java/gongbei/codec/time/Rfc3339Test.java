package gongbei.codec.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class Rfc3339Test {
  private static final ZoneId LISBON = ZoneId.of("Europe/Lisbon");

  @ParameterizedTest
  @CsvSource({
    "1985-04-12T23:20:50.52Z, 1985-04-12T23:20:50.520Z",
    "1996-12-19T16:39:57-08:00, 1996-12-20T00:39:57Z",
    "1937-01-01T12:00:27.87+00:20, 1937-01-01T11:40:27.870Z",
    "2026-11-26t10:00:00z, 2026-11-26T10:00:00Z",
    "2026-11-26 10:00:00Z, 2026-11-26T10:00:00Z",
    "2026-11-26T10:00:00-00:00, 2026-11-26T10:00:00Z",
    "2026-11-26T10:00:00+23:59, 2026-11-25T10:01:00Z",
    "2026-11-26T10:00:00.1234567890123Z, 2026-11-26T10:00:00.123456789Z",
    "2024-02-29T00:00:00+08:00, 2024-02-28T16:00:00Z",
    "0000-01-01T00:00:00Z, 0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z, 9999-12-31T23:59:59Z",
  })
  void aDateTimeIsTheMomentThatTheRfcSays(String text, Instant moment) {
    assertEquals(moment, Rfc3339.instant(text));
    assertEquals(moment.getEpochSecond(), Rfc3339.epochSeconds(text));
    assertEquals(moment, Rfc3339.lenient(text, LISBON));
  }

  @ParameterizedTest
  @CsvSource({
    "1990-12-31T23:59:60Z, 1990-12-31T23:59:59Z",
    "1990-12-31T15:59:60-08:00, 1990-12-31T23:59:59Z",
    "2016-12-31T23:59:60Z, 2016-12-31T23:59:59Z",
    "2017-01-01T07:59:60+08:00, 2016-12-31T23:59:59Z",
    "2015-06-30T23:59:60.5Z, 2015-06-30T23:59:59.500Z",
  })
  void aLeapSecondIsTheSecondBeforeIt(String text, Instant moment) {
    assertEquals(moment, Rfc3339.instant(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2016-12-31T23:59:60+08:00",
        "2016-12-30T23:59:60Z",
        "2016-12-31T22:59:60Z",
        "2016-11-30T23:59:60Z",
        "2016-12-31T23:58:60Z",
      })
  void aLeapSecondWhereNoneCanBeIsRefused(String text) {
    assertFault("has a leap second where none can be", text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "noon",
        "2026-02-30T10:00:00Z",
        "2026-02-29T10:00:00Z",
        "2100-02-29T10:00:00Z",
        "2026-04-31T10:00:00Z",
        "2026-00-10T10:00:00Z",
        "2026-13-10T10:00:00Z",
        "2026-01-00T10:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T10:60:00Z",
        "2026-01-01T10:00:61Z",
        "2026-01-01T10:00:00+24:00",
        "2026-01-01T10:00:00+08:60",
        "2026-01-01T10:00:00.Z",
        "2026-01-01T10:00:00,5Z",
        "2026-1-1T10:00:00Z",
        "+2026-01-01T10:00:00Z",
        "12026-01-01T10:00:00Z",
        "2026-01-01T10:00:00Z ",
        "2026-01-01T10:00:00Z\n",
        "2026-01-01_10:00:00Z",
        "2026-01-01",
        "2026-W01-1T10:00:00Z",
        "20260101T100000Z",
        "\u0662\u0660\u0662\u0666-01-01T10:00:00Z",
        "2026-01-01T10:00:00.00000000000000000000000000000000000000000000000Z",
      })
  void whatIsNoDateTimeIsRefusedAndNeverMoved(String text) {
    assertFault("is not an RFC 3339 date-time", text);
    assertThrows(IllegalArgumentException.class, () -> Rfc3339.lenient(text, ZoneOffset.UTC));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-26T10:00Z, 2026-11-26T10:00:00Z",
    "2026-11-26T10:00:00+0800, 2026-11-26T02:00:00Z",
    "2026-11-26T10:00:00+08, 2026-11-26T02:00:00Z",
    "2026-11-26T10:00:00, 2026-11-26T10:00:00Z",
    "2026-07-01 10:00:00.25, 2026-07-01T09:00:00.250Z",
  })
  void whatOthersWriteInItsPlaceIsReadOnlyWhereThatIsWanted(String text, Instant moment) {
    assertFault("is not an RFC 3339 date-time", text);
    assertEquals(moment, Rfc3339.lenient(text, LISBON));
  }

  @Test
  void aTimeWithoutAnOffsetIsOneMomentOfItsZoneOrRefused() {
    assertTrue(Rfc3339.lacksOffset("2026-11-26T10:00:00"));
    assertFalse(Rfc3339.lacksOffset("2026-11-26T10:00:00Z"));
    assertFalse(Rfc3339.lacksOffset("noon"));
    final Exception skipped =
        assertThrows(
            IllegalArgumentException.class, () -> Rfc3339.lenient("2026-03-29T01:30:00", LISBON));
    assertEquals("is a time that clocks of Europe/Lisbon skip", skipped.getMessage());
    final Exception twice =
        assertThrows(
            IllegalArgumentException.class, () -> Rfc3339.lenient("2026-10-25T01:30:00", LISBON));
    assertEquals(
        "is a time that clocks of Europe/Lisbon show twice: give its offset", twice.getMessage());
  }

  @Test
  void aDateIsOneOfTheCalendar() {
    assertEquals(LocalDate.of(2024, 2, 29), Rfc3339.date("2024-02-29"));
    for (final String text : new String[] {"2026-02-29", "2026-02-30", "2026-13-01"}) {
      final Exception fault =
          assertThrows(IllegalArgumentException.class, () -> Rfc3339.date(text));
      assertEquals("is a date that does not exist", fault.getMessage());
    }
    for (final String text :
        new String[] {"", "2026-2-1", "+12026-01-01", "2026-01-01T00:00:00Z"}) {
      final Exception fault =
          assertThrows(IllegalArgumentException.class, () -> Rfc3339.date(text));
      assertEquals("is not a date (RFC 3339 full-date)", fault.getMessage());
    }
  }

  @Test
  void noLocaleChangesWhatIsRead() {
    final Locale before = Locale.getDefault();
    try {
      for (final String tag : new String[] {"tr-TR", "ar-EG-u-nu-arab", "th-TH-u-ca-buddhist"}) {
        Locale.setDefault(Locale.forLanguageTag(tag));
        assertEquals(1_795_687_200, Rfc3339.epochSeconds("2026-11-26T10:00:00Z"));
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  private static void assertFault(String message, String text) {
    final Exception fault =
        assertThrows(IllegalArgumentException.class, () -> Rfc3339.instant(text));
    assertEquals(message, fault.getMessage());
  }
}
