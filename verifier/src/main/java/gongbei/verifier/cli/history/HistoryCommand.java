package gongbei.verifier.cli.history;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.transparency.HistoryCheck;
import gongbei.codec.transparency.TileDirectory;
import gongbei.codec.transparency.TileSource;
import gongbei.codec.trust.IssuerKey;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.remote.NodeAccess;
import java.nio.file.Path;
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

/** Checks the public history of changes. */
@Command(
    name = "history",
    description = "Checks, watches and proves the public history of changes.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    subcommands = {
      HistoryCommand.Verify.class,
      WatchCommand.class,
      ProveCommand.class,
      ProofCommand.class
    })
public final class HistoryCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    throw CommandException.usage(
        "a subcommand is missing: verify, watch, prove or proof; see gongbei history --help");
  }

  /** Checks a whole history. */
  @Command(
      name = "verify",
      description =
          "Checks, with the tiles and the region's certificate only, that every entry and"
              + " tile is the one that the signed head covers. A directory needs no network.")
  static final class Verify implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private NodeAccess access;

    @Parameters(
        paramLabel = "PLACE",
        description = "A node's address, a directory of tiles, or a node's directory transparency.")
    private String place;

    @Option(
        names = "--certificate",
        paramLabel = "FILE",
        required = true,
        description =
            "The certificate of the key that signs heads, PEM or DER, or a directory of those of the"
                + " region.")
    private Path certificate;

    @Option(
        names = "--save",
        paramLabel = "DIR",
        description = "Save the tiles in a directory, for later checks without the network.")
    private Path save;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() {
      final List<IssuerKey> keys = HistoryPlace.keys(certificate, spec.commandLine().getErr());
      final HistoryCheck.Summary summary =
          new HistoryPlace(place)
              .work(
                  access,
                  source -> HistoryCheck.check(saving(source), keys, HistoryCheck.EntrySink.NONE));
      spec.commandLine().getOut().println(json ? json(summary) : inWords(summary));
      spec.commandLine().getOut().flush();
      return ExitCode.OK;
    }

    private TileSource saving(TileSource source) {
      return save == null ? source : new SavedTiles(source, new TileDirectory(save));
    }

    private static ObjectNode json(HistoryCheck.Summary summary) {
      return JsonNodeFactory.instance
          .objectNode()
          .put("size", summary.head().head().size())
          .put("entries", summary.entries())
          .put("beforeHistory", summary.beforeHistory())
          .put("firstVersion", summary.firstVersion())
          .put("tiles", summary.tiles())
          .put("signed", Instant.ofEpochSecond(summary.head().head().epochSeconds()).toString());
    }

    private static String inWords(HistoryCheck.Summary summary) {
      return "whole: "
          + summary.entries()
          + " entries from version "
          + summary.firstVersion()
          + " to "
          + summary.head().head().size()
          + ", "
          + summary.beforeHistory()
          + " versions of before the history, "
          + summary.tiles()
          + " tiles, the head signed "
          + Instant.ofEpochSecond(summary.head().head().epochSeconds());
    }
  }
}
