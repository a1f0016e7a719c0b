package gongbei.replication.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.replication.testing.SnapshotMessages;
import java.util.List;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The identity of a log's history, and how members find that they hold something else. */
final class HistoryTest {
  private static final int CAPACITY = 100;
  private static final History FIRST = new History(1, 2);
  private static final History SECOND = new History(3, 4);

  @AutoClose private final StatusMap leaderMap = StatusMap.inMemory(CAPACITY);
  private final ReplicatedState leader = new ReplicatedState(leaderMap);
  @AutoClose private final StatusMap followerMap = StatusMap.inMemory(CAPACITY);
  private final ReplicatedState follower = new ReplicatedState(followerMap);
  private long position;

  @BeforeEach
  void speakTheNewestProtocol() {
    leader.protocol(ReplicatedState.PROTOCOL);
    follower.protocol(ReplicatedState.PROTOCOL);
  }

  private int log(DirectBuffer message) {
    position += message.capacity();
    final int versions = leader.apply(position, message, 0, message.capacity());
    assertEquals(versions, follower.apply(position, message, 0, message.capacity()));
    return versions;
  }

  private static DirectBuffer green(long sequence) {
    return CommandBatches.encode(
        7,
        sequence,
        CAPACITY,
        List.of(StatusCommand.SetStatus.of(new Subject(sequence, 1)).colour(Colour.GREEN).build()));
  }

  @Test
  void aHistoryBeginsOnlyAfterTheOneThatItsBeginningNames() {
    assertEquals(0, log(HistoryMessages.begin(History.NONE, FIRST)), "it gives no version");
    assertEquals(FIRST, follower.history());
    assertEquals(position, follower.historyPosition());
    log(HistoryMessages.begin(History.NONE, SECOND));
    assertEquals(FIRST, follower.history(), "two members that lead one after the other begin one");
    log(HistoryMessages.begin(FIRST, SECOND));
    assertEquals(SECOND, follower.history());
    assertEquals(position, follower.historyPosition());
    assertEquals(0, followerMap.version());
  }

  @Test
  void aSnapshotIsOfTheHistoryThatTheLogWas() {
    log(HistoryMessages.begin(History.NONE, FIRST));
    final long began = position;
    log(green(1));
    final List<UnsafeBuffer> messages = SnapshotMessages.of(leader, position, 1_000);
    try (StatusMap map = StatusMap.inMemory(CAPACITY)) {
      final ReplicatedState read = new ReplicatedState(map);
      SnapshotMessages.read(messages, read);
      assertEquals(FIRST, read.history());
      assertEquals(began, read.historyPosition());
      read.reset();
      assertEquals(History.NONE, read.history());
      assertEquals(-1, read.historyPosition());
    }
  }

  @Test
  void membersThatHoldTheSameFindNothing() {
    for (int round = 1; round < 10; round++) {
      log(green(round));
      log(HistoryMessages.mark(leader.noted()));
    }
    assertEquals(leader.noted(), follower.noted());
    assertEquals(9, follower.noted().version());
  }

  private void requireDivergence(String how) {
    final DirectBuffer message = HistoryMessages.mark(leader.noted());
    position += message.capacity();
    final DivergedException e =
        assertThrows(
            DivergedException.class,
            () -> follower.apply(position, message, 0, message.capacity()));
    assertTrue(e.getMessage().contains(how), e.getMessage());
    assertFalse(e.getMessage().contains(Long.toHexString(leaderMap.digest())), "no digest is told");
    leader.apply(position, message, 0, message.capacity());
  }

  @Test
  void aMemberThatHasAnotherVersionAtThePlaceOfAMarkFindsIt() {
    log(green(1));
    final DirectBuffer own = green(2);
    follower.apply(own, 0, own.capacity());
    log(HistoryMessages.mark(leader.noted()));
    requireDivergence("version 2, its leader 1");
  }

  @Test
  void aMemberThatHasAnotherHistoryFindsIt() {
    log(green(1));
    follower.history(SECOND, 1);
    log(HistoryMessages.mark(leader.noted()));
    requireDivergence("history " + SECOND.toHex());
  }

  @Test
  void aMemberThatHoldsSomethingElseAtTheSameVersionFindsIt() {
    log(green(1));
    final DirectBuffer own = green(2);
    follower.apply(own, 0, own.capacity());
    final DirectBuffer leaders =
        CommandBatches.encode(
            7,
            2,
            CAPACITY,
            List.of(StatusCommand.SetStatus.of(new Subject(2, 1)).colour(Colour.RED).build()));
    leader.apply(leaders, 0, leaders.capacity());
    log(HistoryMessages.mark(leader.noted()));
    requireDivergence("version 2, another digest");
  }

  @Test
  void aMemberThatHasJustComeBackHasNothingToCompareYet() {
    log(green(1));
    log(HistoryMessages.mark(leader.noted()));
    follower.reset();
    follower.protocol(ReplicatedState.PROTOCOL);
    log(HistoryMessages.mark(leader.noted()));
    requireDivergence("version 0, its leader 1");
  }

  @Test
  void messagesThatAreCutShortBeginNothingAndCompareNothing() {
    final DirectBuffer begin = HistoryMessages.begin(History.NONE, FIRST);
    final DirectBuffer mark = HistoryMessages.mark(leader.noted());
    for (int length = 8; length < begin.capacity(); length++) {
      assertEquals(0, leader.apply(1, begin, 0, length));
      assertEquals(0, leader.apply(1, mark, 0, Math.min(length, mark.capacity() - 1)));
    }
    assertEquals(History.NONE, leader.history());
    assertEquals(-1, leader.noted().position());
  }

  @Test
  void aHistoryIsWrittenInHexadecimalAndReadAgain() {
    final History begun = History.begin();
    assertNotEquals(begun, History.begin());
    assertEquals(Optional.of(begun), History.ofHex(begun.toHex()));
    assertEquals(32, begun.toHex().length());
    assertEquals("", History.NONE.toHex());
    for (final String none : List.of("", "1", "g".repeat(32), begun.toHex() + "0")) {
      assertEquals(Optional.empty(), History.ofHex(none));
    }
  }
}
