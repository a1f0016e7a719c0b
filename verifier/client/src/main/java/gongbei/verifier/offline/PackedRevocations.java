package gongbei.verifier.offline;

import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.revocation.RevocationException;
import gongbei.verifier.revocation.RevocationList;
import gongbei.verifier.revocation.RevocationSet;
import gongbei.verifier.revocation.RevocationSource;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** The lists of revoked foreign codes as a pack has them: as the log keeps them, one by one. */
final class PackedRevocations {
  private static final int HEAD_BYTES = Byte.BYTES + Short.BYTES;

  private PackedRevocations() {}

  /** Writes what still counts when the pack is made; of no bytes where there is nothing. */
  static byte[] write(RevocationSet revoked, OfflinePack.Header header) {
    final Map<String, byte[]> documents = new TreeMap<>();
    for (final RevocationSource source : revoked.sources()) {
      documents.put(source.name(), source.content());
    }
    for (final RevocationList list : revoked.lists()) {
      if (!list.isExpired(header.madeAtEpochSeconds())) {
        documents.put(list.name(), list.content());
      }
    }
    int bytes = 0;
    for (final Map.Entry<String, byte[]> each : documents.entrySet()) {
      bytes += HEAD_BYTES + each.getKey().length() + each.getValue().length;
    }
    final ByteBuffer all = ByteBuffer.allocate(bytes);
    for (final Map.Entry<String, byte[]> each : documents.entrySet()) {
      final byte[] name = each.getKey().getBytes(StandardCharsets.US_ASCII);
      all.put((byte) name.length)
          .put(name)
          .putShort((short) each.getValue().length)
          .put(each.getValue());
    }
    return all.array();
  }

  /** Reads what {@link #write} has written. */
  static RevocationSet read(byte[] packed) throws PackException {
    final ByteBuffer all = ByteBuffer.wrap(packed);
    final Map<String, byte[]> documents = new TreeMap<>();
    while (all.hasRemaining()) {
      final byte[] name = take(all, all.get() & 0xFF);
      if (all.remaining() < Short.BYTES) {
        throw OfflinePack.malformed("revoked", "is cut short");
      }
      final byte[] content = take(all, all.getShort() & 0xFFFF);
      if (content.length == 0 || content.length > ClientLimits.MAX_REVOCATION_LIST_BYTES) {
        throw OfflinePack.malformed("revoked", "has a list of no length that can be");
      }
      if (documents.put(new String(name, StandardCharsets.ISO_8859_1), content) != null) {
        throw OfflinePack.malformed("revoked", "has a list twice");
      }
    }
    try {
      return RevocationSet.of(documents, RevocationSet.NONE);
    } catch (RevocationException e) {
      throw OfflinePack.malformed("revoked", "holds other than lists: " + e.getMessage());
    }
  }

  private static byte[] take(ByteBuffer from, int length) throws PackException {
    if (from.remaining() < length) {
      throw OfflinePack.malformed("revoked", "is cut short");
    }
    final byte[] taken = new byte[length];
    from.get(taken);
    return taken;
  }
}
