package gongbei.bench.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FaultScheduleTest {
  private static final Set<Fault> ALL = EnumSet.allOf(Fault.class);

  private static List<FaultSchedule.Strike> strikes(long seed, int count) {
    final FaultSchedule schedule = new FaultSchedule(seed, ALL, 5, 3_000, true);
    final List<FaultSchedule.Strike> strikes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      strikes.add(schedule.next());
    }
    return strikes;
  }

  @Test
  void theSameSeedGivesTheSameFaults() {
    assertEquals(strikes(7, 100), strikes(7, 100));
  }

  @Test
  void anotherSeedGivesOthers() {
    assertNotEquals(strikes(7, 100), strikes(8, 100));
  }

  @Test
  void everyKindComesBeforeTheFirstComesAgain() {
    final List<FaultSchedule.Strike> strikes = strikes(3, 5 * ALL.size());
    for (int round = 0; round < 5; round++) {
      final Set<Fault> kinds = EnumSet.noneOf(Fault.class);
      strikes
          .subList(round * ALL.size(), (round + 1) * ALL.size())
          .forEach(strike -> kinds.add(strike.fault()));
      assertEquals(ALL, kinds);
    }
  }

  @Test
  void timesAndStrengthsAreWithinTheirBounds() {
    for (final FaultSchedule.Strike strike : strikes(1, 10_000)) {
      assertTrue(strike.millis() >= 500 && strike.millis() < 3_000, strike::toString);
      assertTrue(strike.lossPercent() >= 1 && strike.lossPercent() <= 30, strike::toString);
      assertTrue(strike.delayMillis() >= 1 && strike.delayMillis() <= 40, strike::toString);
      assertTrue(
          strike.writeDelayMillis() >= 1 && strike.writeDelayMillis() <= 20, strike::toString);
      assertTrue(
          strike.node() >= FaultSchedule.Strike.LEADER && strike.node() < 5, strike::toString);
    }
  }
}
