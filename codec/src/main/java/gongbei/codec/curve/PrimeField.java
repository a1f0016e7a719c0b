package gongbei.codec.curve;

import java.math.BigInteger;

/**
 * Arithmetic modulo a prime of 256 bits in Montgomery's form (P. L. Montgomery, <em>Modular
 * multiplication without trial division</em>, 1985) with R = 2²⁶⁰.
 *
 * <p>An element is {@value #LIMBS} limbs of {@value #LIMB_BITS} bits in a {@code long[]}, least
 * first. Limbs are signed and carried lazily: sums and differences are taken limb by limb and need
 * no reduction before they are multiplied. What multiplication takes must have limbs under 2⁵⁷ in
 * magnitude, the product of its two limb bounds must be under 2¹¹¹ and that of its two values under
 * 2⁵¹⁷; what it gives has limbs under 2⁵³ and a value under 2²⁵⁸ in magnitude. No operation but the
 * inverse branches on an element's value, so all but this one take the same time for any; the test
 * for zero branches once its outcome is all but certain.
 *
 * <p>Every result may be one of the operands. Allocates nothing but where it says so. For any
 * thread.
 *
 * <p>The products of limbs stand in each field, and before each reduction, on purpose: they are ten
 * sums that the reduction goes on with, and a method returns one value, so that a shared one would
 * pass them on through an array. {@link LaneField} passes arrays anyway; what its fields share in
 * form differs in the limbs that their primes touch.
 */
abstract sealed class PrimeField permits Sm2Field, P256Field, OrderField {
  /** Limbs of an element. */
  static final int LIMBS = 5;

  /** Bits of a limb. */
  static final int LIMB_BITS = 52;

  /** The bits of a limb, set. */
  static final long LIMB_MASK = (1L << LIMB_BITS) - 1;

  /** 64-bit words of a canonical value. */
  static final int WORDS = 4;

  private static final int TOP_BITS = 48;
  private static final long TOP_MASK = (1L << TOP_BITS) - 1;
  private static final int R_BITS = LIMBS * LIMB_BITS;

  /** The greatest multiple of the modulus that a lazily carried element may be, doubled. */
  private static final long ZERO_FILTER = 1L << 10;

  private final BigInteger modulus;
  private final long[] modulusLimbs;
  private final long[] modulusWords;
  private final long[] one;
  private final long[] rSquared;
  private final long[] rCubed;
  private final long modulusLow;

  PrimeField(BigInteger modulus) {
    this.modulus = modulus;
    final BigInteger r = BigInteger.ONE.shiftLeft(R_BITS);
    modulusLimbs = limbsOf(modulus);
    modulusWords = wordsOf(modulus);
    one = limbsOf(r.mod(modulus));
    rSquared = limbsOf(r.pow(2).mod(modulus));
    rCubed = limbsOf(r.pow(3).mod(modulus));
    modulusLow = modulusLimbs[0];
  }

  /** The prime. */
  final BigInteger modulus() {
    return modulus;
  }

  /** The prime's words, least first; not to be changed. */
  final long[] modulusWords() {
    return modulusWords;
  }

  final long modulusLimb(int index) {
    return modulusLimbs[index];
  }

  /** R modulo the prime: 1 in Montgomery's form; not to be changed. */
  final long[] one() {
    return one;
  }

  /** r = a·b / 2²⁶⁰. */
  abstract void multiply(long[] r, int rOffset, long[] a, int aOffset, long[] b, int bOffset);

  /** r = a² / 2²⁶⁰. */
  abstract void square(long[] r, int rOffset, long[] a, int aOffset);

  /**
   * r = a − b − c, brought back to limbs under 2⁵³ and a value under 2²⁵⁷ in magnitude. The three
   * must together have limbs under 2⁵⁷.
   */
  abstract void subtractBoth(
      long[] r, int rOffset, long[] a, int aOffset, long[] b, int bOffset, long[] c, int cOffset);

  /** r = a + b, limb by limb. */
  static void add(long[] r, int rOffset, long[] a, int aOffset, long[] b, int bOffset) {
    r[rOffset] = a[aOffset] + b[bOffset];
    r[rOffset + 1] = a[aOffset + 1] + b[bOffset + 1];
    r[rOffset + 2] = a[aOffset + 2] + b[bOffset + 2];
    r[rOffset + 3] = a[aOffset + 3] + b[bOffset + 3];
    r[rOffset + 4] = a[aOffset + 4] + b[bOffset + 4];
  }

