package gongbei.replication.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Nonce;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.log.Submission;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.replication.protocol.BatchReplyDecoder;
import gongbei.replication.protocol.BatchStatus;
import gongbei.replication.protocol.MessageHeaderDecoder;
import gongbei.replication.protocol.MessageHeaderEncoder;
import gongbei.replication.testing.SnapshotMessages;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A change and the nonce of the request that asked for it: one message, of any log. */
final class SignedChangeTest {
  private static final long CLIENT = 7;
  private static final int BEFORE_SIGNED = 3;
  private static final Subject HOLDER = new Subject(1, 1);
  private static final Subject OTHER = new Subject(2, 2);

  @AutoClose private final StatusMap map = StatusMap.inMemory(100);
  private final ReplicatedState state = new ReplicatedState(map);
  @AutoClose private final StatusMap replicaMap = StatusMap.inMemory(100);
  private final ReplicatedState replica = new ReplicatedState(replicaMap);
  private final BatchReplyDecoder reply = new BatchReplyDecoder();
  private long sequence = 1;

  @BeforeEach
  void speak() {
    state.protocol(ReplicatedState.PROTOCOL);
  }

  private static Nonce nonce(int number) {
    return new Nonce(
        Arrays.copyOf(
            ("nonce" + number).getBytes(StandardCharsets.US_ASCII), DocumentCommand.NONCE_BYTES),
        1_000 + number,
        17);
  }

  private static StatusCommand colour(Subject subject, int colour) {
    return StatusCommand.SetStatus.of(subject).colour(Colour.ofNumber(colour)).build();
  }

  /** Applies a message, and where it gives versions feeds it to the replica; what it gave. */
  private int apply(DirectBuffer message) {
    final int given = state.apply(message, 0, message.capacity());
    if (given > 0) {
      assertEquals(given, replica.applyFed(message, 0, message.capacity()));
    }
    assertEquals(map.version(), replicaMap.version());
    assertEquals(map.digest(), replicaMap.digest(), "the replica holds the same");
    reply.wrapAndApplyHeader(state.reply(), 0, new MessageHeaderDecoder());
    return given;
  }

