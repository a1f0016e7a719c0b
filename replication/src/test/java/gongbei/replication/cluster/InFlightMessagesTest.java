package gongbei.replication.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.replication.command.Applied;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Nonce;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.log.CommandLog;
import gongbei.replication.log.SequenceException;
import gongbei.replication.log.Submission;
import gongbei.replication.log.SubmissionQueue;
import gongbei.replication.map.Subject;
import gongbei.replication.protocol.BatchReplyDecoder;
import gongbei.replication.protocol.BatchReplyEncoder;
import gongbei.replication.protocol.BatchStatus;
import gongbei.replication.protocol.CommandBatchDecoder;
import gongbei.replication.protocol.MessageHeaderDecoder;
import gongbei.replication.protocol.MessageHeaderEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

final class InFlightMessagesTest {
  private static final long CAPACITY = 100;

  /** Who sent a message that the log has received, and its number. */
  private record Sent(long clientId, long firstSequence) {}

  private final SubmissionQueue queue = new SubmissionQueue(128);
  private final List<Sent> sent = new ArrayList<>();
  private long nanos = TimeUnit.HOURS.toNanos(1);
  private final InFlightMessages messages = new InFlightMessages(queue, CAPACITY, () -> nanos);
  private int room = Integer.MAX_VALUE;

