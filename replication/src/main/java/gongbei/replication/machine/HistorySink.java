package gongbei.replication.machine;

/**
 * Receives what every version changed, in order, on the applier's thread: statuses and documents,
 * applied, superseded and refused. Implementations must return soon, for the log waits for them,
 * and throw nothing.
 */
public interface HistorySink {
  /** Keeps nothing. */
  HistorySink NONE =
      new HistorySink() {
        private final byte[] empty = new byte[0];

        @Override
        public void begin(long version, byte[] frontier) {}

        @Override
        public void onVersion(HistoryChange change) {}

        @Override
        public byte[] frontier() {
          return empty;
        }
      };

  /**
   * Receives that the state is now that of a version: at a start, after a snapshot was read, and
   * after everything was forgotten. What follows is the version after it, whatever was received
   * before.
   *
   * @param version 0 where nothing has been applied
   * @param frontier what {@link #frontier} gave at that version, on this node or another; empty
   *     where none was kept
   */
  void begin(long version, byte[] frontier);

  /**
   * Receives one version.
   *
   * @param change valid during the call
   */
  void onVersion(HistoryChange change);

  /**
   * Returns the compact tree (RFC 9162 frontier and size) at the version received last, for a
   * snapshot: at most {@link #MAX_FRONTIER_BYTES}, empty where none is kept.
   */
  byte[] frontier();

  /** The most bytes of a {@link #frontier}. */
  int MAX_FRONTIER_BYTES = 4_096;
}
