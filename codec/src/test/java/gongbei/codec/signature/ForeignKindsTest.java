package gongbei.codec.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HcertClaims;
import gongbei.codec.code.HealthCardParts;
import gongbei.codec.code.HealthCode;
import gongbei.codec.code.TestDocuments;
import gongbei.codec.code.TestKind;
import gongbei.codec.trust.Certificates;
import gongbei.codec.trust.IssuerDirectory;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustAuthority;
import gongbei.codec.trust.TrustException;
import gongbei.codec.trust.TrustList;
import gongbei.codec.validity.CodeValidity;
import gongbei.codec.validity.ValidityFault;
import gongbei.testing.TestCorpora;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ICAO's seals and SMART Health Cards, from text to whoever has signed them. */
final class ForeignKindsTest {
  private static final long NOW = Instant.parse("2022-01-01T00:00:00Z").getEpochSecond();
  private static final String ISSUER = "https://issuer.example/cards";
  private static final String CARD =
      "\"https://smarthealth.cards#health-card\",\"https://smarthealth.cards#covid19\"";
  private static final String VACCINATION =
      "{\"hdr\":{\"is\":\"UTO\",\"t\":\"icao.vacc\",\"v\":1},\"msg\":{\"uvci\":\"U1\",\"pid\":{"
          + "\"n\":\"SMITH  J\u00c9R\u00d4ME\"},\"ve\":[{\"des\":\"XM68M6\",\"dis\":\"RA01.0\","
          + "\"nam\":\"A\",\"vd\":[{\"dvc\":\"2021-03-03\",\"seq\":1,\"ctr\":\"UTO\",\"adm\":\"R\","
          + "\"lot\":\"L\"},{\"dvc\":\"2021-05-01\",\"seq\":2,\"ctr\":\"UTO\",\"adm\":\"R\","
          + "\"lot\":\"L\"}]}]}}";
  private static final String TEST =
      "{\"hdr\":{\"is\":\"UTO\",\"t\":\"icao.test\",\"v\":1},\"msg\":{\"ucti\":\"U1\",\"dat\":{"
          + "\"sc\":\"2021-12-12T12:00:00+08:00\",\"ri\":\"2021-12-12T20:00:00+08:00\"},\"tr\":{"
          + "\"tc\":\"molecular(PCR)\",\"r\":\"negative\",\"m\":\"saliva\"}}}";

  private final HealthCode code = new HealthCode();

  private boolean wrap(String text) {
    final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return code.wrap(bytes, 0, bytes.length);
  }

  private void assertRefused(String field, String text) {
    assertFalse(wrap(text), text);
    assertEquals(field, code.field(), code.explanation());
  }

  /** The key that has signed the code at hand, or null. */
  private IssuerKey signer(TrustList trust) {
    final CodeSignatures signatures = new CodeSignatures(new BouncyCastleEngine(), 1);
    signatures.begin(trust);
    final int index = signatures.add(code);
    if (index < 0) {
      return null;
    }
    signatures.verify();
    return signatures.signer(index);
  }

  private static String corpus(String file) throws IOException {
    return Files.readString(TestCorpora.require("gdhcn").resolve(file)).strip();
  }

  // Seals

  private static TrustList authority(byte[] certificate) throws TrustException {
    return new TrustList(List.of(), List.of(TrustAuthority.of("authority", certificate)));
  }

  @Test
  void aSealOfAustraliaIsGenuineByItsOwnCertificateAndSaysOneDose()
      throws IOException, TrustException {
    assertTrue(wrap(corpus("ICAOAUQR1Contents.txt")), code.explanation());
    assertEquals(CodeFormat.VDS, code.format());
    final byte[] certificate =
        Arrays.copyOf(code.seal().certificate(), code.seal().certificateLength());
    final IssuerKey key = signer(Certificates.anchors("cer", certificate));
    assertNotNull(key);
    assertEquals("AU", key.issuer());
    assertEquals(HcertClaims.VACCINATION, key.hcertTypes());
    assertEquals(1, code.facts().doses());
    assertEquals(HcertClaims.VACCINATION, code.facts().types());
    assertEquals(ValidityFault.NONE, CodeValidity.check(code, key, NOW, 0));
    assertEquals(
        ValidityFault.OUTSIDE_CERTIFICATE,
        CodeValidity.check(code, key, key.notAfterEpochSeconds() + 1, 0));
    assertTrue(wrap(corpus("ICAOAUQR1Contents.txt").replace("1961", "1962")));
    assertNull(signer(Certificates.anchors("cer", certificate)));
  }

