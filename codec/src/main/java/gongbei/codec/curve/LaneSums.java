package gongbei.codec.curve;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * Adds up the points of {@link LaneField#LANES} sums at once, each sum in a lane of its own and all
 * of as many points. As in {@link PointSums} points are added two by two, level by level, with one
 * inversion a level; here each addition is done for all lanes.
 *
 * <p>Coordinates are held as {@link PrimeField} has them, times 2²⁶⁰, though a product of lanes
 * takes 2²⁶⁴ away. The difference, 2⁴, is made up for in the slopes: each is held times a fourth of
 * what it would be, so that its square comes out right, and what it is else multiplied by is taken
 * four times.
 *
 * <p>A lane in which two equal or opposite points meet is given up: see {@link #isGivenUp}. But for
 * that, and for the inversion, nothing here branches on a coordinate. For one thread.
 */
final class LaneSums {
  private static final int LANES = LaneField.LANES;
  private static final int LIMBS = PrimeField.LIMBS;

  /** Lanes whose numbers are folded into each other before one by one. */
  private static final int HALF = LANES / 2;

  private static final int QUARTER = LANES / 4;

  private final PrimeField field;
  private final LaneField lanes;
  private final Inversion inversion;
  private final double[][] xs;
  private final double[][] ys;
  private final double[][] differences;
  private final double[][] products;
  private final double[] remaining = new double[LaneField.ELEMENT_DOUBLES];
  private final double[] slope = new double[LaneField.ELEMENT_DOUBLES];
  private final double[] scratch = new double[LaneField.ELEMENT_DOUBLES];
  private final double[] halves = new double[LaneField.ELEMENT_DOUBLES];
  private final double[] quarters = new double[LaneField.ELEMENT_DOUBLES];
  private final double[] exchanged = new double[LaneField.ELEMENT_DOUBLES];
  private double[] spare = new double[LaneField.ELEMENT_DOUBLES];
  private final long[] laneProducts = new long[LANES * LIMBS];
  private final long[] laneTotals = new long[LANES * LIMBS];
  private final long[] total = new long[LIMBS];
  private final long[] limbs = new long[LIMBS];
  private final long[] words = new long[Words.COUNT];
  private final long[] sixtyFour;
  private final boolean[] givenUp = new boolean[LANES];

  /** How a level's one inversion is done: r = R²/a. */
  interface Inversion {
    void invert(long[] r, int rOffset, long[] a, int aOffset);
  }

  /**
   * @param inversion in a time that may depend on the number where the points are public, and may
   *     not where they are secret
   */
  LaneSums(PrimeField field, LaneField lanes, int maxPointsOfSum, Inversion inversion) {
    this.field = field;
    this.lanes = lanes;
    this.inversion = inversion;
    sixtyFour = field.element(BigInteger.valueOf(64));
    xs = new double[maxPointsOfSum][LaneField.ELEMENT_DOUBLES];
    ys = new double[maxPointsOfSum][LaneField.ELEMENT_DOUBLES];
    differences = new double[maxPointsOfSum / 2][LaneField.ELEMENT_DOUBLES];
    products = new double[maxPointsOfSum / 2][LaneField.ELEMENT_DOUBLES];
  }

  /** Forgets which lanes were given up. */
  void clear() {
    Arrays.fill(givenUp, false);
  }

  /** Forgets all points, and what was computed of them. */
  void forget() {
    for (int point = 0; point < xs.length; point++) {
      Arrays.fill(xs[point], 0);
      Arrays.fill(ys[point], 0);
    }
    for (int pair = 0; pair < products.length; pair++) {
      Arrays.fill(differences[pair], 0);
      Arrays.fill(products[pair], 0);
    }
    Arrays.fill(remaining, 0);
    Arrays.fill(slope, 0);
    Arrays.fill(scratch, 0);
    Arrays.fill(halves, 0);
    Arrays.fill(quarters, 0);
    Arrays.fill(exchanged, 0);
    Arrays.fill(spare, 0);
    Arrays.fill(laneProducts, 0);
    Arrays.fill(laneTotals, 0);
    Arrays.fill(total, 0);
    Arrays.fill(limbs, 0);
    Arrays.fill(words, 0);
    lanes.forget();
  }

  /** The x of one point of all lanes, to be filled by {@link LaneField#setLane}. */
  double[] x(int point) {
    return xs[point];
  }

  /** The y of one point of all lanes, to be filled by {@link LaneField#setLane}. */
  double[] y(int point) {
    return ys[point];
  }

  /** Whether the lane has met what an addition of two different points can't do. */
  boolean isGivenUp(int lane) {
    return givenUp[lane];
  }

  /** Adds up the first points of each lane; the sum's coordinates are then point 0. */
  void compute(int points) {
    int left = points;
    while (left > 1) {
      addPairs(left / 2);
      // An odd one out is the last of the next level.
      if ((left & 1) != 0) {
        swap(left / 2, left - 1);
      }
      left = (left + 1) / 2;
    }
  }

  private void swap(int point, int other) {
    final double[] x = xs[point];
    xs[point] = xs[other];
    xs[other] = x;
    final double[] y = ys[point];
    ys[point] = ys[other];
    ys[other] = y;
  }

  private void addPairs(int pairs) {
    for (int pair = 0; pair < pairs; pair++) {
      LaneField.subtract(differences[pair], xs[2 * pair + 1], xs[2 * pair]);
      if (pair == 0) {
        System.arraycopy(differences[0], 0, products[0], 0, LaneField.ELEMENT_DOUBLES);
      } else {
        lanes.multiply(products[pair], products[pair - 1], differences[pair]);
      }
    }
    invertLanes(products[pairs - 1]);
    for (int pair = pairs - 1; pair >= 0; pair--) {
      final double[] x1 = xs[2 * pair];
      final double[] y1 = ys[2 * pair];
      final double[] x2 = xs[2 * pair + 1];
      final double[] y2 = ys[2 * pair + 1];
      LaneField.subtract(scratch, y2, y1);
      if (pair > 0) {
        lanes.multiply(slope, remaining, products[pair - 1]);
        lanes.multiply(remaining, remaining, differences[pair]);
        lanes.multiply(slope, slope, scratch);
      } else {
        lanes.multiply(slope, remaining, scratch);
      }
      final double[] x3 = spare;
      lanes.square(x3, slope);
      lanes.subtractBoth(x3, x3, x1, x2);
      LaneField.subtractAndQuadruple(scratch, x1, x3);
      lanes.multiply(scratch, scratch, slope);
      lanes.subtractAndCarry(y2, scratch, y1);
      xs[2 * pair + 1] = x3;
      spare = x2;
    }
    for (int pair = 0; pair < pairs; pair++) {
      swap(pair, 2 * pair + 1);
    }
  }

  /**
   * Leaves 2⁵²⁶/p of each lane's number p, by which the inverse of a difference d comes out as
   * 2⁵²⁶/d and a slope as 2²⁶² times what it is. A lane whose number is 0 is given up.
   *
   * <p>What is done for a lane by itself costs as much as thirteen products in a lane: so lanes are
   * first multiplied by those half of all further on, and these by those a quarter further on. Each
   * product takes 2²⁶⁴ away, and the product that undoes it takes as much: the inverse of a·b/2²⁶⁴,
   * times b/2²⁶⁴, is that of a.
   */
  private void invertLanes(double[] numbers) {
    exchange(exchanged, numbers, HALF);
    lanes.multiply(halves, numbers, exchanged);
    exchange(exchanged, halves, QUARTER);
    lanes.multiply(quarters, halves, exchanged);
    if (!takeProducts(quarters, QUARTER)) {
      giveUpZeros(numbers);
      invertProducts(LANES);
      return;
    }
    invertProducts(QUARTER);
    lanes.multiply(remaining, remaining, exchanged);
    exchange(exchanged, numbers, HALF);
    lanes.multiply(remaining, remaining, exchanged);
  }

  /** r = a, each two runs of so many lanes in each other's place. */
  private static void exchange(double[] r, double[] a, int run) {
    for (int at = 0; at < LaneField.ELEMENT_DOUBLES; at += 2 * run) {
      System.arraycopy(a, at, r, at + run, run);
      System.arraycopy(a, at + run, r, at, run);
    }
  }

  /**
   * Takes the numbers of the first lanes out.
   *
   * @return false where one of them is 0
   */
  private boolean takeProducts(double[] numbers, int count) {
    boolean noneIsZero = true;
    for (int lane = 0; lane < count; lane++) {
      final int at = lane * LIMBS;
      LaneField.getLane(laneProducts, at, numbers, lane);
      noneIsZero &= !field.isZero(laneProducts, at, words);
    }
    return noneIsZero;
  }

  /** Takes the numbers of all lanes out, 1 for 0, whose lane is given up. */
  private void giveUpZeros(double[] numbers) {
    for (int lane = 0; lane < LANES; lane++) {
      final int at = lane * LIMBS;
      LaneField.getLane(laneProducts, at, numbers, lane);
      if (field.isZero(laneProducts, at, words)) {
        givenUp[lane] = true;
        PrimeField.copy(laneProducts, at, field.one(), 0);
      }
    }
  }

  /** Leaves the inverses of so many numbers that were taken out, over and over in all lanes. */
  private void invertProducts(int count) {
    PrimeField.copy(laneTotals, 0, laneProducts, 0);
    for (int lane = 1; lane < count; lane++) {
      final int at = lane * LIMBS;
      field.multiply(laneTotals, at, laneTotals, at - LIMBS, laneProducts, at);
    }
    // 2⁵²⁰/p, of what PrimeField's inverse is, times 2⁶.
    inversion.invert(total, 0, laneTotals, (count - 1) * LIMBS);
    field.multiply(total, 0, total, 0, sixtyFour, 0);
    for (int lane = count - 1; lane >= 0; lane--) {
      final int at = lane * LIMBS;
      if (lane > 0) {
        field.multiply(limbs, 0, total, 0, laneTotals, at - LIMBS);
        field.multiply(total, 0, total, 0, laneProducts, at);
      } else {
        PrimeField.copy(limbs, 0, total, 0);
      }
      field.canonicalWords(words, 0, limbs, 0);
      for (int each = lane; each < LANES; each += count) {
        LaneField.setLane(remaining, each, words, 0);
      }
    }
  }
}
