package gongbei.verifier.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Seeds;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class SeenCodesTest {
  private static final int HERE = 1;
  private static final int THERE = 2;
  private static final long KEY = 0x9E3779B97F4A7C15L;

  @Test
  void aCodeIsNoticedAtTheSecondPlaceForAsLongAsItLives() {
    final SeenCodes seen = new SeenCodes(512, KEY);
    assertFalse(seen.isElsewhere(7, HERE, 160, 100));
    assertFalse(seen.isElsewhere(7, HERE, 160, 101), "the same place");
    assertTrue(seen.isElsewhere(7, THERE, 160, 102));
    assertTrue(seen.isElsewhere(7, THERE, 160, 159));
    assertFalse(seen.isElsewhere(7, HERE, 160, 159), "where it was first");
    assertFalse(seen.isElsewhere(7, THERE, 260, 160), "its life is over");
    assertFalse(seen.isElsewhere(0, HERE, 160, 100));
    assertTrue(seen.isElsewhere(0, THERE, 160, 100), "zero is a serial like any other");
  }

  @Test
  void asManyAsItHoldsAreRememberedAndTheMemoryDoesNotGrow() {
    final int capacity = 1 << 14;
    final SeenCodes seen = new SeenCodes(capacity, KEY);
    final SplittableRandom random = new SplittableRandom(Seeds.random(1).nextLong());
    final long[] serials = random.longs(capacity / 4).toArray();
    for (final long serial : serials) {
      assertFalse(seen.isElsewhere(serial, HERE, 1_000, 0));
    }
    int noticed = 0;
    for (final long serial : serials) {
      noticed += seen.isElsewhere(serial, THERE, 1_000, 1) ? 1 : 0;
    }
    assertTrue(noticed > serials.length * 0.99, noticed + " of " + serials.length);
    for (int i = 0; i < 20 * capacity; i++) {
      assertFalse(seen.isElsewhere(random.nextLong(), HERE, 1_000, 1));
    }
    assertEquals(20L * capacity, SeenCodes.bytesOf(capacity));
    assertThrows(IllegalArgumentException.class, () -> new SeenCodes(1_000));
    assertThrows(IllegalArgumentException.class, () -> new SeenCodes(256));
  }

  @Test
  void noCodeIsTakenForAnother() {
    final SeenCodes seen = new SeenCodes(1 << 14, KEY);
    for (long serial = 2; serial < 1_000; serial++) {
      final int place = serial % 2 == 0 ? HERE : THERE;
      assertFalse(seen.isElsewhere(serial, place, 160, 100), "serial " + serial);
    }
  }

  @Test
  void whatEndsFirstIsForgottenFirst() {
    final SeenCodes seen = new SeenCodes(512, KEY);
    seen.isElsewhere(99, HERE, 10_000, 0);
    final SplittableRandom random = new SplittableRandom(Seeds.random(2).nextLong());
    for (int i = 0; i < 10_000; i++) {
      seen.isElsewhere(random.nextLong(), HERE, 60 + i % 60, 0);
    }
    assertTrue(seen.isElsewhere(99, THERE, 10_000, 1));
  }
}