  /** r = a − b, limb by limb. */
  static void subtract(long[] r, int rOffset, long[] a, int aOffset, long[] b, int bOffset) {
    r[rOffset] = a[aOffset] - b[bOffset];
    r[rOffset + 1] = a[aOffset + 1] - b[bOffset + 1];
    r[rOffset + 2] = a[aOffset + 2] - b[bOffset + 2];
    r[rOffset + 3] = a[aOffset + 3] - b[bOffset + 3];
    r[rOffset + 4] = a[aOffset + 4] - b[bOffset + 4];
  }

  /** r = a. */
  static void copy(long[] r, int rOffset, long[] a, int aOffset) {
    r[rOffset] = a[aOffset];
    r[rOffset + 1] = a[aOffset + 1];
    r[rOffset + 2] = a[aOffset + 2];
    r[rOffset + 3] = a[aOffset + 3];
    r[rOffset + 4] = a[aOffset + 4];
  }

  /** Spreads four 64-bit words, least first, over five limbs. */
  static void unpack(long[] r, int rOffset, long[] words, int offset) {
    final long w0 = words[offset];
    final long w1 = words[offset + 1];
    final long w2 = words[offset + 2];
    final long w3 = words[offset + 3];
    r[rOffset] = w0 & LIMB_MASK;
    r[rOffset + 1] = ((w0 >>> 52) | (w1 << 12)) & LIMB_MASK;
    r[rOffset + 2] = ((w1 >>> 40) | (w2 << 24)) & LIMB_MASK;
    r[rOffset + 3] = ((w2 >>> 28) | (w3 << 36)) & LIMB_MASK;
    r[rOffset + 4] = w3 >>> 16;
  }

  /** r = value·R, of the four words of a value under 2²⁵⁶. */
  final void fromWords(long[] r, int rOffset, long[] words, int offset) {
    unpack(r, rOffset, words, offset);
    multiply(r, rOffset, r, rOffset, rSquared, 0);
  }

  /** The value of an element, out of Montgomery's form, as four words under the modulus. */
  final void toWords(long[] words, int offset, long[] a, int aOffset, long[] scratch) {
    // 1 without the factor R: multiplying by it takes the factor away.
    scratch[0] = 1;
    scratch[1] = 0;
    scratch[2] = 0;
    scratch[3] = 0;
    scratch[4] = 0;
    multiply(scratch, 0, a, aOffset, scratch, 0);
    canonicalWords(words, offset, scratch, 0);
  }

  /**
   * The four words, under the modulus, of an element as it is held, factor R and all. Takes limbs
   * under 2⁶⁰ and a value under 2²⁶⁴ in magnitude.
   */
  final void canonicalWords(long[] words, int offset, long[] a, int aOffset) {
    long t0 = a[aOffset];
    long t1 = a[aOffset + 1];
    long t2 = a[aOffset + 2];
    long t3 = a[aOffset + 3];
    long t4 = a[aOffset + 4];
    // Twice: a multiple of the modulus near the value is taken off, which leaves it from 0 to 2²⁵⁶.
    for (int round = 0; round < 2; round++) {
      t1 += t0 >> LIMB_BITS;
      t2 += t1 >> LIMB_BITS;
      t3 += t2 >> LIMB_BITS;
      t4 += t3 >> LIMB_BITS;
      final long multiple = t4 >> TOP_BITS;
      t0 = (t0 & LIMB_MASK) - multiple * modulusLimbs[0];
      t1 = (t1 & LIMB_MASK) - multiple * modulusLimbs[1];
      t2 = (t2 & LIMB_MASK) - multiple * modulusLimbs[2];
      t3 = (t3 & LIMB_MASK) - multiple * modulusLimbs[3];
      t4 -= multiple * modulusLimbs[4];
    }
    t1 += t0 >> LIMB_BITS;
    t2 += t1 >> LIMB_BITS;
    t3 += t2 >> LIMB_BITS;
    t4 += t3 >> LIMB_BITS;
    t0 &= LIMB_MASK;
    t1 &= LIMB_MASK;
    t2 &= LIMB_MASK;
    t3 &= LIMB_MASK;
    t4 &= TOP_MASK;
    words[offset] = t0 | (t1 << 52);
    words[offset + 1] = (t1 >>> 12) | (t2 << 40);
    words[offset + 2] = (t2 >>> 24) | (t3 << 28);
    words[offset + 3] = (t3 >>> 36) | (t4 << 16);
    reduceOnce(words, offset);
  }

