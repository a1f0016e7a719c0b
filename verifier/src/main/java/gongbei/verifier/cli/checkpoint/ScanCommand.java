package gongbei.verifier.cli.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.trust.FileFault;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.input.CodeInput;
import gongbei.verifier.cli.remote.NodeHttp;
import gongbei.verifier.cli.remote.NodeJson;
import gongbei.verifier.cli.remote.OpenAccess;
import gongbei.verifier.cli.remote.VerdictView;
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
      "Sends codes to a node, which evaluates them for a checkpoint by its trust list, map"
          + " and rules. One line a code; 0 when all pass, 1 when one does not.",
      "",
      "With --lines, each line is one code, answered as it arrives; a handheld scanner that"
          + " types works too."
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

  /** What the node is asked. */
  private record Question(String checkpoint, String code, String at) {}

  private void scan(String code) throws InterruptedException {
    final JsonNode answer =
        node.post("/v1/scans", NodeJson.write(new Question(checkpoint, code, at)));
    final VerdictView verdict = VerdictView.of(answer);
    allPass &= verdict.isPass();
    spec.commandLine().getOut().println(json ? answer : inWords(verdict));
    spec.commandLine().getOut().flush();
  }

  private static String inWords(VerdictView verdict) {
    final StringBuilder words =
        new StringBuilder(verdict.verdict()).append(": ").append(verdict.reason());
    if (verdict.field() != null) {
      words.append(" (").append(verdict.field()).append(')');
    }
    words.append(", ").append(verdict.ruleset());
    return verdict.stale()
        ? words.append(", by data ").append(verdict.dataAgeMillis()).append(" ms old").toString()
        : words.toString();
  }
}
