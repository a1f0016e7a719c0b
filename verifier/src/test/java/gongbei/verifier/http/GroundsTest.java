package gongbei.verifier.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.testing.OneJdk;
import gongbei.verifier.TestNode;
import gongbei.verifier.client.AuthorityClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changes of colour through sockets, as those ask for them who may not have them. */
@OneJdk
final class GroundsTest {
  private static final Instant FROM = yesterday();
  private static final Instant TO = FROM.plus(Duration.ofDays(10));
  private static final SigningKey SECOND =
      new KeyGeneration().generateAuthority("Second", FROM, TO);
  private static final Subject KNOWN = TestNode.GREEN;

  private final HttpClient http = HttpClient.newHttpClient();
  @AutoClose private TestNode node;

  @BeforeEach
  void start() throws Exception {
    node = TestNode.with(SECOND);
  }

  private AuthorityClient first() {
    return new AuthorityClient(URI.create(node.http("/")), node.authority);
  }

  private static String path(Subject subject) {
    return "/v1/subjects/" + subject.toHex() + "/status";
  }

  private static String in(Duration time) {
    return Instant.now().plus(time).truncatedTo(ChronoUnit.MINUTES).toString();
  }

  private static String change(String colour, String ground, String until) {
    final ObjectNode change = JsonNodeFactory.instance.objectNode().put("colour", colour);
    if (!ground.isEmpty()) {
      change.put("ground", ground);
    }
    if (!until.isEmpty()) {
      change.put("until", until);
    }
    return change.toString();
  }

  private JsonNode get(String path) throws Exception {
    return TestNode.json(
        http.send(
                HttpRequest.newBuilder(URI.create(node.http(path))).build(),
                HttpResponse.BodyHandlers.ofString())
            .body());
  }

  private StatusRecord record(Subject subject) {
    final StatusRecord record = new StatusRecord();
    assertTrue(node.node.resources().statusMap().get(subject, record));
    return record;
  }

  private static void assertProblem(
      HttpResponse<String> answer, int status, String type, String field) throws Exception {
    final JsonNode problem = TestNode.json(answer.body());
    assertEquals("/problems/" + type, problem.path("type").asText(), answer.body());
    assertEquals(status, answer.statusCode(), answer.body());
    assertEquals(field, problem.path("field").asText(), answer.body());
  }

  private void assertUnchanged() {
    assertEquals(StatusRecord.GREEN, record(KNOWN).colour(), "nothing was changed");
  }

  private static HttpResponse<String> put(AuthorityClient by, String json) throws Exception {
    return by.put(path(KNOWN), json);
  }

  @Test
  void aChangeThatStatesNoGroundIsMadeAndGetsItsEnd() throws Exception {
    assertEquals(200, put(first(), change("yellow", "", "")).statusCode());
    final JsonNode status = get(path(KNOWN));
    assertEquals("yellow", status.path("colour").asText());
    final Duration left =
        Duration.between(Instant.now(), Instant.parse(status.path("until").asText()));
    assertTrue(left.toHours() >= 14 * 24 - 1 && left.toHours() <= 14 * 24, left.toString());
    assertEquals(200, put(first(), change("green", "", "")).statusCode());
    assertFalse(get(path(KNOWN)).has("until"), "green has no end");
  }

  @Test
  void aStatedEndAndWhatFollowsAreKept() throws Exception {
    final String until = in(Duration.ofDays(3));
    final ObjectNode change = (ObjectNode) TestNode.json(change("red", "close-contact", until));
    assertEquals(200, put(first(), change.put("next", "yellow").toString()).statusCode());
    final JsonNode status = get(path(KNOWN));
    assertEquals(until, status.path("until").asText());
    assertEquals("yellow", status.path("next").asText());
  }

  @Test
  void aGroundThatIsNoneInTheTableIsRefused() throws Exception {
    assertProblem(put(first(), change("yellow", "because", "")), 422, "ground-unknown", "ground");
    assertProblem(
        first()
            .put(
                "/v1/subjects/status",
                "{\"statuses\":[{\"subject\":\""
                    + KNOWN.toHex()
                    + "\",\"colour\":\"red\",\"ground\":\"because\"}]}"),
        422,
        "ground-unknown",
        "statuses[0].ground");
    assertProblem(put(first(), change("yellow", "BECAUSE", "")), 400, "invalid-field", "ground");
    assertUnchanged();
  }

  @Test
  void anEndThatIsMissingPastOrTooFarIsRefused() throws Exception {
    assertProblem(put(first(), change("red", "close-contact", "")), 422, "until-missing", "until");
    assertProblem(
        put(first(), change("red", "close-contact", in(Duration.ofDays(15)))),
        422,
        "until-too-far",
        "until");
    assertProblem(
        put(first(), change("red", "close-contact", in(Duration.ofMinutes(-5)))),
        400,
        "invalid-field",
        "until");
    assertProblem(
        put(first(), change("red", "close-contact", "tomorrow")), 400, "invalid-field", "until");
    assertProblem(
        put(first(), change("green", "recovery", in(Duration.ofDays(1)))),
        400,
        "invalid-field",
        "until");
    assertUnchanged();
  }

