package gongbei.verifier.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import gongbei.codec.trust.KeyGeneration;
import gongbei.replication.cluster.NodeRequest;
import gongbei.testing.Document;
import gongbei.testing.OneJdk;
import gongbei.testing.Patience;
import gongbei.testing.Prerequisite;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.TestNode;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.config.TlsConfig;
import gongbei.verifier.node.Node;
import gongbei.verifier.tls.TlsBed;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard and the alert rules against what a node shows. */
@ExtendWith(LeakWatch.class)
@OneJdk
final class OperationsTest {
  private static final Path ALERTS = Path.of("operations", "alerts.yaml");
  private static final Path DASHBOARD = Path.of("operations", "grafana-dashboard.json");

  /** The second has what looks back for a week, which would take a minute at the first's steps. */
  private static final List<Path> CASES =
      List.of(
          Path.of("operations", "alerts-test.yaml"),
          Path.of("operations", "alerts-week-test.yaml"));

  private static final Path BACKUP_SCRIPT = Path.of("packaging", "gongbei-backup");
  private static final Path PROMTOOL = Path.of("/usr/bin/promtool");

  /** Every metric that a node shows, with the values of each of its labels. */
  private static final Map<String, Map<String, Set<String>>> SHOWN = new HashMap<>();

  @BeforeAll
  static void scrape(@TempDir Path directory) throws Exception {
    try (TestNode node = new TestNode()) {
      final HttpClient client = HttpClient.newHttpClient();
      String text = "";
      for (int i = 0; i < 2; i++) {
        text =
            client
                .send(
                    HttpRequest.newBuilder(URI.create(node.http("/metrics"))).build(),
                    HttpResponse.BodyHandlers.ofString())
                .body();
      }
      text.lines().filter(line -> !line.startsWith("#")).forEach(OperationsTest::take);
    }
    try (TlsBed bed = new TlsBed(directory, TlsConfig.Suites.STANDARD, "", "")) {
      final String text =
          bed.tls(null, TlsConfig.Suites.STANDARD)
              .prepare(HttpClient.newBuilder())
              .build()
              .send(
                  HttpRequest.newBuilder(
                          URI.create("https://localhost:" + bed.node.httpPort() + "/metrics"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      text.lines().filter(line -> !line.startsWith("#")).forEach(OperationsTest::take);
    }
    scrapeANodeWithADisk(directory);
    // What Prometheus itself adds, and what a backup leaves for the machine's own exporter.
    SHOWN.put("up", Map.of());
    Pattern.compile("(?m)^ *(?:echo \"?)?(gongbei_backup_\\w+) ")
        .matcher(Files.readString(BACKUP_SCRIPT))
        .results()
        .forEach(metric -> SHOWN.put(metric.group(1), Map.of()));
  }

  /** Shows what only a node with a data directory has: its disk and its snapshots. */
  private static void scrapeANodeWithADisk(Path directory) throws Exception {
    final Path config =
        Files.writeString(
            directory.resolve("disk.yaml"),
            "dataDirectory: data\nmaxSubjects: 1000\nhttp: {port: 0}\ntcp: {port: 0}\n"
                + "replication: {logTermBytes: 1048576, segmentBytes: 1048576, feedBytes: 1048576}\n");
    try (Node node = Node.start(NodeConfig.read(config))) {
      final String text = scrape(node);
      text.lines().filter(line -> !line.startsWith("#")).forEach(OperationsTest::take);
      assertTrue(text.contains("\ngongbei_log_snapshot_time_seconds 0.0"), text);
      assertTrue(text.contains("\ngongbei_map_capacity 1000.0"), text);
      final double before = Instant.now().minusSeconds(5).getEpochSecond();
      final String answer = NodeRequest.SNAPSHOT.send(directory.resolve("data"), Patience.DURATION);
      assertTrue(answer.startsWith("done"), answer);
      Patience.await(
          "the snapshot is told of",
          () -> figure(scrape(node), "gongbei_log_snapshot_time_seconds") >= before);
      final double free = figure(scrape(node), "gongbei_disk_free_bytes{place=\"data\"}");
      final double there = Files.getFileStore(directory).getUsableSpace();
      assertEquals(there, free, there / 10);
      assertEquals(256 << 20, figure(scrape(node), "gongbei_disk_low_bytes{place=\"data\"}"));
    }
  }

  private static double figure(String metrics, String name) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  private static String scrape(Node node) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.httpPort() + "/metrics"))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static void take(String line) {
    final var sample = Pattern.compile("^(\\w+)(?:\\{(.*)})? ").matcher(line);
    assertTrue(sample.find(), line);
    final var labels = SHOWN.computeIfAbsent(sample.group(1), name -> new HashMap<>());
    if (sample.group(2) != null) {
      Pattern.compile("(\\w+)=\"([^\"]*)\"")
          .matcher(sample.group(2))
          .results()
          .forEach(
              label ->
                  labels
                      .computeIfAbsent(label.group(1), name -> new HashSet<>())
                      .add(label.group(2)));
    }
  }

  @AfterAll
  static void forget() {
    SHOWN.clear();
  }

  private static List<String> expressions() throws Exception {
    final List<String> expressions = new ArrayList<>();
    final JsonNode alerts = new YAMLMapper().readTree(Files.readString(ALERTS));
    alerts.at("/groups").forEach(g -> g.path("rules").forEach(r -> expressions.add(expr(r))));
    final JsonNode dashboard = new ObjectMapper().readTree(Files.readString(DASHBOARD));
    dashboard
        .path("panels")
        .forEach(panel -> panel.path("targets").forEach(t -> expressions.add(expr(t))));
    assertTrue(expressions.size() > 30, expressions.toString());
    return expressions;
  }

  private static String expr(JsonNode from) {
    final String expr = from.path("expr").asText();
    assertFalse(expr.isBlank(), from.toString());
    return expr;
  }

  @Test
  void everyMetricLabelAndValueNamedIsShownByARunningNode() throws Exception {
    final Set<String> missing = new TreeSet<>();
    for (final String expression : expressions()) {
      Pattern.compile("\\b(up|(?:gongbei|jvm|process|system)_\\w+)\\b(?:\\{([^}]*)})?")
          .matcher(expression)
          .results()
          .forEach(
              use -> {
                final Map<String, Set<String>> labels = SHOWN.get(use.group(1));
                if (labels == null) {
                  missing.add(use.group(1));
                } else if (use.group(2) != null) {
                  Pattern.compile("(\\w+)=~?\"([^\"]*)\"")
                      .matcher(use.group(2))
                      .results()
                      .filter(label -> !label.group(1).equals("job"))
                      .forEach(
                          label -> {
                            for (final String value : label.group(2).split("\\|", -1)) {
                              final Set<String> known =
                                  labels.getOrDefault(label.group(1), Set.of());
                              if (!known.contains(value) && !label.group(1).equals("status")) {
                                missing.add(use.group(1) + " " + label.group());
                              }
                            }
                          });
                }
              });
    }
    assertEquals(Set.of(), missing);
  }

  @Test
  void theCertificateOfEachServerIsToldByItsEnd() {
    assertEquals(
        Set.of("http", "tcp"), SHOWN.get("gongbei_tls_certificate_end_seconds").get("server"));
  }

  @Test
  void theEndOfTheSigningKeyIsToldAndWhetherTheNodeTrustsIt() throws Exception {
    try (TestNode node = new TestNode()) {
      assertEquals(
          (double) node.guangdong.issuerKey().notAfterEpochSeconds(),
          figure(scrape(node.node), "gongbei_signing_key_end_seconds"));
      assertEquals(0, figure(scrape(node.node), "gongbei_signing_keys_untrusted"));
    }
  }

  @Test
  void codesThatAreNotSignedForWantOfAValidKeyAreCounted(@TempDir Path directory) throws Exception {
    final Instant ended = Instant.now().minusSeconds(1_000);
    KeyGeneration.write(
        new KeyGeneration().generate("GD", ended.minusSeconds(1_000), ended),
        "gd",
        directory.resolve("keys"));
    final Path config =
        Files.writeString(
            directory.resolve("node.yaml"),
            "maxSubjects: 1000\nsigningKeyDirectory: keys\ntrustDirectory: keys\n"
                + "http: {port: 0}\ntcp: {port: 0}\n");
    try (Node node = Node.start(NodeConfig.read(config))) {
      assertEquals(0, figure(scrape(node), "gongbei_codes_failed_total"));
      final HttpResponse<String> refused =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(
                          URI.create("http://127.0.0.1:" + node.httpPort() + "/v1/codes"))
                      .header("Content-Type", "application/json")
                      .POST(
                          HttpRequest.BodyPublishers.ofString(
                              "{\"subject\":\"00000000000000010000000000000001\"}"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      assertEquals(503, refused.statusCode(), refused.body());
      assertEquals(1, figure(scrape(node), "gongbei_codes_failed_total"));
      assertTrue(
          figure(scrape(node), "gongbei_signing_key_end_seconds") < Instant.now().getEpochSecond());
    }
  }

  @Test
  void everyAlertSaysHowGraveItIsAndWhatIsTheMatter() throws Exception {
    final JsonNode rules =
        new YAMLMapper().readTree(Files.readString(ALERTS)).at("/groups/0/rules");
    final Set<String> names = new HashSet<>();
    for (final JsonNode rule : rules) {
      assertTrue(names.add(rule.path("alert").asText()), rule.toString());
      assertTrue(rule.at("/labels/severity").asText().matches("page|warn"), rule.toString());
      assertFalse(rule.at("/annotations/summary").asText().isBlank(), rule.toString());
    }
  }

  @Test
  void panelsHaveNamesOfTheirOwnAndDoNotOverlap() throws Exception {
    final JsonNode panels = new ObjectMapper().readTree(Files.readString(DASHBOARD)).path("panels");
    final Set<String> titles = new HashSet<>();
    final Set<String> taken = new HashSet<>();
    for (final JsonNode panel : panels) {
      assertTrue(titles.add(panel.path("title").asText()), panel.path("title").asText());
      final JsonNode at = panel.path("gridPos");
      for (int x = 0; x < at.path("w").asInt(); x++) {
        for (int y = 0; y < at.path("h").asInt(); y++) {
          final int column = at.path("x").asInt() + x;
          assertTrue(column < 24, panel.path("title").asText());
          assertTrue(taken.add(column + "," + (at.path("y").asInt() + y)), panel.toString());
        }
      }
    }
  }

  private static List<String> alerts() throws Exception {
    final List<String> names = new ArrayList<>();
    new YAMLMapper()
        .readTree(Files.readString(ALERTS))
        .at("/groups/0/rules")
        .forEach(rule -> names.add(rule.path("alert").asText()));
    return names;
  }

  @Test
  void everyAlertHasItsSectionOnThePageInTheOrderOfTheRulesAndNamesIt() throws Exception {
    final List<String> sections =
        Pattern.compile("(?m)^### (\\w+)\n\n(\\S[^#]*)")
            .matcher(Document.ALERTS.text())
            .results()
            .peek(section -> assertTrue(section.group(2).length() > 100, section.group(1)))
            .map(section -> section.group(1))
            .toList();
    assertEquals(alerts(), sections);
    for (final JsonNode rule :
        new YAMLMapper().readTree(Files.readString(ALERTS)).at("/groups/0/rules")) {
      assertEquals(
          "operate/alerts.md#" + rule.path("alert").asText().toLowerCase(Locale.ROOT),
          rule.at("/annotations/runbook").asText());
    }
  }

  @Test
  void everyAlertIsTriedWithFiguresThatRaiseItAndWithFiguresThatDoNot() throws Exception {
    final List<String> raised = new ArrayList<>();
    final List<String> silent = new ArrayList<>();
    for (final Path cases : CASES) {
      for (final JsonNode each : new YAMLMapper().readTree(Files.readString(cases)).path("tests")) {
        final JsonNode tried = each.at("/alert_rule_test/0");
        (tried.path("exp_alerts").isEmpty() ? silent : raised)
            .add(tried.path("alertname").asText());
      }
    }
    final List<String> alerts = alerts().stream().sorted().toList();
    assertEquals(alerts, raised.stream().sorted().toList());
    assertEquals(alerts, silent.stream().sorted().toList());
  }

  private static void promtool(String... arguments) throws Exception {
    Prerequisite.require(
        Files.isExecutable(PROMTOOL), "Debian's prometheus, which has promtool, is not installed");
    final List<String> command = new ArrayList<>(List.of(PROMTOOL.toString()));
    command.addAll(List.of(arguments));
    final Process promtool = new ProcessBuilder(command).redirectErrorStream(true).start();
    final String said =
        new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, promtool.waitFor(), said);
  }

  @Test
  void prometheusOwnToolFindsNoFaultInTheRules() throws Exception {
    promtool("check", "rules", ALERTS.toString());
  }

  @Test
  void prometheusOwnToolRaisesEachAlertWhenItShouldAndNotOtherwise() throws Exception {
    for (final Path cases : CASES) {
      promtool("test", "rules", cases.toString());
    }
  }
}
