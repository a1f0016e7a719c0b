package gongbei.replication.machine;

/**
 * What a member held at a place of the log, where all members must hold the same.
 *
 * @param position the place, in bytes; -1 for none
 */
public record StateNote(long position, long version, long digest, History history) {
  /** Nothing noted. */
  static final StateNote NONE = new StateNote(-1, 0, 0, History.NONE);
}
