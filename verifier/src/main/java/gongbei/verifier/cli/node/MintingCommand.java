package gongbei.verifier.cli.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.remote.AuthorityAccess;
import gongbei.verifier.cli.remote.OpenAccess;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Whether minting is degraded, as the log says on every node, so that reserve codes count. */
@Command(
    name = "minting",
    description =
        "Shows whether minting is degraded, so that reserve codes count, and says so on every node.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    subcommands = {
      MintingCommand.Show.class,
      MintingCommand.Degraded.class,
      MintingCommand.Restored.class
    })
public final class MintingCommand implements Callable<Integer> {
  private static final String PATH = "/v1/minting";

  @Override
  public Integer call() {
    throw CommandException.usage(
        "say what to do: show, degraded or restored; see gongbei minting --help");
  }

  private static void print(CommandSpec spec, JsonNode minting, boolean json) {
    final PrintWriter out = spec.commandLine().getOut();
    out.println(json ? minting : inWords(minting));
    out.flush();
  }

  private static String inWords(JsonNode minting) {
    final StringBuilder line = new StringBuilder(minting.path("state").asText());
    if (minting.has("since")) {
      final boolean isOver = minting.has("until");
      line.append(isOver ? ", degraded from " : " since ").append(minting.path("since").asText());
      if (isOver) {
        line.append(" to ").append(minting.path("until").asText());
      }
      line.append(", says ").append(minting.path("by").asText());
    }
    return line.append(
            minting.path("reservesCount").asBoolean()
                ? "; reserve codes count"
                : "; reserve codes do not count")
        .toString();
  }

  private static ObjectNode state(String state) {
    return JsonNodeFactory.instance.objectNode().put("state", state);
  }

  /** Shows it. */
  @Command(name = "show", description = "Shows what the log says of minting.")
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private OpenAccess access;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      print(spec, access.node().get(PATH), json);
      return ExitCode.OK;
    }
  }

  /** Says that minting is degraded. */
  @Command(
      name = "degraded",
      description = {
        "Says on every node that minting is degraded: reserve codes count from now on. Signed by an"
            + " authority.",
        "",
        "What an authority has said no node takes back: see gongbei minting restored."
      })
  static final class Degraded implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private AuthorityAccess authority;

    @Option(
        names = "--since",
        paramLabel = "TIME",
        description = "Since when it is, as 2026-01-10T08:00:00+08:00; default now.")
    private String since;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      final ObjectNode body = state("degraded");
      if (since != null) {
        body.put("since", since);
      }
      print(spec, authority.node().put(PATH, body), json);
      return ExitCode.OK;
    }
  }

  /** Says that codes are minted again. */
  @Command(
      name = "restored",
      description =
          "Says on every node that codes are minted again: reserve codes count no more, after a"
              + " margin. Signed by an authority.")
  static final class Restored implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private AuthorityAccess authority;

    @Option(
        names = "--margin-seconds",
        paramLabel = "N",
        description =
            "How long reserve codes still count, up to 3600; default minting.marginSeconds of the"
                + " node.")
    private Integer marginSeconds;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      final ObjectNode body = state("normal");
      if (marginSeconds != null) {
        body.put("marginSeconds", marginSeconds);
      }
      print(spec, authority.node().put(PATH, body), json);
      return ExitCode.OK;
    }
  }
}
