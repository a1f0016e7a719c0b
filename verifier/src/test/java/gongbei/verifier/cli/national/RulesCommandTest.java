package gongbei.verifier.cli.national;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.codec.trust.KeyGeneration;
import gongbei.testing.Patience;
import gongbei.testing.TestCorpora;
import gongbei.verifier.ForeignCertificates;
import gongbei.verifier.TestNode;
import gongbei.verifier.cli.CommandRuns;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gongbei rules}, and what becomes of scans by the rules that it puts. */
final class RulesCommandTest extends CommandRuns {
  private static final String RULE =
      """
      {"Identifier":"VR-FR-0001","Type":"Acceptance","Country":"FR","Version":"1.0.0",\
      "SchemaVersion":"1.0.0","Engine":"CERTLOGIC","EngineVersion":"0.7.5",\
      "CertificateType":"Vaccination","ValidFrom":"2022-01-01T00:00:00Z",\
      "ValidTo":"2099-01-01T00:00:00Z","AffectedFields":["v.0","v.0.tg","v.0.dn"],\
      "Description":[{"lang":"en","desc":"At least two doses."},\
      {"lang":"fr","desc":"Au moins deux doses, s'il vous plaît."}],\
      "Logic":{"and":[{"in":[{"var":"payload.v.0.tg"},\
      {"var":"external.valueSets.disease-agent-targeted"}]},\
      {">=":[{"var":"payload.v.0.dn"},2]}]}}
      """;

  @TempDir private Path directory;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private String lastLine() {
    final List<String> lines = out.lines().toList();
    return lines.get(lines.size() - 1);
  }

  @Test
  void theNationalRulesOfOthersPassTheirTests() {
    final int exitCode =
        run(
            "rules",
            "test",
            "--rules",
            TestCorpora.require("dcc-rules/rules.jsonl") + "",
            "--valuesets",
            TestCorpora.require("dcc-rules/valuesets.json") + "",
            "--tests",
            TestCorpora.require("dcc-rules/tests.jsonl") + "");
    assertEquals("right 908 of 908\n", out.replace("\r", ""), err);
    assertEquals(0, exitCode);
  }

  @Test
  void theTestSuiteOfTheSpecificationPasses() throws IOException {
    final List<String> arguments = new ArrayList<>(List.of("rules", "certlogic"));
    try (Stream<Path> files = Files.list(TestCorpora.require("certlogic"))) {
      files
          .filter(each -> each.toString().endsWith(".json"))
          .forEach(each -> arguments.add("" + each));
    }
    assertEquals(0, run(arguments.toArray(String[]::new)), out + err);
    assertEquals("right 232 of 232", lastLine());
  }

  @Test
  void whatIsWrongIsToldAndBringsExitCodeOne() throws IOException {
    final String rules = file("rules.jsonl", RULE) + "";
    final String sets =
        file("sets.json", "{\"a\":{\"disease-agent-targeted\":[\"840539006\"]}}") + "";
    final String tests =
        file(
                "tests.jsonl",
                """
                {"rule":"VR-FR-0001","valueSets":"a","payload":{"v":[{"tg":"840539006","dn":2}]},"expected":true}
                {"rule":"VR-FR-0001","valueSets":"a","payload":{"v":[{"tg":"840539006","dn":1}]},"expected":false}

                {"rule":"VR-FR-0001","valueSets":"a","name":"three","payload":{"v":[{"tg":"840539006","dn":"3"}]},"expected":true}
                {"rule":"VR-FR-0002","valueSets":"a","payload":{},"expected":true}
                """)
            + "";
    final String[] test = {
      "rules", "test", "--rules", rules, "--valuesets", sets, "--tests", tests
    };
    assertEquals(1, run(test));
    assertEquals("right 2 of 4", lastLine());
    assertTrue(
        out.contains(
            "VR-FR-0001, three: is false, since an operand of a comparison is no integer, not true"),
        out);
    assertTrue(out.contains("VR-FR-0002"), out);
    file("rules.jsonl", RULE.replace("CERTLOGIC", "OTHER"));
    assertEquals(1, run(test));
    assertTrue(err.contains("VR-FR-0001: Engine is none of CERTLOGIC"), err);
    file("rules.jsonl", RULE + "nothing\n");
    assertEquals(1, run(test));
    assertTrue(err.contains("rules.jsonl:2 is not JSON"), err);
    file("rules.jsonl", RULE);
    file("sets.json", "{}");
    assertEquals(1, run(test));
    assertTrue(err.contains("the value sets: a are not there"), err);
    Files.delete(directory.resolve("sets.json"));
    assertEquals(3, run(test));
    assertTrue(err.contains("does not exist"), err);
    assertEquals(1, run("rules", "certlogic", file("none.json", "{\"name\":\"a\"}") + ""));
    assertTrue(err.contains("none.json has no array of cases"), err);
    final String wrong =
        "{\"cases\":[{\"name\":\"c\",\"certLogicExpression\":{\"or\":[1]},\"assertions\":[{\"data\":1,\"expected\":1}]}]}";
    assertEquals(1, run("rules", "certlogic", "--json", file("wrong.json", wrong) + ""));
    assertTrue(out.startsWith("{\"right\":0,\"of\":1,\"wrong\":["), out);
    assertEquals(2, run("rules"));
    assertEquals(2, run("rules", "certlogic"));
    assertEquals(
        2,
        run("rules", "put", "--url", "http://127.0.0.1:1", "--authority-keys", ".", "France", "x"));
  }

