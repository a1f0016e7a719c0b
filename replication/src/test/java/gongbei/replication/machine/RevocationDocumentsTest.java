package gongbei.replication.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.log.Submission;
import gongbei.replication.map.StatusMap;
import gongbei.replication.protocol.BatchReplyDecoder;
import gongbei.replication.protocol.MessageHeaderDecoder;
import gongbei.replication.protocol.MessageHeaderEncoder;
import gongbei.replication.testing.SnapshotMessages;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lists of revoked foreign codes in the log's state: put, withdrawn, kept in snapshots. */
final class RevocationDocumentsTest {
  private static final long CLIENT = 7;

  @AutoClose private final StatusMap map = StatusMap.inMemory(10);
  private final ReplicatedState state = new ReplicatedState(map);
  private final BatchReplyDecoder reply = new BatchReplyDecoder();
  private long sequence = 1;
  private int told;

  @BeforeEach
  void listen() {
    state.protocol(ReplicatedState.PROTOCOL);
    state.documents().onRevocations(() -> told++);
  }

  private DirectBuffer message(String name, long revision, int... content) {
    final byte[] bytes = new byte[content.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) content[i];
    }
    return Submission.of(DocumentCommand.revocations(name, revision, bytes))
        .encode(CLIENT, sequence++, 10);
  }

  private Outcome send(DirectBuffer message) {
    state.apply(message, 0, message.capacity());
    reply.wrapAndApplyHeader(state.reply(), 0, new MessageHeaderDecoder());
    final byte[] codes = new byte[reply.commandCount()];
    return reply.getOutcomes(codes, 0, codes.length) == 0
        ? Outcome.APPLIED
        : Outcome.ofCode(codes[codes.length - 1]);
  }

  @Test
  void aListIsPutByItsRevisionAndWithdrawnByNothing() {
    assertEquals(Outcome.APPLIED, send(message("eu.1", 5, 1, 2)));
    assertEquals(1, told);
    assertArrayEquals(new byte[] {1, 2}, state.documents().revocations().get("eu.1"));
    assertEquals(Outcome.SUPERSEDED, send(message("eu.1", 5, 3)));
    assertEquals(1, told, "nothing has changed");
    assertEquals(Outcome.APPLIED, send(message("eu.1", 6)));
    assertEquals(2, told);
    assertEquals(0, state.documents().revocations().get("eu.1").length);
  }

  @Test
  void noListIsTakenBeforeVersionEight() {
    final DirectBuffer today = message("eu.1", 5, 1, 2);
    final UnsafeBuffer before = new UnsafeBuffer(new byte[today.capacity()]);
    before.putBytes(0, today, 0, today.capacity());
    before.putShort(MessageHeaderEncoder.versionEncodingOffset(), (short) 7);
    assertEquals(Outcome.INVALID, send(before));
    assertTrue(state.documents().revocations().isEmpty());
    assertEquals(0, told);
  }

  @Test
  void aSnapshotHoldsTheListsAndTellsOfThem() {
    send(message("eu", 1, 9));
    send(message("eu.1", 1, 1, 2));
    try (StatusMap backMap = StatusMap.inMemory(10)) {
      final ReplicatedState back = new ReplicatedState(backMap);
      final int[] toldBack = {0};
      back.documents().onRevocations(() -> toldBack[0]++);
      SnapshotMessages.copy(state, back, 60_000L);
      assertEquals(map.mark(), backMap.mark());
      assertEquals(1, toldBack[0]);
      assertEquals(2, back.documents().revocations().size());
      assertArrayEquals(new byte[] {1, 2}, back.documents().revocations().get("eu.1"));
      back.reset();
      assertTrue(back.documents().revocations().isEmpty(), "what is forgotten is no more");
    }
  }
}