  private List<Outcome> outcomes(int count) {
    final byte[] codes = new byte[count];
    final int told = reply.getOutcomes(codes, 0, count);
    final List<Outcome> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(told == 0 ? Outcome.APPLIED : Outcome.ofCode(codes[i]));
    }
    return all;
  }

  private DirectBuffer next(Submission submission) {
    final DirectBuffer message = submission.encode(CLIENT, sequence, 100);
    sequence += submission.size();
    return message;
  }

  private int colourOf(Subject subject) {
    final StatusRecord status = new StatusRecord();
    return map.get(subject.toBytes(), 0, status) ? status.colour() : -1;
  }

  @Test
  void aChangeIsAppliedWithItsNonceAndNeverAgain() {
    final Submission both = Submission.of(nonce(1), List.of(colour(HOLDER, 2), colour(OTHER, 1)));
    assertEquals(2, apply(next(both)), "the nonce takes no version of its own");
    assertEquals(List.of(Outcome.APPLIED, Outcome.APPLIED), outcomes(2));
    assertEquals(1, reply.firstVersion());

    apply(CommandBatches.encode(CLIENT, sequence++, 100, List.of(colour(HOLDER, 0))));
    final long digest = map.digest();
    final DirectBuffer again = next(both);
    for (int sending = 0; sending < 2; sending++) {
      assertEquals(0, apply(again), "sent twice, the reply is the same");
      assertEquals(BatchStatus.DONE, reply.status());
      assertEquals(List.of(Outcome.REPLAYED, Outcome.REPLAYED), outcomes(2));
      assertEquals(1, reply.firstVersion(), "when it was made");
    }
    assertEquals(digest, map.digest());
    assertEquals(0, colourOf(HOLDER), "what is past does not come back");
    assertEquals(1, apply(next(Submission.of(nonce(2), List.of(colour(HOLDER, 1))))));
    assertEquals(1, colourOf(HOLDER), "the client goes on after it");
  }

  @Test
  void aDocumentIsPutWithItsNonceAndNeverAgain() {
    final byte[] members = OTHER.toBytes();
    final Submission put = Submission.of(nonce(1), DocumentCommand.group(HOLDER, members));
    assertEquals(1, apply(next(put)));
    apply(next(Submission.of(nonce(2), DocumentCommand.group(HOLDER, new byte[0]))));
    assertEquals(0, apply(next(put)));
    assertEquals(List.of(Outcome.REPLAYED), outcomes(1));
    assertEquals(1, reply.firstVersion());
    assertArrayEquals(
        new byte[0], state.documents().find(DocumentCommand.Kind.GROUP, HOLDER.toBytes()));

    apply(next(Submission.of(nonce(3), DocumentCommand.ruleset("a", 2, "two"))));
    final Submission older = Submission.of(nonce(4), DocumentCommand.ruleset("a", 1, "one"));
    apply(next(older));
    assertEquals(List.of(Outcome.SUPERSEDED), outcomes(1));
    apply(next(older));
    assertEquals(
        List.of(Outcome.REPLAYED), outcomes(1), "it was answered, so it is not asked anew");
  }

  @Test
  void aMessageThatIsCutOrOfAnotherClientTakesNeitherTheChangeNorTheNonce() {
    final Submission both = Submission.of(nonce(1), List.of(colour(HOLDER, 2)));
    final DirectBuffer whole = both.encode(CLIENT, 1, 100);
    for (int length = 0; length < whole.capacity(); length++) {
      assertEquals(0, state.apply(whole, 0, length), "of " + length + " bytes");
    }
    for (final int field : new int[] {0, Long.BYTES}) {
      final UnsafeBuffer other = copy(whole);
      final int at = MessageHeaderEncoder.ENCODED_LENGTH + field;
      other.putLong(at, other.getLong(at) + 1);
      assertEquals(0, apply(other));
      assertEquals(BatchStatus.UNREADABLE, reply.status());
    }
    assertEquals(0, map.version());
    assertEquals(0, state.documents().size());
    assertEquals(1, apply(whole), "nothing was taken, so it may come whole");
    assertEquals(2, colourOf(HOLDER));
  }

  private static UnsafeBuffer copy(DirectBuffer message) {
    final UnsafeBuffer copy = new UnsafeBuffer(new byte[message.capacity()]);
    copy.putBytes(0, message, 0, message.capacity());
    return copy;
  }

  private static UnsafeBuffer ofProtocol(DirectBuffer message, int protocol) {
    return EarlierMessages.of(message, protocol);
  }

  @Test
  void aLeaderOfTheProtocolBeforeHasItRefusedByEveryNode() {
    state.protocol(BEFORE_SIGNED);
    final DirectBuffer message =
        Submission.of(nonce(1), List.of(colour(HOLDER, 2))).encode(CLIENT, 1, 100);
    assertEquals(0, apply(message));
    assertEquals(BatchStatus.UNREADABLE, reply.status());
    assertEquals(CLIENT, reply.clientId(), "the gateway finds whom to tell");
    assertEquals(1, reply.firstSequence());
    assertEquals(0, apply(ofProtocol(message, BEFORE_SIGNED)), "nor under a false version");
    assertEquals(BatchStatus.UNREADABLE, reply.status());
    assertEquals(0, map.version());
  }

  @Test
  void aLogOfTheProtocolBeforeIsAppliedAsItWas() {
    state.protocol(BEFORE_SIGNED);
    final Submission taken =
        Submission.of(DocumentCommand.nonce(nonce(1).digest(), nonce(1).madeAtEpochSeconds()));
    final DirectBuffer change = CommandBatches.encode(CLIENT, 2, 100, List.of(colour(HOLDER, 2)));
    assertEquals(1, apply(ofProtocol(taken.encode(CLIENT, 1, 100), BEFORE_SIGNED)));
    assertEquals(1, apply(ofProtocol(change, BEFORE_SIGNED)));
    assertEquals(1, apply(ofProtocol(taken.encode(CLIENT, 3, 100), BEFORE_SIGNED)));
    assertEquals(List.of(Outcome.SUPERSEDED), outcomes(1));
    assertEquals(3, map.version(), "there a nonce is a command of its own");
    sequence = 4;
    state.protocol(ReplicatedState.PROTOCOL);
    assertEquals(0, apply(next(Submission.of(nonce(1), List.of(colour(HOLDER, 0))))));
    assertEquals(List.of(Outcome.REPLAYED), outcomes(1), "what it took stays taken");
    assertEquals(1, reply.firstVersion());
    assertEquals(2, colourOf(HOLDER));
  }

  @Test
  void aSnapshotKeepsWhatWasTakenAndWhatWasAnswered() {
    final Submission both = Submission.of(nonce(1), List.of(colour(HOLDER, 2)));
    apply(next(both));
    final DirectBuffer again = next(both);
    apply(again);
    try (StatusMap backMap = StatusMap.inMemory(100)) {
      final ReplicatedState back = new ReplicatedState(backMap);
      SnapshotMessages.copy(state, back, 0);
      assertEquals(map.digest(), backMap.digest());
      assertEquals(0, back.apply(again, 0, again.capacity()));
      reply.wrapAndApplyHeader(back.reply(), 0, new MessageHeaderDecoder());
      assertEquals(List.of(Outcome.REPLAYED), outcomes(1));
      assertEquals(1, reply.firstVersion());
    }
  }

  @Test
  void whatIsMoreThanOneMessageHoldsGoesWithNoNonce() {
    final List<StatusCommand> many = new ArrayList<>();
    for (int i = 0; i <= CommandBatches.MAX_COMMANDS; i++) {
      many.add(colour(new Subject(i, i), 0));
    }
    assertThrows(IllegalArgumentException.class, () -> Submission.of(nonce(1), many));
    assertTrue(Submission.of(nonce(1), many.subList(1, many.size())).isOneMessage());
    assertFalse(Submission.of(many).isOneMessage());
    assertThrows(IllegalArgumentException.class, () -> new Nonce(new byte[15], 1, 0));
    assertThrows(IllegalArgumentException.class, () -> new Nonce(new byte[16], 0, 0));
  }
}
