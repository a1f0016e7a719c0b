package gongbei.codec.certlogic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.testing.TestCorpora;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The test suites of the specification and of the national rules, which others have written. */
final class CertLogicSuiteTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void everyAssertionOfTheSpecificationsTestSuiteHolds() throws IOException {
    final List<String> wrong = new ArrayList<>();
    int assertions = 0;
    try (Stream<Path> files = Files.list(TestCorpora.require("certlogic"))) {
      for (final Path file : files.filter(each -> each.toString().endsWith(".json")).toList()) {
        final TestSuite suite = TestSuite.run(JSON.readTree(file.toFile()));
        assertions += suite.assertions();
        wrong.addAll(suite.wrong());
      }
    }
    assertEquals(List.of(), wrong);
    assertEquals(232, assertions);
  }

  /** By the names that a node compiles them with, all the rules in one program. */
  @Test
  void everyTestOfTheNationalRulesHoldsInOneProgram() throws IOException, CertLogicException {
    final Map<String, Compiled> bySets = new HashMap<>();
    final JsonNode sets = JSON.readTree(TestCorpora.require("dcc-rules/valuesets.json").toFile());
    final List<String> wrong = new ArrayList<>();
    int tests = 0;
    for (final JsonNode test : lines("dcc-rules/tests.jsonl")) {
      final String key = test.path("valueSets").textValue();
      if (!bySets.containsKey(key)) {
        bySets.put(key, new Compiled(sets.path(key)));
      }
      tests++;
      final boolean is = bySets.get(key).isTrue(test);
      if (is != test.path("expected").booleanValue()) {
        wrong.add(test.toString());
      }
    }
    assertEquals(List.of(), wrong);
    assertEquals(908, tests);
  }

  private static List<JsonNode> lines(String file) throws IOException {
    final List<JsonNode> lines = new ArrayList<>();
    for (final String line : Files.readAllLines(TestCorpora.require(file))) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  /** The rules over one collection of value sets. */
  private static final class Compiled {
    private final Map<String, Integer> rules = new HashMap<>();
    private final int payload;
    private final int clock;
    private final Evaluation evaluation;

    Compiled(JsonNode sets) throws IOException, CertLogicException {
      final Program.Compiler compiler = new Program.Compiler();
      payload = compiler.input("payload");
      clock = compiler.input("external", "validationClock");
      final Map<List<String>, byte[]> named = new HashMap<>();
      sets.properties()
          .forEach(
              set ->
                  named.put(
                      List.of("external", "valueSets", set.getKey()),
                      JsonValues.toCbor(set.getValue())));
      for (final JsonNode rule : lines("dcc-rules/rules.jsonl")) {
        rules.put(
            rule.path("Identifier").textValue(),
            compiler.add(ExpressionReader.read("Logic", rule.path("Logic")), named));
      }
      evaluation = new Evaluation(compiler.compile());
    }

    boolean isTrue(JsonNode test) {
      final byte[] certificate =
          JsonValues.toCbor(test.has("payload") ? test.path("payload") : JSON.nullNode());
      evaluation.begin().item(payload, certificate, 0);
      if (test.path("external").has("validationClock")) {
        evaluation.item(clock, JsonValues.toCbor(test.path("external").path("validationClock")), 0);
      }
      return evaluation.evaluate(rules.get(test.path("rule").textValue()))
          == Evaluation.Outcome.TRUE;
    }
  }

  /** The same over JSON as it is told, which is what the command line does. */
  @Test
  void everyTestOfTheNationalRulesHoldsOverPlainData() throws IOException, CertLogicException {
    final Map<String, JsonNode> logics = new HashMap<>();
    for (final JsonNode rule : lines("dcc-rules/rules.jsonl")) {
      logics.put(rule.path("Identifier").textValue(), rule.path("Logic"));
    }
    final JsonNode sets = JSON.readTree(TestCorpora.require("dcc-rules/valuesets.json").toFile());
    for (final JsonNode test : lines("dcc-rules/tests.jsonl")) {
      final ObjectNode data = JSON.createObjectNode();
      data.set("payload", test.path("payload"));
      final ObjectNode external = data.putObject("external");
      external.setAll((ObjectNode) test.path("external"));
      external.set("valueSets", sets.path(test.path("valueSets").textValue()));
      assertEquals(
          test.path("expected"),
          TestSuite.evaluate(logics.get(test.path("rule").textValue()), data),
          test::toString);
    }
  }
}
