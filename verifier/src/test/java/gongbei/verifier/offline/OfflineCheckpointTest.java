package gongbei.verifier.offline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.issue.HcertIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.DegradedMinting;
import gongbei.codec.model.TestResult;
import gongbei.codec.model.Venue;
import gongbei.codec.model.VenueForm;
import gongbei.codec.trust.Certificates;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.command.StatusCommand.SetStatus;
import gongbei.replication.machine.StatusStateMachine;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.verifier.CertificateWithoutIat;
import gongbei.verifier.EcdsaIssuer;
import gongbei.verifier.ForeignCertificates;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.pack.PackMaker;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.rules.Rulesets;
import gongbei.verifier.rules.Verdict;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The verdicts of a checkpoint without a network, to the second. */
final class OfflineCheckpointTest {
  private static final long NOW = 1_767_225_600L;
  private static final long SKEW = ClientLimits.CLOCK_SKEW_SECONDS;
  private static final SigningKey GUANGDONG = key("GD");
  private static final SigningKey FOREIGN = key("XX");
  private static final SigningKey STRANGER = key("GD");
  private static final SigningKey MACAU = key("MO");

  private static final TrustList ANCHORS = new TrustList(List.of(GUANGDONG.issuerKey()));

  private long now = NOW;
  private Subject holder;
  private final OfflineCheckpoint bus = new OfflineCheckpoint(ANCHORS, () -> now);

  private static SigningKey key(String issuer) {
    return new KeyGeneration()
        .generate(issuer, Instant.ofEpochSecond(NOW - 600), Instant.ofEpochSecond(NOW + 600));
  }

  @BeforeEach
  void takePack() throws PackException {
    final byte[] pack = pack(NOW, 600);
    bus.take(pack);
    holder = someone(pack, false);
  }

  /**
   * Finds somebody of whom nothing was said when the pack was made: whom its filter has by mistake
   * as one in 256 is, or whom it has not. The library seeds each filter anew.
   */
  private static Subject someone(byte[] pack, boolean isInFilter) throws PackException {
    final OfflinePack read = OfflinePack.read(pack, ANCHORS, NOW);
    for (int number = 100; number < 100_000; number++) {
      final Subject subject = new Subject(number, number);
      if (isInFilter
          == read.mayBeOtherThanGreen(OfflinePack.holder(subject.high(), subject.low()), null)) {
        return subject;
      }
    }
    throw new AssertionError("the filter has everybody, or nobody by mistake");
  }

  private static byte[] pack(long madeAt, int lifeSeconds) {
    try (StatusMap map = StatusMap.inMemory(10)) {
      return new PackMaker(
              map,
              new TrustList(List.of(GUANGDONG.issuerKey(), FOREIGN.issuerKey())),
              RulesetStore.shipped().current())
          .full(new PackMaker.Terms(GUANGDONG, madeAt, lifeSeconds))
          .orElseThrow();
    }
  }

  private void takeDegraded(long since, long until, int margin, long goodUntil)
      throws PackException {
    try (StatusMap map = StatusMap.inMemory(10)) {
      final byte[] pack =
          new PackMaker(
                  map,
                  new TrustList(List.of(GUANGDONG.issuerKey(), MACAU.issuerKey())),
                  RulesetStore.shipped().current(),
                  new MintingStatement(new DegradedMinting(since, until, margin), goodUntil))
              .full(new PackMaker.Terms(GUANGDONG, NOW, 600))
              .orElseThrow();
      bus.take(pack);
      holder = someone(pack, false);
    }
  }

