package gongbei.codec.curve;

/**
 * Many sums of points of one curve at once: each sum is some points out of {@link FixedBaseTable}s,
 * and only its x is asked for.
 *
 * <p>The points of a sum are added two by two, then the results two by two, and so on, in lockstep
 * over all sums. The additions of one level are affine and share one inversion (P. L. Montgomery,
 * <em>Speeding the Pollard and elliptic curve methods of factorization</em>, 1987), which makes
 * them 5 multiplications and a square each. When a level has too few additions to pay for an
 * inversion, what is left of each sum is added up in Jacobian coordinates, 8 multiplications and 3
 * squares each, and its x is compared without an inversion.
 *
 * <p>Points that are equal or opposite, and sums at infinity, are seen where they arise. In a time
 * that depends on the points: for public data only. Allocates nothing once made. For one thread.
 */
public final class PointSums {
  private static final int LIMBS = PrimeField.LIMBS;
  private static final int POINT_LIMBS = 2 * LIMBS;

  /** The fewest additions for which an inversion pays: 5 products saved by each of them. */
  private static final int MIN_SHARING = 10;

  private static final byte ADDITION = 0;
  private static final byte DOUBLING = 1;

  private final PrimeField field;
  private final long[] orderWords;
  private final ModularInverse inverse;
  private final int maxPointsOfSum;
  private final int[] counts;
  private final boolean[] affine;
  private final long[] results;
  private final int[] pairs;
  private final int[] targets;
  private final byte[] kinds;
  private final long[] differences;
  private final long[] products;
  private long[] points;
  private long[] nextPoints;
  private int sums;

  private final long[] scratchWords = new long[Words.COUNT];
  private final long[] candidate = new long[Words.COUNT];
  private final long[] remaining = new long[LIMBS];
  private final long[] slope = new long[LIMBS];
  private final long[] t = new long[LIMBS];
  private final long[] z = new long[LIMBS];
  private final long[] zz = new long[LIMBS];
  private final long[] h = new long[LIMBS];
  private final long[] hh = new long[LIMBS];
  private final long[] hhh = new long[LIMBS];
  private final long[] s = new long[LIMBS];
  private final long[] v = new long[LIMBS];
  private final long[] accumulator = new long[POINT_LIMBS];

  /**
   * @param maxSums the most sums that are computed together
   * @param maxPointsOfSum the most points of one sum
   */
  public PointSums(Curve curve, int maxSums, int maxPointsOfSum) {
    field = curve.field();
    orderWords = curve.orderWords();
    inverse = new ModularInverse(field.modulus());
    this.maxPointsOfSum = maxPointsOfSum;
    counts = new int[maxSums];
    affine = new boolean[maxSums];
    results = new long[maxSums * POINT_LIMBS];
    points = new long[maxSums * maxPointsOfSum * POINT_LIMBS];
    nextPoints = new long[points.length];
    final int maxPairs = maxSums * (maxPointsOfSum / 2);
    pairs = new int[maxPairs];
    targets = new int[maxPairs];
    kinds = new byte[maxPairs];
    differences = new long[maxPairs * LIMBS];
    products = new long[maxPairs * LIMBS];
  }

  /** The most sums that are computed together. */
  public int maxSums() {
    return counts.length;
  }

  /** Forgets all sums. */
  public void clear() {
    sums = 0;
  }

  /**
   * Begins a sum, which the points that follow belong to.
   *
   * @return its index, by which {@link #isX} knows it
   */
  public int begin() {
    counts[sums] = 0;
    return sums++;
  }

  /**
   * Adds a multiple of the table's point to the sum begun last.
   *
   * @param words four words of the scalar, least first
   */
  public void add(FixedBaseTable table, long[] words, int offset) {
    final int windowBits = table.windowBits();
    final int half = 1 << (windowBits - 1);
    final int windows = table.windows();
    final int sum = sums - 1;
    int at = (sum * maxPointsOfSum + counts[sum]) * POINT_LIMBS;
    int carry = 0;
    for (int window = 0; window < windows; window++) {
      int digit = table.windowOf(words, offset, window) + carry;
      carry = (half - digit) >>> 31;
      digit -= carry << windowBits;
      if (digit != 0) {
        table.point(window, digit, points, at);
        at += POINT_LIMBS;
      }
    }
    counts[sum] = at / POINT_LIMBS - sum * maxPointsOfSum;
  }