  @Test
  void aSealIsTrustedForItsCountrysAuthorityAndForNoOther() throws TrustException {
    final KeyPair csca = TestDocuments.keyPair("secp384r1");
    final KeyPair signer = TestDocuments.keyPair("secp256r1");
    final byte[] root = TestDocuments.certificate(csca, "C=UT,CN=CSCA", csca, "C=UT,CN=CSCA", "");
    final byte[] certificate =
        TestDocuments.certificate(signer, "C=UT,CN=DSC", csca, "C=UT,CN=CSCA", "NV");
    assertTrue(wrap(TestDocuments.seal(signer, certificate, VACCINATION)), code.explanation());
    final IssuerKey key = signer(authority(root));
    assertNotNull(key);
    assertEquals(ValidityFault.NONE, CodeValidity.check(code, key, NOW, 0));
    assertEquals(2, code.facts().doses());
    final KeyPair other = TestDocuments.keyPair("secp384r1");
    assertNull(
        signer(
            authority(TestDocuments.certificate(other, "C=UT,CN=CSCA", other, "C=UT,CN=CSCA", ""))),
        "an authority of the same name");
    assertNull(signer(TrustList.EMPTY));
    final byte[] foreign =
        TestDocuments.certificate(signer, "C=AU,CN=DSC", csca, "C=UT,CN=CSCA", "NV");
    assertTrue(wrap(TestDocuments.seal(signer, foreign, VACCINATION)));
    assertNull(signer(authority(root)), "a signer of another country than its authority's");
    assertTrue(wrap(TestDocuments.seal(signer, certificate, VACCINATION.replace("UTO", "AUS"))));
    assertNull(signer(authority(root)), "a seal in another country's name");
  }

  @Test
  void aSealSaysWhatItsCertificateMaySign() throws TrustException {
    final KeyPair csca = TestDocuments.keyPair("secp256r1");
    final KeyPair signer = TestDocuments.keyPair("secp256r1");
    final byte[] root = TestDocuments.certificate(csca, "C=UT,CN=CSCA", csca, "C=UT,CN=CSCA", "");
    final byte[] forTests =
        TestDocuments.certificate(signer, "C=UT,CN=DSC", csca, "C=UT,CN=CSCA", "NT");
    assertTrue(wrap(TestDocuments.seal(signer, forTests, TEST)), code.explanation());
    assertEquals(ValidityFault.NONE, CodeValidity.check(code, signer(authority(root)), NOW, 0));
    assertEquals(
        Instant.parse("2021-12-12T04:00:00Z").getEpochSecond() / 60,
        code.facts().negativeSampleEpochMinutes(TestKind.NAAT));
    assertTrue(wrap(TestDocuments.seal(signer, forTests, VACCINATION)));
    assertEquals(
        ValidityFault.OTHER_KEY_USAGE, CodeValidity.check(code, signer(authority(root)), NOW, 0));
    assertTrue(wrap(TestDocuments.seal(signer, root, TEST)));
    assertNull(signer(authority(root)), "an authority signs no seal itself");
  }

  @ParameterizedTest
  @CsvSource({
    "molecular(PCR), molecular(PCR), negative, false",
    "molecular(PCR), antigen, positive, true",
    "molecular(PCR), antibody, abnormal, true"
  })
  void resultsOfTestsAreUnderstood(String from, String kind, String result, boolean isPositive) {
    final KeyPair key = TestDocuments.keyPair("secp256r1");
    final byte[] certificate = TestDocuments.certificate(key, "C=UT", key, "C=UT", "NT");
    assertTrue(
        wrap(
            TestDocuments.seal(
                key, certificate, TEST.replace(from, kind).replace("negative", result))));
    assertEquals(isPositive, code.facts().isPositive());
    assertTrue(code.facts().isOfThisDisease());
    assertEquals(!kind.equals("antibody"), code.facts().isOfKnownKind());
  }

