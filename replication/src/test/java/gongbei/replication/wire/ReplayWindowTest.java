package gongbei.replication.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Seeds;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which sequences count as new. */
final class ReplayWindowTest {
  @Test
  void whatIsUpToItsStartCountsAsSeen() {
    for (long start = 1; start < 300; start++) {
      final ReplayWindow window = new ReplayWindow(start);
      for (long i = 1; i <= start; i++) {
        assertFalse(window.isNew(i), i + " of " + start);
      }
      assertTrue(window.isNew(start + 1));
    }
  }

  @Test
  void noSequenceIsNewTwiceAndNoneWithinTheWindowIsLost() {
    final Random random = Seeds.random(20_261_126);
    for (int round = 0; round < 50; round++) {
      final long start = 1L + random.nextInt(10_000);
      final ReplayWindow window = new ReplayWindow(start);
      final Set<Long> seen = new HashSet<>();
      long highest = start;
      for (int i = 0; i < 20_000; i++) {
        final long step = random.nextInt(100) == 0 ? random.nextInt(9_000) : random.nextInt(4);
        final long sequence = highest + step - random.nextInt(5_000);
        final boolean isNew = window.isNew(sequence);
        if (sequence <= start || seen.contains(sequence)) {
          assertFalse(isNew, sequence + " was seen");
        } else if (sequence > highest - ReplayWindow.BITS + 2 * Long.SIZE) {
          assertTrue(isNew, sequence + " is new, " + highest + " the highest");
        }
        if (isNew) {
          window.add(sequence);
          seen.add(sequence);
          highest = Math.max(highest, sequence);
        }
      }
      assertEquals(false, window.isNew(highest));
    }
  }
}
