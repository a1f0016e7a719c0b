package gongbei.verifier.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WokenIdleStrategyTest {
  private final List<Long> sleeps = new ArrayList<>();
  private final WokenIdleStrategy idle = new WokenIdleStrategy(sleeps::add);

  @Test
  void anAgentWithNothingToDoSleepsUntilSomebodyHasHandedSomethingOver() {
    idle.idle(0);
    assertEquals(1, sleeps.size());
    idle.wake();
    idle.wake();
    idle.idle(0);
    assertEquals(1, sleeps.size(), "what was handed over is looked for at once");
    idle.idle(0);
    assertEquals(2, sleeps.size(), "and once");
    idle.idle(3);
    assertEquals(2, sleeps.size(), "there may be more work");
  }

  @Test
  void whatIsHandedOverWhileItFallsAsleepIsNotSleptThrough() {
    final WokenIdleStrategy[] woken = new WokenIdleStrategy[1];
    woken[0] =
        new WokenIdleStrategy(
            nanos -> {
              sleeps.add(nanos);
              woken[0].wake();
            });
    woken[0].idle();
    woken[0].idle();
    assertEquals(2, sleeps.size(), "a wake ends one sleep, and is no reason to skip the next");
  }
}
