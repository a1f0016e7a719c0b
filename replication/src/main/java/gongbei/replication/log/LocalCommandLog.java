package gongbei.replication.log;

import gongbei.replication.command.Applied;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Nonce;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.machine.Documents;
import gongbei.replication.machine.HistorySink;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.map.StatusMap;
import gongbei.replication.protocol.BatchReplyDecoder;
import gongbei.replication.protocol.MessageHeaderDecoder;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Orders commands on this node alone, in memory, and applies them on its one thread: for a node
 * that keeps nothing, as in a demo. The state machine and its messages are those of the cluster.
 */
public final class LocalCommandLog implements CommandLog {
  /** The most submissions of each kind that wait. */
  public static final int MAX_WAITING = 1_024;

  private static final Logger LOGGER = LoggerFactory.getLogger(LocalCommandLog.class);
  private static final int MAX_SUBMISSIONS_A_TURN = 16;
  private static final long MIN_PARK_NANOS = 10_000;
  private static final long MAX_PARK_NANOS = 1_000_000;

  private final SubmissionQueue queue = new SubmissionQueue(MAX_WAITING);
  private final ReplicatedState state;
  private final long clientId = ThreadLocalRandom.current().nextLong() | 1;
  private final LongSupplier epochMillis;
  private final AgentRunner runner;
  private long nextSequence = 1;
  private boolean closed;

  /** Starts the applier's thread, which sleeps a little longer the longer there is no work. */
  public LocalCommandLog(StatusMap map) {
    this(map, new BackoffIdleStrategy(1, 1, MIN_PARK_NANOS, MAX_PARK_NANOS));
  }

  /** Starts the applier's thread, which tells a history what every version changes. */
  public static LocalCommandLog with(StatusMap map, HistorySink sink) {
    return new LocalCommandLog(
        map,
        new BackoffIdleStrategy(1, 1, MIN_PARK_NANOS, MAX_PARK_NANOS),
        System::currentTimeMillis,
        sink);
  }

  /** Starts the applier's thread, which idles so. */
  public LocalCommandLog(StatusMap map, IdleStrategy idleStrategy) {
    this(map, idleStrategy, System::currentTimeMillis);
  }

  /**
   * Starts the applier's thread.
   *
   * @param epochMillis the log's time, in milliseconds since 1970
   */
  public LocalCommandLog(StatusMap map, IdleStrategy idleStrategy, LongSupplier epochMillis) {
    this(map, idleStrategy, epochMillis, HistorySink.NONE);
  }

  /**
   * Starts the applier's thread.
   *
   * @param epochMillis the log's time, in milliseconds since 1970
   * @param sink receives what every version changes
   */
  public LocalCommandLog(
      StatusMap map, IdleStrategy idleStrategy, LongSupplier epochMillis, HistorySink sink) {
    this.epochMillis = epochMillis;
    state = new ReplicatedState(map, sink);
    state.protocol(ReplicatedState.PROTOCOL);
    runner =
        new AgentRunner(
            idleStrategy,
            e -> LOGGER.error("A command could not be applied: {}", e.toString()),
            null,
            new Applier());
    AgentRunner.startOnThread(
        runner,
        task -> {
          final Thread thread = new Thread(task, "gongbei-log");
          thread.setDaemon(true);
          return thread;
        });
  }

  @Override
  public CompletableFuture<List<Applied>> submit(List<StatusCommand> commands) {
    return offer(Submission.of(commands));
  }

  @Override
  public CompletableFuture<List<Applied>> submit(Origin origin, List<StatusCommand> commands) {
    return offer(Submission.of(origin, commands));
  }

  @Override
  public CompletableFuture<Applied> submit(DocumentCommand command) {
    return offer(Submission.of(command)).thenApply(applied -> applied.get(0));
  }

  @Override
  public CompletableFuture<List<Applied>> submit(Nonce nonce, List<StatusCommand> commands) {
    return offer(Submission.of(nonce, commands));
  }

  @Override
  public CompletableFuture<Applied> submit(Nonce nonce, DocumentCommand command) {
    return offer(Submission.of(nonce, command)).thenApply(applied -> applied.get(0));
  }

  private synchronized CompletableFuture<List<Applied>> offer(Submission submission) {
    if (closed) {
      return CompletableFuture.failedFuture(new IllegalStateException("the log is closed"));
    }
    if (submission.size() == 0) {
      return CompletableFuture.completedFuture(List.of());
    }
    if (!queue.offer(submission)) {
      return CompletableFuture.failedFuture(new LogBusyException());
    }
    return submission.future();
  }

  public ReplicatedState state() {
    return state;
  }

  @Override
  public Documents documents() {
    return state.documents();
  }

  @Override
  public long dataAgeMillis() {
    return 0;
  }

  @Override
  public boolean isServing() {
    return true;
  }

  @Override
  public LogStatus status() {
    return LogStatus.LOCAL;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    runner.close();
  }

  /** The duty cycle: applies a few submissions a turn. */
  private final class Applier implements Agent {
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final BatchReplyDecoder reply = new BatchReplyDecoder();
    private final byte[] outcomes = new byte[CommandBatches.MAX_COMMANDS];

    @Override
    public int doWork() {
      int done = 0;
      Submission submission;
      while (done < MAX_SUBMISSIONS_A_TURN && (submission = queue.poll()) != null) {
        apply(submission);
        done++;
      }
      return done;
    }

    @Override
    public void onClose() {
      int done;
      do {
        done = doWork();
      } while (done > 0);
    }

    @Override
    public String roleName() {
      return "gongbei-log";
    }

    private void apply(Submission submission) {
      final Origin origin = submission.origin().orElseGet(() -> new Origin(clientId, nextSequence));
      try {
        if (submission.isOneMessage()) {
          apply(
              submission,
              0,
              submission.size(),
              submission.encode(clientId, origin.firstSequence(), state.map().capacity()));
        } else {
          for (int from = 0; from < submission.size(); from += CommandBatches.MAX_COMMANDS) {
            final int to = Math.min(submission.size(), from + CommandBatches.MAX_COMMANDS);
            apply(
                submission,
                from,
                to - from,
                CommandBatches.encode(
                    origin.clientId(),
                    origin.firstSequence() + from,
                    state.map().capacity(),
                    submission.commands(from, to)));
          }
        }
        if (submission.origin().isEmpty()) {
          nextSequence += submission.size();
        }
      } catch (RuntimeException | Error e) {
        submission.future().completeExceptionally(e);
        throw e;
      }
    }

    private void apply(Submission submission, int from, int count, DirectBuffer message) {
      state.clusterTimeMillis(epochMillis.getAsLong());
      state.apply(message, 0, message.capacity());
      reply.wrapAndApplyHeader(state.reply(), 0, header);
      final int outcomeCount = reply.getOutcomes(outcomes, 0, outcomes.length);
      submission.onReply(from, count, reply, outcomes, outcomeCount, 0);
    }
  }
}
