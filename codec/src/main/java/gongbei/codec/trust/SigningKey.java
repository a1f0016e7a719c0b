package gongbei.codec.trust;

import java.util.Arrays;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;

/**
 * A private key with the certificate that others verify by. Its text never shows the key.
 *
 * @param issuerKey the public side
 * @param certificate the certificate in DER
 * @param privateKey the secret
 */
public record SigningKey(
    IssuerKey issuerKey, byte[] certificate, AsymmetricKeyParameter privateKey) {
  @Override
  public String toString() {
    return "SigningKey[" + issuerKey.issuer() + " " + issuerKey.kidHex() + "]";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SigningKey key && Arrays.equals(certificate, key.certificate);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(certificate);
  }
}
