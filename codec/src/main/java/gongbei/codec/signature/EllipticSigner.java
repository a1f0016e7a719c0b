package gongbei.codec.signature;

import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.curve.Curve;
import gongbei.codec.curve.GeneratorComb;
import gongbei.codec.curve.SigningScalars;
import gongbei.codec.curve.Words;
import gongbei.codec.trust.Curves;
import gongbei.codec.trust.SigningKey;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.util.BigIntegers;

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
 * <p>Nonces are by HMAC ({@link HmacNonces}). Those of ES256 are deterministic (RFC 6979 §3.2).
 * Those of SM2 are hedged: the same with 32 random bytes added (RFC 6979 §3.6), which are drawn
 * anew for every batch. GB/T 32918.2 asks for a random nonce, and randomness keeps an attacker who
 * can make a signature fail, or can measure it again, from meeting the same nonce twice; bound to
 * the key and the message besides, it stays secret and unlike any other where the random bytes are
 * known or come again, as after a virtual machine was copied.
 *
 * <p>The key is for any thread; each {@link Computation} is for one.
 */
final class EllipticSigner {
  /** Bytes of a signature. */
  static final int SIGNATURE_BYTES = 64;

  private static final int COORDINATE_BYTES = 32;
  private static final int RANDOM_BYTES = 32;

  private final boolean isSm2;
  private final Curve curve;
  private final byte[] privateKey;
  private final SigningScalars.Key key;
  private final byte[] sm2Prefix;
  private final SecureRandom random = new SecureRandom();

