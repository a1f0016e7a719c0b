package gongbei.replication.map;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * A holder as one region knows them: 16 bytes (verifier/docs/reference/subjects.md), by which
 * nobody without that region's secret can tell who it is.
 *
 * @param high the first 8 bytes, big-endian
 * @param low the last 8 bytes, big-endian
 */
public record Subject(long high, long low) {
  /** The bytes of a subject. */
  public static final int BYTES = 16;

  private static final VarHandle BIG_ENDIAN_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** The subject whose 16 bytes stand at the offset. */
  public static Subject of(byte[] buffer, int offset) {
    final ByteBuffer bytes = ByteBuffer.wrap(buffer, offset, BYTES);
    return new Subject(bytes.getLong(), bytes.getLong());
  }

  /**
   * The subject written as 32 hexadecimal digits.
   *
   * @throws IllegalArgumentException when the text is nothing of the kind
   */
  public static Subject ofHex(String hex) {
    if (hex.length() != 2 * BYTES) {
      throw new IllegalArgumentException("subject is not 32 hexadecimal digits");
    }
    try {
      return of(HexFormat.of().parseHex(hex), 0);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("subject is not 32 hexadecimal digits", e);
    }
  }

  /** The 16 bytes. */
  public byte[] toBytes() {
    return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
  }

  /** Writes the 16 bytes. */
  public void write(byte[] into, int offset) {
    BIG_ENDIAN_LONG.set(into, offset, high);
    BIG_ENDIAN_LONG.set(into, offset + Long.BYTES, low);
  }

  /** 32 lower-case hexadecimal digits. */
  public String toHex() {
    return HexFormat.of().formatHex(toBytes());
  }

  @Override
  public String toString() {
    return toHex();
  }
}
