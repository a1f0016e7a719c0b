package gongbei.replication.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gongbei.codec.model.Colour;
import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Nonce;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.log.Submission;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.replication.protocol.BatchReplyDecoder;
import gongbei.replication.protocol.BatchStatus;
import gongbei.replication.protocol.MessageHeaderDecoder;
import gongbei.replication.protocol.MessageHeaderEncoder;
import gongbei.replication.protocol.SignedChangeEncoder;
import gongbei.replication.testing.SnapshotMessages;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many signed changes of each author the log remembers, and for how long. */
final class NonceStoreTest {
  private static final long CLIENT = 7;
  private static final int BEFORE_AUTHORS = 4;
  private static final int BEFORE_SIGNED = 3;
  private static final int OLD_BLOCK = SignedChangeEncoder.BLOCK_LENGTH - Long.BYTES;
  private static final long START = 1_800_000_000;
  private static final Subject HOLDER = new Subject(1, 1);

  @AutoClose private final StatusMap map = StatusMap.inMemory(100);
  private final ReplicatedState state = new ReplicatedState(map);
  @AutoClose private final StatusMap replicaMap = StatusMap.inMemory(100);
  private final ReplicatedState replica = new ReplicatedState(replicaMap);
  private final BatchReplyDecoder reply = new BatchReplyDecoder();
  private final byte[] outcome = new byte[1];
  private long sequence = 1;

  @BeforeEach
  void begin() {
    state.protocol(ReplicatedState.PROTOCOL);
    at(START);
  }

  /** Sets the log's time, in seconds. */
  private void at(long seconds) {
    state.clusterTimeMillis(TimeUnit.SECONDS.toMillis(seconds));
  }

  private static Nonce nonce(long author, int number, long madeAt) {
    final byte[] digest =
        ByteBuffer.allocate(DocumentCommand.NONCE_BYTES).putLong(author).putLong(number).array();
    return new Nonce(digest, madeAt, author);
  }

  private static DirectBuffer message(Nonce nonce, long sequence) {
    return Submission.of(
            nonce, List.of(StatusCommand.SetStatus.of(HOLDER).colour(Colour.RED).build()))
        .encode(CLIENT, sequence, 100);
  }

  /** The message as a node before the fifth version of the protocol writes it. */
  private static DirectBuffer withoutAuthor(DirectBuffer message, int version) {
    final int head = MessageHeaderEncoder.ENCODED_LENGTH + OLD_BLOCK;
    final UnsafeBuffer old = new UnsafeBuffer(new byte[message.capacity() - Long.BYTES]);
    old.putBytes(0, message, 0, head);
    old.putBytes(head, message, head + Long.BYTES, old.capacity() - head);
    new MessageHeaderEncoder().wrap(old, 0).blockLength(OLD_BLOCK).version(version);
    new MessageHeaderEncoder().wrap(old, head).version(version);
    return old;
  }

  private Outcome apply(DirectBuffer message) {
    final int given = state.apply(message, 0, message.capacity());
    reply.wrapAndApplyHeader(state.reply(), 0, new MessageHeaderDecoder());
    if (reply.status() != BatchStatus.DONE) {
      return null;
    }
    sequence++;
    if (given > 0) {
      replica.clusterTimeMillis(state.clusterTimeMillis());
      assertEquals(given, replica.applyFed(message, 0, message.capacity()));
      assertEquals(map.digest(), replicaMap.digest(), "the replica holds the same");
    }
    return reply.getOutcomes(outcome, 0, 1) == 0 ? Outcome.APPLIED : Outcome.ofCode(outcome[0]);
  }

  private Outcome sign(long author, int number, long madeAt) {
    return apply(message(nonce(author, number, madeAt), sequence));
  }

  private void fill(long author, int most) {
    for (int i = 0; i < most; i++) {
      assertEquals(Outcome.APPLIED, sign(author, i, START - 100 + i % 200));
    }
  }

  @Test
  void oneAuthorWhoSignsTooMuchIsToldSoAndTheOthersAreServed() {
    fill(1, NonceStore.MAX_OF_AUTHOR);
    final long version = map.version();
    final long digest = map.digest();
    assertEquals(Outcome.TOO_MANY, sign(1, -1, START));
    assertEquals(version, map.version(), "nothing is changed");
    assertEquals(digest, map.digest());
    assertEquals(Outcome.REPLAYED, sign(1, 0, START - 100), "what is known is known");
    assertEquals(Outcome.APPLIED, sign(2, 0, START));
    at(START + NonceStore.WINDOW_SECONDS - 98);
    assertEquals(Outcome.APPLIED, sign(1, -2, START), "the first have gone out of their window");
    at(START + 2 * NonceStore.WINDOW_SECONDS);
    assertEquals(Outcome.APPLIED, sign(1, -3, START + 2 * NonceStore.WINDOW_SECONDS));
    assertEquals(1, state.documents().size(), "what is past its time is forgotten");
    assertEquals(state.documents().digest(), replica.documents().digest());
  }

