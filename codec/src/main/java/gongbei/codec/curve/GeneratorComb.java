package gongbei.codec.curve;

import java.util.Arrays;

/**
 * Multiplies a curve's generator by secret scalars: for signing. No branch taken and no address
 * read depends on the scalar, so that neither time nor cache tells it:
 *
 * <ul>
 *   <li>The scalar k, or n − k where k is even (chosen by mask; both multiples have the same x), is
 *       odd, and an odd number below 2²⁵⁸ is a sum of {@value #WINDOWS} odd digits of {@value
 *       #WINDOW_BITS} bits with signs (M. Joye, M. Tunstall, <em>Exponent recoding and regular
 *       exponentiation algorithms</em>, 2009): bit j + 1 of the number says whether 2ʲ is added or
 *       subtracted. No digit is 0 and each costs one addition.
 *   <li>The table holds 1, 3, 5 … 2ʷ − 1 times 2ʷⁱ·G for window i. Every point of a window is read,
 *       and masks keep the one that is wanted; a mask negates its y.
 *   <li>Additions are by the complete formulas of J. Renes, C. Costello, L. Batina, <em>Complete
 *       addition formulas for prime order elliptic curves</em>, 2015, algorithm 5 (mixed, a = −3),
 *       which hold for every pair of points, so that no case is looked for.
 *   <li>The field's multiplication, squaring, addition, subtraction and {@link
 *       PrimeField#subtractBoth} do not branch; the inversion is a fixed power.
 * </ul>
 *
 * <p>Scalars that come together share what they can. A few share the inversion that X/Z needs. From
 * {@value #MIN_LANES} on, and where {@link LaneField#isFast}, the digits' points of all are added
 * up by {@link LaneSums}, two by two, whose additions need half the multiplications but know no
 * equal or opposite points. Such a pair is not met by chance: two sums of one scalar's digits are
 * odd multiples of different powers of two, and modulo the order only the last two, where they
 * differ by it, can be equal. Of SM2 that is one scalar, of P-256 none; it is given up and done
 * alone.
 *
 * <p>Only x, which every verifier of the signature learns, is told; Z, which would tell of the
 * scalar (D. Naccache, N. P. Smart, J. Stern, <em>Projective coordinates leak</em>, 2004), is
 * forgotten. This is about the program as written: the Java virtual machine makes no promise, but
 * its compilers have no cause to make a branch of arithmetic on 64-bit words or doubles.
 *
 * <p>The table, {@value #TABLE_BYTES} bytes a curve, is made at first use and shared. Allocates
 * nothing once made. For one thread.
 */
public final class GeneratorComb {
  /** The most scalars at once. */
  public static final int MAX_CAPACITY = LaneField.LANES;

  private static final int WINDOW_BITS = 6;
  private static final int POINTS = 1 << (WINDOW_BITS - 1);

  /** The signed digits have one bit more than a scalar of 256 bits shifted right by one. */
  private static final int WINDOWS = (256 + WINDOW_BITS - 1) / WINDOW_BITS;

  private static final int POINT_WORDS = 2 * Words.COUNT;
  private static final int TABLE_BYTES = WINDOWS * POINTS * POINT_WORDS * Long.BYTES;

  /** From how many scalars on lanes, which cost the same for any number, are quicker. */
  private static final int MIN_LANES = 24;

  /** One word more than a scalar, for the digits' highest bit. */
  private static final int RECODED_WORDS = Words.COUNT + 1;

  /** The bit of the recoded scalar that stands for the highest power, always added. */
  private static final int TOP_BIT = WINDOWS * WINDOW_BITS - 1;

  private static final int X = 0;
  private static final int Y = PrimeField.LIMBS;
  private static final int Z = 2 * PrimeField.LIMBS;

  private final Curve curve;
  private final PrimeField field;
  private final long[] table;
  private final long[] b;
  private final FermatInverse inverse;
  private final long[] zero = new long[PrimeField.LIMBS];

  private final LaneSums lanes;
  private final long[] recoded;
  private final long[] numerators;
  private final long[] denominators;
  private final long[] products;
  private final long[] remaining = new long[PrimeField.LIMBS];
  private final long[] negated = new long[Words.COUNT];
  private final long[] chosen = new long[POINT_WORDS];
  private final long[] sum = new long[3 * PrimeField.LIMBS];
  private final long[] point = new long[2 * PrimeField.LIMBS];
  private final long[] xx = new long[PrimeField.LIMBS];
  private final long[] yy = new long[PrimeField.LIMBS];
  private final long[] xy = new long[PrimeField.LIMBS];
  private final long[] yz = new long[PrimeField.LIMBS];
  private final long[] xz = new long[PrimeField.LIMBS];
  private final long[] plus = new long[PrimeField.LIMBS];
  private final long[] minus = new long[PrimeField.LIMBS];
  private final long[] first = new long[PrimeField.LIMBS];
  private final long[] second = new long[PrimeField.LIMBS];

