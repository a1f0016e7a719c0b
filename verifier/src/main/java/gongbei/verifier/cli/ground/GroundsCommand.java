package gongbei.verifier.cli.ground;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import gongbei.codec.trust.FileFault;
import gongbei.replication.ground.Ground;
import gongbei.replication.ground.GroundTable;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.remote.AuthorityAccess;
import gongbei.verifier.cli.remote.OpenAccess;
import gongbei.verifier.cli.remote.Outcome;
import gongbei.verifier.config.Limits;
import gongbei.verifier.ground.GroundTableException;
import gongbei.verifier.ground.GroundTableJson;
import gongbei.verifier.ground.GroundTableReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The table of grounds, as a node has it and through the log to every node. */
@Command(
    name = "grounds",
    description =
        "Shows the table of grounds on which colours may be changed, and puts another in"
            + " force on every node.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    subcommands = {GroundsCommand.Show.class, GroundsCommand.Check.class, GroundsCommand.Put.class})
public final class GroundsCommand implements Callable<Integer> {
  /** Texts are quoted: a key's id may read as a number, as 0012e45678901234 does. */
  private static final YAMLMapper YAML =
      YAMLMapper.builder().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER).build();

  @Override
  public Integer call() {
    throw CommandException.usage(
        "a subcommand is missing: show, check or put; see gongbei grounds --help");
  }

  private static GroundTable read(Path file) {
    try (InputStream yaml = Files.newInputStream(file)) {
      return GroundTableReader.read(yaml.readNBytes(Limits.MAX_GROUND_TABLE_BYTES + 1));
    } catch (GroundTableException e) {
      throw CommandException.refused(file + ": " + e.getMessage());
    } catch (IOException e) {
      throw CommandException.unreachable(file + " " + FileFault.reasonOf(e));
    }
  }

  private static String label(GroundTable table) {
    return "revision " + table.revision() + ", " + table.grounds().size() + " grounds";
  }

  /** Shows the table. */
  @Command(
      name = "show",
      description = "Shows the table of grounds that is in force, as a file for put.")
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private OpenAccess access;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      // A file for put: passed on as it came, for a newer node may have fields not known here.
      final JsonNode table = access.node().get("/v1/grounds");
      spec.commandLine().getOut().println(json ? table.toString() : yaml(table).strip());
      spec.commandLine().getOut().flush();
      return ExitCode.OK;
    }

    private static String yaml(JsonNode table) {
      try {
        return YAML.writeValueAsString(table);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Checks a file. */
  @Command(
      name = "check",
      description = "Checks a table of grounds in a file, field by field, without a node.")
  static final class Check implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The table, YAML.")
    private Path file;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() {
      final GroundTable table = read(file);
      if (json) {
        spec.commandLine().getOut().println(GroundTableJson.of(table));
      } else {
        spec.commandLine().getOut().println(label(table));
        table.grounds().forEach(ground -> spec.commandLine().getOut().println(inWords(ground)));
      }
      spec.commandLine().getOut().flush();
      return ExitCode.OK;
    }

    private static String inWords(Ground ground) {
      return String.format(
          Locale.ROOT,
          "%5d %-32s %s%s, %s, %s%s",
          ground.number(),
          ground.name(),
          String.join(" ", ground.colours().stream().map(Object::toString).toList()),
          ground.term().longestMinutes() == 0
              ? ""
              : " for " + ground.term().longestMinutes() + " min at most",
          ground.ceiling().isNone()
              ? "no ceiling"
              : "at most "
                  + ground.ceiling().hourly()
                  + " an hour and "
                  + ground.ceiling().daily()
                  + " a day (0: any)",
          ground.signers().authorities().isEmpty()
              ? "for every authority"
              : "for " + ground.signers().authorities().size() + " authorities",
          ground.signers().wantsSecond() ? ", two of them" : "");
    }
  }

  /** Puts a table. */
  @Command(
      name = "put",
      description = {
        "Puts a table of grounds in force on every node of the region, through the log. Signed by an"
            + " authority, and by a second one where the node knows several.",
        "",
        "Its revision must be higher than that of the table in force; the number of a ground"
            + " is never given to another."
      })
  static final class Put implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private AuthorityAccess authority;

    @Parameters(paramLabel = "FILE", description = "The table, YAML.")
    private Path file;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      final GroundTable table = read(file);
      final JsonNode answer = authority.node().put("/v1/grounds", GroundTableJson.of(table));
      final Outcome outcome =
          Outcome.of(answer)
              .requireApplied(
                  file.toString(), ": its revision must be over that of the table in the log");
      spec.commandLine()
          .getOut()
          .println(json ? answer : label(table) + ", in force, version " + outcome.version());
      spec.commandLine().getOut().flush();
      return ExitCode.OK;
    }
  }
}
