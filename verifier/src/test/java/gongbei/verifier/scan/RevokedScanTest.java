package gongbei.verifier.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.code.HealthCode;
import gongbei.codec.issue.HcertIssuer;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.time.Rfc3339;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.map.StatusMap;
import gongbei.testing.Allocations;
import gongbei.verifier.offline.OfflineCheckpoint;
import gongbei.verifier.offline.OfflineVerdict;
import gongbei.verifier.offline.PackException;
import gongbei.verifier.pack.PackMaker;
import gongbei.verifier.revocation.RevocationFormat;
import gongbei.verifier.revocation.RevocationList;
import gongbei.verifier.revocation.RevocationList.Hash;
import gongbei.verifier.revocation.RevocationScope;
import gongbei.verifier.revocation.RevocationSet;
import gongbei.verifier.revocation.RevocationSource;
import gongbei.verifier.revocation.RevocationType;
import gongbei.verifier.rules.ForeignLaw;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetReader;
import gongbei.verifier.rules.Rulesets;
import gongbei.verifier.rules.Verdict;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Revoked foreign codes on the path of a scan and without a network. */
final class RevokedScanTest {
  private static final long NOW = Rfc3339.epochSeconds("2022-03-01T12:00:00Z");
  private static final KeyGeneration KEYS = new KeyGeneration();
  private static final SigningKey KEY = key("IT");
  private static final SigningKey REGION = key("GD");

  @AutoClose private final StatusMap map = StatusMap.inMemory(10);

  private static SigningKey key(String issuer) {
    return KEYS.generate(issuer, Instant.ofEpochSecond(NOW - 60), Instant.ofEpochSecond(NOW + 600));
  }