  /** Computes all sums. */
  public void compute() {
    while (pairUp() >= MIN_SHARING) {
      addPairs();
    }
    for (int sum = 0; sum < sums; sum++) {
      addUp(sum);
    }
  }

  /** How many additions the next level has. */
  private int pairUp() {
    int count = 0;
    for (int sum = 0; sum < sums; sum++) {
      count += counts[sum] / 2;
    }
    return count;
  }

  /** One level: of each sum the points two by two. */
  private void addPairs() {
    int lanes = 0;
    for (int sum = 0; sum < sums; sum++) {
      final int first = sum * maxPointsOfSum * POINT_LIMBS;
      final int count = counts[sum];
      int target = first;
      for (int i = 0; i + 1 < count; i += 2) {
        final int pair = first + i * POINT_LIMBS;
        if (takeDifference(pair, lanes)) {
          pairs[lanes] = pair;
          targets[lanes] = target;
          target += POINT_LIMBS;
          lanes++;
        }
      }
      if ((count & 1) != 0) {
        System.arraycopy(
            points, first + (count - 1) * POINT_LIMBS, nextPoints, target, POINT_LIMBS);
        target += POINT_LIMBS;
      }
      counts[sum] = (target - first) / POINT_LIMBS;
    }
    if (lanes > 0) {
      field.invert(remaining, 0, products, (lanes - 1) * LIMBS, inverse);
    }
    for (int lane = lanes - 1; lane >= 0; lane--) {
      addPair(lane);
    }
    final long[] done = points;
    points = nextPoints;
    nextPoints = done;
  }

  /**
   * What the slope of a pair is divided by, and the product of these so far.
   *
   * @return false where the two are opposite and leave nothing
   */
  private boolean takeDifference(int pair, int lane) {
    final int at = lane * LIMBS;
    PrimeField.subtract(differences, at, points, pair + POINT_LIMBS, points, pair);
    kinds[lane] = ADDITION;
    if (field.isZero(differences, at, scratchWords)) {
      PrimeField.add(differences, at, points, pair + LIMBS, points, pair + POINT_LIMBS + LIMBS);
      if (field.isZero(differences, at, scratchWords)) {
        return false;
      }
      kinds[lane] = DOUBLING;
    }
    if (lane == 0) {
      PrimeField.copy(products, 0, differences, 0);
    } else {
      field.multiply(products, at, products, at - LIMBS, differences, at);
    }
    return true;
  }

  private void addPair(int lane) {
    final int at = lane * LIMBS;
    final int pair = pairs[lane];
    final int second = pair + POINT_LIMBS;
    final int target = targets[lane];
    if (lane > 0) {
      field.multiply(slope, 0, remaining, 0, products, at - LIMBS);
      field.multiply(remaining, 0, remaining, 0, differences, at);
    } else {
      PrimeField.copy(slope, 0, remaining, 0);
    }
    if (kinds[lane] == ADDITION) {
      PrimeField.subtract(t, 0, points, second + LIMBS, points, pair + LIMBS);
    } else {
      tangent(t, points, pair);
    }
    field.multiply(slope, 0, slope, 0, t, 0);
    field.square(t, 0, slope, 0);
    field.subtractBoth(nextPoints, target, t, 0, points, pair, points, second);
    PrimeField.subtract(t, 0, points, pair, nextPoints, target);
    field.multiply(t, 0, t, 0, slope, 0);
    PrimeField.subtract(nextPoints, target + LIMBS, t, 0, points, pair + LIMBS);
  }

  /** 3·(x² − 1): what a tangent rises over 2·y. */
  private void tangent(long[] into, long[] xs, int at) {
    field.square(into, 0, xs, at);
    PrimeField.subtract(into, 0, into, 0, field.one(), 0);
    for (int i = 0; i < LIMBS; i++) {
      into[i] *= 3;
    }
  }