  /**
   * One that nobody uses at the moment, if any. Not a thread's own: it knows its signer, and a
   * thread would keep both for as long as it lives.
   */
  private final AtomicReference<Computation> spare = new AtomicReference<>();

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
    final BigInteger d = secret.getD();
    key = isSm2 ? SigningScalars.Key.ofSm2(d) : SigningScalars.Key.ofEs256(d);
    privateKey = BigIntegers.asUnsignedByteArray(COORDINATE_BYTES, d);
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
    final byte[] signature = new byte[SIGNATURE_BYTES];
    final Computation computation = take();
    computation.add(message, offset, length);
    computation.sign();
    computation.signature(0, signature, 0);
    spare.set(computation);
    return signature;
  }

  private Computation take() {
    final Computation kept = spare.getAndSet(null);
    return kept == null ? new Computation(1) : kept;
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
    final Computation computation = take();
    computation.addHash(hash);
    return computation.signWith(BigIntegers.asUnsignedByteArray(COORDINATE_BYTES, nonce));
  }

  /** The scratch of signatures that are computed together, up to a capacity. */
  Computation computation(int capacity) {
    return new Computation(capacity);
  }

  /**
   * Signatures that are computed together: messages are added, signed, and their signatures taken.
   * Allocates nothing once made.
   */
  final class Computation {
    private final int capacity;
    private final GeneratorComb comb;
    private final SigningScalars scalars;
    private final Sm3 sm3 = new Sm3();
    private final MessageDigest sha256 = HmacNonces.sha256();
    private final HmacNonces nonces = new HmacNonces(isSm2, privateKey, curve.orderWords());

    /** Random bytes, anew for every batch, and the message's place in it; none for ES256. */
    private final byte[] hedge = new byte[isSm2 ? RANDOM_BYTES + 1 : 0];

    private final byte[] hash = new byte[Sm3.DIGEST_BYTES];
    private final long[] e;
    private final long[] k;
    private final long[] r;
    private final long[] s;
    private final boolean[] isFit;
    private int size;

    private Computation(int capacity) {
      this.capacity = capacity;
      comb = new GeneratorComb(curve, capacity);
      scalars = key.scalars(capacity);
      e = new long[capacity * Words.COUNT];
      k = new long[capacity * Words.COUNT];
      r = new long[capacity * Words.COUNT];
      s = new long[capacity * Words.COUNT];
      isFit = new boolean[capacity];
    }

    int capacity() {
      return capacity;
    }

    int size() {
      return size;
    }

    /** Takes the next message's hash. */
    void add(byte[] message, int offset, int length) {
      if (isSm2) {
        sm3.update(sm2Prefix, 0, sm2Prefix.length);
        sm3.update(message, offset, length);
        sm3.digest(hash, 0);
      } else {
        sha256.update(message, offset, length);
        HmacNonces.digest(sha256, hash);
      }
      addHash(hash);
    }

    private void addHash(byte[] of) {
      Words.read(e, size * Words.COUNT, of, 0);
      reduce(e, size * Words.COUNT);
      size++;
    }

    /** Computes the signatures of all messages; the next message is the first again. */
    void sign() {
      try {
        if (isSm2) {
          random.nextBytes(hedge);
        }
        for (int i = 0; i < size; i++) {
          startNonces(i);
          nonces.next(k, i * Words.COUNT);
        }
        compute();
        for (int i = 0; i < size; i++) {
          if (!isFit[i]) {
            signAgain(i);
          }
        }
      } finally {
        clear();
      }
    }

    /** Writes r‖s of a message, by its place among those signed. */
    void signature(int index, byte[] into, int offset) {
      Words.write(into, offset, r, index * Words.COUNT);
      Words.write(into, offset + COORDINATE_BYTES, s, index * Words.COUNT);
    }

    private void startNonces(int index) {
      if (isSm2) {
        hedge[RANDOM_BYTES] = (byte) index;
      }
      nonces.start(e, index * Words.COUNT, hedge);
    }

    /** With the nonces after the first, which was refused; one in 2²⁵⁶ is. */
    private void signAgain(int index) {
      final Computation alone = take();
      System.arraycopy(e, index * Words.COUNT, alone.e, 0, Words.COUNT);
      alone.size = 1;
      startNonces(index);
      nonces.next(alone.k, 0);
      do {
        nonces.refuse();
        nonces.next(alone.k, 0);
        alone.compute();
      } while (!alone.isFit[0]);
      System.arraycopy(alone.r, 0, r, index * Words.COUNT, Words.COUNT);
      System.arraycopy(alone.s, 0, s, index * Words.COUNT, Words.COUNT);
      alone.clear();
    }

    private byte[] signWith(byte[] nonce) {
      Words.read(k, 0, nonce, 0);
      compute();
      clear();
      final byte[] signature = new byte[SIGNATURE_BYTES];
      signature(0, signature, 0);
      return isFit[0] ? signature : null;
    }

    /** r and s of all nonces, and which of these are not refused. */
    private void compute() {
      comb.multiply(r, k, size);
      for (int i = 0; i < size; i++) {
        final int at = i * Words.COUNT;
        reduce(r, at);
        if (isSm2) {
          if (Words.add(r, at, r, at, e, at) != 0) {
            Words.subtract(r, at, r, at, curve.orderWords(), 0);
          }
          reduce(r, at);
          isFit[i] = scalars.sm2(s, r, k, at);
        }
      }
      if (!isSm2) {
        scalars.es256(s, e, r, k, size);
      }
      for (int i = 0; i < size; i++) {
        final int at = i * Words.COUNT;
        isFit[i] = (isFit[i] || !isSm2) && !Words.isZero(r, at) && !Words.isZero(s, at);
      }
    }

    /** A public number under 2²⁵⁶ modulo the order, which is over half of that. */
    private void reduce(long[] words, int offset) {
      if (Words.compare(words, offset, curve.orderWords(), 0) >= 0) {
        Words.subtract(words, offset, words, offset, curve.orderWords(), 0);
      }
    }

    private void clear() {
      comb.clear();
      scalars.clear();
      nonces.clear();
      Arrays.fill(hedge, (byte) 0);
      Arrays.fill(k, 0);
      size = 0;
    }
  }
}
