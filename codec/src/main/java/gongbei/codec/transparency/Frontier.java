package gongbei.codec.transparency;

import gongbei.codec.transparency.TransparencyException.Reason;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A Merkle tree as far as it takes to append to it: its size, and the roots of the complete
 * subtrees that it falls into, one for each bit of the size (the compact tree of RFC 9162's logs).
 * For one thread; appending allocates nothing.
 */
public final class Frontier {
  /** The most levels of a tree. */
  public static final int MAX_LEVELS = 62;

  private final TreeHash hash = new TreeHash();
  private final byte[] peaks = new byte[MAX_LEVELS * TreeHash.BYTES];
  private final byte[] carry = new byte[TreeHash.BYTES];
  private long size;

  /** The frontier of a tree of so many entries of before the history, which are all the same. */
  public static Frontier ofBeforeHistory(long size) {
    final Frontier frontier = new Frontier();
    for (int level = 0; level < MAX_LEVELS; level++) {
      if (((size >>> level) & 1) != 0) {
        BeforeHistory.node(level, frontier.peaks, level * TreeHash.BYTES);
      }
    }
    frontier.size = size;
    return frontier;
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws TransparencyException where it is nothing of the kind
   */
  public static Frontier of(byte[] bytes) throws TransparencyException {
    final Frontier frontier = new Frontier();
    frontier.set(bytes);
    return frontier;
  }

  /** Becomes the tree that {@link #toBytes} wrote: see {@link #of}. */
  public void set(byte[] bytes) throws TransparencyException {
    final ByteBuffer from = ByteBuffer.wrap(bytes);
    final long read = bytes.length < Long.BYTES ? -1 : from.getLong();
    if (read < 0
        || read >>> MAX_LEVELS != 0
        || from.remaining() != Long.bitCount(read) * TreeHash.BYTES) {
      throw new TransparencyException(
          Reason.FRONTIER_MALFORMED, "a frontier of " + bytes.length + " bytes is none");
    }
    for (int level = MAX_LEVELS - 1; level >= 0; level--) {
      if (((read >>> level) & 1) != 0) {
        from.get(peaks, level * TreeHash.BYTES, TreeHash.BYTES);
      }
    }
    size = read;
  }

  /** Becomes what another is. */
  public void set(Frontier other) {
    System.arraycopy(other.peaks, 0, peaks, 0, peaks.length);
    size = other.size;
  }

  /**
   * Becomes the tree of the first entries of one whose nodes are there.
   *
   * @throws TransparencyException where a node can't be had; this is then not to be used
   */
  public void set(NodeSource nodes, long ofSize) throws TransparencyException {
    for (int level = 0; level < MAX_LEVELS; level++) {
      if (((ofSize >>> level) & 1) != 0) {
        nodes.node(level, (ofSize >>> level) - 1, peaks, level * TreeHash.BYTES);
      }
    }
    size = ofSize;
  }

  /** How many entries the tree has. */
  public long size() {
    return size;
  }

  /**
   * Appends a leaf.
   *
   * @param sink is given the leaf and every node that it completes, from below
   */
  public void append(byte[] leaf, int at, NodeSink sink) {
    System.arraycopy(leaf, at, carry, 0, TreeHash.BYTES);
    sink.node(0, size, carry, 0);
    int level = 0;
    while (((size >>> level) & 1) != 0) {
      hash.node(peaks, level * TreeHash.BYTES, carry, 0, carry, 0);
      level++;
      sink.node(level, size >>> level, carry, 0);
    }
    System.arraycopy(carry, 0, peaks, level * TreeHash.BYTES, TreeHash.BYTES);
    size++;
  }

  /** The tree's root (RFC 9162 §2.1.1). */
  public byte[] root() {
    if (size == 0) {
      return hash.emptyRoot();
    }
    final byte[] root = new byte[TreeHash.BYTES];
    int level = Long.numberOfTrailingZeros(size);
    System.arraycopy(peaks, level * TreeHash.BYTES, root, 0, TreeHash.BYTES);
    while (++level < MAX_LEVELS) {
      if (((size >>> level) & 1) != 0) {
        hash.node(peaks, level * TreeHash.BYTES, root, 0, root, 0);
      }
    }
    return root;
  }

  /**
   * Gives a node that the frontier keeps to a sink: the highest first.
   *
   * @return how many there were
   */
  public int peaks(NodeSink sink) {
    for (int level = MAX_LEVELS - 1; level >= 0; level--) {
      if (((size >>> level) & 1) != 0) {
        sink.node(level, (size >>> level) - 1, peaks, level * TreeHash.BYTES);
      }
    }
    return Long.bitCount(size);
  }

  /** The size, 8 bytes, big-endian, and the subtrees' roots, the largest first. */
  public byte[] toBytes() {
    final ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES + Long.bitCount(size) * TreeHash.BYTES).putLong(size);
    peaks((level, index, from, at) -> bytes.put(from, at, TreeHash.BYTES));
    return bytes.array();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Frontier frontier && Arrays.equals(toBytes(), frontier.toBytes());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(toBytes());
  }
}
