package gongbei.codec.trust;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.file.FaultyFile;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.signature.CodeSignatures;
import gongbei.codec.signature.CodeSigner;
import gongbei.testing.TestCorpora;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms that people have certificates and keys in. */
final class KeyFileTest {
  private static final Instant FROM = Instant.ofEpochSecond(1_000_000);
  private static final Instant UNTIL = Instant.ofEpochSecond(2_000_000);
  private static final SigningKey GUANGDONG = new KeyGeneration().generate("GD", FROM, UNTIL);
  private static final SigningKey MACAU = new KeyGeneration().generate("MO", FROM, UNTIL);

  @TempDir private Path root;
  private Path directory;

  @BeforeEach
  void makeDirectory() throws IOException {
    directory = Files.createDirectory(root.resolve("keys"));
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static PrivateKeyInfo pkcs8(SigningKey key) throws IOException {
    return PrivateKeyInfoFactory.createPrivateKeyInfo(key.privateKey());
  }

  private static byte[] sec1(SigningKey key, ASN1Encodable curve) {
    final ECPrivateKeyParameters secret = (ECPrivateKeyParameters) key.privateKey();
    return encoded(
        curve == null
            ? new ECPrivateKey(256, secret.getD())
            : new ECPrivateKey(256, secret.getD(), curve));
  }

  private static byte[] encoded(ASN1Object object) {
    try {
      return object.getEncoded("DER");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] joined(byte[]... parts) {
    final ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (final byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private void assertTrusted(String name, byte[] content) throws Exception {
    final Path file =
        Files.write(Files.createDirectories(directory.resolve("GD1")).resolve(name), content);
    final TrustStore store = TrustStore.ofDirectory(directory);
    assertEquals(List.of(), store.faults(), name);
    assertEquals(1, store.current().size(), name);
    assertEquals(GUANGDONG.issuerKey().kid(), store.current().keys().get(0).kid(), name);
    Files.delete(file);
  }

  private void assertFaulty(String name, byte[] content, String reason) throws Exception {
    final Path file =
        Files.write(Files.createDirectories(directory.resolve("GD1")).resolve(name), content);
    final TrustStore store = TrustStore.ofDirectory(directory);
    assertEquals(0, store.current().size(), name);
    assertEquals(1, store.faults().size(), name);
    final FaultyFile fault = store.faults().get(0);
    assertEquals(file, fault.path());
    assertTrue(fault.message().startsWith(file.toString()), fault.message());
    assertTrue(fault.message().contains(reason), fault.message());
    Files.delete(file);
  }

  @Test
  void aCertificateIsReadInEveryForm() throws Exception {
    final byte[] der = GUANGDONG.certificate();
    for (final String name : List.of("a.der", "a.cer", "a.crt", "a.pem", "A.CER")) {
      assertTrusted(name, der);
      assertTrusted(name, bytes(pem("CERTIFICATE", der)));
    }
    assertTrusted("x509.pem", bytes(pem("X509 CERTIFICATE", der)));
    assertTrusted("trusted.pem", bytes(pem("TRUSTED CERTIFICATE", der)));
    assertTrusted("windows.pem", bytes(pem("CERTIFICATE", der).replace("\n", "\r\n")));
    assertTrusted(
        "talk.pem", bytes("Bag Attributes\n friendlyName: a\n" + pem("CERTIFICATE", der)));
    assertTrusted("dh.pem", bytes(pem("DH PARAMETERS", der) + pem("CERTIFICATE", der)));
    assertTrusted(
        "both.pem",
        bytes(pem("CERTIFICATE", der) + pem("PRIVATE KEY", pkcs8(GUANGDONG).getEncoded())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE"})
  void aByteOrderMarkIsPassedOver(String charset) throws Exception {
    assertTrusted(
        "bom.pem",
        ("\uFEFF" + pem("CERTIFICATE", GUANGDONG.certificate()))
            .getBytes(Charset.forName(charset)));
  }

  /** OpenSSL's X509_CERT_AUX: SEQUENCE { trust, [0] reject, alias, keyid }, all optional. */
  @Test
  void aCertificateThatIsTrustedForSomePurposesAloneIsRefused() throws Exception {
    final byte[] der = GUANGDONG.certificate();
    final DERSequence purposes = new DERSequence(new ASN1ObjectIdentifier("1.3.6.1.5.5.7.3.1"));
    final byte[] alias = encoded(new DERSequence(new DERUTF8String("Guangdong")));
    assertTrusted("alias.pem", bytes(pem("TRUSTED CERTIFICATE", joined(der, alias))));
    final ASN1EncodableVector rejecting = new ASN1EncodableVector();
    rejecting.add(new DERTaggedObject(false, 0, purposes));
    for (final DERSequence settings :
        List.of(new DERSequence(purposes), new DERSequence(rejecting))) {
      assertFaulty(
          "aux.pem",
          bytes(pem("TRUSTED CERTIFICATE", joined(der, encoded(settings)))),
          "trusted for some purposes alone");
    }
    assertFaulty(
        "tail.pem",
        bytes(pem("TRUSTED CERTIFICATE", joined(der, alias, alias))),
        "followed by bytes that are not its own");
    assertFaulty("tail.pem", bytes(pem("CERTIFICATE", joined(der, alias))), "not an X.509");
  }

  @Test
  void whatIsNoCertificateIsRefusedByName() throws Exception {
    final byte[] der = GUANGDONG.certificate();
    final String good = pem("CERTIFICATE", der);
    assertFaulty("empty.pem", new byte[0], "no block begins in it");
    assertFaulty("text.crt", bytes("nothing of the kind"), "is neither PEM nor DER");
    assertFaulty("torn.pem", bytes(good.substring(0, good.length() - 40)), "can't be read");
    assertFaulty("torn.der", Arrays.copyOf(der, der.length - 9), "can't be read");
    assertFaulty("indented.pem", bytes(good + good.indent(2)), "of 2 lines that begin a block 1");
    assertFaulty("dashes.pem", bytes(good.replace("CERTIFICATE-----", "CERTIFICATE----")), "whole");
    assertFaulty(
        "request.pem", bytes(pem("CERTIFICATE REQUEST", der)), "a block CERTIFICATE REQUEST");
    assertFaulty("bundle.pem", bytes(pem("PKCS7", der)), "a block PKCS7");
    assertFaulty("crl.pem", bytes(good + pem("X509 CRL", der)), "a block X509 CRL");
    assertFaulty(
        "store.der",
        encoded(
            new DERSequence(
                new ASN1Encodable[] {new ASN1Integer(3), new DERSequence(), new DERSequence()})),
        "PKCS#12");
    assertFaulty(
        "message.cer",
        encoded(new DERSequence(new ASN1ObjectIdentifier("1.2.840.113549.1.7.2"))),
        "PKCS#7");
  }

  @Test
  void weakAndForeignKeysAreRefusedByName() throws Exception {
    final KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(1_024);
    assertFaulty(
        "weak.pem",
        bytes(pem("CERTIFICATE", certificate(rsa.generateKeyPair()))),
        "RSA modulus is of 1024 bits, not 2048 to 8192");
    final KeyPair ed25519 = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    assertFaulty(
        "ed.pem",
        bytes(pem("CERTIFICATE", certificate(ed25519))),
        "public key is neither SM2, ECDSA nor RSA, but 1.3.101.112");
  }

  private static byte[] certificate(KeyPair pair) throws Exception {
    final X500Name name = new X500Name("C=XX,CN=Forms");
    return new X509v3CertificateBuilder(
            name,
            BigInteger.ONE,
            Date.from(FROM),
            Date.from(UNTIL),
            name,
            SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()))
        .build(
            new JcaContentSignerBuilder(
                    pair.getPrivate().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "Ed25519")
                .build(pair.getPrivate()))
        .getEncoded();
  }

  private void assertSigns(SigningKey key, String name, byte[] content) throws Exception {
    final Path file = Files.write(directory.resolve(name), content);
    final List<SigningKey> read = SigningKeys.ofDirectory(directory).all();
    assertEquals(List.of(key), read, name);
    final byte[] message = bytes("what is signed");
    final byte[] signature = new CodeSigner(read.get(0)).sign(message, 0, message.length);
    assertTrue(
        new BouncyCastleEngine()
            .verify(key.issuerKey(), message, 0, message.length, signature, 0, signature.length),
        name);
    Files.delete(file);
  }

  @Test
  void aPrivateKeyIsReadInEveryForm() throws Exception {
    for (final SigningKey key : List.of(GUANGDONG, MACAU)) {
      final PrivateKeyInfo pkcs8 = pkcs8(key);
      final ASN1Encodable curve = pkcs8.getPrivateKeyAlgorithm().getParameters();
      Files.write(directory.resolve("c.crt"), key.certificate());
      assertSigns(key, "pkcs8.pem", bytes(pem("PRIVATE KEY", pkcs8.getEncoded())));
      assertSigns(key, "pkcs8.key", pkcs8.getEncoded());
      assertSigns(key, "sec1.pem", bytes(pem("EC PRIVATE KEY", sec1(key, curve))));
      assertSigns(key, "sec1.der", sec1(key, curve));
      assertSigns(
          key,
          "openssl.pem",
          bytes(
              pem("EC PARAMETERS", curve.toASN1Primitive().getEncoded())
                  + pem("EC PRIVATE KEY", sec1(key, null))));
    }
    Files.write(directory.resolve("c.crt"), GUANGDONG.certificate());
    assertSigns(GUANGDONG, "tongsuo.pem", bytes(pem("SM2 PRIVATE KEY", sec1(GUANGDONG, null))));
    assertSigns(
        GUANGDONG,
        "gm.pem",
        bytes(
            pem(
                "PRIVATE KEY",
                new PrivateKeyInfo(
                        new AlgorithmIdentifier(GMObjectIdentifiers.sm2p256v1),
                        pkcs8(GUANGDONG).parsePrivateKey())
                    .getEncoded())));
  }

  @Test
  void anRsaKeyIsReadAsPkcs1Too() throws Exception {
    final KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(2_048);
    final KeyPair pair = rsa.generateKeyPair();
    Files.write(directory.resolve("c.cer"), certificate(pair));
    final byte[] pkcs1 =
        encoded(
            PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded())
                .parsePrivateKey()
                .toASN1Primitive());
    for (final byte[] content : List.of(bytes(pem("RSA PRIVATE KEY", pkcs1)), pkcs1)) {
      Files.write(directory.resolve("k.key"), content);
      assertEquals(1, SigningKeys.ofDirectory(directory).all().size());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ENCRYPTED PRIVATE KEY, '', holds an encrypted private key",
    "RSA PRIVATE KEY, 'Proc-Type: 4,ENCRYPTED\n"
        + "DEK-Info: AES-128-CBC,00\n\n"
        + "', holds an encrypted private key",
    "EC PRIVATE KEY, '', holds a private key that can't be read: it names no curve"
  })
  void aKeyThatCantBeUsedIsRefusedByNameWhereKeysAreWanted(
      String label, String headers, String reason) throws Exception {
    Files.write(
        Files.createDirectories(directory.resolve("GD1")).resolve("a.crt"),
        GUANGDONG.certificate());
    final Path file =
        Files.writeString(
            directory.resolve("a.key"),
            pem(label, sec1(GUANGDONG, null))
                .replace(
                    "BEGIN " + label + "-----\n",
                    "BEGIN " + label + "-----\n" + headers.replace("\\n", "\n")));
    final TrustException refusal =
        assertThrows(TrustException.class, () -> SigningKeys.ofDirectory(directory));
    assertTrue(refusal.getMessage().startsWith(file + " " + reason), refusal.getMessage());
    final TrustStore store = TrustStore.ofDirectory(directory);
    assertEquals(List.of(), store.faults(), "a trust list wants no private key");
    assertEquals(1, store.current().size());
  }

  @Test
  void codesAreNotSignedOnP384() throws Exception {
    final KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
    ec.initialize(384);
    Files.writeString(
        directory.resolve("k.pem"),
        pem("PRIVATE KEY", ec.generateKeyPair().getPrivate().getEncoded()));
    assertTrue(
        assertThrows(TrustException.class, () -> SigningKeys.ofDirectory(directory))
            .getMessage()
            .contains("on a curve other than SM2 and P-256"));
  }

  /** Real forms: those that reports of faults describe. */
  @ParameterizedTest
  @ValueSource(strings = {"bom", "x509label", "trustedlabel", "hidden", "bad-p384"})
  void theCodeOfTheCorpusIsVerifiedByEachForm(String form) throws Exception {
    final TrustStore store =
        TrustStore.ofDirectory(TestCorpora.require("real-world/trust-forms/" + form));
    assertEquals(List.of(), store.faults());
    assertEquals(form.equals("bad-p384") ? 2 : 1, store.current().size());
    assertVerifies(TestCorpora.require("real-world/trust-forms/code.txt"), store.current());
  }

  @Test
  void keysOfTheCorpusAreReadOrRefusedByName() throws Exception {
    assertEquals(
        1,
        SigningKeys.ofDirectory(TestCorpora.require("real-world/trust-forms/sec1")).all().size());
    final Path encrypted = TestCorpora.require("real-world/trust-forms/enc");
    assertEquals(
        encrypted.resolve("a.key.pem")
            + " holds an encrypted private key: keys are read unencrypted alone",
        assertThrows(TrustException.class, () -> SigningKeys.ofDirectory(encrypted)).getMessage());
  }

  @Test
  void anSm2KeyIsReadUnderBothOfItsIdentifiers() throws Exception {
    final Path corpus = TestCorpora.require("real-world/sm2-oid");
    final Path issuers = Files.createDirectory(directory.resolve("GD1"));
    Files.copy(corpus.resolve("oid.cert.pem"), issuers.resolve("oid.cert.pem"));
    Files.copy(corpus.resolve("oid.key.pem"), directory.resolve("oid.key.pem"));
    final SigningKey key = SigningKeys.ofDirectory(directory).all().get(0);
    assertEquals(Set.of(CodeFormat.GD1), key.issuerKey().formats());
    Files.copy(corpus.resolve("plain.cert.pem"), issuers.resolve("plain.cert.pem"));
    final TrustStore both = TrustStore.ofDirectory(directory);
    assertEquals(List.of(), both.faults());
    assertEquals(2, both.current().size());
    assertVerifies(corpus.resolve("code.txt"), both.current());
    final byte[] message = bytes("by the one, for the other");
    final byte[] signature = new CodeSigner(key).sign(message, 0, message.length);
    for (final IssuerKey each : both.current().keys()) {
      assertTrue(
          new BouncyCastleEngine()
              .verify(each, message, 0, message.length, signature, 0, signature.length));
    }
  }

  private static void assertVerifies(Path codeFile, TrustList trust) throws IOException {
    final byte[] text = bytes(Files.readString(codeFile).strip());
    final HealthCode code = new HealthCode();
    assertTrue(code.wrap(text, 0, text.length), code.explanation());
    final CodeSignatures signatures = new CodeSignatures(new BouncyCastleEngine(), 1);
    signatures.begin(trust);
    assertEquals(0, signatures.add(code));
    signatures.verify();
    assertTrue(signatures.isOfFirstKey(0));
  }

  @Test
  void bytesOfEveryKindAreReadOrRefusedAndNeverMore() throws Exception {
    final byte[] der = GUANGDONG.certificate();
    for (int i = 0; i < der.length; i++) {
      for (final byte other : new byte[] {0, -1, 0x30, (byte) 0x80, (byte) (der[i] ^ 1)}) {
        final byte[] changed = der.clone();
        changed[i] = other;
        for (final byte[] content : List.of(changed, bytes(pem("TRUSTED CERTIFICATE", changed)))) {
          try {
            for (final byte[] each : KeyFile.of("x", content).certificates()) {
              assertArrayEquals(each, Arrays.copyOf(changed, each.length));
            }
          } catch (TrustException e) {
            assertTrue(e.getMessage().startsWith("x"), e.getMessage());
          }
        }
      }
    }
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(0, left.count());
    }
  }
}
