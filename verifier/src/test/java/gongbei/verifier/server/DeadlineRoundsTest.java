package gongbei.verifier.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DeadlineRoundsTest {
  private static final int CONNECTIONS = 100;

  private final DeadlineRounds rounds = new DeadlineRounds();
  private final List<Integer> looked = new ArrayList<>();
  private final List<Runnable> ends = new ArrayList<>();

  private void add(int count) {
    for (int i = 0; i < count; i++) {
      final int number = ends.size();
      ends.add(rounds.add(nowNanos -> looked.add(number)));
    }
  }

  private void period() {
    for (int part = 0; part < DeadlineRounds.PARTS; part++) {
      rounds.tick(part);
    }
  }

  @Test
  void eachConnectionIsLookedAtOnceInAPeriodAndAPartOfThemAtATime() {
    add(CONNECTIONS);
    rounds.tick(0);
    final int first = looked.size();
    assertTrue(Math.abs(CONNECTIONS / DeadlineRounds.PARTS - first) <= 1, first + " looked at");
    looked.clear();
    period();
    Collections.sort(looked);
    for (int i = 0; i < CONNECTIONS; i++) {
      assertEquals(i, looked.get(i));
    }
    assertEquals(CONNECTIONS, looked.size());
  }

  @Test
  void oneThatHasEndedIsLookedAtNoMoreWhoeverEndedIt() {
    add(CONNECTIONS);
    final List<Runnable> own = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      final int number = i;
      own.add(
          rounds.add(
              nowNanos -> {
                looked.add(-1);
                own.get(number).run();
              }));
    }
    ends.get(7).run();
    period();
    assertEquals(2 * CONNECTIONS - 1, looked.size());
    looked.clear();
    period();
    assertEquals(CONNECTIONS - 1, looked.size(), "those that end at the first look are gone");
    assertEquals(-1, looked.indexOf(7));
  }
}
