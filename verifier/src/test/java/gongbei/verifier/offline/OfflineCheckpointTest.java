package gongbei.verifier.offline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.issue.HcertIssuer;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.status.StatusMap;
import gongbei.replication.status.Subject;
import gongbei.verifier.config.Limits;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.rules.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The verdicts of a checkpoint without a network, to the second. */
final class OfflineCheckpointTest {
  private static final long NOW = 1_767_225_600L;
  private static final long SKEW = Limits.CLOCK_SKEW_SECONDS;
  private static final SigningKey GUANGDONG = key("GD");
  private static final SigningKey FOREIGN = key("XX");
  private static final SigningKey STRANGER = key("GD");

  private long now = NOW;
  private final OfflineCheckpoint bus =
      new OfflineCheckpoint(new TrustList(List.of(GUANGDONG.issuerKey())), () -> now);

  private static SigningKey key(String issuer) {
    return new KeyGeneration()
        .generate(issuer, Instant.ofEpochSecond(NOW - 600), Instant.ofEpochSecond(NOW + 600));
  }

  @BeforeEach
  void takePack() throws PackException {
    bus.take(pack(NOW, 600));
  }

  private static byte[] pack(long madeAt, int lifeSeconds) {
    try (StatusMap map = StatusMap.inMemory(10)) {
      return PackMaker.full(
          map,
          new TrustList(List.of(GUANGDONG.issuerKey(), FOREIGN.issuerKey())),
          RulesetStore.shipped().current().all(),
          GUANGDONG,
          madeAt,
          lifeSeconds);
    }
  }

  private static String code(SigningKey by, long iat, long exp) {
    return new CodeIssuer(CodeFormat.GD1, by)
        .issue(
            CodeClaims.ofPerson(
                new Subject(1, 1).toBytes(),
                0,
                0,
                1,
                (int) (NOW / 60) - 60,
                0,
                new byte[8],
                iat,
                exp));
  }

  private static String certificate(long iat, long exp) {
    try {
      return new HcertIssuer(FOREIGN)
          .issue(new ObjectMapper().readTree("{\"v\":[{\"dn\":2}],\"ver\":\"1.3.0\"}"), iat, exp);
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

  @Test
  void aForeignCertificateHoldsThroughItsLastSecond() throws PackException {
    assertEquals(Reason.TEST_MISSING, judge(certificate(NOW - 5, NOW)));
    assertEquals(Reason.EXPIRED, judge(certificate(NOW - 5, NOW - 1)));
    assertEquals(Reason.TEST_MISSING, judge(certificate(NOW + SKEW, NOW + SKEW + 60)));
    assertEquals(Reason.NOT_YET_VALID, judge(certificate(NOW + SKEW + 1, NOW + SKEW + 60)));
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
}
