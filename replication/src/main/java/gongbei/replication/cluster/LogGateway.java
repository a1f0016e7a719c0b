package gongbei.replication.cluster;

import gongbei.replication.command.Applied;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Nonce;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.log.CommandLog.Origin;
import gongbei.replication.log.LogBusyException;
import gongbei.replication.log.Submission;
import gongbei.replication.log.SubmissionQueue;
import gongbei.replication.protocol.BatchReplyDecoder;
import gongbei.replication.protocol.BatchStatus;
import gongbei.replication.protocol.MessageHeaderDecoder;
import io.aeron.cluster.client.AeronCluster;
import io.aeron.cluster.client.EgressListener;
import io.aeron.exceptions.AeronException;
import io.aeron.logbuffer.Header;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way into the cluster's log from this node, whoever leads. Submissions are put together into
 * messages, numbered, and sent again until their reply is there: after a change of leader, a lost
 * session or a silence. The numbers see to it that each is applied once.
 */
final class LogGateway implements AutoCloseable {
  /** The most submissions of each kind that wait to be sent. */
  static final int MAX_WAITING = 4_096;

  /** The most messages that wait for their reply. */
  static final int MAX_IN_FLIGHT = 32;

  private static final Logger LOGGER = LoggerFactory.getLogger(LogGateway.class);
  private static final long RESEND_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long RECONNECT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long REFUSAL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int MAX_NEW_A_TURN = 16;

  private final Supplier<AeronCluster.Context> contexts;
  private final long capacity;
  private final SubmissionQueue queue = new SubmissionQueue(MAX_WAITING);
  private final AgentRunner runner;
  private volatile boolean isClosed;
  private volatile boolean isConnected;
  private volatile boolean isStopping;
  private volatile boolean isDrained;
  private volatile String failure;
  private final AtomicReference<DirectBuffer> notice = new AtomicReference<>();

  /**
   * Starts the thread that talks to the cluster.
   *
   * @param contexts makes what each session with the cluster is to be; its listener is set here
   * @param capacity the most holders that there may be
   */
  LogGateway(Supplier<AeronCluster.Context> contexts, long capacity, IdleStrategy idleStrategy) {
    this.contexts = contexts;
    this.capacity = capacity;
    runner =
        new AgentRunner(
            idleStrategy,
            e -> LOGGER.error("The way into the log has failed: {}", e.toString()),
            null,
            new Gateway());
    AgentRunner.startOnThread(
        runner,
        task -> {
          final Thread thread = new Thread(task, "gongbei-log");
          thread.setDaemon(true);
          return thread;
        });
  }

  CompletableFuture<List<Applied>> submit(List<StatusCommand> commands) {
    return offer(Submission.of(commands));
  }

  CompletableFuture<List<Applied>> submit(Origin origin, List<StatusCommand> commands) {
    return offer(Submission.of(origin, commands));
  }

  CompletableFuture<Applied> submit(DocumentCommand command) {
    return offer(Submission.of(command)).thenApply(applied -> applied.get(0));
  }

  CompletableFuture<List<Applied>> submit(Nonce nonce, List<StatusCommand> commands) {
    return offer(Submission.of(nonce, commands));
  }

  CompletableFuture<Applied> submit(Nonce nonce, DocumentCommand command) {
    return offer(Submission.of(nonce, command)).thenApply(applied -> applied.get(0));
  }

  private CompletableFuture<List<Applied>> offer(Submission submission) {
    if (isClosed) {
      return CompletableFuture.failedFuture(new IllegalStateException("the log is closed"));
    }
    if (submission.size() == 0) {
      return CompletableFuture.completedFuture(List.of());
    }
    if (!queue.offer(submission)) {
      return CompletableFuture.failedFuture(new LogBusyException());
    }
    if (isStopping) {
      submission.future().completeExceptionally(new IllegalStateException("the log is closed"));
    }
    return submission.future();
  }

  /**
   * Takes nothing any more, and tells whoever waits at once: their commands may have been recorded,
   * but nobody here will learn that.
   *
   * @param why for whoever waits and whoever comes
   */
  void fail(String why) {
    failure = why;
  }

  /**
   * Writes a message into the log that nobody waits for, when there is a session: it may be lost,
   * and takes the place of one that has not been sent yet.
   */
  void tell(DirectBuffer message) {
    notice.set(message);
  }

  /** Whether there is a session with the cluster. */
  boolean isConnected() {
    return isConnected;
  }