  @Test
  void whatIsNoSealIsRefusedByItsField() {
    final KeyPair key = TestDocuments.keyPair("secp256r1");
    final byte[] certificate = TestDocuments.certificate(key, "C=UT", key, "C=UT", "NV");
    final String seal = TestDocuments.seal(key, certificate, VACCINATION);
    assertRefused("json", "{");
    assertRefused("json", "{}");
    assertTrue(code.isUnsupported());
    assertRefused("t", seal.replace("icao.vacc", "icao.visa"));
    assertTrue(code.isUnsupported());
    assertRefused("v", seal.replace("\"v\":1", "\"v\":2"));
    assertTrue(code.isUnsupported());
    assertRefused("is", seal.replace("\"is\":\"UTO\"", "\"is\":\"UTOPIA\""));
    assertRefused("alg", seal.replace("ES256", "RS256"));
    assertTrue(code.isUnsupported());
    assertRefused("cer", seal.replace("\"cer\":\"", "\"cer\":\"!"));
    assertRefused("sigvl", seal.replace("\"sigvl\":\"", "\"sig\":\""));
    assertRefused("dvc", seal.replace("2021-05-01", "2021-02-30"));
    assertRefused("seq", seal.replace("\"seq\":2", "\"seq\":2.5"));
    assertRefused("ve", seal.replace("\"ve\":[", "\"xe\":["));
    assertRefused("json", seal + "x");
    assertRefused("data", seal.replace("\"uvci\":\"U1\"", "\"uvci\":1e999"));
  }

  // Cards

  private static String immunization(String cvx, String date) {
    return "{\"fullUrl\":\"resource:1\",\"resource\":{\"resourceType\":\"Immunization\",\"status\":"
        + "\"completed\",\"vaccineCode\":{\"coding\":[{\"system\":"
        + "\"http://hl7.org/fhir/sid/cvx\",\"code\":\""
        + cvx
        + "\"}]},\"occurrenceDateTime\":\""
        + date
        + "\"}}";
  }

  private static String observation(String loinc, String snomed) {
    return "{\"fullUrl\":\"resource:1\",\"resource\":{\"resourceType\":\"Observation\",\"status\":"
        + "\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\""
        + loinc
        + "\"}]},\"effectiveDateTime\":\"2021-12-31T12:00:00Z\",\"valueCodeableConcept\":{"
        + "\"coding\":[{\"system\":\"http://snomed.info/sct\",\"code\":\""
        + snomed
        + "\"}]}}}";
  }

  private static TrustList issuers(String issuer, KeyPair key) throws TrustException {
    return new TrustList(
        IssuerDirectory.read(
                "issuers",
                TestDocuments.keySet(issuer, (ECPublicKey) key.getPublic())
                    .toString()
                    .getBytes(StandardCharsets.UTF_8))
            .keys());
  }

  @Test
  void theSpecificationsExampleIsOfItsIssuersPublishedKey() throws IOException, TrustException {
    assertTrue(wrap(corpus("SHCQR1Contents.txt")), code.explanation());
    final String keys =
        "{\"iss\":\"https://spec.smarthealth.cards/examples/issuer\",\"keys\":[{\"kty\":\"EC\","
            + "\"kid\":\"3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s\",\"use\":\"sig\",\"alg\":"
            + "\"ES256\",\"crv\":\"P-256\",\"x\":\"11XvRWy1I2S0EyJlyf_bWfw_TQ5CJJNLw78bHXNxcgw\","
            + "\"y\":\"eZXwxvO1hvCY0KucrPfKo7yAyMT6Ajc3N7OkAB6VYy8\"}]}";
    final IssuerDirectory directory =
        IssuerDirectory.read("keys", keys.getBytes(StandardCharsets.UTF_8));
    assertEquals(List.of(), directory.skipped());
    final IssuerKey key = signer(new TrustList(directory.keys()));
    assertNotNull(key);
    assertEquals(ValidityFault.NONE, CodeValidity.check(code, key, NOW, 0));
    assertEquals(2, code.facts().doses(), "two days of vaccination");
    assertEquals(1_622_576_398, code.cwt().notBeforeEpochSeconds());
    assertNull(code.card().rid());
  }

