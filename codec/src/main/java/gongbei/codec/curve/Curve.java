package gongbei.codec.curve;

import java.math.BigInteger;

/**
 * One of the two curves y² = x³ − 3x + b of prime order over a prime field: sm2p256v1 (GB/T
 * 32918.5) and P-256 (FIPS 186-4 D.1.2.3). Immutable; for any thread.
 */
public final class Curve {
  private static final BigInteger THREE = BigInteger.valueOf(3);

  /** sm2p256v1. */
  public static final Curve SM2 =
      new Curve(
          new Sm2Field(),
          "28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93",
          "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123",
          "32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7",
          "BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0");

  /** P-256, also called secp256r1 and prime256v1. */
  public static final Curve P256 =
      new Curve(
          new P256Field(),
          "5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B",
          "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
          "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296",
          "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5");

  private final PrimeField field;
  private final OrderField order;
  private final BigInteger b;
  private final BigInteger generatorX;
  private final BigInteger generatorY;

  private Curve(PrimeField field, String b, String order, String generatorX, String generatorY) {
    this.field = field;
    this.order = new OrderField(new BigInteger(order, 16));
    this.b = new BigInteger(b, 16);
    this.generatorX = new BigInteger(generatorX, 16);
    this.generatorY = new BigInteger(generatorY, 16);
  }

  /** The field of the coordinates. */
  PrimeField field() {
    return field;
  }

  /** Arithmetic on many coordinates at once. */
  LaneField newLanes() {
    return field instanceof Sm2Field ? new Sm2Lanes() : new P256Lanes();
  }

  /** The field of the scalars. */
  OrderField order() {
    return order;
  }

  /** The constant of the curve's equation. */
  BigInteger b() {
    return b;
  }

  /** The generator's x. */
  public BigInteger generatorX() {
    return generatorX;
  }

  /** The generator's y. */
  public BigInteger generatorY() {
    return generatorY;
  }

  /** The order of the group as four words, least first; not to be changed. */
  public long[] orderWords() {
    return order.modulusWords();
  }

  /** Whether a number is from 1 to the order less 1, as every r and s of a signature must be. */
  public boolean isScalar(long[] words, int offset) {
    return !Words.isZero(words, offset)
        && Words.compare(words, offset, order.modulusWords(), 0) < 0;
  }

  /** Whether (x, y) satisfies the curve's equation, with both coordinates under the prime. */
  public boolean isPoint(BigInteger x, BigInteger y) {
    if (x.signum() < 0
        || y.signum() < 0
        || x.compareTo(field.modulus()) >= 0
        || y.compareTo(field.modulus()) >= 0) {
      return false;
    }
    final BigInteger cubic = x.multiply(x).subtract(THREE).multiply(x).add(b);
    return y.multiply(y).subtract(cubic).mod(field.modulus()).signum() == 0;
  }
}
