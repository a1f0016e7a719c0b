package gongbei.bench.corpora;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.verifier.cli.Gongbei;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/**
 * Holds what one command of gongbei.jar's command line printed, run in this process.
 *
 * @param exitCode 0 success or all pass, 1 refused, 2 usage, 3 out of reach or failed
 */
record CommandRun(int exitCode, String out, String err) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Runs a command with its arguments. */
  static CommandRun of(String... arguments) {
    final StringWriter out = new StringWriter();
    final StringWriter err = new StringWriter();
    final CommandLine line = Gongbei.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    final int exitCode = line.execute(arguments);
    return new CommandRun(exitCode, out.toString(), err.toString());
  }

  /** Runs a command that reads standard input. Nothing else may read it meanwhile. */
  static CommandRun withInput(byte[] input, String... arguments) {
    final InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(input));
    try {
      return of(arguments);
    } finally {
      System.setIn(before);
    }
  }

  /** The objects that were printed, one a line. */
  List<JsonNode> answers() {
    final List<JsonNode> answers = new ArrayList<>();
    for (final String line : out.split("\n", -1)) {
      if (!line.isBlank()) {
        answers.add(json(line));
      }
    }
    return answers;
  }

  /** Whether standard error is one line that says this, as a refusal is. */
  boolean saysInOneLine(String words) {
    return err.contains(words) && err.strip().lines().count() == 1;
  }

  /** What was printed, on one line, for people. */
  String inWords() {
    final String printed = (out + " " + err).replaceAll("\\s+", " ").strip();
    return "exit code " + exitCode + (printed.isEmpty() ? "" : ": " + shortened(printed));
  }

  /** An answer of {@code verify --json}: the verdict, its reason and the detail. */
  static String inWords(JsonNode answer) {
    final String detail = answer.path("detail").asText("");
    return answer.path("verdict").asText()
        + " "
        + answer.path("reason").asText()
        + (detail.isEmpty() || detail.equals("null") ? "" : " (" + detail + ")");
  }

  private static String shortened(String text) {
    return text.length() <= 200 ? text : text.substring(0, 200) + "…";
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      return JSON.createObjectNode().put("verdict", "no JSON: " + shortened(line));
    }
  }
}