  /**
   * Ready for that curve.
   *
   * @param capacity the most scalars at once, up to {@value #MAX_CAPACITY}
   */
  public GeneratorComb(Curve curve, int capacity) {
    this(curve, capacity, curve == Curve.SM2 ? Sm2Table.POINTS : P256Table.POINTS);
  }

  private GeneratorComb(Curve curve, int capacity, long[] table) {
    this.curve = curve;
    this.table = table;
    field = curve.field();
    b = field.element(curve.b());
    inverse = new FermatInverse(field);
    lanes =
        capacity >= MIN_LANES && LaneField.isFast()
            ? new LaneSums(field, curve.newLanes(), WINDOWS, inverse::invert)
            : null;
    recoded = new long[capacity * RECODED_WORDS];
    numerators = new long[capacity * PrimeField.LIMBS];
    denominators = new long[capacity * PrimeField.LIMBS];
    products = new long[capacity * PrimeField.LIMBS];
  }

  /** The multiples of sm2p256v1's generator, made when they are first wanted. */
  private static final class Sm2Table {
    static final long[] POINTS = tableOf(Curve.SM2);
  }

  /** The multiples of P-256's generator, made when they are first wanted. */
  private static final class P256Table {
    static final long[] POINTS = tableOf(Curve.P256);
  }

  /**
   * Computes the x of each k·G, under the prime.
   *
   * @param x takes four words each, least first
   * @param k four words each, from 1 to the order less 1
   * @param count how many, up to the capacity
   */
  public void multiply(long[] x, long[] k, int count) {
    for (int i = 0; i < count; i++) {
      recode(i, k);
    }
    if (lanes != null && count >= MIN_LANES) {
      multiplyInLanes(x, count);
    } else {
      multiplyOneByOne(x, 0, count);
    }
  }

  /** Forgets the scalars and all that was computed of them. */
  public void clear() {
    inverse.clear();
    Arrays.fill(recoded, 0);
    Arrays.fill(negated, 0);
    Arrays.fill(chosen, 0);
    Arrays.fill(sum, 0);
    Arrays.fill(point, 0);
    Arrays.fill(xx, 0);
    Arrays.fill(yy, 0);
    Arrays.fill(xy, 0);
    Arrays.fill(yz, 0);
    Arrays.fill(xz, 0);
    Arrays.fill(plus, 0);
    Arrays.fill(minus, 0);
    Arrays.fill(first, 0);
    Arrays.fill(second, 0);
    Arrays.fill(numerators, 0);
    Arrays.fill(denominators, 0);
    Arrays.fill(products, 0);
    Arrays.fill(remaining, 0);
    if (lanes != null) {
      lanes.forget();
    }
  }

  /** The points of all windows of a scalar in a lane; unused lanes repeat the last that is used. */
  private void multiplyInLanes(long[] x, int count) {
    lanes.clear();
    for (int window = 0; window < WINDOWS; window++) {
      final double[] xs = lanes.x(window);
      final double[] ys = lanes.y(window);
      double sign = 1;
      for (int lane = 0; lane < LaneField.LANES; lane++) {
        if (lane < count) {
          sign = 1 + 2 * choose(lane, window);
        }
        LaneField.setLane(xs, lane, chosen, 0);
        LaneField.setLane(ys, lane, chosen, Words.COUNT, sign);
      }
    }
    lanes.compute(WINDOWS);
    for (int lane = 0; lane < count; lane++) {
      LaneField.getLane(first, 0, lanes.x(0), lane);
      field.toWords(x, lane * Words.COUNT, first, 0, second);
    }
    for (int lane = 0; lane < count; lane++) {
      if (lanes.isGivenUp(lane)) {
        multiplyOneByOne(x, lane, lane + 1);
      }
    }
  }

