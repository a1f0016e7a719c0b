package gongbei.bench.peer;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.PlainDSAEncoding;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.util.io.pem.PemReader;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The trusted keys, read once and kept on Bouncy Castle's optimised curves, and verification by
 * them.
 */
@Component
class Issuers {
  private static final int HALF = 32;

  private final Map<Long, ECPublicKeyParameters> keys = new HashMap<>();
  private final Map<Long, ASN1ObjectIdentifier> curves = new HashMap<>();

  Issuers(@Value("${trust}") Path directory) throws IOException, GeneralSecurityException {
    try (Stream<Path> files = Files.walk(directory)) {
      final List<Path> certificates =
          files.filter(file -> file.toString().endsWith(".cert.pem")).toList();
      for (final Path file : certificates) {
        read(file);
      }
    }
  }

  private void read(Path file) throws IOException, GeneralSecurityException {
    final byte[] der;
    try (PemReader reader = new PemReader(Files.newBufferedReader(file))) {
      der = reader.readPemObject().getContent();
    }
    final SubjectPublicKeyInfo info = Certificate.getInstance(der).getSubjectPublicKeyInfo();
    if (!(info.getAlgorithm().getParameters() instanceof ASN1ObjectIdentifier curve)) {
      return;
    }
    final X9ECParameters optimised = CustomNamedCurves.getByOID(curve);
    if (optimised == null) {
      return;
    }
    final ECDomainParameters domain = new ECDomainParameters(optimised);
    final long kid = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(der)).getLong();
    keys.put(
        kid,
        new ECPublicKeyParameters(
            optimised.getCurve().decodePoint(info.getPublicKeyData().getBytes()), domain));
    curves.put(kid, curve);
  }

  boolean knows(Code code) {
    final ASN1ObjectIdentifier curve = curves.get(code.kid());
    return code.prefix().equals("GD1:")
        ? GMObjectIdentifiers.sm2p256v1.equals(curve)
        : SECObjectIdentifiers.secp256r1.equals(curve);
  }

  /** Whether the signature is that of the key which the code names. */
  boolean verify(Code code) {
    final ECPublicKeyParameters key = keys.get(code.kid());
    final byte[] signature = code.signature();
    if (code.prefix().equals("GD1:")) {
      final SM2Signer signer = new SM2Signer(PlainDSAEncoding.INSTANCE);
      signer.init(false, key);
      signer.update(code.signed(), 0, code.signed().length);
      return signer.verifySignature(signature);
    }
    final SHA256Digest sha256 = new SHA256Digest();
    sha256.update(code.signed(), 0, code.signed().length);
    final byte[] hash = new byte[sha256.getDigestSize()];
    sha256.doFinal(hash, 0);
    final ECDSASigner signer = new ECDSASigner();
    signer.init(false, key);
    return signer.verifySignature(
        hash,
        new BigInteger(1, Arrays.copyOfRange(signature, 0, HALF)),
        new BigInteger(1, Arrays.copyOfRange(signature, HALF, 2 * HALF)));
  }
}
