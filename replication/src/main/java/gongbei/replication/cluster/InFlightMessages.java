package gongbei.replication.cluster;

import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.log.CommandLog.Origin;
import gongbei.replication.log.Submission;
import gongbei.replication.log.SubmissionQueue;
import gongbei.replication.protocol.BatchReplyDecoder;
import gongbei.replication.protocol.BatchStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages that wait for their reply. Takes waiting submissions, puts them together into
 * messages, numbers these as one client's, and offers them in order until their reply is there. The
 * numbers see to it that each is applied once, however often it is sent. For the log's thread.
 */
final class InFlightMessages {
  /** The most messages that wait for their reply. */
  static final int MAX_IN_FLIGHT = 32;

  /** How long a sent message waits for its reply before all are sent again, in nanoseconds. */
  static final long RESEND_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final Logger LOGGER = LoggerFactory.getLogger(InFlightMessages.class);
  private static final long REFUSAL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int MAX_NEW_A_TURN = 16;

  private final SubmissionQueue queue;
  private final long capacity;
  private final NanoClock clock;
  private final ArrayDeque<Message> inFlight = new ArrayDeque<>();
  private final byte[] outcomes = new byte[CommandBatches.MAX_COMMANDS];
  private final List<StatusCommand> commands = new ArrayList<>(CommandBatches.MAX_COMMANDS);
  private Submission next;
  private int nextFrom;
  private long clientId = newClientId();
  private long nextSequence = 1;
  private long resentNanos;

  /**
   * @param queue the submissions that wait to be sent
   * @param capacity the most holders that there may be
   */
  InFlightMessages(SubmissionQueue queue, long capacity, NanoClock clock) {
    this.queue = queue;
    this.capacity = capacity;
    this.clock = clock;
  }

  /** Offers one message to the log. */
  @FunctionalInterface
  interface Sender {
    /** Offers a message: negative where it can't be sent now. */
    long offer(DirectBuffer buffer, int offset, int length);
  }

  /** Some commands of a submission that are in one message. */
  private record Part(Submission submission, int from, int count) {}

  /** A message that waits for its reply. */
  private static final class Message {
    private final long clientId;
    private final long firstSequence;
    private final UnsafeBuffer buffer;
    private final List<Part> parts;
    private long sentNanos;
    private boolean isSent;

    private Message(long clientId, long firstSequence, UnsafeBuffer buffer, List<Part> parts) {
      this.clientId = clientId;
      this.firstSequence = firstSequence;
      this.buffer = buffer;
      this.parts = parts;
    }
  }

  private static long newClientId() {
    return ThreadLocalRandom.current().nextLong() | 1;
  }

  /** Whether no message waits for its reply, and no submission to be sent. */
  boolean isDrained() {
    return inFlight.isEmpty() && next == null && queue.isEmpty();
  }

  /**
   * Puts waiting submissions together into messages, as far as there is room.
   *
   * @return how many messages it made
   */
  int take() {
    int taken = 0;
    while (inFlight.size() < MAX_IN_FLIGHT && taken < MAX_NEW_A_TURN) {
      if (next == null) {
        next = queue.poll();
        nextFrom = 0;
      }
      if (next == null) {
        break;
      }
      inFlight.addLast(nextMessage());
      taken++;
    }
    return taken;
  }

  private Message nextMessage() {
    final List<Part> parts = new ArrayList<>();
    if (next.isOneMessage()) {
      final long sequence = nextSequence;
      nextSequence += next.size();
      parts.add(new Part(next, 0, next.size()));
      final Message message =
          new Message(clientId, sequence, next.encode(clientId, sequence, capacity), parts);
      next = null;
      return message;
    }
    if (next.origin().isPresent()) {
      final Origin origin = next.origin().get();
      final int from = nextFrom;
      final int to = Math.min(next.size(), from + CommandBatches.MAX_COMMANDS);
      parts.add(new Part(next, from, to - from));
      final long first = origin.firstSequence() + from;
      final Message message =
          new Message(
              origin.clientId(),
              first,
              CommandBatches.encode(origin.clientId(), first, capacity, next.commands(from, to)),
              parts);
      advance(to);
      return message;
    }
    commands.clear();
    while (next != null
        && next.origin().isEmpty()
        && !next.isOneMessage()
        && commands.size() < CommandBatches.MAX_COMMANDS) {
      final int to =
          Math.min(next.size(), nextFrom + CommandBatches.MAX_COMMANDS - commands.size());
      commands.addAll(next.commands(nextFrom, to));
      parts.add(new Part(next, nextFrom, to - nextFrom));
      advance(to);
      if (next == null) {
        next = queue.poll();
        nextFrom = 0;
      }
    }
    final long first = nextSequence;
    nextSequence += commands.size();
    return new Message(
        clientId, first, CommandBatches.encode(clientId, first, capacity, commands), parts);
  }

