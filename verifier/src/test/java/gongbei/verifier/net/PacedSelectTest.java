package gongbei.verifier.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.SelectStrategy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PacedSelectTest {
  private static final long PACE_NANOS = 250_000;

  private final List<Long> slept = new ArrayList<>();
  private long nowNanos = Long.MAX_VALUE - 1_000_000;
  private PacedSelect select;

  @BeforeEach
  void makeOne() {
    select = new PacedSelect(PACE_NANOS, () -> nowNanos, this::sleep);
  }

  private void sleep(long nanos) {
    slept.add(nanos);
    nowNanos += nanos;
  }

  private void passesAfter(int passes, long nanos) throws Exception {
    for (int i = 0; i < passes; i++) {
      nowNanos += nanos;
      assertEquals(SelectStrategy.SELECT, select.calculateStrategy(() -> 7, false));
    }
  }

  @Test
  void aLoopThatWakesRarelyIsNotHeldUp() throws Exception {
    passesAfter(100, PACE_NANOS);
    assertEquals(List.of(), slept);
  }

  @Test
  void anExchangeOrTwoAfterAPauseAreNotHeldUp() throws Exception {
    passesAfter(4, 10_000);
    passesAfter(1, 10 * PACE_NANOS);
    passesAfter(4, 10_000);
    assertEquals(List.of(), slept);
  }

  @Test
  void aLoopThatWakesOftenSleepsSoThatItsPassesAreItsPaceApart() throws Exception {
    final long beganNanos = nowNanos;
    passesAfter(1_008, 10_000);
    assertEquals(1_000, (nowNanos - beganNanos) / PACE_NANOS);
    assertEquals(PACE_NANOS - 10_000, slept.get(slept.size() - 1));
  }

  @Test
  void passesThatTakeLongerThanThePaceAreNotHeldUp() throws Exception {
    passesAfter(1_000, 3 * PACE_NANOS);
    assertEquals(List.of(), slept);
  }

  @Test
  void whereThereAreTasksItLooksWithoutWaiting() throws Exception {
    assertEquals(7, select.calculateStrategy(() -> 7, true));
  }

  @Test
  void withoutAPaceItNeverSleeps() throws Exception {
    select = new PacedSelect(0, () -> nowNanos, this::sleep);
    passesAfter(1_000, 10);
    assertEquals(List.of(), slept);
  }
}
