package gongbei.codec.curve;

/**
 * Many sums of points of one curve at once: each sum is multiples of points that have a {@link
 * FixedBaseTable}, and only its x is asked for.
 *
 * <p>The points of a sum are added two by two, then the results two by two, and so on, in lockstep
 * over all sums. The additions of one level are affine and share one inversion (P. L. Montgomery,
 * <em>Speeding the Pollard and elliptic curve methods of factorization</em>, 1987), which makes
 * them 5 multiplications and a square each. When a level has too few additions to pay for an
 * inversion, {@link JacobianSum} adds up what is left of each sum, and its x is compared without an
 * inversion.
 *
 * <p>Where there are enough sums of equally many points, {@link LaneSums} adds them up, and what it
 * gives up is done here. Of fewer sums each has several lanes, for a part of its points each, and
 * the parts are added up here.
 *
 * <p>Points that are equal or opposite, and sums at infinity, are seen where they arise. In a time
 * that depends on the points: for public data only. Allocates nothing once made. For one thread.
 */
public final class PointSums {
  private static final int LIMBS = PrimeField.LIMBS;
  private static final int POINT_LIMBS = 2 * LIMBS;

  /** The fewest additions for which an inversion pays: 5 products saved by each of them. */
  private static final int MIN_SHARING = 14;

  /** The fewest lanes for which they pay, which cost the same however many are used. */
  private static final int MIN_LANES = 33;

  /** The fewest points of a lane for which lanes pay that are parts of sums. */
  private static final int MIN_POINTS_OF_PART = 2;

  /** The most tables that a sum takes points from. */
  private static final int MAX_TERMS = 2;

  private static final byte ADDITION = 0;
  private static final byte DOUBLING = 1;

  private final PrimeField field;
  private final long[] orderWords;
  private final ModularInverse inverse;
  private final JacobianSum rest;
  private final int maxPointsOfSum;
  private final int[] counts;
  private final int[] terms;
  private final FixedBaseTable[] tables;
  private final int[] firstCounts;
  private final int[] references;
  private final boolean[] affine;
  private final LaneSums lanes;
  private final int[] laneSums = new int[LaneField.LANES];
  private final int[] laneFirsts = new int[LaneField.LANES];
  private final long[] results;
  private final int[] pairs;
  private final int[] targets;
  private final byte[] kinds;
  private final long[] differences;
  private final long[] products;
  private long[] points;
  private long[] nextPoints;
  private int sums;
  private long near;

  private final long[] scratchWords = new long[Words.COUNT];
  private final long[] candidate = new long[Words.COUNT];
  private final long[] remaining = new long[LIMBS];
  private final long[] slope = new long[LIMBS];
  private final long[] t = new long[LIMBS];

  /**
   * @param maxSums the most sums that are computed together
   * @param maxPointsOfSum the most points of one sum
   */
  public PointSums(Curve curve, int maxSums, int maxPointsOfSum) {
    field = curve.field();
    orderWords = curve.orderWords();
    inverse = new ModularInverse(field.modulus());
    rest = new JacobianSum(field, inverse);
    this.maxPointsOfSum = maxPointsOfSum;
    counts = new int[maxSums];
    terms = new int[maxSums];
    tables = new FixedBaseTable[maxSums * MAX_TERMS];
    firstCounts = new int[maxSums];
    references = new int[maxSums * maxPointsOfSum];
    lanes =
        maxSums >= MIN_LANES && LaneField.isFast()
            ? new LaneSums(
                field,
                curve.newLanes(),
                maxPointsOfSum,
                (r, rOffset, a, aOffset) -> field.invert(r, rOffset, a, aOffset, inverse))
            : null;
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
    terms[sums] = 0;
    return sums++;
  }

  /**
   * Adds a multiple of the table's point to the sum begun last, to which two may be added.
   *
   * @param words four words of the scalar, least first
   */
  public void add(FixedBaseTable table, long[] words, int offset) {
    final int sum = sums - 1;
    final int first = sum * maxPointsOfSum;
    if (terms[sum] == 0) {
      counts[sum] = table.references(words, offset, references, first);
      firstCounts[sum] = counts[sum];
    } else {
      counts[sum] += table.references(words, offset, references, first + counts[sum]);
    }
    tables[sum * MAX_TERMS + terms[sum]] = table;
    terms[sum]++;
  }

