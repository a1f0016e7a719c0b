package gongbei.codec.curve;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * The arithmetic modulo the order that a signature needs of a secret key and a nonce, in a time
 * that depends on neither: products are lazily carried, inverses are fixed powers, and only the
 * finished s, which is published with the signature, is reduced, by masks. Allocates nothing once
 * made. For one thread.
 */
public final class SigningScalars {
  private final OrderField order;
  private final long[] key;
  private final FermatInverse inverse;
  private final long[] first = new long[PrimeField.LIMBS];
  private final long[] second = new long[PrimeField.LIMBS];
  private final long[] reduced = new long[Words.COUNT];
  private final long[] nonces;
  private final long[] products;
  private final long[] remaining = new long[PrimeField.LIMBS];

  private SigningScalars(Curve curve, long[] key, int capacity) {
    order = curve.order();
    this.key = key;
    inverse = new FermatInverse(order);
    nonces = new long[capacity * PrimeField.LIMBS];
    products = new long[capacity * PrimeField.LIMBS];
  }

  /**
   * What a private key contributes to a signature, in the form that it is multiplied in: d of ES256
   * or 1/(1 + d) of SM2. Immutable; for any thread. Its text never shows it.
   */
  public static final class Key {
    private final Curve curve;
    private final long[] multiplier;

    private Key(Curve curve, long[] multiplier) {
      this.curve = curve;
      this.multiplier = multiplier;
    }

    /**
     * Of ES256.
     *
     * @param d from 1 to the order less 1
     */
    public static Key ofEs256(BigInteger d) {
      final OrderField order = Curve.P256.order();
      requireRange(d, order.modulus().subtract(BigInteger.ONE));
      return new Key(Curve.P256, order.element(d));
    }

    /**
     * Of SM2.
     *
     * @param d from 1 to the order less 2 (GB/T 32918.1 §6.1), so that 1 + d has an inverse
     */
    public static Key ofSm2(BigInteger d) {
      final OrderField order = Curve.SM2.order();
      requireRange(d, order.modulus().subtract(BigInteger.TWO));
      final long[] multiplier = order.element(d);
      PrimeField.add(multiplier, 0, multiplier, 0, order.one(), 0);
      final FermatInverse inverse = new FermatInverse(order);
      inverse.invert(multiplier, 0, multiplier, 0);
      inverse.clear();
      return new Key(Curve.SM2, multiplier);
    }

    private static void requireRange(BigInteger d, BigInteger greatest) {
      if (d.signum() <= 0 || d.compareTo(greatest) > 0) {
        throw new IllegalArgumentException("the private key is out of its range");
      }
    }

    /** The curve that the key is of. */
    public Curve curve() {
      return curve;
    }

    /**
     * Scratch of its own for computing with this key.
     *
     * @param capacity the most signatures at once
     */
    public SigningScalars scalars(int capacity) {
      return new SigningScalars(curve, multiplier, capacity);
    }
  }

  /**
   * Each s = (e + r·d)/k of ES256 (FIPS 186-5 §6.4.1), with one inversion for all.
   *
   * @param s takes four words each
   * @param e four words each, under 2²⁵⁶
   * @param r four words each, under 2²⁵⁶
   * @param k four words each, from 1 to the order less 1
   * @param count how many, up to the capacity
   */
  public void es256(long[] s, long[] e, long[] r, long[] k, int count) {
    for (int i = 0; i < count; i++) {
      final int at = i * PrimeField.LIMBS;
      order.fromWords(nonces, at, k, i * Words.COUNT);
      if (i == 0) {
        PrimeField.copy(products, 0, nonces, 0);
      } else {
        order.multiply(products, at, products, at - PrimeField.LIMBS, nonces, at);
      }
    }
    inverse.invert(remaining, 0, products, (count - 1) * PrimeField.LIMBS);
    for (int i = count - 1; i >= 0; i--) {
      final int at = i * PrimeField.LIMBS;
      // A plain number times one in Montgomery's form is plain.
      PrimeField.unpack(first, 0, r, i * Words.COUNT);
      order.multiply(first, 0, first, 0, key, 0);
      PrimeField.unpack(second, 0, e, i * Words.COUNT);
      PrimeField.add(first, 0, first, 0, second, 0);
      PrimeField.copy(second, 0, remaining, 0);
      if (i > 0) {
        order.multiply(second, 0, second, 0, products, at - PrimeField.LIMBS);
        order.multiply(remaining, 0, remaining, 0, nonces, at);
      }
      order.multiply(first, 0, first, 0, second, 0);
      publish(s, i * Words.COUNT);
    }
  }

  /**
   * s = (k − r·d)/(1 + d) = (k + r)/(1 + d) − r of SM2 (GB/T 32918.2 §6.1).
   *
   * @param s takes four words
   * @param r four words, under the order
   * @param k four words, from 1 to the order less 1
   * @param offset where the words of all three begin
   * @return whether k + r is not a multiple of the order, without which the nonce must not be used
   */
  public boolean sm2(long[] s, long[] r, long[] k, int offset) {
    Words.subtract(reduced, 0, order.modulusWords(), 0, k, offset);
    final long apart =
        (reduced[0] ^ r[offset])
            | (reduced[1] ^ r[offset + 1])
            | (reduced[2] ^ r[offset + 2])
            | (reduced[3] ^ r[offset + 3]);
    PrimeField.unpack(first, 0, k, offset);
    PrimeField.unpack(second, 0, r, offset);
    PrimeField.add(first, 0, first, 0, second, 0);
    order.multiply(first, 0, first, 0, key, 0);
    PrimeField.subtract(first, 0, first, 0, second, 0);
    // Not negative again.
    for (int i = 0; i < PrimeField.LIMBS; i++) {
      first[i] += order.modulusLimb(i);
    }
    publish(s, offset);
    return apart != 0;
  }

  /** Forgets what was computed of the secrets. */
  public void clear() {
    inverse.clear();
    Arrays.fill(first, 0);
    Arrays.fill(second, 0);
    Arrays.fill(reduced, 0);
    Arrays.fill(nonces, 0);
    Arrays.fill(products, 0);
    Arrays.fill(remaining, 0);
  }

  /**
   * The words, under the order, of {@link #first}, which has a value from 0 to 2²⁵⁸ here: times 1
   * it is less than the order and 2²⁵⁴, so that the order is taken off once or not at all.
   */
  private void publish(long[] s, int offset) {
    order.multiply(first, 0, first, 0, order.one(), 0);
    carry(first);
    for (int i = 0; i < PrimeField.LIMBS; i++) {
      second[i] = first[i] - order.modulusLimb(i);
    }
    carry(second);
    final long isUnder = second[PrimeField.LIMBS - 1] >> 63;
    for (int i = 0; i < PrimeField.LIMBS; i++) {
      first[i] = second[i] ^ (isUnder & (second[i] ^ first[i]));
    }
    s[offset] = first[0] | (first[1] << 52);
    s[offset + 1] = (first[1] >>> 12) | (first[2] << 40);
    s[offset + 2] = (first[2] >>> 24) | (first[3] << 28);
    s[offset + 3] = (first[3] >>> 36) | (first[4] << 16);
  }

  private static void carry(long[] a) {
    for (int i = 0; i < PrimeField.LIMBS - 1; i++) {
      a[i + 1] += a[i] >> PrimeField.LIMB_BITS;
      a[i] &= PrimeField.LIMB_MASK;
    }
  }
}
