package gongbei.codec.transparency;

import gongbei.codec.transparency.TransparencyException.Reason;
import java.nio.ByteBuffer;

/** A bundle of entries as C2SP tlog-tiles lays it out: each after its length, 16 bits. */
public final class EntryBundle {
  private static final int FRAMED_BYTES = Short.BYTES + HistoryEntry.BYTES;

  private EntryBundle() {}

  /** Frames entries that stand one after the other. */
  public static byte[] of(byte[] entries, int count) {
    final ByteBuffer bundle = ByteBuffer.allocate(count * FRAMED_BYTES);
    for (int i = 0; i < count; i++) {
      bundle
          .putShort((short) HistoryEntry.BYTES)
          .put(entries, i * HistoryEntry.BYTES, HistoryEntry.BYTES);
    }
    return bundle.array();
  }

  /**
   * Takes the entries out of a bundle.
   *
   * @return them, one after the other
   * @throws TransparencyException where it is not a bundle of so many
   */
  public static byte[] entries(TilePath path, byte[] bundle) throws TransparencyException {
    final ByteBuffer from = ByteBuffer.wrap(bundle);
    final byte[] entries = new byte[path.width() * HistoryEntry.BYTES];
    boolean isOne = bundle.length == path.width() * FRAMED_BYTES;
    for (int i = 0; i < path.width() && isOne; i++) {
      isOne = from.getShort() == HistoryEntry.BYTES;
      if (isOne) {
        from.get(entries, i * HistoryEntry.BYTES, HistoryEntry.BYTES);
      }
    }
    if (!isOne) {
      throw new TransparencyException(
          Reason.BUNDLE_MALFORMED,
          path + " is no bundle of " + path.width() + " entries of " + HistoryEntry.BYTES);
    }
    return entries;
  }
}
