package gongbei.verifier.http.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.signature.Sm3;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.machine.StatusStateMachine;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.verifier.rules.ForeignFinding;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.scan.ScanEvaluator;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares with Jackson's own form, which escapes what has to be. */
final class VerdictJsonTest {
  private static final long NOW = 1_767_225_600L;
  private static final Subject GREEN = new Subject(1, 1);
  private static final Subject YELLOW = new Subject(1, 2);
  private static final Subject RED = new Subject(1, 3);
  private static final Subject UNKNOWN = new Subject(1, 4);
  private static final ObjectMapper JACKSON = new ObjectMapper();

  private final SigningKey key =
      new KeyGeneration()
          .generate("GD", Instant.ofEpochSecond(NOW - 1_000), Instant.ofEpochSecond(NOW + 1_000));
  private final Ruleset metro = RulesetStore.shipped().current().find("metro");
  @AutoClose private final StatusMap map = StatusMap.inMemory(100);
  private final VerdictJson json = new VerdictJson();

  @BeforeEach
  void fillMap() {
    final StatusStateMachine machine = new StatusStateMachine(map);
    set(machine, GREEN, Colour.GREEN);
    set(machine, YELLOW, Colour.YELLOW);
    set(machine, RED, Colour.RED);
  }

  private static void set(StatusStateMachine machine, Subject subject, Colour colour) {
    machine.apply(
        StatusCommand.SetStatus.of(subject)
            .colour(colour)
            .test(TestResult.NEGATIVE, (int) (NOW / 60) - 60)
            .build());
  }

  private String code(Subject subject) {
    return new CodeIssuer(CodeFormat.GD1, key)
        .issue(
            CodeClaims.of(CodeKind.PERSON, subject.toBytes())
                .colour(Colour.GREEN)
                .serial(new byte[8])
                .validity(NOW, NOW + 60)
                .build());
  }

  private String groupCode(byte[] members) {
    final byte[] digest = new byte[Sm3.DIGEST_BYTES];
    final Sm3 sm3 = new Sm3();
    sm3.update(members, 0, members.length);
    sm3.digest(digest, 0);
    return new CodeIssuer(CodeFormat.GD1, key)
        .issue(
            CodeClaims.of(CodeKind.GROUP, new Subject(9, 9).toBytes())
                .serial(new byte[8])
                .validity(NOW, NOW + 60)
                .group(members.length / Subject.BYTES, digest)
                .build());
  }

  private static byte[] members(Subject... subjects) {
    final ByteArrayOutputStream members = new ByteArrayOutputStream();
    for (final Subject each : subjects) {
      members.writeBytes(each.toBytes());
    }
    return members.toByteArray();
  }

  private Scan scan(String code, long dataAgeMillis, byte[] members) {
    final Scan scan = new Scan().text(code).ruleset(metro).atEpochSeconds(Scan.NOW);
    new ScanEvaluator(
            new ScanEvaluator.Context()
                .trust(() -> new TrustList(List.of(key.issuerKey())))
                .engine(BouncyCastleEngine::new)
                .statusMap(map)
                .groups(() -> (buffer, offset) -> members)
                .epochSeconds(() -> NOW)
                .dataAgeMillis(() -> dataAgeMillis))
        .evaluate(new Scan[] {scan}, 1);
    return scan;
  }

  private Scan scan(String code, long dataAgeMillis) {
    return scan(code, dataAgeMillis, null);
  }

  /** The members that every verdict has, with those that only some have where they belong. */
  private static ObjectNode verdict(Reason reason, String field, Colour colour) {
    final ObjectNode verdict = JsonNodeFactory.instance.objectNode();
    verdict.put("verdict", reason.verdict().wireName());
    verdict.put("reason", reason.wireName());
    if (field != null) {
      verdict.put("field", field);
    }
    if (colour != null) {
      verdict.put("colour", colour.wireName());
    }
    return verdict;
  }

  private ObjectNode with(ObjectNode verdict, long version, long dataAgeMillis, boolean stale) {
    return verdict
        .put("ruleset", metro.label())
        .put("version", version)
        .put("dataAgeMillis", dataAgeMillis)
        .put("stale", stale);
  }

  private static void assertJson(ObjectNode expected, VerdictJson written) {
    assertEquals(expected.toString(), new String(written.toBytes(), StandardCharsets.US_ASCII));
  }

  @Test
  void aVerdictNamesTheColourThatTheMapHas() {
    assertJson(
        with(verdict(Reason.OK, null, Colour.GREEN), map.version(), 17, false),
        json.write(scan(code(GREEN), 17)));
    assertJson(
        with(verdict(Reason.YELLOW, null, Colour.YELLOW), map.version(), 0, false),
        json.write(scan(code(YELLOW), 0)));
    assertJson(
        with(verdict(Reason.RED, null, Colour.RED), map.version(), 0, false),
        json.write(scan(code(RED), 0)));
  }

