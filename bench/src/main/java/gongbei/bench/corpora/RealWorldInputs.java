package gongbei.bench.corpora;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Runs the inputs that public reports of faults describe, each the way that its report came about:
 * on the command line, or at a checkpoint of a node. What is right stands in the corpus's README or
 * beside the input.
 */
final class RealWorldInputs {
  /** When the inputs were made: in the life of each code but the one below. */
  private static final String AT = "2026-11-26T21:36:52Z";

  /** In the minute that {@code sm2-oid/code.txt} lives. */
  private static final String AT_OF_SM2_CODE = "2026-11-26T21:25:22Z";

  private static final String SUBJECT = "000102030405060708090a0b0c0d0e0f";

  private final Path folder;
  private final Path scratch;

  RealWorldInputs(Path corpora, Path scratch) {
    folder = corpora.resolve("real-world");
    this.scratch = scratch;
  }

  List<Outcome> run() throws Exception {
    final List<Outcome> outcomes = new ArrayList<>();
    outcomes.addAll(limitedKeys());
    try (Checkpoints checkpoints = new Checkpoints(scratch, folder.resolve("open.yaml"))) {
      outcomes.addAll(foreignCodes(checkpoints));
      outcomes.addAll(trustForms(checkpoints));
    }
    outcomes.addAll(signingKeys());
    outcomes.addAll(sm2UnderBothIdentifiers());
    outcomes.addAll(pictures());
    outcomes.addAll(residents());
    outcomes.addAll(behindByteOrderMark());
    return outcomes;
  }

  private Outcome outcome(String name, String expected, String found, boolean isRight) {
    return new Outcome("real-world/" + name, expected, found, isRight);
  }

  /** {@code eku.jsonl}: signature, times and key usage, with the certificate of the row. */
  private List<Outcome> limitedKeys() throws IOException {
    final List<Outcome> outcomes = new ArrayList<>();
    for (final JsonNode row : JsonFiles.lines(folder.resolve("eku.jsonl"))) {
      final ObjectNode question = JsonFiles.JSON.createObjectNode();
      question.set("code", row.get("code"));
      question.set("certificate", row.get("certificate"));
      question.put("at", row.path("at").asText(AT));
      final Path file = Files.writeString(scratch.resolve("eku.jsonl"), question + "\n");
      final JsonNode answer = only(CommandRun.of("verify", "--jsonl", file.toString()));
      final String right = row.get("right").textValue();
      final boolean passes = answer.path("verdict").asText().equals("pass");
      outcomes.add(
          outcome(
              "eku.jsonl " + row.get("name").textValue(),
              right,
              CommandRun.inWords(answer),
              right.startsWith("pass")
                  ? passes
                  : right.equals("refuse key-usage")
                      ? isRefusedForKeyUsage(answer)
                      : answer.path("verdict").asText().equals("refuse")));
    }
    return outcomes;
  }

  private static boolean isRefusedForKeyUsage(JsonNode answer) {
    return answer.path("reason").asText().equals("revoked")
        && answer.path("field").asText().equals("key-usage");
  }

  /** {@code foreign.json}: at a checkpoint of {@code open.yaml} and at those shipped. */
  private List<Outcome> foreignCodes(Checkpoints checkpoints) throws IOException {
    checkpoints.trust(folder.resolve("foreign-trust.pem"));
    final List<Outcome> outcomes = new ArrayList<>();
    for (final JsonNode row : JsonFiles.JSON.readTree(folder.resolve("foreign.json").toFile())) {
      final String code = row.get(1).textValue();
      if (outcomes.isEmpty()) {
        checkpoints.awaitOtherReasonThan("unknown-issuer", code, "open", AT);
      }
      final String right = row.get(2).textValue();
      for (final Place place : Place.values()) {
        if (place.isMeantBy(right)) {
          final JsonNode answer = checkpoints.scan(code, place.checkpoint(), AT);
          outcomes.add(
              outcome(
                  "foreign.json " + row.get(0).textValue() + " at " + place.checkpoint(),
                  right,
                  CommandRun.inWords(answer),
                  isRight(right, answer)));
        }
      }
    }
    return outcomes;
  }

  /** The kinds of checkpoints. All take foreign codes but the hospital, which holds them. */
  private enum Place {
    OPEN,
    METRO,
    BORDER_TO_MACAU,
    BORDER_TO_GUANGDONG,
    HOSPITAL;

