package gongbei.codec.signature;

import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.curve.Curve;
import gongbei.codec.curve.GeneratorComb;
import gongbei.codec.curve.SigningScalars;
import gongbei.codec.curve.Words;
import gongbei.codec.trust.Curves;
import gongbei.codec.trust.SigningKey;
import java.math.BigInteger;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;

/**
 * Signs by SM2 (GB/T 32918.2 §6) or ES256 (FIPS 186-5 §6.4.1) in a time that depends on neither key
 * nor nonce: a point is multiplied by {@link GeneratorComb} and scalars by {@link SigningScalars};
 * the tables and inverses of verification, which take a time that depends on their numbers, are
 * never given a secret.
 *
 * <p>What is computed with branches here is public: the message's hash e; x of the nonce's point
 * and r, which every verifier computes; and s once it is finished. A nonce that the standards
 * refuse is told by a test that does not branch before its outcome, and is forgotten.
 *
 * <p>Nonces are the library's, by HMAC. Those of ES256 are deterministic (RFC 6979 §3.2). Those of
 * SM2 are hedged: the same with 32 random bytes added (RFC 6979 §3.6). GB/T 32918.2 asks for a
 * random nonce, and randomness keeps an attacker who can make a signature fail, or can measure it
 * again, from meeting the same nonce twice; bound to the key and the message besides, it stays
 * secret and unlike any other where the random bytes are known or come again, as after a virtual
 * machine was copied. The library hands a nonce over as a {@link BigInteger}: that cannot be erased
 * as the scratch here is, and hides neither how many leading bytes are zero when it is made nor how
 * many leading 32-bit words are when it is read.
 *
 * <p>The scratch belongs to a thread: for any thread.
 */
final class EllipticSigner {
  private static final int COORDINATE_BYTES = 32;
  private static final int HEDGE_BYTES = 32;

  private final boolean isSm2;
  private final Curve curve;
  private final BigInteger order;
  private final BigInteger privateKey;
  private final SigningScalars.Key key;
  private final byte[] sm2Prefix;
  private final SecureRandom random = new SecureRandom();
  private final ThreadLocal<Computation> computations = ThreadLocal.withInitial(Computation::new);

  /**
   * @param signingKey of SM2 or ES256
   * @throws IllegalArgumentException where the private key is not on the algorithm's curve or out
   *     of its range
   */
  EllipticSigner(SigningKey signingKey) {
    isSm2 = signingKey.issuerKey().algorithm() == SignatureAlgorithm.SM2;
    if (!(signingKey.privateKey() instanceof ECPrivateKeyParameters secret)
        || !secret.getParameters().equals(isSm2 ? Curves.SM2 : Curves.P256)) {
      throw new IllegalArgumentException(
          "the key "
              + signingKey.issuerKey().kidHex()
              + " is not on the curve of "
              + signingKey.issuerKey().algorithm());
    }
    privateKey = secret.getD();
    order = secret.getParameters().getN();
    key = isSm2 ? SigningScalars.Key.ofSm2(privateKey) : SigningScalars.Key.ofEs256(privateKey);
    curve = key.curve();
    sm2Prefix =
        isSm2
            ? Sm2Identity.prefixOf(
                ((ECPublicKeyParameters) signingKey.issuerKey().publicKey()).getQ())
            : null;
  }

  /**
   * Signs a message.
   *
   * @return r‖s, 64 bytes
   */
  byte[] sign(byte[] message, int offset, int length) {
    final Computation computation = computations.get();
    try {
      computation.hash(message, offset, length);
      computation.startNonces();
      byte[] signature;
      do {
        signature = computation.sign(computation.nextNonce());
      } while (signature == null);
      return signature;
    } finally {
      computation.clear();
    }
  }

