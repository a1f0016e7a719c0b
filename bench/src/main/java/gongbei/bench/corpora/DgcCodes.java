package gongbei.bench.corpora;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Runs the EU's dgc-testdata through {@code verify --jsonl}, each code with the certificate of its
 * row. A row states for each step of a verification whether it has to succeed: a code passes where
 * no step that is stated has to fail, and else is refused for that step.
 */
final class DgcCodes {
  /** The steps that {@code verify} takes, each with the reasons that its failure has. */
  private static final Map<String, List<String>> STEPS =
      Map.of(
          "EXPECTEDUNPREFIX", List.of("unsupported-format"),
          "EXPECTEDB45DECODE", List.of("malformed"),
          "EXPECTEDCOMPRESSION", List.of("malformed"),
          "EXPECTEDDECODE", List.of("malformed"),
          "EXPECTEDVERIFY", List.of("bad-signature", "unknown-issuer"),
          "EXPECTEDEXPIRATIONCHECK", List.of("expired", "not-yet-valid"),
          "EXPECTEDKEYUSAGE", List.of("revoked"));

  /**
   * Its row says that the key usage fails, and describes it as "valid, no key usage": the
   * certificate names a usage of travel documents and none of health certificates, and the hcert
   * specification (A.4) limits nobody by others.
   */
  private static final String OF_ANOTHER_USAGE = "IS/2DCode/raw/3.json";

  /** Its row does not state the key usage: a test signed by a key for vaccinations alone. */
  private static final String OF_UNSTATED_USAGE = "LI/2DCode/raw/4.json";

  private final Path folder;
  private final Path scratch;

  DgcCodes(Path corpora, Path scratch) {
    folder = corpora.resolve("dgc");
    this.scratch = scratch;
  }

  List<Outcome> run() throws IOException {
    final List<JsonNode> rows = JsonFiles.lines(folder.resolve("codes.jsonl"));
    final List<String> questions = new ArrayList<>();
    for (final JsonNode row : rows) {
      final ObjectNode question = JsonFiles.JSON.createObjectNode();
      question.set("code", row.get("code"));
      question.set("certificate", row.get("certificate"));
      question.put("at", at(row));
      questions.add(question.toString());
    }
    final Path file = Files.write(scratch.resolve("dgc.jsonl"), questions);
    final List<JsonNode> answers = CommandRun.of("verify", "--jsonl", file.toString()).answers();
    final List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      final JsonNode row = rows.get(i);
      final String name = "dgc/" + row.get("file").textValue();
      if (i < answers.size()) {
        final Right right = expected(row);
        final JsonNode answer = answers.get(i);
        outcomes.add(
            new Outcome(name, right.words(), CommandRun.inWords(answer), right.allows(answer)));
      } else {
        outcomes.add(new Outcome(name, "an answer", "there was none", false));
      }
    }
    outcomes.addAll(pictures(rows));
    return outcomes;
  }

  /** The pictures, each named after the row whose code it shows. */
  private List<Outcome> pictures(List<JsonNode> rows) throws IOException {
    final List<Path> files;
    try (Stream<Path> all = Files.list(folder.resolve("png"))) {
      files = all.sorted().toList();
    }
    final List<Outcome> outcomes = new ArrayList<>();
    for (final Path file : files) {
      final String name = file.getFileName().toString();
      final String row =
          name.replace("_2DCode_png_", "/2DCode/raw/").replaceAll("\\.png$", ".json");
      for (final JsonNode each : rows) {
        if (each.get("file").textValue().equals(row)) {
          outcomes.add(DccPictures.check("dgc/png/" + name, file, each.get("code").textValue()));
        }
      }
    }
    return outcomes;
  }

  /**
   * The clock of a row that states what comes of the times; else the code's own time of issue, for
   * the clock of some rows lies before it.
   */
  private static String at(JsonNode row) {
    if (!row.get("expected").has("EXPECTEDEXPIRATIONCHECK")) {
      final CommandRun decoded = CommandRun.of("decode", "--json", row.get("code").textValue());
      final JsonNode issued = decoded.answers().get(0).at("/claims/iat");
      if (issued.isIntegralNumber()) {
        return Instant.ofEpochSecond(issued.longValue()).toString();
      }
    }
    return row.get("clock").textValue();
  }

  /** What a row calls right: a pass, or a refusal for one of these reasons. */
  private record Right(boolean passes, Set<String> reasons) {
    boolean allows(JsonNode answer) {
      return answer.path("verdict").asText().equals(passes ? "pass" : "refuse")
          && (passes || reasons.isEmpty() || reasons.contains(answer.path("reason").asText()));
    }

    String words() {
      return passes ? "pass" : reasons.isEmpty() ? "refuse" : "refuse " + reasons;
    }
  }

  /**
   * The JSON schema ({@code EXPECTEDSCHEMAVALIDATION}) is of names, dates of birth and value sets,
   * by which {@code verify} evaluates nobody. So where it has to fail, and the row states that the
   * steps before it succeed, the code passes; where it is all that the row states, the code has no
   * entry or several, and must not.
   */
  private static Right expected(JsonNode row) {
    final String file = row.get("file").textValue();
    final JsonNode expected = row.get("expected");
    final Set<String> reasons = new TreeSet<>();
    STEPS.forEach(
        (step, names) -> {
          if (!expected.path(step).asBoolean(true)) {
            reasons.addAll(names);
          }
        });
    if (file.equals(OF_ANOTHER_USAGE)) {
      reasons.clear();
    }
    if (file.equals(OF_UNSTATED_USAGE)) {
      reasons.addAll(STEPS.get("EXPECTEDKEYUSAGE"));
    }
    final boolean failsSchemaAlone =
        !expected.path("EXPECTEDSCHEMAVALIDATION").asBoolean(true)
            && !expected.has("EXPECTEDVERIFY");
    return new Right(reasons.isEmpty() && !failsSchemaAlone, reasons);
  }
}
