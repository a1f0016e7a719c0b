package gongbei.verifier.cli.holder;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.codec.model.DocumentType;
import gongbei.codec.trust.SubjectSecret;
import gongbei.codec.trust.TrustException;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.input.CsvReader;
import gongbei.verifier.cli.input.TypedText;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes documents into subjects. */
@Command(
    name = "subject",
    description = {
      "Derives the region's subjects from documents and the region's secret: of one"
          + " document, or of each row of a CSV file.",
      "",
      "The first line of FILE names its columns: documentNumber, documentType (or one type"
          + " for all rows by --document-type), and any others. The output has subject in their"
          + " place and keeps the others; with the columns that load needs, it can be loaded."
    },
    mixinStandardHelpOptions = true)
public final class SubjectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "Documents in CSV, UTF-8; - for standard input.")
  private String file;

  @Option(
      names = "--secret",
      paramLabel = "FILE",
      required = true,
      description = "The region's secret, as keygen --subject-secret makes it.")
  private Path secretFile;

  @Option(
      names = "--document-type",
      paramLabel = "TYPE",
      description = "mainland-id, home-return-permit, exit-entry-permit, macau-bir or passport.")
  private DocumentType type;

  @Option(
      names = "--document-number",
      paramLabel = "NUMBER",
      interactive = true,
      arity = "0..1",
      description =
          "The number of one document; neither printed nor stored; without a value "
              + "the command prompts for it.")
  private char[] number;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write the rows to this new file; default standard output.")
  private Path out;

  @Option(names = "--json", description = "Write JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if ((file == null) == (number == null)) {
      throw CommandException.usage("give FILE, or --document-type and --document-number");
    }
    if (file == null && (type == null || out != null)) {
      throw CommandException.usage(
          type == null
              ? "--document-type is missing, which --document-number needs"
              : "--out goes with FILE");
    }
    final SubjectSecret secret;
    try {
      secret = SubjectSecret.read(secretFile);
    } catch (TrustException e) {
      throw CommandException.unreachable(e.getMessage());
    }
    if (file == null) {
      one(secret);
    } else {
      many(secret);
    }
    spec.commandLine().getOut().flush();
    return ExitCode.OK;
  }

  private void one(SubjectSecret secret) {
    final String plain = new String(number);
    final String subject;
    try {
      SubjectRows.requireNumber(plain);
      subject = HexFormat.of().formatHex(secret.subject(type, plain));
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("--document-number " + e.getMessage());
    }
    spec.commandLine()
        .getOut()
        .println(
            json
                ? JsonNodeFactory.instance.objectNode().put("subject", subject).toString()
                : subject);
  }

  private void many(SubjectSecret secret) throws IOException {
    final PrintWriter printed = spec.commandLine().getOut();
    try (CsvReader rows = open()) {
      final SubjectRows documents =
          new SubjectRows(rows, secret.documents(), Optional.ofNullable(type));
      if (out == null) {
        documents.write(printed);
        return;
      }
      final Path draft = out.resolveSibling(out.getFileName() + ".draft");
      requireAbsent(out);
      boolean isWhole = false;
      try {
        try (Writer writer =
            Files.newBufferedWriter(draft, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW)) {
          documents.write(writer);
        }
        Files.move(draft, out);
        isWhole = true;
      } finally {
        if (!isWhole) {
          Files.deleteIfExists(draft);
        }
      }
      printed.println(
          json
              ? JsonNodeFactory.instance.objectNode().put("rows", rows.rows()).toString()
              : rows.rows() + (rows.rows() == 1 ? " subject in " : " subjects in ") + out);
    }
  }

  private static void requireAbsent(Path path) {
    if (Files.exists(path)) {
      throw CommandException.refused(path + " exists already");
    }
  }

  private CsvReader open() {
    final String consequence = "; nothing is written of it and what follows";
    return file.equals("-")
        ? CsvReader.ofStandardInput(consequence)
        : CsvReader.of(TypedText.path(file), consequence);
  }
}
