package gongbei.codec.transparency;

/** Gives the nodes of a Merkle tree that are roots of complete subtrees. */
@FunctionalInterface
public interface NodeSource {
  /**
   * Writes the hash of a node.
   *
   * @param level 0 for leaves; a node of level n is over 2ⁿ leaves
   * @param index its place in its level, from 0
   * @throws TransparencyException where the node can't be had: the reason says why
   */
  void node(int level, long index, byte[] into, int at) throws TransparencyException;
}
