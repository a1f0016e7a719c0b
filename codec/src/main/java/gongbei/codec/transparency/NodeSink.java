package gongbei.codec.transparency;

/** Takes the nodes of a Merkle tree as they are completed. */
@FunctionalInterface
public interface NodeSink {
  /** Takes none. */
  NodeSink NONE = (level, index, hash, at) -> {};

  /**
   * Takes a node: see {@link NodeSource#node}.
   *
   * @param hash holds it during the call
   */
  void node(int level, long index, byte[] hash, int at);
}
