package gongbei.bench.faults;

import static gongbei.codec.model.Colour.GREEN;
import static gongbei.codec.model.Colour.RED;
import static gongbei.codec.model.Colour.YELLOW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.verifier.client.AppliedChange;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The judge of the chaos run finds what it is there to find, in histories that are made up. */
final class ChaosHistoryTest {
  private final ChaosHistory history = new ChaosHistory();

  private void written(int holder, Colour colour, long from, long until, long version) {
    history.submitted();
    history.acknowledged(
        holder, colour, from, until, new AppliedChange(version, AppliedChange.Outcome.APPLIED));
  }

  /** Holder 0 is green, red, yellow; holder 1 is red in between. */
  private void writeFour() {
    written(0, GREEN, 100, 200, 1);
    written(0, RED, 300, 400, 2);
    written(1, RED, 500, 600, 3);
    written(0, YELLOW, 700, 800, 4);
  }

  private void assertWrong(String what) {
    final List<String> wrong = history.judge();
    assertEquals(1, wrong.size(), wrong.toString());
    assertTrue(wrong.get(0).contains(what), wrong.toString());
  }

  @Test
  void aHistoryInOrderIsRight() {
    writeFour();
    final ChaosHistory.Connection connection = history.connected("gate");
    connection.read(0, GREEN, 1, 250);
    connection.read(0, RED, 2, 450);
    connection.read(1, RED, 3, 650);
    connection.read(0, YELLOW, 4, 900);
    history.atRest("gate", 0, Optional.of(YELLOW), 4);
    history.atRest("gate", 1, Optional.of(RED), 4);
    assertEquals(List.of(), history.judge());
  }

  @Test
  void aScanMaySeeAWriteThatWasAppliedWhileItWasAnswered() {
    writeFour();
    final ChaosHistory.Connection connection = history.connected("gate");
    connection.read(0, RED, 1, 350);
    connection.read(0, RED, 2, 450);
    assertEquals(List.of(), history.judge());
  }

  @Test
  void writesAtTheSameTimeMayTakeEitherOrder() {
    written(0, GREEN, 100, 400, 2);
    written(0, RED, 150, 350, 1);
    assertEquals(List.of(), history.judge());
  }

  @Test
  void anAcknowledgedWriteThatIsLostIsFound() {
    written(0, GREEN, 100, 200, 1);
    written(0, RED, 300, 400, 3);
    assertWrong("version 2 was given to no write");
  }

  @Test
  void twoWritesOfOneVersionAreFound() {
    written(0, GREEN, 100, 200, 1);
    written(0, RED, 300, 400, 1);
    assertWrong("version 2 was given to no write, or to two");
  }

  @Test
  void aWriteThatIsPutBeforeOneThatWasAnsweredBeforeItBeganIsFound() {
    written(0, GREEN, 100, 200, 2);
    written(0, RED, 300, 400, 1);
    assertWrong("version 1 began after a greater version had been answered");
  }

  @Test
  void aWriteWithoutAnAnswerIsFound() {
    writeFour();
    history.submitted();
    assertWrong("1 writes have no answer");
  }

  @Test
  void aWriteThatFailedIsFound() {
    writeFour();
    history.submitted();
    history.failed("given up");
    assertWrong("a write failed: given up");
  }

  @Test
  void aWriteThatWasIgnoredIsFound() {
    history.submitted();
    history.acknowledged(0, GREEN, 1, 2, new AppliedChange(1, AppliedChange.Outcome.SUPERSEDED));
    assertWrong("a write came to");
  }

  @Test
  void aVersionThatGoesBackOnOneConnectionIsFound() {
    writeFour();
    final ChaosHistory.Connection connection = history.connected("gate");
    connection.read(1, RED, 4, 900);
    connection.read(1, RED, 3, 910);
    assertWrong("gate went back from version 4 to 3");
  }

  @Test
  void anotherConnectionMayBeBehind() {
    writeFour();
    history.connected("gate 1").read(1, RED, 4, 900);
    history.connected("gate 2").read(1, RED, 3, 910);
    assertEquals(List.of(), history.judge());
  }

