package gongbei.replication.context;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SteadyClockTest {
  private static final long START_MILLIS = 1_700_000_000_000L;
  private static final long STEP_MILLIS = 20;

  private long wallMillis = START_MILLIS;
  private long nanos = 12_345;

  private SteadyClock clock(long pauseNanos) {
    return new SteadyClock(() -> wallMillis, () -> nanos, pauseNanos);
  }

  private void pass(long millis) {
    wallMillis += millis;
    nanos += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @Test
  void runsWithTheWallClock() {
    final SteadyClock clock = clock(Long.MAX_VALUE);
    assertEquals(START_MILLIS, clock.time());
    for (int i = 0; i < 1_000; i++) {
      pass(STEP_MILLIS);
      assertEquals(wallMillis, clock.time());
    }
  }

  @Test
  void aJumpForthIsMadeUpForSlowly() {
    assertCatchesUp(30_000);
  }

  @Test
  void aJumpBackIsMadeUpForSlowlyAndTimeGoesOnMeanwhile() {
    assertCatchesUp(-30_000);
  }

  private void assertCatchesUp(long jumpMillis) {
    final SteadyClock clock = clock(Long.MAX_VALUE);
    long before = clock.time();
    wallMillis += jumpMillis;
    assertEquals(before, clock.time());
    int steps = 0;
    while (Math.abs(wallMillis - before) > 1) {
      pass(STEP_MILLIS);
      final long now = clock.time();
      final long passed = now - before;
      assertTrue(passed >= STEP_MILLIS * 9 / 10 - 1, () -> "only " + passed);
      assertTrue(passed <= STEP_MILLIS * 11 / 10 + 1, () -> "as much as " + passed);
      before = now;
      steps++;
    }
    final long expected = Math.abs(jumpMillis) * 10 / STEP_MILLIS;
    assertTrue(Math.abs(steps - expected) <= 2, steps + " steps, not " + expected);
  }

  @Test
  void timeInWhichTheProcessStoodStillIsLeftOutWhereThatIsAskedFor() {
    final SteadyClock clock = clock(TimeUnit.SECONDS.toNanos(1));
    pass(999);
    assertEquals(wallMillis, clock.time());
    final long before = clock.time();
    pass(45_000);
    assertEquals(before, clock.time());
    pass(STEP_MILLIS);
    assertTrue(clock.time() - before <= STEP_MILLIS * 11 / 10 + 1);
  }

  @Test
  void timeInWhichTheProcessStoodStillCountsOtherwise() {
    final SteadyClock clock = clock(Long.MAX_VALUE);
    pass(45_000);
    assertEquals(wallMillis, clock.time());
  }
}
