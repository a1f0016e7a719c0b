package gongbei.replication.status;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Orders commands on this node alone and applies them on its one thread. What is acknowledged is in
 * the map: in a persisted map's mapped file, so it outlives this process, though not a loss of
 * power before the operating system has written the file back.
 */
public final class LocalCommandLog implements CommandLog {
  /** The most submissions that wait. */
  public static final int MAX_WAITING = 1_024;

  private static final Logger LOGGER = LoggerFactory.getLogger(LocalCommandLog.class);
  private static final int MAX_SUBMISSIONS_A_TURN = 16;
  private static final long MIN_PARK_NANOS = 10_000;
  private static final long MAX_PARK_NANOS = 1_000_000;

  private final ManyToOneConcurrentArrayQueue<Submission> queue =
      new ManyToOneConcurrentArrayQueue<>(MAX_WAITING);
  private final StatusStateMachine stateMachine;
  private final AgentRunner runner;
  private boolean closed;

  /** Starts the applier's thread, which sleeps a little longer the longer there is no work. */
  public LocalCommandLog(StatusMap map) {
    this(map, new BackoffIdleStrategy(1, 1, MIN_PARK_NANOS, MAX_PARK_NANOS));
  }

  /** Starts the applier's thread, which idles so. */
  public LocalCommandLog(StatusMap map, IdleStrategy idleStrategy) {
    stateMachine = new StatusStateMachine(map);
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
  public synchronized CompletableFuture<List<Applied>> submit(List<StatusCommand> commands) {
    if (closed) {
      return CompletableFuture.failedFuture(new IllegalStateException("the log is closed"));
    }
    final Submission submission = new Submission(List.copyOf(commands), new CompletableFuture<>());
    if (!queue.offer(submission)) {
      return CompletableFuture.failedFuture(new LogBusyException());
    }
    return submission.applied();
  }

  @Override
  public long dataAgeMillis() {
    return 0;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    runner.close();
  }

  private record Submission(
      List<StatusCommand> commands, CompletableFuture<List<Applied>> applied) {}

  /** The duty cycle: applies a few submissions a turn. */
  private final class Applier implements Agent {
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
      final List<Applied> applied = new ArrayList<>(submission.commands().size());
      try {
        for (final StatusCommand command : submission.commands()) {
          applied.add(stateMachine.apply(command));
        }
        submission.applied().complete(applied);
      } catch (RuntimeException e) {
        submission.applied().completeExceptionally(e);
        throw e;
      }
    }
  }
}