  @Test
  void aColourThatTheGroundDoesNotSetIsRefused() throws Exception {
    assertProblem(
        put(first(), change("red", "self-report", in(Duration.ofDays(1)))),
        403,
        "ground-not-yours",
        "colour");
    assertUnchanged();
  }

  /** It has no ceiling, for who comes with a code of the other region answers for it there. */
  @Test
  void theGroundOfTranslatedCodesIsRefusedToAuthorities() throws Exception {
    assertProblem(
        put(first(), change("red", "translation", "")), 403, "ground-not-yours", "ground");
    assertUnchanged();
  }

  @Test
  void anotherAuthoritysGroundIsRefused() throws Exception {
    final ObjectNode table = (ObjectNode) get("/v1/grounds");
    table.put("revision", 1);
    for (final JsonNode ground : table.path("grounds")) {
      if (ground.path("name").asText().equals("lab-result")) {
        ((ArrayNode) ground.path("authorities")).add(SECOND.issuerKey().kidHex());
      }
    }
    assertEquals(200, first().seconded(SECOND).put("/v1/grounds", table.toString()).statusCode());
    assertProblem(put(first(), change("red", "lab-result", "")), 403, "ground-not-yours", "ground");
    final String test =
        "{\"result\":\"positive\",\"sampleTime\":\"" + in(Duration.ofHours(-1)) + "\"}";
    assertProblem(put(first(), test), 403, "ground-not-yours", "ground");
    assertUnchanged();
    final AuthorityClient laboratory = new AuthorityClient(URI.create(node.http("/")), SECOND);
    assertEquals(200, put(laboratory, test).statusCode());
    assertEquals(StatusRecord.RED, record(KNOWN).colour());
  }

  @Test
  void aGroundForTwoAuthoritiesIsRefusedToOne() throws Exception {
    final String area = change("yellow", "area", in(Duration.ofDays(2)));
    assertProblem(put(first(), area), 403, "second-signature-missing", "Signature");
    final HttpResponse<String> twice = put(first().seconded(node.authority), area);
    assertEquals(403, twice.statusCode());
    assertTrue(twice.body().contains("/problems/same-authority"), twice.body());
    final SigningKey stranger = new KeyGeneration().generateAuthority("Stranger", FROM, TO);
    assertTrue(
        put(first().seconded(stranger), area).body().contains("/problems/unknown-authority"));
    assertUnchanged();
    assertEquals(200, put(first().seconded(SECOND), area).statusCode());
    assertEquals(StatusRecord.YELLOW, record(KNOWN).colour());
  }

  /** What the second authority has signed once can be used for nothing else, and not again. */
  @Test
  void aSecondSignatureOfAnotherRequestIsRefused() throws Exception {
    final String area = change("yellow", "area", in(Duration.ofDays(2)));
    final HttpRequest signed = first().seconded(SECOND).request(path(KNOWN), area);
    assertEquals(200, http.send(signed, HttpResponse.BodyHandlers.ofString()).statusCode());
    assertEquals(200, put(first(), change("green", "", "")).statusCode());
    assertTrue(
        http.send(signed, HttpResponse.BodyHandlers.ofString())
            .body()
            .contains("/problems/replayed-request"));
    assertTrue(
        copied(first().request(path(KNOWN), area), signed).contains("/problems/bad-signature"),
        "the same change, signed anew by the first alone");
    assertTrue(
        copied(first().request(path(TestNode.UNTESTED), area), signed)
            .contains("/problems/bad-signature"),
        "another holder's");
    assertUnchanged();
  }

  /** Sends a request with the second signature of another. */
  private String copied(HttpRequest own, HttpRequest other) throws Exception {
    final Map<String, String> headers = new HashMap<>();
    own.headers().map().forEach((name, values) -> headers.put(name, values.get(0)));
    for (final String name : new String[] {"Signature-Input", "Signature"}) {
      final String both = other.headers().firstValue(name).orElseThrow();
      headers.merge(name, both.substring(both.indexOf(", sig2=")), String::concat);
    }
    final HttpRequest.Builder request =
        HttpRequest.newBuilder(own.uri()).method(own.method(), own.bodyPublisher().orElseThrow());
    headers.forEach(request::setHeader);
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
  }

  /** Makes holders known, green, on no ground that is stated. */
  private void register(int holders) throws Exception {
    for (int from = 0; from < holders; from += 1_000) {
      assertEquals(
          200,
          first()
              .put(
                  "/v1/subjects/status",
                  changes(from, Math.min(holders, from + 1_000), "{\"colour\":\"green\"}"))
              .statusCode());
    }
  }

  private static Subject depositor(int number) {
    return new Subject(1_317, number);
  }

  private static String changes(int from, int to, String each) throws Exception {
    final ObjectNode body = JsonNodeFactory.instance.objectNode();
    final ArrayNode statuses = body.putArray("statuses");
    for (int i = from; i < to; i++) {
      statuses.add(((ObjectNode) TestNode.json(each)).put("subject", depositor(i).toHex()));
    }
    return body.toString();
  }

