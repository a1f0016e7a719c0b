package gongbei.verifier.cli.holder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.input.CodeInput;
import gongbei.verifier.cli.remote.AuthorityAccess;
import gongbei.verifier.cli.remote.OpenAccess;
import gongbei.verifier.cli.remote.Outcome;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Who may show whose codes. */
@Command(
    name = "guardians",
    description = "Shows, links and ends guardians, who show the codes of children and elders.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    subcommands = {
      GuardiansCommand.Show.class,
      GuardiansCommand.Link.class,
      GuardiansCommand.End.class
    })
public final class GuardiansCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    throw CommandException.usage("say what to do: show, link or end; see gongbei guardians --help");
  }

  private static String path(String subject) {
    return "/v1/subjects/" + subject + "/guardians";
  }

  private static void print(CommandSpec spec, String line) {
    spec.commandLine().getOut().println(line);
    spec.commandLine().getOut().flush();
  }

  /** Says what has become of a change. */
  private static int tell(CommandSpec spec, JsonNode applied, boolean json) {
    print(spec, json ? applied.toString() : Outcome.of(applied).inWords());
    return ExitCode.OK;
  }

  /** Shows whose guardian a holder is. */
  @Command(name = "show", description = "Shows whose guardian a holder is, and who theirs is.")
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private OpenAccess access;

    @Option(
        names = "--subject",
        paramLabel = "HEX",
        required = true,
        description = "32 hexadecimal digits.")
    private String subject;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      final JsonNode found = access.node().get(path(subject));
      if (json) {
        print(spec, found.toString());
      } else {
        found.path("wards").forEach(each -> print(spec, "ward " + each.asText()));
        found.path("guardians").forEach(each -> print(spec, "guardian " + each.asText()));
      }
      return ExitCode.OK;
    }
  }

  /** Links a guardian to a ward. */
  @Command(
      name = "link",
      description =
          "Lets a guardian show the codes of a ward, by the guardian's own fresh code. Signed by an"
              + " authority.")
  static final class Link implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private AuthorityAccess authority;

    @Option(
        names = "--ward",
        paramLabel = "HEX",
        required = true,
        description = "The ward's subject, 32 hexadecimal digits.")
    private String ward;

    @Option(
        names = "--code",
        paramLabel = "CODE",
        required = true,
        description = "A fresh code of the guardian's own.")
    private String code;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      final ObjectNode body = JsonNodeFactory.instance.objectNode().put("code", code);
      final JsonNode applied = authority.node().put(path(ward), body);
      return tell(spec, applied, json);
    }
  }

  /** Ends a link. */
  @Command(
      name = "end",
      description = "Ends what a guardian may show of a ward. Signed by an authority.")
  static final class End implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private AuthorityAccess authority;

    @Option(
        names = "--ward",
        paramLabel = "HEX",
        required = true,
        description = "The ward's subject, 32 hexadecimal digits.")
    private String ward;

    @Option(
        names = "--guardian",
        paramLabel = "HEX",
        required = true,
        description = "The guardian's subject, 32 hexadecimal digits.")
    private String guardian;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      final ObjectNode body =
          JsonNodeFactory.instance
              .objectNode()
              .put("guardian", guardian)
              .put("withdrawnAt", Instant.ofEpochSecond(CodeInput.nowEpochSeconds()).toString());
      final JsonNode applied = authority.node().put(path(ward), body);
      return tell(spec, applied, json);
    }
  }
}
