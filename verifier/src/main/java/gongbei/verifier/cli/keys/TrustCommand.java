package gongbei.verifier.cli.keys;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.trust.FileFault;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustException;
import gongbei.codec.trust.TrustListFile;
import gongbei.codec.trust.published.ListFormat;
import gongbei.codec.trust.published.PublishedLists;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Imports trust lists as they are published into a trust directory. */
@Command(
    name = "trust",
    description = "Imports published trust lists into a trust directory.",
    mixinStandardHelpOptions = true,
    subcommands = TrustCommand.Import.class)
public final class TrustCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    throw CommandException.usage("trust takes import; see gongbei trust --help");
  }

  /** Imports one list. */
  @Command(
      name = "import",
      description = {
        "Reads a published trust list and writes it to a trust directory as one file, which"
            + " replaces the earlier one of the same name. A running node picks it up.",
        "",
        "who-did: the WHO's did.json; its proof is verified by the key of --signer, or of a document"
            + " beside it where --from is a directory. dgc-gateway: the EU gateway's JSON. pem:"
            + " certificates, those of authorities for the signers of ICAO's seals. shc-issuers: the"
            + " VCI directory's snapshot, or key sets of single issuers.",
        "",
        "A key that can't be used is skipped and named. A file that is not a trust list, or"
            + " whose proof is not valid, is refused, and the earlier list stays."
      },
      mixinStandardHelpOptions = true)
  static final class Import implements Callable<Integer> {
    private static final int MAX_DAYS = 3_650;
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    @Spec private CommandSpec spec;

    @Option(
        names = "--from",
        paramLabel = "FILE|DIR",
        required = true,
        description = "The list; of a directory, all its files.")
    private Path from;

    @Option(
        names = "--format",
        paramLabel = "FORMAT",
        required = true,
        description = "who-did, dgc-gateway, pem or shc-issuers.")
    private String format;

    @Option(
        names = "--to",
        paramLabel = "DIR",
        required = true,
        description = "The trust directory; it is created if it does not exist.")
    private Path to;

    @Option(
        names = "--signer",
        paramLabel = "FILE",
        description =
            "The key that must have signed a who-did list: a DID document or a certificate.")
    private Path signer;

    @Option(
        names = "--name",
        paramLabel = "NAME",
        description = "The list's name in the directory; default its format.")
    private String name;

    @Option(
        names = "--valid-days",
        paramLabel = "DAYS",
        defaultValue = "30",
        description =
            "Days until the list expires; after that no issuer is trusted for it. Default 30.")
    private int validDays;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() {
      final ListFormat known = ListFormat.ofWireName(format);
      if (known == null) {
        throw CommandException.usage(
            "--format is not one of who-did, dgc-gateway, pem, shc-issuers");
      }
      if (validDays < 1 || validDays > MAX_DAYS) {
        throw CommandException.usage("--valid-days is not from 1 to " + MAX_DAYS);
      }
      final String file = name == null ? known.wireName() : name;
      if (!NAME.matcher(file).matches()) {
        throw CommandException.usage(
            "--name is not of small letters, digits and hyphens, 64 at most");
      }
      if (!Files.exists(from)) {
        throw CommandException.unreachable(from + " does not exist");
      }
      final TrustListFile list;
      try {
        list =
            PublishedLists.read(
                known,
                from,
                Optional.ofNullable(signer),
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                Duration.ofDays(validDays));
      } catch (TrustException e) {
        throw CommandException.refused(e.getMessage());
      }
      final PrintWriter warnings = spec.commandLine().getErr();
      if (list.proof().equals("not-verified")) {
        warnings.println(
            "warning: the proof was not verified, for its signer's key was not given: --signer");
      }
      list.skipped().forEach(reason -> warnings.println("warning: skipped: " + reason));
      warnings.flush();
      if (list.keys().isEmpty() && list.authorities().isEmpty()) {
        throw CommandException.refused(from + " has no key that can be used");
      }
      write(list, to.resolve(file + TrustListFile.ENDING));
      final PrintWriter out = spec.commandLine().getOut();
      out.println(json ? asJson(list).toString() : inWords(list));
      out.flush();
      return ExitCode.OK;
    }

    private static void write(TrustListFile list, Path file) {
      try {
        Files.createDirectories(file.getParent());
        // A name that begins with a dot is none that a node reads.
        final Path draft = file.resolveSibling("." + file.getFileName() + ".draft");
        Files.write(draft, list.toJson());
        Files.move(
            draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        throw CommandException.unreachable(file + " " + FileFault.reasonOf(e));
      }
    }

    private static long issuers(TrustListFile list) {
      return list.keys().stream().map(IssuerKey::issuer).distinct().count();
    }

    private static ObjectNode asJson(TrustListFile list) {
      return JsonNodeFactory.instance
          .objectNode()
          .put("source", list.source())
          .put("name", list.name())
          .put("keys", list.keys().size())
          .put("issuers", issuers(list))
          .put("authorities", list.authorities().size())
          .put("skipped", list.skipped().size())
          .put("proof", list.proof())
          .put("publishedAt", list.publishedAt().toString())
          .put("expiresAt", list.expiresAt().toString());
    }

    private static String inWords(TrustListFile list) {
      return list.name()
          + ": keys "
          + list.keys().size()
          + ", issuers "
          + issuers(list)
          + ", authorities "
          + list.authorities().size()
          + ", skipped "
          + list.skipped().size()
          + ", proof "
          + list.proof()
          + ", published "
          + list.publishedAt()
          + ", expires "
          + list.expiresAt();
    }
  }
}
