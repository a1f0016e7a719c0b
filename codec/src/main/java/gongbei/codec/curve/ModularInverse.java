package gongbei.codec.curve;

import java.math.BigInteger;

/**
 * The inverse modulo an odd number, by division steps (D. J. Bernstein, B.-Y. Yang, <em>Fast
 * constant-time gcd computation and modular inversion</em>, 2019), thirty at a time and in the
 * variable-time form of P. Wuille's description in libsecp256k1: trailing zeros of g are shifted
 * off together and several of its bits cancelled at once. For public data only. Allocates nothing
 * once made. For one thread.
 */
final class ModularInverse {
  private static final int LIMBS = 9;
  private static final int LIMB_BITS = 30;
  private static final int LIMB_MASK = (1 << LIMB_BITS) - 1;

  /** How many bits of g one step may cancel: what the small inverse of f below is good for. */
  private static final int CANCELLED_BITS = 10;

  private final int[] modulus = new int[LIMBS];
  private final int modulusInverse;
  private final long[] words = new long[Words.COUNT];
  private final int[] d = new int[LIMBS];
  private final int[] e = new int[LIMBS];
  private final int[] f = new int[LIMBS];
  private final int[] g = new int[LIMBS];
  private int u;
  private int v;
  private int q;
  private int r;

  ModularInverse(BigInteger modulus) {
    for (int i = 0; i < LIMBS; i++) {
      this.modulus[i] = modulus.shiftRight(LIMB_BITS * i).intValue() & LIMB_MASK;
    }
    modulusInverse = modulus.modInverse(BigInteger.ONE.shiftLeft(LIMB_BITS)).intValue();
  }

  /**
   * Where the number is put before {@link #invert} and its inverse found after, under the modulus.
   */
  long[] words() {
    return words;
  }

  /** Replaces the number in {@link #words} by its inverse; 0 by 0. */
  void invert() {
    for (int i = 0; i < LIMBS; i++) {
      f[i] = modulus[i];
      g[i] = limbOfWords(i);
      d[i] = 0;
      e[i] = 0;
    }
    e[0] = 1;
    int length = LIMBS;
    int eta = -1;
    while (!isZero(g, length)) {
      eta = divisionSteps(eta, f[0], g[0]);
      updateCofactors();
      updateNumbers(length);
      final int fTop = f[length - 1];
      final int gTop = g[length - 1];
      if (length > 1 && (fTop ^ (fTop >> 31)) == 0 && (gTop ^ (gTop >> 31)) == 0) {
        f[length - 2] |= fTop << LIMB_BITS;
        g[length - 2] |= gTop << LIMB_BITS;
        length--;
      }
    }
    normalise(f[length - 1] < 0);
    for (int i = 0; i < Words.COUNT; i++) {
      words[i] = wordOfLimbs(i);
    }
  }

  private int limbOfWords(int limb) {
    final int bit = limb * LIMB_BITS;
    final int word = bit >>> 6;
    final int shift = bit & 63;
    long bits = words[word] >>> shift;
    if (shift > Long.SIZE - LIMB_BITS && word + 1 < Words.COUNT) {
      bits |= words[word + 1] << (Long.SIZE - shift);
    }
    return (int) bits & LIMB_MASK;
  }

  private long wordOfLimbs(int word) {
    final int bit = word * Long.SIZE;
    final int limb = bit / LIMB_BITS;
    final int shift = bit % LIMB_BITS;
    // A word begins at most 12 bits into a limb: three limbs hold it.
    return ((long) d[limb] >>> shift)
        | ((long) d[limb + 1] << (LIMB_BITS - shift))
        | ((long) d[limb + 2] << (2 * LIMB_BITS - shift));
  }

  private static boolean isZero(int[] number, int length) {
    int any = 0;
    for (int i = 0; i < length; i++) {
      any |= number[i];
    }
    return any == 0;
  }

