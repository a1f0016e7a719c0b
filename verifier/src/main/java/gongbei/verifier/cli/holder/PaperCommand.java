package gongbei.verifier.cli.holder;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.file.PrivateFiles;
import gongbei.codec.trust.FileFault;
import gongbei.codec.trust.TextFile;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.remote.GivenAccess;
import gongbei.verifier.print.PaperPages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Has codes printed for people without a telephone. */
@Command(
    name = "paper",
    description =
        "Creates long-lived codes as printable pages, for one person or a "
            + "village. The paper does not show the colour: only the map has it, and an"
            + " authority can revoke the code.",
    mixinStandardHelpOptions = true)
public final class PaperCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private GivenAccess access;

  @Option(
      names = "--subjects",
      paramLabel = "FILE",
      required = true,
      description = {
        "One person a line: the subject, and after a comma a label to be printed, up to "
            + PaperPages.MAX_LABEL_CHARACTERS
            + " characters. Up to "
            + PaperPages.MAX_PAPERS
            + " lines."
      })
  private Path subjects;

  @Option(names = "--out", paramLabel = "FILE", required = true, description = "A new PDF file.")
  private Path file;

  @Option(
      names = "--layout",
      defaultValue = "single",
      description = "single: one on a page; sheet: eight on a page. Default ${DEFAULT-VALUE}.")
  private PaperPages.Layout layout;

  @Option(
      names = "--ttl-seconds",
      description = "Lifetime of the codes; the node's default is 30 days.")
  private Integer ttlSeconds;

  @Override
  public Integer call() throws InterruptedException {
    final ObjectNode body =
        JsonNodeFactory.instance.objectNode().put("layout", layout.name().toLowerCase(Locale.ROOT));
    if (ttlSeconds != null) {
      body.put("ttlSeconds", ttlSeconds);
    }
    final ArrayNode papers = body.putArray("papers");
    read(papers);
    final byte[] pdf = access.node().post("/v1/papers", body, "application/pdf");
    try {
      PrivateFiles.writeNew(file, pdf);
    } catch (IOException e) {
      throw CommandException.unreachable(file + " " + FileFault.reasonOf(e));
    }
    spec.commandLine().getOut().println(papers.size() + " codes in " + file);
    spec.commandLine().getOut().flush();
    return ExitCode.OK;
  }

  private void read(ArrayNode papers) {
    try {
      for (final String line : TextFile.lines(subjects)) {
        if (!line.isBlank()) {
          final int comma = line.indexOf(',');
          papers
              .addObject()
              .put("subject", (comma < 0 ? line : line.substring(0, comma)).strip())
              .put("label", comma < 0 ? "" : line.substring(comma + 1).strip());
        }
      }
    } catch (IOException e) {
      throw CommandException.unreachable(subjects + " " + FileFault.reasonOf(e));
    }
  }
}