  /** By complete formulas, with one inversion for all. */
  private void multiplyOneByOne(long[] x, int start, int end) {
    for (int i = start; i < end; i++) {
      take(choose(i, 0));
      PrimeField.copy(sum, X, point, X);
      PrimeField.copy(sum, Y, point, Y);
      PrimeField.copy(sum, Z, field.one(), 0);
      for (int window = 1; window < WINDOWS; window++) {
        take(choose(i, window));
        addPoint();
      }
      final int at = i * PrimeField.LIMBS;
      PrimeField.copy(numerators, at, sum, X);
      PrimeField.copy(denominators, at, sum, Z);
      if (i == start) {
        PrimeField.copy(products, at, sum, Z);
      } else {
        field.multiply(products, at, products, at - PrimeField.LIMBS, sum, Z);
      }
    }
    inverse.invert(remaining, 0, products, (end - 1) * PrimeField.LIMBS);
    for (int i = end - 1; i >= start; i--) {
      final int at = i * PrimeField.LIMBS;
      PrimeField.copy(first, 0, remaining, 0);
      if (i > start) {
        field.multiply(first, 0, first, 0, products, at - PrimeField.LIMBS);
        field.multiply(remaining, 0, remaining, 0, denominators, at);
      }
      field.multiply(first, 0, first, 0, numerators, at);
      field.toWords(x, i * Words.COUNT, first, 0, second);
    }
  }

  /**
   * The odd one of k and n − k, shifted right by one with the top bit set: bit j of it says whether
   * 2ʲ is added (1) or subtracted (0).
   */
  private void recode(int scalar, long[] k) {
    final int from = scalar * Words.COUNT;
    final int to = scalar * RECODED_WORDS;
    Words.subtract(negated, 0, curve.orderWords(), 0, k, from);
    final long isOdd = -(k[from] & 1);
    for (int i = 0; i < Words.COUNT; i++) {
      recoded[to + i] = negated[i] ^ (isOdd & (negated[i] ^ k[from + i]));
    }
    for (int i = 0; i < Words.COUNT - 1; i++) {
      recoded[to + i] = (recoded[to + i] >>> 1) | (recoded[to + i + 1] << 63);
    }
    recoded[to + Words.COUNT - 1] >>>= 1;
    recoded[to + Words.COUNT] = 0;
    recoded[to + (TOP_BIT >>> 6)] |= 1L << (TOP_BIT & 63);
  }

  /**
   * Sets {@link #chosen} to x and y of the window's digit, without its sign, times 2ʷⁱ·G, having
   * read all of the window.
   *
   * @return −1 where the digit is negative, else 0
   */
  private long choose(int scalar, int window) {
    final int bit = window * WINDOW_BITS;
    final int word = scalar * RECODED_WORDS + (bit >>> 6);
    final int shift = bit & 63;
    long digit = recoded[word] >>> shift;
    if (shift + WINDOW_BITS > Long.SIZE) {
      digit |= recoded[word + 1] << (Long.SIZE - shift);
    }
    // Digit v of w bits stands for 2v − (2ʷ − 1): the top bit is the sign, 0 for negative, and the
    // others, inverted where it is negative, are the place of the odd multiple.
    final long negative = ((digit >>> (WINDOW_BITS - 1)) & 1) - 1;
    final long place = (digit ^ negative) & (POINTS - 1);
    long x0 = 0;
    long x1 = 0;
    long x2 = 0;
    long x3 = 0;
    long y0 = 0;
    long y1 = 0;
    long y2 = 0;
    long y3 = 0;
    int at = window * POINTS * POINT_WORDS;
    for (int i = 0; i < POINTS; i++, at += POINT_WORDS) {
      final long mask = ((i ^ place) - 1) >> 63;
      x0 |= mask & table[at];
      x1 |= mask & table[at + 1];
      x2 |= mask & table[at + 2];
      x3 |= mask & table[at + 3];
      y0 |= mask & table[at + 4];
      y1 |= mask & table[at + 5];
      y2 |= mask & table[at + 6];
      y3 |= mask & table[at + 7];
    }
    chosen[0] = x0;
    chosen[1] = x1;
    chosen[2] = x2;
    chosen[3] = x3;
    chosen[4] = y0;
    chosen[5] = y1;
    chosen[6] = y2;
    chosen[7] = y3;
    return negative;
  }

  /** Sets {@link #point} to what was chosen, y negated where the digit is negative. */
  private void take(long negative) {
    PrimeField.unpack(point, X, chosen, 0);
    PrimeField.unpack(point, Y, chosen, Words.COUNT);
    for (int i = Y; i < Z; i++) {
      point[i] = (point[i] ^ negative) - negative;
    }
  }