  private void advance(int to) {
    nextFrom = to;
    if (to == next.size()) {
      next = null;
    }
  }

  /**
   * Sends what is to be sent, in order; what can't be sent now is tried again.
   *
   * @return how many messages were sent
   */
  int send(Sender sender, long now) {
    if (inFlight.isEmpty()) {
      return 0;
    }
    final Message oldest = inFlight.peekFirst();
    if (oldest.isSent && now - oldest.sentNanos > RESEND_NANOS) {
      LOGGER.debug("No reply in time: {} messages are sent again", inFlight.size());
      resendAll();
    }
    int sent = 0;
    for (final Message message : inFlight) {
      if (!message.isSent) {
        if (sender.offer(message.buffer, 0, message.buffer.capacity()) < 0) {
          break;
        }
        message.isSent = true;
        message.sentNanos = now;
        sent++;
      }
    }
    return sent;
  }

  /** Has every message sent again, in order. */
  void resendAll() {
    resentNanos = clock.nanoTime();
    for (final Message message : inFlight) {
      message.isSent = false;
    }
  }

  /** Takes a reply, just wrapped: completes its message, or has messages sent again. */
  void onReply(BatchReplyDecoder reply) {
    final Message message = find(reply.clientId(), reply.firstSequence());
    if (message == null) {
      return;
    }
    if (message.clientId == clientId && !isFinal(reply.status())) {
      onOwnRefusal(reply.status());
      return;
    }
    if (message.clientId == clientId && reply.status() == BatchStatus.UNREADABLE) {
      beginAnew(
          "the leader's version of the protocol is older than this node's: upgrade the other"
              + " members");
      return;
    }
    inFlight.remove(message);
    final int outcomeCount = reply.getOutcomes(outcomes, 0, outcomes.length);
    int at = 0;
    for (final Part part : message.parts) {
      part.submission().onReply(part.from(), part.count(), reply, outcomes, outcomeCount, at);
      at += part.count();
    }
  }

  private static boolean isFinal(BatchStatus answered) {
    return answered != BatchStatus.OUT_OF_ORDER && answered != BatchStatus.UNKNOWN_CLIENT;
  }

  /**
   * An earlier message was lost on its way: all are sent again, in order. A cluster that does not
   * know this client has none of its messages, but for those it has forgotten.
   */
  private void onOwnRefusal(BatchStatus refusal) {
    LOGGER.debug("The log answered {}: messages are sent again", refusal);
    final Message oldest = inFlight.peekFirst();
    if (refusal == BatchStatus.UNKNOWN_CLIENT && oldest != null && oldest.firstSequence != 1) {
      beginAnew("the cluster has forgotten this node; what was under way may have been applied");
      return;
    }
    if (clock.nanoTime() - resentNanos > REFUSAL_NANOS) {
      resendAll();
    }
  }

  /** Tells all that wait for a reply, and goes on as another client. */
  private void beginAnew(String why) {
    failAll(why);
    clientId = newClientId();
    nextSequence = 1;
  }

  private Message find(long client, long firstSequence) {
    for (final Message message : inFlight) {
      if (message.clientId == client && message.firstSequence == firstSequence) {
        return message;
      }
    }
    return null;
  }

  /**
   * Tells all whose messages wait for a reply that none will come.
   *
   * @return how many messages they were
   */
  int failAll(String why) {
    final IllegalStateException refusal = new IllegalStateException(why);
    final int failed = inFlight.size();
    for (final Message message : inFlight) {
      for (final Part part : message.parts) {
        part.submission().future().completeExceptionally(refusal);
      }
    }
    inFlight.clear();
    return failed;
  }

  /**
   * Tells all whose submissions wait to be sent that they won't be.
   *
   * @return how many they were
   */
  int refuseWaiting(String why) {
    final IllegalStateException refusal = new IllegalStateException(why);
    int refused = 0;
    if (next != null) {
      next.future().completeExceptionally(refusal);
      next = null;
      refused++;
    }
    Submission waiting;
    while ((waiting = queue.poll()) != null) {
      waiting.future().completeExceptionally(refusal);
      refused++;
    }
    return refused;
  }
}