  @Test
  void authorsTogetherLeaveEachWhoComesAShare() {
    final int authors = NonceStore.MAX_NONCES / 2 / NonceStore.MAX_OF_AUTHOR;
    for (int author = 1; author <= authors; author++) {
      fill(author, NonceStore.MAX_OF_AUTHOR);
    }
    fill(99, NonceStore.SURE_OF_AUTHOR);
    assertEquals(Outcome.TOO_MANY, sign(99, -1, START));
    assertEquals(Outcome.APPLIED, sign(100, 0, START));
  }

  @Test
  void aNonceIsKnownForAsLongAsItsChangeMightBeTaken() {
    assertEquals(Outcome.APPLIED, sign(1, 0, START));
    for (final int later : new int[] {0, 1, NonceStore.WINDOW_SECONDS}) {
      at(START + later);
      assertEquals(Outcome.REPLAYED, sign(1, 0, START), later + " s later");
      assertEquals(1, reply.firstVersion());
      assertEquals(Outcome.APPLIED, sign(2, later, START + later));
    }
    at(START + NonceStore.WINDOW_SECONDS + 1);
    assertEquals(Outcome.APPLIED, sign(2, -1, START + 300));
    assertEquals(Outcome.OUTSIDE_WINDOW, sign(1, 0, START), "forgotten, and too old");
    at(START);
    assertEquals(Outcome.OUTSIDE_WINDOW, sign(1, 0, START), "also should the clock go back");
    assertEquals(Outcome.APPLIED, sign(1, 1, START + 300));
  }

  @Test
  void whatIsSignedTooFarFromTheLogsTimeIsRefused() {
    final int far = NonceStore.WINDOW_SECONDS + 1;
    assertEquals(Outcome.OUTSIDE_WINDOW, sign(1, 0, START - far));
    assertEquals(Outcome.OUTSIDE_WINDOW, sign(1, 0, START + far));
    assertEquals(0, map.version());
    assertEquals(Outcome.APPLIED, sign(1, 0, START - far + 1));
    assertEquals(Outcome.APPLIED, sign(1, 1, START + far - 1));
  }

  @Test
  void aSnapshotKeepsWhoHasSignedHowMuch() {
    fill(1, NonceStore.SURE_OF_AUTHOR);
    at(START + 200);
    assertEquals(Outcome.APPLIED, sign(2, 0, START + 200));
    try (StatusMap backMap = StatusMap.inMemory(100)) {
      final ReplicatedState back = new ReplicatedState(backMap);
      SnapshotMessages.copy(state, back, state.clusterTimeMillis());
      assertEquals(map.digest(), backMap.digest());
      at(START + 270);
      back.clusterTimeMillis(state.clusterTimeMillis());
      final DirectBuffer next = message(nonce(1, -1, START + 270), sequence);
      assertEquals(Outcome.APPLIED, apply(next));
      assertEquals(1, back.apply(next, 0, next.capacity()));
      assertEquals(map.digest(), backMap.digest(), "both have forgotten the same");
      assertEquals(state.documents().size(), back.documents().size());
    }
  }

  @Test
  void aLogOfTheProtocolBeforeIsAppliedAsItWas() {
    state.protocol(BEFORE_AUTHORS);
    assertEquals(
        Outcome.APPLIED, apply(withoutAuthor(message(nonce(0, 0, 1_000), 1), BEFORE_AUTHORS)));
    assertEquals(
        Outcome.REPLAYED, apply(withoutAuthor(message(nonce(0, 0, 1_000), 2), BEFORE_AUTHORS)));
    for (int i = 1; i < NonceStore.MAX_WITHOUT_AUTHOR; i++) {
      assertEquals(
          Outcome.APPLIED,
          apply(withoutAuthor(message(nonce(0, i, 1_001 + i % 7), sequence), BEFORE_AUTHORS)));
    }
    assertEquals(
        Outcome.REPLAYED,
        apply(withoutAuthor(message(nonce(0, -1, 1_000), sequence), BEFORE_AUTHORS)),
        "no newer than the oldest that is kept");
    assertEquals(
        Outcome.APPLIED,
        apply(withoutAuthor(message(nonce(0, -1, 2_000), sequence), BEFORE_AUTHORS)));
    assertEquals(NonceStore.MAX_WITHOUT_AUTHOR, state.documents().size(), "the oldest made way");
    state.protocol(ReplicatedState.PROTOCOL);
    assertEquals(Outcome.APPLIED, sign(1, 0, START));
    assertEquals(1, state.documents().size(), "those of old are long past their time");
  }

  @Test
  void whatANewerLeadersLogWouldForgetOtherwiseIsNotTaken() {
    assertEquals(null, apply(withoutAuthor(message(nonce(0, 0, START), 1), BEFORE_AUTHORS)));
    assertEquals(BatchStatus.UNREADABLE, reply.status());
    assertEquals(null, apply(withoutAuthor(message(nonce(0, 0, START), 1), BEFORE_SIGNED)));
    final UnsafeBuffer old =
        EarlierMessages.of(
            Submission.of(DocumentCommand.nonce(nonce(0, 0, START).digest(), START))
                .encode(CLIENT, 1, 100),
            BEFORE_AUTHORS);
    assertEquals(null, apply(old));
    assertEquals(
        Outcome.INVALID,
        apply(
            Submission.of(DocumentCommand.nonce(nonce(0, 0, START).digest(), START))
                .encode(CLIENT, 1, 100)));
    assertEquals(0, state.documents().size());
  }
}
