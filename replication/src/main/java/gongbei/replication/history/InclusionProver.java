package gongbei.replication.history;

import gongbei.codec.transparency.NodeSource;
import gongbei.codec.transparency.Proof;
import gongbei.codec.transparency.Proofs;
import gongbei.codec.transparency.TransparencyException;
import gongbei.codec.transparency.TreeHash;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proves that entries are in the tree of one size. What several proofs of it have in common, its
 * right edge above all, is computed once, and what lies over many entries is remembered from one
 * prover to the next. For one thread.
 */
public final class InclusionProver {
  private static final Logger LOGGER = LoggerFactory.getLogger(InclusionProver.class);

  private final NodeSource nodes;
  private final NodeCache shared;
  private final long logId;
  private final long size;
  private final Map<Long, byte[]> own = new HashMap<>();

  /**
   * @param nodes of a tree of that size or more, of which no node below it changes any more
   * @param shared remembers what lies over many entries
   */
  InclusionProver(NodeSource nodes, NodeCache shared, long logId, long size) {
    this.nodes = nodes;
    this.shared = shared;
    this.logId = logId;
    this.size = size;
  }

  /**
   * Proves that a version's entry is in the tree.
   *
   * @return empty where it is not, or a node of the tree is not here
   */
  public Optional<Proof> inclusion(long version) {
    if (version < 1 || version > size) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Proof(logId, size, version - 1, Proofs.inclusion(this::node, version - 1, size)));
    } catch (TransparencyException e) {
      LOGGER.debug("Version {} can't be proven: {}", version, e.getMessage());
      return Optional.empty();
    }
  }

  private void node(int level, long index, byte[] into, int at) throws TransparencyException {
    final long key = NodeCache.key(level, index);
    byte[] known = own.get(key);
    if (known == null) {
      known = shared.find(key);
      if (known == null) {
        known = new byte[TreeHash.BYTES];
        nodes.node(level, index, known, 0);
        if (level >= NodeCache.LOWEST_LEVEL) {
          shared.put(key, known);
        }
      }
      own.put(key, known);
    }
    System.arraycopy(known, 0, into, at, TreeHash.BYTES);
  }
}
