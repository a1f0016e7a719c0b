package gongbei.verifier.cli.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import gongbei.codec.trust.FileFault;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.remote.AuthorityAccess;
import gongbei.verifier.cli.remote.NodeHttp;
import gongbei.verifier.cli.remote.NodeJson;
import gongbei.verifier.cli.remote.OpenAccess;
import gongbei.verifier.cli.remote.Outcome;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetException;
import gongbei.verifier.rules.RulesetReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The rules of checkpoints, as a node has them and through the log to every node. */
@Command(
    name = "ruleset",
    description = "Shows the rulesets of checkpoints, and puts others in force on every node.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    subcommands = {RulesetCommand.Show.class, RulesetCommand.Put.class, RulesetCommand.Set.class})
public final class RulesetCommand implements Callable<Integer> {
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .build();

  @Override
  public Integer call() {
    throw CommandException.usage(
        "a subcommand is missing: show, put or set; see gongbei ruleset --help");
  }

  /** The rulesets in force, by their names. */
  record InForce(List<Named> rulesets) {
    InForce {
      rulesets = rulesets == null ? List.of() : rulesets;
    }
  }

  /** A ruleset in force. */
  record Named(String name, long version) {
    @Override
    public String toString() {
      return name + "@" + version;
    }
  }

  /**
   * The ruleset of that name that is in force: a file for {@code put}, passed on as it came, for a
   * newer node may have settings that this command does not know.
   */
  private static ObjectNode current(NodeHttp node, String name) throws InterruptedException {
    for (final JsonNode each : node.get("/v1/rulesets").path("rulesets")) {
      if (each.path("name").asText().equals(name)) {
        return (ObjectNode) each;
      }
    }
    throw CommandException.refused("no ruleset " + name + " is in force there");
  }

  /** Checks a ruleset and puts it, signed; tells what came of it. */
  private static String put(NodeHttp node, ObjectNode settings, boolean json)
      throws InterruptedException {
    final Ruleset ruleset;
    try {
      ruleset =
          RulesetReader.read(
              "the ruleset",
              new ByteArrayInputStream(settings.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (RulesetException e) {
      throw CommandException.refused(e.getMessage());
    }
    final ObjectNode body = settings.deepCopy();
    body.remove("name");
    final JsonNode answer = node.put("/v1/rulesets/" + ruleset.name(), body);
    final Outcome outcome =
        Outcome.of(answer)
            .requireApplied(
                ruleset.label(), ": its version must be over that of the ruleset in the log");
    return json
        ? answer.toString()
        : ruleset.label() + " is in force, version " + outcome.version();
  }

  /** Shows rulesets. */
  @Command(
      name = "show",
      description = "Shows the rulesets in force on a node, each as a file for put.")
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private OpenAccess access;

    @Parameters(
        paramLabel = "NAME",
        arity = "0..1",
        description = "One of them; else all, their names and versions.")
    private String name;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      final NodeHttp node = access.node();
      if (name == null) {
        final JsonNode rulesets = node.get("/v1/rulesets");
        if (json) {
          spec.commandLine().getOut().println(rulesets);
        } else {
          NodeJson.read(rulesets, InForce.class)
              .rulesets()
              .forEach(spec.commandLine().getOut()::println);
        }
      } else {
        final ObjectNode ruleset = current(node, name);
        spec.commandLine().getOut().println(json ? ruleset.toString() : yaml(ruleset).strip());
      }
      spec.commandLine().getOut().flush();
      return ExitCode.OK;
    }

    private static String yaml(ObjectNode ruleset) {
      try {
        return YAML.writeValueAsString(ruleset);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Puts a ruleset of a file. */
  @Command(
      name = "put",
      description =
          "Puts a ruleset in force on every node of the region, through the log. Signed by an"
              + " authority.")
  static final class Put implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private AuthorityAccess authority;

    @Parameters(paramLabel = "FILE", description = "The ruleset, YAML.")
    private Path file;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      final ObjectNode settings = read(file);
      spec.commandLine().getOut().println(RulesetCommand.put(authority.node(), settings, json));
      spec.commandLine().getOut().flush();
      return ExitCode.OK;
    }

    private static ObjectNode read(Path file) {
      try (InputStream yaml = Files.newInputStream(file)) {
        final byte[] bytes = yaml.readNBytes(ClientLimits.MAX_RULESET_BYTES + 1);
        RulesetReader.read(file.toString(), new ByteArrayInputStream(bytes));
        return (ObjectNode) YAML.readTree(bytes);
      } catch (RulesetException e) {
        throw CommandException.refused(e.getMessage());
      } catch (IOException e) {
        throw CommandException.unreachable(file + " " + FileFault.reasonOf(e));
      }
    }
  }

  /** Changes settings of a ruleset. */
  @Command(
      name = "set",
      description =
          "Changes settings of a ruleset that is in force and puts it, its version raised, in force"
              + " on every node. Signed by an authority.")
  static final class Set implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private AuthorityAccess authority;

    @Parameters(index = "0", paramLabel = "NAME", description = "The ruleset.")
    private String name;

    @Parameters(
        index = "1..*",
        arity = "1..*",
        paramLabel = "SETTING=VALUE",
        description =
            "As in replays=hold, testWithinHours=48, testKinds=[naat,rat],"
                + " allowedColours=[green,yellow].")
    private List<String> changes;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      final NodeHttp node = authority.node();
      final ObjectNode settings = current(node, name);
      settings.put("version", settings.path("version").asInt() + 1);
      for (final String change : changes) {
        final int equals = change.indexOf('=');
        if (equals < 1) {
          throw CommandException.usage(change + " is not SETTING=VALUE");
        }
        settings.set(change.substring(0, equals), value(change.substring(equals + 1)));
      }
      if (!settings.path("name").asText().equals(name)) {
        throw CommandException.usage("the name of a ruleset can't be set");
      }
      spec.commandLine().getOut().println(RulesetCommand.put(node, settings, json));
      spec.commandLine().getOut().flush();
      return ExitCode.OK;
    }

    private static JsonNode value(String yaml) {
      try {
        final JsonNode value = YAML.readTree(yaml);
        return value == null ? JsonNodeFactory.instance.textNode("") : value;
      } catch (JsonProcessingException e) {
        throw CommandException.usage(yaml + " is not YAML");
      }
    }
  }
}