  /** Adds up what is left of one sum, and leaves its x and the square of its z. */
  private void addUp(int sum) {
    final int first = sum * maxPointsOfSum * POINT_LIMBS;
    final int end = first + counts[sum] * POINT_LIMBS;
    boolean atInfinity = true;
    boolean zIsOne = true;
    for (int point = first; point < end; point += POINT_LIMBS) {
      if (atInfinity) {
        System.arraycopy(points, point, accumulator, 0, POINT_LIMBS);
        PrimeField.copy(z, 0, field.one(), 0);
        atInfinity = false;
        zIsOne = true;
      } else {
        field.square(zz, 0, z, 0);
        field.multiply(h, 0, points, point, zz, 0);
        PrimeField.subtract(h, 0, h, 0, accumulator, 0);
        field.multiply(s, 0, zz, 0, z, 0);
        field.multiply(s, 0, s, 0, points, point + LIMBS);
        PrimeField.subtract(s, 0, s, 0, accumulator, LIMBS);
        if (!field.isZero(h, 0, scratchWords)) {
          addToAccumulator();
          zIsOne = false;
        } else if (field.isZero(s, 0, scratchWords)) {
          doubleIntoAccumulator(point);
          zIsOne = true;
        } else {
          atInfinity = true;
        }
      }
    }
    if (atInfinity) {
      counts[sum] = 0;
      return;
    }
    counts[sum] = 1;
    affine[sum] = zIsOne;
    PrimeField.copy(results, sum * POINT_LIMBS, accumulator, 0);
    field.square(results, sum * POINT_LIMBS + LIMBS, z, 0);
  }

  /** The accumulator plus the point that h and s were taken from. */
  private void addToAccumulator() {
    field.multiply(z, 0, z, 0, h, 0);
    field.square(hh, 0, h, 0);
    field.multiply(hhh, 0, hh, 0, h, 0);
    field.multiply(v, 0, hh, 0, accumulator, 0);
    PrimeField.add(t, 0, v, 0, v, 0);
    field.square(slope, 0, s, 0);
    field.subtractBoth(accumulator, 0, slope, 0, hhh, 0, t, 0);
    PrimeField.subtract(v, 0, v, 0, accumulator, 0);
    field.multiply(v, 0, v, 0, s, 0);
    field.multiply(t, 0, hhh, 0, accumulator, LIMBS);
    PrimeField.subtract(accumulator, LIMBS, v, 0, t, 0);
  }

  /** Twice an affine point, affine. */
  private void doubleIntoAccumulator(int point) {
    PrimeField.add(t, 0, points, point + LIMBS, points, point + LIMBS);
    field.invert(slope, 0, t, 0, inverse);
    tangent(t, points, point);
    field.multiply(slope, 0, slope, 0, t, 0);
    field.square(t, 0, slope, 0);
    field.subtractBoth(accumulator, 0, t, 0, points, point, points, point);
    PrimeField.subtract(t, 0, points, point, accumulator, 0);
    field.multiply(t, 0, t, 0, slope, 0);
    PrimeField.subtract(accumulator, LIMBS, t, 0, points, point + LIMBS);
    PrimeField.copy(z, 0, field.one(), 0);
  }

  /**
   * Whether the x of a sum, reduced modulo the curve's order, is that number; a sum at infinity has
   * no x. The prime of the field is over the order, so that x may be the number or, where that is
   * under the prime, the number plus the order.
   *
   * @param words four words of the number, under the order
   */
  public boolean isX(int sum, long[] words, int offset) {
    if (counts[sum] == 0) {
      return false;
    }
    if (isExactlyX(sum, words, offset)) {
      return true;
    }
    final long carry = Words.add(candidate, 0, words, offset, orderWords, 0);
    return carry == 0
        && Words.compare(candidate, 0, field.modulusWords(), 0) < 0
        && isExactlyX(sum, candidate, 0);
  }

  private boolean isExactlyX(int sum, long[] words, int offset) {
    field.fromWords(t, 0, words, offset);
    if (!affine[sum]) {
      field.multiply(t, 0, t, 0, results, sum * POINT_LIMBS + LIMBS);
    }
    PrimeField.subtract(t, 0, t, 0, results, sum * POINT_LIMBS);
    return field.isZero(t, 0, scratchWords);
  }
}
