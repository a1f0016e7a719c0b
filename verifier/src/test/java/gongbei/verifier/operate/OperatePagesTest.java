package gongbei.verifier.operate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.replication.context.MemberAddress;
import gongbei.testing.Document;
import gongbei.verifier.config.Limits;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.config.ReplicationConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The pages for operators against settings, samples, scripts and other pages. */
final class OperatePagesTest {
  private static final Path PACKAGING = Path.of("packaging");

  private static List<String[]> rows(Document page, int columns) {
    final List<String[]> rows = new ArrayList<>();
    for (final String line : page.lines()) {
      final String[] cells = line.split("\\|", -1);
      if (line.startsWith("| ") && cells.length == columns + 2 && !line.startsWith("| ---")) {
        for (int i = 0; i < cells.length; i++) {
          cells[i] = cells[i].strip();
        }
        rows.add(cells);
      }
    }
    return rows.subList(1, rows.size());
  }

  @Test
  void everyFigureOfTheSizingPageStandsOnThePageThatMeasuredIt() throws Exception {
    final List<String[]> rows = rows(Document.SIZING, 3);
    assertTrue(rows.size() >= 10);
    for (final String[] row : rows) {
      final String figure = row[2].split(" ", -1)[0];
      final String link = row[3].replaceAll(".*\\(([^)#]*).*", "$1");
      final String source =
          Document.read(
              Document.root().resolve(Document.SIZING.path()).resolveSibling(link).normalize());
      assertTrue(
          Pattern.compile("(?<![0-9,.])" + Pattern.quote(figure) + "(?![0-9])")
              .matcher(source)
              .find(),
          row[1] + ": " + figure + " is not in " + link);
    }
  }

  private static NodeConfig sample(String name) throws Exception {
    return NodeConfig.read(PACKAGING.resolve("samples").resolve(name));
  }

  @Test
  void theFirewallTableHasThePortsOfTheSamplesAndOfTheCommands() throws Exception {
    final Map<String, String> ports = new TreeMap<>();
    for (final String[] row : rows(Document.NETWORK, 6)) {
      ports.put(row[1], row[2] + " " + row[3]);
    }
    final NodeConfig member = sample("three-members/member-0.yaml");
    final NodeConfig single = sample("single.yaml");
    final NodeConfig replica = sample("replica.yaml");
    for (final NodeConfig each : List.of(single, replica)) {
      assertEquals(member.http().port(), each.http().port());
      assertEquals(member.tcp().port(), each.tcp().port());
    }
    final List<ReplicationConfig.Member> members = member.replication().members();
    final int base = members.get(0).basePort();
    assertTrue(members.stream().allMatch(each -> each.basePort() == base));
    assertEquals(
        Map.of(
            "checkpoints, wallets, authorities, operators, Prometheus",
            "TCP " + member.http().port(),
            "scanner devices",
            "TCP " + member.tcp().port(),
            "log, votes, archive of a member",
            "UDP " + base + " to " + (base + MemberAddress.PORTS - 1),
            "answers of a member to whoever asked",
            "UDP 32768 to 60999",
            "a backup",
            "UDP " + backupPort() + " to " + (backupPort() + 1),
            "clocks",
            "UDP 123"),
        ports);
    final String page = Document.NETWORK.text();
    assertTrue(page.contains("(" + Limits.DEFAULT_HTTP_PORT + " by default)"));
    assertTrue(
        page.contains(
            "tcp dport { 22, " + member.http().port() + ", " + member.tcp().port() + " } accept"));
    assertTrue(
        page.contains("udp dport { " + base + "-" + (base + MemberAddress.PORTS - 1) + ", "));
    assertEquals(
        "EXPOSE "
            + member.http().port()
            + "/tcp "
            + member.tcp().port()
            + "/tcp "
            + base
            + "-"
            + (base + MemberAddress.PORTS - 1)
            + "/udp",
        Files.readString(PACKAGING.resolve("Containerfile"))
            .lines()
            .filter(line -> line.startsWith("EXPOSE"))
            .findFirst()
            .orElseThrow());
  }

  private static int backupPort() throws IOException {
    final String text = Files.readString(PACKAGING.resolve("gongbei-backup.default"));
    final int port = Integer.parseInt(text.replaceAll("(?s).*\nPORT=([0-9]+)\n.*", "$1"));
    assertTrue(Files.readString(PACKAGING.resolve("gongbei-backup")).contains("{PORT:=" + port));
    return port;
  }

  @Test
  void theScheduleOfBackupsHasTheSettingsThatTheScriptReads() throws Exception {
    final List<String> named = rows(Document.BACKUP, 4).stream().map(row -> row[1]).toList();
    final List<String> kept =
        Pattern.compile("(?m)^([A-Z]+)=")
            .matcher(Files.readString(PACKAGING.resolve("gongbei-backup.default")))
            .results()
            .map(MatchResult::group)
            .map(setting -> setting.replace("=", ""))
            .toList();
    final String script = Files.readString(PACKAGING.resolve("gongbei-backup"));
    for (final String setting : kept) {
      assertTrue(script.contains("${" + setting + ":=") || script.contains("${" + setting + "="));
    }
    final List<String> withoutPort =
        kept.stream().filter(setting -> !setting.equals("PORT")).toList();
    assertEquals(withoutPort, named.stream().map(name -> name.replace("`", "")).toList());
    final String schedule = Files.readString(PACKAGING.resolve("gongbei-backup.timer"));
    assertTrue(schedule.contains("OnCalendar=*-*-* "), "every night");
  }

  @Test
  void theDefaultsOfTheAuditFileAreAsTold() throws Exception {
    final String page = Document.LOGS.text();
    assertTrue(
        page.contains(
            "`translation.auditFileMebibytes` ("
                + NodeConfig.defaults().translation().auditFileMebibytes()
                + " MiB)"));
    assertEquals(4, Limits.AUDIT_FILES_AT_LEAST, "a quarter");
  }

  @Test
  void theNextReleaseIsTheOneThatIsBuiltAndItsMetricsAreThere() throws Exception {
    final String version =
        Files.readString(Path.of("..", "pom.xml"))
            .replaceAll(
                "(?s).*?<artifactId>gongbei</artifactId>\\s*<version>(.*?)</version>.*", "$1");
    final String page = Document.CHANGELOG.text();
    final String release = version.replace("-SNAPSHOT", "");
    final Matcher first = new Matcher(page);
    assertEquals(release, first.number());
    assertEquals(version.endsWith("-SNAPSHOT"), first.isNotReleased());
    assertTrue(page.contains("**Upgrade.**"));
    final String schema =
        Files.readString(Path.of("client/src/main/resources/gongbei/scanner-protocol.xml"));
    assertTrue(
        version.endsWith("-SNAPSHOT") || !schema.contains("Not released"),
        "a release leaves no value of the scanner protocol unreleased");
  }

  /** The first section of the changelog. */
  private static final class Matcher {
    private final MatchResult section;

    Matcher(String page) {
      section =
          Pattern.compile("(?m)^## (\\d+\\.\\d+\\.\\d+) \\((.*)\\)$")
              .matcher(page)
              .results()
              .findFirst()
              .orElseThrow();
    }

    String number() {
      return section.group(1);
    }

    boolean isNotReleased() {
      return section.group(2).equals("not released yet");
    }
  }
}
