package gongbei.codec.trust.published;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.file.FileContent;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustException;
import gongbei.codec.trust.TrustListFile;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.BigIntegers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which signers a published list makes trusted, by what their certificates and authorities say. */
final class TrustChainTest {
  private static final Instant NOW = Instant.parse("2026-11-27T00:00:00Z");
  private static final Instant FROM = NOW.minus(Duration.ofDays(100));
  private static final Instant UNTIL = NOW.plus(Duration.ofDays(700));
  private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();
  private static final String AUTHORITY = "C=XX,CN=Authority";
  private static final String SIGNER = "C=XX,CN=Signer";
  private static final KeyUsage SIGNS_CODES = new KeyUsage(KeyUsage.digitalSignature);
  private static final KeyUsage SIGNS_CERTIFICATES =
      new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign);

  private final KeyPair authority = elliptic("secp256r1");
  private final KeyPair signer = elliptic("secp256r1");
  private final List<String> entries = new ArrayList<>();

  private static KeyPair elliptic(String curve) {
    try {
      final KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair rsa(int bits) throws Exception {
    final KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  /** A certificate to be made, one of a signer's unless told otherwise. */
  private static final class Certificate {
    private final KeyPair key;
    private final List<Object[]> extensions = new ArrayList<>();
    private String subject = SIGNER;
    private String issuer = AUTHORITY;
    private Instant from = FROM;
    private Instant until = UNTIL;
    private KeyUsage usage = SIGNS_CODES;
    private String algorithm = "SHA256withECDSA";

    Certificate(KeyPair key) {
      this.key = key;
    }

    Certificate subject(String name) {
      subject = name;
      return this;
    }

    Certificate valid(Instant first, Instant last) {
      from = first;
      until = last;
      return this;
    }

    Certificate usage(KeyUsage other) {
      usage = other;
      return this;
    }

    Certificate by(String algorithmOfIssuer) {
      algorithm = algorithmOfIssuer;
      return this;
    }

    Certificate ofAuthority(String name, String issuedBy) throws Exception {
      subject = name;
      issuer = issuedBy;
      usage = SIGNS_CERTIFICATES;
      extensions.add(
          new Object[] {Extension.basicConstraints, new BasicConstraints(true).getEncoded()});
      return this;
    }

    byte[] signedBy(KeyPair signing) throws Exception {
      final X509v3CertificateBuilder builder =
          new X509v3CertificateBuilder(
              new X500Name(issuer),
              BigInteger.TEN,
              Date.from(from),
              Date.from(until),
              new X500Name(subject),
              SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()));
      if (usage != null) {
        builder.addExtension(Extension.keyUsage, true, usage);
      }
      for (final Object[] each : extensions) {
        builder.addExtension((ASN1ObjectIdentifier) each[0], true, (byte[]) each[1]);
      }
      return builder
          .build(
              new JcaContentSignerBuilder(algorithm)
                  .setProvider(PROVIDER)
                  .build(signing.getPrivate()))
          .getEncoded();
    }
  }

  private static Certificate root(KeyPair key) throws Exception {
    return new Certificate(key).ofAuthority(AUTHORITY, AUTHORITY);
  }

  private void list(String type, byte[] der) {
    entries.add(
        "{\"certificateType\":\""
            + type
            + "\",\"country\":\"XX\",\"rawData\":\""
            + Base64.getEncoder().encodeToString(der)
            + "\"}");
  }

  private static TrustListFile read(ListFormat format, String list) throws TrustException {
    return PublishedLists.read(
        format,
        new FileContent(Path.of("list"), list.getBytes(StandardCharsets.UTF_8), null),
        NOW,
        Duration.ofDays(30));
  }

  private TrustListFile read() throws TrustException {
    return read(ListFormat.DGC_GATEWAY, entries.toString());
  }

  private void assertTrusted() throws TrustException {
    final TrustListFile list = read();
    assertEquals(List.of(), list.skipped());
    assertEquals(1, list.keys().size());
  }

  private void assertSkipped(String... reasons) throws TrustException {
    final TrustListFile list = read();
    assertEquals(List.of(), list.keys());
    assertEquals(reasons.length, list.skipped().size(), list.skipped().toString());
    for (final String reason : reasons) {
      assertTrue(
          list.skipped().stream().anyMatch(each -> each.contains(reason)),
          () -> reason + " is not in " + list.skipped());
    }
  }

  @Test
  void aSignerOfAnAuthorityOfItsCountryIsTrustedWithAKeyUsageOrWithout() throws Exception {
    list("CSCA", root(authority).signedBy(authority));
    list("DSC", new Certificate(signer).signedBy(authority));
    assertTrusted();
    entries.remove(1);
    list("DSC", new Certificate(signer).usage(null).signedBy(authority));
    assertTrusted();
  }

  @ParameterizedTest
  @ValueSource(ints = {KeyUsage.keyEncipherment, KeyUsage.nonRepudiation, KeyUsage.keyAgreement})
  void aSignerWhoseKeyIsForSomethingElseIsSkipped(int usage) throws Exception {
    list("CSCA", root(authority).signedBy(authority));
    list("DSC", new Certificate(signer).usage(new KeyUsage(usage)).signedBy(authority));
    assertSkipped("its key usage does not let it sign documents");
  }

  @Test
  void anAuthoritySignsNoCodes() throws Exception {
    list("CSCA", root(authority).signedBy(authority));
    list(
        "DSC",
        new Certificate(signer)
            .ofAuthority(SIGNER, AUTHORITY)
            .usage(new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign))
            .signedBy(authority));
    assertSkipped("is the certificate of an authority, no signer's");
  }

  @Test
  void aSignerThatAnotherKeyHasSignedUnderTheAuthoritysNameIsSkipped() throws Exception {
    list("CSCA", root(authority).signedBy(authority));
    list("DSC", new Certificate(signer).signedBy(elliptic("secp256r1")));
    assertSkipped("is signed by no authority that the list has of its country");
  }

  @Test
  void aSignerOfAnotherCountryThanItsAuthorityIsSkipped() throws Exception {
    list("CSCA", root(authority).signedBy(authority));
    list("DSC", new Certificate(signer).subject("C=YY,CN=Signer").signedBy(authority));
    assertSkipped("is signed by no authority");
  }

  /** Else whoever spoils an authority's certificate would have its signers trusted unchecked. */
  @Test
  void anAuthorityThatCantBeUsedVouchesForNobody() throws Exception {
    list("CSCA", root(authority).usage(SIGNS_CODES).signedBy(authority));
    list("DSC", new Certificate(signer).signedBy(authority));
    assertSkipped("its key usage does not let it sign certificates", "is signed by no authority");
    entries.clear();
    list("CSCA", new Certificate(authority).subject(AUTHORITY).signedBy(authority));
    list("DSC", new Certificate(signer).signedBy(authority));
    assertSkipped("is no certificate of an authority", "is signed by no authority");
    entries.clear();
    list("CSCA", new byte[] {0x30, 0});
    list("DSC", new Certificate(signer).signedBy(authority));
    assertSkipped("is not an X.509 certificate", "is signed by no authority");
    entries.set(0, entries.get(0).replace("\"rawData\":\"", "\"rawData\":\"!"));
    entries.set(0, entries.get(0).replace("\"country\"", "\"thumbprint\":\"00\",\"country\""));
    assertSkipped("thumbprint is not that of its certificate", "is signed by no authority");
  }

  @Test
  void whatAnAuthoritySignsAfterItsOwnCertificateHasEndedIsSkipped() throws Exception {
    final Instant end = NOW.minus(Duration.ofDays(30));
    list("CSCA", root(authority).valid(FROM, end).signedBy(authority));
    list("DSC", new Certificate(signer).valid(end.plusSeconds(1), UNTIL).signedBy(authority));
    assertSkipped("begins after the certificate of its authority has ended");
    entries.remove(1);
    list("DSC", new Certificate(signer).valid(end, UNTIL).signedBy(authority));
    assertTrusted();
    entries.remove(1);
    // The same key has a new certificate now, which the list has too.
    list("CSCA", root(authority).valid(NOW, UNTIL).signedBy(authority));
    list("DSC", new Certificate(signer).valid(end.plusSeconds(1), UNTIL).signedBy(authority));
    assertTrusted();
  }

  @Test
  void aSignatureByABrokenHashIsNone() throws Exception {
    list("CSCA", root(authority).signedBy(authority));
    list("DSC", new Certificate(signer).by("SHA1withECDSA").signedBy(authority));
    assertSkipped("is signed by no authority");
  }

  @ParameterizedTest
  @ValueSource(ints = {1_024, 1_536})
  void weakRsaIsRefusedOfSignersAndOfAuthorities(int bits) throws Exception {
    final KeyPair weak = rsa(bits);
    list("DSC", new Certificate(weak).signedBy(authority));
    assertSkipped("RSA modulus is of " + bits + " bits, not 2048 to 8192");
    entries.clear();
    list("CSCA", root(weak).by("SHA256withRSA").signedBy(weak));
    list("DSC", new Certificate(signer).by("SHA256withRSA").signedBy(weak));
    assertSkipped("RSA modulus is of " + bits + " bits", "is signed by no authority");
  }

  @Test
  void anAuthorityOfStrongRsaSignsEllipticSigners() throws Exception {
    final KeyPair strong = rsa(3_072);
    list("CSCA", root(strong).by("SHA256withRSAandMGF1").signedBy(strong));
    list("DSC", new Certificate(signer).by("SHA256withRSAandMGF1").signedBy(strong));
    assertTrusted();
  }

  private static String did(String usage, byte[]... certificates) {
    final List<String> x5c = new ArrayList<>();
    for (final byte[] der : certificates) {
      x5c.add('"' + Base64.getEncoder().encodeToString(der) + '"');
    }
    return "{\"id\":\"did:web:a:XXA:"
        + usage
        + "#AAAAAAAAAAA%3D\",\"participant\":\"XXA\",\"keyusage\":\""
        + usage
        + "\",\"publicKeyJwk\":{\"kty\":\"EC\",\"x5c\":"
        + x5c
        + "}}";
  }

  private static TrustListFile readDid(String... methods) throws TrustException {
    return read(
        ListFormat.WHO_DID,
        "{\"id\":\"did:web:a\",\"verificationMethod\":" + List.of(methods) + "}");
  }

  @Test
  void eachCertificateOfAChainHasSignedTheOneBefore() throws Exception {
    final KeyPair between = elliptic("secp256r1");
    final KeyPair other = elliptic("secp256r1");
    final byte[] first = new Certificate(signer).signedBy(between);
    final byte[] second =
        new Certificate(between).ofAuthority(AUTHORITY, AUTHORITY).signedBy(authority);
    final byte[] third = root(authority).signedBy(authority);
    final byte[] foreign = root(other).signedBy(other);

    assertEquals(1, readDid(did("DSC", first, second, third)).keys().size());
    assertEquals(1, readDid(did("DSC", first, second), did("SCA", third)).keys().size());
    assertEquals(1, readDid(did("DSC", first, second, third), did("SCA", third)).keys().size());
    for (final TrustListFile broken :
        List.of(
            readDid(did("DSC", first, third)),
            readDid(did("DSC", first, third, second)),
            readDid(did("DSC", first, second, foreign)),
            readDid(did("DSC", first, first)),
            readDid(did("DSC", first, second), did("SCA", foreign)),
            readDid(did("DSC", first, second, third), did("SCA", foreign)))) {
      assertEquals(List.of(), broken.keys());
      assertEquals(1, broken.skipped().size(), broken.skipped().toString());
    }
    assertTrue(
        readDid(did("DSC", first, third))
            .skipped()
            .get(0)
            .contains("is not signed by the next certificate of its chain"));
    assertTrue(
        readDid(did("DSC", first, second), did("SCA", foreign))
            .skipped()
            .get(0)
            .contains("is signed by no authority that the list has of its country"));
  }

  @ParameterizedTest
  @CsvSource({
    "secp384r1, P-384, ES384, SHA384withECDSAinP1363Format",
    "secp521r1, P-521, ES512, SHA512withECDSAinP1363Format"
  })
  void keysOnLargerCurvesVerifyWhatTheySignHoweverTheListHasThem(
      String curve, String name, SignatureAlgorithm algorithm, String jdk) throws Exception {
    final KeyPair pair = elliptic(curve);
    list("CSCA", root(authority).signedBy(authority));
    list("DSC", new Certificate(pair).signedBy(authority));
    final ECPublicKey point = (ECPublicKey) pair.getPublic();
    final int bytes = (point.getParams().getCurve().getField().getFieldSize() + 7) / 8;
    final String jwk =
        "{\"id\":\"did:web:a:XXA:DSC#AQIDBAUGBwg%3D\",\"participant\":\"XXA\",\"keyusage\":\"DSC\","
            + "\"publicKeyJwk\":{\"kty\":\"EC\",\"crv\":\""
            + name
            + "\",\"x\":\""
            + coordinate(point.getW().getAffineX(), bytes)
            + "\",\"y\":\""
            + coordinate(point.getW().getAffineY(), bytes)
            + "\"}}";
    final byte[] message = "what is signed".getBytes(StandardCharsets.UTF_8);
    final Signature signing = Signature.getInstance(jdk);
    signing.initSign(pair.getPrivate());
    signing.update(message);
    final byte[] signature = signing.sign();
    for (final TrustListFile list : List.of(read(), readDid(jwk))) {
      assertEquals(List.of(), list.skipped());
      final IssuerKey key = list.keys().get(0);
      assertEquals(algorithm, key.algorithm());
      assertEquals(Set.of(CodeFormat.HC1), key.formats());
      assertTrue(verifies(key, message, signature));
      final byte[] other = message.clone();
      other[0] ^= 1;
      assertFalse(verifies(key, other, signature), "another message");
      final byte[] zeroes = new byte[signature.length];
      assertFalse(verifies(key, message, zeroes), "no signature");
    }
    assertEquals("0102030405060708", readDid(jwk).keys().get(0).kidHex());
  }

  private static String coordinate(BigInteger value, int bytes) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(BigIntegers.asUnsignedByteArray(bytes, value));
  }

  private static boolean verifies(IssuerKey key, byte[] message, byte[] signature) {
    return new BouncyCastleEngine()
        .verify(key, message, 0, message.length, signature, 0, signature.length);
  }
}
