package gongbei.verifier.story;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.map.Subject;
import gongbei.testing.Prerequisite;
import gongbei.verifier.TestNode;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.oversight.Tally;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What befell 1,317 bank depositors in June 2022, told to a node over its sockets: an office that
 * has no test of anybody tries to turn them red, so that they can't travel.
 */
final class DepositorsTest {
  private static final int DEPOSITORS = 1_317;
  private static final int A_REQUEST = 1_000;

  /** As many as one authority may turn in an hour because of a close contact. */
  private static final int CEILING = 200;

  /** As many known holders as one authority may stop in an hour by what states no ground. */
  private static final int REGISTRY_CEILING = 100;

  private static final Path ALERTS = Path.of("operations", "alerts.yaml").toAbsolutePath();
  private static final Path PROMTOOL = Path.of("/usr/bin/promtool");
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static final Instant FROM = yesterday();
  private static final Instant UNTIL = FROM.plus(Duration.ofDays(2));
  private static final SigningKey LABORATORY = authority("Laboratory");
  private static final SigningKey OFFICE = authority("Office");
  private static final SigningKey REVIEW = authority("Review");

  @TempDir private static Path directory;
  @AutoClose private static TestNode node;
  private static Instant redUntil;

  /** What came of the office's changes, by outcome and field. */
  private static final Map<String, Integer> OUTCOMES = new HashMap<>();

  private static SigningKey authority(String name) {
    return new KeyGeneration().generateAuthority(name, FROM, UNTIL);
  }

  private static Subject depositor(int number) {
    return new Subject(0xdeb0, number);
  }

  private static AuthorityClient client(SigningKey key) {
    return new AuthorityClient(URI.create(node.http("/")), key);
  }

  private static JsonNode json(int status, HttpResponse<String> answer) throws Exception {
    assertEquals(status, answer.statusCode(), answer.body());
    return TestNode.json(answer.body());
  }

