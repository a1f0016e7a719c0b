package gongbei.replication.machine;

import gongbei.replication.map.StatusMap;
import gongbei.replication.protocol.BeginHistoryDecoder;
import gongbei.replication.protocol.StateMarkDecoder;

/**
 * The history that the log is as far as a node has applied it, and what the node held at the last
 * mark. Compares both with what the leader tells of them. Writing is for the applier's thread,
 * reading for any.
 */
final class AppliedHistory {
  private volatile History history = History.NONE;
  private volatile long position = -1;
  private volatile StateNote noted = StateNote.NONE;

  /** The history; {@link History#NONE} where the log has none. */
  History history() {
    return history;
  }

  /** Where in the log the history began, in bytes; -1 where that is not known. */
  long position() {
    return position;
  }

  /** What this node held at the last mark that it has applied. */
  StateNote noted() {
    return noted;
  }

  /** Takes a history that began at a position of the log, in bytes; -1 where it is not known. */
  void set(History of, long began) {
    history = of;
    position = began;
  }

  /** Begins the history that a message tells, where the log still is the one before it. */
  void begin(BeginHistoryDecoder beginning, long began) {
    final History begun = new History(beginning.high(), beginning.low());
    if (!begun.isNone()
        && history.equals(new History(beginning.previousHigh(), beginning.previousLow()))) {
      set(begun, began);
    }
  }

  /**
   * Compares what this node noted at the mark before with what the leader did, and notes anew.
   *
   * @param at where in the log the mark is, in bytes
   * @throws DivergedException where they are of one position, and differ
   */
  void compare(StateMarkDecoder mark, StatusMap map, long at) {
    final StateNote leaders =
        new StateNote(
            mark.position(),
            mark.version(),
            mark.digest(),
            new History(mark.historyHigh(), mark.historyLow()));
    final StateNote own = noted;
    if (own.position() >= 0 && own.position() == leaders.position() && !own.equals(leaders)) {
      throw new DivergedException(
          "at position "
              + own.position()
              + " of the log it held another state ("
              + differences(own, leaders)
              + ")");
    }
    noted = new StateNote(at, map.version(), map.digest(), history);
  }

  private static String differences(StateNote own, StateNote leaders) {
    if (!own.history().equals(leaders.history())) {
      return "history " + own.history().toHex() + ", its leader " + leaders.history().toHex();
    }
    return own.version() == leaders.version()
        ? "version " + own.version() + ", another digest"
        : "version " + own.version() + ", its leader " + leaders.version();
  }

  /** Forgets everything. */
  void reset() {
    set(History.NONE, -1);
    noted = StateNote.NONE;
  }
}
