package gongbei.codec.curve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gongbei.codec.trust.Curves;
import java.lang.reflect.Field;
import java.math.BigInteger;
import java.util.Random;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GeneratorCombTest {
  private static final int WINDOW_BITS = 6;

  private final Random random = new Random(1);

  private static Curve curve(String name) {
    return name.equals("SM2") ? Curve.SM2 : Curve.P256;
  }

  private static ECDomainParameters library(String name) {
    return name.equals("SM2") ? Curves.SM2 : Curves.P256;
  }

  private static BigInteger number(long[] words) {
    BigInteger value = BigInteger.ZERO;
    for (int i = words.length - 1; i >= 0; i--) {
      value = value.shiftLeft(64).add(new BigInteger(Long.toUnsignedString(words[i])));
    }
    return value;
  }

  private static void check(GeneratorComb comb, ECDomainParameters library, BigInteger k) {
    final long[] x = new long[4];
    comb.multiply(x, PrimeField.wordsOf(k), 1);
    assertEquals(
        new FixedPointCombMultiplier()
            .multiply(library.getG(), k)
            .normalize()
            .getAffineXCoord()
            .toBigInteger(),
        number(x),
        () -> "k = " + k.toString(16));
  }

  @ParameterizedTest
  @ValueSource(strings = {"SM2", "P256"})
  void agreesWithTheLibraryAtBothEndsOfTheRange(String name) {
    final GeneratorComb comb = new GeneratorComb(curve(name), 1);
    final BigInteger n = library(name).getN();
    for (int i = 1; i <= 130; i++) {
      check(comb, library(name), BigInteger.valueOf(i));
      check(comb, library(name), n.subtract(BigInteger.valueOf(i)));
    }
  }

  /** Every digit in every window, on a background of zeros and on one of ones. */
  @ParameterizedTest
  @ValueSource(strings = {"SM2", "P256"})
  void agreesWithTheLibraryOnEveryDigitOfEveryWindow(String name) {
    final GeneratorComb comb = new GeneratorComb(curve(name), 1);
    final BigInteger n = library(name).getN();
    final BigInteger ones = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.ONE);
    for (int bit = 1; bit < 256; bit += WINDOW_BITS) {
      for (int digit = 1; digit < 1 << WINDOW_BITS; digit++) {
        final BigInteger shifted = BigInteger.valueOf(digit).shiftLeft(bit);
        for (final BigInteger k : new BigInteger[] {shifted.setBit(0), ones.xor(shifted)}) {
          if (k.signum() > 0 && k.compareTo(n) < 0) {
            check(comb, library(name), k);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SM2", "P256"})
  void agreesWithTheLibraryOnRandomScalars(String name) {
    final GeneratorComb comb = new GeneratorComb(curve(name), 1);
    final BigInteger n = library(name).getN();
    for (int i = 0; i < 2_000; i++) {
      check(
          comb,
          library(name),
          new BigInteger(256, random).mod(n.subtract(BigInteger.ONE)).add(BigInteger.ONE));
    }
  }

  /** Nothing of a scalar is left where another thread's dump could show it. */
  @ParameterizedTest
  @ValueSource(strings = {"SM2", "P256"})
  void forgetsTheScalar(String name) throws ReflectiveOperationException {
    final GeneratorComb comb = new GeneratorComb(curve(name), 1);
    comb.multiply(new long[4], PrimeField.wordsOf(new BigInteger(255, random)), 1);
    comb.clear();
    for (final Field field : GeneratorComb.class.getDeclaredFields()) {
      if (field.getType() == long[].class
          && !field.getName().equals("table")
          && !field.getName().equals("b")) {
        field.setAccessible(true);
        final long[] scratch = (long[]) field.get(comb);
        assertArrayEquals(new long[scratch.length], scratch, field.getName());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SM2", "P256"})
  void fixedPowersInvertInTheFieldAndModuloTheOrder(String name) {
    for (final PrimeField field : new PrimeField[] {curve(name).field(), curve(name).order()}) {
      final FermatInverse inverse = new FermatInverse(field);
      final long[] words = new long[4];
      for (int i = 0; i < 500; i++) {
        final BigInteger value =
            switch (i) {
              case 0 -> BigInteger.ONE;
              case 1 -> field.modulus().subtract(BigInteger.ONE);
              default -> new BigInteger(250, random).add(BigInteger.ONE);
            };
        final long[] element = field.element(value);
        inverse.invert(element, 0, element, 0);
        field.toWords(words, 0, element, 0, new long[PrimeField.LIMBS]);
        assertEquals(value.modInverse(field.modulus()), number(words));
      }
      final long[] zero = new long[PrimeField.LIMBS];
      inverse.invert(zero, 0, zero, 0);
      field.canonicalWords(words, 0, zero, 0);
      assertEquals(BigInteger.ZERO, number(words));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SM2", "P256"})
  void scalarsOfASignatureAgreeWithBigIntegers(String name) {
    final BigInteger n = library(name).getN();
    final BigInteger[] edges = {
      BigInteger.ONE,
      BigInteger.TWO,
      n.subtract(BigInteger.TWO),
      n.shiftRight(1),
      BigInteger.ONE.shiftLeft(255)
    };
    final long[] s = new long[4];
    for (int i = 0; i < 2_000; i++) {
      final BigInteger d = pick(edges, n);
      final BigInteger k = pick(edges, n);
      final BigInteger r = pick(edges, n);
      final BigInteger e = pick(edges, n);
      final BigInteger expected;
      if (name.equals("SM2")) {
        SigningScalars.Key.ofSm2(d)
            .scalars(1)
            .sm2(s, PrimeField.wordsOf(r), PrimeField.wordsOf(k), 0);
        expected = k.subtract(r.multiply(d)).multiply(d.add(BigInteger.ONE).modInverse(n)).mod(n);
      } else {
        SigningScalars.Key.ofEs256(d)
            .scalars(1)
            .es256(s, PrimeField.wordsOf(e), PrimeField.wordsOf(r), PrimeField.wordsOf(k), 1);
        expected = e.add(r.multiply(d)).multiply(k.modInverse(n)).mod(n);
      }
      assertEquals(expected, number(s));
    }
  }

  private BigInteger pick(BigInteger[] edges, BigInteger n) {
    return random.nextInt(4) == 0
        ? edges[random.nextInt(edges.length)]
        : new BigInteger(256, random).mod(n.subtract(BigInteger.TWO)).add(BigInteger.ONE);
  }
}
