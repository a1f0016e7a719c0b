package gongbei.replication.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.machine.NewerProtocolException;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.replication.protocol.BatchReplyDecoder;
import gongbei.replication.protocol.BatchStatus;
import gongbei.replication.protocol.MessageHeaderDecoder;
import gongbei.replication.protocol.MessageHeaderEncoder;
import gongbei.replication.protocol.PutDocumentEncoder;
import gongbei.replication.snapshot.SnapshotReader;
import gongbei.replication.testing.SnapshotMessages;
import gongbei.testing.Patience;
import io.aeron.logbuffer.Header;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

final class StatusServiceTest {
  private static final long CLIENT = 7;
  private static final int CAPACITY = 100;

  @AutoClose private final StatusMap map = StatusMap.inMemory(CAPACITY);
  private final ReplicatedState state = new ReplicatedState(map);
  private final StatusService service = new StatusService(state, Optional.empty(), -1, false);

  private void lead(int protocol) {
    service.onNewLeadershipTermEvent(
        1, 0, 1_000, 0, 0, 1, TimeUnit.MILLISECONDS, StatusService.appVersion(protocol));
  }

  private void receive(DirectBuffer message) {
    final Header header = new Header(0, 16, null);
    header.buffer(new UnsafeBuffer(new byte[64]));
    service.onSessionMessage(null, 1_000, message, 0, message.capacity(), header);
  }

  private static DirectBuffer green(long sequence) {
    return CommandBatches.encode(
        CLIENT,
        sequence,
        CAPACITY,
        List.of(StatusCommand.SetStatus.of(new Subject(sequence, 1)).colour(Colour.GREEN).build()));
  }

  /** More holders than this node's map has room for, of a cluster that has. */
  private static DirectBuffer tooMany(long sequence) {
    final List<StatusCommand> commands = new ArrayList<>();
    for (int i = 0; i <= CAPACITY; i++) {
      commands.add(StatusCommand.SetStatus.of(new Subject(i, 2)).colour(Colour.GREEN).build());
    }
    return CommandBatches.encode(CLIENT, sequence, 10 * CAPACITY, commands);
  }

  /** A document whose name goes on after the end of its message. */
  private static DirectBuffer cutShort(long sequence) {
    final UnsafeBuffer message =
        new UnsafeBuffer(
            new byte
                [MessageHeaderEncoder.ENCODED_LENGTH
                    + PutDocumentEncoder.BLOCK_LENGTH
                    + PutDocumentEncoder.nameHeaderLength()]);
    new PutDocumentEncoder()
        .wrapAndApplyHeader(message, 0, new MessageHeaderEncoder())
        .clientId(CLIENT)
        .sequence(sequence)
        .kind((short) 6);
    message.putShort(message.capacity() - PutDocumentEncoder.nameHeaderLength(), (short) 9);
    return message;
  }

  /** As a newer node would send it. */
  private static DirectBuffer ofProtocol(DirectBuffer message, int protocol) {
    ((UnsafeBuffer) message)
        .putShort(MessageHeaderEncoder.versionEncodingOffset(), (short) protocol);
    return message;
  }

  private BatchReplyDecoder reply() {
    return new BatchReplyDecoder().wrapAndApplyHeader(state.reply(), 0, new MessageHeaderDecoder());
  }

  @Test
  void whatIsNewerThanTheLeadersProtocolIsAppliedByNobody() {
    lead(1);
    receive(green(1));
    assertEquals(0, map.version());
    assertEquals(BatchStatus.UNREADABLE, reply().status());
    assertEquals(CLIENT, reply().clientId(), "its client is told");
    assertEquals(1, reply().firstSequence());
    receive(ofProtocol(green(1), 1));
    assertEquals(1, map.version());
    lead(ReplicatedState.PROTOCOL);
    receive(green(2));
    assertEquals(2, map.version());
    receive(ofProtocol(green(3), ReplicatedState.PROTOCOL + 1));
    assertEquals(2, map.version());
    assertEquals(BatchStatus.UNREADABLE, reply().status());
    assertFalse(service.isBroken(), "no other node has applied it either");
  }

  @Test
  void aLeaderOfANewerProtocolIsNotFollowed() {
    lead(ReplicatedState.PROTOCOL);
    receive(green(1));
    lead(ReplicatedState.PROTOCOL + 1);
    assertTrue(service.isBroken());
    assertEquals(
        "the leader's log is of version "
            + (ReplicatedState.PROTOCOL + 1)
            + " of the protocol, this node knows "
            + ReplicatedState.PROTOCOL
            + ": it must be upgraded",
        StatusService.describe(service.fault().orElseThrow()));
    receive(green(2));
    assertEquals(1, map.version());
    assertThrows(IllegalStateException.class, () -> service.onTakeSnapshot(null));
  }

  @Test
  void aSnapshotRemembersTheProtocolOfItsTerm() {
    lead(ReplicatedState.PROTOCOL);
    receive(green(1));
    final List<UnsafeBuffer> messages = snapshot();
    final StatusMap other = StatusMap.inMemory(100);
    try {
      final ReplicatedState from = new ReplicatedState(other);
      SnapshotMessages.read(messages, from);
      final DirectBuffer next = green(2);
      assertEquals(1, from.apply(next, 0, next.capacity()), "the term goes on");
    } finally {
      other.close();
    }
  }

  @Test
  void aSnapshotOfANewerNodeIsRefused() {
    lead(ReplicatedState.PROTOCOL);
    final List<UnsafeBuffer> messages = snapshot();
    final SnapshotReader reader = new SnapshotReader(state);
    final DirectBuffer start = ofProtocol(messages.get(0), ReplicatedState.PROTOCOL + 1);
    final NewerProtocolException refusal =
        assertThrows(
            NewerProtocolException.class, () -> reader.onMessage(start, 0, start.capacity()));
    assertTrue(
        refusal
            .getMessage()
            .startsWith("the snapshot is of version " + (ReplicatedState.PROTOCOL + 1)));
    final DirectBuffer fed = ofProtocol(green(1), ReplicatedState.PROTOCOL + 1);
    assertThrows(NewerProtocolException.class, () -> state.applyFed(fed, 0, fed.capacity()));
  }

  private List<UnsafeBuffer> snapshot() {
    final List<UnsafeBuffer> messages = SnapshotMessages.of(state, 0, 0);
    return messages;
  }

  @Test
  void aMessageThatIsCutShortIsRefusedAndHarmsNobody() {
    lead(ReplicatedState.PROTOCOL);
    receive(cutShort(1));
    assertFalse(service.isBroken());
    assertEquals(0, map.version());
    receive(green(1));
    assertEquals(1, map.version());
  }

  @Test
  void afterAMessageThatCantBeAppliedNoneIsAndNoSnapshotIsTaken() {
    lead(ReplicatedState.PROTOCOL);
    receive(green(1));
    assertEquals(1, map.version());
    assertFalse(service.isBroken());
    assertThrows(IllegalStateException.class, () -> receive(tooMany(2)));
    final long version = map.version();
    assertTimeoutPreemptively(
        Patience.DURATION,
        () -> assertEquals(version, map.mark().version()),
        "who asks for its state is answered");
    assertTrue(service.isBroken());
    receive(green(2));
    assertEquals(version, map.version(), "it would not be what the other members have");
    assertThrows(IllegalStateException.class, () -> service.onTakeSnapshot(null));
    assertFalse(service.isSound());
  }
}