  /**
   * sum += point, by 13 multiplications, for every sum and every point that is not infinity.
   *
   * <p>Bounds, with u = 2⁵³ for limbs and p for values, where a product of values a·p and b·p is
   * under (a·b/16 + 1)·p: the sum's coordinates come with 2u and 10.3p, the point's with u and p.
   * The three differences that {@link PrimeField#subtractBoth} takes are left with u and 2p, hence
   * tripled with 3u and 6p. No product exceeds 4u·4u = 2¹¹⁰, and the coordinates are again under
   * 10.3p.
   */
  private void addPoint() {
    field.multiply(xx, 0, sum, X, point, X);
    field.multiply(yy, 0, sum, Y, point, Y);
    // x₁y₂ + x₂y₁: 3u, 7p.
    PrimeField.add(first, 0, sum, X, sum, Y);
    PrimeField.add(second, 0, point, X, point, Y);
    field.multiply(xy, 0, first, 0, second, 0);
    PrimeField.subtract(xy, 0, xy, 0, xx, 0);
    PrimeField.subtract(xy, 0, xy, 0, yy, 0);
    // y₁ + y₂z₁ and x₁ + x₂z₁: 3u, 12p.
    field.multiply(yz, 0, point, Y, sum, Z);
    PrimeField.add(yz, 0, yz, 0, sum, Y);
    field.multiply(xz, 0, point, X, sum, Z);
    PrimeField.add(xz, 0, xz, 0, sum, X);
    // y₁y₂ ± 3(xz − b·z₁): 4u, 8p.
    field.multiply(first, 0, b, 0, sum, Z);
    field.subtractBoth(first, 0, xz, 0, first, 0, zero, 0);
    triple(first);
    PrimeField.subtract(minus, 0, yy, 0, first, 0);
    PrimeField.add(plus, 0, yy, 0, first, 0);
    // 3(b·xz − 3z₁ − x₁x₂), where 3z₁ has 6u.
    field.multiply(first, 0, b, 0, xz, 0);
    PrimeField.add(second, 0, sum, Z, sum, Z);
    PrimeField.add(second, 0, second, 0, sum, Z);
    field.subtractBoth(first, 0, first, 0, second, 0, xx, 0);
    triple(first);
    // 3(x₁x₂ − z₁).
    field.subtractBoth(second, 0, xx, 0, sum, Z, zero, 0);
    triple(second);
    field.multiply(xx, 0, xy, 0, plus, 0);
    field.multiply(yy, 0, yz, 0, first, 0);
    PrimeField.subtract(sum, X, xx, 0, yy, 0);
    field.multiply(xx, 0, plus, 0, minus, 0);
    field.multiply(yy, 0, second, 0, first, 0);
    PrimeField.add(sum, Y, xx, 0, yy, 0);
    field.multiply(xx, 0, yz, 0, minus, 0);
    field.multiply(yy, 0, xy, 0, second, 0);
    PrimeField.add(sum, Z, xx, 0, yy, 0);
  }

  private static void triple(long[] a) {
    a[0] *= 3;
    a[1] *= 3;
    a[2] *= 3;
    a[3] *= 3;
    a[4] *= 3;
  }

  private static long[] tableOf(Curve curve) {
    final GeneratorComb comb = new GeneratorComb(curve, 1, new long[TABLE_BYTES / Long.BYTES]);
    comb.fill();
    return comb.table;
  }

  /** Computes the table by the same addition, of the generator alone. */
  private void fill() {
    final long[] base = new long[2 * PrimeField.LIMBS];
    final long[] twice = new long[2 * PrimeField.LIMBS];
    PrimeField.copy(base, X, field.element(curve.generatorX()), 0);
    PrimeField.copy(base, Y, field.element(curve.generatorY()), 0);
    for (int window = 0; window < WINDOWS; window++) {
      setSum(base);
      addToSum(base);
      normalize(twice);
      setSum(base);
      for (int i = 0; i < POINTS; i++) {
        if (i > 0) {
          addToSum(twice);
        }
        normalize(point);
        final int at = (window * POINTS + i) * POINT_WORDS;
        field.canonicalWords(table, at, point, X);
        field.canonicalWords(table, at + Words.COUNT, point, Y);
      }
      // (2ʷ − 1)·B + B.
      addToSum(base);
      normalize(base);
    }
  }

  private void setSum(long[] affine) {
    System.arraycopy(affine, 0, sum, 0, Z);
    PrimeField.copy(sum, Z, field.one(), 0);
  }

  private void addToSum(long[] affine) {
    System.arraycopy(affine, 0, point, 0, Z);
    addPoint();
  }

  private void normalize(long[] affine) {
    inverse.invert(first, 0, sum, Z);
    field.multiply(affine, X, sum, X, first, 0);
    field.multiply(affine, Y, sum, Y, first, 0);
  }
}
