package gongbei.codec.curve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gongbei.codec.trust.Curves;
import gongbei.testing.Seeds;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GeneratorCombTest {
  private static final int WINDOW_BITS = 6;
  private static final Set<String> PUBLIC = Set.of("table", "b", "sixtyFour");

  private final Random random = Seeds.random(1);

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
    assertEquals(xOf(library, k), number(x), () -> "k = " + k.toString(16));
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

  /** Sizes on both sides of the one from which lanes are used. */
  @ParameterizedTest
  @ValueSource(strings = {"SM2", "P256"})
  void batchesOfEverySizeAgreeWithTheLibrary(String name) {
    final ECDomainParameters library = library(name);
    final BigInteger n = library.getN();
    final GeneratorComb comb = new GeneratorComb(curve(name), GeneratorComb.MAX_CAPACITY);
    final long[] x = new long[4 * GeneratorComb.MAX_CAPACITY];
    final long[] k = new long[4 * GeneratorComb.MAX_CAPACITY];
    final BigInteger[] scalars = new BigInteger[GeneratorComb.MAX_CAPACITY];
    for (int size = 1; size <= GeneratorComb.MAX_CAPACITY; size++) {
      for (int i = 0; i < size; i++) {
        scalars[i] =
            switch (random.nextInt(6)) {
              case 0 -> BigInteger.valueOf(random.nextInt(200) + 1);
              case 1 -> n.subtract(BigInteger.valueOf(random.nextInt(200) + 1));
              case 2 -> withEqualSums(n);
              default -> pick(new BigInteger[] {BigInteger.ONE}, n);
            };
        System.arraycopy(PrimeField.wordsOf(scalars[i]), 0, k, 4 * i, 4);
      }
      comb.multiply(x, k, size);
      for (int i = 0; i < size; i++) {
        assertEquals(
            xOf(library, scalars[i]),
            number(Arrays.copyOfRange(x, 4 * i, 4 * i + 4)),
            "of " + size + " k = " + scalars[i].toString(16));
      }
    }
  }

  /** The scalar whose lower 32 digits and upper 11, for SM2, are equal sums modulo the order. */
  private static BigInteger withEqualSums(BigInteger n) {
    final BigInteger lower = n.mod(BigInteger.ONE.shiftLeft(32 * WINDOW_BITS));
    return n.subtract(lower.shiftLeft(1));
  }

  private static BigInteger xOf(ECDomainParameters library, BigInteger k) {
    return new FixedPointCombMultiplier()
        .multiply(library.getG(), k)
        .normalize()
        .getAffineXCoord()
        .toBigInteger();
  }

  /** Nothing of a scalar is left where another thread's dump could show it. */
  @ParameterizedTest
  @ValueSource(strings = {"SM2", "P256"})
  void forgetsTheScalars(String name) throws ReflectiveOperationException {
    for (final int count : new int[] {1, GeneratorComb.MAX_CAPACITY}) {
      final GeneratorComb comb = new GeneratorComb(curve(name), count);
      final long[] k = new long[4 * count];
      for (int i = 0; i < count; i++) {
        System.arraycopy(PrimeField.wordsOf(new BigInteger(255, random)), 0, k, 4 * i, 4);
      }
      comb.multiply(new long[4 * count], k, count);
      comb.clear();
      requireForgotten(comb, GeneratorComb.class);
    }
  }

  private static void requireForgotten(Object scratch, Class<?> type)
      throws ReflectiveOperationException {
    for (final Field field : type.getDeclaredFields()) {
      field.setAccessible(true);
      final Object value = Modifier.isStatic(field.getModifiers()) ? null : field.get(scratch);
      if (PUBLIC.contains(field.getName()) || value == null) {
        continue;
      }
      if (value instanceof long[] numbers) {
        assertArrayEquals(new long[numbers.length], numbers, field.getName());
      } else if (value instanceof double[] numbers) {
        assertArrayEquals(new double[numbers.length], numbers, field.getName());
      } else if (value instanceof double[][] elements) {
        for (final double[] numbers : elements) {
          assertArrayEquals(new double[numbers.length], numbers, field.getName());
        }
      } else if (value instanceof LaneSums) {
        requireForgotten(value, LaneSums.class);
      } else if (value instanceof LaneField) {
        requireForgotten(value, LaneField.class);
      } else if (value instanceof FermatInverse) {
        requireForgotten(value, FermatInverse.class);
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