  private static JsonNode scan(TestNode node, String code, String languages) throws Exception {
    final String body =
        JsonNodeFactory.instance
            .objectNode()
            .put("checkpoint", "border-to-macau/gate")
            .put("code", code)
            .toString();
    final HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(node.http("/v1/scans")))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (!languages.isEmpty()) {
      request.header("Accept-Language", languages);
    }
    return TestNode.json(
        HttpClient.newHttpClient()
            .send(request.build(), HttpResponse.BodyHandlers.ofString())
            .body());
  }

  private static void awaitReason(TestNode node, String code, String reason) throws Exception {
    Patience.awaitEquals(reason, () -> scan(node, code, "").path("reason").asText());
  }

  private int put(TestNode node, Path keys, String... what) {
    final List<String> arguments =
        new ArrayList<>(
            List.of("rules", "put", "--url", node.http(""), "--authority-keys", keys + ""));
    arguments.addAll(List.of(what));
    return run(arguments.toArray(String[]::new));
  }

  @Test
  void rulesThatArePutJudgeTheNextForeignCodes() throws Exception {
    try (TestNode node = new TestNode()) {
      final Path keys = directory.resolve("authority");
      KeyGeneration.write(node.authority, "authority", keys);
      final String two = node.hcert(ForeignCertificates.vaccination(2));
      final String one = node.hcert(ForeignCertificates.vaccination(1));
      assertEquals(
          0,
          run(
              "ruleset",
              "set",
              "--url",
              node.http(""),
              "--authority-keys",
              keys + "",
              "border-to-macau",
              "foreignRules=[FR]"),
          err);
      awaitReason(node, two, "rule");
      final JsonNode without = scan(node, two, "");
      assertEquals("hold", without.path("verdict").asText());
      assertEquals("foreignRules", without.path("field").asText());
      assertFalse(without.has("rule"));

      final Path sets = file("sets.json", "{\"disease-agent-targeted\":[\"840539006\"]}");
      assertEquals(0, put(node, keys, "value-sets", sets + ""), err);
      assertTrue(out.startsWith("value-sets revision 1 is in force, version "), out);
      final Path rules = file("rules.jsonl", RULE + RULE.replace("FR", "DE"));
      assertEquals(0, put(node, keys, "FR", rules + ""), err);
      assertTrue(out.startsWith("FR revision 1 is in force, version "), out);
      awaitReason(node, two, "ok");
      final JsonNode broken = scan(node, one, "pt, fr-CH;q=0.8");
      assertEquals("refuse", broken.path("verdict").asText());
      assertEquals("rule", broken.path("reason").asText());
      assertEquals("VR-FR-0001", broken.path("field").asText());
      assertEquals("VR-FR-0001", broken.path("rule").path("id").asText());
      assertEquals("1.0.0", broken.path("rule").path("version").asText());
      assertEquals("fr", broken.path("rule").path("language").asText());
      assertEquals(
          "Au moins deux doses, s'il vous plaît.", broken.path("rule").path("text").asText());
      assertEquals("At least two doses.", scan(node, one, "").path("rule").path("text").asText());

      assertEquals(0, run("rules", "show", "--url", node.http("")), err);
      assertEquals(
          """
          FR, revision 1:
            VR-FR-0001@1.0.0 from 2022-01-01T00:00:00Z to 2099-01-01T00:00:00Z
          value-sets, revision 1
          """,
          out.replace("\r", ""));
      file("rules.jsonl", RULE.replace("]},2]", "]},1]").replace("\"},2]", "\"},1]"));
      assertEquals(1, put(node, keys, "--revision", "1", "FR", rules + ""));
      assertTrue(err.contains("FR revision 1 is superseded"), err);
      assertEquals(0, put(node, keys, "FR", rules + ""), err);
      awaitReason(node, one, "ok");
      assertEquals(0, run("rules", "show", "--json", "--url", node.http("")), err);
      assertEquals(2, TestNode.json(out).path("countries").path("FR").path("revision").asInt());
      file("rules.jsonl", RULE.replace("0.7.5", "2.0.0"));
      assertEquals(1, put(node, keys, "FR", rules + ""));
      assertTrue(err.contains("rules[0]: EngineVersion is newer than 1.3.3"), err);
      assertEquals(1, put(node, keys, "IT", rules + ""));
      assertTrue(err.contains("holds no rule of IT"), err);
    }
  }
}