  /** Thirty division steps on the low bits; what they do to f and g is left in u, v, q and r. */
  private int divisionSteps(int startEta, int lowF, int lowG) {
    int eta = startEta;
    int fLow = lowF;
    int gLow = lowG;
    int uNow = 1;
    int vNow = 0;
    int qNow = 0;
    int rNow = 1;
    int left = LIMB_BITS;
    while (true) {
      final int zeros = Integer.numberOfTrailingZeros(gLow | (-1 << left));
      gLow >>>= zeros;
      uNow <<= zeros;
      vNow <<= zeros;
      eta -= zeros;
      left -= zeros;
      if (left == 0) {
        break;
      }
      if (eta < 0) {
        eta = -eta;
        int swap = fLow;
        fLow = gLow;
        gLow = -swap;
        swap = uNow;
        uNow = qNow;
        qNow = -swap;
        swap = vNow;
        vNow = rNow;
        rNow = -swap;
      }
      final int bits = Math.min(CANCELLED_BITS, Math.min(eta + 1, left));
      final int inverseOfFive = (fLow * 3) ^ 2;
      final int inverseOfTen = inverseOfFive * (2 - fLow * inverseOfFive);
      final int multiple = (-gLow * inverseOfTen) & ((1 << bits) - 1);
      gLow += fLow * multiple;
      qNow += uNow * multiple;
      rNow += vNow * multiple;
    }
    u = uNow;
    v = vNow;
    q = qNow;
    r = rNow;
    return eta;
  }

  /** (d, e) = (u·d + v·e, q·d + r·e) / 2³⁰ modulo the modulus. */
  private void updateCofactors() {
    final long uNow = u;
    final long vNow = v;
    final long qNow = q;
    final long rNow = r;
    final int dSign = d[LIMBS - 1] >> 31;
    final int eSign = e[LIMBS - 1] >> 31;
    int md = (u & dSign) + (v & eSign);
    int me = (q & dSign) + (r & eSign);
    long dCarry = uNow * d[0] + vNow * e[0];
    long eCarry = qNow * d[0] + rNow * e[0];
    md -= (modulusInverse * (int) dCarry + md) & LIMB_MASK;
    me -= (modulusInverse * (int) eCarry + me) & LIMB_MASK;
    dCarry = (dCarry + (long) modulus[0] * md) >> LIMB_BITS;
    eCarry = (eCarry + (long) modulus[0] * me) >> LIMB_BITS;
    for (int i = 1; i < LIMBS; i++) {
      dCarry += uNow * d[i] + vNow * e[i] + (long) modulus[i] * md;
      eCarry += qNow * d[i] + rNow * e[i] + (long) modulus[i] * me;
      d[i - 1] = (int) dCarry & LIMB_MASK;
      e[i - 1] = (int) eCarry & LIMB_MASK;
      dCarry >>= LIMB_BITS;
      eCarry >>= LIMB_BITS;
    }
    d[LIMBS - 1] = (int) dCarry;
    e[LIMBS - 1] = (int) eCarry;
  }

  /** (f, g) = (u·f + v·g, q·f + r·g) / 2³⁰. */
  private void updateNumbers(int length) {
    final long uNow = u;
    final long vNow = v;
    final long qNow = q;
    final long rNow = r;
    long fCarry = (uNow * f[0] + vNow * g[0]) >> LIMB_BITS;
    long gCarry = (qNow * f[0] + rNow * g[0]) >> LIMB_BITS;
    for (int i = 1; i < length; i++) {
      fCarry += uNow * f[i] + vNow * g[i];
      gCarry += qNow * f[i] + rNow * g[i];
      f[i - 1] = (int) fCarry & LIMB_MASK;
      g[i - 1] = (int) gCarry & LIMB_MASK;
      fCarry >>= LIMB_BITS;
      gCarry >>= LIMB_BITS;
    }
    f[length - 1] = (int) fCarry;
    g[length - 1] = (int) gCarry;
  }

  /** Brings d, negated where f is −1, from −2·modulus … modulus to 0 … modulus. */
  private void normalise(boolean negate) {
    addModulusWhereNegative();
    if (negate) {
      for (int i = 0; i < LIMBS; i++) {
        d[i] = -d[i];
      }
    }
    carry();
    addModulusWhereNegative();
    carry();
  }

  private void addModulusWhereNegative() {
    if (d[LIMBS - 1] < 0) {
      for (int i = 0; i < LIMBS; i++) {
        d[i] += modulus[i];
      }
    }
  }

  private void carry() {
    for (int i = 0; i + 1 < LIMBS; i++) {
      d[i + 1] += d[i] >> LIMB_BITS;
      d[i] &= LIMB_MASK;
    }
  }
}
