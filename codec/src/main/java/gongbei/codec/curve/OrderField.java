package gongbei.codec.curve;

import java.math.BigInteger;

/**
 * Arithmetic modulo the order of a curve's group, a prime without a form of its own: each step of
 * the reduction multiplies by it. For the few products that a scalar needs.
 */
final class OrderField extends PrimeField {
  private final long n0;
  private final long n1;
  private final long n2;
  private final long n3;
  private final long n4;
  private final long negatedInverse;

  OrderField(BigInteger order) {
    super(order);
    n0 = modulusLimb(0);
    n1 = modulusLimb(1);
    n2 = modulusLimb(2);
    n3 = modulusLimb(3);
    n4 = modulusLimb(4);
    final BigInteger limb = BigInteger.ONE.shiftLeft(LIMB_BITS);
    negatedInverse = order.negate().modInverse(limb).longValueExact();
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
    long qShifted;
    long h;
    q = (t0 * negatedInverse) & LIMB_MASK;
    qShifted = q << 6;
    h = Math.multiplyHigh(qShifted, n0 << 6);
    t1 += ((t0 + q * n0 - (h << 52)) >> 52) + h;
    h = Math.multiplyHigh(qShifted, n1 << 6);
    t1 += q * n1 - (h << 52);
    t2 += h;
    h = Math.multiplyHigh(qShifted, n2 << 6);
    t2 += q * n2 - (h << 52);
    t3 += h;
    h = Math.multiplyHigh(qShifted, n3 << 6);
    t3 += q * n3 - (h << 52);
    t4 += h;
    h = Math.multiplyHigh(qShifted, n4 << 6);
    t4 += q * n4 - (h << 52);
    t5 += h;
    q = (t1 * negatedInverse) & LIMB_MASK;
    qShifted = q << 6;
    h = Math.multiplyHigh(qShifted, n0 << 6);
    t2 += ((t1 + q * n0 - (h << 52)) >> 52) + h;
    h = Math.multiplyHigh(qShifted, n1 << 6);
    t2 += q * n1 - (h << 52);
    t3 += h;
    h = Math.multiplyHigh(qShifted, n2 << 6);
    t3 += q * n2 - (h << 52);
    t4 += h;
    h = Math.multiplyHigh(qShifted, n3 << 6);
    t4 += q * n3 - (h << 52);
    t5 += h;
    h = Math.multiplyHigh(qShifted, n4 << 6);
    t5 += q * n4 - (h << 52);
    t6 += h;
    q = (t2 * negatedInverse) & LIMB_MASK;
    qShifted = q << 6;
    h = Math.multiplyHigh(qShifted, n0 << 6);
    t3 += ((t2 + q * n0 - (h << 52)) >> 52) + h;
    h = Math.multiplyHigh(qShifted, n1 << 6);
    t3 += q * n1 - (h << 52);
    t4 += h;
    h = Math.multiplyHigh(qShifted, n2 << 6);
    t4 += q * n2 - (h << 52);
    t5 += h;
    h = Math.multiplyHigh(qShifted, n3 << 6);
    t5 += q * n3 - (h << 52);
    t6 += h;
    h = Math.multiplyHigh(qShifted, n4 << 6);
    t6 += q * n4 - (h << 52);
    t7 += h;
    q = (t3 * negatedInverse) & LIMB_MASK;
    qShifted = q << 6;
    h = Math.multiplyHigh(qShifted, n0 << 6);
    t4 += ((t3 + q * n0 - (h << 52)) >> 52) + h;
    h = Math.multiplyHigh(qShifted, n1 << 6);
    t4 += q * n1 - (h << 52);
    t5 += h;
    h = Math.multiplyHigh(qShifted, n2 << 6);
    t5 += q * n2 - (h << 52);
    t6 += h;
    h = Math.multiplyHigh(qShifted, n3 << 6);
    t6 += q * n3 - (h << 52);
    t7 += h;
    h = Math.multiplyHigh(qShifted, n4 << 6);
    t7 += q * n4 - (h << 52);
    t8 += h;
    q = (t4 * negatedInverse) & LIMB_MASK;
    qShifted = q << 6;
    h = Math.multiplyHigh(qShifted, n0 << 6);
    t5 += ((t4 + q * n0 - (h << 52)) >> 52) + h;
    h = Math.multiplyHigh(qShifted, n1 << 6);
    t5 += q * n1 - (h << 52);
    t6 += h;
    h = Math.multiplyHigh(qShifted, n2 << 6);
    t6 += q * n2 - (h << 52);
    t7 += h;
    h = Math.multiplyHigh(qShifted, n3 << 6);
    t7 += q * n3 - (h << 52);
    t8 += h;
    h = Math.multiplyHigh(qShifted, n4 << 6);
    t8 += q * n4 - (h << 52);
    t9 += h;
    r[rOffset] = t5 & LIMB_MASK;
    r[rOffset + 1] = (t6 & LIMB_MASK) + (t5 >> 52);
    r[rOffset + 2] = (t7 & LIMB_MASK) + (t6 >> 52);
    r[rOffset + 3] = (t8 & LIMB_MASK) + (t7 >> 52);
    r[rOffset + 4] = t9 + (t8 >> 52);
  }

  @Override
  void square(long[] r, int rOffset, long[] a, int aOffset) {
    multiply(r, rOffset, a, aOffset, a, aOffset);
  }

  /** {@inheritDoc} The three together must be under 2²⁶⁰ in value. */
  @Override
  void subtractBoth(
      long[] r, int rOffset, long[] a, int aOffset, long[] b, int bOffset, long[] c, int cOffset) {
    for (int i = 0; i < LIMBS; i++) {
      r[rOffset + i] = a[aOffset + i] - b[bOffset + i] - c[cOffset + i];
    }
    multiply(r, rOffset, r, rOffset, one(), 0);
  }
}