    String checkpoint() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether what a row calls right says something of this place. */
    boolean isMeantBy(String right) {
      if (right.startsWith("pass at ")) {
        return right.equals("pass at " + checkpoint());
      }
      if (right.equals("pass")) {
        return this != HOSPITAL;
      }
      if (right.equals("test-missing")) {
        return this != HOSPITAL && this != OPEN;
      }
      return true;
    }
  }

  private static boolean isRight(String right, JsonNode answer) {
    final String verdict = answer.path("verdict").asText();
    if (right.contains("not pass")) {
      return verdict.equals("hold") || verdict.equals("refuse");
    }
    if (right.startsWith("pass")) {
      return verdict.equals("pass");
    }
    if (right.equals("revoked key-usage")) {
      return isRefusedForKeyUsage(answer);
    }
    return answer.path("reason").asText().equals(right);
  }

  /**
   * {@code trust-forms} that hold certificates: the command line reads them, or names the file and
   * says why not; a node that reads them also sees that the key's file is gone.
   */
  private List<Outcome> trustForms(Checkpoints checkpoints) throws IOException {
    final String code = Files.readString(folder.resolve("trust-forms/code.txt")).strip();
    final List<Outcome> outcomes = new ArrayList<>();
    for (final String form : List.of("bad-p384", "bom", "hidden", "trustedlabel", "x509label")) {
      final Path directory = folder.resolve("trust-forms").resolve(form);
      final CommandRun run =
          CommandRun.of("verify", "--json", "--trust", directory.toString(), "--at", AT, code);
      final boolean passes = run.exitCode() == 0;
      outcomes.add(
          outcome(
              "trust-forms/" + form,
              "read, or a file named and said why",
              passes ? "pass" : run.inWords(),
              passes || namesOneOf(run, directory)));
      if (passes) {
        checkpoints.trust(directory);
        final String before = checkpoints.awaitReason("ok", code, "open", AT);
        checkpoints.distrust("a.pem");
        final String after = checkpoints.awaitReason("unknown-issuer", code, "open", AT);
        outcomes.add(
            outcome(
                "trust-forms/" + form + " without a.pem",
                "ok at a node, and unknown-issuer once the file is gone",
                before + ", then " + after,
                before.equals("ok") && after.equals("unknown-issuer")));
      }
    }
    return outcomes;
  }

