package gongbei.codec.curve;

import java.math.BigInteger;

/**
 * Arithmetic modulo the prime of P-256 (FIPS 186-4 D.1.2.3): p = 2²⁵⁶ − 2²²⁴ + 2¹⁹² + 2⁹⁶ − 1.
 * Since p is −1 modulo 2⁹⁶, a limb is taken off the low end by adding its own multiple of p, whose
 * other terms are shifts: q·(p + 1) = q·(2⁹⁶ + 2¹⁹² − 2²²⁴ + 2²⁵⁶).
 */
final class P256Field extends PrimeField {
  P256Field() {
    super(new BigInteger("FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF", 16));
  }

  @Override
  void multiply(long[] r, int rOffset, long[] a, int aOffset, long[] b, int bOffset) {
    final long a0 = a[aOffset];
    final long a1 = a[aOffset + 1];
    final long a2 = a[aOffset + 2];
    final long a3 = a[aOffset + 3];
    final long a4 = a[aOffset + 4];
    final long b0 = b[bOffset];
    final long b1 = b[bOffset + 1];
    final long b2 = b[bOffset + 2];
    final long b3 = b[bOffset + 3];
    final long b4 = b[bOffset + 4];
    final long aShifted0 = a0 << 6;
    final long aShifted1 = a1 << 6;
    final long aShifted2 = a2 << 6;
    final long aShifted3 = a3 << 6;
    final long aShifted4 = a4 << 6;
    final long bShifted0 = b0 << 6;
    final long bShifted1 = b1 << 6;
    final long bShifted2 = b2 << 6;
    final long bShifted3 = b3 << 6;
    final long bShifted4 = b4 << 6;
    final long h0 = Math.multiplyHigh(aShifted0, bShifted0);
    final long t0 = a0 * b0 - (h0 << 52);
    final long h1 =
        Math.multiplyHigh(aShifted0, bShifted1) + Math.multiplyHigh(aShifted1, bShifted0);
    long t1 = a0 * b1 + a1 * b0 - (h1 << 52) + h0;
    final long h2 =
        Math.multiplyHigh(aShifted0, bShifted2)
            + Math.multiplyHigh(aShifted1, bShifted1)
            + Math.multiplyHigh(aShifted2, bShifted0);
    long t2 = a0 * b2 + a1 * b1 + a2 * b0 - (h2 << 52) + h1;
    final long h3 =
        Math.multiplyHigh(aShifted0, bShifted3)
            + Math.multiplyHigh(aShifted1, bShifted2)
            + Math.multiplyHigh(aShifted2, bShifted1)
            + Math.multiplyHigh(aShifted3, bShifted0);
    long t3 = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 - (h3 << 52) + h2;
    final long h4 =
        Math.multiplyHigh(aShifted0, bShifted4)
            + Math.multiplyHigh(aShifted1, bShifted3)
            + Math.multiplyHigh(aShifted2, bShifted2)
            + Math.multiplyHigh(aShifted3, bShifted1)
            + Math.multiplyHigh(aShifted4, bShifted0);
    long t4 = a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 - (h4 << 52) + h3;
    final long h5 =
        Math.multiplyHigh(aShifted1, bShifted4)
            + Math.multiplyHigh(aShifted2, bShifted3)
            + Math.multiplyHigh(aShifted3, bShifted2)
            + Math.multiplyHigh(aShifted4, bShifted1);
    long t5 = a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 - (h5 << 52) + h4;
    final long h6 =
        Math.multiplyHigh(aShifted2, bShifted4)
            + Math.multiplyHigh(aShifted3, bShifted3)
            + Math.multiplyHigh(aShifted4, bShifted2);
    long t6 = a2 * b4 + a3 * b3 + a4 * b2 - (h6 << 52) + h5;
    final long h7 =
        Math.multiplyHigh(aShifted3, bShifted4) + Math.multiplyHigh(aShifted4, bShifted3);
    long t7 = a3 * b4 + a4 * b3 - (h7 << 52) + h6;
    final long h8 = Math.multiplyHigh(aShifted4, bShifted4);
    long t8 = a4 * b4 - (h8 << 52) + h7;
    long t9 = h8;
    long q;
    q = t0 & LIMB_MASK;
    t1 += (t0 >> 52) + ((q << 44) & LIMB_MASK);
    t2 += q >>> 8;
    t3 += (q << 36) & LIMB_MASK;
    t4 += (q >>> 16) - ((q << 16) & LIMB_MASK) + ((q << 48) & LIMB_MASK);
    t5 += (q >>> 4) - (q >>> 36);
    q = t1 & LIMB_MASK;
    t2 += (t1 >> 52) + ((q << 44) & LIMB_MASK);
    t3 += q >>> 8;
    t4 += (q << 36) & LIMB_MASK;
    t5 += (q >>> 16) - ((q << 16) & LIMB_MASK) + ((q << 48) & LIMB_MASK);
    t6 += (q >>> 4) - (q >>> 36);
    q = t2 & LIMB_MASK;
    t3 += (t2 >> 52) + ((q << 44) & LIMB_MASK);
    t4 += q >>> 8;
    t5 += (q << 36) & LIMB_MASK;
    t6 += (q >>> 16) - ((q << 16) & LIMB_MASK) + ((q << 48) & LIMB_MASK);
    t7 += (q >>> 4) - (q >>> 36);
    q = t3 & LIMB_MASK;
    t4 += (t3 >> 52) + ((q << 44) & LIMB_MASK);
    t5 += q >>> 8;
    t6 += (q << 36) & LIMB_MASK;
    t7 += (q >>> 16) - ((q << 16) & LIMB_MASK) + ((q << 48) & LIMB_MASK);
    t8 += (q >>> 4) - (q >>> 36);
    q = t4 & LIMB_MASK;
    t5 += (t4 >> 52) + ((q << 44) & LIMB_MASK);
    t6 += q >>> 8;
    t7 += (q << 36) & LIMB_MASK;
    t8 += (q >>> 16) - ((q << 16) & LIMB_MASK) + ((q << 48) & LIMB_MASK);
    t9 += (q >>> 4) - (q >>> 36);
    r[rOffset] = t5 & LIMB_MASK;
    r[rOffset + 1] = (t6 & LIMB_MASK) + (t5 >> 52);
    r[rOffset + 2] = (t7 & LIMB_MASK) + (t6 >> 52);
    r[rOffset + 3] = (t8 & LIMB_MASK) + (t7 >> 52);
    r[rOffset + 4] = t9 + (t8 >> 52);
  }

