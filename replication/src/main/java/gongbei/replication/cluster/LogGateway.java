package gongbei.replication.cluster;

import gongbei.replication.command.Applied;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Nonce;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.log.CommandLog.Origin;
import gongbei.replication.log.LogBusyException;
import gongbei.replication.log.Submission;
import gongbei.replication.log.SubmissionQueue;
import gongbei.replication.protocol.BatchReplyDecoder;
import gongbei.replication.protocol.MessageHeaderDecoder;
import io.aeron.cluster.client.AeronCluster;
import io.aeron.cluster.client.EgressListener;
import io.aeron.exceptions.AeronException;
import io.aeron.logbuffer.Header;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SystemNanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way into the cluster's log from this node, whoever leads. A thread of its own sends what is
 * submitted until its reply is there, again after a change of leader, a lost session or a silence:
 * {@link InFlightMessages} numbers the messages, {@link ClusterSession} carries them.
 */
final class LogGateway implements AutoCloseable {
  /** The most submissions of each kind that wait to be sent. */
  static final int MAX_WAITING = 4_096;

  private static final Logger LOGGER = LoggerFactory.getLogger(LogGateway.class);
  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final SubmissionQueue queue = new SubmissionQueue(MAX_WAITING);
  private final InFlightMessages messages;
  private final ClusterSession session;
  private final AgentRunner runner;
  private volatile boolean isClosed;
  private volatile boolean isStopping;
  private volatile boolean isDrained;
  private volatile String failure;
  private final AtomicReference<DirectBuffer> notice = new AtomicReference<>();

  /**
   * Starts the thread that talks to the cluster.
   *
   * @param contexts makes what each session with the cluster is to be; its listener is set here
   * @param hasLeader whether there is a leader to make a session with
   * @param capacity the most holders that there may be
   */
  LogGateway(
      Supplier<AeronCluster.Context> contexts,
      BooleanSupplier hasLeader,
      long capacity,
      IdleStrategy idleStrategy) {
    final DutyCycle dutyCycle = new DutyCycle();
    messages = new InFlightMessages(queue, capacity, SystemNanoClock.INSTANCE);
    session = new ClusterSession(contexts, hasLeader, dutyCycle, dutyCycle::onConnected);
    runner =
        new AgentRunner(
            idleStrategy,
            e -> LOGGER.error("The gateway to the log has failed: {}", e.toString()),
            null,
            dutyCycle);
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
    return session.isConnected();
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

  /** Connects, takes submissions, sends, reads replies. */
  private final class DutyCycle implements Agent, EgressListener {
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final BatchReplyDecoder reply = new BatchReplyDecoder();
    private final InFlightMessages.Sender sender =
        (buffer, offset, length) -> session.offer(buffer, offset, length);
    private String lostBy = "";

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
        work += session.connect(now);
        work += session.poll(now);
      } catch (AeronException e) {
        if (!String.valueOf(e.getMessage()).equals(lostBy)) {
          lostBy = String.valueOf(e.getMessage());
          LOGGER.info("The session with the cluster is lost: {}", lostBy);
        }
        session.disconnect(now);
      }
      work += messages.take();
      if (session.isConnected()) {
        work += messages.send(sender, now);
        work += sendNotice();
      }
      if (isStopping && messages.isDrained()) {
        isDrained = true;
      }
      return work;
    }

    /** Tells all that wait, and that come yet. */
    private int refuseAll(String why) {
      if (session.isStarted()) {
        session.disconnect(System.nanoTime());
      }
      final int failed = messages.failAll(why + "; what was under way may have been applied");
      final int refused = messages.refuseWaiting(why);
      isDrained = true;
      return failed + refused;
    }

    private int sendNotice() {
      final DirectBuffer message = notice.get();
      if (message == null || session.offer(message, 0, message.capacity()) < 0) {
        return 0;
      }
      notice.compareAndSet(message, null);
      return 1;
    }

    private void onConnected() {
      lostBy = "";
      messages.resendAll();
    }

    @Override
    public void onNewLeader(
        long clusterSessionId, long leadershipTermId, int leaderMemberId, String ingressEndpoints) {
      messages.resendAll();
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
      if (header.templateId() == BatchReplyDecoder.TEMPLATE_ID
          && header.schemaId() == BatchReplyDecoder.SCHEMA_ID) {
        reply.wrapAndApplyHeader(buffer, offset, header);
        messages.onReply(reply);
      }
    }

    @Override
    public void onClose() {
      messages.failAll("the log is closed");
      messages.refuseWaiting("the log is closed");
      session.close();
    }
  }
}
