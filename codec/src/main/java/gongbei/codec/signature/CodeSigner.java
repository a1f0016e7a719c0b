package gongbei.codec.signature;

import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TokenKey;
import java.security.SecureRandom;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.engines.RSABlindedEngine;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.PSSSigner;

/**
 * Signs with one key: SM2 and ES256 by {@link EllipticSigner}, PS256 by the library, and whatever a
 * token holds by the token. For any thread.
 */
public final class CodeSigner {
  private static final int PSS_SALT_BYTES = 32;

  private final SigningKey key;
  private final EllipticSigner elliptic;
  private final SecureRandom random = new SecureRandom();

  /**
   * @throws IllegalArgumentException where the private key does not suit the algorithm
   */
  public CodeSigner(SigningKey key) {
    this.key = key;
    elliptic =
        key.issuerKey().algorithm() == SignatureAlgorithm.PS256
                || key.privateKey() instanceof TokenKey
            ? null
            : new EllipticSigner(key);
  }

  /** The key that signs. */
  public SigningKey key() {
    return key;
  }

  /**
   * Signs messages that come together, up to {@link SigningBatch#MAX_CAPACITY}, with less work for
   * each.
   */
  public SigningBatch batch(int capacity) {
    return new SigningBatch(this, elliptic, capacity);
  }

  /**
   * Signs a message.
   *
   * @return raw r‖s of 64 bytes for SM2 (hedged nonce) and ES256 (RFC 6979 nonce, or the token's),
   *     the RSA block for PS256
   * @throws gongbei.codec.trust.TokenException when a token does not sign
   */
  public byte[] sign(byte[] message, int offset, int length) {
    if (key.privateKey() instanceof TokenKey token) {
      return token.sign(message, offset, length);
    }
    return switch (key.issuerKey().algorithm()) {
      case SM2, ES256 -> elliptic.sign(message, offset, length);
      case ES384, ES512 ->
          throw new IllegalStateException("no code is signed by " + key.issuerKey().algorithm());
      case PS256 -> {
        final PSSSigner signer =
            new PSSSigner(new RSABlindedEngine(), new SHA256Digest(), PSS_SALT_BYTES);
        signer.init(true, new ParametersWithRandom(key.privateKey(), random));
        signer.update(message, offset, length);
        try {
          yield signer.generateSignature();
        } catch (CryptoException e) {
          throw new IllegalStateException("the key " + key.issuerKey().kidHex() + " can't sign", e);
        }
      }
    };
  }
}
