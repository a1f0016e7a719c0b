package gongbei.replication.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.replication.protocol.MessageHeaderEncoder;
import gongbei.replication.protocol.PutDocumentEncoder;
import gongbei.replication.status.CommandBatches;
import gongbei.replication.status.ReplicatedState;
import gongbei.replication.status.StatusCommand;
import gongbei.replication.status.StatusMap;
import gongbei.replication.status.Subject;
import io.aeron.logbuffer.Header;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StatusServiceTest {
  private static final long CLIENT = 7;
  private static final int CAPACITY = 100;

  private final StatusMap map = StatusMap.inMemory(CAPACITY);
  private final ReplicatedState state = new ReplicatedState(map);
  private final StatusService service = new StatusService(state, null, -1, false);

  @AfterEach
  void closeMap() {
    map.close();
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
        List.of(new StatusCommand.SetStatus(new Subject(sequence, 1), 0, 0, 0, 0, 0, 0)));
  }

  /** More holders than this node's map has room for, of a cluster that has. */
  private static DirectBuffer tooMany(long sequence) {
    final List<StatusCommand> commands = new ArrayList<>();
    for (int i = 0; i <= CAPACITY; i++) {
      commands.add(new StatusCommand.SetStatus(new Subject(i, 2), 0, 0, 0, 0, 0, 0));
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

  @Test
  void aMessageThatIsCutShortIsRefusedAndHarmsNobody() {
    receive(cutShort(1));
    assertFalse(service.isBroken());
    assertEquals(0, map.version());
    receive(green(1));
    assertEquals(1, map.version());
  }

  @Test
  void afterAMessageThatCantBeAppliedNoneIsAndNoSnapshotIsTaken() {
    receive(green(1));
    assertEquals(1, map.version());
    assertFalse(service.isBroken());
    assertThrows(IllegalStateException.class, () -> receive(tooMany(2)));
    final long version = map.version();
    assertTrue(service.isBroken());
    receive(green(2));
    assertEquals(version, map.version(), "it would not be what the other members have");
    assertThrows(IllegalStateException.class, () -> service.onTakeSnapshot(null));
    assertFalse(service.isSound());
  }
}
