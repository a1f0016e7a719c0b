package gongbei.codec.code;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.json.JsonCanonicalizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes health cards, seals and their certificates as other issuers do, with the JDK's signatures
 * and its DEFLATE, none of which Gongbei uses for them.
 */
public final class TestDocuments {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant FROM = Instant.parse("2021-01-01T00:00:00Z");
  private static final Instant UNTIL = Instant.parse("2031-01-01T00:00:00Z");
  private static final String SEAL_SIGNER = "2.23.136.1.1.14.2";

  private TestDocuments() {}

  public static KeyPair keyPair(String curve) {
    try {
      final KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] sign(PrivateKey key, byte[] message) {
    try {
      final Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(key);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** A key set of one key with its issuer's address, as a directory of issuers has it. */
  public static ObjectNode keySet(String issuer, ECPublicKey key) {
    final ObjectNode set = JSON.createObjectNode().put("iss", issuer);
    set.putArray("keys").add(jwk(key).put("kid", kid(key)).put("use", "sig").put("alg", "ES256"));
    return set;
  }

  private static ObjectNode jwk(ECPublicKey key) {
    return JSON.createObjectNode()
        .put("crv", "P-256")
        .put("kty", "EC")
        .put("x", coordinate(key.getW().getAffineX()))
        .put("y", coordinate(key.getW().getAffineY()));
  }

  private static String coordinate(BigInteger number) {
    final byte[] bytes = number.toByteArray();
    final byte[] padded = new byte[32];
    final int length = Math.min(32, bytes.length);
    System.arraycopy(bytes, bytes.length - length, padded, 32 - length, length);
    return base64(padded);
  }

  static String kid(ECPublicKey key) {
    try {
      return base64(
          MessageDigest.getInstance("SHA-256")
              .digest(jwk(key).toString().getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The JWS of a card of those claims. */
  public static String jws(KeyPair key, String claims) {
    return jwsWithBehind(key, claims, new byte[0]);
  }

  /** The JWS of a card of those claims, with bytes behind what is deflated. */
  public static String jwsWithBehind(KeyPair key, String claims, byte[] behind) {
    final ByteArrayOutputStream payload = new ByteArrayOutputStream();
    payload.writeBytes(deflated(claims.getBytes(StandardCharsets.UTF_8)));
    payload.writeBytes(behind);
    return jws(
        key,
        "{\"zip\":\"DEF\",\"alg\":\"ES256\",\"kid\":\""
            + kid((ECPublicKey) key.getPublic())
            + "\"}",
        payload.toByteArray());
  }

  static String jws(KeyPair key, String header, byte[] payload) {
    final String signed = base64(header.getBytes(StandardCharsets.UTF_8)) + "." + base64(payload);
    return signed
        + "."
        + base64(sign(key.getPrivate(), signed.getBytes(StandardCharsets.US_ASCII)));
  }

  /** A card whose header is another. */
  public static String withHeader(KeyPair key, String header, String claims) {
    return jws(key, header, deflated(claims.getBytes(StandardCharsets.UTF_8)));
  }

  /** A card that inflates to more than any may. */
  public static String bomb(KeyPair key) {
    return jws(key, " ".repeat(100_000));
  }

  static byte[] deflated(byte[] bytes) {
    final ByteArrayOutputStream deflated = new ByteArrayOutputStream();
    try (DeflaterOutputStream out =
        new DeflaterOutputStream(deflated, new Deflater(Deflater.BEST_COMPRESSION, true))) {
      out.write(bytes);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return deflated.toByteArray();
  }

  /** The digits of a JWS, as a QR code has them. */
  public static String digits(String jws) {
    final StringBuilder digits = new StringBuilder();
    for (int i = 0; i < jws.length(); i++) {
      final int value = jws.charAt(i) - '-';
      digits.append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
    }
    return digits.toString();
  }

  /** A card's claims around a bundle of these resources. */
  public static String claims(String issuer, long notBefore, String types, String resources) {
    return "{\"iss\":\""
        + issuer
        + "\",\"nbf\":"
        + notBefore
        + ",\"vc\":{\"type\":["
        + types
        + "],\"credentialSubject\":{\"fhirVersion\":\"4.0.1\",\"fhirBundle\":{\"resourceType\":"
        + "\"Bundle\",\"type\":\"collection\",\"entry\":["
        + resources
        + "]}}}}";
  }

  /**
   * A certificate.
   *
   * @param documentType of travel documents, as in {@code NV}, or empty for one of an authority
   */
  public static byte[] certificate(
      KeyPair key, String subject, KeyPair issuerKey, String issuer, String documentType) {
    try {
      final JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              new X500Name(issuer),
              BigInteger.ONE,
              Date.from(FROM),
              Date.from(UNTIL),
              new X500Name(subject),
              key.getPublic());
      if (documentType.isEmpty()) {
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      } else {
        builder.addExtension(
            Extension.extendedKeyUsage,
            true,
            new ExtendedKeyUsage(KeyPurposeId.getInstance(new ASN1ObjectIdentifier(SEAL_SIGNER))));
        final ASN1EncodableVector types = new ASN1EncodableVector();
        types.add(new ASN1Integer(0));
        types.add(new DERSet(new DERPrintableString(documentType)));
        builder.addExtension(
            new ASN1ObjectIdentifier("2.23.136.1.1.6.2"), false, new DERSequence(types));
      }
      return builder
          .build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKey.getPrivate()))
          .getEncoded();
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A seal of that data, signed by the key of that certificate. */
  public static String seal(KeyPair key, byte[] certificate, String data) {
    try {
      final JsonNode tree = JSON.readTree(data);
      final byte[] json = tree.toString().getBytes(StandardCharsets.UTF_8);
      final byte[] canonical = new byte[json.length * JsonCanonicalizer.MAX_GROWTH];
      final int length = new JsonCanonicalizer(16, 64).write(json, 0, canonical);
      final ObjectNode seal = JSON.createObjectNode();
      seal.set("data", tree);
      seal.putObject("sig")
          .put("alg", "ES256")
          .put("cer", base64(certificate))
          .put("sigvl", base64(sign(key.getPrivate(), Arrays.copyOf(canonical, length))));
      return seal.toString();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
