package gongbei.codec.curve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gongbei.testing.Seeds;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ScalarInversesTest {
  private static final int CAPACITY = 20;

  private final Random random = Seeds.random(4);

  @ParameterizedTest
  @EnumSource
  void quotientsOfABatchAreThoseOfIntegers(ReferenceCurve curve) {
    final ScalarInverses inverses = new ScalarInverses(curve.curve(), CAPACITY);
    for (int count = 0; count <= CAPACITY; count++) {
      final BigInteger[] a = new BigInteger[count];
      final BigInteger[] b = new BigInteger[count];
      final BigInteger[] divisors = new BigInteger[count];
      final long[] aWords = new long[CAPACITY * Words.COUNT];
      final long[] bWords = new long[CAPACITY * Words.COUNT];
      final long[] divisorWords = new long[CAPACITY * Words.COUNT];
      for (int i = 0; i < count; i++) {
        a[i] = edge(curve).mod(curve.n());
        b[i] = edge(curve).mod(curve.n());
        divisors[i] = edge(curve).mod(curve.n()).max(BigInteger.ONE);
        System.arraycopy(ReferenceCurve.words(a[i]), 0, aWords, i * Words.COUNT, Words.COUNT);
        System.arraycopy(ReferenceCurve.words(b[i]), 0, bWords, i * Words.COUNT, Words.COUNT);
        System.arraycopy(
            ReferenceCurve.words(divisors[i]), 0, divisorWords, i * Words.COUNT, Words.COUNT);
      }
      inverses.divide(aWords, bWords, divisorWords, count);
      for (int i = 0; i < count; i++) {
        final BigInteger w = divisors[i].modInverse(curve.n());
        assertEquals(
            a[i].multiply(w).mod(curve.n()), ReferenceCurve.number(aWords, i * Words.COUNT));
        assertEquals(
            b[i].multiply(w).mod(curve.n()), ReferenceCurve.number(bWords, i * Words.COUNT));
      }
    }
  }

  private BigInteger edge(ReferenceCurve curve) {
    return switch (random.nextInt(4)) {
      case 0 -> BigInteger.valueOf(random.nextInt(3));
      case 1 -> curve.n().subtract(BigInteger.valueOf(1 + random.nextInt(3)));
      default -> curve.scalar(random);
    };
  }
}
