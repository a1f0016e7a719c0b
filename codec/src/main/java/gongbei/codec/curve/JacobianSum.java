package gongbei.codec.curve;

/**
 * The sum of a few affine points in Jacobian coordinates, (X/Z², Y/Z³), point by point: 8
 * multiplications and 3 squares each, and no inversion but where an affine point is doubled. In a
 * time that depends on the points: for public data only. Allocates nothing once made. For one
 * thread.
 */
final class JacobianSum {
  private static final int LIMBS = PrimeField.LIMBS;
  private static final int POINT_LIMBS = 2 * LIMBS;

  private final PrimeField field;
  private final ModularInverse inverse;
  private final long[] accumulator = new long[POINT_LIMBS];
  private final long[] z = new long[LIMBS];
  private final long[] zz = new long[LIMBS];
  private final long[] h = new long[LIMBS];
  private final long[] hh = new long[LIMBS];
  private final long[] hhh = new long[LIMBS];
  private final long[] s = new long[LIMBS];
  private final long[] v = new long[LIMBS];
  private final long[] slope = new long[LIMBS];
  private final long[] t = new long[LIMBS];
  private final long[] scratchWords = new long[Words.COUNT];
  private boolean atInfinity = true;
  private boolean zIsOne = true;

  JacobianSum(PrimeField field, ModularInverse inverse) {
    this.field = field;
    this.inverse = inverse;
  }

  /** Begins anew, at infinity. */
  void clear() {
    atInfinity = true;
  }

  /** Adds an affine point: the limbs of its x, and of its y after them. */
  void add(long[] points, int point) {
    if (atInfinity) {
      System.arraycopy(points, point, accumulator, 0, POINT_LIMBS);
      PrimeField.copy(z, 0, field.one(), 0);
      atInfinity = false;
      zIsOne = true;
      return;
    }
    field.square(zz, 0, z, 0);
    field.multiply(h, 0, points, point, zz, 0);
    PrimeField.subtract(h, 0, h, 0, accumulator, 0);
    field.multiply(s, 0, zz, 0, z, 0);
    field.multiply(s, 0, s, 0, points, point + LIMBS);
    PrimeField.subtract(s, 0, s, 0, accumulator, LIMBS);
    if (!field.isZero(h, 0, scratchWords)) {
      addDifferent();
      zIsOne = false;
    } else if (field.isZero(s, 0, scratchWords)) {
      twice(points, point);
      zIsOne = true;
    } else {
      atInfinity = true;
    }
  }

  /** Whether nothing was added, or what was added leaves nothing. */
  boolean isAtInfinity() {
    return atInfinity;
  }

  /** Whether z is 1, so that x is the sum's own. */
  boolean isAffine() {
    return zIsOne;
  }

  /** Copies the sum's X and, after it, the square of its Z. */
  void get(long[] into, int offset) {
    PrimeField.copy(into, offset, accumulator, 0);
    field.square(into, offset + LIMBS, z, 0);
  }

  /** The accumulator plus the point that h and s were taken from. */
  private void addDifferent() {
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
  private void twice(long[] points, int point) {
    PrimeField.add(t, 0, points, point + LIMBS, points, point + LIMBS);
    field.invert(slope, 0, t, 0, inverse);
    tangent(field, t, points, point);
    field.multiply(slope, 0, slope, 0, t, 0);
    field.square(t, 0, slope, 0);
    field.subtractBoth(accumulator, 0, t, 0, points, point, points, point);
    PrimeField.subtract(t, 0, points, point, accumulator, 0);
    field.multiply(t, 0, t, 0, slope, 0);
    PrimeField.subtract(accumulator, LIMBS, t, 0, points, point + LIMBS);
    PrimeField.copy(z, 0, field.one(), 0);
  }

  /** 3·(x² − 1): what a tangent rises over 2·y. */
  static void tangent(PrimeField field, long[] into, long[] xs, int at) {
    field.square(into, 0, xs, at);
    PrimeField.subtract(into, 0, into, 0, field.one(), 0);
    for (int i = 0; i < LIMBS; i++) {
      into[i] *= 3;
    }
  }
}
