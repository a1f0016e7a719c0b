package gongbei.codec.transparency;

import gongbei.codec.transparency.TransparencyException.Reason;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A proof in bytes. Both kinds are laid out alike, as RFC 9162 §4.11 and §4.12 lay out
 * ConsistencyProofDataV2 and InclusionProofDataV2: the log's id (here the 8 bytes of the kid that
 * signs its heads, 0 where none does), two numbers, and the path.
 *
 * @param logId the kid
 * @param first the smaller tree's size; of an inclusion proof the tree's
 * @param second the larger tree's size; of an inclusion proof the leaf's index
 * @param path the hashes, as the RFC orders them
 */
public record Proof(long logId, long first, long second, List<byte[]> path) {
  private static final int MAX_PATH = 2 * Frontier.MAX_LEVELS;
  private static final int HASH_LENGTH = 1;

  /** The most bytes of a proof. */
  public static final int MAX_BYTES = headBytes() + MAX_PATH * (HASH_LENGTH + TreeHash.BYTES);

  public Proof {
    path = List.copyOf(path);
  }

  private static int headBytes() {
    return HASH_LENGTH + 3 * Long.BYTES + Short.BYTES;
  }

  /** The bytes. */
  public byte[] toBytes() {
    final int pathBytes = path.size() * (HASH_LENGTH + TreeHash.BYTES);
    final ByteBuffer bytes =
        ByteBuffer.allocate(headBytes() + pathBytes)
            .put((byte) Long.BYTES)
            .putLong(logId)
            .putLong(first)
            .putLong(second)
            .putShort((short) pathBytes);
    path.forEach(each -> bytes.put((byte) TreeHash.BYTES).put(each));
    return bytes.array();
  }

  /**
   * Reads a proof.
   *
   * @throws TransparencyException where it is none
   */
  public static Proof of(byte[] bytes) throws TransparencyException {
    final ByteBuffer from = ByteBuffer.wrap(bytes);
    try {
      require(from.get() == Long.BYTES, "has a log id that is not of 8 bytes");
      final long logId = from.getLong();
      final long first = from.getLong();
      final long second = from.getLong();
      require(first >= 0 && second >= 0, "has a size that is too large");
      require(
          Short.toUnsignedInt(from.getShort()) == from.remaining()
              && from.remaining() <= MAX_PATH * (HASH_LENGTH + TreeHash.BYTES),
          "has another length than it says");
      final List<byte[]> path = new ArrayList<>();
      while (from.hasRemaining()) {
        require(from.get() == TreeHash.BYTES, "has a hash that is not of 32 bytes");
        final byte[] each = new byte[TreeHash.BYTES];
        from.get(each);
        path.add(each);
      }
      return new Proof(logId, first, second, path);
    } catch (BufferUnderflowException e) {
      throw new TransparencyException(Reason.PROOF_MALFORMED, "the proof is cut short");
    }
  }

  private static void require(boolean isSo, String otherwise) throws TransparencyException {
    if (!isSo) {
      throw new TransparencyException(Reason.PROOF_MALFORMED, "the proof " + otherwise);
    }
  }

  /**
   * Requires that this proves an entry to be in the tree of a head.
   *
   * @param version the entry's
   * @throws TransparencyException where it does not
   */
  public void requireIncludes(byte[] entry, long version, TreeHead head)
      throws TransparencyException {
    final byte[] leaf = new byte[TreeHash.BYTES];
    new TreeHash().leaf(entry, 0, entry.length, leaf, 0);
    if (first != head.size()
        || second != version - 1
        || !Proofs.isIncluded(leaf, second, first, path, head.root())) {
      throw new TransparencyException(
          Reason.PROOF_INVALID,
          "the proof does not lead from version " + version + " to the head of " + head.size());
    }
  }

  /**
   * Requires that this proves a head's tree to go on from an earlier one's.
   *
   * @throws TransparencyException where it does not
   */
  public void requireConsistent(TreeHead earlier, TreeHead later) throws TransparencyException {
    if (first != earlier.size()
        || second != later.size()
        || !Proofs.isConsistent(first, earlier.root(), second, later.root(), path)) {
      throw new TransparencyException(
          Reason.PROOF_INVALID,
          "the proof does not lead from the head of "
              + earlier.size()
              + " to that of "
              + later.size());
    }
  }
}
