package gongbei.replication.feed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.replication.cluster.SimulatedMessages;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.StatusCommand.SetStatus;
import gongbei.replication.log.Submission;
import gongbei.replication.machine.DivergedException;
import gongbei.replication.machine.History;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.replication.protocol.MessageHeaderEncoder;
import gongbei.replication.snapshot.SnapshotReader;
import gongbei.replication.testing.SnapshotMessages;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FeedApplierTest {
  private static final long CAPACITY = 100;
  private static final long NOW = 1_000_000;
  private static final History HISTORY = new History(1, 2);
  private static final History OTHER_HISTORY = new History(3, 4);
  private static final Subject GROUP = new Subject(9, 9);

  private final StatusMap memberMap = StatusMap.inMemory(CAPACITY);
  private final ReplicatedState member = new ReplicatedState(memberMap);
  private final StatusMap map = StatusMap.inMemory(CAPACITY);
  private final ReplicatedState state = new ReplicatedState(map);
  private final FeedApplier applier = new FeedApplier(state, false, () -> NOW);
  private long sequence = 1;

  @BeforeEach
  void speakTheNewestProtocol() {
    member.protocol(ReplicatedState.PROTOCOL);
  }

  @AfterEach
  void closeMaps() {
    memberMap.close();
    map.close();
  }

  private byte[] apply(DirectBuffer message) {
    final long before = memberMap.version();
    member.apply(message, 0, message.capacity());
    final byte[] bytes = new byte[message.capacity()];
    message.getBytes(0, bytes);
    return SimulatedMessages.frame(before + 1, memberMap.version(), memberMap.digest(), NOW, bytes);
  }

  private byte[] green(int subject) {
    return apply(
        CommandBatches.encode(
            7,
            sequence++,
            CAPACITY,
            List.of(SetStatus.of(new Subject(subject, 1)).colour(Colour.GREEN).build())));
  }

  private byte[] group() {
    return apply(
        Submission.of(DocumentCommand.group(GROUP, new byte[16])).encode(7, sequence++, 100));
  }

  private void take(byte[] frame) {
    applier.onFrame(new UnsafeBuffer(frame), 0, frame.length, true);
  }

  private List<byte[]> snapshot() {
    return SnapshotMessages.of(member, 0, NOW).stream().map(UnsafeBuffer::byteArray).toList();
  }

  private static void read(SnapshotReader reader, byte[] message) {
    reader.onMessage(new UnsafeBuffer(message), 0, message.length);
  }

  @Test
  void aGroupIsThereWhileASnapshotThatHoldsItIsTaken() {
    take(group());
    assertTrue(applier.isServing());
    green(1);
    final SnapshotReader reader = applier.beginSnapshot();
    for (final byte[] message : snapshot()) {
      read(reader, message);
      assertArrayEquals(
          new byte[16],
          state.documents().find(DocumentCommand.Kind.GROUP, GROUP.toBytes()),
          "a scan of the group would be refused");
    }
    applier.endSnapshot(reader);
    assertEquals(memberMap.mark(), map.mark());
  }

  @Test
  void aSnapshotThatIsOlderThanTheMapLeavesItAsItIs() {
    final byte[] first = green(1);
    final List<byte[]> old = snapshot();
    take(first);
    take(green(2));
    final SnapshotReader reader = applier.beginSnapshot();
    assertThrows(IllegalStateException.class, () -> read(reader, old.get(0)));
    applier.refuseSnapshot(reader);
    assertEquals(memberMap.mark(), map.mark());
    assertTrue(applier.isSound());
    assertTrue(applier.isServing());
  }

  @Test
  void afterASnapshotThatBrokeOffTheStateIsNotSoundUntilAnotherIsWhole() {
    take(green(1));
    green(2);
    green(3);
    final List<byte[]> messages = snapshot();
    final SnapshotReader broken = applier.beginSnapshot();
    messages.subList(0, messages.size() - 1).forEach(message -> read(broken, message));
    assertThrows(IllegalStateException.class, () -> applier.endSnapshot(broken));
    assertFalse(applier.isSound());
    final SnapshotReader whole = applier.beginSnapshot();
    messages.forEach(message -> read(whole, message));
    applier.endSnapshot(whole);
    assertTrue(applier.isSound());
    assertEquals(memberMap.mark(), map.mark());
  }

  @Test
  void aFrameThatCantBeAppliedWholeLeavesNoHalfOfItBehind() {
    final byte[] frame =
        apply(
            CommandBatches.encode(
                7,
                sequence,
                CAPACITY,
                List.of(
                    SetStatus.of(new Subject(1, 1)).colour(Colour.GREEN).build(),
                    SetStatus.of(new Subject(2, 1)).colour(Colour.GREEN).build())));
    final UnsafeBuffer cutShort = new UnsafeBuffer(frame, 0, frame.length - 20);
    assertThrows(
        RuntimeException.class, () -> applier.onFrame(cutShort, 0, cutShort.capacity(), true));
    assertEquals(0, map.version());
    assertEquals(0, map.size());
    take(frame);
    assertEquals(memberMap.mark(), map.mark());
  }

  private byte[] mark(long atMillis, History history) {
    return SimulatedMessages.mark(memberMap.version(), memberMap.digest(), atMillis, history);
  }

  private void take(byte[] frame, boolean isLive) {
    applier.onFrame(new UnsafeBuffer(frame), 0, frame.length, isLive);
  }

  private void requireForgotten(byte[] frame, boolean isLive) {
    assertThrows(DivergedException.class, () -> take(frame, isLive));
    assertFalse(applier.isServing(), "it answers from another history");
    assertTrue(applier.isRenewing());
    assertEquals(0, map.version());
    assertEquals(0, map.size());
  }

  @Test
  void aReplicaTakesTheHistoryOfAMemberThatHoldsTheSame() {
    take(green(1));
    assertEquals(History.NONE, state.history());
    take(mark(NOW, HISTORY));
    assertEquals(HISTORY, state.history());
    take(mark(NOW, OTHER_HISTORY));
    assertEquals(OTHER_HISTORY, state.history(), "a backup that is restored loses nothing of it");
    assertTrue(applier.isServing());
    assertFalse(applier.isRenewing());
  }

  @Test
  void aReplicaThatIsAheadOfAMemberOfAnotherHistoryForgetsItsOwnAtOnceAndTakesTheOther() {
    final byte[] first = green(1);
    take(first);
    final byte[] behind = mark(NOW, OTHER_HISTORY);
    take(green(2));
    take(mark(NOW, HISTORY));
    assertTrue(applier.isServing());
    take(behind, false);
    assertEquals(2, map.version(), "what a member told before is no statement of today");
    requireForgotten(behind, true);
    take(first);
    take(behind);
    assertTrue(applier.isServing());
    assertFalse(applier.isRenewing());
    assertEquals(OTHER_HISTORY, state.history());
  }

  @Test
  void aReplicaThatStaysAheadOfAMemberThatIsUpToDateForgetsWhatItHas() {
    take(green(1));
    final byte[] behind = mark(NOW, HISTORY);
    final long version = memberMap.version();
    final long digest = memberMap.digest();
    take(green(2));
    take(mark(NOW, HISTORY));
    for (int round = 0; round < 3; round++) {
      take(behind);
      assertEquals(2, map.version(), "the member's marks say that it is cut off");
    }
    take(
        SimulatedMessages.mark(version, digest, NOW + FeedApplier.AHEAD_MILLIS - 1, HISTORY), true);
    assertTrue(applier.isServing());
    requireForgotten(
        SimulatedMessages.mark(version, digest, NOW + FeedApplier.AHEAD_MILLIS, HISTORY), true);
  }

  @Test
  void anotherMemberIsGivenItsTime() {
    take(green(1));
    final byte[] behind = mark(NOW, HISTORY);
    final byte[] later =
        SimulatedMessages.mark(
            memberMap.version(), memberMap.digest(), NOW + FeedApplier.AHEAD_MILLIS, HISTORY);
    take(green(2));
    take(behind);
    applier.beginFollowing();
    take(later);
    assertEquals(2, map.version());
  }

  @Test
  void aChangeThatEndsWhereTheReplicaIsMustLeaveTheSame() {
    final byte[] frame = green(1);
    take(frame);
    take(frame);
    assertEquals(1, map.version());
    final byte[] other = frame.clone();
    new UnsafeBuffer(other).putLong(SimulatedMessages.FRAME_DIGEST_OFFSET, ~memberMap.digest());
    requireForgotten(other, false);
  }

  @Test
  void aChangeThatStandsAcrossWhereTheReplicaIsIsOfAnotherHistory() {
    take(green(1));
    final byte[] across = SimulatedMessages.frame(1, 2, memberMap.digest(), NOW, new byte[16]);
    requireForgotten(across, false);
  }

  @Test
  void aMarkOfAnEarlierProtocolTellsNoHistory() {
    take(green(1));
    final byte[] behind = mark(NOW, OTHER_HISTORY);
    new UnsafeBuffer(behind)
        .putShort(
            MessageHeaderEncoder.versionEncodingOffset(),
            (short) (ReplicatedState.HISTORY_PROTOCOL - 1));
    take(behind);
    assertEquals(History.NONE, state.history());
    take(green(2));
    take(mark(NOW, HISTORY));
    take(behind, true);
    assertEquals(2, map.version(), "it is behind, and tells no other history");
  }
}