  @Override
  public void close() {
    isClosed = true;
    final long deadline = System.nanoTime() + CLOSE_NANOS;
    isStopping = true;
    while (!isDrained && System.nanoTime() - deadline < 0 && !Thread.interrupted()) {
      LockSupport.parkNanos(1_000_000);
    }
    runner.close();
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

  /** The duty cycle: connects, takes submissions, sends, reads replies. */
  private final class Gateway implements Agent, EgressListener {
    private final ArrayDeque<Message> inFlight = new ArrayDeque<>();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final BatchReplyDecoder reply = new BatchReplyDecoder();
    private final byte[] outcomes = new byte[CommandBatches.MAX_COMMANDS];
    private final List<StatusCommand> commands = new ArrayList<>(CommandBatches.MAX_COMMANDS);
    private AeronCluster.AsyncConnect connecting;
    private AeronCluster cluster;
    private String lostBy = "";
    private Submission next;
    private int nextFrom;
    private long clientId = newClientId();
    private long nextSequence = 1;
    private long keepAliveNanos;
    private long reconnectNanos;
    private long resentNanos;

    private long newClientId() {
      return ThreadLocalRandom.current().nextLong() | 1;
    }

    @Override
    public String roleName() {
      return "gongbei-log";
    }

    @Override
    public int doWork() {
      if (failure != null) {
        return refuseAll(failure);
      }
      int work = 0;
      final long now = System.nanoTime();
      try {
        work += connect(now);
        work += pollReplies(now);
      } catch (AeronException e) {
        if (!String.valueOf(e.getMessage()).equals(lostBy)) {
          lostBy = String.valueOf(e.getMessage());
          LOGGER.info("The session with the cluster is lost: {}", lostBy);
        }
        disconnect(now);
      }
      work += take();
      work += send(now);
      work += sendNotice();
      if (isStopping && inFlight.isEmpty() && next == null && queue.isEmpty()) {
        isDrained = true;
      }
      return work;
    }

    /** Tells all that wait, and that come yet. */
    private int refuseAll(String why) {
      if (isConnected || connecting != null) {
        disconnect(System.nanoTime());
      }
      final int waiting = inFlight.size();
      failAll(why + "; what was under way may have been applied");
      final int refused = refuseWaiting(why);
      isDrained = true;
      return waiting + refused;
    }

    private int refuseWaiting(String why) {
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

    private int connect(long now) {
      if (cluster != null || now - reconnectNanos < 0) {
        return 0;
      }
      if (connecting == null) {
        connecting = AeronCluster.asyncConnect(contexts.get().egressListener(this));
        return 1;
      }
      final int stepBefore = connecting.step();
      cluster = connecting.poll();
      if (cluster != null) {
        connecting = null;
        isConnected = true;
        lostBy = "";
        keepAliveNanos = now + KEEP_ALIVE_NANOS;
        resendAll();
        return 1;
      }
      return connecting.step() == stepBefore ? 0 : 1;
    }

    private void disconnect(long now) {
      CloseHelper.quietCloseAll(connecting, cluster);
      connecting = null;
      cluster = null;
      isConnected = false;
      reconnectNanos = now + RECONNECT_NANOS;
    }

    private int pollReplies(long now) {
      if (cluster == null) {
        return 0;
      }
      final int work = cluster.pollEgress();
      if (cluster.isClosed()) {
        disconnect(now);
      } else if (now - keepAliveNanos >= 0) {
        keepAliveNanos = now + KEEP_ALIVE_NANOS;
        cluster.sendKeepAlive();
      }
      return work;
    }

    /** Puts waiting submissions together into messages, as far as there is room. */
    private int take() {
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
      final Origin origin = next.origin();
      if (origin != null) {
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
          && next.origin() == null
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

    /** Sends what is to be sent, in order; what can't be sent now is tried again. */
    private int send(long now) {
      if (cluster == null || inFlight.isEmpty()) {
        return 0;
      }
      final Message oldest = inFlight.peekFirst();
      if (oldest.isSent && now - oldest.sentNanos > RESEND_NANOS) {
        LOGGER.debug("No reply for a while: {} messages are sent again", inFlight.size());
        resendAll();
      }
      int sent = 0;
      for (final Message message : inFlight) {
        if (!message.isSent) {
          if (cluster.offer(message.buffer, 0, message.buffer.capacity()) < 0) {
            break;
          }
          message.isSent = true;
          message.sentNanos = now;
          sent++;
        }
      }
      return sent;
    }

    private int sendNotice() {
      final DirectBuffer message = notice.get();
      if (cluster == null || message == null || cluster.offer(message, 0, message.capacity()) < 0) {
        return 0;
      }
      notice.compareAndSet(message, null);
      return 1;
    }

    private void resendAll() {
      resentNanos = System.nanoTime();
      for (final Message message : inFlight) {
        message.isSent = false;
      }
    }

    @Override
    public void onNewLeader(
        long clusterSessionId, long leadershipTermId, int leaderMemberId, String ingressEndpoints) {
      resendAll();
    }

    @Override
    public void onMessage(
        long clusterSessionId,
        long timestamp,
        DirectBuffer buffer,
        int offset,
        int length,
        Header frame) {
      header.wrap(buffer, offset);
      if (header.templateId() != BatchReplyDecoder.TEMPLATE_ID
          || header.schemaId() != BatchReplyDecoder.SCHEMA_ID) {
        return;
      }
      reply.wrapAndApplyHeader(buffer, offset, header);
      final Message message = find(reply.clientId(), reply.firstSequence());
      if (message == null) {
        return;
      }
      if (message.clientId == clientId && !isFinal(reply.status())) {
        onOwnRefusal(reply.status());
        return;
      }
      if (message.clientId == clientId && reply.status() == BatchStatus.UNREADABLE) {
        failAll(
            "the leader's version of the protocol is older than this node's: upgrade the other"
                + " members");
        clientId = newClientId();
        nextSequence = 1;
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

    private boolean isFinal(BatchStatus answered) {
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
        failAll("the cluster has forgotten this node; what was under way may have been applied");
        clientId = newClientId();
        nextSequence = 1;
        return;
      }
      if (System.nanoTime() - resentNanos > REFUSAL_NANOS) {
        resendAll();
      }
    }

    private Message find(long client, long firstSequence) {
      for (final Message message : inFlight) {
        if (message.clientId == client && message.firstSequence == firstSequence) {
          return message;
        }
      }
      return null;
    }

    private void failAll(String why) {
      final IllegalStateException refusal = new IllegalStateException(why);
      for (final Message message : inFlight) {
        for (final Part part : message.parts) {
          part.submission().future().completeExceptionally(refusal);
        }
      }
      inFlight.clear();
    }

    @Override
    public void onClose() {
      failAll("the log is closed");
      refuseWaiting("the log is closed");
      CloseHelper.quietCloseAll(connecting, cluster);
    }
  }
}