  @Test
  void aHolderWhomTheMapDoesNotKnowHasNoColour() {
    final Scan scan = scan(code(UNKNOWN), 0);
    assertEquals(Reason.UNKNOWN_SUBJECT, scan.reason());
    assertJson(
        with(verdict(Reason.UNKNOWN_SUBJECT, scan.field(), null), map.version(), 0, false),
        json.write(scan));
  }

  @Test
  void aVerdictOnAMalformedCodeNamesTheFieldAndNoData() {
    final Scan scan = scan("x".repeat(5_000), 17);
    assertJson(with(verdict(Reason.MALFORMED, "code", null), 0, 0, false), json.write(scan));
  }

  @Test
  void aVerdictOnStaleDataSaysSo() {
    final long age = metro.staleAfterMillis() + 1;
    assertJson(
        with(verdict(Reason.OK, null, Colour.GREEN), map.version(), age, true),
        json.write(scan(code(GREEN), age)));
  }

  @Test
  void aGroupsVerdictCountsItsMembersAndNamesWhoHoldsItUp() throws JsonProcessingException {
    final byte[] members = members(YELLOW, GREEN, RED, UNKNOWN, GREEN, YELLOW);
    final Scan scan = scan(groupCode(members), 0, members);
    assertEquals(Reason.UNKNOWN_SUBJECT, scan.reason());
    final ObjectNode expected =
        with(verdict(Reason.UNKNOWN_SUBJECT, null, Colour.RED), map.version(), 0, false);
    expected.set(
        "group",
        JACKSON.readTree(
            """
            {"size":6,
             "colours":{"green":2,"yellow":2,"red":1,"unknown":1},
             "reasons":{"unknown-subject":1,"red":1,"yellow":2,"ok":2},
             "heldUpBy":[1,3,4,6],
             "heldUpFor":{"yellow":[1,6],"red":[3],"unknown-subject":[4]}}
            """));
    assertJson(expected, json.write(scan));
  }

  @Test
  void aGroupThatPassesHasNobodyWhoHoldsItUp() throws JsonProcessingException {
    final byte[] members = members(GREEN);
    final ObjectNode expected =
        with(verdict(Reason.OK, null, Colour.GREEN), map.version(), 0, false);
    expected.set(
        "group",
        JACKSON.readTree(
            """
            {"size":1,
             "colours":{"green":1,"yellow":0,"red":0,"unknown":0},
             "reasons":{"ok":1},
             "heldUpBy":[],
             "heldUpFor":{}}
            """));
    assertJson(expected, json.write(scan(groupCode(members), 0, members)));
  }

  @Test
  void aScanThatWasShedHasNoData() {
    assertJson(with(verdict(Reason.BUSY, null, null), 0, 0, false), json.writeBusy(metro));
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void aVerdictOnALookedUpHolderHasAnyReasonAndColour(Reason reason) {
    for (final Colour colour : Colour.values()) {
      assertJson(
          with(verdict(reason, null, colour), 3, 0, false),
          json.write(reason, colour.number(), metro, 3, 0));
    }
    assertJson(
        with(verdict(reason, null, null), 3, 0, false),
        json.write(reason, Scan.COLOUR_UNKNOWN, metro, 3, 0));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 1, 60_000, Long.MAX_VALUE})
  void aVerdictOnALookedUpHolderIsStaleByTheAgeOfTheData(long age) {
    assertJson(
        with(verdict(Reason.OK, null, null), Long.MAX_VALUE, age, metro.isStale(age)),
        json.write(Reason.OK, Scan.COLOUR_UNKNOWN, metro, Long.MAX_VALUE, age));
  }

  @Test
  void aShorterVerdictLeavesNothingOfTheLongerOneBefore() {
    final byte[] members = members(YELLOW, GREEN, RED, UNKNOWN);
    json.write(scan(groupCode(members), 0, members));
    final int longer = json.length();
    assertJson(with(verdict(Reason.BUSY, null, null), 0, 0, false), json.writeBusy(metro));
    assertTrue(json.length() < longer);
  }

  @ParameterizedTest
  @EnumSource(ForeignFinding.class)
  void noFieldOfAForeignFindingNeedsEscaping(ForeignFinding finding) {
    final String field = String.valueOf(finding.field());
    assertEquals('"' + field + '"', JsonNodeFactory.instance.textNode(field).toString());
    assertTrue(StandardCharsets.US_ASCII.newEncoder().canEncode(field));
  }

  @Test
  void noRulesetIsNamedSoThatItsLabelNeedsEscaping() {
    for (final Ruleset each : RulesetStore.shipped().current().all()) {
      assertJson(
          verdict(Reason.BUSY, null, null)
              .put("ruleset", each.label())
              .put("version", 0)
              .put("dataAgeMillis", 0)
              .put("stale", false),
          json.writeBusy(each));
    }
  }
}
