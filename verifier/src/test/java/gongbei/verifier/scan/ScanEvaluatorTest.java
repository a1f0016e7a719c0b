package gongbei.verifier.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.signature.SignatureEngine;
import gongbei.codec.signature.Sm3;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.machine.StatusStateMachine;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.testing.Allocations;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.rules.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ScanEvaluatorTest {
  private static final long NOW = 1_767_225_600L;
  private static final Subject ANN = new Subject(1, 1);

  private final SigningKey key =
      new KeyGeneration()
          .generate("GD", Instant.ofEpochSecond(NOW - 1_000), Instant.ofEpochSecond(NOW + 1_000));
  private final SigningKey next =
      new KeyGeneration()
          .generate("GD", Instant.ofEpochSecond(NOW), Instant.ofEpochSecond(NOW + 2_000));
  private final Ruleset metro = RulesetStore.shipped().current().find("metro");
  @AutoClose private final StatusMap map = StatusMap.inMemory(100);
  private final List<IssuerKey> trusted = new ArrayList<>();

  @BeforeEach
  void fillMap() {
    new StatusStateMachine(map)
        .apply(
            StatusCommand.SetStatus.of(ANN)
                .colour(Colour.GREEN)
                .test(TestResult.NEGATIVE, (int) (NOW / 60) - 60)
                .build());
    trusted.add(key.issuerKey());
  }

  private ScanEvaluator evaluator(long dataAgeMillis, int skewSeconds) {
    return new ScanEvaluator(
        new ScanEvaluator.Context()
            .trust(() -> new TrustList(trusted))
            .engine(BouncyCastleEngine::new)
            .statusMap(map)
            .epochSeconds(() -> NOW)
            .dataAgeMillis(() -> dataAgeMillis)
            .clockSkewSeconds(skewSeconds)
            .batchCapacity(8));
  }

  private static String code(SigningKey by, long iat, long exp) {
    return new CodeIssuer(CodeFormat.GD1, by)
        .issue(
            CodeClaims.of(CodeKind.PERSON, ANN.toBytes())
                .colour(Colour.GREEN)
                .serial(new byte[8])
                .validity(iat, exp)
                .build());
  }

  private static Scan scanOf(String code, Ruleset rules) {
    return new Scan().text(code).ruleset(rules).atEpochSeconds(Scan.NOW);
  }

  private static Reason reason(ScanEvaluator evaluator, String code, Ruleset rules) {
    final Scan scan = scanOf(code, rules);
    evaluator.evaluate(new Scan[] {scan}, 1);
    return scan.reason();
  }

  @Test
  void aBatchIsJudgedScanByScan() {
    final ScanEvaluator evaluator = evaluator(0, 0);
    final String good = code(key, NOW, NOW + 60);
    final Scan[] batch = {
      scanOf(good, metro),
      scanOf("", metro),
      scanOf(
          good.substring(0, 50) + (good.charAt(50) == '0' ? '1' : '0') + good.substring(51), metro),
      scanOf(code(next, NOW, NOW + 60), metro),
      scanOf(code(key, NOW - 60, NOW), metro),
      scanOf(good, null)
    };
    evaluator.evaluate(batch, batch.length);
    assertEquals(Reason.OK, batch[0].reason());
    assertEquals(Verdict.PASS, batch[0].verdict());
    assertEquals(1, batch[0].mapVersion());
    assertEquals(0, batch[0].colour());
    assertEquals(Reason.MALFORMED, batch[1].reason());
    assertEquals("code", batch[1].field());
    assertTrue(batch[2].verdict() == Verdict.REFUSE);
    assertEquals(Reason.UNKNOWN_ISSUER, batch[3].reason());
    assertEquals(Reason.EXPIRED, batch[4].reason());
    assertEquals(Reason.OK, batch[5].reason());
    assertEquals(Scan.COLOUR_UNKNOWN, batch[5].colour(), "the map was not asked");
    assertNull(batch[0].field());
  }

  @Test
  void timesHoldToTheSecond() {
    final ScanEvaluator exact = evaluator(0, 0);
    assertEquals(Reason.OK, reason(exact, code(key, NOW, NOW + 1), metro));
    assertEquals(Reason.EXPIRED, reason(exact, code(key, NOW - 1, NOW), metro));
    assertEquals(Reason.NOT_YET_VALID, reason(exact, code(key, NOW + 1, NOW + 60), metro));
    final ScanEvaluator lenient = evaluator(0, 5);
    assertEquals(Reason.OK, reason(lenient, code(key, NOW + 5, NOW + 60), metro));
    assertEquals(Reason.NOT_YET_VALID, reason(lenient, code(key, NOW + 6, NOW + 60), metro));
  }

  @Test
  void aKeySignsForItsOwnPeriodAndTheNextOneTakesOver() {
    trusted.add(next.issuerKey());
    final ScanEvaluator evaluator = evaluator(0, 0);
    assertEquals(Reason.OK, reason(evaluator, code(key, NOW - 1, NOW + 60), metro));
    assertEquals(Reason.OK, reason(evaluator, code(next, NOW, NOW + 60), metro));
    assertEquals(Reason.REVOKED, reason(evaluator, code(next, NOW - 1, NOW + 60), metro));
  }

  @Test
  void ofKeysThatShareAKidTheOneThatSignedIsFound() {
    final SigningKey clash =
        new SigningKey(
            new IssuerKey(
                "GD",
                key.issuerKey().kid(),
                next.issuerKey().algorithm(),
                next.issuerKey().publicKey(),
                next.issuerKey().formats(),
                7,
                0,
                Long.MAX_VALUE),
            next.certificate(),
            next.privateKey());
    trusted.add(0, clash.issuerKey());
    final ScanEvaluator evaluator = evaluator(0, 0);
    assertEquals(Reason.OK, reason(evaluator, code(key, NOW, NOW + 60), metro));
    assertEquals(Reason.OK, reason(evaluator, code(clash, NOW, NOW + 60), metro));
    trusted.remove(0);
    assertEquals(Reason.BAD_SIGNATURE, reason(evaluator, code(clash, NOW, NOW + 60), metro));
  }

  @Test
  void aCodeIsRevokedWhereItWasIssuedBeforeThatSecond() {
    final ScanEvaluator evaluator = evaluator(0, 0);
    new StatusStateMachine(map).apply(new StatusCommand.Revoke(ANN, NOW - 5));
    assertEquals(Reason.REVOKED, reason(evaluator, code(key, NOW - 6, NOW + 60), metro));
    assertEquals(Reason.OK, reason(evaluator, code(key, NOW - 5, NOW + 60), metro));
  }

  @Test
  void nobodyPassesByTheCodeOfSomebodyDeceased() {
    new StatusStateMachine(map)
        .apply(
            StatusCommand.SetStatus.of(ANN)
                .colour(Colour.GREEN)
                .test(TestResult.NEGATIVE, (int) (NOW / 60) - 60)
                .flags(StatusRecord.DECEASED)
                .build());
    final Scan scan = scanOf(code(key, NOW, NOW + 60), metro);
    evaluator(0, 0).evaluate(new Scan[] {scan}, 1);
    assertEquals(Reason.REVOKED, scan.reason());
    assertEquals(Verdict.REFUSE, scan.verdict());
  }

  @Test
  void aCodeIsJudgedAtTheSecondThatTheScanSays() {
    final ScanEvaluator evaluator = evaluator(0, 0);
    final Scan scan = scanOf(code(key, NOW - 600, NOW - 540), metro).atEpochSeconds(NOW - 541);
    evaluator.evaluate(new Scan[] {scan}, 1);
    assertEquals(Reason.OK, scan.reason());
    scan.atEpochSeconds(NOW - 540);
    evaluator.evaluate(new Scan[] {scan}, 1);
    assertEquals(Reason.EXPIRED, scan.reason());
    assertEquals("exp", scan.field());
    assertEquals("is past", scan.explanation());
  }

  @Test
  void aScanUsedAgainKnowsNothingOfTheOneBefore() {
    final ScanEvaluator stale = evaluator(60_001, 0);
    final Scan scan = scanOf(code(key, NOW, NOW + 60), metro);
    stale.evaluate(new Scan[] {scan}, 1);
    assertEquals(key.issuerKey(), scan.issuerKey());
    scan.text("GD1:BAD");
    stale.evaluate(new Scan[] {scan}, 1);
    assertEquals(Reason.MALFORMED, scan.reason());
    assertNull(scan.issuerKey());
    assertEquals(Scan.COLOUR_UNKNOWN, scan.colour());
    assertEquals(0, scan.mapVersion());
    assertEquals(0, scan.dataAgeMillis());
    assertFalse(scan.stale());
    scan.text(code(key, NOW, NOW + 60)).ruleset(null);
    stale.evaluate(new Scan[] {scan}, 1);
    assertEquals(Reason.OK, scan.reason());
    assertNull(scan.field());
    assertNull(scan.explanation());
  }

  @Test
  void theSignatureOfOneScanIsNoneOfItsNeighbours() {
    final SigningKey forger = new SigningKey(key.issuerKey(), key.certificate(), next.privateKey());
    final Scan[] batch = {
      scanOf(code(key, NOW, NOW + 60), metro),
      scanOf(code(forger, NOW, NOW + 60), metro),
      scanOf(code(key, NOW, NOW + 60), metro)
    };
    evaluator(0, 0).evaluate(batch, batch.length);
    assertEquals(Reason.OK, batch[0].reason());
    assertEquals(Reason.BAD_SIGNATURE, batch[1].reason());
    assertEquals("signature", batch[1].field());
    assertEquals(Reason.OK, batch[2].reason());
  }

  private static String groupCode(SigningKey by, byte[] members) {
    final byte[] digest = new byte[Sm3.DIGEST_BYTES];
    final Sm3 sm3 = new Sm3();
    sm3.update(members, 0, members.length);
    sm3.digest(digest, 0);
    return new CodeIssuer(CodeFormat.GD1, by)
        .issue(
            CodeClaims.of(CodeKind.GROUP, new Subject(9, 9).toBytes())
                .colour(Colour.GREEN)
                .serial(new byte[8])
                .group(members.length / Subject.BYTES, digest)
                .validity(NOW, NOW + 60)
                .build());
  }

  /** The reason for a group of Ann, where the map stops serving after so many times it is asked. */
  private Scan groupOf(byte[] members, int timesServing) {
    final TrustList trust = new TrustList(trusted);
    final int[] asked = {0};
    final ScanEvaluator evaluator =
        new ScanEvaluator(
            new ScanEvaluator.Context()
                .trust(() -> trust)
                .engine(BouncyCastleEngine::new)
                .statusMap(map)
                .groups(() -> (buffer, offset) -> members)
                .isServing(() -> asked[0]++ < timesServing)
                .epochSeconds(() -> NOW));
    final Scan scan = scanOf(groupCode(key, ANN.toBytes()), metro);
    evaluator.evaluate(new Scan[] {scan}, 1);
    return scan;
  }

  @Test
  void aGroupIsNotAnsweredFromAMapThatIsBeingMadeAnew() {
    final Scan whole = groupOf(ANN.toBytes(), 2);
    assertEquals(Reason.OK, whole.reason());
    assertEquals(1, whole.group().size());
    assertEquals(0, whole.colour());
    assertEquals(Reason.BUSY, groupOf(ANN.toBytes(), 0).reason(), "when the group is looked up");
    final Scan late = groupOf(ANN.toBytes(), 1);
    assertEquals(Reason.BUSY, late.reason(), "when its members are");
    assertEquals(0, late.group().size());
    assertEquals(Scan.COLOUR_UNKNOWN, late.colour());
  }

  @Test
  void aGroupThatIsNotAsItsCodeSaysIsRefusedByItsField() {
    final Scan none = groupOf(null, 2);
    assertEquals(Reason.UNKNOWN_SUBJECT, none.reason());
    assertEquals("group", none.field());
    final Scan dissolved = groupOf(new byte[0], 2);
    assertEquals(Reason.REVOKED, dissolved.reason());
    assertEquals("group", dissolved.field());
    final Scan changed = groupOf(new byte[16], 2);
    assertEquals(Reason.REVOKED, changed.reason());
    assertEquals("groupDigest", changed.field());
  }

  @Test
  void aMemberWhomTheMapDoesNotKnowHoldsTheGroupUp() {
    final byte[] members = new byte[2 * Subject.BYTES];
    ANN.write(members, 0);
    final TrustList trust = new TrustList(trusted);
    final Scan scan = scanOf(groupCode(key, members), metro);
    new ScanEvaluator(
            new ScanEvaluator.Context()
                .trust(() -> trust)
                .engine(BouncyCastleEngine::new)
                .statusMap(map)
                .groups(() -> (buffer, offset) -> members)
                .epochSeconds(() -> NOW))
        .evaluate(new Scan[] {scan}, 1);
    assertEquals(Reason.UNKNOWN_SUBJECT, scan.reason());
    assertEquals(2, scan.group().size());
    assertEquals(1, scan.group().unknown());
    assertEquals(1, scan.group().colour(0));
    assertEquals(1, scan.group().heldUpByCount());
    assertEquals(2, scan.group().heldUpBy(0));
    assertEquals(1, scan.group().reason(Reason.UNKNOWN_SUBJECT));
  }

  private static Ruleset replaysAre(Ruleset.Replays replays) {
    return new Ruleset(
        "gate",
        1,
        false,
        0,
        Ruleset.DEFAULT_TEST_KINDS,
        0,
        Ruleset.ForeignCodes.HOLD,
        60_000,
        Ruleset.WhenStale.HOLD,
        replays,
        List.of());
  }

  private Scan shown(ScanEvaluator evaluator, String code, Ruleset rules, String place) {
    final Scan scan = scanOf(code, rules).place(place);
    evaluator.evaluate(new Scan[] {scan}, 1);
    return scan;
  }

  private String serial(CodeKind kind, int serial) {
    return new CodeIssuer(CodeFormat.GD1, key)
        .issue(
            CodeClaims.of(kind, ANN.toBytes())
                .colour(Colour.GREEN)
                .serial(new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) serial})
                .origin(kind == CodeKind.TRANSLATED ? "MO" : null)
                .validity(NOW, NOW + 60)
                .build());
  }

  @Test
  void aScreenShownAtASecondPlaceIsHeldWhereTheRulesLookForIt() {
    final ScanEvaluator fresh = evaluator(0, 0);
    final Ruleset hold = replaysAre(Ruleset.Replays.HOLD);
    for (final CodeKind kind : List.of(CodeKind.PERSON, CodeKind.TRANSLATED)) {
      final String code = serial(kind, kind.number() + 1);
      assertEquals(Reason.OK, shown(fresh, code, hold, "gate/1").reason());
      assertEquals(Reason.OK, shown(fresh, code, hold, "gate/1").reason(), "the same place");
      final Scan second = shown(fresh, code, hold, "gate/2");
      assertEquals(Reason.REPLAYED, second.reason());
      assertEquals(Verdict.HOLD, second.verdict());
      assertEquals(0, second.colour());
      assertEquals(
          Reason.OK,
          shown(fresh, code, replaysAre(Ruleset.Replays.IGNORE), "gate/2").reason(),
          "where nobody looks for it");
    }
    final String paper = serial(CodeKind.PAPER, 9);
    assertEquals(Reason.OK, shown(fresh, paper, hold, "gate/1").reason());
    assertEquals(Reason.OK, shown(fresh, paper, hold, "gate/2").reason());
  }

  @Test
  void aReplayComesBeforeStaleDataAndAfterWhatIsWorse() {
    final ScanEvaluator stale = evaluator(60_001, 0);
    final Ruleset hold = replaysAre(Ruleset.Replays.HOLD);
    final String code = serial(CodeKind.PERSON, 1);
    assertEquals(Reason.STALE, shown(stale, code, hold, "gate/1").reason());
    assertEquals(Reason.REPLAYED, shown(stale, code, hold, "gate/2").reason());
    new StatusStateMachine(map).apply(StatusCommand.SetStatus.of(ANN).colour(Colour.RED).build());
    assertEquals(Reason.RED, shown(stale, code, hold, "gate/2").reason());
  }

  @Test
  void aScanKeepsWhatItsAskerPutIntoIt() {
    final byte[] ascii = "-gate/1-".getBytes(StandardCharsets.US_ASCII);
    final Scan scan = new Scan().correlationId(7).connectionId(8).acceptedNanos(9);
    assertEquals(7, scan.correlationId());
    assertEquals(8, scan.connectionId());
    assertEquals(9, scan.acceptedNanos());
    final int place = scan.place("gate/1").place();
    assertEquals(place, scan.place(ascii, 1, 6).place());
    assertNotEquals(place, scan.place("gate/2").place());
    assertNotEquals(place, scan.place("1/gate").place());
    // 31 * 'a' + 'p' is 31 * 'c' + '2', by which String.hashCode takes the two for one.
    assertEquals("gate/ap".hashCode(), "gate/c2".hashCode());
    assertNotEquals(scan.place("gate/ap").place(), scan.place("gate/c2").place());
    final ScanListener listener =
        new ScanListener() {
          @Override
          public void onVerdict(Scan each) {}

          @Override
          public void onBatchEnd() {}
        };
    assertEquals(listener, scan.listener(listener).listener());
    assertEquals(4_296, scan.length(4_296).length());
    assertFalse(scan.isOverlong());
    assertEquals(0, scan.length(4_297).length());
    assertTrue(scan.isOverlong());
    assertEquals(8, evaluator(0, 0).batchCapacity());
  }

  @Test
  void aTextLongerThanAnyQrCodeIsRefusedByItsField() {
    final ScanEvaluator evaluator = evaluator(0, 0);
    final Scan longest = scanOf("GD1:" + "0".repeat(4_292), metro);
    final Scan over = scanOf("GD1:" + "0".repeat(4_293), metro);
    evaluator.evaluate(new Scan[] {longest, over}, 2);
    assertEquals(Reason.MALFORMED, longest.reason());
    assertNotEquals("is longer than 4296 characters", longest.explanation());
    assertEquals(Reason.MALFORMED, over.reason());
    assertEquals("code", over.field());
    assertEquals("is longer than 4296 characters", over.explanation());
  }

  @Test
  void staleDataIsFlaggedAndTheRulesDecide() {
    final ScanEvaluator stale = evaluator(60_001, 0);
    final Scan scan = scanOf(code(key, NOW, NOW + 60), metro);
    stale.evaluate(new Scan[] {scan}, 1);
    assertEquals(Reason.OK, scan.reason());
    assertTrue(scan.stale());
    assertEquals(60_001, scan.dataAgeMillis());
    final Ruleset hospital = RulesetStore.shipped().current().find("hospital");
    assertEquals(Reason.STALE, reason(stale, code(key, NOW, NOW + 60), hospital));
  }

  @Test
  void aMapThatIsBeingMadeAnewAnswersNothingOfAnyHolder() {
    final TrustList trust = new TrustList(trusted);
    final boolean[] isServing = {false};
    final ScanEvaluator evaluator =
        new ScanEvaluator(
            new ScanEvaluator.Context()
                .trust(() -> trust)
                .engine(BouncyCastleEngine::new)
                .statusMap(map)
                .isServing(() -> isServing[0])
                .epochSeconds(() -> NOW));
    final String unknown =
        new CodeIssuer(CodeFormat.GD1, key)
            .issue(
                CodeClaims.of(CodeKind.PERSON, new Subject(77, 77).toBytes())
                    .colour(Colour.GREEN)
                    .serial(new byte[8])
                    .validity(NOW, NOW + 60)
                    .build());
    assertEquals(Reason.BUSY, reason(evaluator, code(key, NOW, NOW + 60), metro));
    assertEquals(Reason.BUSY, reason(evaluator, unknown, metro));
    assertEquals(Reason.EXPIRED, reason(evaluator, code(key, NOW - 120, NOW - 60), metro));
    isServing[0] = true;
    assertEquals(Reason.OK, reason(evaluator, code(key, NOW, NOW + 60), metro));
    assertEquals(Reason.UNKNOWN_SUBJECT, reason(evaluator, unknown, metro));
  }

  @Test
  void aScanAllocatesNothingButWhatTheSignatureEngineDoes() {
    final TrustList trust = new TrustList(trusted);
    final ScanEvaluator evaluator =
        new ScanEvaluator(
            new ScanEvaluator.Context()
                .trust(() -> trust)
                .engine(Believer::new)
                .statusMap(map)
                .epochSeconds(() -> NOW)
                .batchCapacity(8));
    final Scan[] batch = new Scan[8];
    for (int i = 0; i < batch.length; i++) {
      batch[i] = scanOf(i == 3 ? "GD1:BAD" : code(key, NOW, NOW + 60), metro);
    }
    Allocations.assertNone("scans", 80_000, () -> evaluate(evaluator, batch, 10_000));
    assertEquals(Reason.OK, batch[0].reason());
    assertEquals(Reason.MALFORMED, batch[3].reason());
  }

  private static void evaluate(ScanEvaluator evaluator, Scan[] batch, int times) {
    for (int i = 0; i < times; i++) {
      evaluator.evaluate(batch, batch.length);
    }
  }

  private static final class Believer implements SignatureEngine {
    @Override
    public boolean verify(
        IssuerKey key,
        byte[] message,
        int messageOffset,
        int messageLength,
        byte[] signature,
        int signatureOffset,
        int signatureLength) {
      return true;
    }
  }
}
