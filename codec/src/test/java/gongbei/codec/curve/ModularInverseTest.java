package gongbei.codec.curve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gongbei.testing.Seeds;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ModularInverseTest {
  private final Random random = Seeds.random(2);

  private static void check(ModularInverse inverse, BigInteger modulus, BigInteger value) {
    System.arraycopy(ReferenceCurve.words(value), 0, inverse.words(), 0, Words.COUNT);
    inverse.invert();
    assertEquals(
        value.mod(modulus).signum() == 0 ? BigInteger.ZERO : value.modInverse(modulus),
        ReferenceCurve.number(inverse.words(), 0),
        () -> value + " modulo " + modulus);
  }

  @ParameterizedTest
  @EnumSource
  void inversesAreThoseOfIntegers(ReferenceCurve curve) {
    for (final BigInteger modulus : new BigInteger[] {curve.p(), curve.n()}) {
      final ModularInverse inverse = new ModularInverse(modulus);
      for (int small = 0; small < 2_000; small++) {
        check(inverse, modulus, BigInteger.valueOf(small));
        check(inverse, modulus, modulus.subtract(BigInteger.valueOf(small + 1)));
      }
      for (int bit = 0; bit < 256; bit++) {
        final BigInteger power = BigInteger.ONE.shiftLeft(bit);
        check(inverse, modulus, power.mod(modulus));
        check(inverse, modulus, power.subtract(BigInteger.ONE));
        check(inverse, modulus, modulus.subtract(power).mod(modulus));
      }
      for (int i = 0; i < 5_000; i++) {
        check(inverse, modulus, new BigInteger(1 + random.nextInt(256), random).mod(modulus));
        final BigInteger runs = RandomRuns.next(random, 256).mod(modulus);
        check(inverse, modulus, runs);
        check(inverse, modulus, modulus.subtract(BigInteger.ONE).subtract(runs));
      }
      check(inverse, modulus, modulus.subtract(BigInteger.ONE).shiftRight(1));
      check(inverse, modulus, modulus.add(BigInteger.ONE).shiftRight(1));
    }
  }
}
