package gongbei.codec.transparency;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The proofs of a Merkle tree (RFC 9162 §2.1.3 and §2.1.4): how they are made of its nodes, and how
 * they are checked.
 */
public final class Proofs {
  private Proofs() {}

  /**
   * The root of the tree of the first entries.
   *
   * @throws TransparencyException where a node can't be had
   */
  public static byte[] root(NodeSource nodes, long size) throws TransparencyException {
    final TreeHash hash = new TreeHash();
    return size == 0 ? hash.emptyRoot() : range(hash, nodes, 0, size);
  }

  /**
   * The inclusion proof of a leaf, PATH(m, D[n]) of RFC 9162 §2.1.3.1.
   *
   * @param index of the leaf, less than {@code size}
   * @throws TransparencyException where a node can't be had
   */
  public static List<byte[]> inclusion(NodeSource nodes, long index, long size)
      throws TransparencyException {
    final TreeHash hash = new TreeHash();
    final List<byte[]> path = new ArrayList<>();
    long start = 0;
    long count = size;
    while (count > 1) {
      final long left = leftOf(count);
      if (index - start < left) {
        path.add(range(hash, nodes, start + left, count - left));
        count = left;
      } else {
        path.add(range(hash, nodes, start, left));
        start += left;
        count -= left;
      }
    }
    return reversed(path);
  }

  /**
   * The consistency proof between two trees, PROOF(m, D[n]) of RFC 9162 §2.1.4.1.
   *
   * @param first the smaller size, 1 or more
   * @throws TransparencyException where a node can't be had
   */
  public static List<byte[]> consistency(NodeSource nodes, long first, long second)
      throws TransparencyException {
    final TreeHash hash = new TreeHash();
    final List<byte[]> path = new ArrayList<>();
    long start = 0;
    long count = second;
    boolean isWhole = true;
    while (first - start != count) {
      final long left = leftOf(count);
      if (first - start <= left) {
        path.add(range(hash, nodes, start + left, count - left));
        count = left;
      } else {
        path.add(range(hash, nodes, start, left));
        start += left;
        count -= left;
        isWhole = false;
      }
    }
    if (!isWhole) {
      path.add(range(hash, nodes, start, count));
    }
    return reversed(path);
  }

  /** The largest power of two that is less. */
  private static long leftOf(long count) {
    return Long.highestOneBit(count - 1);
  }

  private static List<byte[]> reversed(List<byte[]> path) {
    final List<byte[]> upwards = new ArrayList<>(path.size());
    for (int i = path.size() - 1; i >= 0; i--) {
      upwards.add(path.get(i));
    }
    return upwards;
  }

  /** MTH(D[start : start + count]), where {@code start} is a multiple of what a tree splits at. */
  private static byte[] range(TreeHash hash, NodeSource nodes, long start, long count)
      throws TransparencyException {
    final byte[] made = new byte[TreeHash.BYTES];
    if (Long.bitCount(count) == 1) {
      final int level = Long.numberOfTrailingZeros(count);
      nodes.node(level, start >>> level, made, 0);
      return made;
    }
    final long left = leftOf(count);
    hash.node(
        range(hash, nodes, start, left),
        0,
        range(hash, nodes, start + left, count - left),
        0,
        made,
        0);
    return made;
  }

  /**
   * Whether an inclusion proof leads from a leaf to a root (RFC 9162 §2.1.3.2).
   *
   * @param leaf the leaf's hash
   */
  public static boolean isIncluded(
      byte[] leaf, long index, long size, List<byte[]> path, byte[] root) {
    if (index < 0 || index >= size) {
      return false;
    }
    final TreeHash hash = new TreeHash();
    final byte[] made = leaf.clone();
    long fn = index;
    long sn = size - 1;
    for (final byte[] each : path) {
      if (sn == 0) {
        return false;
      }
      if ((fn & 1) == 1 || fn == sn) {
        hash.node(each, 0, made, 0, made, 0);
        while ((fn & 1) == 0 && fn != 0) {
          fn >>>= 1;
          sn >>>= 1;
        }
      } else {
        hash.node(made, 0, each, 0, made, 0);
      }
      fn >>>= 1;
      sn >>>= 1;
    }
    return sn == 0 && Arrays.equals(made, root);
  }

  /** Whether a consistency proof leads to both roots (RFC 9162 §2.1.4.2). */
  public static boolean isConsistent(
      long first, byte[] firstRoot, long second, byte[] secondRoot, List<byte[]> path) {
    if (first < 1 || first > second) {
      return false;
    }
    if (first == second) {
      return path.isEmpty() && Arrays.equals(firstRoot, secondRoot);
    }
    final List<byte[]> all = new ArrayList<>(path);
    if (Long.bitCount(first) == 1) {
      all.add(0, firstRoot);
    }
    if (all.isEmpty()) {
      return false;
    }
    final TreeHash hash = new TreeHash();
    long fn = first - 1;
    long sn = second - 1;
    while ((fn & 1) == 1) {
      fn >>>= 1;
      sn >>>= 1;
    }
    final byte[] one = all.get(0).clone();
    final byte[] two = one.clone();
    for (final byte[] each : all.subList(1, all.size())) {
      if (sn == 0) {
        return false;
      }
      if ((fn & 1) == 1 || fn == sn) {
        hash.node(each, 0, one, 0, one, 0);
        hash.node(each, 0, two, 0, two, 0);
        while ((fn & 1) == 0 && fn != 0) {
          fn >>>= 1;
          sn >>>= 1;
        }
      } else {
        hash.node(two, 0, each, 0, two, 0);
      }
      fn >>>= 1;
      sn >>>= 1;
    }
    return sn == 0 && Arrays.equals(one, firstRoot) && Arrays.equals(two, secondRoot);
  }
}
