package gongbei.verifier.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.trust.Certificates;
import gongbei.codec.trust.TrustList;
import gongbei.codec.trust.TrustStore;
import gongbei.replication.map.StatusMap;
import gongbei.testing.TestCorpora;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetReader;
import gongbei.verifier.rules.RulesetStore;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Foreign codes of the kinds that public reports of faults describe, in the corpora. */
final class PublicFaultsTest {
  private static final long AT = Instant.parse("2026-11-26T21:40:00Z").getEpochSecond();
  private static final ObjectMapper JSON = new ObjectMapper();

  @BeforeEach
  void wantTheCorpora() {
    inputs();
  }

  private static Path inputs() {
    return TestCorpora.require("real-world");
  }

  private static String verdict(TrustList trust, String code, Ruleset rules, long at) {
    try (StatusMap map = StatusMap.inMemory(10)) {
      final Scan scan = new Scan().text(code).ruleset(rules).atEpochSeconds(at);
      new ScanEvaluator(
              new ScanEvaluator.Context()
                  .trust(() -> trust)
                  .engine(BouncyCastleEngine::new)
                  .statusMap(map)
                  .batchCapacity(1))
          .evaluate(new Scan[] {scan}, 1);
      return scan.verdict().wireName()
          + " "
          + scan.reason().wireName()
          + (scan.field() == null ? "" : " " + scan.field());
    }
  }

  private static Map<String, String> verdicts(Path directory, String ruleset) throws Exception {
    Files.copy(inputs().resolve("foreign-trust.pem"), directory.resolve("trust.pem"));
    final TrustList trust = TrustStore.ofDirectory(directory).current();
    final Ruleset rules;
    if (ruleset.equals("open")) {
      try (InputStream yaml = Files.newInputStream(inputs().resolve("open.yaml"))) {
        rules = RulesetReader.read("open.yaml", yaml);
      }
    } else {
      rules = RulesetStore.shipped().current().find(ruleset);
    }
    final Map<String, String> verdicts = new LinkedHashMap<>();
    for (final JsonNode row : JSON.readTree(inputs().resolve("foreign.json").toFile())) {
      verdicts.put(row.get(0).textValue(), verdict(trust, row.get(1).textValue(), rules, AT));
    }
    return verdicts;
  }

  private static Map<String, String> expected(String... namesAndVerdicts) {
    final Map<String, String> expected = new LinkedHashMap<>();
    for (int i = 0; i < namesAndVerdicts.length; i += 2) {
      expected.put(namesAndVerdicts[i], namesAndVerdicts[i + 1]);
    }
    return expected;
  }

  @Test
  void whereNoTestIsWantedACertificateSaysSomethingAllTheSame(@TempDir Path directory)
      throws Exception {
    assertEquals(
        expected(
            "neg-5h", "pass ok",
            "pos", "refuse positive-test",
            "pos-indef-value", "refuse positive-test",
            "pos-tagged-array", "refuse positive-test",
            "v-dn3", "pass ok",
            "v-dn1of2", "pass ok",
            "none", "refuse malformed hcert",
            "future-sc", "hold test-missing sc",
            "sc-feb30", "refuse malformed sc",
            "T-key-signs-V-indef", "refuse revoked key-usage",
            "T-key-signs-none", "refuse malformed hcert",
            "tg-influenza", "hold test-missing tg"),
        verdicts(directory, "open"));
  }

  @Test
  void whereThreeDosesOrATestAreWantedThoseOfThisDiseaseCount(@TempDir Path directory)
      throws Exception {
    assertEquals(
        expected(
            "neg-5h", "pass ok",
            "pos", "refuse positive-test",
            "pos-indef-value", "refuse positive-test",
            "pos-tagged-array", "refuse positive-test",
            "v-dn3", "pass ok",
            "v-dn1of2", "hold test-missing",
            "none", "refuse malformed hcert",
            "future-sc", "hold test-missing sc",
            "sc-feb30", "refuse malformed sc",
            "T-key-signs-V-indef", "refuse revoked key-usage",
            "T-key-signs-none", "refuse malformed hcert",
            "tg-influenza", "hold test-missing tg"),
        verdicts(directory, "metro"));
  }

  @Test
  void whereForeignCodesAreHeldAPositiveTestIsRefused(@TempDir Path directory) throws Exception {
    final Map<String, String> verdicts = verdicts(directory, "hospital");
    assertEquals("hold unknown-subject", verdicts.get("neg-5h"));
    assertEquals("refuse positive-test", verdicts.get("pos-tagged-array"));
    assertEquals("refuse malformed hcert", verdicts.get("none"));
    assertEquals("hold unknown-subject", verdicts.get("tg-influenza"));
  }

  @Test
  void aKeySignsWhatItsUsageNamesHoweverItIsWritten() throws Exception {
    final List<String> verdicts = new ArrayList<>();
    for (final String line : Files.readAllLines(inputs().resolve("eku.jsonl"))) {
      final JsonNode row = JSON.readTree(line);
      final byte[] der = Base64.getDecoder().decode(row.get("certificate").textValue());
      final TrustList trust = new TrustList(List.of(Certificates.anchor("one", der)));
      verdicts.add(
          row.get("name").textValue()
              + ": "
              + verdict(trust, row.get("code").textValue(), null, 1_795_730_000L));
    }
    assertEquals(
        List.of(
            "eku-t-signs-v: refuse revoked key-usage",
            "eku-v0-signs-v: pass ok",
            "eku-t-signs-none: refuse malformed hcert",
            "eku-serverauth: pass ok",
            "eku-t-signs-v-tagged: refuse revoked key-usage",
            "v-indef-key-nolimit: pass ok"),
        verdicts);
  }
}
