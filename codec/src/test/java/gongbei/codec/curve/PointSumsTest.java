package gongbei.codec.curve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Seeds;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Sums against the library. Every point summed is a known multiple of the generator, so that a sum
 * is the generator times one number, and sums of equal and of opposite points can be made at will.
 */
final class PointSumsTest {
  private static final BigInteger ONE = BigInteger.ONE;
  private static final int MAX_SUMS = 70;

  private final Random random = Seeds.random(6);

  /** A table and what its point is of the generator. */
  private record Base(FixedBaseTable table, BigInteger multiple) {
    static Base of(ReferenceCurve curve, BigInteger multiple, int bits) {
      return new Base(curve.table(curve.times(multiple), bits), multiple.mod(curve.n()));
    }
  }

  private record Term(Base base, BigInteger scalar) {}

  /** Computes sums together and holds each against the library's. */
  private static final class Sums {
    private final ReferenceCurve curve;
    private final PointSums sums;
    private final Map<BigInteger, BigInteger> known = new HashMap<>();
    private int infinite;

    Sums(ReferenceCurve curve, int maxPointsOfSum) {
      this.curve = curve;
      sums = new PointSums(curve.curve(), MAX_SUMS, maxPointsOfSum);
      assertEquals(MAX_SUMS, sums.maxSums());
    }

    void check(List<List<Term>> batch) {
      sums.clear();
      for (int i = 0; i < batch.size(); i++) {
        assertEquals(i, sums.begin());
        for (final Term term : batch.get(i)) {
          sums.add(term.base().table(), ReferenceCurve.words(term.scalar()), 0);
        }
      }
      sums.compute();
      for (int i = 0; i < batch.size(); i++) {
        check(i, batch.get(i));
      }
    }

    private void check(int index, List<Term> terms) {
      BigInteger sum = BigInteger.ZERO;
      for (final Term term : terms) {
        sum = sum.add(term.base().multiple().multiply(term.scalar()));
      }
      sum = sum.mod(curve.n());
      if (sum.signum() == 0) {
        infinite++;
        for (final Term term : terms) {
          assertFalse(
              isX(index, xOf(term.base().multiple())), () -> "infinity: " + describe(terms));
        }
        assertFalse(isX(index, BigInteger.ZERO), () -> "infinity: " + describe(terms));
        assertFalse(isX(index, ONE), () -> "infinity: " + describe(terms));
        return;
      }
      final BigInteger x = xOf(sum);
      assertTrue(isX(index, x), () -> describe(terms));
      assertFalse(isX(index, x.xor(ONE)), () -> describe(terms));
      assertFalse(isX(index, x.subtract(ONE).mod(curve.n())), () -> describe(terms));
      assertFalse(isX(index, curve.n().subtract(x).mod(curve.n())), () -> describe(terms));
    }

    boolean isX(int index, BigInteger x) {
      return sums.isX(index, ReferenceCurve.words(x), 0);
    }

    /** The x of a multiple of the generator modulo the order. */
    private BigInteger xOf(BigInteger multiple) {
      return known.computeIfAbsent(multiple, k -> ReferenceCurve.x(curve.times(k)).mod(curve.n()));
    }

    private static String describe(List<Term> terms) {
      final StringBuilder text = new StringBuilder();
      for (final Term term : terms) {
        text.append(" + ")
            .append(term.scalar().toString(16))
            .append(" * ")
            .append(term.base().multiple().toString(16))
            .append(" G by windows of ")
            .append(term.base().table().windowBits());
      }
      return text.toString();
    }
  }

