package gongbei.codec.curve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Seeds;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The fields against {@link BigInteger}, on what they say they take up to its bounds. */
final class FieldTest {
  private static final int LIMBS = PrimeField.LIMBS;
  private static final int LIMB_BITS = PrimeField.LIMB_BITS;
  private static final BigInteger R = power(LIMBS * LIMB_BITS);

  private final Random random = Seeds.random(3);
  private final long[] scratch = new long[LIMBS];
  private final long[] words = new long[Words.COUNT];

  static Stream<Arguments> fields() {
    return Stream.of(
        Arguments.of(Named.of("prime of SM2", Curve.SM2.field()), ReferenceCurve.SM2.p()),
        Arguments.of(Named.of("prime of P-256", Curve.P256.field()), ReferenceCurve.P256.p()),
        Arguments.of(Named.of("order of SM2", Curve.SM2.order()), ReferenceCurve.SM2.n()),
        Arguments.of(Named.of("order of P-256", Curve.P256.order()), ReferenceCurve.P256.n()));
  }

  private static BigInteger power(int bits) {
    return BigInteger.ONE.shiftLeft(bits);
  }

  /** The number that limbs are, each with its sign. */
  private static BigInteger value(long[] limbs) {
    BigInteger value = BigInteger.ZERO;
    for (int i = LIMBS - 1; i >= 0; i--) {
      value = value.shiftLeft(LIMB_BITS).add(BigInteger.valueOf(limbs[i]));
    }
    return value;
  }

  /** Limbs under a magnitude, many of them at it or at a place where carries turn. */
  private long[] limbs(long bound, long topBound) {
    final long[] limbs = new long[LIMBS];
    for (int i = 0; i < LIMBS; i++) {
      final long most = (i == LIMBS - 1 ? topBound : bound) - 1;
      limbs[i] =
          switch (random.nextInt(8)) {
            case 0 -> most;
            case 1 -> -most;
            case 2 -> 0;
            case 3 -> random.nextBoolean() ? 1 : -1;
            case 4 -> Math.min(most, PrimeField.LIMB_MASK);
            case 5 -> -Math.min(most, PrimeField.LIMB_MASK);
            default -> (random.nextLong() >> 1) % most;
          };
    }
    return limbs;
  }

  private static long[] all(long limb) {
    final long[] limbs = new long[LIMBS];
    Arrays.fill(limbs, limb);
    return limbs;
  }

  /** The same number with limbs that borrow from each other. */
  private long[] lazily(long[] limbs, int bits) {
    final long[] lazy = limbs.clone();
    for (int i = 0; i + 1 < LIMBS; i++) {
      final long moved = random.nextLong() >> (Long.SIZE - bits + LIMB_BITS);
      lazy[i] += moved << LIMB_BITS;
      lazy[i + 1] -= moved;
    }
    return lazy;
  }

  private BigInteger number(BigInteger prime) {
    return switch (random.nextInt(6)) {
      case 0 -> BigInteger.valueOf(random.nextInt(4));
      case 1 -> prime.subtract(BigInteger.valueOf(1 + random.nextInt(4)));
      case 2 -> RandomRuns.next(random, 256).mod(prime);
      case 3 -> prime.shiftRight(1 + random.nextInt(255));
      default -> new BigInteger(256, random).mod(prime);
    };
  }

  private BigInteger numberOf(PrimeField field, long[] element) {
    field.toWords(words, 0, element, 0, scratch);
    return ReferenceCurve.number(words, 0);
  }

  @ParameterizedTest
  @MethodSource("fields")
  void numbersMultiplyAndSquareAsIntegersDo(PrimeField field, BigInteger prime) {
    assertEquals(prime, field.modulus());
    assertEquals(prime, ReferenceCurve.number(field.modulusWords(), 0));
    assertEquals(BigInteger.ONE, numberOf(field, field.one()));
    final long[] result = new long[LIMBS];
    for (int i = 0; i < 20_000; i++) {
      final BigInteger a = number(prime);
      final BigInteger b = number(prime);
      final long[] aElement = field.element(a);
      field.multiply(result, 0, aElement, 0, field.element(b), 0);
      assertEquals(a.multiply(b).mod(prime), numberOf(field, result));
      field.square(result, 0, aElement, 0);
      assertEquals(a.multiply(a).mod(prime), numberOf(field, result));
      field.fromWords(result, 0, ReferenceCurve.words(a), 0);
      assertEquals(a, numberOf(field, result));
    }
  }

  @ParameterizedTest
  @MethodSource("fields")
  void wordsOverTheModulusAreTakenModuloIt(PrimeField field, BigInteger prime) {
    final long[] element = new long[LIMBS];
    for (BigInteger over = prime; over.bitLength() <= 256; over = over.add(prime.shiftRight(36))) {
      field.fromWords(element, 0, ReferenceCurve.words(over), 0);
      assertEquals(over.mod(prime), numberOf(field, element));
    }
    final BigInteger most = power(256).subtract(BigInteger.ONE);
    field.fromWords(element, 0, ReferenceCurve.words(most), 0);
    assertEquals(most.mod(prime), numberOf(field, element));
    PrimeField.unpack(element, 0, ReferenceCurve.words(most), 0);
    assertEquals(most, value(element));
  }

