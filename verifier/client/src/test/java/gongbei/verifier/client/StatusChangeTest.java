package gongbei.verifier.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import java.time.Instant;
import java.time.LocalDate;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

final class StatusChangeTest {
  private static final String SUBJECT = "00112233445566778899aabbccddeeff";
  private static final Instant SAMPLED = Instant.parse("2026-11-24T08:00:59Z");

  private static String refusal(
      Function<StatusChange.StatusBuilder, StatusChange.StatusBuilder> setting) {
    return assertThrows(
            IllegalArgumentException.class,
            () -> setting.apply(StatusChange.status(SUBJECT).colour(Colour.GREEN)).build())
        .getMessage();
  }

  @Test
  void aChangeSaysWhatWasSetAndItsDefaults() {
    assertEquals(
        "{\"subject\":\"" + SUBJECT + "\",\"colour\":\"green\",\"doses\":0}",
        StatusChange.status(SUBJECT).colour(Colour.GREEN).build().json().toString());
    assertEquals(
        "{\"subject\":\""
            + SUBJECT
            + "\",\"colour\":\"yellow\",\"result\":\"negative\","
            + "\"sampleTime\":\"2026-11-24T08:00:00Z\",\"doses\":3,\"lastDoseDate\":\"2026-01-02\","
            + "\"flags\":[\"visitor\",\"linked\",\"deceased\"]}",
        StatusChange.status(SUBJECT)
            .colour(Colour.YELLOW)
            .test(TestResult.NEGATIVE, SAMPLED)
            .doses(3)
            .lastDose(LocalDate.of(2026, 1, 2))
            .visitor()
            .linked()
            .deceased()
            .build()
            .json()
            .toString());
  }

  @Test
  void whatIsOutOfItsRangeIsRefusedAndNamed() {
    for (final String subject : new String[] {"", "00", SUBJECT + "0", SUBJECT.replace('0', 'g')}) {
      assertEquals(
          "subject is not 32 hexadecimal digits",
          assertThrows(IllegalArgumentException.class, () -> StatusChange.status(subject))
              .getMessage());
    }
    assertEquals("doses is 100, not from 0 to 99", refusal(status -> status.doses(100)));
    assertEquals("doses is -1, not from 0 to 99", refusal(status -> status.doses(-1)));
    assertEquals(
        "result is none, which is no test",
        refusal(status -> status.test(TestResult.NONE, SAMPLED)));
    assertTrue(
        refusal(status -> status.test(TestResult.POSITIVE, Instant.EPOCH))
            .startsWith("sampleTime"));
    assertTrue(
        refusal(status -> status.lastDose(LocalDate.of(1969, 1, 1))).startsWith("lastDoseDate"));
    assertTrue(
        assertThrows(
                IllegalArgumentException.class,
                () -> StatusChange.revocation(SUBJECT, Instant.ofEpochSecond(253_402_300_800L)))
            .getMessage()
            .startsWith("revokeBefore"));
    assertEquals(
        "colour is missing",
        assertThrows(IllegalArgumentException.class, () -> StatusChange.status(SUBJECT).build())
            .getMessage());
  }

  @Test
  void aBuilderThatGoesOnLeavesWhatItMadeAlone() {
    final StatusChange.StatusBuilder builder = StatusChange.status(SUBJECT).colour(Colour.GREEN);
    final StatusChange made = builder.build();
    builder.colour(Colour.RED).deceased();
    assertEquals(StatusChange.status(SUBJECT).colour(Colour.GREEN).build(), made);
  }
}