  /** Takes the modulus off a number under 2²⁵⁶ where it is not under it, by masks. */
  final void reduceOnce(long[] words, int offset) {
    long borrow = 0;
    for (int i = 0; i < WORDS; i++) {
      final long x = words[offset + i];
      final long y = modulusWords[i];
      final long difference = x - y - borrow;
      borrow = ((~x & y) | (~(x ^ y) & difference)) >>> 63;
    }
    // All ones where nothing had to be borrowed: where the number is the modulus or more.
    final long mask = borrow - 1;
    borrow = 0;
    for (int i = 0; i < WORDS; i++) {
      final long x = words[offset + i];
      final long y = modulusWords[i] & mask;
      final long difference = x - y - borrow;
      borrow = ((~x & y) | (~(x ^ y) & difference)) >>> 63;
      words[offset + i] = difference;
    }
  }

  /**
   * Whether an element is 0 modulo the prime. Of an element that is like any other, which a product
   * with a secret is, all but one in 2⁴¹ are seen by the lowest limb not to be.
   *
   * @param scratch four words
   */
  final boolean isZero(long[] a, int aOffset, long[] scratch) {
    // A multiple k of a prime that is −1 modulo 2⁵² is −k there.
    if (modulusLow == LIMB_MASK && ((a[aOffset] + ZERO_FILTER) & LIMB_MASK) > 2 * ZERO_FILTER) {
      return false;
    }
    canonicalWords(scratch, 0, a, aOffset);
    return (scratch[0] | scratch[1] | scratch[2] | scratch[3]) == 0;
  }

  /**
   * r = R²/a: the inverse in Montgomery's form; 0 for 0. Takes a time that depends on the value:
   * for public data.
   */
  final void invert(long[] r, int rOffset, long[] a, int aOffset, ModularInverse inverse) {
    final long[] words = inverse.words();
    canonicalWords(words, 0, a, aOffset);
    inverse.invert();
    unpack(r, rOffset, words, 0);
    multiply(r, rOffset, r, rOffset, rCubed, 0);
  }

  /**
   * r = a to a fixed public power, by squaring and multiplying: the time depends on the exponent
   * alone. Allocates.
   */
  final void power(long[] r, int rOffset, long[] a, int aOffset, BigInteger exponent) {
    final long[] base = new long[LIMBS];
    copy(base, 0, a, aOffset);
    final long[] power = one.clone();
    for (int bit = exponent.bitLength() - 1; bit >= 0; bit--) {
      square(power, 0, power, 0);
      if (exponent.testBit(bit)) {
        multiply(power, 0, power, 0, base, 0);
      }
    }
    copy(r, rOffset, power, 0);
  }

  /** A value under 2²⁶⁰ as limbs, not in Montgomery's form. Allocates. */
  static long[] limbsOf(BigInteger value) {
    final long[] limbs = new long[LIMBS];
    for (int i = 0; i < LIMBS; i++) {
      limbs[i] = value.shiftRight(i * LIMB_BITS).longValue() & LIMB_MASK;
    }
    return limbs;
  }

  /** A value under 2²⁵⁶ as words. Allocates. */
  static long[] wordsOf(BigInteger value) {
    final long[] words = new long[WORDS];
    for (int i = 0; i < WORDS; i++) {
      words[i] = value.shiftRight(i * Long.SIZE).longValue();
    }
    return words;
  }

  /** A value modulo the prime in Montgomery's form. Allocates. */
  final long[] element(BigInteger value) {
    final long[] limbs = limbsOf(value.mod(modulus));
    multiply(limbs, 0, limbs, 0, rSquared, 0);
    return limbs;
  }
}
