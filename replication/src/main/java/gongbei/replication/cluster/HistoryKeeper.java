package gongbei.replication.cluster;

import gongbei.replication.context.ClusterContext;
import gongbei.replication.machine.History;
import gongbei.replication.machine.HistoryMessages;
import gongbei.replication.machine.ReplicatedState;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the history that a member is of: writes down which it is, begins one where the log
 * has none or goes on from a backup, and has the members compare what they hold. For the watch's
 * thread.
 */
final class HistoryKeeper {
  private static final Logger LOGGER = LoggerFactory.getLogger(HistoryKeeper.class);

  /** How often members compare what they hold while it changes. */
  private static final long MARK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** The same while nothing changes, for a member that has just come back. */
  private static final long IDLE_MARK_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final ReplicatedState state;
  private final DataDirectory directory;
  private final boolean isKnownToLog;
  private OptionalLong restoredUpTo;
  private History written = History.NONE;
  private long toldNanos = System.nanoTime() - IDLE_MARK_NANOS;
  private long wroteNanos = System.nanoTime() - 2 * IDLE_MARK_NANOS;
  private boolean hasFailed;
  private long markedVersion = -1;

  /**
   * @param restoredUpTo where the log of the backup ended that the member was made from, while its
   *     own history has not begun
   */
  HistoryKeeper(
      ClusterContext context,
      ReplicatedState state,
      DataDirectory directory,
      OptionalLong restoredUpTo) {
    this.state = state;
    this.directory = directory;
    this.isKnownToLog = context.protocol() >= ReplicatedState.HISTORY_PROTOCOL;
    this.restoredUpTo = restoredUpTo;
  }

  /**
   * Looks once.
   *
   * @param isLeading whether this member leads, and so writes into the log
   */
  void look(boolean isLeading, Consumer<DirectBuffer> log) {
    final History history = state.history();
    if (System.nanoTime() - wroteNanos > IDLE_MARK_NANOS) {
      write(history);
    }
    if (isLeading && isKnownToLog) {
      tell(history, log);
    }
  }

  /** Writes down what is new; where it can't, as on a full disk, it tries again later. */
  private void write(History history) {
    try {
      if (!history.isNone() && !history.equals(written)) {
        directory.history(history);
        written = history;
        LOGGER.info("This node is of history {}", history.toHex());
      }
      if (isRestored() && state.historyPosition() > restoredUpTo.getAsLong()) {
        directory.endRestored();
        restoredUpTo = OptionalLong.empty();
      }
      hasFailed = false;
    } catch (IOException e) {
      wroteNanos = System.nanoTime();
      if (!hasFailed) {
        LOGGER.warn("The id of this node's history can't be written: {}", e.toString());
      }
      hasFailed = true;
    }
  }

  private boolean isRestored() {
    return restoredUpTo.isPresent();
  }

  private void tell(History history, Consumer<DirectBuffer> log) {
    final long sinceNanos = System.nanoTime() - toldNanos;
    final long version = state.map().version();
    if (sinceNanos < MARK_NANOS) {
      return;
    }
    if (history.isNone() || isRestored()) {
      log.accept(HistoryMessages.begin(history, History.begin()));
    } else if (version != markedVersion || sinceNanos >= IDLE_MARK_NANOS) {
      log.accept(HistoryMessages.mark(state.noted()));
      markedVersion = version;
    } else {
      return;
    }
    toldNanos = System.nanoTime();
  }
}
