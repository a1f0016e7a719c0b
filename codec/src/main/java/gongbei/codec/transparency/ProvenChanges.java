package gongbei.codec.transparency;

import gongbei.codec.transparency.TransparencyException.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A holder's changes with the proofs that they are in the public log, in bytes, as a node tells
 * them. Numbers are big-endian.
 *
 * <pre>
 * uint16       the length of the head
 * the head     a signed note, UTF-8; nothing where none is signed
 * then for each change, the newest first, to the end
 * int64        version
 * 54 bytes     entry
 * uint16       the length of the proof
 * the proof    InclusionProofDataV2 (RFC 9162 §4.12); nothing where there is none
 * </pre>
 *
 * @param head the signed note; empty where there is none
 */
public record ProvenChanges(String head, List<Change> changes) {
  /**
   * One change.
   *
   * @param proof that its entry is in the tree of the head; empty where there is none
   */
  public record Change(long version, HistoryEntry entry, Optional<Proof> proof) {}

  public ProvenChanges {
    changes = List.copyOf(changes);
  }

  /** The bytes. */
  public byte[] toBytes() {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    put(bytes, head.getBytes(StandardCharsets.UTF_8));
    for (final Change change : changes) {
      bytes.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(change.version()).array());
      bytes.writeBytes(change.entry().bytes());
      put(bytes, change.proof().map(Proof::toBytes).orElse(new byte[0]));
    }
    return bytes.toByteArray();
  }

  private static void put(ByteArrayOutputStream into, byte[] some) {
    into.writeBytes(ByteBuffer.allocate(Short.BYTES).putShort((short) some.length).array());
    into.writeBytes(some);
  }

  /**
   * Reads what {@link #toBytes} has written; proves nothing.
   *
   * @throws TransparencyException where it is not of that form
   */
  public static ProvenChanges of(byte[] bytes) throws TransparencyException {
    final ByteBuffer from = ByteBuffer.wrap(bytes);
    try {
      final String head = new String(take(from), StandardCharsets.UTF_8);
      final List<Change> changes = new ArrayList<>();
      while (from.hasRemaining()) {
        final long version = from.getLong();
        final byte[] entry = new byte[HistoryEntry.BYTES];
        from.get(entry);
        final byte[] proof = take(from);
        changes.add(
            new Change(
                version,
                HistoryEntry.of(entry, version),
                proof.length == 0 ? Optional.empty() : Optional.of(Proof.of(proof))));
      }
      return new ProvenChanges(head, changes);
    } catch (BufferUnderflowException e) {
      throw new TransparencyException(Reason.PROOF_MALFORMED, "the changes are cut short");
    }
  }

  private static byte[] take(ByteBuffer from) {
    final byte[] some = new byte[Short.toUnsignedInt(from.getShort())];
    from.get(some);
    return some;
  }
}
