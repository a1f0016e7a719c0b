package gongbei.verifier.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.issue.HcertIssuer;
import gongbei.codec.time.Rfc3339;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.map.StatusMap;
import gongbei.testing.Allocations;
import gongbei.testing.TestCorpora;
import gongbei.verifier.national.NationalDocument;
import gongbei.verifier.national.NationalDocuments;
import gongbei.verifier.national.NationalRules;
import gongbei.verifier.offline.OfflineCheckpoint;
import gongbei.verifier.offline.OfflineVerdict;
import gongbei.verifier.pack.PackMaker;
import gongbei.verifier.rules.ForeignLaw;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.Rulesets;
import gongbei.verifier.rules.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Foreign codes by the published rules of countries, on the path of a scan and without a network.
 */
final class NationalScanTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long NOW = Rfc3339.epochSeconds("2022-03-01T12:00:00Z");
  private static final KeyGeneration KEYS = new KeyGeneration();
  private static final SigningKey KEY = key("IT");
  private static final SigningKey REGION = key("GD");

  @AutoClose private final StatusMap map = StatusMap.inMemory(10);
  private NationalRules published;

  private static SigningKey key(String issuer) {
    return KEYS.generate(issuer, Instant.ofEpochSecond(NOW - 60), Instant.ofEpochSecond(NOW + 600));
  }

  /** The EU's and France's rules, as others have published them. */
  @BeforeEach
  void readRules() throws Exception {
    final Map<String, ObjectNode> byCountry = new TreeMap<>();
    for (final String line : Files.readAllLines(TestCorpora.require("dcc-rules/rules.jsonl"))) {
      final JsonNode rule = JSON.readTree(line);
      byCountry
          .computeIfAbsent(
              rule.get("Country").textValue(), none -> JSON.createObjectNode().put("revision", 1))
          .withArray("rules")
          .add(rule);
    }
    final List<NationalDocument> documents = new ArrayList<>();
    for (final Map.Entry<String, ObjectNode> each : byCountry.entrySet()) {
      documents.add(NationalDocuments.read(each.getKey(), each.getValue()));
    }
    final ObjectNode sets = JSON.createObjectNode().put("revision", 1);
    sets.set(
        "valueSets",
        JSON.readTree(TestCorpora.require("dcc-rules/valuesets-current.json").toFile()));
    documents.add(NationalDocuments.read("value-sets", sets));
    published = NationalRules.of(documents);
  }

  private static Ruleset border(String... countries) {
    return new Ruleset(
        "border",
        1,
        false,
        24,
        Ruleset.DEFAULT_TEST_KINDS,
        0,
        Ruleset.ForeignCodes.ACCEPT,
        60_000,
        Ruleset.WhenStale.HOLD,
        Ruleset.Replays.IGNORE,
        List.of(countries));
  }

  private static String vaccination(String product, int dose, String day) throws IOException {
    return code(
        "{'ver':'1.3.0','dob':'1970-01-01','nam':{'fnt':'A'},'v':[{'tg':'840539006','vp':'1119349007','mp':'"
            + product
            + "','ma':'ORG-100030215','dn':"
            + dose
            + ",'sd':2,'dt':'"
            + day
            + "','co':'IT','is':'M','ci':'URN:UVCI:01:IT:A'}]}");
  }

  private static String code(String certificate) throws IOException {
    return new HcertIssuer(KEY)
        .issue(JSON.readTree(certificate.replace('\'', '"')), NOW - 10, NOW + 60);
  }

  private ScanEvaluator evaluator() {
    final TrustList trust = new TrustList(List.of(KEY.issuerKey()));
    final ForeignLaw law = ForeignLaw.NONE.with(published);
    return new ScanEvaluator(
        new ScanEvaluator.Context()
            .trust(() -> trust)
            .foreign(() -> law)
            .engine(Believer::new)
            .statusMap(map)
            .epochSeconds(() -> NOW)
            .batchCapacity(4));
  }

  private Scan scan(String code, Ruleset rules) {
    final Scan scan = new Scan().text(code).ruleset(rules).atEpochSeconds(Scan.NOW);
    evaluator().evaluate(new Scan[] {scan}, 1);
    return scan;
  }

  @Test
  void aCheckpointTakesForeignCodesByTheRulesOfTheCountriesThatItNames() throws Exception {
    final String good = vaccination("EU/1/20/1528", 2, "2022-01-01");
    for (final String country : List.of("EU", "FR", "AT", "CH", "IE", "ES")) {
      final Scan scan = scan(good, border(country));
      assertEquals(Reason.OK, scan.reason(), country + " " + scan.rule());
      assertNull(scan.rule());
    }
    assertEquals(Verdict.PASS, scan(good, border("EU", "FR")).verdict());
    final Scan early = scan(vaccination("EU/1/20/1528", 2, "2022-02-28"), border("EU", "FR"));
    assertEquals(Reason.RULE, early.reason());
    assertEquals(Verdict.REFUSE, early.verdict());
    assertEquals(early.rule().identifier(), early.field());
    assertEquals("FR", early.rule().country(), "seven days have to pass");
    final Scan half = scan(vaccination("EU/1/20/1528", 1, "2022-01-01"), border("FR"));
    assertEquals(Reason.RULE, half.reason());
    assertEquals("FR", half.rule().country());
    final Scan unknown = scan(vaccination("Placebo", 2, "2022-01-01"), border("EU"));
    assertEquals(Reason.RULE, unknown.reason());
    final Scan nowhere = scan(good, border("EU", "PT"));
    assertEquals(Reason.RULE, nowhere.reason());
    assertEquals(Verdict.HOLD, nowhere.verdict());
    assertEquals("foreignRules", nowhere.field());
    assertEquals(
        Reason.TEST_MISSING, scan(good, border()).reason(), "without them its own rules count");
  }

  @Test
  void whatNoRulesCanJudgeIsStillRefused() throws Exception {
    final String positive =
        "{'ver':'1.3.0','dob':'1970-01-01','nam':{'fnt':'A'},'t':[{'tg':'840539006','tt':'LP6464-4','sc':'2022-03-01T10:00:00Z','tr':'260373001'}]}";
    assertEquals(Reason.POSITIVE_TEST, scan(code(positive), border("EU")).reason());
    final Scan odd = scan(code(positive.replace("260373001", "1")), border("EU"));
    assertEquals(Reason.MALFORMED, odd.reason());
    final Scan future = scan(vaccination("EU/1/20/1528", 2, "2022-04-01"), border("EU"));
    assertEquals(Reason.TEST_MISSING, future.reason());
    assertEquals("dt", future.field());
    final Ruleset held =
        new Ruleset(
            "border",
            1,
            false,
            0,
            Ruleset.DEFAULT_TEST_KINDS,
            0,
            Ruleset.ForeignCodes.HOLD,
            60_000,
            Ruleset.WhenStale.HOLD,
            Ruleset.Replays.IGNORE,
            List.of("EU"));
    assertEquals(
        Reason.UNKNOWN_SUBJECT, scan(vaccination("EU/1/20/1528", 2, "2022-01-01"), held).reason());
  }

  @Test
  void aCheckpointWithoutANetworkJudgesByTheRulesInItsPack() throws Exception {
    final TrustList trust = new TrustList(List.of(REGION.issuerKey(), KEY.issuerKey()));
    final OfflineCheckpoint bus = new OfflineCheckpoint(trust, () -> NOW);
    bus.take(
        new PackMaker(map, trust, new Rulesets(List.of(border("EU", "FR")), published))
            .full(new PackMaker.Terms(REGION, NOW, 60))
            .orElseThrow());
    assertEquals(Reason.OK, judged(bus, vaccination("EU/1/20/1528", 2, "2022-01-01")).reason());
    final OfflineVerdict half = judged(bus, vaccination("EU/1/20/1528", 2, "2022-02-28"));
    assertEquals(Verdict.REFUSE, half.verdict());
    assertEquals(Reason.RULE, half.reason());
    assertEquals("FR", half.rule().orElseThrow().country());
  }

  private static OfflineVerdict judged(OfflineCheckpoint bus, String code) throws Exception {
    return bus.judge("border", code.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void judgingByNationalRulesAllocatesNothing() throws Exception {
    final ScanEvaluator evaluator = evaluator();
    final Ruleset rules = border("EU", "FR", "AT", "CH");
    final Scan[] batch = new Scan[4];
    for (int i = 0; i < batch.length; i++) {
      batch[i] =
          new Scan()
              .text(vaccination("EU/1/20/1528", i == 3 ? 1 : 2, "2022-01-01"))
              .ruleset(rules)
              .atEpochSeconds(Scan.NOW);
    }
    Allocations.assertNone("scans", 20_000, () -> evaluate(evaluator, batch, 5_000));
    assertEquals(Reason.OK, batch[0].reason());
    assertEquals(Reason.RULE, batch[3].reason());
  }

  private static void evaluate(ScanEvaluator evaluator, Scan[] batch, int times) {
    for (int i = 0; i < times; i++) {
      evaluator.evaluate(batch, batch.length);
    }
  }
}
