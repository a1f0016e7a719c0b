package gongbei.verifier.cli.checkpoint;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeText;
import gongbei.codec.trust.FileFault;
import gongbei.codec.trust.TrustException;
import gongbei.codec.trust.TrustList;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.input.CodeInput;
import gongbei.verifier.cli.input.TrustPlace;
import gongbei.verifier.cli.remote.GivenAccess;
import gongbei.verifier.config.Limits;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.offline.OfflineCheckpoint;
import gongbei.verifier.offline.OfflinePack;
import gongbei.verifier.offline.OfflineVerdict;
import gongbei.verifier.offline.PackException;
import gongbei.verifier.rules.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Packs for checkpoints without a network. */
@Command(
    name = "pack",
    description =
        "Fetches and shows packs for checkpoints without a network, and evaluates"
            + " codes with them.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    subcommands = {PackCommand.Fetch.class, PackCommand.Show.class, PackCommand.Judge.class})
public final class PackCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    throw CommandException.usage(
        "a subcommand is missing: fetch, show or judge; see gongbei pack --help");
  }

  /** Fetches a pack. */
  @Command(
      name = "fetch",
      description = "Fetches a pack, or a delta to one, from a node. Signed by a checkpoint.")
  static final class Fetch implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private GivenAccess access;

    @Option(
        names = "--keys",
        paramLabel = "DIR",
        required = true,
        description = "The checkpoint's key and certificate, *.pem.")
    private Path keys;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "A new file.")
    private Path file;

    @Option(
        names = "--since",
        paramLabel = "VERSION",
        description = "A delta to the full pack of that version.")
    private Long since;

    @Option(
        names = "--life-seconds",
        defaultValue = "" + Limits.DEFAULT_PACK_SECONDS,
        description = "Lifetime of the pack; default ${DEFAULT-VALUE}.")
    private int lifeSeconds;

    @Override
    public Integer call() throws InterruptedException {
      final ObjectNode body = JsonNodeFactory.instance.objectNode().put("lifeSeconds", lifeSeconds);
      if (since != null) {
        body.put("since", since);
      }
      final byte[] pack = access.node(keys).postSignedForBytes("/v1/packs", body);
      try {
        Files.write(file, pack, StandardOpenOption.CREATE_NEW);
      } catch (IOException e) {
        throw CommandException.unreachable(file + " " + FileFault.reasonOf(e));
      }
      spec.commandLine().getOut().println(pack.length + " bytes in " + file);
      spec.commandLine().getOut().flush();
      return ExitCode.OK;
    }
  }

  /** Shows what a pack says of itself. */
  @Command(name = "show", description = "Verifies a pack and shows its header.")
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The pack.")
    private Path file;

    @Option(
        names = "--trust",
        paramLabel = "DIR",
        required = true,
        description = "The region's certificates, *.pem.")
    private Path trust;

    @Override
    public Integer call() {
      try {
        final OfflinePack pack =
            OfflinePack.read(
                bytes(file),
                anchors(trust, spec.commandLine().getErr()),
                CodeInput.nowEpochSeconds());
        final OfflinePack.Header header = pack.header();
        spec.commandLine()
            .getOut()
            .println(
                JsonNodeFactory.instance
                    .objectNode()
                    .put("region", header.region().wireName())
                    .put("version", header.version())
                    .put("baseVersion", header.baseVersion())
                    .put("madeAt", Instant.ofEpochSecond(header.madeAtEpochSeconds()).toString())
                    .put(
                        "expiresAt",
                        Instant.ofEpochSecond(header.expiresAtEpochSeconds()).toString())
                    .put("residents", header.residents())
                    .put("notGreen", header.notGreen())
                    .put("issuers", pack.trust().size())
                    .put("rulesets", pack.rulesets().all().size())
                    .put("bytes", pack.bytes())
                    .toPrettyString());
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
      } catch (PackException e) {
        throw refused(e);
      }
    }
  }

  /** Judges codes by a pack alone. */
  @Command(name = "judge", description = "Evaluates codes with a pack only, without a network.")
  static final class Judge implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "CODE", arity = "1..*", description = "The text of codes.")
    private List<String> codes;

    @Option(names = "--pack", paramLabel = "FILE", required = true, description = "A full pack.")
    private Path pack;

    @Option(names = "--delta", paramLabel = "FILE", description = "A delta to it.")
    private Path delta;

    @Option(
        names = "--trust",
        paramLabel = "DIR",
        required = true,
        description = "The region's certificates, *.pem.")
    private Path trust;

    @Option(names = "--checkpoint", required = true, description = "kind, or kind/place.")
    private String checkpoint;

    @Option(names = "--json", description = "Write one JSON object a code.")
    private boolean json;

    @Override
    public Integer call() {
      final OfflineCheckpoint offline =
          new OfflineCheckpoint(
              anchors(trust, spec.commandLine().getErr()), CodeInput::nowEpochSeconds);
      boolean allPass = true;
      try {
        offline.take(bytes(pack));
        if (delta != null) {
          offline.take(bytes(delta));
        }
        for (final String code : codes) {
          final OfflineVerdict verdict = offline.judge(checkpoint, CodeText.bytes(code));
          allPass &= verdict.verdict() == Verdict.PASS;
          spec.commandLine().getOut().println(json ? json(verdict) : inWords(verdict));
        }
      } catch (PackException e) {
        throw refused(e);
      }
      spec.commandLine().getOut().flush();
      return allPass ? ExitCode.OK : ExitCode.REFUSED;
    }

    private static String inWords(OfflineVerdict verdict) {
      return verdict.verdict().wireName()
          + ": "
          + verdict.reason().wireName()
          + (verdict.askServer() ? ", ask the server" : "")
          + ", by a pack of "
          + verdict.packAgeSeconds()
          + " seconds";
    }

    private static ObjectNode json(OfflineVerdict verdict) {
      return JsonNodeFactory.instance
          .objectNode()
          .put("verdict", verdict.verdict().wireName())
          .put("reason", verdict.reason().wireName())
          .put("askServer", verdict.askServer())
          .put("packAgeSeconds", verdict.packAgeSeconds());
    }
  }

  private static byte[] bytes(Path file) {
    try {
      if (Files.size(file) > ClientLimits.MAX_PACK_BYTES) {
        throw CommandException.refused(
            file + " is longer than " + ClientLimits.MAX_PACK_BYTES + " bytes");
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw CommandException.unreachable(file + " " + FileFault.reasonOf(e));
    }
  }

  private static TrustList anchors(Path directory, PrintWriter warnings) {
    try {
      return TrustPlace.read(directory, warnings);
    } catch (TrustException e) {
      throw CommandException.unreachable(e.getMessage());
    }
  }

  private static CommandException refused(PackException e) {
    return CommandException.refused(e.reason().wireName() + ": " + e.getMessage());
  }
}
