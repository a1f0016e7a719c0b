package gongbei.verifier.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import gongbei.testing.Prerequisite;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.TestNode;
import gongbei.verifier.config.TlsConfig;
import gongbei.verifier.tls.TlsBed;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
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
final class OperationsTest {
  private static final Path ALERTS = Path.of("operations", "alerts.yaml");
  private static final Path DASHBOARD = Path.of("operations", "grafana-dashboard.json");
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
    // What Prometheus itself adds.
    SHOWN.put("up", Map.of());
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

  @Test
  void prometheusOwnToolFindsNoFaultInTheRules() throws Exception {
    Prerequisite.require(
        Files.isExecutable(PROMTOOL), "Debian's prometheus, which has promtool, is not installed");
    final Process promtool =
        new ProcessBuilder(PROMTOOL.toString(), "check", "rules", ALERTS.toString())
            .redirectErrorStream(true)
            .start();
    final String said =
        new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, promtool.waitFor(), said);
  }
}