  @Test
  void aCardIsOfTheIssuerThatItNamesAlone() throws TrustException {
    final KeyPair key = TestDocuments.keyPair("secp256r1");
    final String claims =
        TestDocuments.claims(ISSUER, NOW, CARD, immunization("207", "2021-01-01"));
    assertTrue(wrap("shc:/" + TestDocuments.digits(TestDocuments.jws(key, claims))));
    assertNotNull(signer(issuers(ISSUER, key)));
    assertNull(signer(issuers("https://other.example", key)), "the same key of another issuer");
    assertNull(signer(issuers(ISSUER, TestDocuments.keyPair("secp256r1"))));
    assertEquals(1, code.facts().doses());
    assertEquals(
        ValidityFault.NOT_BEFORE_IN_FUTURE,
        CodeValidity.check(code, signer(issuers(ISSUER, key)), NOW - 1, 0));
  }

  @Test
  void aCardExpiresWhereItSaysSoAndIsRevokedByItsRid() throws TrustException {
    final KeyPair key = TestDocuments.keyPair("secp256r1");
    final String claims =
        TestDocuments.claims(ISSUER, NOW, CARD, immunization("207", "2021-01-01"))
            .replace("\"vc\":{", "\"exp\":" + (NOW + 9) + ",\"vc\":{\"rid\":\"vwAjHdarZuc\",");
    assertTrue(wrap(TestDocuments.jws(key, claims)), code.explanation());
    assertEquals("vwAjHdarZuc", code.card().rid());
    final IssuerKey signer = signer(issuers(ISSUER, key));
    assertEquals(ValidityFault.NONE, CodeValidity.check(code, signer, NOW + 9, 0));
    assertEquals(ValidityFault.EXPIRED, CodeValidity.check(code, signer, NOW + 10, 0));
  }

  @Test
  void theFactsOfACardAreThoseOfItsBundle() {
    final KeyPair key = TestDocuments.keyPair("secp256r1");
    final String same = immunization("207", "2021-01-01");
    facts(key, same + "," + same + "," + immunization("208", "2021-02-01"));
    assertEquals(2, code.facts().doses(), "one day's dose told twice is one");
    facts(key, immunization("03", "2021-01-01"));
    assertFalse(code.facts().isOfThisDisease(), "measles");
    facts(key, same.replace("completed", "not-done"));
    assertEquals(0, code.facts().doses());
    facts(key, observation("94534-5", "260415000"));
    assertEquals(
        Instant.parse("2021-12-31T12:00:00Z").getEpochSecond() / 60,
        code.facts().negativeSampleEpochMinutes(TestKind.NAAT));
    facts(key, observation("94558-4", "10828004"));
    assertTrue(code.facts().isPositive());
    facts(key, observation("94558-4", "419984006"));
    assertEquals("tr", code.facts().fieldOutsideValueSets(), "inconclusive");
    facts(key, observation("94563-4", "10828004"));
    assertFalse(code.facts().isPositive(), "antibodies are no infection");
  }

  private void facts(KeyPair key, String resources) {
    final String claims = TestDocuments.claims(ISSUER, NOW, CARD, resources);
    assertTrue(wrap(TestDocuments.jws(key, claims)), code.field() + " " + code.explanation());
  }

