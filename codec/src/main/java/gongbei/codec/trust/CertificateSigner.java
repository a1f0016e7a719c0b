package gongbei.codec.trust;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.DSADigestSigner;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.operator.ContentSigner;

/** Signs a certificate, by SM2 with SM3 or by ECDSA with SHA-256, as the key has it. */
final class CertificateSigner extends OutputStream implements ContentSigner {
  private final Signer signer;
  private final AlgorithmIdentifier algorithm;

  CertificateSigner(AsymmetricKeyParameter key) {
    if (((ECPrivateKeyParameters) key).getParameters().equals(Curves.SM2)) {
      signer = new SM2Signer();
      algorithm = new AlgorithmIdentifier(GMObjectIdentifiers.sm2sign_with_sm3);
    } else {
      signer = new DSADigestSigner(new ECDSASigner(), new SHA256Digest());
      algorithm = new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
    }
    signer.init(true, key);
  }

  @Override
  public AlgorithmIdentifier getAlgorithmIdentifier() {
    return algorithm;
  }

  @Override
  public OutputStream getOutputStream() {
    return this;
  }

  @Override
  public byte[] getSignature() {
    try {
      return signer.generateSignature();
    } catch (CryptoException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }

  @Override
  public void write(int octet) {
    signer.update((byte) octet);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    signer.update(bytes, offset, length);
  }
}
