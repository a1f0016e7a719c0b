package gongbei.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.verifier.cli.Gongbei;
import gongbei.verifier.config.Limits;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.config.ReplicationConfig;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's tables against what they are tables of. */
final class ReadmeTest {
  private final String readme = read();

  private static String read() {
    try {
      return Files.readString(Path.of("..", "README.md"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private String section(String title) {
    final int start = readme.indexOf("\n## " + title + "\n");
    assertTrue(start >= 0, title);
    final int end = readme.indexOf("\n## ", start + 1);
    return readme.substring(start, end < 0 ? readme.length() : end);
  }

  private static List<String> firstCells(String section) {
    return Pattern.compile("(?m)^\\| `([^`]+)`")
        .matcher(section)
        .results()
        .map(MatchResult::group)
        .map(cell -> cell.substring(3, cell.length() - 1))
        .toList();
  }

  @Test
  void theReasonsStandInTheirPrecedenceWithTheirVerdicts() {
    final List<String> expected = new ArrayList<>();
    for (final Reason reason : Reason.values()) {
      expected.add(reason.wireName() + " " + reason.verdict().wireName());
    }
    assertEquals(
        expected,
        Pattern.compile("(?m)^\\| `([a-z-]+)` \\| (pass|hold|refuse) \\|")
            .matcher(section("Verdicts"))
            .results()
            .map(row -> row.group(1) + " " + row.group(2))
            .toList());
  }

  @Test
  void everySettingOfANodeIsInTheTableAndNoOther() {
    final List<String> expected = new ArrayList<>();
    for (final RecordComponent setting : NodeConfig.class.getRecordComponents()) {
      if (setting.getType().isRecord() && setting.getType() != NodeConfig.Endpoint.class) {
        for (final RecordComponent inner : setting.getType().getRecordComponents()) {
          expected.add(setting.getName() + "." + inner.getName());
        }
      } else if (setting.getType().isRecord()) {
        expected.add(setting.getName() + ".host");
        expected.add(setting.getName() + ".tls");
        expected.add(setting.getName() + ".allowPlainText");
        expected.add(setting.getName() + ".allowAnonymous");
        expected.add(setting.getName() + ".eventLoops");
      } else {
        expected.add(setting.getName());
      }
    }
    assertEquals(expected, firstCells(section("Configuration of a node")));
  }

  @Test
  void theDefaultsAreThoseInForce() {
    final NodeConfig defaults = NodeConfig.defaults();
    final String section = section("Configuration of a node");
    for (final String row :
        List.of(
            "`region` | `" + defaults.region() + "`",
            "`role` | `" + defaults.role().wireName() + "`",
            "`maxSubjects` | " + defaults.maxSubjects(),
            "`reloadSeconds` | " + defaults.reloadSeconds(),
            "`clockSkewSeconds` | " + defaults.clockSkewSeconds(),
            "`http.port` | " + defaults.http().host() + ", " + defaults.http().port(),
            "`tcp.port` | " + defaults.tcp().host() + ", " + defaults.tcp().port(),
            "`pipeline.capacity` | " + Limits.DEFAULT_PLACES_A_WORKER + " for each worker",
            "`pipeline.batch` | " + defaults.pipeline().batch(),
            "`pipeline.waitStrategy` | `"
                + defaults.pipeline().waitStrategy().name().toLowerCase(Locale.ROOT)
                + "`")) {
      assertTrue(section.contains(row), row);
    }
  }

  @Test
  void theLogsDefaultsAreThoseInForce() throws ReflectiveOperationException {
    final ReplicationConfig defaults = NodeConfig.defaults().replication();
    final String section = section("Configuration of a node");
    int checked = 0;
    for (final RecordComponent setting : ReplicationConfig.class.getRecordComponents()) {
      final Object value = setting.getAccessor().invoke(defaults);
      if (value instanceof Number || value instanceof String || value instanceof Boolean) {
        final String row = "| `replication." + setting.getName() + "` | " + value + " |";
        assertTrue(section.contains(row), row);
        checked++;
      }
    }
    assertEquals(16, checked);
  }

  @Test
  void everyCommandFormatAndKeyOfARulesetIsNamed() {
    final String commands = section("On the command line");
    for (final String command : Gongbei.commandLine().getSubcommands().keySet()) {
      assertTrue(command.equals("help") || commands.contains("| `" + command), command);
    }
    for (final CodeFormat format : CodeFormat.values()) {
      assertTrue(section("Formats").contains("| `" + format.prefix() + "` |"), format.prefix());
    }
    for (final RecordComponent key : Ruleset.class.getRecordComponents()) {
      final String name =
          switch (key.getName()) {
            case "yellowAllowed" -> "allowedColours";
            case "staleAfterMillis" -> "staleAfterSeconds";
            default -> key.getName();
          };
      assertTrue(section("Verdicts").contains("| `" + name + "` |"), name);
    }
  }

  @Test
  void theExampleOfManyLinesIsAnsweredAsItStandsThere(@TempDir Path directory) throws IOException {
    final MatchResult example =
        Pattern.compile(
                "\\$ cat codes\\.jsonl\n(.*)\n\\$ gongbei verify --jsonl codes\\.jsonl\n(.*)\n```")
            .matcher(section("On the command line"))
            .results()
            .findFirst()
            .orElseThrow();
    final Path lines = Files.writeString(directory.resolve("codes.jsonl"), example.group(1) + "\n");
    final StringWriter out = new StringWriter();
    final int exitCode =
        Gongbei.commandLine()
            .setOut(new PrintWriter(out))
            .execute("verify", "--jsonl", lines.toString());
    assertEquals(example.group(2), out.toString().strip());
    assertEquals(0, exitCode);
  }

  @Test
  void whatItLinksToIsThere() {
    final List<String> missing =
        Pattern.compile("\\]\\(([^)#]+)\\)")
            .matcher(readme)
            .results()
            .map(link -> link.group(1))
            .filter(link -> !Files.exists(Path.of("..", link)))
            // Written beside this one, in its module.
            .filter(link -> !link.equals("codec/README.md"))
            .toList();
    assertEquals(List.of(), missing);
  }
}
