package gongbei.codec.signature;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The hash SM3 (GB/T 32905-2016, GM/T 0004), without allocation once made. After {@link #digest} it
 * starts anew. For one thread.
 */
public final class Sm3 {
  /** Bytes of a hash. */
  public static final int DIGEST_BYTES = 32;

  /** Words of what is kept between two blocks. */
  static final int STATE_WORDS = 8;

  private static final int BLOCK_BYTES = 64;
  private static final int LENGTH_BYTES = 8;
  private static final int ROUNDS = 64;
  private static final int FIRST_ROUNDS = 16;
  private static final int[] CONSTANTS = new int[ROUNDS];
  private static final VarHandle BIG_ENDIAN_INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle BIG_ENDIAN_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  static {
    for (int j = 0; j < ROUNDS; j++) {
      CONSTANTS[j] = Integer.rotateLeft(j < FIRST_ROUNDS ? 0x79CC4519 : 0x7A879D8A, j);
    }
  }

  private final int[] state = new int[STATE_WORDS];
  private final int[] words = new int[ROUNDS + 4];
  private final byte[] pending = new byte[BLOCK_BYTES];
  private int pendingBytes;
  private long totalBytes;

  public Sm3() {
    reset();
  }

  private void reset() {
    state[0] = 0x7380166F;
    state[1] = 0x4914B2B9;
    state[2] = 0x172442D7;
    state[3] = 0xDA8A0600;
    state[4] = 0xA96F30BC;
    state[5] = 0x163138AA;
    state[6] = 0xE38DEE4D;
    state[7] = 0xB0FB0E4E;
    pendingBytes = 0;
    totalBytes = 0;
  }

  /**
   * Keeps what has been taken so far, a whole number of blocks, to go on from it more than once.
   *
   * @param into takes {@value #STATE_WORDS} words
   */
  void save(int[] into) {
    System.arraycopy(state, 0, into, 0, STATE_WORDS);
  }

  /** Goes on from what was {@linkplain #save saved} after a number of blocks. */
  void restore(int[] saved, int blocks) {
    System.arraycopy(saved, 0, state, 0, STATE_WORDS);
    pendingBytes = 0;
    totalBytes = (long) blocks * BLOCK_BYTES;
  }

  /** Starts anew and forgets what was hashed. */
  void clear() {
    Arrays.fill(words, 0);
    Arrays.fill(pending, (byte) 0);
    reset();
  }

  /** Takes more of the message. */
  public void update(byte[] message, int offset, int length) {
    totalBytes += length;
    int at = offset;
    int left = length;
    if (pendingBytes > 0) {
      final int taken = Math.min(left, BLOCK_BYTES - pendingBytes);
      System.arraycopy(message, at, pending, pendingBytes, taken);
      pendingBytes += taken;
      at += taken;
      left -= taken;
      if (pendingBytes < BLOCK_BYTES) {
        return;
      }
      compress(pending, 0);
    }
    while (left >= BLOCK_BYTES) {
      compress(message, at);
      at += BLOCK_BYTES;
      left -= BLOCK_BYTES;
    }
    System.arraycopy(message, at, pending, 0, left);
    pendingBytes = left;
  }

  /** Writes the hash of all that was taken, {@value #DIGEST_BYTES} bytes, and starts anew. */
  public void digest(byte[] into, int offset) {
    pending[pendingBytes++] = (byte) 0x80;
    if (pendingBytes > BLOCK_BYTES - LENGTH_BYTES) {
      clearPending(BLOCK_BYTES);
      compress(pending, 0);
      pendingBytes = 0;
    }
    clearPending(BLOCK_BYTES - LENGTH_BYTES);
    BIG_ENDIAN_LONG.set(pending, BLOCK_BYTES - LENGTH_BYTES, totalBytes * Byte.SIZE);
    compress(pending, 0);
    for (int i = 0; i < state.length; i++) {
      BIG_ENDIAN_INT.set(into, offset + i * Integer.BYTES, state[i]);
    }
    reset();
  }

  private void clearPending(int end) {
    while (pendingBytes < end) {
      pending[pendingBytes++] = 0;
    }
  }

  /** Section 5.3: expands a block to 68 words and runs 64 rounds, here four to a turn. */
  private void compress(byte[] block, int offset) {
    final int[] w = words;
    for (int j = 0; j < 16; j++) {
      w[j] = (int) BIG_ENDIAN_INT.get(block, offset + j * Integer.BYTES);
    }
    for (int j = 16; j < ROUNDS + 4; j++) {
      final int x = w[j - 16] ^ w[j - 9] ^ Integer.rotateLeft(w[j - 3], 15);
      w[j] =
          x
              ^ Integer.rotateLeft(x, 15)
              ^ Integer.rotateLeft(x, 23)
              ^ Integer.rotateLeft(w[j - 13], 7)
              ^ w[j - 6];
    }
    int a = state[0];
    int b = state[1];
    int c = state[2];
    int d = state[3];
    int e = state[4];
    int f = state[5];
    int g = state[6];
    int h = state[7];
    int rotated;
    int sum;
    for (int j = 0; j < FIRST_ROUNDS; j += 4) {
      rotated = Integer.rotateLeft(a, 12);
      sum = Integer.rotateLeft(rotated + e + CONSTANTS[j], 7);
      d += (a ^ b ^ c) + (sum ^ rotated) + (w[j] ^ w[j + 4]);
      h = permute(h + (e ^ f ^ g) + sum + w[j]);
      b = Integer.rotateLeft(b, 9);
      f = Integer.rotateLeft(f, 19);

      rotated = Integer.rotateLeft(d, 12);
      sum = Integer.rotateLeft(rotated + h + CONSTANTS[j + 1], 7);
      c += (d ^ a ^ b) + (sum ^ rotated) + (w[j + 1] ^ w[j + 5]);
      g = permute(g + (h ^ e ^ f) + sum + w[j + 1]);
      a = Integer.rotateLeft(a, 9);
      e = Integer.rotateLeft(e, 19);

      rotated = Integer.rotateLeft(c, 12);
      sum = Integer.rotateLeft(rotated + g + CONSTANTS[j + 2], 7);
      b += (c ^ d ^ a) + (sum ^ rotated) + (w[j + 2] ^ w[j + 6]);
      f = permute(f + (g ^ h ^ e) + sum + w[j + 2]);
      d = Integer.rotateLeft(d, 9);
      h = Integer.rotateLeft(h, 19);

      rotated = Integer.rotateLeft(b, 12);
      sum = Integer.rotateLeft(rotated + f + CONSTANTS[j + 3], 7);
      a += (b ^ c ^ d) + (sum ^ rotated) + (w[j + 3] ^ w[j + 7]);
      e = permute(e + (f ^ g ^ h) + sum + w[j + 3]);
      c = Integer.rotateLeft(c, 9);
      g = Integer.rotateLeft(g, 19);
    }
    for (int j = FIRST_ROUNDS; j < ROUNDS; j += 4) {
      rotated = Integer.rotateLeft(a, 12);
      sum = Integer.rotateLeft(rotated + e + CONSTANTS[j], 7);
      d += majority(a, b, c) + (sum ^ rotated) + (w[j] ^ w[j + 4]);
      h = permute(h + choice(e, f, g) + sum + w[j]);
      b = Integer.rotateLeft(b, 9);
      f = Integer.rotateLeft(f, 19);

      rotated = Integer.rotateLeft(d, 12);
      sum = Integer.rotateLeft(rotated + h + CONSTANTS[j + 1], 7);
      c += majority(d, a, b) + (sum ^ rotated) + (w[j + 1] ^ w[j + 5]);
      g = permute(g + choice(h, e, f) + sum + w[j + 1]);
      a = Integer.rotateLeft(a, 9);
      e = Integer.rotateLeft(e, 19);

      rotated = Integer.rotateLeft(c, 12);
      sum = Integer.rotateLeft(rotated + g + CONSTANTS[j + 2], 7);
      b += majority(c, d, a) + (sum ^ rotated) + (w[j + 2] ^ w[j + 6]);
      f = permute(f + choice(g, h, e) + sum + w[j + 2]);
      d = Integer.rotateLeft(d, 9);
      h = Integer.rotateLeft(h, 19);

      rotated = Integer.rotateLeft(b, 12);
      sum = Integer.rotateLeft(rotated + f + CONSTANTS[j + 3], 7);
      a += majority(b, c, d) + (sum ^ rotated) + (w[j + 3] ^ w[j + 7]);
      e = permute(e + choice(f, g, h) + sum + w[j + 3]);
      c = Integer.rotateLeft(c, 9);
      g = Integer.rotateLeft(g, 19);
    }
    state[0] ^= a;
    state[1] ^= b;
    state[2] ^= c;
    state[3] ^= d;
    state[4] ^= e;
    state[5] ^= f;
    state[6] ^= g;
    state[7] ^= h;
  }

  private static int permute(int x) {
    return x ^ Integer.rotateLeft(x, 9) ^ Integer.rotateLeft(x, 17);
  }

  private static int majority(int x, int y, int z) {
    return (x & y) | (z & (x | y));
  }

  private static int choice(int x, int y, int z) {
    return z ^ (x & (y ^ z));
  }
}
