package gongbei.codec.curve;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * Inverts secret elements of a prime field as aᵖ⁻² (Fermat). The exponent is public and fixed, so
 * the squarings and multiplications and the places of the table that they read are the same for
 * every element. Allocates nothing once made. For one thread.
 */
final class FermatInverse {
  private static final int WINDOW_BITS = 5;
  private static final int ODD_POWERS = 1 << (WINDOW_BITS - 1);

  private final PrimeField field;

  /** The exponent cut into windows that end in a 1: squarings before it, odd value of each. */
  private final byte[] squarings;

  private final byte[] values;
  private final long[] powers = new long[ODD_POWERS * PrimeField.LIMBS];
  private final long[] power = new long[PrimeField.LIMBS];

  FermatInverse(PrimeField field) {
    this.field = field;
    final BigInteger exponent = field.modulus().subtract(BigInteger.TWO);
    final byte[] before = new byte[exponent.bitLength()];
    final byte[] odd = new byte[exponent.bitLength()];
    int windows = 0;
    int passed = 0;
    int bit = exponent.bitLength() - 1;
    while (bit >= 0) {
      if (!exponent.testBit(bit)) {
        passed++;
        bit--;
        continue;
      }
      int last = Math.max(bit - WINDOW_BITS + 1, 0);
      while (!exponent.testBit(last)) {
        last++;
      }
      int value = 0;
      for (int i = bit; i >= last; i--) {
        value = 2 * value + (exponent.testBit(i) ? 1 : 0);
      }
      before[windows] = (byte) (passed + bit - last + 1);
      odd[windows++] = (byte) value;
      passed = 0;
      bit = last - 1;
    }
    // p − 2 is odd, so that the last window ends at bit 0.
    squarings = Arrays.copyOf(before, windows);
    values = Arrays.copyOf(odd, windows);
  }

  /** r = R²/a: the inverse in Montgomery's form; 0 for 0. */
  void invert(long[] r, int rOffset, long[] a, int aOffset) {
    field.square(power, 0, a, aOffset);
    PrimeField.copy(powers, 0, a, aOffset);
    for (int i = 1; i < ODD_POWERS; i++) {
      final int at = i * PrimeField.LIMBS;
      field.multiply(powers, at, powers, at - PrimeField.LIMBS, power, 0);
    }
    PrimeField.copy(power, 0, powers, (values[0] >> 1) * PrimeField.LIMBS);
    for (int window = 1; window < values.length; window++) {
      for (int i = 0; i < squarings[window]; i++) {
        field.square(power, 0, power, 0);
      }
      field.multiply(power, 0, power, 0, powers, (values[window] >> 1) * PrimeField.LIMBS);
    }
    PrimeField.copy(r, rOffset, power, 0);
  }

  /** Forgets what was inverted. */
  void clear() {
    Arrays.fill(powers, 0);
    Arrays.fill(power, 0);
  }
}
