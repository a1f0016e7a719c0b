package gongbei.verifier.http.api;

import gongbei.replication.log.CommandLog;
import gongbei.replication.log.LogRole;
import gongbei.replication.log.LogStatus;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.transport.Problem;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * How long a change waits for the log: while members elect a leader, and for the answer of one that
 * there seems to be. After that it is refused, and the refusal says whether it may have been made.
 */
public final class ChangeWait {
  /** A log of these takes nothing, however long one waits, and says so itself. */
  private static final Set<LogRole> TAKES_NOTHING = Set.of(LogRole.REPLICA, LogRole.FAILED);

  private ChangeWait() {}

  /**
   * Submits a change once the log takes some, and waits for what becomes of it.
   *
   * @return fails with a {@link Problem} {@code no-leader} where the log takes nothing: then
   *     nothing was submitted; and {@code no-answer} where it is not known what became of it
   */
  public static <T> CompletableFuture<T> submit(
      CommandLog log, Supplier<CompletableFuture<T>> submit) {
    return submit(log, submit, System.nanoTime());
  }

  private static <T> CompletableFuture<T> submit(
      CommandLog log, Supplier<CompletableFuture<T>> submit, long sinceNanos) {
    final LogStatus status = log.status();
    if (status.isWriting() || TAKES_NOTHING.contains(status.role())) {
      return answered(log, submit.get(), System.nanoTime());
    }
    if (System.nanoTime() - sinceNanos
        > TimeUnit.MILLISECONDS.toNanos(Limits.CHANGE_LEADER_MILLIS)) {
      return CompletableFuture.failedFuture(
          Problem.of(
                  503,
                  "no-leader",
                  "no member leads: nothing was changed; send the same request again")
              .with("Retry-After", "1"));
    }
    return CompletableFuture.runAsync(
            () -> {},
            CompletableFuture.delayedExecutor(Limits.CHANGE_LOOK_MILLIS, TimeUnit.MILLISECONDS))
        .thenCompose(waited -> submit(log, submit, sinceNanos));
  }

  private static <T> CompletableFuture<T> answered(
      CommandLog log, CompletableFuture<T> change, long sinceNanos) {
    if (change.isDone()) {
      return change;
    }
    return change
        .copy()
        .orTimeout(Limits.CHANGE_LEADER_MILLIS, TimeUnit.MILLISECONDS)
        .exceptionallyCompose(failure -> afterWaiting(log, change, failure, sinceNanos));
  }

  private static <T> CompletionStage<T> afterWaiting(
      CommandLog log, CompletableFuture<T> change, Throwable failure, long sinceNanos) {
    final Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (change.isDone() || !(cause instanceof TimeoutException)) {
      return change;
    }
    final boolean mayComeYet =
        log.status().isWriting()
            && System.nanoTime() - sinceNanos
                < TimeUnit.MILLISECONDS.toNanos(Limits.CHANGE_ANSWER_MILLIS);
    return mayComeYet
        ? answered(log, change, sinceNanos)
        : CompletableFuture.failedFuture(
            Problem.of(
                    503,
                    "no-answer",
                    "the log has not answered: the change may or may not have been made;"
                        + " send the same request again, it is carried out at most once")
                .with("Retry-After", "1"));
  }
}