  private static Ruleset border(String more) throws Exception {
    final String yaml =
        "name: border\nversion: 1\nallowedColours: [green]\nforeignCodes: accept\n" + more;
    return RulesetReader.read(
        "test", new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
  }

  private static String code(String identifier, int dose) throws Exception {
    return new HcertIssuer(KEY)
        .issue(
            new ObjectMapper()
                .readTree(
                    ("{'ver':'1.3.0','dob':'1970-01-01','nam':{'fnt':'A'},'v':[{'tg':'840539006',"
                            + "'vp':'1119349007','mp':'EU/1/20/1528','ma':'ORG-100030215','dn':"
                            + dose
                            + ",'sd':2,'dt':'2022-01-01','co':'IT','is':'M','ci':'"
                            + identifier
                            + "'}]}")
                        .replace('\'', '"')),
            NOW - 10,
            NOW + 60);
  }

  /**
   * The hash that the EU's specification has for a code; of the denylist that of what is signed.
   */
  private static Hash hash(RevocationType type, String text, String identifier) throws Exception {
    final HealthCode code = new HealthCode();
    final byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    assertTrue(code.wrap(ascii, 0, ascii.length));
    final int at = code.signed().signatureOffset();
    final byte[] hashed =
        switch (type) {
          case UCI -> identifier.getBytes(StandardCharsets.UTF_8);
          case COUNTRYCODEUCI -> ("IT" + identifier).getBytes(StandardCharsets.UTF_8);
          case SIGNATURE -> Arrays.copyOfRange(code.signed().signature(), at, at + 32);
          default -> Arrays.copyOf(code.signed().signed(), code.signed().signedLength());
        };
    return Hash.of(MessageDigest.getInstance("SHA-256").digest(hashed), 0);
  }

  private static ForeignLaw law(RevocationType type, Hash hash, long sourceExpires)
      throws Exception {
    final TreeMap<Hash, Long> entries = new TreeMap<>();
    entries.put(hash, RevocationList.ANY_TIME);
    final RevocationScope scope =
        new RevocationScope(
            EnumSet.of(type), "IT", OptionalLong.of(KEY.issuerKey().kid()), NOW + 100);
    return ForeignLaw.NONE.with(
        RevocationSet.of(
            List.of(RevocationList.read("eu.a", RevocationList.write(scope, entries))),
            List.of(
                new RevocationSource("eu", RevocationFormat.DGC_BATCHES, NOW - 5, sourceExpires))));
  }

  private ScanEvaluator evaluator(ForeignLaw law) {
    final TrustList trust = new TrustList(List.of(KEY.issuerKey()));
    return new ScanEvaluator(
        new ScanEvaluator.Context()
            .trust(() -> trust)
            .foreign(() -> law)
            .engine(BouncyCastleEngine::new)
            .statusMap(map)
            .epochSeconds(() -> NOW)
            .batchCapacity(4));
  }

  private Scan scan(String code, Ruleset rules, ForeignLaw law) {
    final Scan scan = new Scan().text(code).ruleset(rules).atEpochSeconds(Scan.NOW);
    evaluator(law).evaluate(new Scan[] {scan}, 1);
    return scan;
  }

  @ParameterizedTest
  @EnumSource(
      value = RevocationType.class,
      names = {"UCI", "COUNTRYCODEUCI", "SIGNATURE", "SIGNED"})
  void aCertificateThatAListHasIsRefusedAndAnotherPasses(RevocationType type) throws Exception {
    final String revoked = code("URN:UVCI:01:IT:A#1", 2);
    final ForeignLaw law = law(type, hash(type, revoked, "URN:UVCI:01:IT:A#1"), NOW + 50);
    final Scan refused = scan(revoked, border(""), law);
    assertEquals(Reason.REVOKED, refused.reason());
    assertEquals(Verdict.REFUSE, refused.verdict());
    assertEquals(type.field(), refused.field());
    assertEquals(Reason.OK, scan(code("URN:UVCI:01:IT:B#1", 2), border(""), law).reason());
  }

  @Test
  void revocationComesBeforeTheRulesAndAfterTheTimes() throws Exception {
    final String revoked = code("URN:UVCI:01:IT:A#1", 2);
    final ForeignLaw law =
        law(RevocationType.UCI, hash(RevocationType.UCI, revoked, "URN:UVCI:01:IT:A#1"), NOW + 50);
    for (final String rules :
        List.of("testWithinHours: 24", "foreignRules: [FR]", "holderNames: hide")) {
      assertEquals(Reason.REVOKED, scan(revoked, border(rules), law).reason());
    }
    final Scan late = new Scan().text(revoked).ruleset(border("")).atEpochSeconds(NOW + 61);
    evaluator(law).evaluate(new Scan[] {late}, 1);
    assertEquals(Reason.EXPIRED, late.reason());
  }

  @Test
  void listsThatHaveExpiredHoldWhatWouldPassUnlessTheRulesetAnswers() throws Exception {
    final String revoked = code("URN:UVCI:01:IT:A#1", 2);
    final String other = code("URN:UVCI:01:IT:B#1", 2);
    final ForeignLaw law =
        law(RevocationType.UCI, hash(RevocationType.UCI, revoked, "URN:UVCI:01:IT:A#1"), NOW);
    final Scan held = scan(other, border(""), law);
    assertEquals(Verdict.HOLD, held.verdict());
    assertEquals(Reason.STALE, held.reason());
    assertEquals("revocations", held.field());
    assertEquals(Reason.OK, scan(other, border("whenRevocationsExpire: answer"), law).reason());
    assertEquals(
        Reason.REVOKED,
        scan(revoked, border("whenRevocationsExpire: answer"), law).reason(),
        "what is revoked stays so");
  }

  private byte[] pack(ForeignLaw law, Ruleset rules, long made) {
    final TrustList trust = new TrustList(List.of(REGION.issuerKey(), KEY.issuerKey()));
    return new PackMaker(map, trust, new Rulesets(List.of(rules), law))
        .full(new PackMaker.Terms(REGION, made, 500))
        .orElseThrow();
  }

  private static OfflineVerdict judged(OfflineCheckpoint bus, String code) throws Exception {
    return bus.judge("border", code.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void aCheckpointWithoutANetworkRefusesWhatItsPackHasRevoked() throws Exception {
    final String revoked = code("URN:UVCI:01:IT:A#1", 2);
    final ForeignLaw law =
        law(RevocationType.UCI, hash(RevocationType.UCI, revoked, "URN:UVCI:01:IT:A#1"), NOW + 50);
    final long[] clock = {NOW};
    final OfflineCheckpoint bus =
        new OfflineCheckpoint(new TrustList(List.of(REGION.issuerKey())), () -> clock[0]);
    final byte[] pack = pack(law, border(""), NOW);
    assertEquals("GONGBEI2", new String(pack, 0, 8, StandardCharsets.US_ASCII));
    bus.take(pack);
    assertEquals(Reason.REVOKED, judged(bus, revoked).reason());
    assertEquals(Verdict.REFUSE, judged(bus, revoked).verdict());
    assertEquals(Reason.OK, judged(bus, code("URN:UVCI:01:IT:B#1", 2)).reason());
    clock[0] = NOW + 50;
    assertEquals(Reason.REVOKED, judged(bus, revoked).reason());
    assertEquals(Reason.STALE, judged(bus, code("URN:UVCI:01:IT:B#1", 2)).reason());
  }

  @Test
  void aPackWithoutListsIsOneThatOlderDevicesRead() throws Exception {
    final byte[] pack = pack(ForeignLaw.NONE, border(""), NOW);
    assertEquals("GONGBEI1", new String(pack, 0, 8, StandardCharsets.US_ASCII));
    final OfflineCheckpoint bus =
        new OfflineCheckpoint(new TrustList(List.of(REGION.issuerKey())), () -> NOW);
    bus.take(pack);
    assertEquals(Reason.OK, judged(bus, code("URN:UVCI:01:IT:A#1", 2)).reason());
  }

  @Test
  void aPackThatIsAlteredAnywhereIsNotTaken() throws Exception {
    final String revoked = code("URN:UVCI:01:IT:A#1", 2);
    final byte[] pack =
        pack(
            law(
                RevocationType.UCI,
                hash(RevocationType.UCI, revoked, "URN:UVCI:01:IT:A#1"),
                NOW + 50),
            border(""),
            NOW);
    final OfflineCheckpoint bus =
        new OfflineCheckpoint(new TrustList(List.of(REGION.issuerKey())), () -> NOW);
    for (int i = 0; i < pack.length; i += 11) {
      final byte[] altered = pack.clone();
      altered[i] ^= 1;
      assertThrows(PackException.class, () -> bus.take(altered), "byte " + i);
    }
  }

  @Test
  void lookingUpAllocatesNothing() throws Exception {
    final String revoked = code("URN:UVCI:01:IT:A#1", 2);
    final Set<RevocationType> all =
        EnumSet.of(
            RevocationType.UCI,
            RevocationType.COUNTRYCODEUCI,
            RevocationType.SIGNATURE,
            RevocationType.SIGNED);
    final TreeMap<Hash, Long> entries = new TreeMap<>();
    entries.put(
        hash(RevocationType.COUNTRYCODEUCI, revoked, "URN:UVCI:01:IT:A#1"),
        RevocationList.ANY_TIME);
    final ForeignLaw law =
        ForeignLaw.NONE.with(
            RevocationSet.of(
                List.of(
                    RevocationList.read(
                        "eu.a",
                        RevocationList.write(
                            new RevocationScope(all, "", OptionalLong.empty(), 0), entries))),
                List.of()));
    final Scan[] batch = new Scan[4];
    for (int i = 0; i < batch.length; i++) {
      batch[i] =
          new Scan()
              .text(i == 3 ? revoked : code("URN:UVCI:01:IT:B#" + i, 2))
              .ruleset(border(""))
              .atEpochSeconds(Scan.NOW);
    }
    final TrustList trust = new TrustList(List.of(KEY.issuerKey()));
    final ScanEvaluator evaluator =
        new ScanEvaluator(
            new ScanEvaluator.Context()
                .trust(() -> trust)
                .foreign(() -> law)
                .engine(Believer::new)
                .statusMap(map)
                .epochSeconds(() -> NOW)
                .batchCapacity(4));
    Allocations.assertNone("scans", 20_000, () -> evaluate(evaluator, batch, 5_000));
    assertEquals(Reason.OK, batch[0].reason());
    assertEquals(Reason.REVOKED, batch[3].reason());
  }

  private static void evaluate(ScanEvaluator evaluator, Scan[] batch, int times) {
    for (int i = 0; i < times; i++) {
      evaluator.evaluate(batch, batch.length);
    }
  }
}
