package gongbei.replication.history;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Nodes that lie over many entries, which proofs of random entries ask for over and over: a place
 * for each key, whose last comer stays. It holds all of them of a hundred million entries, in some
 * 10 MB. Only nodes below a signed head are put in, and those never change. For any thread.
 */
final class NodeCache {
  /** From this level on nodes are worth a place: each lies over 2,048 entries or more. */
  static final int LOWEST_LEVEL = 11;

  private static final int PLACE_BITS = 17;
  private static final int LEVEL_SHIFT = 56;
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private record Kept(long key, byte[] hash) {}

  private final AtomicReferenceArray<Kept> places = new AtomicReferenceArray<>(1 << PLACE_BITS);

  /** What stands for a node. */
  static long key(int level, long index) {
    return ((long) level << LEVEL_SHIFT) | index;
  }

  private static int placeOf(long key) {
    return (int) ((key * SPREAD) >>> (Long.SIZE - PLACE_BITS));
  }

  /** The hash of a node, not to be changed; null where it is not here. */
  byte[] find(long key) {
    final Kept kept = places.get(placeOf(key));
    return kept != null && kept.key() == key ? kept.hash() : null;
  }

  /**
   * Remembers a node.
   *
   * @param hash not to be changed from now on
   */
  void put(long key, byte[] hash) {
    places.set(placeOf(key), new Kept(key, hash));
  }
}
