package gongbei.replication.machine;

/**
 * What was written by a node of a newer version, which this one does not know and must not pass
 * over: its map would no longer be what the others have.
 */
public final class NewerProtocolException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /**
   * @param what was written
   * @param version the newer one
   */
  public NewerProtocolException(String what, int version) {
    super(
        what
            + " is of version "
            + version
            + " of the protocol, this node knows "
            + ReplicatedState.PROTOCOL
            + ": it must be upgraded");
  }

  /** Throws where a version is newer than this node knows. */
  public static void requireKnown(String what, int version) {
    if (version > ReplicatedState.PROTOCOL) {
      throw new NewerProtocolException(what, version);
    }
  }
}