  /**
   * Signs a hash with a nonce, both chosen by the caller: for the samples of the standards and the
   * nonces that they refuse.
   *
   * @param hash 32 bytes; for SM2 that of {@link Sm2Identity#prefixOf} and message
   * @param nonce from 1 to the order less 1
   * @return r‖s, or null where the nonce is refused for this hash
   */
  byte[] signHash(byte[] hash, BigInteger nonce) {
    final Computation computation = computations.get();
    try {
      computation.hash(hash);
      return computation.sign(nonce);
    } finally {
      computation.clear();
    }
  }

  /** The library's nonces with random bytes added (RFC 6979 §3.6). */
  private static final class HedgedNonces extends HMacDSAKCalculator {
    private final byte[] hedge;

    HedgedNonces(Digest digest, byte[] hedge) {
      super(digest);
      this.hedge = hedge;
    }

    @Override
    protected void initAdditionalInput0(HMac hmac) {
      hmac.update(hedge, 0, hedge.length);
    }

    @Override
    protected void initAdditionalInput1(HMac hmac) {
      hmac.update(hedge, 0, hedge.length);
    }
  }

  /** The scratch of one thread. */
  private final class Computation {
    private final GeneratorComb comb = new GeneratorComb(curve);
    private final SigningScalars scalars = key.scalars();
    private final Sm3 sm3 = new Sm3();
    private final MessageDigest sha256 = newSha256();
    private final byte[] hedge = new byte[HEDGE_BYTES];
    private final HMacDSAKCalculator nonces =
        isSm2
            ? new HedgedNonces(new SM3Digest(), hedge)
            : new HMacDSAKCalculator(new SHA256Digest());
    private final byte[] hash = new byte[Sm3.DIGEST_BYTES];
    private final long[] e = new long[Words.COUNT];
    private final long[] k = new long[Words.COUNT];
    private final long[] r = new long[Words.COUNT];
    private final long[] s = new long[Words.COUNT];

    void hash(byte[] message, int offset, int length) {
      if (isSm2) {
        sm3.update(sm2Prefix, 0, sm2Prefix.length);
        sm3.update(message, offset, length);
        sm3.digest(hash, 0);
      } else {
        sha256.update(message, offset, length);
        try {
          sha256.digest(hash, 0, hash.length);
        } catch (DigestException e) {
          throw new IllegalStateException("SHA-256 is not of 32 bytes", e);
        }
      }
      hash(hash);
    }

    void hash(byte[] of) {
      Words.read(e, 0, of, 0);
      reduce(e);
    }

    void startNonces() {
      if (isSm2) {
        random.nextBytes(hedge);
      }
      nonces.init(order, privateKey, hash);
    }

    BigInteger nextNonce() {
      return nonces.nextK();
    }

    /** Returns r‖s, or null where the nonce is refused. */
    byte[] sign(BigInteger nonce) {
      for (int i = 0; i < Words.COUNT; i++) {
        k[i] = nonce.shiftRight(i * Long.SIZE).longValue();
      }
      comb.multiply(r, 0, k, 0);
      reduce(r);
      final boolean isFit;
      if (isSm2) {
        if (Words.add(r, 0, r, 0, e, 0) != 0) {
          Words.subtract(r, 0, r, 0, curve.orderWords(), 0);
        }
        reduce(r);
        isFit = scalars.sm2(s, r, k);
      } else {
        scalars.es256(s, e, r, k);
        isFit = true;
      }
      if (!isFit || Words.isZero(r, 0) || Words.isZero(s, 0)) {
        return null;
      }
      final byte[] signature = new byte[2 * COORDINATE_BYTES];
      Words.write(signature, 0, r, 0);
      Words.write(signature, COORDINATE_BYTES, s, 0);
      return signature;
    }

    /** A public number under 2²⁵⁶ modulo the order, which is over half of that. */
    private void reduce(long[] words) {
      if (Words.compare(words, 0, curve.orderWords(), 0) >= 0) {
        Words.subtract(words, 0, words, 0, curve.orderWords(), 0);
      }
    }

    void clear() {
      comb.clear();
      scalars.clear();
      Arrays.fill(hedge, (byte) 0);
      Arrays.fill(k, 0);
      Arrays.fill(s, 0);
    }
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }
}