  private static boolean namesOneOf(CommandRun run, Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.anyMatch(file -> run.saysInOneLine(file.getFileName().toString()));
    }
  }

  /** {@code trust-forms} that hold a key to sign with: it signs, or is named and said why. */
  private List<Outcome> signingKeys() throws IOException {
    final List<Outcome> outcomes = new ArrayList<>();
    for (final String form : List.of("sec1", "enc")) {
      final Path directory = folder.resolve("trust-forms").resolve(form);
      final CommandRun issued = issue(directory);
      final boolean signs =
          issued.exitCode() == 0 && verifies(trustOf(directory), issued.out().strip(), null);
      outcomes.add(
          outcome(
              "trust-forms/" + form,
              "signs a code, or a.key.pem named and said why",
              signs ? "a code was signed" : issued.inWords(),
              signs || issued.saysInOneLine("a.key.pem")));
    }
    return outcomes;
  }

  /** Where the certificate of a directory of keys is trusted for Guangdong's codes. */
  private Path trustOf(Path keys) throws IOException {
    final Path trust = Files.createTempDirectory(scratch, "trust");
    Files.copy(
        keys.resolve("a.cert.pem"), Files.createDirectory(trust.resolve("GD1")).resolve("a.pem"));
    return trust;
  }

  private static CommandRun issue(Path keys) {
    return CommandRun.of(
        "issue", "--keys", keys.toString(), "--format", "GD1", "--subject", SUBJECT);
  }

  private static boolean verifies(Path trust, String code, String at) {
    final List<String> arguments = new ArrayList<>(List.of("verify", "--trust", trust.toString()));
    if (at != null) {
      arguments.addAll(List.of("--at", at));
    }
    arguments.add(code);
    return CommandRun.of(arguments.toArray(new String[0])).exitCode() == 0;
  }

  /**
   * {@code sm2-oid}: the code is verified by the certificate of the usual identifier; the key of
   * the other identifier signs, and its certificate verifies what it signed.
   */
  private List<Outcome> sm2UnderBothIdentifiers() throws IOException {
    final Path source = folder.resolve("sm2-oid");
    final Path plain = Files.createDirectory(scratch.resolve("sm2-plain"));
    Files.copy(
        source.resolve("plain.cert.pem"),
        Files.createDirectory(plain.resolve("GD1")).resolve("plain.cert.pem"));
    final Path other = Files.createDirectory(scratch.resolve("sm2-oid"));
    Files.copy(
        source.resolve("oid.cert.pem"),
        Files.createDirectory(other.resolve("GD1")).resolve("oid.cert.pem"));
    Files.copy(source.resolve("oid.key.pem"), other.resolve("oid.key.pem"));
    final String code = Files.readString(source.resolve("code.txt")).strip();
    final CommandRun verified =
        CommandRun.of("verify", "--trust", plain.toString(), "--at", AT_OF_SM2_CODE, code);
    final CommandRun issued = issue(other);
    final CommandRun ofIssued =
        CommandRun.of("verify", "--trust", other.toString(), issued.out().strip());
    return List.of(
        outcome("sm2-oid/plain.cert.pem", "pass", verified.inWords(), verified.exitCode() == 0),
        outcome(
            "sm2-oid/oid.key.pem",
            "a code is signed",
            issued.exitCode() == 0 ? "a code is signed" : issued.inWords(),
            issued.exitCode() == 0),
        outcome(
            "sm2-oid/oid.cert.pem",
            "pass",
            ofIssued.inWords(),
            issued.exitCode() == 0 && ofIssued.exitCode() == 0));
  }

  /** {@code images}: the same code three times, of which the first picture is the plain one. */
  private List<Outcome> pictures() throws IOException {
    final List<Outcome> outcomes = new ArrayList<>();
    JsonNode plain = null;
    for (final String file : List.of("01-plain.png", "02-inverted.png", "42-two-url-top.png")) {
      final List<JsonNode> answers =
          CommandRun.of("verify", "--json", "--image", folder.resolve("images/" + file).toString())
              .answers();
      if (plain == null) {
        plain = answers.get(0);
      }
      outcomes.add(
          outcome(
              "images/" + file,
              "the health code is judged",
              answers.isEmpty() ? "there was no answer" : CommandRun.inWords(answers.get(0)),
              answers.contains(plain)
                  && plain.path("format").asText().equals("GD1")
                  && plain.path("claims").isObject()));
    }
    return outcomes;
  }

  /** {@code csv}: what is taken, and what is refused by its line. */
  private List<Outcome> residents() throws IOException {
    final List<Outcome> outcomes = new ArrayList<>();
    for (final String name : List.of("01-bom", "12-blank-lines", "22-leap")) {
      final CommandRun run = load(name);
      outcomes.add(
          outcome(
              "csv/" + name + ".csv",
              "1 resident is taken",
              run.inWords(),
              run.exitCode() == 0 && run.answers().get(0).path("loaded").asInt() == 1));
    }
    for (final String name : List.of("19-feb30", "23-notz")) {
      final CommandRun run = load(name);
      outcomes.add(
          outcome(
              "csv/" + name + ".csv",
              "line 2 is refused for its sampleTime",
              run.inWords(),
              run.exitCode() == 1 && run.saysInOneLine("line 2: sampleTime")));
    }
    return outcomes;
  }

  /** Loads a copy, for a load keeps its progress beside the file. */
  private CommandRun load(String name) throws IOException {
    final Path copy = scratch.resolve(name + ".csv");
    Files.copy(folder.resolve("csv").resolve(name + ".csv"), copy);
    return CommandRun.of(
        "load",
        copy.toString(),
        "--data",
        scratch.resolve("data-" + name).toString(),
        "--max-subjects",
        "100",
        "--no-progress",
        "--json");
  }

  /** {@code bom-code.txt}: as an argument and as input. */
  private List<Outcome> behindByteOrderMark() throws IOException {
    final Path file = folder.resolve("bom-code.txt");
    final String text = Files.readString(file).strip();
    final CommandRun argument = CommandRun.of("decode", "--json", text);
    final CommandRun input =
        CommandRun.withInput(Files.readAllBytes(file), "decode", "--json", "-");
    return List.of(
        outcome("bom-code.txt as argument", "decoded", found(argument), argument.exitCode() == 0),
        outcome("bom-code.txt as input", "decoded", found(input), input.exitCode() == 0));
  }

  private static String found(CommandRun decoded) {
    return decoded.exitCode() == 0 ? "decoded" : decoded.inWords();
  }

  private static JsonNode only(CommandRun run) {
    final List<JsonNode> answers = run.answers();
    return answers.size() == 1
        ? answers.get(0)
        : JsonFiles.JSON.createObjectNode().put("verdict", run.inWords());
  }
}
