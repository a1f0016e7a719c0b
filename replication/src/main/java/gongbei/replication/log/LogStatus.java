package gongbei.replication.log;

/**
 * How a node's log is doing, at one moment.
 *
 * @param role what the node is
 * @param leader the member that leads, or whom a replica follows; empty where there is none
 * @param term the leadership term; -1 where there is none
 * @param commitPosition how far the log is committed, in bytes; -1 where that is not known
 * @param appliedPosition how far this node has applied it, in bytes; -1 where that is not known
 * @param lagVersions how many versions the node knows itself to be behind
 * @param lagMillis how many milliseconds it took, at last, from the log to this map
 * @param isServing whether the node may answer from its map
 * @param isWriting whether the log takes commands at the moment
 * @param history the identity of the history that the node holds, 32 hexadecimal digits; empty
 *     where it has none
 * @param isRenewing whether a node that is {@link LogRole#FAILED} is taking the state of others by
 *     itself, because its own was of another history
 */
public record LogStatus(
    LogRole role,
    String leader,
    long term,
    long commitPosition,
    long appliedPosition,
    long lagVersions,
    long lagMillis,
    boolean isServing,
    boolean isWriting,
    String history,
    boolean isRenewing) {
  /** A log of one node that keeps no positions. */
  static final LogStatus LOCAL =
      new LogStatus(LogRole.SINGLE, "", -1, -1, -1, 0, 0, true, true, "", false);
}
