package gongbei.codec.trust;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Signature;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;

/**
 * A private key of P-256 that a token holds and never gives away: signatures are made there,
 * through the Java security provider that reaches it (PKCS#11 v2.40: {@code CKM_ECDSA}). For any
 * thread.
 */
public final class TokenKey extends AsymmetricKeyParameter {
  private static final String ALGORITHM = "SHA256withECDSAinP1363Format";

  private final PrivateKey handle;
  private final Provider provider;

  /**
   * @param handle stands for the key; its bytes stay in the token
   * @param provider reaches the token
   */
  public TokenKey(PrivateKey handle, Provider provider) {
    super(true);
    this.handle = handle;
    this.provider = provider;
  }

  /**
   * Signs by ES256 (FIPS 186-5 §6.4.1); the nonce is the token's.
   *
   * @return r‖s, 64 bytes
   * @throws TokenException when the token does not sign
   */
  public byte[] sign(byte[] message, int offset, int length) {
    try {
      final Signature signature = Signature.getInstance(ALGORITHM, provider);
      signature.initSign(handle);
      signature.update(message, offset, length);
      return signature.sign();
    } catch (GeneralSecurityException | ProviderException e) {
      throw new TokenException("the token that holds the key did not sign", e);
    }
  }

  /** Names the token's provider; nothing of the key. */
  @Override
  public String toString() {
    return "TokenKey[" + provider.getName() + "]";
  }
}