  private int reds(int holders) {
    int reds = 0;
    for (int i = 0; i < holders; i++) {
      reds += record(depositor(i)).colour() == StatusRecord.RED ? 1 : 0;
    }
    return reds;
  }

  /** June 2022, Henan. */
  @Test
  void thirteenHundredAndSeventeenRedsInAnHourAreStoppedAtTheCeiling() throws Exception {
    register(1_317);
    final String red = change("red", "close-contact", in(Duration.ofDays(10)));
    int refused = 0;
    for (int from = 0; from < 1_317; from += 1_000) {
      final HttpResponse<String> answer =
          first().put("/v1/subjects/status", changes(from, Math.min(1_317, from + 1_000), red));
      assertEquals(207, answer.statusCode(), answer.body());
      for (final JsonNode result : TestNode.json(answer.body()).path("results")) {
        if (result.path("outcome").asText().equals("ceiling-reached")) {
          refused++;
          assertEquals("ground", result.path("field").asText());
        }
      }
    }
    assertEquals(1_117, refused);
    assertEquals(200, reds(1_317));
    assertProblem(first().put(path(depositor(1_300)), red), 429, "ceiling-reached", "ground");
    assertEquals(
        200,
        new AuthorityClient(URI.create(node.http("/")), SECOND)
            .put(path(depositor(1_300)), red)
            .statusCode(),
        "each authority has its own");
  }

  @Test
  void noGroundStatedIsNoWayAroundTheCeiling() throws Exception {
    register(1_317);
    int refused = 0;
    for (int from = 0; from < 1_317; from += 1_000) {
      final HttpResponse<String> answer =
          first()
              .put(
                  "/v1/subjects/status",
                  changes(from, Math.min(1_317, from + 1_000), change("red", "", "")));
      for (final JsonNode result : TestNode.json(answer.body()).path("results")) {
        refused += result.path("outcome").asText().equals("ceiling-reached") ? 1 : 0;
      }
    }
    assertEquals(1_217, refused);
    assertEquals(100, reds(1_317));
  }

  @Test
  void aColourLapsesAtScanTimeAndWhatFollowsLapsesToo() throws Exception {
    final Instant until = Instant.now().plus(Duration.ofDays(2)).truncatedTo(ChronoUnit.MINUTES);
    final ObjectNode change =
        (ObjectNode) TestNode.json(change("red", "close-contact", until.toString()));
    assertEquals(200, put(first(), change.put("next", "yellow").toString()).statusCode());
    final long version = record(KNOWN).version();
    assertEquals("red", colourAt(until.minusSeconds(1)));
    assertEquals("yellow", colourAt(until));
    assertEquals("yellow", colourAt(until.plus(Duration.ofDays(7)).minusSeconds(1)));
    assertEquals("green", colourAt(until.plus(Duration.ofDays(7))));
    assertEquals(version, record(KNOWN).version(), "no command was needed");
  }

  /** The colour that a scan at a time finds, by a paper code that lives so long. */
  private String colourAt(Instant at) throws Exception {
    final String code = node.code(CodeFormat.GD1, KNOWN, 0, 20 * 86_400);
    final HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(node.http("/v1/scans")))
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        JsonNodeFactory.instance
                            .objectNode()
                            .put("code", code)
                            .put("checkpoint", "metro")
                            .put("at", at.toString())
                            .toString()))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return TestNode.json(answer.body()).path("colour").asText(answer.body());
  }

  @Test
  void theTableIsPutByTwoAuthoritiesByRevisionAndByField() throws Exception {
    final ObjectNode shipped = (ObjectNode) get("/v1/grounds");
    assertEquals(0, shipped.path("revision").asInt());
    final ObjectNode next = shipped.deepCopy().put("revision", 3);
    assertProblem(
        first().put("/v1/grounds", next.toString()), 403, "second-signature-missing", "Signature");
    final AuthorityClient both = first().seconded(SECOND);
    assertEquals(
        "applied",
        TestNode.json(both.put("/v1/grounds", next.toString()).body()).path("outcome").asText());
    assertEquals(3, get("/v1/grounds").path("revision").asInt());
    assertEquals(
        "superseded",
        TestNode.json(both.put("/v1/grounds", next.deepCopy().put("revision", 2).toString()).body())
            .path("outcome")
            .asText());
    final ObjectNode renamed = next.deepCopy().put("revision", 4);
    ((ObjectNode) renamed.path("grounds").path(0)).put("name", "registration");
    assertProblem(both.put("/v1/grounds", renamed.toString()), 400, "invalid-field", "grounds");
    final ObjectNode endless = next.deepCopy().put("revision", 4);
    ((ObjectNode) endless.path("grounds").path(2)).remove("longestMinutes");
    assertProblem(
        both.put("/v1/grounds", endless.toString()),
        400,
        "invalid-field",
        "grounds[2].longestMinutes");
    assertEquals(3, get("/v1/grounds").path("revision").asInt());
  }

  private static Instant yesterday() {
    return Instant.now().minus(Duration.ofDays(1));
  }
}