  private static List<StatusCommand> commands(int count) {
    final List<StatusCommand> commands = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      commands.add(StatusCommand.SetStatus.of(new Subject(1, i)).colour(Colour.GREEN).build());
    }
    return commands;
  }

  /** A submission that has a message of its own. */
  private static Submission signed(int count) {
    return Submission.of(new Nonce(new byte[DocumentCommand.NONCE_BYTES], 1, 1), commands(count));
  }

  private Submission submit(Submission submission) {
    assertTrue(queue.offer(submission));
    return submission;
  }

  private long offer(DirectBuffer buffer, int offset, int length) {
    if (sent.size() >= room) {
      return -1;
    }
    // The client and its number stand first in every change.
    final int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
    final CommandBatchDecoder batch =
        new CommandBatchDecoder()
            .wrap(
                buffer, body, CommandBatchDecoder.BLOCK_LENGTH, CommandBatchDecoder.SCHEMA_VERSION);
    sent.add(new Sent(batch.clientId(), batch.firstSequence()));
    return length;
  }

  /** What one turn sends. */
  private List<Sent> turn() {
    sent.clear();
    messages.take();
    messages.send(this::offer, nanos);
    return List.copyOf(sent);
  }

  private void reply(Sent to, BatchStatus status, long firstVersion, int count) {
    final UnsafeBuffer buffer = new UnsafeBuffer(new byte[256]);
    new BatchReplyEncoder()
        .wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
        .clientId(to.clientId())
        .firstSequence(to.firstSequence())
        .firstVersion(firstVersion)
        .nextSequence(1)
        .commandCount(count)
        .status(status)
        .putOutcomes(new byte[0], 0, 0);
    final BatchReplyDecoder reply = new BatchReplyDecoder();
    reply.wrapAndApplyHeader(buffer, 0, new MessageHeaderDecoder());
    messages.onReply(reply);
  }

  private static Throwable failure(CompletableFuture<?> future) {
    assertTrue(future.isDone());
    return assertThrows(ExecutionException.class, future::get).getCause();
  }

  @Test
  void whatNodesSubmitGoesTogetherIntoOneMessageAndEachIsToldItsVersions() {
    final Submission one = submit(Submission.of(commands(2)));
    final Submission two = submit(Submission.of(commands(1)));
    final List<Sent> first = turn();
    assertEquals(1, first.size());
    reply(first.get(0), BatchStatus.DONE, 7, 3);
    assertEquals(
        List.of(new Applied(7, Applied.Outcome.APPLIED), new Applied(8, Applied.Outcome.APPLIED)),
        one.future().join());
    assertEquals(List.of(new Applied(9, Applied.Outcome.APPLIED)), two.future().join());
    assertTrue(messages.isDrained());
    submit(Submission.of(commands(1)));
    assertEquals(List.of(new Sent(first.get(0).clientId(), 4)), turn());
  }

  @Test
  void whatCannotBeSentNowIsSentNextInOrder() {
    submit(signed(1));
    submit(signed(2));
    submit(signed(1));
    room = 1;
    final List<Sent> first = turn();
    assertEquals(1, first.size());
    room = Integer.MAX_VALUE;
    final long client = first.get(0).clientId();
    assertEquals(List.of(new Sent(client, 2), new Sent(client, 4)), turn());
    assertEquals(List.of(), turn());
  }

  @Test
  void noMoreMessagesWaitForTheirReplyThanThereIsRoomFor() {
    for (int i = 0; i <= InFlightMessages.MAX_IN_FLIGHT; i++) {
      submit(signed(1));
    }
    final List<Sent> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      all.addAll(turn());
    }
    assertEquals(InFlightMessages.MAX_IN_FLIGHT, all.size());
    reply(all.get(0), BatchStatus.DONE, 1, 1);
    assertEquals(1, turn().size());
  }

  @Test
  void afterASilenceAllAreSentAgain() {
    submit(signed(1));
    submit(signed(1));
    final List<Sent> first = turn();
    nanos += InFlightMessages.RESEND_NANOS;
    assertEquals(List.of(), turn());
    nanos++;
    assertEquals(first, turn());
  }

  @Test
  void messagesThatComeOutOfOrderAreSentAgainOnceForManyRefusals() {
    submit(signed(1));
    submit(signed(1));
    final List<Sent> first = turn();
    reply(first.get(1), BatchStatus.OUT_OF_ORDER, 0, 1);
    assertEquals(first, turn());
    reply(first.get(1), BatchStatus.OUT_OF_ORDER, 0, 1);
    assertEquals(List.of(), turn());
  }

  @Test
  void aNodeThatTheClusterHasForgottenFailsWhatIsUnderWayAndGoesOnAsAnotherClient() {
    submit(signed(1));
    final Sent first = turn().get(0);
    reply(first, BatchStatus.UNKNOWN_CLIENT, 0, 1);
    assertEquals(List.of(first), turn(), "its first message makes it known");
    reply(first, BatchStatus.DONE, 1, 1);
    final Submission lost = submit(signed(1));
    reply(turn().get(0), BatchStatus.UNKNOWN_CLIENT, 0, 1);
    assertTrue(failure(lost.future()).getMessage().contains("has forgotten this node"));
    submit(signed(1));
    final Sent next = turn().get(0);
    assertEquals(1, next.firstSequence());
    assertNotEquals(first.clientId(), next.clientId());
  }

  @Test
  void aLeaderOfAnOlderVersionFailsWhatIsUnderWay() {
    final Submission refused = submit(signed(1));
    final Submission behind = submit(signed(1));
    final Sent first = turn().get(0);
    reply(first, BatchStatus.UNREADABLE, 0, 1);
    assertTrue(failure(refused.future()).getMessage().contains("upgrade the other members"));
    assertTrue(behind.future().isCompletedExceptionally());
    submit(signed(1));
    assertNotEquals(first.clientId(), turn().get(0).clientId());
  }

  @Test
  void whatItsClientHasNumberedKeepsItsNumbersAndIsToldOfItsFault() {
    final Submission numbered = submit(Submission.of(new CommandLog.Origin(5, 9), commands(1)));
    final List<Sent> first = turn();
    assertEquals(List.of(new Sent(5, 9)), first);
    reply(first.get(0), BatchStatus.OUT_OF_ORDER, 0, 1);
    assertInstanceOf(SequenceException.class, failure(numbered.future()));
    assertTrue(messages.isDrained());
  }

  @Test
  void aReplyThatNobodyWaitsForIsPassedOver() {
    final Submission submission = submit(signed(1));
    final Sent first = turn().get(0);
    reply(new Sent(first.clientId(), 2), BatchStatus.DONE, 1, 1);
    assertFalse(submission.future().isDone());
  }

  @Test
  void whatIsUnderWayAndWhatWaitsIsToldOfTheEnd() {
    final Submission underWay = submit(signed(1));
    turn();
    final Submission waiting = submit(signed(1));
    assertEquals(1, messages.failAll("it may have been applied"));
    assertEquals("it may have been applied", failure(underWay.future()).getMessage());
    assertFalse(messages.isDrained());
    assertEquals(1, messages.refuseWaiting("closed"));
    assertEquals("closed", failure(waiting.future()).getMessage());
    assertTrue(messages.isDrained());
  }
}
