package gongbei.codec.transparency;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Blinds the subject of an entry: SHA-256(domain ‖ subject ‖ version), one block. Its first 16
 * bytes are the entry's tag, the next 8 mask the version of the holder's entry before. Who knows a
 * subject finds its entries and walks back from one to the other; nobody else can tell that two are
 * of one holder. A document has the subject of zeros. For one thread; allocates nothing once made.
 */
public final class EntryBlinding {
  /** The bytes of a subject. */
  public static final int SUBJECT_BYTES = 16;

  private static final byte[] DOMAIN =
      "gongbei history entry 1".getBytes(StandardCharsets.US_ASCII);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final MessageDigest sha256 = TreeHash.newSha256();
  private final byte[] block = Arrays.copyOf(DOMAIN, DOMAIN.length + SUBJECT_BYTES + Long.BYTES);
  private final byte[] made = new byte[TreeHash.BYTES];

  /** Computes what blinds a subject's entry of a version. */
  public EntryBlinding of(byte[] subject, int offset, long version) {
    System.arraycopy(subject, offset, block, DOMAIN.length, SUBJECT_BYTES);
    LONGS.set(block, DOMAIN.length + SUBJECT_BYTES, version);
    sha256.update(block, 0, block.length);
    try {
      sha256.digest(made, 0, made.length);
    } catch (DigestException e) {
      throw new IllegalStateException("there is no room for a hash", e);
    }
    return this;
  }

  /** Writes the tag that was computed. */
  public void tag(byte[] into, int at) {
    System.arraycopy(made, 0, into, at, HistoryEntry.TAG_BYTES);
  }

  /** Masks a version, or takes the mask off. */
  public long mask(long version) {
    return version ^ (long) LONGS.get(made, HistoryEntry.TAG_BYTES);
  }

  /** Whether an entry is of the subject that was last computed for. */
  public boolean isOf(HistoryEntry entry) {
    return Arrays.equals(entry.bytes(), 0, HistoryEntry.TAG_BYTES, made, 0, HistoryEntry.TAG_BYTES);
  }
}