  @Override
  void square(long[] r, int rOffset, long[] a, int aOffset) {
    final long a0 = a[aOffset];
    final long a1 = a[aOffset + 1];
    final long a2 = a[aOffset + 2];
    final long a3 = a[aOffset + 3];
    final long a4 = a[aOffset + 4];
    final long twice0 = a0 << 1;
    final long twice1 = a1 << 1;
    final long twice2 = a2 << 1;
    final long twice3 = a3 << 1;
    final long aShifted0 = a0 << 6;
    final long aShifted1 = a1 << 6;
    final long aShifted2 = a2 << 6;
    final long aShifted3 = a3 << 6;
    final long aShifted4 = a4 << 6;
    final long twiceShifted0 = a0 << 7;
    final long twiceShifted1 = a1 << 7;
    final long twiceShifted2 = a2 << 7;
    final long twiceShifted3 = a3 << 7;
    final long h0 = Math.multiplyHigh(aShifted0, aShifted0);
    final long t0 = a0 * a0 - (h0 << 52);
    final long h1 = Math.multiplyHigh(twiceShifted0, aShifted1);
    long t1 = twice0 * a1 - (h1 << 52) + h0;
    final long h2 =
        Math.multiplyHigh(twiceShifted0, aShifted2) + Math.multiplyHigh(aShifted1, aShifted1);
    long t2 = twice0 * a2 + a1 * a1 - (h2 << 52) + h1;
    final long h3 =
        Math.multiplyHigh(twiceShifted0, aShifted3) + Math.multiplyHigh(twiceShifted1, aShifted2);
    long t3 = twice0 * a3 + twice1 * a2 - (h3 << 52) + h2;
    final long h4 =
        Math.multiplyHigh(twiceShifted0, aShifted4)
            + Math.multiplyHigh(twiceShifted1, aShifted3)
            + Math.multiplyHigh(aShifted2, aShifted2);
    long t4 = twice0 * a4 + twice1 * a3 + a2 * a2 - (h4 << 52) + h3;
    final long h5 =
        Math.multiplyHigh(twiceShifted1, aShifted4) + Math.multiplyHigh(twiceShifted2, aShifted3);
    long t5 = twice1 * a4 + twice2 * a3 - (h5 << 52) + h4;
    final long h6 =
        Math.multiplyHigh(twiceShifted2, aShifted4) + Math.multiplyHigh(aShifted3, aShifted3);
    long t6 = twice2 * a4 + a3 * a3 - (h6 << 52) + h5;
    final long h7 = Math.multiplyHigh(twiceShifted3, aShifted4);
    long t7 = twice3 * a4 - (h7 << 52) + h6;
    final long h8 = Math.multiplyHigh(aShifted4, aShifted4);
    long t8 = a4 * a4 - (h8 << 52) + h7;
    long t9 = h8;
    long q;
    q = t0 & LIMB_MASK;
    t1 += (t0 >> 52) + ((q << 44) & LIMB_MASK);
    t2 += q >>> 8;
    t3 += (q << 36) & LIMB_MASK;
    t4 += (q >>> 16) - ((q << 16) & LIMB_MASK) + ((q << 48) & LIMB_MASK);
    t5 += (q >>> 4) - (q >>> 36);
    q = t1 & LIMB_MASK;
    t2 += (t1 >> 52) + ((q << 44) & LIMB_MASK);
    t3 += q >>> 8;
    t4 += (q << 36) & LIMB_MASK;
    t5 += (q >>> 16) - ((q << 16) & LIMB_MASK) + ((q << 48) & LIMB_MASK);
    t6 += (q >>> 4) - (q >>> 36);
    q = t2 & LIMB_MASK;
    t3 += (t2 >> 52) + ((q << 44) & LIMB_MASK);
    t4 += q >>> 8;
    t5 += (q << 36) & LIMB_MASK;
    t6 += (q >>> 16) - ((q << 16) & LIMB_MASK) + ((q << 48) & LIMB_MASK);
    t7 += (q >>> 4) - (q >>> 36);
    q = t3 & LIMB_MASK;
    t4 += (t3 >> 52) + ((q << 44) & LIMB_MASK);
    t5 += q >>> 8;
    t6 += (q << 36) & LIMB_MASK;
    t7 += (q >>> 16) - ((q << 16) & LIMB_MASK) + ((q << 48) & LIMB_MASK);
    t8 += (q >>> 4) - (q >>> 36);
    q = t4 & LIMB_MASK;
    t5 += (t4 >> 52) + ((q << 44) & LIMB_MASK);
    t6 += q >>> 8;
    t7 += (q << 36) & LIMB_MASK;
    t8 += (q >>> 16) - ((q << 16) & LIMB_MASK) + ((q << 48) & LIMB_MASK);
    t9 += (q >>> 4) - (q >>> 36);
    r[rOffset] = t5 & LIMB_MASK;
    r[rOffset + 1] = (t6 & LIMB_MASK) + (t5 >> 52);
    r[rOffset + 2] = (t7 & LIMB_MASK) + (t6 >> 52);
    r[rOffset + 3] = (t8 & LIMB_MASK) + (t7 >> 52);
    r[rOffset + 4] = t9 + (t8 >> 52);
  }

  @Override
  void subtractBoth(
      long[] r, int rOffset, long[] a, int aOffset, long[] b, int bOffset, long[] c, int cOffset) {
    long t0 = a[aOffset] - b[bOffset] - c[cOffset];
    long t1 = a[aOffset + 1] - b[bOffset + 1] - c[cOffset + 1];
    final long t2 = a[aOffset + 2] - b[bOffset + 2] - c[cOffset + 2];
    long t3 = a[aOffset + 3] - b[bOffset + 3] - c[cOffset + 3];
    long t4 = a[aOffset + 4] - b[bOffset + 4] - c[cOffset + 4];
    // The multiples of 2²⁵⁶ at the top, carries from below left aside.
    final long top = t4 >> 48;
    t4 += (top << 16) - (top << 48);
    t0 += top;
    t1 -= top << 44;
    t3 -= top << 36;
    r[rOffset] = t0 & LIMB_MASK;
    r[rOffset + 1] = (t1 & LIMB_MASK) + (t0 >> 52);
    r[rOffset + 2] = (t2 & LIMB_MASK) + (t1 >> 52);
    r[rOffset + 3] = (t3 & LIMB_MASK) + (t2 >> 52);
    r[rOffset + 4] = t4 + (t3 >> 52);
  }
}