  @Test
  void aCardThatWasCutIsWholeInAnyOrderAndNotWithoutAPart() {
    final KeyPair key = TestDocuments.keyPair("secp256r1");
    final String jws =
        TestDocuments.jws(
            key, TestDocuments.claims(ISSUER, NOW, CARD, immunization("207", "2021-01-01")));
    final int third = jws.length() / 3;
    final List<String> parts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      parts.add(
          "shc:/"
              + (i + 1)
              + "/3/"
              + TestDocuments.digits(
                  jws.substring(i * third, i == 2 ? jws.length() : (i + 1) * third)));
    }
    assertTrue(wrap(String.join("\n", parts.get(2), parts.get(0), parts.get(1))));
    assertRefused("part", parts.get(0));
    assertRefused("part", parts.get(0) + " " + parts.get(0));
    assertRefused("part", parts.get(0) + " " + parts.get(1).replace("/2/3/", "/2/2/"));
    final HealthCardParts together = new HealthCardParts();
    assertEquals(List.of(), together.take(parts.get(1)));
    assertEquals(List.of("GD1:A"), together.take("GD1:A"));
    assertEquals(List.of(), together.take("]Q1" + parts.get(2)));
    assertEquals(List.of(jws), together.take(parts.get(0)));
    assertEquals(List.of(), together.rest());
    assertEquals(List.of(), together.take(parts.get(1)));
    assertEquals(List.of(parts.get(1)), together.rest());
  }

  @Test
  void behindWhatIsDeflatedACardMayHaveZerosOrTheTrailerOfGzipThatFits() throws IOException {
    final KeyPair key = TestDocuments.keyPair("secp256r1");
    final String claims =
        TestDocuments.claims(ISSUER, NOW, CARD, immunization("207", "2021-01-01"));
    assertTrue(wrap(TestDocuments.jwsWithBehind(key, claims, new byte[9])), code.explanation());
    final ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(claims.getBytes(StandardCharsets.UTF_8));
    }
    final byte[] trailer =
        Arrays.copyOfRange(zipped.toByteArray(), zipped.size() - 8, zipped.size());
    assertTrue(wrap(TestDocuments.jwsWithBehind(key, claims, trailer)), code.explanation());
    for (int i = 0; i < trailer.length; i++) {
      final byte[] other = trailer.clone();
      other[i] ^= 1;
      assertRefused("deflate", TestDocuments.jwsWithBehind(key, claims, other));
      assertEquals("has bytes after its end", code.explanation());
    }
    assertRefused("deflate", TestDocuments.jwsWithBehind(key, claims, Arrays.copyOf(trailer, 9)));
    assertRefused("deflate", TestDocuments.jwsWithBehind(key, claims, Arrays.copyOf(trailer, 7)));
  }

  @Test
  void whatIsNoCardIsRefusedByItsField() {
    final KeyPair key = TestDocuments.keyPair("secp256r1");
    final String claims =
        TestDocuments.claims(ISSUER, NOW, CARD, immunization("207", "2021-01-01"));
    assertRefused("digits", "shc:/567");
    assertRefused("digits", "shc:/56A7");
    assertRefused("part", "shc:/1/0/56");
    assertRefused("part", "shc:/1/100/56");
    assertRefused("jws", "eyJhbGciOiJFUzI1NiJ9");
    assertRefused("signature", "eyJhbGciOiJFUzI1NiJ9.e30.!");
    assertRefused("header", "eyJ.e30.AAAA");
    assertRefused("iss", TestDocuments.jws(key, claims.replace("\"iss\"", "\"is\"")));
    assertRefused("nbf", TestDocuments.jws(key, claims.replace("\"nbf\":", "\"nbf\":-")));
    assertRefused("payload", TestDocuments.jws(key, claims + "]"));
    assertRefused(
        "occurrenceDateTime", TestDocuments.jws(key, claims.replace("2021-01-01", "2021")));
    assertRefused("type", TestDocuments.jws(key, claims.replace("#health-card", "#other")));
    assertTrue(code.isUnsupported());
    assertRefused("deflate", TestDocuments.bomb(key));
    assertEquals("inflates to more than 65536 bytes", code.explanation());
    assertRefused(
        "alg", TestDocuments.withHeader(key, "{\"zip\":\"DEF\",\"alg\":\"none\"}", claims));
    assertTrue(code.isUnsupported());
    assertRefused("zip", TestDocuments.withHeader(key, "{\"alg\":\"ES256\"}", claims));
    assertTrue(code.isUnsupported());
    assertRefused(
        "crit", TestDocuments.withHeader(key, "{\"crit\":[\"x\"],\"alg\":\"ES256\"}", claims));
    assertTrue(code.isUnsupported());
  }
}
