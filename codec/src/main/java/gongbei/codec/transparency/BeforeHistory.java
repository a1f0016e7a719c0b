package gongbei.codec.transparency;

/**
 * The entries of versions that were given before there was a history: all the same, all zero, so
 * that every node has them without keeping them, and so the subtrees over them.
 */
public final class BeforeHistory {
  private static final byte[] NODES = new byte[Frontier.MAX_LEVELS * TreeHash.BYTES];

  static {
    final TreeHash hash = new TreeHash();
    hash.leaf(new byte[HistoryEntry.BYTES], 0, HistoryEntry.BYTES, NODES, 0);
    for (int at = TreeHash.BYTES; at < NODES.length; at += TreeHash.BYTES) {
      hash.node(NODES, at - TreeHash.BYTES, NODES, at - TreeHash.BYTES, NODES, at);
    }
  }

  private BeforeHistory() {}

  /** Writes the root of a complete subtree that is all of before the history. */
  public static void node(int level, byte[] into, int at) {
    System.arraycopy(NODES, level * TreeHash.BYTES, into, at, TreeHash.BYTES);
  }

  /** Whether a hash is that of a complete subtree that is all of before the history. */
  public static boolean isNode(int level, byte[] hash, int at) {
    for (int i = 0; i < TreeHash.BYTES; i++) {
      if (NODES[level * TreeHash.BYTES + i] != hash[at + i]) {
        return false;
      }
    }
    return true;
  }
}
