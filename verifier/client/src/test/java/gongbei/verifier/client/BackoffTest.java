package gongbei.verifier.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Seeds;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class BackoffTest {
  @Test
  void theBoundDoublesUpToTheGreatestAndStartsAnewAfterASuccess() {
    final Backoff backoff = new Backoff(100, 30_000, Seeds.random(1));
    for (int round = 0; round < 2; round++) {
      long bound = 100;
      for (int i = 0; i < 20; i++) {
        final long wait = backoff.nextMillis();
        assertTrue(wait >= 0 && wait <= bound, wait + " of " + bound);
        bound = Math.min(30_000, bound * 2);
      }
      backoff.reset();
    }
  }

  @Test
  void devicesThatLostAServerTogetherComeBackApart() {
    final Set<Long> waits = new HashSet<>();
    for (int device = 0; device < 1_000; device++) {
      final Backoff backoff = new Backoff(100, 30_000, Seeds.random(device));
      for (int i = 0; i < 9; i++) {
        backoff.nextMillis();
      }
      waits.add(backoff.nextMillis() / 100);
    }
    assertTrue(waits.size() > 250, waits.size() + " tenths of a second of 300");
  }

  @Test
  void ofTheMeasurementsOfAClockTheQuickestCounts() {
    final ServerClock clock = new ServerClock();
    assertEquals(0, clock.offsetMillis());
    clock.measured(1_000, 200_000_000, 5_100, 1_200);
    assertEquals(4_000, clock.offsetMillis());
    clock.measured(2_000, 2_000_000, 6_501, 2_002);
    assertEquals(4_500, clock.offsetMillis());
    clock.measured(3_000, 900_000_000, 3_000, 3_900);
    assertEquals(4_500, clock.offsetMillis());
    assertEquals(2_000_000, clock.roundTripNanos());
    for (int i = 0; i < 8; i++) {
      clock.measured(4_000, 4_000_000, 4_012, 4_004);
    }
    assertEquals(10, clock.offsetMillis(), "a clock that was set is believed after a while");
  }
}
