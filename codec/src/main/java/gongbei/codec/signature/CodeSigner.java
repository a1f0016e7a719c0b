package gongbei.codec.signature;

import gongbei.codec.trust.SigningKey;
import java.math.BigInteger;
import java.security.SecureRandom;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.engines.RSABlindedEngine;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.signers.PSSSigner;
import org.bouncycastle.crypto.signers.PlainDSAEncoding;
import org.bouncycastle.crypto.signers.SM2Signer;

/** Signs with one key, by the library. Makes its own state for each signature: for any thread. */
public final class CodeSigner {
  private static final int COORDINATE_BYTES = 32;

  private final SigningKey key;
  private final SecureRandom random = new SecureRandom();

  public CodeSigner(SigningKey key) {
    this.key = key;
  }

  /** The key that signs. */
  public SigningKey key() {
    return key;
  }

  /**
   * Signs a message.
   *
   * @return raw r‖s of 64 bytes for SM2 (random nonce) and ES256 (RFC 6979 nonce), the RSA block
   *     for PS256
   */
  public byte[] sign(byte[] message, int offset, int length) {
    try {
      return switch (key.issuerKey().algorithm()) {
        case SM2 -> {
          final SM2Signer signer = new SM2Signer(PlainDSAEncoding.INSTANCE, new SM3Digest());
          signer.init(
              true,
              new ParametersWithID(
                  new ParametersWithRandom(key.privateKey(), random),
                  BouncyCastleEngine.SM2_USER_ID));
          signer.update(message, offset, length);
          yield signer.generateSignature();
        }
        case ES256 -> {
          final SHA256Digest sha256 = new SHA256Digest();
          sha256.update(message, offset, length);
          final byte[] hash = new byte[sha256.getDigestSize()];
          sha256.doFinal(hash, 0);
          final ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
          signer.init(true, key.privateKey());
          final BigInteger[] rs = signer.generateSignature(hash);
          final byte[] signature = new byte[2 * COORDINATE_BYTES];
          putUnsigned(rs[0], signature, 0);
          putUnsigned(rs[1], signature, COORDINATE_BYTES);
          yield signature;
        }
        case PS256 -> {
          final PSSSigner signer =
              new PSSSigner(new RSABlindedEngine(), new SHA256Digest(), COORDINATE_BYTES);
          signer.init(true, new ParametersWithRandom(key.privateKey(), random));
          signer.update(message, offset, length);
          yield signer.generateSignature();
        }
      };
    } catch (CryptoException e) {
      throw new IllegalStateException("the key " + key.issuerKey().kidHex() + " can't sign", e);
    }
  }

  private static void putUnsigned(BigInteger value, byte[] into, int offset) {
    final byte[] bytes = value.toByteArray();
    final int start = bytes.length > COORDINATE_BYTES ? 1 : 0;
    final int length = bytes.length - start;
    System.arraycopy(bytes, start, into, offset + COORDINATE_BYTES - length, length);
  }
}