  @ParameterizedTest
  @EnumSource
  void batchesOfEverySizeAndOfMixedWindowsAgreeWithTheLibrary(ReferenceCurve curve) {
    final Base generator = Base.of(curve, ONE, 10);
    final List<Base> keys = new ArrayList<>();
    for (final int bits : new int[] {4, 5, 7, 8, 13}) {
      keys.add(Base.of(curve, curve.scalar(random), bits));
    }
    final Sums sums = new Sums(curve, FixedBaseTable.windowsOf(10) + FixedBaseTable.windowsOf(4));
    for (int size = 1; size <= MAX_SUMS; size++) {
      final List<List<Term>> batch = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        batch.add(
            List.of(
                new Term(generator, scalar(curve)),
                new Term(keys.get(random.nextInt(keys.size())), scalar(curve))));
      }
      sums.check(batch);
    }
  }

  private BigInteger scalar(ReferenceCurve curve) {
    return switch (random.nextInt(8)) {
      case 0 -> BigInteger.valueOf(random.nextInt(20));
      case 1 -> curve.n().subtract(BigInteger.valueOf(random.nextInt(20)));
      case 2 -> RandomRuns.next(random, 256);
      default -> curve.scalar(random);
    };
  }

  /**
   * All pairs of scalars that a window, its half and its edges or the group's order make peculiar,
   * over tables whose points are equal, opposite, doubles and sums of each other: first one sum at
   * a time, which is added up point by point, then together, which is added up pair by pair.
   */
  @ParameterizedTest
  @EnumSource
  void equalAndOppositePointsAreSeenWhereverTheyArise(ReferenceCurve curve) {
    final int bits = 6;
    final BigInteger window = ONE.shiftLeft(bits);
    final BigInteger n = curve.n();
    final List<BigInteger> scalars = new ArrayList<>();
    for (int near = -1; near <= 1; near++) {
      final BigInteger offset = BigInteger.valueOf(near);
      scalars.add(window.add(offset));
      scalars.add(window.shiftRight(1).add(offset));
      scalars.add(n.shiftRight(1).add(offset));
      scalars.add(n.add(offset));
      scalars.add(window.multiply(window).add(window).add(offset));
    }
    scalars.add(BigInteger.ZERO);
    scalars.add(ONE);
    scalars.add(BigInteger.TWO);
    scalars.add(n.subtract(window));
    scalars.add(ONE.shiftLeft(255));
    scalars.add(ONE.shiftLeft(256).subtract(ONE));
    final Base generator = Base.of(curve, ONE, bits);
    final List<Base> others =
        List.of(
            generator,
            Base.of(curve, ONE.negate(), bits),
            Base.of(curve, BigInteger.TWO, bits),
            Base.of(curve, BigInteger.TWO.negate(), bits),
            Base.of(curve, window, bits),
            Base.of(curve, window.add(ONE), bits),
            Base.of(curve, window.add(ONE).negate(), bits));
    final Sums sums = new Sums(curve, 2 * FixedBaseTable.windowsOf(bits));
    final List<List<Term>> together = new ArrayList<>();
    for (final Base other : others) {
      for (final BigInteger u : scalars) {
        for (final BigInteger v : scalars) {
          final List<Term> terms = List.of(new Term(generator, u), new Term(other, v));
          sums.check(List.of(terms));
          together.add(terms);
        }
      }
    }
    for (int from = 0; from < together.size(); from += MAX_SUMS) {
      sums.check(together.subList(from, Math.min(together.size(), from + MAX_SUMS)));
    }
    assertTrue(sums.infinite > 50, "sums at infinity: " + sums.infinite);
  }

  /** u·P + v·P of one table with u = v, whose halves meet point by point, and with u = n − v. */
  @ParameterizedTest
  @EnumSource
  void oneTableMayBeAddedTwice(ReferenceCurve curve) {
    final Base key = Base.of(curve, curve.scalar(random), 8);
    final Sums sums = new Sums(curve, 2 * FixedBaseTable.windowsOf(8));
    for (final int size : new int[] {1, 2, 5, 40}) {
      final List<List<Term>> doubled = new ArrayList<>();
      final List<List<Term>> cancelled = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        final BigInteger u = i % 2 == 0 ? ofFullWindows() : curve.scalar(random);
        doubled.add(List.of(new Term(key, u), new Term(key, u)));
        cancelled.add(List.of(new Term(key, u), new Term(key, curve.n().subtract(u))));
      }
      sums.check(doubled);
      final int before = sums.infinite;
      sums.check(cancelled);
      assertEquals(before + size, sums.infinite);
    }
  }

  /** A scalar whose 32 digits of 8 bits are all from 1 to 127: it has a power of two of points. */
  private BigInteger ofFullWindows() {
    BigInteger scalar = BigInteger.ZERO;
    for (int i = 0; i < 32; i++) {
      scalar = scalar.shiftLeft(8).or(BigInteger.valueOf(1 + random.nextInt(127)));
    }
    return scalar;
  }

  /**
   * The halves of each sum are opposite in every point, so that at the tree's last levels all that
   * is left is one pair of opposite points a sum; then the same in a batch where half the sums do
   * not cancel.
   */
  @ParameterizedTest
  @EnumSource
  void sumsThatCancelLeaveTheirNeighboursAlone(ReferenceCurve curve) {
    final BigInteger multiple = curve.scalar(random);
    final Base key = Base.of(curve, multiple, 8);
    final Base opposite = Base.of(curve, multiple.negate(), 8);
    final Sums sums = new Sums(curve, 2 * FixedBaseTable.windowsOf(8));
    for (final int size : new int[] {1, 3, 12, MAX_SUMS}) {
      for (final int every : new int[] {1, 2, 3}) {
        final List<List<Term>> batch = new ArrayList<>();
        for (int i = 0; i < size; i++) {
          final BigInteger u = ofFullWindows();
          batch.add(
              List.of(
                  new Term(key, u), new Term(opposite, i % every == 0 ? u : curve.scalar(random))));
        }
        sums.check(batch);
      }
    }
    assertTrue(sums.infinite > 100, "sums at infinity: " + sums.infinite);
  }

  /**
   * Of ten sums each is cut into six parts of ten points, of which the fourth has the first table's
   * last two and the second's first eight. The second table's point is as many times the first's as
   * makes its first two points equal to these, or opposite: there two equal halves meet in a lane.
   */
  @ParameterizedTest
  @EnumSource
  void whereHalvesOfAPartMeetTheirSumAndItsNeighboursAreRight(ReferenceCurve curve) {
    final int size = 10;
    final BigInteger multiple = curve.scalar(random);
    final BigInteger shift = ONE.shiftLeft(30 * 8);
    final Base key = Base.of(curve, multiple, 8);
    final Base same = Base.of(curve, multiple.multiply(shift), 8);
    final Base opposite = Base.of(curve, multiple.multiply(shift).negate(), 8);
    final Sums sums = new Sums(curve, 2 * FixedBaseTable.windowsOf(8));
    for (final Base second : List.of(same, opposite)) {
      for (final int every : new int[] {1, 2, 5}) {
        final List<List<Term>> batch = new ArrayList<>();
        for (int i = 0; i < size; i++) {
          final BigInteger u = ofFullWindows();
          final BigInteger v = ofFullWindows();
          final BigInteger meeting = v.shiftRight(16).shiftLeft(16).add(u.shiftRight(30 * 8));
          batch.add(List.of(new Term(key, u), new Term(second, i % every == 0 ? meeting : v)));
        }
        sums.check(batch);
      }
    }
  }

  /**
   * Point by point: a + b, then the point that is their sum, which doubles what is not affine, or
   * its opposite, which leaves nothing; then one more, which starts from nothing.
   */
  @ParameterizedTest
  @EnumSource
  void whatIsAddedUpSoFarMayMeetItselfOrItsOpposite(ReferenceCurve curve) {
    final int bits = 4;
    final BigInteger two = BigInteger.valueOf(0x11);
    final BigInteger three = BigInteger.valueOf(0x111);
    final Base generator = Base.of(curve, ONE, bits);
    final Sums sums = new Sums(curve, 2 * FixedBaseTable.windowsOf(bits));
    for (final BigInteger begun : new BigInteger[] {ONE, two, three}) {
      for (final BigInteger met : new BigInteger[] {begun, begun.negate()}) {
        final Base meeting = Base.of(curve, met, bits);
        for (final int more : new int[] {0x1, 0x11, 0x101, 0x111, 0x2, 0x21}) {
          sums.check(
              List.of(
                  List.of(
                      new Term(generator, begun), new Term(meeting, BigInteger.valueOf(more)))));
        }
      }
    }
    assertEquals(3, sums.infinite);
  }

  @ParameterizedTest
  @EnumSource
  void sumsOfNothingAreAtInfinity(ReferenceCurve curve) {
    final Base generator = Base.of(curve, ONE, 5);
    final Sums sums = new Sums(curve, 2 * FixedBaseTable.windowsOf(5));
    final List<Term> nothing =
        List.of(new Term(generator, BigInteger.ZERO), new Term(generator, BigInteger.ZERO));
    sums.check(List.of());
    sums.check(List.of(List.of()));
    sums.check(List.of(nothing));
    final List<List<Term>> batch = new ArrayList<>();
    for (int i = 0; i < MAX_SUMS; i++) {
      final Term some = new Term(generator, curve.scalar(random));
      batch.add(
          switch (i % 4) {
            case 0 -> nothing;
            case 1 -> List.of(some, nothing.get(0));
            case 2 -> List.of(nothing.get(0), some);
            default -> List.of(some, some);
          });
    }
    sums.check(batch);
  }

  /**
   * A point whose x is n + k counts as k. Affine, as the only point; as a sum of few, which is not
   * affine; and in a batch, where it comes out of the tree.
   */
  @ParameterizedTest
  @EnumSource
  void anXOfTheOrderOrMoreIsReducedByIt(ReferenceCurve curve) {
    final ECPoint beyond = curve.beyondOrder();
    final BigInteger k = ReferenceCurve.x(beyond).subtract(curve.n());
    assertTrue(k.signum() >= 0 && ReferenceCurve.x(beyond).compareTo(curve.p()) < 0);
    final int bits = 4;
    final PointSums sums =
        new PointSums(curve.curve(), MAX_SUMS, 2 * FixedBaseTable.windowsOf(bits));
    final FixedBaseTable generator = FixedBaseTable.ofGenerator(curve.curve(), bits);
    for (final int size : new int[] {1, MAX_SUMS}) {
      for (final BigInteger u : new BigInteger[] {BigInteger.ZERO, ONE, curve.scalar(random)}) {
        final FixedBaseTable rest =
            curve.table(beyond.subtract(curve.library().getG().multiply(u)), bits);
        sums.clear();
        for (int i = 0; i < size; i++) {
          sums.begin();
          sums.add(generator, ReferenceCurve.words(u), 0);
          sums.add(rest, ReferenceCurve.words(ONE), 0);
        }
        sums.compute();
        for (int i = 0; i < size; i++) {
          assertTrue(sums.isX(i, ReferenceCurve.words(k), 0));
          assertFalse(sums.isX(i, ReferenceCurve.words(k.add(ONE)), 0));
          assertFalse(sums.isX(i, ReferenceCurve.words(curve.n().subtract(ONE)), 0));
        }
      }
    }
  }

  /** Where x itself is small, x + n is another number, which must not be taken for it. */
  @ParameterizedTest
  @EnumSource
  void aSmallXIsItselfAlone(ReferenceCurve curve) {
    BigInteger x = ONE;
    while (curve.ofX(x) == null || curve.ofX(x.add(curve.n())) != null) {
      x = x.add(ONE);
    }
    assertNull(curve.ofX(x.add(curve.n())));
    final PointSums sums = new PointSums(curve.curve(), 1, FixedBaseTable.windowsOf(4));
    sums.begin();
    sums.add(curve.table(curve.ofX(x), 4), ReferenceCurve.words(ONE), 0);
    sums.compute();
    assertTrue(sums.isX(0, ReferenceCurve.words(x), 0));
    assertFalse(sums.isX(0, ReferenceCurve.words(x.add(ONE)), 0));
    assertFalse(sums.isX(0, ReferenceCurve.words(BigInteger.ZERO), 0));
  }
}
