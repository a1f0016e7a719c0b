package gongbei.codec.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.cbor.CborWriter;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.signature.CodeSignatures;
import gongbei.codec.signature.FixedBaseEngine;
import gongbei.codec.signature.KeyTables;
import gongbei.codec.signature.SignatureEngine;
import gongbei.codec.trust.Certificates;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustException;
import gongbei.codec.trust.TrustList;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.DeflaterOutputStream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the hcert specification and the RFCs under it leave to an issuer of {@code HC1} codes. */
final class HcertVariantsTest {
  private static final int ES256 = -7;
  private static final int PS256 = -37;
  private static final byte[] NOTHING = {};
  private static final byte[] SIGNATURE = new byte[64];

  /** {@code "v": [{"tg": "840539006", "dn": 1, "sd": 1, "dt": "2021-06-01"}]}. */
  private static final String VACCINATION =
      "617681a462746769383430353339303036"
          + "62646e01"
          + "62736401"
          + "6264746a323032312d30362d3031";

  private static final KeyPair P256 = ec("secp256r1");

  private final HealthCode code = new HealthCode();
  private final BouncyCastleEngine engine = new BouncyCastleEngine();

  private static KeyPair ec(String curve) {
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

  private static byte[] certificate(KeyPair pair, SubjectPublicKeyInfo shown) throws Exception {
    final X500Name name = new X500Name("C=XX,CN=Variants");
    return new X509v3CertificateBuilder(
            name,
            BigInteger.ONE,
            Date.from(Instant.ofEpochSecond(1_600_000_000)),
            Date.from(Instant.ofEpochSecond(1_900_000_000)),
            name,
            shown)
        .build(
            new JcaContentSignerBuilder(
                    pair.getPrivate().getAlgorithm().equals("RSA")
                        ? "SHA256withRSA"
                        : "SHA256withECDSA")
                .build(pair.getPrivate()))
        .getEncoded();
  }

  private static byte[] certificate(KeyPair pair) throws Exception {
    return certificate(pair, SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
  }

  private static byte[] sign(PrivateKey key, byte[] protectedHeader, byte[] payload)
      throws Exception {
    final byte[] signed = TestCodes.toBeSigned(protectedHeader, payload);
    final Signature signature;
    if (key.getAlgorithm().equals("RSA")) {
      signature = Signature.getInstance("RSASSA-PSS");
      signature.setParameter(
          new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
    } else {
      signature = Signature.getInstance("SHA256withECDSAinP1363Format");
    }
    signature.initSign(key);
    signature.update(signed);
    return signature.sign();
  }

  private static byte[] hex(String... parts) {
    return HexFormat.of().parseHex(String.join("", parts));
  }

  private static String hexOf(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static byte[] header(Integer algorithm, byte[] kid) {
    final CborWriter header =
        new CborWriter(new byte[64])
            .writeMapHeader((algorithm == null ? 0 : 1) + (kid == null ? 0 : 1));
    if (algorithm != null) {
      header.writeInt(1).writeInt(algorithm);
    }
    if (kid != null) {
      header.writeInt(4).writeBytes(kid);
    }
    return header.toByteArray();
  }

  /** {@code {4: 1700000000, 6: 1600000000, -260: {1: {"ver": "1.3.0", "v": [one of one]}}}}. */
  private static byte[] payload() {
    return hex("a3041a6553f100061a5f5e1000", hcertClaim());
  }

  private static String hcertClaim() {
    return "390103a101a26376657265312e332e30" + VACCINATION;
  }

  private static byte[] cose(
      String tags, byte[] protectedHeader, byte[] unprotected, byte[] payload, byte[] signature) {
    final byte[] items =
        new CborWriter(new byte[8_192])
            .writeArrayHeader(4)
            .writeBytes(protectedHeader)
            .toByteArray();
    final byte[] rest =
        new CborWriter(new byte[8_192]).writeBytes(payload).writeBytes(signature).toByteArray();
    return hex(tags, hexOf(items), hexOf(unprotected), hexOf(rest));
  }

  private static String text(byte[] cose) throws Exception {
    final ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (DeflaterOutputStream zlib = new DeflaterOutputStream(compressed)) {
      zlib.write(cose);
    }
    return "HC1:" + Base45.encode(compressed.toByteArray(), 0, compressed.size());
  }

  private boolean wrap(byte[] cose) throws Exception {
    final byte[] text = text(cose).getBytes(StandardCharsets.US_ASCII);
    return code.wrap(text, 0, text.length);
  }

  /** Whether the code is well-formed, names the key and bears its signature. */
  private boolean verifies(byte[] cose, IssuerKey key) throws Exception {
    assertTrue(wrap(cose), () -> code.field() + " " + code.explanation());
    final TrustList trust = new TrustList(List.of(key));
    final boolean byLibrary = isSignedBy(trust, engine);
    assertEquals(byLibrary, isSignedBy(trust, new FixedBaseEngine(tablesOf(trust))));
    return byLibrary;
  }

  private boolean isSignedBy(TrustList trust, SignatureEngine verifier) {
    final CodeSignatures signatures = new CodeSignatures(verifier, 1);
    signatures.begin(trust);
    final int index = signatures.add(code);
    if (index < 0) {
      return false;
    }
    signatures.verify();
    return signatures.signer(index) != null;
  }

  private static KeyTables tablesOf(TrustList trust) {
    final KeyTables tables = new KeyTables(6, 6, KeyTables.DEFAULT_MAX_BYTES);
    tables.prepare(trust);
    return tables;
  }

  private static byte[] kidOf(byte[] der) {
    return ByteBuffer.allocate(8).putLong(Certificates.kidOf(der)).array();
  }

  @Test
  void kidAndAlgMayStandInEitherHeaderAndTheProtectedKidCounts() throws Exception {
    final byte[] der = certificate(P256);
    final IssuerKey key = Certificates.anchor("P256", der);
    final byte[] kid = kidOf(der);
    final byte[] other = new byte[8];
    record Case(byte[] protectedHeader, byte[] unprotected, boolean verifies) {}
    for (final Case each :
        List.of(
            new Case(header(ES256, kid), header(null, null), true),
            new Case(header(ES256, null), header(null, kid), true),
            new Case(header(ES256, kid), header(null, kid), true),
            new Case(header(ES256, kid), header(null, other), true),
            new Case(header(ES256, other), header(null, kid), false),
            new Case(header(ES256, null), header(null, other), false),
            new Case(header(ES256, null), header(null, null), false),
            new Case(header(null, kid), header(ES256, null), true),
            new Case(NOTHING, header(ES256, kid), true),
            new Case(header(ES256, kid), header(PS256, null), true))) {
      final byte[] signature = sign(P256.getPrivate(), each.protectedHeader, payload());
      assertEquals(
          each.verifies,
          verifies(cose("d2", each.protectedHeader, each.unprotected, payload(), signature), key),
          () -> hexOf(each.protectedHeader) + " " + hexOf(each.unprotected));
    }
  }

  @Test
  void aHeaderOfAnEmptyMapIsSignedAsNoHeader() throws Exception {
    final byte[] der = certificate(P256);
    final byte[] signature = sign(P256.getPrivate(), NOTHING, payload());
    assertTrue(
        verifies(
            cose("", hex("a0"), header(ES256, kidOf(der)), payload(), signature),
            Certificates.anchor("P256", der)));
  }

  @Test
  void theTagsOfCwtAndCoseSign1AreOptional() throws Exception {
    final byte[] der = certificate(P256);
    final IssuerKey key = Certificates.anchor("P256", der);
    final byte[] header = header(ES256, kidOf(der));
    final byte[] signature = sign(P256.getPrivate(), header, payload());
    for (final String tags : List.of("", "d2", "d83dd2", "d83d")) {
      assertTrue(verifies(cose(tags, header, hex("a0"), payload(), signature), key), tags);
    }
    for (final String tags : List.of("d1", "d2d2", "d83dd83dd2", "c1")) {
      assertFalse(wrap(cose(tags, header, hex("a0"), payload(), signature)), tags);
      assertEquals("cose", code.field(), tags);
    }
  }

  @Test
  void whatIsOfIndefiniteLengthIsSignedAsIfItWereNot() throws Exception {
    final byte[] der = certificate(P256);
    final IssuerKey key = Certificates.anchor("P256", der);
    final byte[] header =
        hex(
            "bf0126045f44",
            hexOf(kidOf(der)).substring(0, 8),
            "44",
            hexOf(kidOf(der)).substring(8),
            "ffff");
    final byte[] payload =
        hex(
            "bf017f615861",
            "58ff041a6553f100061a5f5e1000",
            "390103bf01bf6376657265312e332e30",
            VACCINATION,
            "ffffff");
    final byte[] signature = sign(P256.getPrivate(), header, payload);
    final byte[] cose =
        hex(
            "d29f5f41",
            hexOf(header).substring(0, 2),
            "58",
            String.format(Locale.ROOT, "%02x", header.length - 1),
            hexOf(header).substring(2),
            "ff",
            "bfff",
            "5f58",
            String.format(Locale.ROOT, "%02x", payload.length - 3),
            hexOf(payload).substring(0, 2 * payload.length - 6),
            "43",
            hexOf(payload).substring(2 * payload.length - 6),
            "ff",
            "5f5820",
            hexOf(signature).substring(0, 64),
            "405820",
            hexOf(signature).substring(64),
            "ff",
            "ff");
    assertTrue(verifies(cose, key));
    assertEquals("XX", code.cwt().issuer());
    assertEquals(
        "[{\"tg\":\"840539006\",\"dn\":1,\"sd\":1,\"dt\":\"2021-06-01\"}]",
        ClaimsJson.of(code).get("hcert").get("v").toString());
  }

  @Test
  void timesMayBeFloatsOrTaggedAndIatAndIssMayBeMissing() throws Exception {
    record Case(String claims, long exp, long iat) {}
    for (final Case each :
        List.of(
            new Case("a2041a6553f100", 1_700_000_000L, HealthCode.ABSENT),
            new Case("a204fb41d954fc40200000", 1_700_000_000L, HealthCode.ABSENT),
            new Case("a204c11a6553f100", 1_700_000_000L, HealthCode.ABSENT),
            new Case("a306fa4ebebc20041b000000006553f100", 1_700_000_000L, 1_600_000_000L),
            new Case("a4041a6553f1006361626301390102f6", 1_700_000_000L, HealthCode.ABSENT))) {
      assertTrue(
          wrap(
              cose(
                  "",
                  header(ES256, new byte[8]),
                  hex("a0"),
                  hex(each.claims, hcertClaim()),
                  new byte[64])),
          () -> each + ": " + code.field() + " " + code.explanation());
      assertEquals(each.exp, code.cwt().expiresAtEpochSeconds());
      assertEquals(each.iat, code.cwt().issuedAtEpochSeconds());
      assertNull(code.cwt().issuer());
    }
    for (final String exp : List.of("fb7ff8000000000000", "61", "20", "c01a6553f100", "f6")) {
      assertFalse(
          wrap(
              cose(
                  "",
                  header(ES256, new byte[8]),
                  hex("a0"),
                  hex("a204", exp.equals("61") ? "6131" : exp, hcertClaim()),
                  new byte[64])),
          exp);
      assertEquals("exp", code.field(), exp);
    }
  }

  private boolean wrapClaims(String... claims) throws Exception {
    return wrap(
        cose("", header(ES256, new byte[8]), hex("a0"), hex(String.join("", claims)), SIGNATURE));
  }

  @Test
  void theCertificateIsThereAndAMapAndWhatStandsBesideItIsPassedOver() throws Exception {
    assertFalse(wrapClaims("a1041a6553f100"));
    assertEquals("hcert is missing", code.field() + " " + code.explanation());
    assertFalse(wrapClaims("a2041a6553f100", "390103", "01"));
    assertEquals("hcert is not a map", code.field() + " " + code.explanation());
    for (final String other : new String[] {"a0", "a102a0", "a16131a0", "bfff"}) {
      assertFalse(wrapClaims("a2041a6553f100", "390103", other), other);
      assertEquals("hcert", code.field());
    }
    final String beside = "0280" + "617800" + "7f6161ff8100" + "8101a10101" + "c10000";
    assertTrue(
        wrapClaims(
            "a2041a6553f100", "390103", "a6", beside, "01", "a26376657265312e332e30", VACCINATION),
        () -> code.field() + " " + code.explanation());
    assertEquals(
        "{\"ver\":\"1.3.0\",\"v\":[{\"tg\":\"840539006\",\"dn\":1,\"sd\":1,\"dt\":\"2021-06-01\"}]}",
        ClaimsJson.of(code).get("hcert").toString());
  }

  @Test
  void everyKindOfItemIsShownAsJson() throws Exception {
    final String items =
        "61611bffffffffffffffff"
            + "61623bffffffffffffffff"
            + "6163f5"
            + "6164f4"
            + "6165f6"
            + "6166fb3ff8000000000000"
            + "6167f97e00"
            + "6168420102"
            + "61697f61616162ff"
            + "616ac11a00000001"
            + "616b820120"
            + "0102";
    final String numbers = "616cc24103" + "616dd9d9f7c3420000";
    assertTrue(
        wrapClaims("a2041a6553f100", "390103", "a101", "af", items, numbers, VACCINATION),
        () -> code.field() + " " + code.explanation());
    final ObjectNode hcert = (ObjectNode) ClaimsJson.of(code).get("hcert");
    hcert.remove("v");
    assertEquals(
        "{\"a\":18446744073709551615,\"b\":-18446744073709551616,\"c\":true,\"d\":false,"
            + "\"e\":null,\"f\":1.5,\"g\":null,\"h\":\"AQI\",\"i\":\"ab\",\"j\":1,\"k\":[1,-1],"
            + "\"1\":2,\"l\":3,\"m\":-1}",
        hcert.toString());
  }

  @Test
  void aTestsTimeAndResultAreReadThroughTheirTags() throws Exception {
    final String test =
        "a4"
            + ("627363" + "c0" + "74" + hexOf(TestCodes.ascii("2021-05-01T10:00:00Z")))
            + ("627472" + "d90102" + "69" + hexOf(TestCodes.ascii("260373001")))
            + ("627474" + "d9d9f7" + "68" + hexOf(TestCodes.ascii("LP6464-4")))
            + ("627467" + "d820" + "69" + hexOf(TestCodes.ascii("840539006")));
    assertTrue(
        wrapClaims("a2041a6553f100", "390103", "d9d9f7a101", "d9d9f7a16174", "d86481c1", test),
        () -> code.field() + " " + code.explanation());
    assertEquals(HcertClaims.TEST, code.facts().types());
    assertTrue(code.facts().isPositive());
    assertEquals("sc", code.facts().fieldAfter(1_619_863_200 - 301));
    assertNull(code.facts().fieldAfter(1_619_863_200 - 300));
  }

  @Test
  void aSignatureOfAnotherLengthIsWellFormedAndFalse() throws Exception {
    final byte[] der = certificate(P256);
    final byte[] header = header(ES256, kidOf(der));
    for (final int length : new int[] {1, 63, 65, 96}) {
      assertFalse(
          verifies(
              cose("", header, hex("a0"), payload(), new byte[length]),
              Certificates.anchor("P256", der)));
    }
    assertFalse(wrap(cose("", header, hex("a0"), payload(), NOTHING)));
    assertEquals("signature", code.field());
  }

  @Test
  void rsaKeysOf2048And3072BitsSignByPs256UnderEitherIdentifier() throws Exception {
    for (final int bits : new int[] {2048, 3072}) {
      final KeyPair pair = rsa(bits);
      final SubjectPublicKeyInfo plain =
          SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded());
      final SubjectPublicKeyInfo pss =
          new SubjectPublicKeyInfo(
              new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS), plain.parsePublicKey());
      for (final SubjectPublicKeyInfo shown : List.of(plain, pss)) {
        final byte[] der = certificate(pair, shown);
        final byte[] header = header(PS256, kidOf(der));
        final byte[] signature = sign(pair.getPrivate(), header, payload());
        assertTrue(
            verifies(
                cose("d2", header, hex("a0"), payload(), signature),
                Certificates.anchor("RSA", der)));
        final byte[] wrongAlgorithm = header(ES256, kidOf(der));
        assertFalse(
            verifies(
                cose("d2", wrongAlgorithm, hex("a0"), payload(), signature),
                Certificates.anchor("RSA", der)));
      }
    }
    final byte[] weak = certificate(rsa(1024));
    final TrustException refusal =
        assertThrows(TrustException.class, () -> Certificates.anchor("weak", weak));
    assertEquals("weak: RSA modulus is of 1024 bits, not 2048 to 8192", refusal.getMessage());
  }

  /** ICAO 9303-12 has travel documents' certificates spell their curve out. */
  @Test
  void aCurveMayBeSpeltOutAndItsPointCompressed() throws Exception {
    final SubjectPublicKeyInfo named =
        SubjectPublicKeyInfo.getInstance(P256.getPublic().getEncoded());
    final SubjectPublicKeyInfo spelt =
        new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(
                X9ObjectIdentifiers.id_ecPublicKey, ECNamedCurveTable.getByName("P-256")),
            named.getPublicKeyData().getOctets());
    final SubjectPublicKeyInfo compressed =
        new SubjectPublicKeyInfo(
            named.getAlgorithm(),
            ECNamedCurveTable.getByName("P-256")
                .getCurve()
                .decodePoint(named.getPublicKeyData().getOctets())
                .getEncoded(true));
    for (final SubjectPublicKeyInfo shown : List.of(spelt, compressed)) {
      final byte[] der = certificate(P256, shown);
      final byte[] header = header(ES256, kidOf(der));
      final byte[] signature = sign(P256.getPrivate(), header, payload());
      assertTrue(
          verifies(
              cose("d2", header, hex("a0"), payload(), signature),
              Certificates.anchor("P256", der)));
    }
  }

  /**
   * RFC 9053 §2.1: the algorithm names the hash, the key has the curve. The hcert specification has
   * P-256 alone, and there are issuers who sign by ES256 on P-384.
   */
  @ParameterizedTest
  @CsvSource({"secp256r1, 64", "secp384r1, 96", "secp521r1, 132"})
  void aKeyOfEcdsaVerifiesWithTheHashThatTheCodeNames(String curve, int length) throws Exception {
    final KeyPair pair = ec(curve);
    final byte[] der = certificate(pair);
    final IssuerKey key = Certificates.anchor(curve, der);
    final Map<Integer, String> hashes = Map.of(-7, "SHA256", -35, "SHA384", -36, "SHA512");
    for (final int named : hashes.keySet()) {
      final byte[] header = header(named, kidOf(der));
      for (final int signed : hashes.keySet()) {
        final Signature signer =
            Signature.getInstance(hashes.get(signed) + "withECDSAinP1363Format");
        signer.initSign(pair.getPrivate());
        signer.update(TestCodes.toBeSigned(header, payload()));
        final byte[] signature = signer.sign();
        assertEquals(length, signature.length);
        final byte[] cose = cose("d2", header, hex("a0"), payload(), signature);
        assertEquals(named == signed, verifies(cose, key), named + " for " + signed);
        if (named == signed) {
          assertFalse(verifies(cose, Certificates.anchor(curve, certificate(ec(curve)))));
          assertFalseOfOtherSignatures(header, signature, key);
        }
      }
    }
  }

  private void assertFalseOfOtherSignatures(byte[] header, byte[] signature, IssuerKey key)
      throws Exception {
    final int half = signature.length / 2;
    final byte[] zero = new byte[signature.length];
    final byte[] full = new byte[signature.length];
    Arrays.fill(full, (byte) -1);
    final byte[] flipped = signature.clone();
    flipped[half] ^= 1;
    final byte[] swapped = new byte[signature.length];
    System.arraycopy(signature, 0, swapped, half, half);
    System.arraycopy(signature, half, swapped, 0, half);
    for (final byte[] other :
        List.of(
            zero,
            full,
            flipped,
            swapped,
            Arrays.copyOf(signature, signature.length - 1),
            Arrays.copyOf(signature, signature.length + 1),
            Arrays.copyOf(signature, 2 * signature.length),
            Arrays.copyOf(signature, 2_048))) {
      assertFalse(verifies(cose("d2", header, hex("a0"), payload(), other), key));
    }
  }

  @Test
  void otherCurvesAndAlgorithmsAreRefusedByName() throws Exception {
    final KeyPair p384 = ec("secp384r1");
    final SubjectPublicKeyInfo named =
        SubjectPublicKeyInfo.getInstance(p384.getPublic().getEncoded());
    final byte[] spelt =
        certificate(
            p384,
            new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(
                    X9ObjectIdentifiers.id_ecPublicKey, ECNamedCurveTable.getByName("P-384")),
                named.getPublicKeyData().getOctets()));
    assertEquals(SignatureAlgorithm.ES384, Certificates.anchor("P384", spelt).algorithm());
    assertEquals(
        Set.of(CodeFormat.HC1, CodeFormat.VDS),
        Certificates.anchor("P384", spelt).formats(),
        "MO1 is of P-256");
    final byte[] brainpool =
        certificate(
            P256,
            new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(
                    X9ObjectIdentifiers.id_ecPublicKey,
                    new ASN1ObjectIdentifier("1.3.36.3.3.2.8.1.1.7")),
                new byte[65]));
    assertEquals(
        "BP: public key is on a curve other than SM2, P-256, P-384 and P-521",
        assertThrows(TrustException.class, () -> Certificates.anchor("BP", brainpool))
            .getMessage());
    final byte[] implicit =
        certificate(
            P256,
            new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, DERNull.INSTANCE),
                new byte[65]));
    assertThrows(TrustException.class, () -> Certificates.anchor("implicit", implicit));
    final byte[] ed25519 =
        certificate(
            P256,
            new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.3.101.112")), new byte[32]));
    assertEquals(
        "Ed: public key is neither SM2, ECDSA nor RSA, but 1.3.101.112",
        assertThrows(TrustException.class, () -> Certificates.anchor("Ed", ed25519)).getMessage());
    for (final int algorithm : new int[] {-8, -38, -257, 5, -65537}) {
      assertFalse(
          wrap(cose("", header(algorithm, new byte[8]), hex("a0"), payload(), new byte[64])));
      assertTrue(code.isUnsupported());
      assertEquals("alg", code.field());
    }
  }

  @Test
  void aKeyOfEachAlgorithmAnswersForItsOwnAlone() throws Exception {
    final byte[] der = certificate(P256);
    final byte[] header = header(PS256, kidOf(der));
    final byte[] signature = sign(P256.getPrivate(), header, payload());
    assertFalse(
        verifies(
            cose("", header, hex("a0"), payload(), signature), Certificates.anchor("P256", der)));
    assertNotEquals(0, code.cose().signedLength());
  }
}
