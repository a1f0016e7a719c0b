package gongbei.verifier.cli.node;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.codec.trust.FileFault;
import gongbei.codec.trust.TrustException;
import gongbei.verifier.audit.AuditCheck;
import gongbei.verifier.audit.AuditException;
import gongbei.verifier.audit.AuditExport;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.input.TrustPlace;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Checks and copies the audit log of translations. */
@Command(
    name = "audit",
    description = "Checks or copies the receipts of translations.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    subcommands = {AuditCommand.Verify.class, AuditCommand.Export.class})
public final class AuditCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    throw CommandException.usage(
        "a subcommand is missing: verify or export; see gongbei audit --help");
  }

  /** Checks a log. */
  @Command(
      name = "verify",
      description =
          "Checks, with the files and the region's certificates only, that every "
              + "receipt is unchanged up to the signed head at the end.")
  static final class Verify implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
        paramLabel = "FILE",
        arity = "1..*",
        description = "The audit log: one file, or several that follow each other, oldest first.")
    private List<Path> files;

    @Option(
        names = "--trust",
        paramLabel = "DIR",
        required = true,
        description = "The region's certificates, *.pem.")
    private Path trust;

    @Option(
        names = "--head",
        paramLabel = "HEX",
        description =
            "A head that an earlier verify printed; the log must contain it. Without "
                + "it an emptied log looks like a new one.")
    private String head;

    @Option(
        names = "--excerpt",
        description =
            "Accept a log that does not start at its first line, such as an exported " + "one.")
    private boolean excerpt;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() {
      if (head != null && !head.matches("[0-9a-f]{64}")) {
        throw CommandException.usage("--head is not 64 lower-case hexadecimal digits");
      }
      try {
        final AuditCheck.Summary summary =
            AuditCheck.check(
                files, TrustPlace.read(trust, spec.commandLine().getErr()), excerpt, head);
        spec.commandLine()
            .getOut()
            .println(
                json
                    ? JsonNodeFactory.instance
                        .objectNode()
                        .put("receipts", summary.receipts())
                        .put("lookups", summary.lookups())
                        .put("heads", summary.heads())
                        .put("first", summary.firstNumber())
                        .put("last", summary.lastNumber())
                        .put("head", summary.isEmpty() ? null : summary.lastDigestHex())
                    : inWords(summary));
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
      } catch (AuditException e) {
        throw of(e);
      } catch (TrustException e) {
        throw CommandException.unreachable(e.getMessage());
      }
    }
  }

  private static String inWords(AuditCheck.Summary summary) {
    return summary.isEmpty()
        ? "empty: no receipt, no lookup and no signed head has been written yet"
        : "whole: "
            + summary.receipts()
            + " receipts, "
            + summary.lookups()
            + " lookups, "
            + summary.heads()
            + " signed heads, the last "
            + summary.lastDigestHex();
  }

  /** Copies part of a log. */
  @Command(
      name = "export",
      description =
          "Copies a range of lines, up to the next signed head, so that audit "
              + "verify --excerpt can check the copy.")
  static final class Export implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
        paramLabel = "FILE",
        arity = "1..*",
        description = "The audit log: one file, or several that follow each other, oldest first.")
    private List<Path> files;

    @Option(
        names = "--from",
        paramLabel = "N",
        defaultValue = "0",
        description = "The first line's number; default 0.")
    private long from;

    @Option(
        names = "--to",
        paramLabel = "N",
        defaultValue = "9223372036854775807",
        description = "The last line's number; default the end.")
    private long to;

    @Option(
        names = "--out",
        paramLabel = "FILE",
        description = "A new file; without it, standard output.")
    private Path into;

    @Override
    public Integer call() throws IOException {
      if (from < 0 || to < from) {
        throw CommandException.usage("--from and --to are not 0 or more, the lesser first");
      }
      try {
        if (into == null) {
          AuditExport.copy(files, from, to, spec.commandLine().getOut());
        } else {
          try (Writer writer =
              Files.newBufferedWriter(
                  into, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW)) {
            final long copied = AuditExport.copy(files, from, to, writer);
            spec.commandLine().getOut().println(copied + " lines copied");
            spec.commandLine().getOut().flush();
          }
        }
        return ExitCode.OK;
      } catch (AuditException e) {
        throw of(e);
      } catch (FileSystemException e) {
        // It names the file, of the two.
        throw e;
      } catch (IOException e) {
        throw CommandException.unreachable(files + " or " + into + " " + FileFault.reasonOf(e));
      }
    }
  }

  private static CommandException of(AuditException e) {
    return e.reason() == AuditException.Reason.UNREADABLE
        ? CommandException.unreachable(e.getMessage())
        : CommandException.refused(e.reason().wireName() + ": " + e.getMessage());
  }
}
