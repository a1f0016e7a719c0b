package gongbei.codec.transparency;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The hashes of a Merkle tree (RFC 9162 §2.1.1) by SHA-256: a leaf is H(0x00 ‖ entry), a node
 * H(0x01 ‖ left ‖ right). For one thread; allocates nothing once made.
 */
public final class TreeHash {
  /** Bytes of a hash. */
  public static final int BYTES = 32;

  private static final byte LEAF = 0;
  private static final byte NODE = 1;

  private final MessageDigest sha256 = newSha256();
  private final byte[] node = new byte[1 + 2 * BYTES];

  /** SHA-256, which every Java has. */
  static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  /** Writes the hash of a leaf. */
  public void leaf(byte[] entry, int offset, int length, byte[] into, int at) {
    sha256.update(LEAF);
    sha256.update(entry, offset, length);
    digest(into, at);
  }

  /** Writes the hash of a node of two hashes; it may be written over either. */
  public void node(byte[] left, int leftAt, byte[] right, int rightAt, byte[] into, int at) {
    node[0] = NODE;
    System.arraycopy(left, leftAt, node, 1, BYTES);
    System.arraycopy(right, rightAt, node, 1 + BYTES, BYTES);
    sha256.update(node, 0, node.length);
    digest(into, at);
  }

  /**
   * Writes the root of a complete subtree over its lowest nodes, which are spent.
   *
   * @param count how many there are, a power of two
   */
  public void fold(byte[] hashes, int offset, int count, byte[] into, int at) {
    for (int left = count; left > 1; left /= 2) {
      for (int i = 0; i < left / 2; i++) {
        final int pair = offset + 2 * i * BYTES;
        node(hashes, pair, hashes, pair + BYTES, hashes, offset + i * BYTES);
      }
    }
    System.arraycopy(hashes, offset, into, at, BYTES);
  }

  /** The root of a tree without entries: the hash of nothing. */
  public byte[] emptyRoot() {
    final byte[] root = new byte[BYTES];
    digest(root, 0);
    return root;
  }

  private void digest(byte[] into, int at) {
    try {
      sha256.digest(into, at, BYTES);
    } catch (DigestException e) {
      throw new IllegalStateException("there is no room for a hash", e);
    }
  }
}
