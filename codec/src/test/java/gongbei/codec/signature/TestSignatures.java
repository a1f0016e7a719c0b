package gongbei.codec.signature;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.curve.ReferenceCurve;
import gongbei.codec.trust.IssuerKey;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.math.ec.ECPoint;

/**
 * Signs by the formulas of the standards, with keys and nonces that a test chooses. Not for
 * secrets.
 */
final class TestSignatures {
  private TestSignatures() {}

  /** A key of that point. */
  static IssuerKey key(ReferenceCurve curve, ECPoint point, CodeFormat... formats) {
    return new IssuerKey(
        "XX",
        0,
        curve == ReferenceCurve.SM2 ? SignatureAlgorithm.SM2 : SignatureAlgorithm.ES256,
        new ECPublicKeyParameters(point, curve.library()),
        Set.of(formats),
        7,
        0,
        Long.MAX_VALUE);
  }

  /** The number that is signed for a message. */
  static BigInteger digest(ReferenceCurve curve, ECPoint key, byte[] message) {
    final Digest digest = curve == ReferenceCurve.SM2 ? new SM3Digest() : new SHA256Digest();
    if (curve == ReferenceCurve.SM2) {
      final byte[] identity = identity(curve, key.normalize());
      digest.update(identity, 0, identity.length);
    }
    digest.update(message, 0, message.length);
    return new BigInteger(1, finish(digest));
  }

  private static byte[] identity(ReferenceCurve curve, ECPoint key) {
    final Digest digest = new SM3Digest();
    final byte[] id = "1234567812345678".getBytes(StandardCharsets.US_ASCII);
    digest.update((byte) 0);
    digest.update((byte) (id.length * 8));
    digest.update(id, 0, id.length);
    for (final BigInteger part :
        new BigInteger[] {
          curve.library().getCurve().getA().toBigInteger(),
          curve.library().getCurve().getB().toBigInteger(),
          curve.curve().generatorX(),
          curve.curve().generatorY(),
          ReferenceCurve.x(key),
          ReferenceCurve.y(key)
        }) {
      digest.update(bytes(part), 0, 32);
    }
    return finish(digest);
  }

  private static byte[] finish(Digest digest) {
    final byte[] hash = new byte[32];
    digest.doFinal(hash, 0);
    return hash;
  }

  /** A valid signature. */
  static byte[] sign(
      ReferenceCurve curve, BigInteger secret, ECPoint key, byte[] message, Random random) {
    final BigInteger n = curve.n();
    final BigInteger e = digest(curve, key, message);
    while (true) {
      final BigInteger k = curve.scalar(random);
      final BigInteger x = ReferenceCurve.x(curve.times(k));
      final BigInteger r;
      final BigInteger s;
      if (curve == ReferenceCurve.SM2) {
        final BigInteger plusOne = secret.add(BigInteger.ONE).mod(n);
        r = e.add(x).mod(n);
        if (plusOne.signum() == 0) {
          return raw(r, k);
        }
        s = k.subtract(r.multiply(secret)).multiply(plusOne.modInverse(n)).mod(n);
        if (r.add(k).mod(n).signum() == 0) {
          continue;
        }
      } else {
        r = x.mod(n);
        s = e.add(r.multiply(secret)).multiply(k.modInverse(n)).mod(n);
      }
      if (r.signum() != 0 && s.signum() != 0) {
        return raw(r, s);
      }
    }
  }

  /** r‖s, each modulo 2²⁵⁶. */
  static byte[] raw(BigInteger r, BigInteger s) {
    final byte[] signature = Arrays.copyOf(bytes(r), 64);
    System.arraycopy(bytes(s), 0, signature, 32, 32);
    return signature;
  }

  /** 32 bytes of a number modulo 2²⁵⁶. */
  static byte[] bytes(BigInteger value) {
    final byte[] bytes = new byte[32];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = value.shiftRight(8 * (bytes.length - 1 - i)).byteValue();
    }
    return bytes;
  }
}