  /**
   * Limbs up to 2⁵⁷ in magnitude, so that the product of the two bounds is 2¹¹¹. With each
   * operand's value under v and w the result is under v·w/2²⁶⁰ plus the prime, for what is added to
   * the product is the prime's multiple under 2²⁶⁰: so that 2²⁵⁸·2²⁵⁹ keeps it under 2²⁵⁸.
   */
  @ParameterizedTest
  @MethodSource("fields")
  void multiplicationTakesLimbsUpToItsBounds(PrimeField field, BigInteger prime) {
    final long[] result = new long[LIMBS];
    for (int bits = 54; bits <= 57; bits++) {
      final long aBound = 1L << bits;
      final long bBound = 1L << (111 - bits);
      for (final long a : new long[] {aBound - 1, 1 - aBound}) {
        for (final long b : new long[] {bBound - 1, 1 - bBound}) {
          checkProduct(field, prime, all(a), all(b));
        }
      }
      for (int i = 0; i < 5_000; i++) {
        checkProduct(field, prime, limbs(aBound, aBound), limbs(bBound, bBound));
        // Values under 2²⁵⁸ and 2²⁵⁹, which limbs under 2⁵⁷ below the top hardly add to.
        final long[] a = limbs(aBound, 1L << 49);
        final long[] b = limbs(bBound, 1L << 50);
        field.multiply(result, 0, a, 0, b, 0);
        assertTrue(value(result).abs().bitLength() <= 258, () -> value(result).toString(16));
        for (final long limb : result) {
          assertTrue(Math.abs(limb) < 1L << 53, () -> Arrays.toString(result));
        }
      }
    }
  }

  private static void checkProduct(PrimeField field, BigInteger prime, long[] a, long[] b) {
    final long[] result = new long[LIMBS];
    field.multiply(result, 0, a, 0, b, 0);
    final BigInteger expected = value(a).multiply(value(b)).mod(prime);
    assertEquals(
        expected,
        value(result).multiply(R).mod(prime),
        () -> Arrays.toString(a) + " " + Arrays.toString(b));
    field.multiply(result, 0, b, 0, a, 0);
    assertEquals(expected, value(result).multiply(R).mod(prime));
  }

  /** The square's operand stands for both: its limbs are under 2⁵⁵·⁵. */
  @ParameterizedTest
  @MethodSource("fields")
  void squaringTakesLimbsUpToItsBounds(PrimeField field, BigInteger prime) {
    final long bound = (long) Math.sqrt(Math.scalb(1.0, 111));
    final long[] result = new long[LIMBS];
    for (int i = 0; i < 10_000; i++) {
      final long[] a = i == 0 ? all(bound - 1) : i == 1 ? all(1 - bound) : limbs(bound, bound);
      field.square(result, 0, a, 0);
      assertEquals(
          value(a).multiply(value(a)).mod(prime),
          value(result).multiply(R).mod(prime),
          () -> Arrays.toString(a));
    }
  }

  /** A result may be an operand. */
  @ParameterizedTest
  @MethodSource("fields")
  void resultsMayTakeThePlaceOfOperands(PrimeField field, BigInteger prime) {
    final BigInteger a = number(prime);
    final BigInteger b = number(prime);
    final BigInteger c = number(prime);
    final long[] limbs = new long[3 * LIMBS];
    for (int target = 0; target < 3; target++) {
      final int at = target * LIMBS;
      place(field, limbs, a, b, c);
      field.multiply(limbs, at, limbs, 0, limbs, LIMBS);
      assertEquals(a.multiply(b).mod(prime), numberAt(field, limbs, at));
      place(field, limbs, a, b, c);
      field.square(limbs, at, limbs, 0);
      assertEquals(a.multiply(a).mod(prime), numberAt(field, limbs, at));
      place(field, limbs, a, b, c);
      field.subtractBoth(limbs, at, limbs, 0, limbs, LIMBS, limbs, 2 * LIMBS);
      assertEquals(a.subtract(b).subtract(c).mod(prime), numberAt(field, limbs, at));
      place(field, limbs, a, b, c);
      PrimeField.add(limbs, at, limbs, 0, limbs, LIMBS);
      assertEquals(a.add(b).mod(prime), numberAt(field, limbs, at));
      place(field, limbs, a, b, c);
      PrimeField.subtract(limbs, at, limbs, 0, limbs, LIMBS);
      assertEquals(a.subtract(b).mod(prime), numberAt(field, limbs, at));
    }
  }

  private static void place(
      PrimeField field, long[] limbs, BigInteger a, BigInteger b, BigInteger c) {
    PrimeField.copy(limbs, 0, field.element(a), 0);
    PrimeField.copy(limbs, LIMBS, field.element(b), 0);
    PrimeField.copy(limbs, 2 * LIMBS, field.element(c), 0);
  }

  private BigInteger numberAt(PrimeField field, long[] limbs, int at) {
    field.toWords(words, 0, limbs, at, scratch);
    return ReferenceCurve.number(words, 0);
  }

