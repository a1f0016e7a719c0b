package gongbei.codec.signature;

import gongbei.codec.curve.Words;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Nonces by HMAC of private key and hash (RFC 6979 §3.2), with SM3 or SHA-256, whose 256 bits are
 * as many as the order's; with other bytes added they are hedged (§3.6). No branch depends on a
 * nonce but for one that is out of range, which is forgotten. Allocates nothing once made. For one
 * thread.
 *
 * <p>Each key of HMAC is used two or three times: SM3 goes on from what the key's two padded blocks
 * have left, 18 blocks for a nonce and not 24.
 */
final class HmacNonces {
  private static final int BYTES = 32;
  private static final int BLOCK_BYTES = 64;
  private static final byte INNER = 0x36;
  private static final byte OUTER = 0x5C;

  private final byte[] privateKey;
  private final long[] order;
  private final Sm3 sm3;
  private final MessageDigest sha256;
  private final byte[] separator = new byte[1];
  private final byte[] key = new byte[BYTES];
  private final byte[] value = new byte[BYTES];
  private final byte[] hash = new byte[BYTES];
  private final byte[] inner = new byte[BYTES];
  private final byte[] pad = new byte[BLOCK_BYTES];
  private final int[] afterInner = new int[Sm3.STATE_WORDS];
  private final int[] afterOuter = new int[Sm3.STATE_WORDS];
  private final int[] firstInner = new int[Sm3.STATE_WORDS];
  private final int[] firstOuter = new int[Sm3.STATE_WORDS];
  private final long[] difference = new long[Words.COUNT];

  /**
   * @param isSm3 whether the hash is SM3, else SHA-256
   * @param privateKey 32 bytes, borrowed
   * @param order of the curve's group, over 2²⁵⁵
   */
  HmacNonces(boolean isSm3, byte[] privateKey, long[] order) {
    this.privateKey = privateKey;
    this.order = order;
    sm3 = isSm3 ? new Sm3() : null;
    sha256 = isSm3 ? null : sha256();
    if (isSm3) {
      keyIsNew();
      System.arraycopy(afterInner, 0, firstInner, 0, Sm3.STATE_WORDS);
      System.arraycopy(afterOuter, 0, firstOuter, 0, Sm3.STATE_WORDS);
    }
  }

  /** SHA-256 of this Java. */
  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  /** Writes the hash of what the digest has taken, 32 bytes. */
  static void digest(MessageDigest sha256, byte[] into) {
    try {
      sha256.digest(into, 0, BYTES);
    } catch (DigestException e) {
      throw new IllegalStateException("SHA-256 is not of 32 bytes", e);
    }
  }

  /**
   * Begins the nonces of a message: steps b to g.
   *
   * @param e its hash modulo the order, four words
   * @param hedge bytes that are added, or none
   */
  void start(long[] e, int offset, byte[] hedge) {
    Words.write(hash, 0, e, offset);
    Arrays.fill(value, (byte) 1);
    Arrays.fill(key, (byte) 0);
    System.arraycopy(firstInner, 0, afterInner, 0, Sm3.STATE_WORDS);
    System.arraycopy(firstOuter, 0, afterOuter, 0, Sm3.STATE_WORDS);
    updateKey(0, hedge);
    updateKey(1, hedge);
  }

  /** K = HMAC_K(V ‖ separator ‖ private key ‖ hash ‖ hedge), V = HMAC_K(V). */
  private void updateKey(int between, byte[] hedge) {
    beginHmac();
    update(value, 0, BYTES);
    separator[0] = (byte) between;
    update(separator, 0, 1);
    update(privateKey, 0, BYTES);
    update(hash, 0, BYTES);
    update(hedge, 0, hedge.length);
    finishHmac(key);
    keyIsNew();
    updateValue();
  }

  private void updateValue() {
    beginHmac();
    update(value, 0, BYTES);
    finishHmac(value);
  }

  /**
   * The next nonce: step h.
   *
   * @param k takes four words, from 1 to the order less 1
   */
  void next(long[] k, int offset) {
    updateValue();
    Words.read(k, offset, value, 0);
    while (!isInRange(k, offset)) {
      refuse();
      updateValue();
      Words.read(k, offset, value, 0);
    }
  }

  /** After a nonce that is not used: K = HMAC_K(V ‖ 0), V = HMAC_K(V). */
  void refuse() {
    beginHmac();
    update(value, 0, BYTES);
    separator[0] = 0;
    update(separator, 0, 1);
    finishHmac(key);
    keyIsNew();
    updateValue();
  }

  private boolean isInRange(long[] k, int offset) {
    final long isUnder = Words.subtract(difference, 0, k, offset, order, 0);
    final long any = k[offset] | k[offset + 1] | k[offset + 2] | k[offset + 3];
    final long isSome = (any | -any) >>> 63;
    return (isUnder & isSome) != 0;
  }

  /** Forgets the nonces. */
  void clear() {
    Arrays.fill(key, (byte) 0);
    Arrays.fill(value, (byte) 0);
    Arrays.fill(hash, (byte) 0);
    Arrays.fill(inner, (byte) 0);
    Arrays.fill(pad, (byte) 0);
    Arrays.fill(afterInner, 0);
    Arrays.fill(afterOuter, 0);
    Arrays.fill(difference, 0);
    if (sm3 != null) {
      sm3.clear();
    } else {
      sha256.reset();
    }
  }

  /** HMAC (RFC 2104) of what is taken until {@link #finishHmac}, by a key shorter than a block. */
  private void beginHmac() {
    if (sm3 != null) {
      sm3.restore(afterInner, 1);
    } else {
      pad(INNER);
    }
  }

  private void finishHmac(byte[] into) {
    digest(inner);
    if (sm3 != null) {
      sm3.restore(afterOuter, 1);
    } else {
      pad(OUTER);
    }
    update(inner, 0, BYTES);
    digest(into);
  }

  /** Takes the key's two padded blocks once for all that it is used for. */
  private void keyIsNew() {
    if (sm3 != null) {
      pad(INNER);
      sm3.save(afterInner);
      sm3.clear();
      pad(OUTER);
      sm3.save(afterOuter);
      sm3.clear();
    }
  }

  private void pad(byte with) {
    for (int i = 0; i < BYTES; i++) {
      pad[i] = (byte) (key[i] ^ with);
    }
    Arrays.fill(pad, BYTES, BLOCK_BYTES, with);
    update(pad, 0, BLOCK_BYTES);
  }

  private void update(byte[] bytes, int offset, int length) {
    if (sm3 != null) {
      sm3.update(bytes, offset, length);
    } else {
      sha256.update(bytes, offset, length);
    }
  }

  private void digest(byte[] into) {
    if (sm3 != null) {
      sm3.digest(into, 0);
    } else {
      digest(sha256, into);
    }
  }
}
