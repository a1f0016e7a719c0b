package gongbei.verifier.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Seeds;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RefreshMomentTest {
  private static final long ISSUED = 1_700_000_000;

  @ParameterizedTest
  @CsvSource({
    "60, 40000, 50000",
    "86400, 57600000, 72000000",
    "30, 15000, 20000",
    "12, 0, 2000",
    "10, 0, 0",
    "1, 0, 0"
  })
  void theMomentLiesBetweenTwoThirdsOfTheLifeAndItsLastSeconds(
      int ttlSeconds, long earliest, long latest) {
    assertEquals(ISSUED * 1_000 + latest, RefreshMoment.epochMillis(ISSUED, ttlSeconds, 0));
    final long last = RefreshMoment.epochMillis(ISSUED, ttlSeconds, -1) - ISSUED * 1_000;
    assertTrue(last >= earliest && last <= earliest + 1, last + " is not " + earliest);
  }

  @Test
  void theCodesOfOneSecondAreRenewedEvenlyOverTenSeconds() {
    final Random random = Seeds.random("refresh moments");
    final int[] inSecond = new int[10];
    for (int i = 0; i < 100_000; i++) {
      final long at = RefreshMoment.epochMillis(ISSUED, 60, random.nextInt());
      inSecond[(int) ((at - ISSUED * 1_000 - 40_001) / 1_000)]++;
    }
    for (final int count : inSecond) {
      assertEquals(10_000, count, 600);
    }
  }
}
