package gongbei.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class ArrivalPlanTest {
  private static double count(ArrivalPlan.Arrivals arrivals, double fromSecond, double toSecond) {
    long count = 0;
    long last = 0;
    for (long at = arrivals.next(); at != ArrivalPlan.Arrivals.NONE; at = arrivals.next()) {
      assertTrue(at >= last, "arrivals are in order");
      last = at;
      if (at >= fromSecond * 1e9 && at < toSecond * 1e9) {
        count++;
      }
    }
    return count;
  }

  @Test
  void aRateIsHeldForItsSeconds() {
    final ArrivalPlan plan = ArrivalPlan.parse("1000x3");
    assertEquals(3, plan.seconds());
    assertEquals(1_000, count(plan.evenly(), 1, 2), 1);
    assertEquals(3_000, count(plan.evenly(), 0, 4), 1);
  }

  @Test
  void aRampChangesEvenly() {
    final ArrivalPlan plan = ArrivalPlan.parse("1000-3000x10");
    assertEquals(20_000, count(plan.evenly(), 0, 11), 5);
    assertEquals(1_500 * 5, count(plan.evenly(), 0, 5), 5);
    assertEquals(2_500 * 5, count(plan.evenly(), 5, 10), 5);
  }

  @Test
  void aBurstStandsBetweenWhatIsBeforeAndAfter() {
    final ArrivalPlan plan = ArrivalPlan.parse("100x2,5000x1,100x2");
    assertEquals(5_000, count(plan.evenly(), 2, 3), 2);
    assertEquals(200, count(plan.evenly(), 0, 2), 1);
    assertEquals(200, count(plan.evenly(), 3, 5), 1);
  }

  @Test
  void arrivalsAtRandomHaveTheRateAndAPoissonProcesssSpread() {
    final ArrivalPlan plan = ArrivalPlan.parse("10000x10");
    assertEquals(100_000, count(plan.atRandom(1), 0, 10), 1_500);
    final ArrivalPlan.Arrivals arrivals = plan.atRandom(2);
    final int[] inMillis = new int[10_000];
    for (long at = arrivals.next(); at != ArrivalPlan.Arrivals.NONE; at = arrivals.next()) {
      inMillis[(int) (at / 1_000_000)]++;
    }
    double variance = 0;
    for (final int each : inMillis) {
      variance += (each - 10.0) * (each - 10.0) / inMillis.length;
    }
    assertEquals(10, variance, 1, "a millisecond's arrivals vary by their mean");
  }

  @Test
  void aMorningHasARushHourOfTenTimesTheMean() {
    final ArrivalPlan morning = ArrivalPlan.parse("morning:8640000:10");
    assertEquals(60, morning.seconds());
    assertEquals(10 * 100 * 10, count(morning.evenly(), 25, 35), 20, "half past seven to eight");
    assertTrue(count(morning.evenly(), 0, 10) < 10 * 100);
  }

  @Test
  void theMinuteOfAMillionAndFourHundredThousandIsEvenlySpread() {
    final ArrivalPlan minute = ArrivalPlan.parse("minute");
    assertEquals(60, minute.seconds());
    assertEquals(1_400_000, count(minute.evenly(), 0, 60), 1);
    assertEquals(23_333, count(minute.evenly(), 41, 42), 1);
    assertEquals(600, count(ArrivalPlan.parse("minute:600").evenly(), 0, 60), 1);
  }

  @Test
  void phonesRefreshOnceAMinuteEach() {
    final ArrivalPlan phones = ArrivalPlan.parse("phones");
    assertEquals(120, phones.seconds());
    assertEquals(10_000, count(phones.evenly(), 0, 60), 1);
    final ArrivalPlan few = ArrivalPlan.parse("phones:120:30");
    assertEquals(30, few.seconds());
    assertEquals(2, count(few.evenly(), 3, 4), 1);
  }

  @Test
  void aHerdComesInOneSecondBetweenAnOrdinaryTimeAndAnother() {
    final ArrivalPlan herd = ArrivalPlan.parse("herd:5000:100");
    assertEquals(1_000, count(herd.evenly(), 0, 10), 1);
    assertEquals(5_000, count(herd.evenly(), 10, 11), 1);
    assertEquals(3_000, count(herd.evenly(), 11, 41), 1);
    assertEquals(41, herd.seconds());
  }

  @Test
  void whatIsNoPlanIsRefused() {
    for (final String text :
        new String[] {
          "", "fast", "100", "100x", "100x1;200x1", "morning:x", "minute:1:2", "herd:", "herd:1:2:3"
        }) {
      assertThrows(IllegalArgumentException.class, () -> ArrivalPlan.parse(text), text);
    }
  }
}
