package gongbei.codec.curve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Seeds;
import java.math.BigInteger;
import java.util.Random;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class FixedBaseTableTest {
  private final Random random = Seeds.random(5);

  @ParameterizedTest
  @EnumSource
  void everyWindowHoldsTheMultiplesThatTheLibraryComputes(ReferenceCurve curve) {
    for (int bits = FixedBaseTable.MIN_WINDOW_BITS;
        bits <= FixedBaseTable.MAX_WINDOW_BITS;
        bits++) {
      if (bits > 9 && bits != 13 && bits != FixedBaseTable.MAX_WINDOW_BITS) {
        continue;
      }
      final BigInteger key = curve.scalar(random);
      final FixedBaseTable table = curve.table(curve.times(key), bits);
      assertEquals(curve.curve(), table.curve());
      assertEquals(bits, table.windowBits());
      assertEquals(FixedBaseTable.windowsOf(bits), table.windows());
      assertEquals(FixedBaseTable.memoryBytesOf(bits), table.memoryBytes());
      for (int window = 0; window < table.windows(); window++) {
        final int bitsLeft = 256 - window * bits;
        final int last = 1 << Math.min(bits - 1, Math.max(bitsLeft, 0));
        for (final int digit : new int[] {1, 2, last - 1, last, 1 + random.nextInt(last)}) {
          if (digit > 0 && digit <= last) {
            checkMultiple(curve, table, key, window, digit);
            checkMultiple(curve, table, key, window, -digit);
          }
        }
      }
    }
  }

  private static void checkMultiple(
      ReferenceCurve curve, FixedBaseTable table, BigInteger key, int window, int digit) {
    final PrimeField field = curve.curve().field();
    final long[] point = new long[2 * PrimeField.LIMBS];
    final long[] words = new long[Words.COUNT];
    final long[] scratch = new long[PrimeField.LIMBS];
    final ECPoint expected =
        curve.times(BigInteger.valueOf(digit).shiftLeft(window * table.windowBits()).multiply(key));
    table.point(table.reference(window, digit), point, 0);
    field.toWords(words, 0, point, 0, scratch);
    assertEquals(ReferenceCurve.x(expected), ReferenceCurve.number(words, 0));
    field.toWords(words, 0, point, PrimeField.LIMBS, scratch);
    assertEquals(ReferenceCurve.y(expected), ReferenceCurve.number(words, 0));
  }

  /** Of the smallest widths every multiple. */
  @ParameterizedTest
  @EnumSource
  void narrowTablesAreRightThroughout(ReferenceCurve curve) {
    for (int bits = 4; bits <= 5; bits++) {
      final FixedBaseTable table = FixedBaseTable.ofGenerator(curve.curve(), bits);
      for (int window = 0; window < table.windows() - 1; window++) {
        for (int digit = 1; digit <= 1 << (bits - 1); digit++) {
          checkMultiple(curve, table, BigInteger.ONE, window, digit);
        }
      }
    }
  }

  /** As signed digits a scalar's windows add up to it again, and none is out of its table. */
  @ParameterizedTest
  @EnumSource
  void windowsCoverAScalarWhole(ReferenceCurve curve) {
    final BigInteger most = BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE);
    for (int bits = FixedBaseTable.MIN_WINDOW_BITS; bits <= 13; bits++) {
      final FixedBaseTable table = FixedBaseTable.ofGenerator(curve.curve(), bits);
      for (final BigInteger fixed :
          new BigInteger[] {
            BigInteger.ZERO, BigInteger.ONE, curve.n().subtract(BigInteger.ONE), curve.n(), most
          }) {
        assertEquals(fixed, ofWindows(table, fixed));
      }
      for (int i = 0; i < 200; i++) {
        final BigInteger scalar = RandomRuns.next(random, 256);
        assertEquals(scalar, ofWindows(table, scalar));
      }
    }
  }

  private static BigInteger ofWindows(FixedBaseTable table, BigInteger scalar) {
    final long[] words = new long[Words.COUNT + 1];
    System.arraycopy(ReferenceCurve.words(scalar), 0, words, 1, Words.COUNT);
    BigInteger sum = BigInteger.ZERO;
    for (int window = 0; window < table.windows(); window++) {
      final int bits = table.windowOf(words, 1, window);
      assertTrue(bits >= 0 && bits < 1 << table.windowBits());
      sum = sum.add(BigInteger.valueOf(bits).shiftLeft(window * table.windowBits()));
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNoPointOfTheCurveIsRefused(ReferenceCurve reference) {
    final Curve curve = reference.curve();
    final BigInteger x = curve.generatorX();
    final BigInteger y = curve.generatorY();
    final BigInteger p = reference.p();
    assertEquals(ReferenceCurve.x(reference.times(BigInteger.ONE)), x);
    assertEquals(ReferenceCurve.y(reference.times(BigInteger.ONE)), y);
    assertTrue(curve.isPoint(x, y));
    assertTrue(curve.isPoint(x, p.subtract(y)));
    final BigInteger one = BigInteger.ONE;
    final Curve other = curve == Curve.SM2 ? Curve.P256 : Curve.SM2;
    final BigInteger[][] refused = {
      {x, y.add(one)},
      {x.add(one), y},
      {x.add(p), y},
      {x, y.add(p)},
      {x.subtract(p), y},
      {x, y.negate()},
      {BigInteger.ZERO, BigInteger.ZERO},
      {p, y},
      {other.generatorX(), other.generatorY()}
    };
    for (final BigInteger[] point : refused) {
      assertFalse(curve.isPoint(point[0], point[1]));
      assertThrows(
          IllegalArgumentException.class, () -> FixedBaseTable.of(curve, point[0], point[1], 4));
    }
    for (final int bits : new int[] {-1, 0, 3, 17, 64}) {
      assertThrows(IllegalArgumentException.class, () -> FixedBaseTable.ofGenerator(curve, bits));
    }
  }

  @ParameterizedTest
  @EnumSource
  void scalarsAreFromOneToTheOrderLessOne(ReferenceCurve reference) {
    final Curve curve = reference.curve();
    final BigInteger n = reference.n();
    assertEquals(n, ReferenceCurve.number(curve.orderWords(), 0));
    for (int near = -2; near <= 2; near++) {
      final BigInteger offset = BigInteger.valueOf(near);
      assertEquals(near < 0, curve.isScalar(ReferenceCurve.words(n.add(offset)), 0));
      assertEquals(
          near > 0,
          near >= 0 && curve.isScalar(ReferenceCurve.words(offset.max(BigInteger.ZERO)), 0));
    }
    assertFalse(
        curve.isScalar(
            ReferenceCurve.words(BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE)), 0));
  }
}