  private String reserve(CodeFormat format, int serial, long nbf, long exp) {
    return new CodeIssuer(format, format == CodeFormat.GD1 ? GUANGDONG : MACAU)
        .issue(
            CodeClaims.of(CodeKind.RESERVE, holder.toBytes())
                .colour(Colour.GREEN)
                .test(TestResult.NEGATIVE, (int) (NOW / 60) - 60)
                .serial(new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) serial})
                .notBefore(nbf)
                .validity(NOW - 600, exp)
                .build());
  }

  @Test
  void aReserveCodePassesOnceByWhatThePackSaysOfMintingAndAsLongAsThatHolds() throws PackException {
    assertEquals(Reason.RESERVE_NOT_IN_FORCE, judge(reserve(CodeFormat.GD1, 1, NOW, NOW + 600)));
    takeDegraded(NOW - 5, 0, 0, NOW + 100);
    final String code = reserve(CodeFormat.GD1, 1, NOW, NOW + 600);
    assertEquals(Reason.OK, judge(code));
    assertEquals(Reason.RESERVE_USED, judge(code));
    assertEquals(
        Reason.NOT_YET_VALID, judge(reserve(CodeFormat.GD1, 2, NOW + SKEW + 1, NOW + 600)));
    assertEquals(Reason.RESERVE_NOT_IN_FORCE, judge(reserve(CodeFormat.MO1, 3, NOW, NOW + 600)));
    now = NOW + 99;
    assertEquals(Reason.OK, judge(reserve(CodeFormat.GD1, 4, NOW, NOW + 600)));
    now = NOW + 100;
    final OfflineVerdict old =
        bus.judge(
            "metro",
            reserve(CodeFormat.GD1, 5, NOW, NOW + 600).getBytes(StandardCharsets.US_ASCII));
    assertEquals(Verdict.HOLD, old.verdict());
    assertEquals(Reason.RESERVE_NOT_IN_FORCE, old.reason());
    assertTrue(old.askServer());
  }

  @Test
  void aPackThatSaysThatMintingIsRestoredCountsForTheMarginAlone() throws PackException {
    takeDegraded(NOW - 100, NOW - 10, 30, NOW);
    now = NOW + 19;
    assertEquals(Reason.OK, judge(reserve(CodeFormat.GD1, 1, NOW, NOW + 600)));
    now = NOW + 20;
    assertEquals(Reason.RESERVE_NOT_IN_FORCE, judge(reserve(CodeFormat.GD1, 2, NOW, NOW + 600)));
  }

  /** A code that a venue shows, on paper or on a screen, and what it keeps. */
  @ParameterizedTest
  @EnumSource(VenueForm.class)
  void aVenuesCodeIsRefusedAsOneWhateverItsTimesAndNeverPasses(VenueForm form)
      throws PackException {
    assertEquals(Reason.VENUE_CODE, judge(venue(GUANGDONG, form, NOW + 60)));
    assertEquals(Reason.VENUE_CODE, judge(venue(GUANGDONG, form, NOW)), "one that is over");
    assertEquals(
        Reason.UNKNOWN_ISSUER, judge(venue(STRANGER, form, NOW + 60)), "not before it is genuine");
    assertEquals(Map.of(Verdict.REFUSE, 3L), bus.takeCounts());
    takeDegraded(NOW - 5, 0, 0, NOW + 100);
    assertEquals(Reason.VENUE_CODE, judge(venue(GUANGDONG, form, NOW + 60)), "nor in an outage");
  }

  private static String venue(SigningKey by, VenueForm form, long exp) {
    return new CodeIssuer(CodeFormat.GD1, by)
        .issue(
            CodeClaims.of(CodeKind.VENUE, new byte[16])
                .venue(new Venue("metro", "Gongbei Port", "metro", form, Optional.empty()))
                .serial(new byte[8])
                .validity(NOW - 60, exp)
                .build());
  }

  private String code(SigningKey by, long iat, long exp) {
    return code(holder, by, iat, exp);
  }

  private static String code(Subject holder, SigningKey by, long iat, long exp) {
    return new CodeIssuer(CodeFormat.GD1, by)
        .issue(
            CodeClaims.of(CodeKind.PERSON, holder.toBytes())
                .colour(Colour.GREEN)
                .test(TestResult.NEGATIVE, (int) (NOW / 60) - 60)
                .serial(new byte[8])
                .validity(iat, exp)
                .build());
  }

  private static String certificate(long iat, long exp) {
    try {
      return new HcertIssuer(FOREIGN)
          .issue(new ObjectMapper().readTree(ForeignCertificates.vaccination(2)), iat, exp);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private Reason judge(String code) throws PackException {
    final OfflineVerdict verdict =
        bus.judge("metro/bus-7", code.getBytes(StandardCharsets.US_ASCII));
    assertEquals(now - NOW, verdict.packAgeSeconds());
    return verdict.reason();
  }

  @Test
  void aCodesTimesHoldToTheSecondOfAClockThatMayBeBehind() throws PackException {
    assertEquals(Reason.OK, judge(code(GUANGDONG, NOW, NOW + 1)));
    assertEquals(Reason.EXPIRED, judge(code(GUANGDONG, NOW - 1, NOW)));
    assertEquals(Reason.OK, judge(code(GUANGDONG, NOW + SKEW, NOW + SKEW + 60)));
    assertEquals(Reason.NOT_YET_VALID, judge(code(GUANGDONG, NOW + SKEW + 1, NOW + SKEW + 60)));
  }

  private static String certificate(SigningKey by, String certificate) {
    try {
      return new HcertIssuer(by).issue(new ObjectMapper().readTree(certificate), NOW - 5, NOW + 60);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatAForeignCertificateSaysIsUnderstoodAsANodeUnderstandsIt() throws PackException {
    final String sampled = Instant.ofEpochSecond(NOW - 3_600).toString();
    final Map<String, Reason> expected =
        Map.of(
            ForeignCertificates.vaccination(3), Reason.OK,
            ForeignCertificates.vaccination(3).replace("840539006", "6142004"), Reason.TEST_MISSING,
            ForeignCertificates.vaccination(0), Reason.MALFORMED,
            ForeignCertificates.test("LP6464-4", "260415000", sampled), Reason.OK,
            ForeignCertificates.test("LP217198-3", "260415000", sampled), Reason.TEST_MISSING,
            ForeignCertificates.test("LP6464-4", "260373001", sampled), Reason.POSITIVE_TEST,
            ForeignCertificates.test("LP6464-4", "", sampled), Reason.MALFORMED,
            ForeignCertificates.of("'x':[]"), Reason.MALFORMED);
    for (final Map.Entry<String, Reason> each : expected.entrySet()) {
      assertEquals(each.getValue(), judge(certificate(FOREIGN, each.getKey())), each.getKey());
    }
    assertEquals(
        Reason.MALFORMED,
        judge(certificate(key("XY"), ForeignCertificates.vaccination(0))),
        "whoever signed it");
  }

  /** A pack holds keys of every curve, and the bus verifies by the hash that a code names. */
  @Test
  void codesOnOtherCurvesAreVerified() throws Exception {
    final EcdsaIssuer issuer = new EcdsaIssuer("secp384r1", "DE");
    now = Instant.now().getEpochSecond();
    final SigningKey maker =
        new KeyGeneration()
            .generate("GD", Instant.ofEpochSecond(now - 600), Instant.ofEpochSecond(now + 600));
    final OfflineCheckpoint checkpoint =
        new OfflineCheckpoint(new TrustList(List.of(maker.issuerKey())), () -> now);
    try (StatusMap map = StatusMap.inMemory(10)) {
      checkpoint.take(
          new PackMaker(
                  map,
                  new TrustList(
                      List.of(
                          maker.issuerKey(), Certificates.issuerKey("DE", issuer.certificate()))),
                  RulesetStore.shipped().current())
              .full(new PackMaker.Terms(maker, now, 600))
              .orElseThrow());
    }
    for (final SignatureAlgorithm algorithm :
        List.of(SignatureAlgorithm.ES256, SignatureAlgorithm.ES384)) {
      final byte[] code = issuer.code(algorithm).getBytes(StandardCharsets.US_ASCII);
      assertEquals(Reason.OK, checkpoint.judge("metro", code).reason());
    }
    final byte[] other =
        new EcdsaIssuer("secp384r1", "DE")
            .code(SignatureAlgorithm.ES384)
            .getBytes(StandardCharsets.US_ASCII);
    assertEquals(Reason.UNKNOWN_ISSUER, checkpoint.judge("metro", other).reason());
  }

  @Test
  void aForeignCertificateHoldsThroughItsLastSecond() throws PackException {
    assertEquals(Reason.TEST_MISSING, judge(certificate(NOW - 5, NOW)));
    assertEquals(Reason.EXPIRED, judge(certificate(NOW - 5, NOW - 1)));
    assertEquals(Reason.TEST_MISSING, judge(certificate(NOW + SKEW, NOW + SKEW + 60)));
    assertEquals(Reason.NOT_YET_VALID, judge(certificate(NOW + SKEW + 1, NOW + SKEW + 60)));
  }

  @Test
  void aForeignCertificateWithoutATimeOfIssueHoldsFromTheSecondThatItNames() throws Exception {
    final byte[] kid = ByteBuffer.allocate(8).putLong(FOREIGN.issuerKey().kid()).array();
    assertEquals(
        Reason.OK, judge(CertificateWithoutIat.of(FOREIGN, kid, NOW + SKEW, NOW + SKEW + 60)));
    assertEquals(
        Reason.NOT_YET_VALID,
        judge(CertificateWithoutIat.of(FOREIGN, kid, NOW + SKEW + 1, NOW + SKEW + 60)));
  }

  @Test
  void aKeySignsWithinItsPeriodAlone() throws PackException {
    assertEquals(Reason.OK, judge(code(GUANGDONG, NOW - 600, NOW + 60)));
    assertEquals(Reason.REVOKED, judge(code(GUANGDONG, NOW - 601, NOW + 60)));
  }

  @Test
  void whatIsNoCodeOfAKnownIssuerIsRefusedByItsReason() throws PackException {
    assertEquals(Reason.UNKNOWN_ISSUER, judge(code(STRANGER, NOW, NOW + 60)));
    assertEquals(
        Reason.BAD_SIGNATURE,
        judge(
            code(
                new SigningKey(
                    GUANGDONG.issuerKey(), GUANGDONG.certificate(), STRANGER.privateKey()),
                NOW,
                NOW + 60)));
    assertEquals(Reason.UNSUPPORTED_FORMAT, judge("XY1:00"));
    assertEquals(Reason.MALFORMED, judge("GD1:" + "0".repeat(4_292)));
    assertEquals(Reason.MALFORMED, judge("GD1:" + "0".repeat(4_293)));
    assertEquals(5L, bus.takeCounts().get(Verdict.REFUSE));
    assertEquals(0, bus.takeCounts().size(), "they start anew");
  }

  @Test
  void aPackHoldsUntilTheSecondThatItEnds() throws PackException {
    now = NOW + 599;
    assertEquals(Reason.OK, judge(code(GUANGDONG, now, now + 60)));
    now = NOW + 600;
    final PackException expired =
        assertThrows(PackException.class, () -> judge(code(GUANGDONG, now, now + 60)));
    assertEquals(PackException.Reason.EXPIRED_PACK, expired.reason());
  }

  private static SetStatus status(int holder, int colour) {
    return SetStatus.of(new Subject(holder, holder)).colour(Colour.ofNumber(colour)).build();
  }

  /** A pack of the map after so many changes; a delta since a version, or in full. */
  private static byte[] packOf(long since, SetStatus... changes) {
    try (StatusMap map = StatusMap.inMemory(100)) {
      final StatusStateMachine machine = new StatusStateMachine(map);
      for (final SetStatus change : changes) {
        machine.apply(change);
      }
      final TrustList trust = new TrustList(List.of(GUANGDONG.issuerKey()));
      final Rulesets rules = RulesetStore.shipped().current();
      return since < 0
          ? new PackMaker(map, trust, rules)
              .full(new PackMaker.Terms(GUANGDONG, NOW, 600))
              .orElseThrow()
          : new PackMaker(map, trust, rules)
              .delta(since, new PackMaker.Terms(GUANGDONG, NOW, 600))
              .orElseThrow();
    }
  }

  private void assertWrongBase(String field, byte[] pack) {
    final long before = bus.version();
    final PackException refusal = assertThrows(PackException.class, () -> bus.take(pack));
    assertEquals(PackException.Reason.WRONG_BASE, refusal.reason());
    assertEquals(field, refusal.field());
    assertEquals(before, bus.version(), "what was there stays");
  }

  @Test
  void packsGoForwardAloneAndDeltasFromTheirOwnBase() throws PackException {
    final byte[] first = packOf(-1, status(1, 0));
    final byte[] second = packOf(-1, status(1, 0), status(2, 0));
    final byte[] third = packOf(2, status(1, 0), status(2, 0), status(3, 2));
    final byte[] fourth = packOf(2, status(1, 0), status(2, 0), status(3, 2), status(4, 2));
    assertEquals(0, bus.version());
    bus.take(second);
    assertEquals(2, bus.version());
    bus.take(second);
    assertWrongBase("version", first);
    assertWrongBase("baseVersion", packOf(1, status(1, 0), status(2, 0), status(3, 2)));
    bus.take(fourth);
    assertEquals(4, bus.version());
    assertWrongBase("version", third);
    bus.take(fourth);
    assertWrongBase("version", second);
    bus.take(packOf(-1, status(1, 0), status(2, 0), status(3, 2), status(4, 0)));
    assertEquals(4, bus.version(), "a full pack takes the delta's place");
    final OfflineCheckpoint empty = new OfflineCheckpoint(ANCHORS, () -> now);
    assertEquals(0, empty.version());
    assertThrows(PackException.class, () -> empty.take(third));
    assertEquals(
        "pack", assertThrows(PackException.class, () -> empty.judge("metro", new byte[1])).field());
    assertEquals(
        "checkpoint",
        assertThrows(PackException.class, () -> bus.judge("moon", new byte[1])).field());
  }

  @Test
  void whomThePackCanNotTellAboutTheServerIsAskedFor() throws PackException {
    final byte[] pack = packOf(-1, status(1, 2), status(2, 0), status(3, 0));
    bus.take(pack);
    final OfflineVerdict ask =
        new OfflineVerdict(Verdict.HOLD, Reason.YELLOW, true, 0, Optional.empty());
    assertEquals(ask, verdict(code(new Subject(1, 1), GUANGDONG, NOW, NOW + 60)), "the red");
    assertEquals(
        ask,
        verdict(code(someone(pack, true), GUANGDONG, NOW, NOW + 60)),
        "whom the filter has by mistake");
    final Subject green = someone(pack, false);
    assertEquals(
        new OfflineVerdict(Verdict.PASS, Reason.OK, false, 0, Optional.empty()),
        verdict(code(green, GUANGDONG, NOW, NOW + 60)));
    final String group =
        new CodeIssuer(CodeFormat.GD1, GUANGDONG)
            .issue(
                CodeClaims.of(CodeKind.GROUP, new Subject(2, 2).toBytes())
                    .colour(Colour.GREEN)
                    .serial(new byte[8])
                    .group(1, new byte[32])
                    .validity(NOW, NOW + 60)
                    .build());
    assertEquals(
        new OfflineVerdict(Verdict.HOLD, Reason.STALE, true, 0, Optional.empty()), verdict(group));
    final String untested =
        new CodeIssuer(CodeFormat.GD1, GUANGDONG)
            .issue(
                CodeClaims.of(CodeKind.PERSON, green.toBytes())
                    .colour(Colour.GREEN)
                    .serial(new byte[8])
                    .validity(NOW, NOW + 60)
                    .build());
    final String hospital = "hospital";
    assertEquals(
        new OfflineVerdict(Verdict.HOLD, Reason.TEST_MISSING, true, 0, Optional.empty()),
        bus.judge(hospital, untested.getBytes(StandardCharsets.US_ASCII)));
    assertEquals(4L, bus.takeCounts().get(Verdict.HOLD));
    bus.putBack(Map.of(Verdict.HOLD, 3L));
    bus.putBack(Map.of(Verdict.HOLD, 4L));
    assertEquals(7L, bus.takeCounts().get(Verdict.HOLD));
  }

  private OfflineVerdict verdict(String code) throws PackException {
    return bus.judge("metro/bus-7", code.getBytes(StandardCharsets.US_ASCII));
  }
}
