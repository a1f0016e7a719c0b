package gongbei.verifier.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.code.HcertClaims;
import gongbei.codec.issue.HcertIssuer;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.map.StatusMap;
import gongbei.verifier.CertificateWithoutIat;
import gongbei.verifier.ForeignCertificates;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetException;
import gongbei.verifier.rules.RulesetReader;
import gongbei.verifier.rules.Verdict;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of the codes of foreign issuers, whose holders are in no map. */
final class ForeignCodesTest {
  private static final long NOW = 1_767_225_600L;
  private static final String DETECTED = "260373001";
  private static final String NOT_DETECTED = "260415000";

  private final SigningKey key =
      new KeyGeneration()
          .generate("XX", Instant.ofEpochSecond(NOW - 10), Instant.ofEpochSecond(NOW + 10));
  @AutoClose private final StatusMap map = StatusMap.inMemory(10);

  private static Ruleset rules(Ruleset.ForeignCodes foreign) {
    return new Ruleset(
        "metro",
        1,
        false,
        72,
        Ruleset.DEFAULT_TEST_KINDS,
        3,
        foreign,
        60_000,
        Ruleset.WhenStale.HOLD,
        Ruleset.Replays.HOLD,
        List.of());
  }

  private static IssuerKey allowed(IssuerKey key, int hcertTypes) {
    return new IssuerKey(
        key.issuer(),
        key.kid(),
        key.algorithm(),
        key.publicKey(),
        key.formats(),
        hcertTypes,
        key.notBeforeEpochSeconds(),
        key.notAfterEpochSeconds());
  }

  private Scan scan(String code, Ruleset rules, int hcertTypes, long skewSeconds) {
    final TrustList trust = new TrustList(List.of(allowed(key.issuerKey(), hcertTypes)));
    final Scan scan = new Scan().text(code).ruleset(rules).atEpochSeconds(Scan.NOW);
    new ScanEvaluator(
            new ScanEvaluator.Context()
                .trust(() -> trust)
                .engine(BouncyCastleEngine::new)
                .statusMap(map)
                .epochSeconds(() -> NOW)
                .dataAgeMillis(() -> 60_001)
                .clockSkewSeconds(skewSeconds)
                .batchCapacity(1))
        .evaluate(new Scan[] {scan}, 1);
    return scan;
  }

  private Scan scan(String code, Ruleset.ForeignCodes foreign) {
    return scan(code, rules(foreign), 7, 0);
  }

