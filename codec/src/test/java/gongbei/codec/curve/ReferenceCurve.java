package gongbei.codec.curve;

import gongbei.codec.trust.Curves;
import java.math.BigInteger;
import java.util.Random;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** The two curves as Bouncy Castle has them, which tests of our own arithmetic compare with. */
@SuppressWarnings("ImmutableEnumChecker") // the library does not mark what it never changes
public enum ReferenceCurve {
  SM2(Curve.SM2, Curves.SM2),
  P256(Curve.P256, Curves.P256);

  private final Curve curve;
  private final ECDomainParameters library;

  ReferenceCurve(Curve curve, ECDomainParameters library) {
    this.curve = curve;
    this.library = library;
  }

  /** The curve under test. */
  public Curve curve() {
    return curve;
  }

  /** The library's parameters of the same curve. */
  public ECDomainParameters library() {
    return library;
  }

  /** The order of the group. */
  public BigInteger n() {
    return library.getN();
  }

  /** The prime of the coordinates. */
  public BigInteger p() {
    return library.getCurve().getField().getCharacteristic();
  }

  /** k·G, affine. */
  public ECPoint times(BigInteger k) {
    return new FixedPointCombMultiplier().multiply(library.getG(), k.mod(n())).normalize();
  }

  /** A point of that x, or null where there is none. Both primes are 3 modulo 4. */
  public ECPoint ofX(BigInteger x) {
    final BigInteger three = BigInteger.valueOf(3);
    final BigInteger square =
        x.pow(3).subtract(three.multiply(x)).add(library.getCurve().getB().toBigInteger()).mod(p());
    final BigInteger y = square.modPow(p().add(BigInteger.ONE).shiftRight(2), p());
    return y.multiply(y).mod(p()).equals(square) ? library.getCurve().createPoint(x, y) : null;
  }

  /** The first point whose x is the order or more: x = n + k with the least k. */
  public ECPoint beyondOrder() {
    ECPoint found = null;
    for (BigInteger x = n(); found == null; x = x.add(BigInteger.ONE)) {
      found = ofX(x);
    }
    return found;
  }

  /** A scalar from 1 to the order less 1. */
  public BigInteger scalar(Random random) {
    return new BigInteger(320, random).mod(n().subtract(BigInteger.ONE)).add(BigInteger.ONE);
  }

  /** The table of a point of the library. */
  public FixedBaseTable table(ECPoint point, int windowBits) {
    final ECPoint affine = point.normalize();
    return FixedBaseTable.of(curve, x(affine), y(affine), windowBits);
  }

  /** The x of an affine point. */
  public static BigInteger x(ECPoint point) {
    return point.getAffineXCoord().toBigInteger();
  }

  /** The y of an affine point. */
  public static BigInteger y(ECPoint point) {
    return point.getAffineYCoord().toBigInteger();
  }

  /** The four words of a number, least first. */
  public static long[] words(BigInteger value) {
    final long[] words = new long[Words.COUNT];
    for (int i = 0; i < words.length; i++) {
      words[i] = value.shiftRight(i * Long.SIZE).longValue();
    }
    return words;
  }

  /** The number that four words are. */
  public static BigInteger number(long[] words, int offset) {
    BigInteger number = BigInteger.ZERO;
    for (int i = Words.COUNT - 1; i >= 0; i--) {
      number =
          number.shiftLeft(Long.SIZE).or(new BigInteger(Long.toUnsignedString(words[offset + i])));
    }
    return number;
  }
}
