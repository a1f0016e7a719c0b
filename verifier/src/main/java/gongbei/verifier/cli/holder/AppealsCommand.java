package gongbei.verifier.cli.holder;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.remote.AuthorityAccess;
import gongbei.verifier.cli.remote.NodeHttp;
import gongbei.verifier.cli.remote.NodeJson;
import gongbei.verifier.cli.remote.OpenAccess;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Holders' appeals against the colours that they were given. */
@Command(
    name = "appeals",
    description = "Shows open appeals, and decides or opens one.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    subcommands = {
      AppealsCommand.ListOpen.class,
      AppealsCommand.Show.class,
      AppealsCommand.Grant.class,
      AppealsCommand.Refuse.class,
      AppealsCommand.Open.class
    })
public final class AppealsCommand implements Callable<Integer> {
  private static final String ALL = "/v1/appeals";

  @Override
  public Integer call() {
    throw CommandException.usage(
        "a subcommand is missing: list, show, grant, refuse or open; see gongbei appeals --help");
  }

  /** What an authority decides, as a node is given it. */
  private record Decision(String decision, String colour, String until, String refusal) {}

  /** What a holder appeals with, as a node is given it. */
  private record Opening(String code, String reason) {}

  private static void print(CommandSpec spec, JsonNode appeal, boolean json) {
    final PrintWriter out = spec.commandLine().getOut();
    out.println(json ? appeal : NodeJson.read(appeal, AppealView.class).line());
    out.flush();
  }

  /** Lists open appeals. */
  @Command(name = "list", description = "Lists open appeals, the earliest deadline first.")
  static final class ListOpen implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private OpenAccess access;

    @Option(
        names = "--of",
        paramLabel = "KID",
        description = "Only appeals against changes by this authority; default all.")
    private String of;

    @Option(names = "--json", description = "Write one JSON object an appeal.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      final NodeHttp node = access.node();
      String next = of == null ? ALL : ALL + "/queues/" + of;
      while (next != null) {
        final JsonNode page = node.get(next);
        for (final JsonNode appeal : page.path("appeals")) {
          print(spec, appeal, json);
        }
        next = page.path("next").textValue();
      }
      return ExitCode.OK;
    }
  }

  /** Shows one appeal. */
  @Command(name = "show", description = "Shows an appeal, open or decided.")
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private OpenAccess access;

    @Parameters(paramLabel = "APPEAL", description = "Its number.")
    private long appeal;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      print(spec, access.node().get(ALL + "/" + appeal), json);
      return ExitCode.OK;
    }
  }

  /** Grants an appeal. */
  @Command(
      name = "grant",
      description =
          "Grants an appeal: changes the colour and closes the appeal. Signed by an authority.")
  static final class Grant implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private AuthorityAccess authority;

    @Parameters(paramLabel = "APPEAL", description = "Its number.")
    private long appeal;

    @Option(
        names = "--colour",
        paramLabel = "green|yellow",
        description = "The colour from now on; default green.")
    private String colour;

    @Option(
        names = "--until",
        paramLabel = "TIME",
        description = "When yellow ends (RFC 3339); only with --colour yellow.")
    private String until;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      final Decision body = new Decision("grant", colour, until, null);
      print(spec, authority.node().put(ALL + "/" + appeal, NodeJson.write(body)), json);
      return ExitCode.OK;
    }
  }

  /** Refuses an appeal. */
  @Command(
      name = "refuse",
      description =
          "Refuses an appeal for a stated reason; the colour stays. Signed by an authority.")
  static final class Refuse implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private AuthorityAccess authority;

    @Parameters(paramLabel = "APPEAL", description = "Its number.")
    private long appeal;

    @Option(
        names = "--refusal",
        paramLabel = "REASON",
        required = true,
        description =
            "Why: test-confirmed, contact-confirmed, area-confirmed, not-over, changed-since or"
                + " not-ours.")
    private String refusal;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      final Decision body = new Decision("refuse", null, null, refusal);
      print(spec, authority.node().put(ALL + "/" + appeal, NodeJson.write(body)), json);
      return ExitCode.OK;
    }
  }

  /** Opens an appeal. */
  @Command(
      name = "open",
      description = "Opens an appeal against the colour of the holder of a fresh code.")
  static final class Open implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private OpenAccess access;

    @Option(
        names = "--code",
        required = true,
        description = "The holder's own code, no older than two minutes.")
    private String code;

    @Option(
        names = "--reason",
        required = true,
        description =
            "wrong-person, no-contact, not-in-area, test-wrong, later-test, is-over or no-ground.")
    private String reason;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      print(spec, access.node().post(ALL, NodeJson.write(new Opening(code, reason))), json);
      return ExitCode.OK;
    }
  }
}
