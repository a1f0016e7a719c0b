package gongbei.codec.curve;

/**
 * Divides scalars modulo a curve's order, many with one inversion. In a time that depends on the
 * scalars: for public data only. Allocates nothing once made. For one thread.
 */
public final class ScalarInverses {
  private final OrderField order;
  private final ModularInverse inverse;
  private final long[] divisors;
  private final long[] products;
  private final long[] remaining = new long[PrimeField.LIMBS];
  private final long[] quotient = new long[PrimeField.LIMBS];
  private final long[] dividend = new long[PrimeField.LIMBS];

  /**
   * @param capacity the most divisors at once
   */
  public ScalarInverses(Curve curve, int capacity) {
    order = curve.order();
    inverse = new ModularInverse(order.modulus());
    divisors = new long[capacity * PrimeField.LIMBS];
    products = new long[capacity * PrimeField.LIMBS];
  }

  /**
   * Replaces each a by a/divisor and each b by b/divisor.
   *
   * @param a four words each, under the order
   * @param b four words each, under the order
   * @param divisor four words each, from 1 to the order less 1
   */
  public void divide(long[] a, long[] b, long[] divisor, int count) {
    if (count == 0) {
      return;
    }
    for (int i = 0; i < count; i++) {
      final int at = i * PrimeField.LIMBS;
      order.fromWords(divisors, at, divisor, i * Words.COUNT);
      if (i == 0) {
        PrimeField.copy(products, 0, divisors, 0);
      } else {
        order.multiply(products, at, products, at - PrimeField.LIMBS, divisors, at);
      }
    }
    order.invert(remaining, 0, products, (count - 1) * PrimeField.LIMBS, inverse);
    for (int i = count - 1; i >= 0; i--) {
      final int at = i * PrimeField.LIMBS;
      if (i > 0) {
        order.multiply(quotient, 0, remaining, 0, products, at - PrimeField.LIMBS);
        order.multiply(remaining, 0, remaining, 0, divisors, at);
      } else {
        PrimeField.copy(quotient, 0, remaining, 0);
      }
      multiply(a, i * Words.COUNT);
      multiply(b, i * Words.COUNT);
    }
  }

  /** A plain number times one in Montgomery's form is plain. */
  private void multiply(long[] words, int offset) {
    PrimeField.unpack(dividend, 0, words, offset);
    order.multiply(dividend, 0, dividend, 0, quotient, 0);
    order.canonicalWords(words, offset, dividend, 0);
  }
}
