package gongbei.verifier;

import gongbei.codec.cbor.CborReader;
import gongbei.codec.cbor.CborWriter;
import gongbei.codec.code.Base45;
import gongbei.codec.code.HealthCode;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.issue.HcertIssuer;
import gongbei.codec.trust.Certificates;
import gongbei.codec.trust.KeyGeneration;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.zip.DeflaterOutputStream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A foreign issuer of HC1 codes on a curve of its choice, by the JDK's own signatures. */
public final class EcdsaIssuer {
  private final KeyPair pair;
  private final byte[] certificate;

  /**
   * @param curve as in {@code secp384r1}
   * @param country two letters
   */
  public EcdsaIssuer(String curve, String country) throws Exception {
    final KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    pair = generator.generateKeyPair();
    final X500Name name = new X500Name("C=" + country + ",CN=Test DSC " + curve);
    certificate =
        new X509v3CertificateBuilder(
                name,
                BigInteger.ONE,
                Date.from(Instant.now().minus(Duration.ofDays(1))),
                Date.from(Instant.now().plus(Duration.ofDays(10))),
                name,
                SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()))
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
            .getEncoded();
  }

  /** Its certificate, DER. */
  public byte[] certificate() {
    return certificate.clone();
  }

  /** Its certificate, PEM. */
  public String pem() {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate)
        + "\n-----END CERTIFICATE-----\n";
  }

  /**
   * A code that is valid now, of somebody whose test of an hour ago was negative.
   *
   * @param named what its header says; it is signed so
   */
  public String code(SignatureAlgorithm named) throws Exception {
    final byte[] payload = payload();
    final byte[] header =
        new CborWriter(new byte[64])
            .writeMapHeader(2)
            .writeInt(1)
            .writeInt(named.coseIdentifier())
            .writeInt(4)
            .writeBytes(ByteBuffer.allocate(8).putLong(Certificates.kidOf(certificate)).array())
            .toByteArray();
    final Signature signer =
        Signature.getInstance(named.name().replace("ES", "SHA") + "withECDSAinP1363Format");
    signer.initSign(pair.getPrivate());
    signer.update(
        new CborWriter(new byte[1_024])
            .writeArrayHeader(4)
            .writeText("Signature1")
            .writeBytes(header)
            .writeBytes(new byte[0])
            .writeBytes(payload)
            .toByteArray());
    final byte[] cose =
        new CborWriter(new byte[1_024])
            .writeArrayHeader(4)
            .writeBytes(header)
            .writeMapHeader(0)
            .writeBytes(payload)
            .writeBytes(signer.sign())
            .toByteArray();
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      deflater.write(cose);
    }
    return "HC1:" + Base45.encode(out.toByteArray(), 0, out.size());
  }

  /** The payload of a code that our own issuer has made; its signature is left behind. */
  private static byte[] payload() throws Exception {
    final Instant now = Instant.now();
    final String certificate =
        "{\"ver\":\"1.3.0\",\"dob\":\"1970-01-01\",\"nam\":{\"fnt\":\"TEST\"},\"t\":[{"
            + "\"tg\":\"840539006\",\"tt\":\"LP6464-4\",\"tr\":\"260415000\",\"co\":\"DE\","
            + "\"sc\":\""
            + now.minus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS)
            + "\",\"tc\":\"T\",\"is\":\"T\",\"ci\":\"URN:UVCI:01:DE:TEST\"}]}";
    final byte[] text =
        new HcertIssuer(
                new KeyGeneration()
                    .generate("XX", now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(1))))
            .issue(
                TestNode.json(certificate), now.getEpochSecond() - 60, now.getEpochSecond() + 600)
            .getBytes(StandardCharsets.US_ASCII);
    final HealthCode code = new HealthCode();
    if (!code.wrap(text, 0, text.length)) {
      throw new IllegalStateException(code.explanation());
    }
    final CborReader signed = new CborReader().wrap(code.cose().signed(), 0);
    signed.next();
    signed.skip();
    signed.skip();
    signed.skip();
    signed.next();
    final byte[] payload = new byte[(int) signed.argument()];
    System.arraycopy(code.cose().signed(), signed.position(), payload, 0, payload.length);
    return payload;
  }
}
