package gongbei.codec.trust;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.DSADigestSigner;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.operator.ContentSigner;

/**
 * Signs a certificate, by SM2 with SM3 or by ECDSA with SHA-256, as the key has it; where a token
 * holds the key, there.
 */
final class CertificateSigner extends OutputStream implements ContentSigner {
  private final Signer signer;
  private final AlgorithmIdentifier algorithm;

  CertificateSigner(AsymmetricKeyParameter key) {
    if (key instanceof TokenKey token) {
      signer = new InToken(token);
      algorithm = new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
      return;
    }
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

  /** Gathers what is to be signed, and has the token sign it as a whole. */
  private static final class InToken implements Signer {
    private final TokenKey token;
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();

    InToken(TokenKey token) {
      this.token = token;
    }

    @Override
    public void init(boolean forSigning, CipherParameters parameters) {
      reset();
    }

    @Override
    public void update(byte octet) {
      message.write(octet);
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
      message.write(bytes, offset, length);
    }

    @Override
    public byte[] generateSignature() throws CryptoException {
      final byte[] raw = token.sign(message.toByteArray(), 0, message.size());
      final int half = raw.length / 2;
      try {
        return StandardDSAEncoding.INSTANCE.encode(
            Curves.P256.getN(),
            new BigInteger(1, raw, 0, half),
            new BigInteger(1, raw, half, half));
      } catch (IOException e) {
        throw new CryptoException("a token's signature can't be encoded", e);
      }
    }

    @Override
    public boolean verifySignature(byte[] signature) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void reset() {
      message.reset();
    }
  }
}
