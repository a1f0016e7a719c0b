package gongbei.replication.context;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RestingIdleStrategyTest {
  private static final long MAX_PARK_NANOS = 250_000;
  private static final long REST_NANOS = 2_000_000;

  private final List<Long> slept = new ArrayList<>();
  private long nowNanos = Long.MAX_VALUE - 5_000_000;
  private final RestingIdleStrategy strategy =
      new RestingIdleStrategy(MAX_PARK_NANOS, REST_NANOS, () -> nowNanos, this::sleep);

  private void sleep(long nanos) {
    slept.add(nanos);
    nowNanos += nanos;
  }

  private void idleFor(long nanos) {
    final long end = nowNanos + nanos;
    while (end - nowNanos > 0) {
      strategy.idle(0);
    }
  }

  @Test
  void itSleepsLongerAndLongerUpToTheFirstBound() {
    for (int i = 0; i < 8; i++) {
      strategy.idle(0);
    }
    assertEquals(List.of(10_000L, 20_000L, 40_000L, 80_000L, 160_000L, 250_000L, 250_000L), slept);
  }

  @Test
  void onceItHasHadNothingToDoForAWhileItSleepsUpToTheSecond() {
    idleFor(RestingIdleStrategy.UNTIL_REST_NANOS - 1_000_000);
    assertEquals(MAX_PARK_NANOS, slept.get(slept.size() - 1));
    idleFor(10_000_000);
    assertEquals(REST_NANOS, slept.get(slept.size() - 1));
    assertTrue(slept.contains(2 * MAX_PARK_NANOS));
  }

  @Test
  void workWakesIt() {
    idleFor(2 * RestingIdleStrategy.UNTIL_REST_NANOS);
    slept.clear();
    strategy.idle(1);
    assertEquals(List.of(), slept);
    idleFor(RestingIdleStrategy.UNTIL_REST_NANOS / 2);
    assertEquals(10_000L, slept.get(0));
    assertEquals(MAX_PARK_NANOS, slept.get(slept.size() - 1));
  }

  @Test
  void aRestIsNeverShorterThanWhatWasBefore() {
    final RestingIdleStrategy restless =
        new RestingIdleStrategy(MAX_PARK_NANOS, 0, () -> nowNanos, this::sleep);
    for (int i = 0; i < 500; i++) {
      restless.idle(0);
    }
    assertEquals(MAX_PARK_NANOS, slept.get(slept.size() - 1));
  }

  /** Works so many turns in each of so many windows, evenly. */
  private void work(int windows, int turns) {
    for (int i = 0; i < windows * turns; i++) {
      strategy.idle(1);
      idleFor(RestingIdleStrategy.WINDOW_NANOS / turns);
    }
  }

  @Test
  void whereWorkComesNowAndThenItIsBackAtRestSoon() {
    work(3, 10);
    slept.clear();
    work(1, 10);
    final long most = slept.stream().filter(each -> each == REST_NANOS).count();
    assertTrue(most >= 30, slept.toString());
    assertTrue(slept.size() <= 120, "not 40 times for each turn: " + slept.size());
    slept.clear();
    strategy.idle(1);
    idleFor(RestingIdleStrategy.UNTIL_REST_AGAIN_NANOS / 2);
    assertEquals(MAX_PARK_NANOS, slept.get(0), "what follows a turn is seen soon all the same");
  }

  @Test
  void whereMuchComesItStaysAwakeAgain() {
    work(3, 10);
    work(2, 2 * RestingIdleStrategy.FEW_TURNS);
    slept.clear();
    strategy.idle(1);
    idleFor(RestingIdleStrategy.UNTIL_REST_NANOS / 2);
    assertEquals(10_000L, slept.get(0));
    assertEquals(MAX_PARK_NANOS, slept.get(slept.size() - 1));
  }
}
