package gongbei.replication.status;

/**
 * What became of a command that the log has ordered.
 *
 * @param version its place in the order: 1, 2, 3 … without gaps
 * @param outcome whether it changed the map
 */
public record Applied(long version, Outcome outcome) {
  /** What a command did. */
  public enum Outcome {
    /** The map has changed. */
    APPLIED,
    /** Nothing has changed: what the map knows is newer. */
    SUPERSEDED,
    /** Nothing has changed: the map knows no such holder. */
    UNKNOWN_SUBJECT,
    /** Nothing has changed: the map is full. */
    MAP_FULL
  }
}
