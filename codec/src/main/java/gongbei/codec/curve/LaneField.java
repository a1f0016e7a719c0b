package gongbei.codec.curve;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * Arithmetic modulo a prime on {@value #LANES} elements at once, written so that the just-in-time
 * compiler makes vector instructions of it. An element is {@value #LIMBS} limbs of {@value
 * #LIMB_BITS} bits, each a whole number in a {@code double}; limb k of lane i is at {@code k ·
 * LANES + i} of an array of {@link #ELEMENT_DOUBLES}. A product of limbs and a sum of eleven such
 * fit the 53 bits of a double's significand, so that fused multiply-add is exact and nothing is
 * ever rounded, and Montgomery's reduction is by R = 2²⁶⁴.
 *
 * <p>Why {@code double}, why many small loops: the compiler of Java 17 makes vectors of fused
 * multiply-adds, of whole 64-bit products it does not; and it only unrolls, and so only vectorises,
 * a loop whose body is small (about 60 of its nodes). A product is thus cut into blocks of at most
 * four limbs by three.
 *
 * <p>What is multiplied must obey |a|·|b|·10 &lt; 2⁵³ in the magnitudes of limbs 0 to 9, and have
 * highest limbs under 2¹⁹. What multiplication and {@link #subtractBoth} give has limbs of at most
 * 2²³ in magnitude, the highest under 2¹⁹. Results may not be operands unless it is said that they
 * may. No operation branches on a number or reads an address by one, and no number is ever a
 * subnormal, which some processors are slow with. Allocates nothing once made. For one thread.
 */
abstract sealed class LaneField permits Sm2Lanes, P256Lanes {
  /** How many elements are computed at once. */
  static final int LANES = 64;

  /** Limbs of an element. */
  static final int LIMBS = 11;

  /** Bits of a limb. */
  static final int LIMB_BITS = 24;

  /** Doubles of {@link #LANES} elements. */
  static final int ELEMENT_DOUBLES = LIMBS * LANES;

  /** Added and taken away again, it leaves the nearest whole number. */
  static final double ROUND = 0x1.8p52;

  static final double UP = 0x1p24;
  static final double DOWN = 0x1p-24;

  private static final int COLUMNS = 2 * LIMBS - 1;
  private static final int CARRY = COLUMNS * LANES;
  private static final long LIMB_MASK = (1L << LIMB_BITS) - 1;

  private final double[] columns = new double[(COLUMNS + 1) * LANES];
  private final double[] quotients = new double[ELEMENT_DOUBLES];

  /**
   * Whether this Java makes one instruction of a fused multiply-add. Where it does not, each is a
   * computation with big decimals, and lanes are not to be used.
   */
  static boolean isFast() {
    try {
      final HotSpotDiagnosticMXBean hotSpot =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      return hotSpot != null && Boolean.parseBoolean(hotSpot.getVMOption("UseFMA").getValue());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Forgets what was multiplied last. */
  final void forget() {
    Arrays.fill(columns, 0);
    Arrays.fill(quotients, 0);
  }

  /** r = a·b / 2²⁶⁴; r may be a or b. */
  final void multiply(double[] r, double[] a, double[] b) {
    final double[] t = columns;
    multiplyLowByFirst(t, a, b);
    multiplyLowBySecond(t, a, b);
    multiplyLowByThird(t, a, b);
    multiplyLowByLast(t, a, b);
    multiplyMiddleByFirst(t, a, b);
    multiplyMiddleBySecond(t, a, b);
    multiplyMiddleByThird(t, a, b);
    multiplyMiddleByLast(t, a, b);
    multiplyHighByFirst(t, a, b);
    multiplyHighBySecond(t, a, b);
    multiplyHighByThird(t, a, b);
    multiplyHighByLast(t, a, b);
    reduce(r, t, quotients);
  }

  /** r = a² / 2²⁶⁴; r may be a. */
  final void square(double[] r, double[] a) {
    final double[] t = columns;
    squareLow(t, a);
    squareMiddle(t, a);
    squareHigh(t, a);
    crossLowByFifth(t, a);
    crossLowBySeventh(t, a);
    crossLowByNinth(t, a);
    crossMiddleByHigh(t, a);
    reduce(r, t, quotients);
  }

  private void reduce(double[] r, double[] t, double[] q) {
    eliminate(t, q);
    finishFirst(r, t, q);
    finishSecond(r, t, q);
    finishThird(r, t, q);
    finishFourth(r, t, q);
    finishLast(r, t, q);
  }

  /**
   * Takes limbs 0 to 10 off the low end: each is first carried, which leaves a quotient q of 24
   * bits, and then q·p is added. The terms −2²²⁴·q and 2²⁵⁶·q, alike for both primes, are left for
   * the end, but for those that fall on limbs 9 and 10.
   */
  abstract void eliminate(double[] t, double[] q);

  /**
   * Takes the multiples of 2²⁵⁶ out of the highest limb and adds what they are modulo the prime.
   */
  abstract void fold(double[] t);

  /** r = a − b, limb by limb. */
  static void subtract(double[] r, double[] a, double[] b) {
    for (int i = 0; i < ELEMENT_DOUBLES; i++) {
      r[i] = a[i] - b[i];
    }
  }

  /** r = 4·(a − b), limb by limb. */
  static void subtractAndQuadruple(double[] r, double[] a, double[] b) {
    for (int i = 0; i < ELEMENT_DOUBLES; i++) {
      r[i] = (a[i] - b[i]) * 4;
    }
  }

  /** r = a − b − c, folded and carried; r may be any of them. */
  final void subtractBoth(double[] r, double[] a, double[] b, double[] c) {
    final double[] t = columns;
    for (int i = 0; i < ELEMENT_DOUBLES; i++) {
      t[i] = a[i] - b[i] - c[i];
    }
    carry(r, t);
  }

  /** r = a − b, folded and carried; r may be either. */
  final void subtractAndCarry(double[] r, double[] a, double[] b) {
    subtract(columns, a, b);
    carry(r, columns);
  }

  private void carry(double[] r, double[] t) {
    fold(t);
    carryLow(r, t);
    carryMiddle(r, t);
    carryHigh(r, t);
  }

  private static void multiplyLowByFirst(double[] t, double[] a, double[] b) {
    for (int i = 0; i < LANES; i++) {
      final double a0 = a[i];
      final double a1 = a[LANES + i];
      final double a2 = a[2 * LANES + i];
      final double a3 = a[3 * LANES + i];
      final double b0 = b[i];
      final double b1 = b[LANES + i];
      final double b2 = b[2 * LANES + i];
      t[i] = a0 * b0;
      t[LANES + i] = Math.fma(a1, b0, a0 * b1);
      t[2 * LANES + i] = Math.fma(a2, b0, Math.fma(a1, b1, a0 * b2));
      t[3 * LANES + i] = Math.fma(a3, b0, Math.fma(a2, b1, a1 * b2));
      t[4 * LANES + i] = Math.fma(a3, b1, a2 * b2);
      t[5 * LANES + i] = a3 * b2;
    }
  }

  private static void multiplyLowBySecond(double[] t, double[] a, double[] b) {
    for (int i = 0; i < LANES; i++) {
      final double a0 = a[i];
      final double a1 = a[LANES + i];
      final double a2 = a[2 * LANES + i];
      final double a3 = a[3 * LANES + i];
      final double b3 = b[3 * LANES + i];
      final double b4 = b[4 * LANES + i];
      final double b5 = b[5 * LANES + i];
      t[3 * LANES + i] = Math.fma(a0, b3, t[3 * LANES + i]);
      t[4 * LANES + i] = Math.fma(a1, b3, Math.fma(a0, b4, t[4 * LANES + i]));
      t[5 * LANES + i] = Math.fma(a2, b3, Math.fma(a1, b4, Math.fma(a0, b5, t[5 * LANES + i])));
      t[6 * LANES + i] = Math.fma(a3, b3, Math.fma(a2, b4, a1 * b5));
      t[7 * LANES + i] = Math.fma(a3, b4, a2 * b5);
      t[8 * LANES + i] = a3 * b5;
    }
  }

  private static void multiplyLowByThird(double[] t, double[] a, double[] b) {
    for (int i = 0; i < LANES; i++) {
      final double a0 = a[i];
      final double a1 = a[LANES + i];
      final double a2 = a[2 * LANES + i];
      final double a3 = a[3 * LANES + i];
      final double b6 = b[6 * LANES + i];
      final double b7 = b[7 * LANES + i];
      final double b8 = b[8 * LANES + i];
      t[6 * LANES + i] = Math.fma(a0, b6, t[6 * LANES + i]);
      t[7 * LANES + i] = Math.fma(a1, b6, Math.fma(a0, b7, t[7 * LANES + i]));
      t[8 * LANES + i] = Math.fma(a2, b6, Math.fma(a1, b7, Math.fma(a0, b8, t[8 * LANES + i])));
      t[9 * LANES + i] = Math.fma(a3, b6, Math.fma(a2, b7, a1 * b8));
      t[10 * LANES + i] = Math.fma(a3, b7, a2 * b8);
      t[11 * LANES + i] = a3 * b8;
    }
  }

  private static void multiplyLowByLast(double[] t, double[] a, double[] b) {
    for (int i = 0; i < LANES; i++) {
      final double a0 = a[i];
      final double a1 = a[LANES + i];
      final double a2 = a[2 * LANES + i];
      final double a3 = a[3 * LANES + i];
      final double b9 = b[9 * LANES + i];
      final double b10 = b[10 * LANES + i];
      t[9 * LANES + i] = Math.fma(a0, b9, t[9 * LANES + i]);
      t[10 * LANES + i] = Math.fma(a1, b9, Math.fma(a0, b10, t[10 * LANES + i]));
      t[11 * LANES + i] = Math.fma(a2, b9, Math.fma(a1, b10, t[11 * LANES + i]));
      t[12 * LANES + i] = Math.fma(a3, b9, a2 * b10);
      t[13 * LANES + i] = a3 * b10;
    }
  }

  private static void multiplyMiddleByFirst(double[] t, double[] a, double[] b) {
    for (int i = 0; i < LANES; i++) {
      final double a4 = a[4 * LANES + i];
      final double a5 = a[5 * LANES + i];
      final double a6 = a[6 * LANES + i];
      final double a7 = a[7 * LANES + i];
      final double b0 = b[i];
      final double b1 = b[LANES + i];
      final double b2 = b[2 * LANES + i];
      t[4 * LANES + i] = Math.fma(a4, b0, t[4 * LANES + i]);
      t[5 * LANES + i] = Math.fma(a5, b0, Math.fma(a4, b1, t[5 * LANES + i]));
      t[6 * LANES + i] = Math.fma(a6, b0, Math.fma(a5, b1, Math.fma(a4, b2, t[6 * LANES + i])));
      t[7 * LANES + i] = Math.fma(a7, b0, Math.fma(a6, b1, Math.fma(a5, b2, t[7 * LANES + i])));
      t[8 * LANES + i] = Math.fma(a7, b1, Math.fma(a6, b2, t[8 * LANES + i]));
      t[9 * LANES + i] = Math.fma(a7, b2, t[9 * LANES + i]);
    }
  }

  private static void multiplyMiddleBySecond(double[] t, double[] a, double[] b) {
    for (int i = 0; i < LANES; i++) {
      final double a4 = a[4 * LANES + i];
      final double a5 = a[5 * LANES + i];
      final double a6 = a[6 * LANES + i];
      final double a7 = a[7 * LANES + i];
      final double b3 = b[3 * LANES + i];
      final double b4 = b[4 * LANES + i];
      final double b5 = b[5 * LANES + i];
      t[7 * LANES + i] = Math.fma(a4, b3, t[7 * LANES + i]);
      t[8 * LANES + i] = Math.fma(a5, b3, Math.fma(a4, b4, t[8 * LANES + i]));
      t[9 * LANES + i] = Math.fma(a6, b3, Math.fma(a5, b4, Math.fma(a4, b5, t[9 * LANES + i])));
      t[10 * LANES + i] = Math.fma(a7, b3, Math.fma(a6, b4, Math.fma(a5, b5, t[10 * LANES + i])));
      t[11 * LANES + i] = Math.fma(a7, b4, Math.fma(a6, b5, t[11 * LANES + i]));
      t[12 * LANES + i] = Math.fma(a7, b5, t[12 * LANES + i]);
    }
  }

  private static void multiplyMiddleByThird(double[] t, double[] a, double[] b) {
    for (int i = 0; i < LANES; i++) {
      final double a4 = a[4 * LANES + i];
      final double a5 = a[5 * LANES + i];
      final double a6 = a[6 * LANES + i];
      final double a7 = a[7 * LANES + i];
      final double b6 = b[6 * LANES + i];
      final double b7 = b[7 * LANES + i];
      final double b8 = b[8 * LANES + i];
      t[10 * LANES + i] = Math.fma(a4, b6, t[10 * LANES + i]);
      t[11 * LANES + i] = Math.fma(a5, b6, Math.fma(a4, b7, t[11 * LANES + i]));
      t[12 * LANES + i] = Math.fma(a6, b6, Math.fma(a5, b7, Math.fma(a4, b8, t[12 * LANES + i])));
      t[13 * LANES + i] = Math.fma(a7, b6, Math.fma(a6, b7, Math.fma(a5, b8, t[13 * LANES + i])));
      t[14 * LANES + i] = Math.fma(a7, b7, a6 * b8);
      t[15 * LANES + i] = a7 * b8;
    }
  }

  private static void multiplyMiddleByLast(double[] t, double[] a, double[] b) {
    for (int i = 0; i < LANES; i++) {
      final double a4 = a[4 * LANES + i];
      final double a5 = a[5 * LANES + i];
      final double a6 = a[6 * LANES + i];
      final double a7 = a[7 * LANES + i];
      final double b9 = b[9 * LANES + i];
      final double b10 = b[10 * LANES + i];
      t[13 * LANES + i] = Math.fma(a4, b9, t[13 * LANES + i]);
      t[14 * LANES + i] = Math.fma(a5, b9, Math.fma(a4, b10, t[14 * LANES + i]));
      t[15 * LANES + i] = Math.fma(a6, b9, Math.fma(a5, b10, t[15 * LANES + i]));
      t[16 * LANES + i] = Math.fma(a7, b9, a6 * b10);
      t[17 * LANES + i] = a7 * b10;
    }
  }

  private static void multiplyHighByFirst(double[] t, double[] a, double[] b) {
    for (int i = 0; i < LANES; i++) {
      final double a8 = a[8 * LANES + i];
      final double a9 = a[9 * LANES + i];
      final double a10 = a[10 * LANES + i];
      final double b0 = b[i];
      final double b1 = b[LANES + i];
      final double b2 = b[2 * LANES + i];
      t[8 * LANES + i] = Math.fma(a8, b0, t[8 * LANES + i]);
      t[9 * LANES + i] = Math.fma(a9, b0, Math.fma(a8, b1, t[9 * LANES + i]));
      t[10 * LANES + i] = Math.fma(a10, b0, Math.fma(a9, b1, Math.fma(a8, b2, t[10 * LANES + i])));
      t[11 * LANES + i] = Math.fma(a10, b1, Math.fma(a9, b2, t[11 * LANES + i]));
      t[12 * LANES + i] = Math.fma(a10, b2, t[12 * LANES + i]);
    }
  }

  private static void multiplyHighBySecond(double[] t, double[] a, double[] b) {
    for (int i = 0; i < LANES; i++) {
      final double a8 = a[8 * LANES + i];
      final double a9 = a[9 * LANES + i];
      final double a10 = a[10 * LANES + i];
      final double b3 = b[3 * LANES + i];
      final double b4 = b[4 * LANES + i];
      final double b5 = b[5 * LANES + i];
      t[11 * LANES + i] = Math.fma(a8, b3, t[11 * LANES + i]);
      t[12 * LANES + i] = Math.fma(a9, b3, Math.fma(a8, b4, t[12 * LANES + i]));
      t[13 * LANES + i] = Math.fma(a10, b3, Math.fma(a9, b4, Math.fma(a8, b5, t[13 * LANES + i])));
      t[14 * LANES + i] = Math.fma(a10, b4, Math.fma(a9, b5, t[14 * LANES + i]));
      t[15 * LANES + i] = Math.fma(a10, b5, t[15 * LANES + i]);
    }
  }

  private static void multiplyHighByThird(double[] t, double[] a, double[] b) {
    for (int i = 0; i < LANES; i++) {
      final double a8 = a[8 * LANES + i];
      final double a9 = a[9 * LANES + i];
      final double a10 = a[10 * LANES + i];
      final double b6 = b[6 * LANES + i];
      final double b7 = b[7 * LANES + i];
      final double b8 = b[8 * LANES + i];
      t[14 * LANES + i] = Math.fma(a8, b6, t[14 * LANES + i]);
      t[15 * LANES + i] = Math.fma(a9, b6, Math.fma(a8, b7, t[15 * LANES + i]));
      t[16 * LANES + i] = Math.fma(a10, b6, Math.fma(a9, b7, Math.fma(a8, b8, t[16 * LANES + i])));
      t[17 * LANES + i] = Math.fma(a10, b7, Math.fma(a9, b8, t[17 * LANES + i]));
      t[18 * LANES + i] = a10 * b8;
    }
  }

  private static void multiplyHighByLast(double[] t, double[] a, double[] b) {
    for (int i = 0; i < LANES; i++) {
      final double a8 = a[8 * LANES + i];
      final double a9 = a[9 * LANES + i];
      final double a10 = a[10 * LANES + i];
      final double b9 = b[9 * LANES + i];
      final double b10 = b[10 * LANES + i];
      t[17 * LANES + i] = Math.fma(a8, b9, t[17 * LANES + i]);
      t[18 * LANES + i] = Math.fma(a9, b9, Math.fma(a8, b10, t[18 * LANES + i]));
      t[19 * LANES + i] = Math.fma(a10, b9, a9 * b10);
      t[20 * LANES + i] = a10 * b10;
    }
  }

  private static void squareLow(double[] t, double[] a) {
    for (int i = 0; i < LANES; i++) {
      final double a0 = a[i];
      final double a1 = a[LANES + i];
      final double a2 = a[2 * LANES + i];
      final double a3 = a[3 * LANES + i];
      final double twice0 = a0 + a0;
      final double twice1 = a1 + a1;
      final double twice2 = a2 + a2;
      t[i] = a0 * a0;
      t[LANES + i] = twice0 * a1;
      t[2 * LANES + i] = Math.fma(a1, a1, twice0 * a2);
      t[3 * LANES + i] = Math.fma(twice1, a2, twice0 * a3);
      t[4 * LANES + i] = Math.fma(a2, a2, twice1 * a3);
      t[5 * LANES + i] = twice2 * a3;
      t[6 * LANES + i] = a3 * a3;
    }
  }

  private static void squareMiddle(double[] t, double[] a) {
    for (int i = 0; i < LANES; i++) {
      final double a4 = a[4 * LANES + i];
      final double a5 = a[5 * LANES + i];
      final double a6 = a[6 * LANES + i];
      final double a7 = a[7 * LANES + i];
      final double twice4 = a4 + a4;
      final double twice5 = a5 + a5;
      final double twice6 = a6 + a6;
      t[8 * LANES + i] = a4 * a4;
      t[9 * LANES + i] = twice4 * a5;
      t[10 * LANES + i] = Math.fma(a5, a5, twice4 * a6);
      t[11 * LANES + i] = Math.fma(twice5, a6, twice4 * a7);
      t[12 * LANES + i] = Math.fma(a6, a6, twice5 * a7);
      t[13 * LANES + i] = twice6 * a7;
      t[14 * LANES + i] = a7 * a7;
    }
  }

  private static void squareHigh(double[] t, double[] a) {
    for (int i = 0; i < LANES; i++) {
      final double a8 = a[8 * LANES + i];
      final double a9 = a[9 * LANES + i];
      final double a10 = a[10 * LANES + i];
      final double twice8 = a8 + a8;
      final double twice9 = a9 + a9;
      t[16 * LANES + i] = a8 * a8;
      t[17 * LANES + i] = twice8 * a9;
      t[18 * LANES + i] = Math.fma(a9, a9, twice8 * a10);
      t[19 * LANES + i] = twice9 * a10;
      t[20 * LANES + i] = a10 * a10;
    }
  }

  private static void crossLowByFifth(double[] t, double[] a) {
    for (int i = 0; i < LANES; i++) {
      final double a0 = a[i];
      final double a1 = a[LANES + i];
      final double a2 = a[2 * LANES + i];
      final double a3 = a[3 * LANES + i];
      final double twice0 = a0 + a0;
      final double twice1 = a1 + a1;
      final double twice2 = a2 + a2;
      final double twice3 = a3 + a3;
      final double a4 = a[4 * LANES + i];
      final double a5 = a[5 * LANES + i];
      final double a6 = a[6 * LANES + i];
      t[4 * LANES + i] = Math.fma(twice0, a4, t[4 * LANES + i]);
      t[5 * LANES + i] = Math.fma(twice1, a4, Math.fma(twice0, a5, t[5 * LANES + i]));
      t[6 * LANES + i] =
          Math.fma(twice2, a4, Math.fma(twice1, a5, Math.fma(twice0, a6, t[6 * LANES + i])));
      t[7 * LANES + i] = Math.fma(twice3, a4, Math.fma(twice2, a5, twice1 * a6));
      t[8 * LANES + i] = Math.fma(twice3, a5, Math.fma(twice2, a6, t[8 * LANES + i]));
      t[9 * LANES + i] = Math.fma(twice3, a6, t[9 * LANES + i]);
    }
  }

  private static void crossLowBySeventh(double[] t, double[] a) {
    for (int i = 0; i < LANES; i++) {
      final double a0 = a[i];
      final double a1 = a[LANES + i];
      final double a2 = a[2 * LANES + i];
      final double a3 = a[3 * LANES + i];
      final double twice0 = a0 + a0;
      final double twice1 = a1 + a1;
      final double twice2 = a2 + a2;
      final double twice3 = a3 + a3;
      final double a7 = a[7 * LANES + i];
      final double a8 = a[8 * LANES + i];
      t[7 * LANES + i] = Math.fma(twice0, a7, t[7 * LANES + i]);
      t[8 * LANES + i] = Math.fma(twice1, a7, Math.fma(twice0, a8, t[8 * LANES + i]));
      t[9 * LANES + i] = Math.fma(twice2, a7, Math.fma(twice1, a8, t[9 * LANES + i]));
      t[10 * LANES + i] = Math.fma(twice3, a7, Math.fma(twice2, a8, t[10 * LANES + i]));
      t[11 * LANES + i] = Math.fma(twice3, a8, t[11 * LANES + i]);
    }
  }

  private static void crossLowByNinth(double[] t, double[] a) {
    for (int i = 0; i < LANES; i++) {
      final double a0 = a[i];
      final double a1 = a[LANES + i];
      final double a2 = a[2 * LANES + i];
      final double a3 = a[3 * LANES + i];
      final double twice0 = a0 + a0;
      final double twice1 = a1 + a1;
      final double twice2 = a2 + a2;
      final double twice3 = a3 + a3;
      final double a9 = a[9 * LANES + i];
      final double a10 = a[10 * LANES + i];
      t[9 * LANES + i] = Math.fma(twice0, a9, t[9 * LANES + i]);
      t[10 * LANES + i] = Math.fma(twice1, a9, Math.fma(twice0, a10, t[10 * LANES + i]));
      t[11 * LANES + i] = Math.fma(twice2, a9, Math.fma(twice1, a10, t[11 * LANES + i]));
      t[12 * LANES + i] = Math.fma(twice3, a9, Math.fma(twice2, a10, t[12 * LANES + i]));
      t[13 * LANES + i] = Math.fma(twice3, a10, t[13 * LANES + i]);
    }
  }

  private static void crossMiddleByHigh(double[] t, double[] a) {
    for (int i = 0; i < LANES; i++) {
      final double a4 = a[4 * LANES + i];
      final double a5 = a[5 * LANES + i];
      final double a6 = a[6 * LANES + i];
      final double a7 = a[7 * LANES + i];
      final double twice4 = a4 + a4;
      final double twice5 = a5 + a5;
      final double twice6 = a6 + a6;
      final double twice7 = a7 + a7;
      final double a8 = a[8 * LANES + i];
      final double a9 = a[9 * LANES + i];
      final double a10 = a[10 * LANES + i];
      t[12 * LANES + i] = Math.fma(twice4, a8, t[12 * LANES + i]);
      t[13 * LANES + i] = Math.fma(twice5, a8, Math.fma(twice4, a9, t[13 * LANES + i]));
      t[14 * LANES + i] =
          Math.fma(twice6, a8, Math.fma(twice5, a9, Math.fma(twice4, a10, t[14 * LANES + i])));
      t[15 * LANES + i] = Math.fma(twice7, a8, Math.fma(twice6, a9, twice5 * a10));
      t[16 * LANES + i] = Math.fma(twice7, a9, Math.fma(twice6, a10, t[16 * LANES + i]));
      t[17 * LANES + i] = Math.fma(twice7, a10, t[17 * LANES + i]);
    }
  }

  private static void finishFirst(double[] r, double[] t, double[] q) {
    for (int i = 0; i < LANES; i++) {
      final double v11 =
          Math.fma(q[LANES + i], 0x1p16, Math.fma(q[2 * LANES + i], -0x1p8, t[11 * LANES + i]));
      double carry = Math.fma(v11, DOWN, ROUND) - ROUND;
      r[i] = Math.fma(carry, -UP, v11);
      final double v12 =
          Math.fma(q[2 * LANES + i], 0x1p16, Math.fma(q[3 * LANES + i], -0x1p8, t[12 * LANES + i]))
              + carry;
      carry = Math.fma(v12, DOWN, ROUND) - ROUND;
      r[LANES + i] = Math.fma(carry, -UP, v12);
      t[CARRY + i] = carry;
    }
  }

  private static void finishSecond(double[] r, double[] t, double[] q) {
    for (int i = 0; i < LANES; i++) {
      double carry = t[CARRY + i];
      final double v13 =
          Math.fma(q[3 * LANES + i], 0x1p16, Math.fma(q[4 * LANES + i], -0x1p8, t[13 * LANES + i]))
              + carry;
      carry = Math.fma(v13, DOWN, ROUND) - ROUND;
      r[2 * LANES + i] = Math.fma(carry, -UP, v13);
      final double v14 =
          Math.fma(q[4 * LANES + i], 0x1p16, Math.fma(q[5 * LANES + i], -0x1p8, t[14 * LANES + i]))
              + carry;
      carry = Math.fma(v14, DOWN, ROUND) - ROUND;
      r[3 * LANES + i] = Math.fma(carry, -UP, v14);
      t[CARRY + i] = carry;
    }
  }

  private static void finishThird(double[] r, double[] t, double[] q) {
    for (int i = 0; i < LANES; i++) {
      double carry = t[CARRY + i];
      final double v15 =
          Math.fma(q[5 * LANES + i], 0x1p16, Math.fma(q[6 * LANES + i], -0x1p8, t[15 * LANES + i]))
              + carry;
      carry = Math.fma(v15, DOWN, ROUND) - ROUND;
      r[4 * LANES + i] = Math.fma(carry, -UP, v15);
      final double v16 =
          Math.fma(q[6 * LANES + i], 0x1p16, Math.fma(q[7 * LANES + i], -0x1p8, t[16 * LANES + i]))
              + carry;
      carry = Math.fma(v16, DOWN, ROUND) - ROUND;
      r[5 * LANES + i] = Math.fma(carry, -UP, v16);
      t[CARRY + i] = carry;
    }
  }

  private static void finishFourth(double[] r, double[] t, double[] q) {
    for (int i = 0; i < LANES; i++) {
      double carry = t[CARRY + i];
      final double v17 =
          Math.fma(q[7 * LANES + i], 0x1p16, Math.fma(q[8 * LANES + i], -0x1p8, t[17 * LANES + i]))
              + carry;
      carry = Math.fma(v17, DOWN, ROUND) - ROUND;
      r[6 * LANES + i] = Math.fma(carry, -UP, v17);
      final double v18 =
          Math.fma(q[8 * LANES + i], 0x1p16, Math.fma(q[9 * LANES + i], -0x1p8, t[18 * LANES + i]))
              + carry;
      carry = Math.fma(v18, DOWN, ROUND) - ROUND;
      r[7 * LANES + i] = Math.fma(carry, -UP, v18);
      t[CARRY + i] = carry;
    }
  }

  private static void finishLast(double[] r, double[] t, double[] q) {
    for (int i = 0; i < LANES; i++) {
      double carry = t[CARRY + i];
      final double v19 =
          Math.fma(q[9 * LANES + i], 0x1p16, Math.fma(q[10 * LANES + i], -0x1p8, t[19 * LANES + i]))
              + carry;
      carry = Math.fma(v19, DOWN, ROUND) - ROUND;
      r[8 * LANES + i] = Math.fma(carry, -UP, v19);
      final double v20 = Math.fma(q[10 * LANES + i], 0x1p16, t[20 * LANES + i]) + carry;
      carry = Math.fma(v20, DOWN, ROUND) - ROUND;
      r[9 * LANES + i] = Math.fma(carry, -UP, v20);
      final double v21 = carry;
      r[10 * LANES + i] = v21;
    }
  }

  private static void carryLow(double[] r, double[] t) {
    for (int i = 0; i < LANES; i++) {
      final double v0 = t[i];
      double carry = Math.fma(v0, DOWN, ROUND) - ROUND;
      r[i] = Math.fma(carry, -UP, v0);
      final double v1 = t[LANES + i] + carry;
      carry = Math.fma(v1, DOWN, ROUND) - ROUND;
      r[LANES + i] = Math.fma(carry, -UP, v1);
      final double v2 = t[2 * LANES + i] + carry;
      carry = Math.fma(v2, DOWN, ROUND) - ROUND;
      r[2 * LANES + i] = Math.fma(carry, -UP, v2);
      final double v3 = t[3 * LANES + i] + carry;
      carry = Math.fma(v3, DOWN, ROUND) - ROUND;
      r[3 * LANES + i] = Math.fma(carry, -UP, v3);
      t[CARRY + i] = carry;
    }
  }

  private static void carryMiddle(double[] r, double[] t) {
    for (int i = 0; i < LANES; i++) {
      double carry = t[CARRY + i];
      final double v4 = t[4 * LANES + i] + carry;
      carry = Math.fma(v4, DOWN, ROUND) - ROUND;
      r[4 * LANES + i] = Math.fma(carry, -UP, v4);
      final double v5 = t[5 * LANES + i] + carry;
      carry = Math.fma(v5, DOWN, ROUND) - ROUND;
      r[5 * LANES + i] = Math.fma(carry, -UP, v5);
      final double v6 = t[6 * LANES + i] + carry;
      carry = Math.fma(v6, DOWN, ROUND) - ROUND;
      r[6 * LANES + i] = Math.fma(carry, -UP, v6);
      final double v7 = t[7 * LANES + i] + carry;
      carry = Math.fma(v7, DOWN, ROUND) - ROUND;
      r[7 * LANES + i] = Math.fma(carry, -UP, v7);
      t[CARRY + i] = carry;
    }
  }

  private static void carryHigh(double[] r, double[] t) {
    for (int i = 0; i < LANES; i++) {
      double carry = t[CARRY + i];
      final double v8 = t[8 * LANES + i] + carry;
      carry = Math.fma(v8, DOWN, ROUND) - ROUND;
      r[8 * LANES + i] = Math.fma(carry, -UP, v8);
      final double v9 = t[9 * LANES + i] + carry;
      carry = Math.fma(v9, DOWN, ROUND) - ROUND;
      r[9 * LANES + i] = Math.fma(carry, -UP, v9);
      final double v10 = t[10 * LANES + i] + carry;
      r[10 * LANES + i] = v10;
    }
  }

  /** Puts four words, least first, into a lane. */
  static void setLane(double[] a, int lane, long[] words, int offset) {
    setLane(a, lane, words, offset, 1.0);
  }

  /** Puts four words, least first, times a sign of 1 or −1, into a lane. */
  static void setLane(double[] a, int lane, long[] words, int offset, double sign) {
    final long w0 = words[offset];
    final long w1 = words[offset + 1];
    final long w2 = words[offset + 2];
    final long w3 = words[offset + 3];
    a[lane] = sign * (w0 & LIMB_MASK);
    a[LANES + lane] = sign * ((w0 >>> 24) & LIMB_MASK);
    a[2 * LANES + lane] = sign * (((w0 >>> 48) | (w1 << 16)) & LIMB_MASK);
    a[3 * LANES + lane] = sign * ((w1 >>> 8) & LIMB_MASK);
    a[4 * LANES + lane] = sign * ((w1 >>> 32) & LIMB_MASK);
    a[5 * LANES + lane] = sign * (((w1 >>> 56) | (w2 << 8)) & LIMB_MASK);
    a[6 * LANES + lane] = sign * ((w2 >>> 16) & LIMB_MASK);
    a[7 * LANES + lane] = sign * (w2 >>> 40);
    a[8 * LANES + lane] = sign * (w3 & LIMB_MASK);
    a[9 * LANES + lane] = sign * ((w3 >>> 24) & LIMB_MASK);
    a[10 * LANES + lane] = sign * (w3 >>> 48);
  }

  /** Takes a lane out as limbs of {@link PrimeField}: the same number, whatever it stands for. */
  static void getLane(long[] r, int rOffset, double[] a, int lane) {
    final long a2 = (long) a[2 * LANES + lane];
    final long a4 = (long) a[4 * LANES + lane];
    final long a6 = (long) a[6 * LANES + lane];
    final long a8 = (long) a[8 * LANES + lane];
    // Limb boundaries of 24 bits at 48, 96, 144 and 192; of 52 bits at 52, 104, 156 and 208.
    r[rOffset] = (long) a[lane] + ((long) a[LANES + lane] << 24) + ((a2 & 0xF) << 48);
    r[rOffset + 1] = (a2 >> 4) + ((long) a[3 * LANES + lane] << 20) + ((a4 & 0xFF) << 44);
    r[rOffset + 2] = (a4 >> 8) + ((long) a[5 * LANES + lane] << 16) + ((a6 & 0xFFF) << 40);
    r[rOffset + 3] = (a6 >> 12) + ((long) a[7 * LANES + lane] << 12) + ((a8 & 0xFFFF) << 36);
    r[rOffset + 4] =
        (a8 >> 16) + ((long) a[9 * LANES + lane] << 8) + ((long) a[10 * LANES + lane] << 32);
  }
}