  @Test
  void aStaleReadIsFound() {
    writeFour();
    history.connected("gate").read(0, GREEN, 2, 900);
    assertWrong("gate was told green of holder 0 at version 2");
  }

  @Test
  void aColourThatWasNotWrittenYetIsFound() {
    writeFour();
    history.connected("gate").read(0, YELLOW, 2, 650);
    assertWrong("gate was told yellow of holder 0 at version 2");
  }

  @Test
  void aWriteFarPastTheNextVersionOnTheConnectionIsNoExcuse() {
    written(0, GREEN, 100, 200, 1);
    written(0, RED, 300, 400, 2);
    for (int version = 3; version <= 2_000; version++) {
      written(1, RED, 500, 600, version);
    }
    written(0, YELLOW, 500, 700, 2_001);
    final ChaosHistory.Connection connection = history.connected("gate");
    connection.read(0, YELLOW, 2, 650);
    connection.read(0, RED, 3, 660);
    assertWrong("gate was told yellow of holder 0 at version 2");
  }

  @Test
  void aVersionBeforeItWasWrittenIsFound() {
    writeFour();
    history.connected("gate").read(1, RED, 4, 650);
    assertWrong("gate was told version 4 before it was written");
  }

  @Test
  void aVersionThatWasNeverWrittenIsFound() {
    writeFour();
    history.connected("gate").read(1, RED, 5, 900);
    assertWrong("gate was told version 5 before it was written");
  }

  @Test
  void aNodeThatRestsAtAnOlderVersionIsFound() {
    writeFour();
    history.atRest("member 1", 1, Optional.of(RED), 3);
    assertWrong("member 1 rests at version 3, the last write has 4");
  }

  @Test
  void aNodeThatHasLostAHoldersLastWriteIsFound() {
    writeFour();
    history.atRest("member 1", 0, Optional.of(RED), 4);
    assertWrong("at rest member 1 says red of holder 0, whose last write was yellow, version 4");
  }

  @Test
  void whatElseWasWrongIsKept() {
    writeFour();
    history.wrong("member 2 ended by itself");
    assertWrong("member 2 ended by itself");
  }

  /** As the table of grounds, an appeal, and a decision at last. */
  @Test
  void versionsOfSomethingElseHaveTheirPlacesInTheOrder() {
    history.others(Set.of(1L, 4L, 6L));
    written(0, GREEN, 100, 200, 2);
    written(0, RED, 300, 400, 3);
    written(1, RED, 500, 600, 5);
    final ChaosHistory.Connection connection = history.connected("gate");
    connection.read(0, GREEN, 2, 250);
    connection.read(0, RED, 4, 450);
    connection.read(1, RED, 6, 650);
    history.atRest("gate", 0, Optional.of(RED), 6);
    assertEquals(List.of(), history.judge());
  }

  @Test
  void aWriteThatIsLostAmongOtherVersionsIsFound() {
    history.others(Set.of(1L, 4L));
    written(0, GREEN, 100, 200, 2);
    written(0, RED, 300, 400, 5);
    assertWrong("version 3 was given to no write");
  }

  @Test
  void aVersionThatIsOfAWriteAndOfSomethingElseIsFound() {
    history.others(Set.of(2L));
    written(0, GREEN, 100, 200, 1);
    written(0, RED, 300, 400, 2);
    assertWrong("version 3 was given to no write, or to two");
  }

  @Test
  void aVersionBeyondAllThatWereGivenIsFound() {
    history.others(Set.of(1L, 4L));
    written(0, GREEN, 100, 200, 2);
    written(0, RED, 300, 400, 3);
    history.connected("gate").read(0, RED, 5, 900);
    assertWrong("gate was told version 5 before it was written");
  }

  @Test
  void theFirstWriteThatBeginsAfterAFaultIsTimed() {
    final ChaosHistory.FirstWrite first = history.firstWrite();
    final long now = System.nanoTime();
    written(0, GREEN, now - 1_000_000_000L, now, 1);
    assertTrue(!first.isThere());
    written(0, GREEN, now, now + 5_000_000_000L, 2);
    assertTrue(first.isThere());
    assertTrue(first.afterNanos() >= 5_000_000_000L, () -> first.afterNanos() + " ns");
  }
}