  /** Computes all sums. */
  public void compute() {
    for (int start = 0; start < sums; start += LaneField.LANES) {
      final int end = Math.min(sums, start + LaneField.LANES);
      if (lanes == null || !computeInLanes(start, end)) {
        computeTogether(start, end);
      }
    }
  }

  /**
   * Cuts each sum into as many parts of equally many points as there are lanes for it, one where
   * there are many sums; adds the parts up in lanes, and then them and what was left over.
   *
   * @return false where that does not pay, and nothing was done
   */
  private boolean computeInLanes(int start, int end) {
    final int usual = mostUsualCount(start, end);
    final int parts = LaneField.LANES / (end - start);
    final int points = usual / parts;
    if (points < MIN_POINTS_OF_PART) {
      return false;
    }
    int used = 0;
    for (int sum = start; sum < end; sum++) {
      for (int part = 0; part < parts && counts[sum] >= usual; part++) {
        laneSums[used] = sum;
        laneFirsts[used++] = part * points;
      }
    }
    if (used < MIN_LANES) {
      return false;
    }
    lanes.clear();
    for (int point = 0; point < points; point++) {
      bringNear(point, used);
      gather(point, used);
    }
    lanes.compute(points);
    int lane = 0;
    for (int sum = start; sum < end; sum++) {
      final boolean inLanes = lane < used && laneSums[lane] == sum;
      if (!inLanes || !takeParts(sum, lane, parts, points)) {
        load(sum, 0, 0);
      }
      lane += inLanes ? parts : 0;
    }
    addUpAll(start, end);
    return true;
  }

  /**
   * Makes the sums of its lanes the first points of a sum, which what they leave over follows.
   *
   * @return false where a lane was given up
   */
  private boolean takeParts(int sum, int firstLane, int parts, int pointsOfPart) {
    for (int part = 0; part < parts; part++) {
      if (lanes.isGivenUp(firstLane + part)) {
        return false;
      }
      final int at = (sum * maxPointsOfSum + part) * POINT_LIMBS;
      LaneField.getLane(points, at, lanes.x(0), firstLane + part);
      LaneField.getLane(points, at + LIMBS, lanes.y(0), firstLane + part);
    }
    load(sum, parts * pointsOfPart, parts);
    return true;
  }

  private int mostUsualCount(int start, int end) {
    // A majority's vote (R. S. Boyer, J S. Moore, 1981); without a majority, lanes don't pay.
    int candidate = 0;
    int votes = 0;
    for (int sum = start; sum < end; sum++) {
      if (votes == 0) {
        candidate = counts[sum];
      }
      votes += counts[sum] == candidate ? 1 : -1;
    }
    return candidate;
  }

  /**
   * Reads one word of a point of each of the lanes. The tables are larger than the caches that are
   * a core's own; these reads don't depend on each other, so the processor waits for all together.
   */
  private void bringNear(int point, int used) {
    long words = 0;
    for (int lane = 0; lane < used; lane++) {
      final int sum = laneSums[lane];
      final int of = laneFirsts[lane] + point;
      words ^= tableOf(sum, of).word(references[sum * maxPointsOfSum + of]);
    }
    // Kept, or the compiler would leave the reading out.
    near ^= words;
  }

  /** What was read to be near, which means nothing. */
  long near() {
    return near;
  }

  /** Puts one point of each of the lanes in it; unused lanes repeat the last that is used. */
  private void gather(int point, int used) {
    final double[] x = lanes.x(point);
    final double[] y = lanes.y(point);
    for (int lane = 0; lane < LaneField.LANES; lane++) {
      final int from = Math.min(lane, used - 1);
      final int sum = laneSums[from];
      final int of = laneFirsts[from] + point;
      tableOf(sum, of).lane(references[sum * maxPointsOfSum + of], x, y, lane);
    }
  }

  private FixedBaseTable tableOf(int sum, int point) {
    return tables[sum * MAX_TERMS + (point < firstCounts[sum] ? 0 : 1)];
  }

  /** Adds up some of the sums without lanes. */
  private void computeTogether(int start, int end) {
    for (int sum = start; sum < end; sum++) {
      load(sum, 0, 0);
    }
    addUpAll(start, end);
  }