  private static HttpResponse<String> get(String path, String... headers) throws Exception {
    final HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(node.http(path)));
    return CLIENT.send(
        (headers.length > 0 ? request.headers(headers) : request).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @BeforeAll
  static void theOfficeTries() throws Exception {
    node = TestNode.with(LABORATORY, OFFICE, REVIEW);
    final String tested = Instant.now().minus(1, ChronoUnit.HOURS).toString();
    forAll(
        node.authority,
        depositor ->
            depositor
                .put("colour", Colour.GREEN.wireName())
                .put("result", TestResult.NEGATIVE.wireName())
                .put("sampleTime", tested)
                .put("doses", 2));
    OUTCOMES.clear();
    redUntil = Instant.now().plus(2, ChronoUnit.HOURS).truncatedTo(ChronoUnit.MINUTES);
    forAll(OFFICE, depositor -> red(depositor).put("ground", "close-contact"));
    forAll(OFFICE, depositor -> red(depositor).put("ground", "lab-result"));
    forAll(OFFICE, depositor -> red(depositor).put("ground", "area"));
    forThose(OFFICE, CEILING, depositor -> red(depositor));
  }

  private static ObjectNode red(ObjectNode depositor) {
    return depositor
        .put("colour", Colour.RED.wireName())
        .put("result", TestResult.NEGATIVE.wireName())
        .put("sampleTime", Instant.now().minus(1, ChronoUnit.HOURS).toString())
        .put("doses", 2)
        .put("until", redUntil.toString());
  }

  private interface Change {
    ObjectNode of(ObjectNode depositor);
  }

  /** Sends a change of every depositor, signed, and counts what comes of them. */
  private static void forAll(SigningKey key, Change change) throws Exception {
    forThose(key, 0, change);
  }

  private static void forThose(SigningKey key, int first, Change change) throws Exception {
    for (int from = first; from < DEPOSITORS; from += A_REQUEST) {
      final ObjectNode body = (ObjectNode) TestNode.json("{\"statuses\":[]}");
      final ArrayNode statuses = (ArrayNode) body.get("statuses");
      IntStream.range(from, Math.min(DEPOSITORS, from + A_REQUEST))
          .forEach(each -> change.of(statuses.addObject().put("subject", depositor(each).toHex())));
      final HttpResponse<String> answer = client(key).put("/v1/subjects/status", body.toString());
      assertTrue(answer.statusCode() == 200 || answer.statusCode() == 207, answer.body());
      for (final JsonNode result : TestNode.json(answer.body()).get("results")) {
        OUTCOMES.merge(
            result.path("outcome").asText() + " " + result.path("field").asText(), 1, Integer::sum);
      }
    }
  }

  @Test
  void itIsStoppedAtItsCeilingAndOnEveryOtherGround() throws Exception {
    assertEquals(
        Map.of(
            "applied ",
            CEILING + REGISTRY_CEILING,
            "ceiling-reached ground",
            DEPOSITORS - CEILING + DEPOSITORS - CEILING - REGISTRY_CEILING,
            "positive-test-missing result",
            DEPOSITORS,
            "ground-not-yours colour",
            DEPOSITORS),
        OUTCOMES);
    assertEquals("red", scan(0, Instant.now()).path("colour").asText());
    assertEquals("refuse", scan(0, Instant.now()).path("verdict").asText());
    assertEquals("pass", scan(CEILING + REGISTRY_CEILING, Instant.now()).path("verdict").asText());
    final ObjectNode once = red((ObjectNode) TestNode.json("{}")).put("ground", "close-contact");
    final HttpResponse<String> refused =
        client(OFFICE)
            .put("/v1/subjects/" + depositor(DEPOSITORS - 1).toHex() + "/status", once.toString());
    final JsonNode problem = TestNode.json(refused.body());
    assertEquals("/problems/ceiling-reached", problem.path("type").asText());
    assertEquals("ground", problem.path("field").asText());
  }

  private static JsonNode scan(int depositor, Instant at) throws Exception {
    final String body =
        ((ObjectNode) TestNode.json("{}"))
            .put("checkpoint", "metro")
            .put("code", node.code(CodeFormat.GD1, depositor(depositor), 0, 4 * 3_600))
            .put("at", at.truncatedTo(ChronoUnit.SECONDS).toString())
            .toString();
    return json(
        200,
        CLIENT.send(
            HttpRequest.newBuilder(URI.create(node.http("/v1/scans")))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString()));
  }

  private static long counted(JsonNode oversight, String ground, Tally tally) {
    long count = 0;
    for (final JsonNode series : oversight.get("series")) {
      if (series.path("ground").asText().equals(ground)
          && series.path("authority").asText().equals(OFFICE.issuerKey().kidHex())) {
        for (final JsonNode hour : series.path("changes").path(tally.wireName())) {
          count += hour.asLong();
        }
      }
    }
    return count;
  }

  @Test
  void theAttemptIsSeenByWhoeverOverseesTheAuthorities() throws Exception {
    final JsonNode oversight = json(200, get("/v1/oversight"));
    assertEquals(CEILING, counted(oversight, "close-contact", Tally.RED));
    assertTrue(counted(oversight, "close-contact", Tally.CEILING) >= DEPOSITORS - CEILING);
    assertEquals(DEPOSITORS, counted(oversight, "area", Tally.REFUSED));
    assertEquals(DEPOSITORS, counted(oversight, "lab-result", Tally.REFUSED));
    assertEquals(REGISTRY_CEILING, counted(oversight, "registry", Tally.RED));
    final List<JsonNode> reached = new ArrayList<>();
    oversight.get("ceilings").forEach(each -> reached.add(each));
    reached.removeIf(each -> each.path("refused").asLong() == 0);
    assertEquals(2, reached.size(), oversight.get("ceilings").toString());
    for (final JsonNode each : reached) {
      final boolean isRegistry = each.path("ground").asText().equals("registry");
      final int ceiling = isRegistry ? REGISTRY_CEILING : CEILING;
      assertEquals(OFFICE.issuerKey().kidHex(), each.path("authority").asText());
      assertEquals(ceiling, each.at("/hour/used").asInt());
      assertEquals(ceiling, each.at("/hour/limit").asInt());
    }
  }

  /** How many changes of the office were refused at the ceiling of a ground, by the metrics. */
  private static double refusedAtCeiling(List<String> series, String ground) {
    return series.stream()
        .filter(line -> line.contains(OFFICE.issuerKey().kidHex()))
        .filter(line -> line.contains("change=\"ceiling\""))
        .filter(line -> line.contains("ground=\"" + ground + "\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** The metrics as they are scraped raise the alerts as they are shipped. */
  @Test
  void theAttemptRaisesTheAlertOfCeilings() throws Exception {
    Prerequisite.require(
        Files.isExecutable(PROMTOOL), "Debian's prometheus, which has promtool, is not installed");
    final List<String> series =
        get("/metrics")
            .body()
            .lines()
            .filter(line -> line.startsWith("gongbei_oversight_recent{"))
            .toList();
    final String office = OFFICE.issuerKey().kidHex();
    final double refused = refusedAtCeiling(series, "close-contact");
    assertTrue(refused >= DEPOSITORS - CEILING, series.toString());
    final StringBuilder test = new StringBuilder("rule_files: [" + ALERTS + "]\ntests:\n");
    test.append("  - interval: 1m\n    input_series:\n");
    for (final String line : series) {
      final int end = line.lastIndexOf(' ');
      test.append("      - {series: '").append(line, 0, end).append("', values: '");
      test.append(line.substring(end + 1)).append("x5'}\n");
    }
    test.append("    alert_rule_test:\n      - eval_time: 1m\n");
    test.append("        alertname: GongbeiCeilingReached\n        exp_alerts:\n");
    for (final String ground : List.of("close-contact", "registry")) {
      test.append("          - exp_labels: {authority: '").append(office);
      test.append("', ground: '").append(ground);
      test.append("', severity: 'page'}\n            exp_annotations:\n");
      test.append("              summary: 'authority ").append(office);
      test.append(" was stopped at the ceiling of the ground ").append(ground).append(": ");
      test.append((long) refusedAtCeiling(series, ground)).append(" changes were refused'\n");
      test.append("              runbook: operate/alerts.md#gongbeiceilingreached\n");
    }
    final Path file = Files.writeString(directory.resolve("story.yaml"), test);
    final Process promtool =
        new ProcessBuilder(PROMTOOL.toString(), "test", "rules", file.toString())
            .redirectErrorStream(true)
            .start();
    final String said =
        new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, promtool.waitFor(), said);
  }

  @Test
  void theFewThatWereTurnedRedLapseByThemselves() throws Exception {
    assertEquals("refuse", scan(1, redUntil.minusSeconds(1)).path("verdict").asText());
    final JsonNode after = scan(1, redUntil);
    assertEquals("pass", after.path("verdict").asText(), after.toString());
    assertEquals("green", after.path("colour").asText());
    long lapses = 0;
    for (final JsonNode hour : json(200, get("/v1/oversight")).at("/lapses/red")) {
      lapses += hour.asLong();
    }
    assertTrue(
        lapses >= CEILING + REGISTRY_CEILING - 1, "but for the one who is corrected: " + lapses);
  }

  @Test
  void aHolderAmongThemSeesWhoDidItAndWinsTheAppeal() throws Exception {
    final int wronged = CEILING - 1;
    assertEquals("refuse", scan(wronged, Instant.now()).path("verdict").asText());
    final String code = node.code(depositor(wronged));
    final JsonNode change = json(200, history(wronged, code)).at("/changes/0");
    assertEquals(OFFICE.issuerKey().kidHex(), change.path("authority").asText(), "who did it");
    assertEquals("close-contact", change.path("ground").asText(), "on what ground");
    assertEquals("green", change.path("before").asText());
    assertEquals("red", change.path("colour").asText());
    assertEquals(redUntil.toString(), change.path("until").asText(), "until when");
    final HttpResponse<String> opened =
        CLIENT.send(
            HttpRequest.newBuilder(URI.create(node.http("/v1/appeals")))
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"code\":\"" + code + "\",\"reason\":\"no-contact\"}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    final JsonNode appeal = json(201, opened);
    assertEquals(1, json(200, get("/v1/oversight")).at("/appeals/open").asInt());
    final JsonNode decided =
        json(
            200,
            client(REVIEW)
                .put("/v1/appeals/" + appeal.path("appeal").asLong(), "{\"decision\":\"grant\"}"));
    assertEquals("granted", decided.path("state").asText());
    assertEquals("pass", scan(wronged, Instant.now()).path("verdict").asText());
    final JsonNode history = json(200, history(wronged, code));
    assertEquals("green", history.path("colour").asText());
    assertEquals("granted", history.at("/appeals/0/state").asText());
    assertEquals(REVIEW.issuerKey().kidHex(), history.at("/appeals/0/decidedBy").asText());
    assertEquals(0, json(200, get("/v1/oversight")).at("/appeals/open").asInt());
  }

  private static HttpResponse<String> history(int depositor, String code) throws Exception {
    return get(
        "/v1/subjects/" + depositor(depositor).toHex() + "/history",
        "Holder-Code",
        URLEncoder.encode(code, StandardCharsets.UTF_8).replace("+", "%20"));
  }

  private static Instant yesterday() {
    return Instant.now().minus(Duration.ofDays(1));
  }
}
