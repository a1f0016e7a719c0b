package gongbei.verifier.cli.holder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.remote.AuthorityAccess;
import gongbei.verifier.cli.remote.NodeAccess;
import gongbei.verifier.cli.remote.NodeHttp;
import java.io.PrintWriter;
import java.net.URI;
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
    description = "Shows the appeals that wait for a decision, and decides or opens one.",
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
        "say what to do: list, show, grant, refuse or open; see gongbei appeals --help");
  }

  /** One line: number, state, deadline, reasons, whose change, whose colour. */
  public static String line(JsonNode appeal) {
    final StringBuilder line =
        new StringBuilder(appeal.path("appeal").asText())
            .append(' ')
            .append(appeal.path("overdue").asBoolean() ? "overdue" : appeal.path("state").asText());
    append(line, appeal, "due");
    append(line, appeal, "reason");
    append(line, appeal, "subject");
    append(line, appeal, "authority");
    append(line, appeal, "ground");
    append(line, appeal, "refusal");
    append(line, appeal, "decided");
    append(line, appeal, "decidedBy");
    return line.toString();
  }

  private static void append(StringBuilder line, JsonNode appeal, String field) {
    if (appeal.has(field)) {
      line.append("  ").append(field).append(' ').append(appeal.path(field).asText());
    }
  }

  private static void print(CommandSpec spec, JsonNode appeal, boolean json) {
    final PrintWriter out = spec.commandLine().getOut();
    out.println(json ? appeal : line(appeal));
    out.flush();
  }

  /** Lists open appeals. */
  @Command(
      name = "list",
      description = "Lists the appeals that nobody has decided, those that are due first first.")
  static final class ListOpen implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private NodeAccess access;

    @Option(
        names = "--url",
        defaultValue = NodeAccess.DEFAULT_URL,
        description = "The node; default ${DEFAULT-VALUE}.")
    private URI url;

    @Option(
        names = "--of",
        paramLabel = "KID",
        description = "Those against the changes of one authority; default of all.")
    private String of;

    @Option(names = "--json", description = "Write one JSON object an appeal.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      final NodeHttp node = NodeHttp.ofAnyone(url, access.connection());
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

    @Mixin private NodeAccess access;

    @Option(
        names = "--url",
        defaultValue = NodeAccess.DEFAULT_URL,
        description = "The node; default ${DEFAULT-VALUE}.")
    private URI url;

    @Parameters(paramLabel = "APPEAL", description = "Its number.")
    private long appeal;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      print(spec, NodeHttp.ofAnyone(url, access.connection()).get(ALL + "/" + appeal), json);
      return ExitCode.OK;
    }
  }

  /** Grants an appeal. */
  @Command(
      name = "grant",
      description =
          "Corrects the colour that was appealed, and closes the appeal with it. Signed by an"
              + " authority.")
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
        description = "When yellow ends, RFC 3339; goes with it.")
    private String until;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      final ObjectNode body = JsonNodeFactory.instance.objectNode().put("decision", "grant");
      if (colour != null) {
        body.put("colour", colour);
      }
      if (until != null) {
        body.put("until", until);
      }
      print(spec, authority.node().put(ALL + "/" + appeal, body), json);
      return ExitCode.OK;
    }
  }

  /** Refuses an appeal. */
  @Command(
      name = "refuse",
      description = "Lets the colour stand, and says why. Signed by an authority.")
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
      final ObjectNode body =
          JsonNodeFactory.instance.objectNode().put("decision", "refuse").put("refusal", refusal);
      print(spec, authority.node().put(ALL + "/" + appeal, body), json);
      return ExitCode.OK;
    }
  }

  /** Opens an appeal. */
  @Command(
      name = "open",
      description = "Appeals against the colour of the holder whose fresh code is shown.")
  static final class Open implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private NodeAccess access;

    @Option(
        names = "--url",
        defaultValue = NodeAccess.DEFAULT_URL,
        description = "The node; default ${DEFAULT-VALUE}.")
    private URI url;

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
      final ObjectNode body =
          JsonNodeFactory.instance.objectNode().put("code", code).put("reason", reason);
      print(spec, NodeHttp.ofAnyone(url, access.connection()).post(ALL, body), json);
      return ExitCode.OK;
    }
  }
}