  /**
   * Copies the points of a sum from its tables, after one word of each: see {@link #bringNear}.
   *
   * @param first the first of them
   * @param into how many points of the sum are there already, which they follow
   */
  private void load(int sum, int first, int into) {
    final int offset = sum * maxPointsOfSum;
    long words = 0;
    for (int point = first; point < counts[sum]; point++) {
      words ^= tableOf(sum, point).word(references[offset + point]);
    }
    near ^= words;
    for (int point = first; point < counts[sum]; point++) {
      tableOf(sum, point)
          .point(references[offset + point], points, (offset + into + point - first) * POINT_LIMBS);
    }
    counts[sum] += into - first;
  }

  /**
   * Adds up the points of some of the sums level by level and, when that pays no longer, one by
   * one.
   */
  private void addUpAll(int start, int end) {
    while (pairsOf(start, end) >= MIN_SHARING) {
      addPairs(start, end);
    }
    for (int sum = start; sum < end; sum++) {
      addUp(sum);
    }
  }

  /** How many additions the next level has. */
  private int pairsOf(int start, int end) {
    int count = 0;
    for (int sum = start; sum < end; sum++) {
      count += counts[sum] / 2;
    }
    return count;
  }

  /** One level: of each sum the points two by two. */
  private void addPairs(int start, int end) {
    int additions = 0;
    for (int sum = start; sum < end; sum++) {
      final int first = sum * maxPointsOfSum * POINT_LIMBS;
      final int count = counts[sum];
      int target = first;
      for (int i = 0; i + 1 < count; i += 2) {
        final int pair = first + i * POINT_LIMBS;
        if (takeDifference(pair, additions)) {
          pairs[additions] = pair;
          targets[additions] = target;
          target += POINT_LIMBS;
          additions++;
        }
      }
      if ((count & 1) != 0) {
        System.arraycopy(
            points, first + (count - 1) * POINT_LIMBS, nextPoints, target, POINT_LIMBS);
        target += POINT_LIMBS;
      }
      counts[sum] = (target - first) / POINT_LIMBS;
    }
    if (additions > 0) {
      field.invert(remaining, 0, products, (additions - 1) * LIMBS, inverse);
    }
    for (int addition = additions - 1; addition >= 0; addition--) {
      addPair(addition);
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
  private boolean takeDifference(int pair, int addition) {
    final int at = addition * LIMBS;
    PrimeField.subtract(differences, at, points, pair + POINT_LIMBS, points, pair);
    kinds[addition] = ADDITION;
    if (field.isZero(differences, at, scratchWords)) {
      PrimeField.add(differences, at, points, pair + LIMBS, points, pair + POINT_LIMBS + LIMBS);
      if (field.isZero(differences, at, scratchWords)) {
        return false;
      }
      kinds[addition] = DOUBLING;
    }
    if (addition == 0) {
      PrimeField.copy(products, 0, differences, 0);
    } else {
      field.multiply(products, at, products, at - LIMBS, differences, at);
    }
    return true;
  }

  private void addPair(int addition) {
    final int at = addition * LIMBS;
    final int pair = pairs[addition];
    final int second = pair + POINT_LIMBS;
    final int target = targets[addition];
    if (addition > 0) {
      field.multiply(slope, 0, remaining, 0, products, at - LIMBS);
      field.multiply(remaining, 0, remaining, 0, differences, at);
    } else {
      PrimeField.copy(slope, 0, remaining, 0);
    }
    if (kinds[addition] == ADDITION) {
      PrimeField.subtract(t, 0, points, second + LIMBS, points, pair + LIMBS);
    } else {
      JacobianSum.tangent(field, t, points, pair);
    }
    field.multiply(slope, 0, slope, 0, t, 0);
    field.square(t, 0, slope, 0);
    field.subtractBoth(nextPoints, target, t, 0, points, pair, points, second);
    PrimeField.subtract(t, 0, points, pair, nextPoints, target);
    field.multiply(t, 0, t, 0, slope, 0);
    PrimeField.subtract(nextPoints, target + LIMBS, t, 0, points, pair + LIMBS);
  }

  /** Adds up what is left of one sum, and leaves its x and the square of its z. */
  private void addUp(int sum) {
    final int first = sum * maxPointsOfSum * POINT_LIMBS;
    final int end = first + counts[sum] * POINT_LIMBS;
    rest.clear();
    for (int point = first; point < end; point += POINT_LIMBS) {
      rest.add(points, point);
    }
    counts[sum] = rest.isAtInfinity() ? 0 : 1;
    affine[sum] = rest.isAffine();
    rest.get(results, sum * POINT_LIMBS);
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
