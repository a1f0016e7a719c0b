package gongbei.verifier.cli.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.trust.FileFault;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.input.CodeInput;
import gongbei.verifier.cli.remote.NodeHttp;
import gongbei.verifier.cli.remote.OpenAccess;
import gongbei.verifier.print.QrImage;
import gongbei.verifier.qr.SymbolParts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Has a node evaluate codes, as a checkpoint does. */
@Command(
    name = "scan",
    description = {
      "Has a node evaluate codes for a checkpoint, by its trust list, map and rules. One line a"
          + " code; 0 when all pass, 1 when one does not.",
      "",
      "With --lines each line is one code, answered as it comes: also of a hand scanner that types."
    },
    mixinStandardHelpOptions = true)
public final class ScanCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private OpenAccess access;

  @Parameters(paramLabel = "CODE", arity = "0..*", description = "The text of codes.")
  private List<String> codes = List.of();

  @Option(
      names = "--checkpoint",
      required = true,
      description = "kind, or kind/place, as in metro/tiyu-xilu.")
  private String checkpoint;

  @Option(
      names = "--image",
      paramLabel = "FILE",
      description =
          "Read the health codes in a picture (PNG, JPEG, GIF, BMP, TIFF, WebP) or in a PDF's"
              + " first pages, one answer for each.")
  private List<Path> images = List.of();

  @Option(
      names = "--lines",
      paramLabel = "FILE",
      description = "Read one code a line, from a file or - for input.")
  private String linesFile;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description = "Evaluate as of this time (RFC 3339); default now.")
  private String at;

  @Option(names = "--json", description = "Write the node's answers, one JSON object a code.")
  private boolean json;

  private NodeHttp node;
  private boolean allPass = true;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (codes.isEmpty() && images.isEmpty() && linesFile == null) {
      throw CommandException.usage("give a CODE, --image or --lines");
    }
    node = access.node();
    for (final String code : codes) {
      scan(code);
    }
    final SymbolParts symbols = new SymbolParts();
    for (final Path image : images) {
      for (final String code : codesIn(image, symbols)) {
        scan(code);
      }
    }
    for (final String missing : symbols.drop()) {
      throw CommandException.refused("--image " + missing);
    }
    if (linesFile != null) {
      scanLines();
    }
    return allPass ? ExitCode.OK : ExitCode.REFUSED;
  }

  private static List<String> codesIn(Path image, SymbolParts symbols) {
    try (InputStream bytes = CodeInput.open(image)) {
      return QrImage.readAll(bytes, symbols);
    } catch (QrImage.UnreadableException e) {
      throw CommandException.refused(image + ": image " + e.getMessage());
    } catch (IOException e) {
      throw CommandException.unreachable(image + " " + FileFault.reasonOf(e));
    }
  }

  private void scanLines() throws IOException, InterruptedException {
    try (BufferedReader reader = CodeInput.lines(linesFile)) {
      final StringBuilder line = new StringBuilder();
      while (CodeInput.readLine(reader, line)) {
        final String code = line.toString().replaceAll("[\\r\\n]+$", "");
        if (!code.isBlank()) {
          scan(code);
        }
      }
    }
  }

  private void scan(String code) throws InterruptedException {
    final ObjectNode body =
        JsonNodeFactory.instance.objectNode().put("checkpoint", checkpoint).put("code", code);
    if (at != null) {
      body.put("at", at);
    }
    final JsonNode answer = node.post("/v1/scans", body);
    allPass &= answer.path("verdict").asText().equals("pass");
    spec.commandLine().getOut().println(json ? answer : inWords(answer));
    spec.commandLine().getOut().flush();
  }

  private static String inWords(JsonNode answer) {
    final StringBuilder words =
        new StringBuilder(answer.path("verdict").asText())
            .append(": ")
            .append(answer.path("reason").asText());
    if (answer.has("field")) {
      words.append(" (").append(answer.path("field").asText()).append(')');
    }
    words.append(", ").append(answer.path("ruleset").asText());
    return answer.path("stale").asBoolean()
        ? words
            .append(", by data ")
            .append(answer.path("dataAgeMillis"))
            .append(" ms old")
            .toString()
        : words.toString();
  }
}
