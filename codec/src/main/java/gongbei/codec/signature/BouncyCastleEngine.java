package gongbei.codec.signature;

import gongbei.codec.trust.Curves;
import gongbei.codec.trust.IssuerKey;
import java.math.BigInteger;
import java.util.IdentityHashMap;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.engines.RSAEngine;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.PSSSigner;
import org.bouncycastle.crypto.signers.PlainDSAEncoding;
import org.bouncycastle.crypto.signers.SM2Signer;

/**
 * Verifies with Bouncy Castle's lightweight interface, whose optimised curves the keys are on. What
 * it prepares for a key is kept, so that what is allocated for a signature is the library's own.
 * For one thread.
 */
public final class BouncyCastleEngine implements SignatureEngine {
  private static final int SM2_SIGNATURE_BYTES = 64;
  private static final int PSS_SALT_BYTES = 32;
  private static final int MAX_PREPARED_KEYS = 4_096;

  private final IdentityHashMap<IssuerKey, Prepared> prepared = new IdentityHashMap<>();
  private final byte[] sm2Signature = new byte[SM2_SIGNATURE_BYTES];

  @Override
  public boolean verify(
      IssuerKey key,
      byte[] message,
      int messageOffset,
      int messageLength,
      byte[] signature,
      int signatureOffset,
      int signatureLength) {
    Prepared verifier = prepared.get(key);
    if (verifier == null) {
      if (prepared.size() == MAX_PREPARED_KEYS) {
        prepared.clear();
      }
      verifier = prepare(key);
      prepared.put(key, verifier);
    }
    return verifier.verify(
        message, messageOffset, messageLength, signature, signatureOffset, signatureLength);
  }

  /** Verifies one entry of a batch. */
  void verify(SignatureBatch batch, int index) {
    batch.outcome(
        index,
        verify(
            batch.key(index),
            batch.message(index),
            batch.messageOffset(index),
            batch.messageLength(index),
            batch.signature(index),
            batch.signatureOffset(index),
            batch.signatureLength(index)));
  }

  private Prepared prepare(IssuerKey key) {
    return switch (key.algorithm()) {
      case SM2 -> {
        final SM2Signer signer = new SM2Signer(PlainDSAEncoding.INSTANCE, new SM3Digest());
        signer.init(false, new ParametersWithID(key.publicKey(), Sm2Identity.userId()));
        yield (message, offset, length, signature, signatureOffset, signatureLength) ->
            signatureLength == SM2_SIGNATURE_BYTES
                && verify(
                    signer,
                    message,
                    offset,
                    length,
                    copyOf(signature, signatureOffset, sm2Signature));
      }
      case ES256 -> ecdsa(key, new SHA256Digest());
      case ES384 -> ecdsa(key, new SHA384Digest());
      case ES512 -> ecdsa(key, new SHA512Digest());
      case PS256 -> {
        final int modulusBytes =
            (((RSAKeyParameters) key.publicKey()).getModulus().bitLength() + 7) / 8;
        final byte[] block = new byte[modulusBytes];
        final PSSSigner signer = new PSSSigner(new RSAEngine(), new SHA256Digest(), PSS_SALT_BYTES);
        signer.init(false, key.publicKey());
        yield (message, offset, length, signature, signatureOffset, signatureLength) ->
            signatureLength == modulusBytes
                && verify(
                    signer, message, offset, length, copyOf(signature, signatureOffset, block));
      }
    };
  }

  /** The hash is the algorithm's, the curve and with it the signature's length the key's. */
  private static Prepared ecdsa(IssuerKey key, Digest digest) {
    if (!(key.publicKey() instanceof ECPublicKeyParameters publicKey)
        || publicKey.getParameters().equals(Curves.SM2)) {
      return (message, offset, length, signature, signatureOffset, signatureLength) -> false;
    }
    final int half = (publicKey.getParameters().getN().bitLength() + 7) / 8;
    final byte[] hash = new byte[digest.getDigestSize()];
    final ECDSASigner signer = new ECDSASigner();
    signer.init(false, publicKey);
    return (message, offset, length, signature, signatureOffset, signatureLength) -> {
      if (signatureLength != 2 * half) {
        return false;
      }
      digest.update(message, offset, length);
      digest.doFinal(hash, 0);
      return signer.verifySignature(
          hash,
          new BigInteger(1, signature, signatureOffset, half),
          new BigInteger(1, signature, signatureOffset + half, half));
    };
  }

  private static boolean verify(
      Signer signer, byte[] message, int offset, int length, byte[] signature) {
    signer.update(message, offset, length);
    final boolean valid = signer.verifySignature(signature);
    signer.reset();
    return valid;
  }

  private static byte[] copyOf(byte[] source, int offset, byte[] target) {
    System.arraycopy(source, offset, target, 0, target.length);
    return target;
  }

  /** A verifier made ready for one key. */
  private interface Prepared {
    boolean verify(
        byte[] message,
        int messageOffset,
        int messageLength,
        byte[] signature,
        int signatureOffset,
        int signatureLength);
  }
}
