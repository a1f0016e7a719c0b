package gongbei.verifier.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.code.HealthCode;
import gongbei.codec.issue.HcertIssuer;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.status.StatusMap;
import gongbei.verifier.CertificateWithoutIat;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of the codes of foreign issuers, whose holders are in no map. */
final class ForeignCodesTest {
  private static final long NOW = 1_767_225_600L;
  private static final String DETECTED = "260373001";
  private static final String NOT_DETECTED = "260415000";

  private final SigningKey key =
      new KeyGeneration()
          .generate("XX", Instant.ofEpochSecond(NOW - 10), Instant.ofEpochSecond(NOW + 10));
  private final StatusMap map = StatusMap.inMemory(10);

  @AfterEach
  void closeMap() {
    map.close();
  }

  private static Ruleset rules(Ruleset.ForeignCodes foreign) {
    return new Ruleset(
        "metro", 1, false, 72, 3, foreign, 60_000, Ruleset.WhenStale.HOLD, Ruleset.Replays.HOLD);
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
        "'t':[{'tr':'" + result + "','sc':'" + Instant.ofEpochSecond(sampledAt) + "'}]",
        NOW - 5,
        NOW + 5);
  }

  private String doses(int doses) {
    return code("'v':[{'dn':" + doses + ",'sd':" + doses + "}]", NOW - 5, NOW + 5);
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
    final String tested = "'t':[{'tr':'260415000','sc':'2025-12-31T23:00:00Z'}]";
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
    assertVerdict(Reason.OK, Verdict.PASS, scan(tested, accept, HealthCode.HCERT_TEST, 0));
    final Scan wrong = scan(tested, accept, 7 & ~HealthCode.HCERT_TEST, 0);
    assertVerdict(Reason.REVOKED, Verdict.REFUSE, wrong);
    assertEquals("key-usage", wrong.field());
    assertVerdict(Reason.OK, Verdict.PASS, scan(doses(3), accept, HealthCode.HCERT_VACCINATION, 0));
    assertVerdict(Reason.REVOKED, Verdict.REFUSE, scan(doses(3), accept, HealthCode.HCERT_TEST, 0));
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