  private String code(String entries, long iat, long exp) {
    try {
      return new HcertIssuer(key)
          .issue(
              new ObjectMapper()
                  .readTree(
                      ("{'ver':'1.3.0','dob':'1970-01-01','nam':{'fnt':'A'}," + entries + "}")
                          .replace('\'', '"')),
              iat,
              exp);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private String test(String result, long sampledAt) {
    return code(
        "'t':[{'tg':'840539006','tt':'LP6464-4','tr':'"
            + result
            + "','sc':'"
            + Instant.ofEpochSecond(sampledAt)
            + "'}]",
        NOW - 5,
        NOW + 5);
  }

  private String doses(int doses) {
    return code(
        "'v':[{'tg':'840539006','dt':'2021-06-01','dn':" + doses + ",'sd':" + doses + "}]",
        NOW - 5,
        NOW + 5);
  }

  private static void assertVerdict(Reason reason, Verdict verdict, Scan scan) {
    assertEquals(reason, scan.reason());
    assertEquals(verdict, scan.verdict());
    assertEquals(Scan.COLOUR_UNKNOWN, scan.colour());
  }

  @Test
  void whereTheyAreAcceptedTheirOwnTestCounts() {
    final Ruleset.ForeignCodes accept = Ruleset.ForeignCodes.ACCEPT;
    assertVerdict(Reason.OK, Verdict.PASS, scan(test(NOT_DETECTED, NOW - 3_600), accept));
    assertVerdict(Reason.OK, Verdict.PASS, scan(test(NOT_DETECTED, NOW - 72 * 3_600), accept));
    assertVerdict(
        Reason.TEST_TOO_OLD,
        Verdict.REFUSE,
        scan(test(NOT_DETECTED, NOW - 72 * 3_600 - 60), accept));
    assertVerdict(
        Reason.TEST_MISSING, Verdict.HOLD, scan(test(NOT_DETECTED, NOW + 6 * 60), accept));
    assertVerdict(Reason.POSITIVE_TEST, Verdict.REFUSE, scan(test(DETECTED, NOW - 60), accept));
    assertVerdict(Reason.TEST_MISSING, Verdict.HOLD, scan(doses(2), accept));
    assertVerdict(Reason.OK, Verdict.PASS, scan(doses(3), accept));
  }

  @Test
  void whereTheyAreNotAcceptedAPersonIsAskedOrTheyAreTurnedAway() {
    final String good = test(NOT_DETECTED, NOW - 3_600);
    assertVerdict(Reason.UNKNOWN_SUBJECT, Verdict.HOLD, scan(good, Ruleset.ForeignCodes.HOLD));
    assertVerdict(Reason.UNKNOWN_SUBJECT, Verdict.REFUSE, scan(good, Ruleset.ForeignCodes.REFUSE));
    final String positive = test(DETECTED, NOW - 3_600);
    for (final Ruleset.ForeignCodes foreign : Ruleset.ForeignCodes.values()) {
      assertVerdict(Reason.POSITIVE_TEST, Verdict.REFUSE, scan(positive, foreign));
    }
  }

  @Test
  void theyHoldThroughTheirLastSecond() {
    final String tested =
        "'t':[{'tg':'840539006','tt':'LP6464-4','tr':'260415000','sc':'2025-12-31T23:00:00Z'}]";
    final Ruleset.ForeignCodes accept = Ruleset.ForeignCodes.ACCEPT;
    assertVerdict(Reason.OK, Verdict.PASS, scan(code(tested, NOW, NOW), accept));
    final Scan past = scan(code(tested, NOW - 9, NOW - 1), accept);
    assertVerdict(Reason.EXPIRED, Verdict.REFUSE, past);
    assertEquals("exp", past.field());
    final Scan early = scan(code(tested, NOW + 1, NOW + 9), accept);
    assertVerdict(Reason.NOT_YET_VALID, Verdict.REFUSE, early);
    assertEquals("iat", early.field());
    assertVerdict(
        Reason.OK, Verdict.PASS, scan(code(tested, NOW + 5, NOW + 9), rules(accept), 7, 5));
  }

  @Test
  void aKeySignsTheTypesThatItsCertificateNamesAlone() {
    final String tested = test(NOT_DETECTED, NOW - 3_600);
    final Ruleset accept = rules(Ruleset.ForeignCodes.ACCEPT);
    assertVerdict(Reason.OK, Verdict.PASS, scan(tested, accept, HcertClaims.TEST, 0));
    final Scan wrong = scan(tested, accept, 7 & ~HcertClaims.TEST, 0);
    assertVerdict(Reason.REVOKED, Verdict.REFUSE, wrong);
    assertEquals("key-usage", wrong.field());
    assertVerdict(Reason.OK, Verdict.PASS, scan(doses(3), accept, HcertClaims.VACCINATION, 0));
    assertVerdict(Reason.REVOKED, Verdict.REFUSE, scan(doses(3), accept, HcertClaims.TEST, 0));
  }

  private static Ruleset read(String settings) {
    try {
      return RulesetReader.read(
          "test", new ByteArrayInputStream(settings.getBytes(StandardCharsets.UTF_8)));
    } catch (RulesetException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Ruleset taking(String testKinds) {
    return read(
        "{name: gate, version: 1, allowedColours: [green], foreignCodes: accept,"
            + " testWithinHours: 24"
            + testKinds
            + "}");
  }

  private static Ruleset open() {
    return read("{name: open, version: 1, allowedColours: [green], foreignCodes: accept}");
  }

  private void assertFound(
      Reason reason, Verdict verdict, String field, String certificate, Ruleset rules) {
    final Scan scan = scan(issue(certificate), rules, 7, 0);
    assertVerdict(reason, verdict, scan);
    assertEquals(field, scan.field());
    assertEquals(field == null, scan.explanation() == null);
  }

  private String issue(String certificate) {
    return issue(key, certificate);
  }

  private static String issue(SigningKey by, String certificate) {
    try {
      return new HcertIssuer(by).issue(new ObjectMapper().readTree(certificate), NOW - 5, NOW + 5);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', LP6464-4, ok",
    "'', LP217198-3, test-missing",
    "'', a test, test-missing",
    "', testKinds: [naat]', LP6464-4, ok",
    "', testKinds: [naat]', LP217198-3, test-missing",
    "', testKinds: [rat]', LP6464-4, test-missing",
    "', testKinds: [rat]', LP217198-3, ok",
    "', testKinds: [naat, rat]', LP6464-4, ok",
    "', testKinds: [naat, rat]', LP217198-3, ok",
    "', testKinds: [naat, rat]', a test, test-missing",
    "', testKinds: [naat, rat]', '', test-missing"
  })
  void theKindsOfTestThatARulesetTakesCount(String testKinds, String kind, String reason) {
    final boolean isOk = reason.equals("ok");
    assertFound(
        isOk ? Reason.OK : Reason.TEST_MISSING,
        isOk ? Verdict.PASS : Verdict.HOLD,
        isOk ? null : "tt",
        ForeignCertificates.test(kind, NOT_DETECTED, "2025-12-31T23:00:00Z"),
        taking(testKinds));
  }

  @Test
  void aPositiveTestOfAnyKindIsOne() {
    for (final String kind : List.of("LP6464-4", "LP217198-3", "a test")) {
      final String positive = ForeignCertificates.test(kind, DETECTED, "2025-12-31T23:00:00Z");
      assertFound(Reason.POSITIVE_TEST, Verdict.REFUSE, null, positive, taking(""));
      assertFound(Reason.POSITIVE_TEST, Verdict.REFUSE, null, positive, open());
    }
  }

  @Test
  void whereNoTestIsWantedOneOfAnyKindThatIsKnownWillDo() {
    assertFound(
        Reason.OK,
        Verdict.PASS,
        null,
        ForeignCertificates.test("LP217198-3", NOT_DETECTED, "2025-12-31T23:00:00Z"),
        open());
    assertFound(
        Reason.TEST_MISSING,
        Verdict.HOLD,
        "tt",
        ForeignCertificates.test("LP217198-9", NOT_DETECTED, "2025-12-31T23:00:00Z"),
        open());
  }

  @Test
  void aValueThatNoValueSetHasIsMalformedToRulesWhoeverSignedIt() {
    final SigningKey stranger =
        new KeyGeneration()
            .generate("XY", Instant.ofEpochSecond(NOW - 10), Instant.ofEpochSecond(NOW + 10));
    final List<String> unknown =
        List.of(
            ForeignCertificates.test("LP6464-4", "", "2025-12-31T23:00:00Z"),
            ForeignCertificates.test("LP6464-4", "260415001", "2025-12-31T23:00:00Z"),
            ForeignCertificates.vaccination(0),
            ForeignCertificates.vaccination(100),
            ForeignCertificates.vaccination(3).replace("\"sd\":3", "\"sd\":0"),
            ForeignCertificates.vaccination(3).replace("\"sd\":3", "\"sd\":-1"));
    final List<String> fields = List.of("tr", "tr", "dn", "dn", "sd", "sd");
    for (int i = 0; i < unknown.size(); i++) {
      for (final Ruleset rules : List.of(open(), taking(""), rules(Ruleset.ForeignCodes.REFUSE))) {
        assertFound(Reason.MALFORMED, Verdict.REFUSE, fields.get(i), unknown.get(i), rules);
      }
      final Scan signatureAlone = scan(issue(unknown.get(i)), null, 7, 0);
      assertVerdict(Reason.OK, Verdict.PASS, signatureAlone);
      final String strangers = issue(stranger, unknown.get(i));
      assertVerdict(Reason.UNKNOWN_ISSUER, Verdict.REFUSE, scan(strangers, null, 7, 0));
      assertVerdict(Reason.MALFORMED, Verdict.REFUSE, scan(strangers, open(), 7, 0));
    }
  }

  @Test
  void whatIsYetToHappenCountsNowhere() {
    for (final Ruleset rules : List.of(open(), taking(""))) {
      assertFound(
          Reason.TEST_MISSING,
          Verdict.HOLD,
          "sc",
          ForeignCertificates.test("LP6464-4", NOT_DETECTED, "2026-01-01T00:06:00Z"),
          rules);
      assertFound(
          Reason.OK,
          Verdict.PASS,
          null,
          ForeignCertificates.test("LP6464-4", NOT_DETECTED, "2026-01-01T00:05:00Z"),
          rules);
    }
    final String dose = ForeignCertificates.vaccination(3);
    assertFound(Reason.OK, Verdict.PASS, null, dose.replace("2021-06-01", "2026-01-01"), open());
    assertFound(
        Reason.TEST_MISSING,
        Verdict.HOLD,
        "dt",
        dose.replace("2021-06-01", "2026-01-02"),
        rules(Ruleset.ForeignCodes.ACCEPT));
    assertFound(
        Reason.TEST_MISSING,
        Verdict.HOLD,
        "fr",
        ForeignCertificates.of("'r':[{'tg':'840539006','fr':'2026-01-02'}]"),
        open());
  }

  @Test
  void aCertificateAboutAnotherDiseaseIsNoneOfThisOne() {
    final Ruleset rules = rules(Ruleset.ForeignCodes.ACCEPT);
    for (final String other : List.of("6142004", "", "840539006 ")) {
      for (final String certificate :
          List.of(
              ForeignCertificates.vaccination(3),
              ForeignCertificates.test("LP6464-4", NOT_DETECTED, "2025-12-31T23:00:00Z"),
              ForeignCertificates.test("LP6464-4", DETECTED, "2025-12-31T23:00:00Z"))) {
        final String about = certificate.replace("840539006", other);
        assertFound(Reason.TEST_MISSING, Verdict.HOLD, "tg", about, rules);
        assertFound(Reason.TEST_MISSING, Verdict.HOLD, "tg", about, open());
      }
    }
  }

  private static String entry(String kind, String result, String sampled) {
    return "{'tg':'840539006','tt':'" + kind + "','tr':'" + result + "','sc':'" + sampled + "'}";
  }

  @Test
  void ofSeveralEntriesEachIsReadAndAPositiveOneCounts() {
    final List<List<String>> each =
        List.of(
            List.of(NOT_DETECTED, "LP6464-4", NOT_DETECTED, "ok"),
            List.of(NOT_DETECTED, "LP217198-3", NOT_DETECTED, "ok"),
            List.of(NOT_DETECTED, "LP6464-4", DETECTED, "positive-test"),
            List.of(DETECTED, "LP6464-4", NOT_DETECTED, "positive-test"),
            List.of(NOT_DETECTED, "LP6464-4", "", "malformed"));
    for (final List<String> tests : each) {
      final String certificate =
          ForeignCertificates.of(
              "'t':["
                  + entry("LP6464-4", tests.get(0), "2025-12-31T23:00:00Z")
                  + ","
                  + entry(tests.get(1), tests.get(2), "2025-12-20T00:00:00Z")
                  + "]");
      assertEquals(
          tests.get(3),
          scan(issue(certificate), taking(""), 7, 0).reason().wireName(),
          certificate);
    }
  }

  @Test
  void aCodeWithoutATimeOfIssueHoldsFromTheSecondThatItNames() throws IOException {
    final Ruleset accept = rules(Ruleset.ForeignCodes.ACCEPT);
    assertVerdict(Reason.OK, Verdict.PASS, scan(notBefore(NOW), accept, 7, 0));
    final Scan early = scan(notBefore(NOW + 1), accept, 7, 0);
    assertVerdict(Reason.NOT_YET_VALID, Verdict.REFUSE, early);
    assertEquals("nbf", early.field());
    assertVerdict(Reason.OK, Verdict.PASS, scan(notBefore(NOW + 5), accept, 7, 5));
    assertVerdict(Reason.NOT_YET_VALID, Verdict.REFUSE, scan(notBefore(NOW + 6), accept, 7, 5));
  }

  @Test
  void aCodeThatNamesNoKeyByEightBytesIsOfNoKnownIssuer() throws IOException {
    final Scan scan = scan(notBefore(NOW, new byte[7]), rules(Ruleset.ForeignCodes.ACCEPT), 7, 0);
    assertVerdict(Reason.UNKNOWN_ISSUER, Verdict.REFUSE, scan);
    assertEquals("kid", scan.field());
  }

  private String notBefore(long second) throws IOException {
    return notBefore(second, ByteBuffer.allocate(8).putLong(key.issuerKey().kid()).array());
  }

  private String notBefore(long second, byte[] kid) throws IOException {
    return CertificateWithoutIat.of(key, kid, second, NOW + 50);
  }
}