  /**
   * Limbs up to 2⁵⁶. The orders' difference is multiplied, so that there the three together must be
   * under 2⁵⁷; nothing but this test asks it of them.
   */
  @ParameterizedTest
  @MethodSource("fields")
  void differencesOfThreeAreBroughtBack(PrimeField field, BigInteger prime) {
    final boolean ofCoordinates = !(field instanceof OrderField);
    final long bound = ofCoordinates ? 1L << 56 : (1L << 57) / 3;
    final long[] result = new long[LIMBS];
    for (int i = 0; i < 20_000; i++) {
      final long[] a = i == 0 ? all(bound - 1) : i == 1 ? all(1 - bound) : limbs(bound, bound);
      final long[] b = i == 0 ? all(1 - bound) : i == 1 ? all(bound - 1) : limbs(bound, bound);
      final long[] c = i == 0 ? all(1 - bound) : i == 1 ? all(bound - 1) : limbs(bound, bound);
      field.subtractBoth(result, 0, a, 0, b, 0, c, 0);
      assertEquals(
          value(a).subtract(value(b)).subtract(value(c)).mod(prime),
          value(result).mod(prime),
          () -> Arrays.toString(a) + " " + Arrays.toString(b) + " " + Arrays.toString(c));
      if (ofCoordinates) {
        assertTrue(value(result).abs().bitLength() <= 257, () -> value(result).toString(16));
        for (final long limb : result) {
          assertTrue(Math.abs(limb) < 1L << 53, () -> Arrays.toString(result));
        }
      }
    }
  }

  /** Limbs up to 2⁶⁰ and values up to 2²⁶⁴, to which limbs under the top one add up to 2²¹⁷. */
  @ParameterizedTest
  @MethodSource("fields")
  void everyFormOfANumberHasOneCanonicalForm(PrimeField field, BigInteger prime) {
    final long bound = 1L << 60;
    final long topBound = (1L << 56) - (1L << 9);
    for (int i = 0; i < 20_000; i++) {
      final long[] a = limbs(bound, topBound);
      if (i < 4) {
        Arrays.fill(a, (i & 1) == 0 ? bound - 1 : 1 - bound);
        a[LIMBS - 1] = (i & 2) == 0 ? topBound - 1 : 1 - topBound;
      }
      field.canonicalWords(words, 0, a, 0);
      assertEquals(value(a).mod(prime), ReferenceCurve.number(words, 0), () -> Arrays.toString(a));
    }
  }

  @ParameterizedTest
  @MethodSource("fields")
  void multiplesOfThePrimeAndNothingElseAreZero(PrimeField field, BigInteger prime) {
    for (int multiple = -255; multiple <= 255; multiple++) {
      for (int near = -1; near <= 1; near++) {
        final BigInteger number =
            prime.multiply(BigInteger.valueOf(multiple)).add(BigInteger.valueOf(near));
        final long[] limbs = signedLimbs(number);
        assertEquals(near == 0, field.isZero(limbs, 0, words), () -> number.toString(16));
        assertEquals(near == 0, field.isZero(lazily(limbs, 59), 0, words));
        // What differs in the highest bits alone.
        limbs[LIMBS - 1] ^= 1L << 40;
        assertEquals(value(limbs).mod(prime).signum() == 0, field.isZero(limbs, 0, words));
      }
    }
    for (int i = 0; i < 1_000; i++) {
      final long[] a = field.element(number(prime));
      assertEquals(value(a).mod(prime).signum() == 0, field.isZero(a, 0, words));
    }
  }

  private static long[] signedLimbs(BigInteger number) {
    final long[] limbs = new long[LIMBS];
    for (int i = 0; i < LIMBS; i++) {
      final long bits = number.shiftRight(i * LIMB_BITS).longValue();
      limbs[i] = i == LIMBS - 1 ? bits : bits & PrimeField.LIMB_MASK;
    }
    assertEquals(number, value(limbs));
    return limbs;
  }

  @ParameterizedTest
  @MethodSource("fields")
  void inversesAndPowersAreThoseOfIntegers(PrimeField field, BigInteger prime) {
    final ModularInverse inverse = new ModularInverse(prime);
    final long[] result = new long[LIMBS];
    for (int i = 0; i < 1_000; i++) {
      final BigInteger a = number(prime);
      final long[] element = lazily(field.element(a), 56);
      field.invert(result, 0, element, 0, inverse);
      assertEquals(
          a.signum() == 0 ? BigInteger.ZERO : a.modInverse(prime), numberOf(field, result));
    }
    final BigInteger two = BigInteger.TWO;
    for (final BigInteger exponent :
        List.of(BigInteger.ZERO, BigInteger.ONE, two, prime.subtract(two), prime)) {
      for (int i = 0; i < 20; i++) {
        final BigInteger a = number(prime);
        final long[] element = field.element(a);
        field.power(element, 0, element, 0, exponent);
        assertEquals(a.modPow(exponent, prime), numberOf(field, element));
      }
    }
  }
}
