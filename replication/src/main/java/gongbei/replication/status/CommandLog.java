package gongbei.replication.status;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Where every change to the status map goes: it orders commands, applies them on one thread and
 * then acknowledges them. Callers know nothing of how: {@link LocalCommandLog} orders on this node
 * alone. For any thread.
 */
public interface CommandLog extends AutoCloseable {
  /**
   * Submits commands to be applied one after the other.
   *
   * @return completes when all are applied, with what became of each; fails at once with {@link
   *     LogBusyException} where there is no room, and with {@link IllegalStateException} after
   *     {@link #close}
   */
  CompletableFuture<List<Applied>> submit(List<StatusCommand> commands);

  /** Submits one command: see {@link #submit(List)}. */
  default CompletableFuture<Applied> submit(StatusCommand command) {
    return submit(List.of(command)).thenApply(applied -> applied.get(0));
  }

  /** How far this node's map may be behind the newest acknowledged command, in milliseconds. */
  long dataAgeMillis();

  /** Applies what was submitted, then stops. */
  @Override
  void close();
}
