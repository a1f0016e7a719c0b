package gongbei.verifier.http.api;

import gongbei.codec.transparency.HistoryEntry;
import gongbei.replication.command.Appeal;
import gongbei.replication.command.Applied;
import gongbei.replication.command.CommandKind;
import gongbei.replication.history.PublishedHistory;
import gongbei.replication.history.PublishedHistory.Placed;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.transport.Problem;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what the history has of a holder, and finds in it the change that their colour is of. Where
 * none is kept, their last change is all that is known. For any thread but an event loop's.
 */
final class HolderChanges implements AppealCauses {
  private static final Logger LOGGER = LoggerFactory.getLogger(HolderChanges.class);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final Optional<PublishedHistory> history;

  HolderChanges(Optional<PublishedHistory> history) {
    this.history = history;
  }

  /** What is published of the history; empty where this node keeps none. */
  Optional<PublishedHistory> history() {
    return history;
  }

  /** A holder's changes, the newest first, as far as they are here. */
  List<Placed> of(HolderProof.Holder holder, int most) {
    if (history.isEmpty()) {
      return List.of();
    }
    final long newest = holder.status().version();
    final long deadline =
        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Limits.HISTORY_WAIT_MILLIS);
    try {
      // The history is written behind the map, by a few milliseconds.
      while (history.get().entry(newest).isEmpty()
          && newest > history.get().size()
          && System.nanoTime() < deadline) {
        LockSupport.parkNanos(LOOK_NANOS);
      }
      return history.get().of(holder.subject(), newest, most);
    } catch (IOException e) {
      LOGGER.error("The history can't be read: {}", e.getMessage());
      throw Problem.of(503, "history-failed", "the history can't be read at the moment");
    }
  }

  @Override
  public Change of(HolderProof.Holder holder) {
    return changeOf(holder, of(holder, Limits.MAX_CHANGES_TOLD));
  }

  /**
   * The change that a holder's colour is of.
   *
   * @param walked their changes, the newest first
   */
  static Change changeOf(HolderProof.Holder holder, List<Placed> walked) {
    for (final Placed each : walked) {
      if (setsColour(each.entry())) {
        return new Change(
            each.version(), new Appeal.Cause(each.entry().authority(), each.entry().ground()));
      }
    }
    return LAST_CHANGE.of(holder);
  }

  /** Whether a change has said what colour a holder has: a status does, though it be as before. */
  static boolean setsColour(HistoryEntry entry) {
    return !entry.isBeforeHistory()
        && entry.outcome() == Applied.Outcome.APPLIED.code()
        && (entry.kind() == CommandKind.SET_STATUS
            || !entry.wasKnown()
            || entry.colourBefore() != entry.colourAfter());
  }
}
