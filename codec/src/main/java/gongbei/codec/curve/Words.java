package gongbei.codec.curve;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Numbers of 256 bits without sign as four 64-bit words, least first: what scalars, coordinates and
 * digests are between their bytes and a field. Allocates nothing. For any thread.
 */
public final class Words {
  /** Words of a number. */
  public static final int COUNT = 4;

  private static final VarHandle BIG_ENDIAN_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Words() {}

  /** Reads 32 bytes, big-endian. */
  public static void read(long[] words, int offset, byte[] bytes, int bytesOffset) {
    words[offset + 3] = (long) BIG_ENDIAN_LONG.get(bytes, bytesOffset);
    words[offset + 2] = (long) BIG_ENDIAN_LONG.get(bytes, bytesOffset + 8);
    words[offset + 1] = (long) BIG_ENDIAN_LONG.get(bytes, bytesOffset + 16);
    words[offset] = (long) BIG_ENDIAN_LONG.get(bytes, bytesOffset + 24);
  }

  /** Writes 32 bytes, big-endian. */
  public static void write(byte[] bytes, int bytesOffset, long[] words, int offset) {
    BIG_ENDIAN_LONG.set(bytes, bytesOffset, words[offset + 3]);
    BIG_ENDIAN_LONG.set(bytes, bytesOffset + 8, words[offset + 2]);
    BIG_ENDIAN_LONG.set(bytes, bytesOffset + 16, words[offset + 1]);
    BIG_ENDIAN_LONG.set(bytes, bytesOffset + 24, words[offset]);
  }

  /** Whether the number is 0. */
  public static boolean isZero(long[] a, int offset) {
    return (a[offset] | a[offset + 1] | a[offset + 2] | a[offset + 3]) == 0;
  }

  /** Compares as {@link Long#compare}, without sign. In a time that depends on the numbers. */
  public static int compare(long[] a, int aOffset, long[] b, int bOffset) {
    for (int i = COUNT - 1; i >= 0; i--) {
      final long x = a[aOffset + i];
      final long y = b[bOffset + i];
      if (x != y) {
        return Long.compareUnsigned(x, y);
      }
    }
    return 0;
  }

  /**
   * r = a + b modulo 2²⁵⁶.
   *
   * @return the carry, 0 or 1
   */
  public static long add(long[] r, int rOffset, long[] a, int aOffset, long[] b, int bOffset) {
    long carry = 0;
    for (int i = 0; i < COUNT; i++) {
      final long x = a[aOffset + i];
      final long y = b[bOffset + i];
      final long sum = x + y + carry;
      carry = ((x & y) | ((x | y) & ~sum)) >>> 63;
      r[rOffset + i] = sum;
    }
    return carry;
  }

  /**
   * r = a − b modulo 2²⁵⁶.
   *
   * @return the borrow, 0 or 1
   */
  public static long subtract(long[] r, int rOffset, long[] a, int aOffset, long[] b, int bOffset) {
    long borrow = 0;
    for (int i = 0; i < COUNT; i++) {
      final long x = a[aOffset + i];
      final long y = b[bOffset + i];
      final long difference = x - y - borrow;
      borrow = ((~x & y) | (~(x ^ y) & difference)) >>> 63;
      r[rOffset + i] = difference;
    }
    return borrow;
  }
}
