package gongbei.verifier.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.AppealReason;
import gongbei.codec.model.AppealRefusal;
import gongbei.replication.machine.AppealBook;
import gongbei.testing.Document;
import gongbei.verifier.cli.Gongbei;
import gongbei.verifier.config.Limits;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.config.NodeConfigBuilder;
import gongbei.verifier.config.ReplicationConfig;
import gongbei.verifier.config.ReplicationConfigBuilder;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables of the reference against what they are tables of. */
final class ReferencePagesTest {
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
            .matcher(Document.VERDICTS.section("Reasons"))
            .results()
            .map(row -> row.group(1) + " " + row.group(2))
            .toList());
  }

  private static List<Field> settingsOfReplication() {
    return Stream.of(ReplicationConfigBuilder.class.getDeclaredFields())
        .filter(field -> !field.isSynthetic())
        .toList();
  }

  @Test
  void everySettingOfANodeIsInTheTableAndNoOther() {
    final List<String> expected = new ArrayList<>();
    for (final Field setting : NodeConfigBuilder.class.getDeclaredFields()) {
      if (setting.isSynthetic()) {
        continue;
      }
      if (setting.getType() == ReplicationConfig.class) {
        for (final Field inner : settingsOfReplication()) {
          expected.add(setting.getName() + "." + inner.getName());
        }
      } else if (setting.getType().isRecord() && setting.getType() != NodeConfig.Endpoint.class) {
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
    assertEquals(expected, firstCells(Document.CONFIGURATION.section("Settings")));
  }

  @Test
  void theDefaultsAreThoseInForce() {
    final NodeConfig defaults = NodeConfig.defaults();
    final String section = Document.CONFIGURATION.section("Settings");
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
    final String section = Document.CONFIGURATION.section("Settings");
    int checked = 0;
    for (final Field setting : settingsOfReplication()) {
      final Object value = ReplicationConfig.class.getMethod(setting.getName()).invoke(defaults);
      if (value instanceof Number || value instanceof String || value instanceof Boolean) {
        final String row = "| `replication." + setting.getName() + "` | " + value + " |";
        assertTrue(section.contains(row), row);
        checked++;
      }
    }
    assertEquals(17, checked);
  }

  @Test
  void theReasonsOfAppealsAndOfTheirRefusalsAreInTheirTables() {
    assertEquals(
        Stream.of(AppealReason.values()).map(AppealReason::wireName).toList(),
        firstCells(Document.APPEALS.section("An appeal")));
    assertEquals(
        Stream.of(AppealRefusal.values()).map(AppealRefusal::wireName).toList(),
        firstCells(Document.APPEALS.section("The decision")));
    final String text = Document.APPEALS.text();
    for (final String fact :
        List.of(
            "at most " + Limits.HOLDER_CODE_SECONDS + " seconds old",
            Limits.MAX_APPEALS_A_PAGE + " a page",
            "`appealHours` (" + Limits.DEFAULT_APPEAL_HOURS + " unless told otherwise",
            "kept for " + AppealBook.KEPT_SECONDS / (24 * 60 * 60) + " days",
            "room for 500,000")) {
      assertTrue(text.contains(fact), fact);
    }
    assertEquals(500_000, AppealBook.MAX_APPEALS);
  }

  @Test
  void everyCommandFormatAndKeyOfARulesetIsNamed() {
    final String commands = Document.CLI.text();
    for (final String command : Gongbei.commandLine().getSubcommands().keySet()) {
      assertTrue(command.equals("help") || commands.contains("| `" + command), command);
    }
    for (final CodeFormat format : CodeFormat.values()) {
      assertTrue(
          Document.CODE_FORMATS.text().contains("| `" + format.prefix() + "` |"), format.prefix());
    }
    for (final RecordComponent key : Ruleset.class.getRecordComponents()) {
      final String name =
          switch (key.getName()) {
            case "yellowAllowed" -> "allowedColours";
            case "staleAfterMillis" -> "staleAfterSeconds";
            default -> key.getName();
          };
      assertTrue(Document.VERDICTS.section("Rulesets").contains("| `" + name + "` |"), name);
    }
  }

  @Test
  void theExampleOfManyLinesIsAnsweredAsItStandsThere(@TempDir Path directory) throws IOException {
    final MatchResult example =
        Pattern.compile(
                "\\$ cat codes\\.jsonl\n(.*)\n\\$ gongbei verify --jsonl codes\\.jsonl\n(.*)\n```")
            .matcher(Document.START_CODES.text())
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
}
