package gongbei.verifier.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.Venue;
import gongbei.codec.model.VenueForm;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import gongbei.verifier.TestNode;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.client.DeviceVerdict;
import gongbei.verifier.config.Limits;
import gongbei.verifier.config.VenueLimits;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.protocol.VerdictCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The codes of venues and visits to them, over HTTP. */
final class VenueHttpTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  @AutoClose private static TestNode node;

  @BeforeAll
  static void start() throws Exception {
    node = new TestNode();
  }

  private static HttpRequest.Builder request(String path, ObjectNode body) {
    return HttpRequest.newBuilder(URI.create(node.http(path)))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
  }

  private static HttpResponse<String> send(String path, ObjectNode body) throws Exception {
    return CLIENT.send(request(path, body).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode post(String path, ObjectNode body, int status) throws Exception {
    final HttpResponse<String> response = send(path, body);
    assertEquals(status, response.statusCode(), response.body());
    return TestNode.json(response.body());
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static ObjectNode venue(String form) {
    return object().put("checkpoint", "metro").put("place", "拱北站 A 口").put("form", form);
  }

  private static String printed() throws Exception {
    return post("/v1/venues", venue("printed"), 201).path("code").asText();
  }

  private static String licence() throws Exception {
    return post("/v1/venues", venue("screen"), 201).path("code").asText();
  }

  private static JsonNode visit(String code, String venue) throws Exception {
    return post("/v1/visits", object().put("code", code).put("venue", venue), 200);
  }

  private static void assertRefused(String type, String field, ObjectNode visit) throws Exception {
    final JsonNode problem = post("/v1/visits", visit, 422);
    assertEquals("/problems/" + type, problem.path("type").asText());
    assertEquals(field, problem.path("field").asText());
  }

  /** A venue's code of any times, as the node would have signed it. */
  private static String made(CodeFormat format, SigningKey key, VenueForm form, int from, int to) {
    final long now = Instant.now().getEpochSecond();
    return new CodeIssuer(format, key)
        .issue(
            CodeClaims.of(CodeKind.VENUE, new byte[16])
                .venue(new Venue("metro", "here", "metro", form, Optional.empty()))
                .serial(new byte[8])
                .validity(now + from, now + to)
                .build());
  }

  private static String holder(CodeKind kind, SigningKey key, int secondsAgo) {
    final long now = Instant.now().getEpochSecond();
    final CodeClaims.Builder claims =
        CodeClaims.of(kind, TestNode.GREEN.toBytes())
            .colour(Colour.GREEN)
            .serial(new byte[8])
            .validity(now - secondsAgo, now + 60);
    if (kind == CodeKind.TRANSLATED) {
      claims.origin("MO");
    } else if (kind == CodeKind.GROUP) {
      claims.group(2, new byte[32]);
    }
    return new CodeIssuer(CodeFormat.GD1, key).issue(claims.build());
  }

  @ParameterizedTest
  @CsvSource({"1, pass, ok", "2, hold, yellow", "3, refuse, red", "8, refuse, unknown-subject"})
  void aVisitIsJudgedByTheVenuesRules(int subject, String verdict, String reason) throws Exception {
    final JsonNode answer = visit(node.code(new Subject(subject, subject)), printed());
    assertEquals(verdict, answer.path("verdict").asText(), answer.toString());
    assertEquals(reason, answer.path("reason").asText());
    assertTrue(answer.path("ruleset").asText().startsWith("metro"));
    assertEquals("拱北站 A 口", answer.path("place").asText());
    assertTrue(answer.path("word").asText().matches("([BDFGHJKLMNPRSTVZ][AEIO]){3}"));
    final Duration age = Duration.between(Instant.parse(answer.path("at").asText()), Instant.now());
    assertTrue(age.toSeconds() < 60, age.toString());
  }

  @Test
  void aScreensCodeIsOfItsMinuteAndItsWordIsThePhones() throws Exception {
    final String licence = licence();
    final JsonNode screen = post("/v1/venues/codes", object().put("licence", licence), 201);
    final JsonNode answer = visit(node.code(TestNode.GREEN), screen.path("code").asText());
    assertEquals("pass", answer.path("verdict").asText());
    final Instant shown = Instant.parse(screen.path("at").asText());
    final Instant next = Instant.parse(screen.path("refreshAt").asText());
    assertEquals(0, next.getEpochSecond() % 60);
    assertTrue(next.isAfter(shown) && !next.isAfter(shown.plusSeconds(60)));
    assertEquals(
        next.plusSeconds(VenueLimits.VENUE_CODE_MARGIN_SECONDS),
        Instant.parse(screen.path("expires").asText()));
    if (Instant.parse(answer.path("at").asText()).isBefore(next)) {
      assertEquals(screen.path("word").asText(), answer.path("word").asText());
    }
  }

  @Test
  void aPhotographOfAScreenFailsOnceItsMinuteIsOver() throws Exception {
    for (final VenueForm form : List.of(VenueForm.SCREEN, VenueForm.PRINTED)) {
      final String over = made(CodeFormat.GD1, node.guangdong, form, -75, 0);
      final JsonNode answer = visit(node.code(TestNode.GREEN), over);
      assertEquals("refuse", answer.path("verdict").asText());
      assertEquals("venue-code-expired", answer.path("reason").asText());
      assertFalse(answer.has("word"), "nothing that a doorkeeper could take for a pass");
    }
    final String good = made(CodeFormat.GD1, node.guangdong, VenueForm.SCREEN, -60, 15);
    assertEquals("pass", visit(node.code(TestNode.GREEN), good).path("verdict").asText());
  }

  @Test
  void aCodeThatIsRememberedExpiresToo() throws Exception {
    final String code = made(CodeFormat.GD1, node.guangdong, VenueForm.SCREEN, -60, 2);
    assertEquals("pass", visit(node.code(TestNode.GREEN), code).path("verdict").asText());
    Patience.await(
        "the code's end",
        () ->
            visit(node.code(TestNode.GREEN), code)
                .path("reason")
                .asText()
                .equals("venue-code-expired"));
  }

  @Test
  void aVenueThatIsNoneOfThisRegionsIsRefusedByName() throws Exception {
    final ObjectNode visit = object().put("code", node.code(TestNode.GREEN));
    assertRefused(
        "venue-of-other-region",
        "venue",
        visit.deepCopy().put("venue", made(CodeFormat.MO1, node.macau, VenueForm.PRINTED, 0, 60)));
    assertRefused(
        "not-a-venue-code", "venue", visit.deepCopy().put("venue", node.code(TestNode.GREEN)));
    assertRefused(
        "malformed-code", "venue", visit.deepCopy().put("venue", printed().substring(0, 100)));
    assertRefused("unsupported-code", "venue", visit.deepCopy().put("venue", "HELLO"));
    assertRefused("venue-licence", "venue", visit.deepCopy().put("venue", licence()));
    assertRefused(
        "code-not-yet-valid",
        "venue",
        visit
            .deepCopy()
            .put("venue", made(CodeFormat.GD1, node.guangdong, VenueForm.SCREEN, 30, 90)));
    final Instant from = Instant.now().minus(Duration.ofDays(1));
    final SigningKey stranger =
        new KeyGeneration().generate("GD", from, from.plus(Duration.ofDays(2)));
    assertRefused(
        "unknown-code-issuer",
        "venue",
        visit.deepCopy().put("venue", made(CodeFormat.GD1, stranger, VenueForm.PRINTED, 0, 60)));
    final String genuine = printed();
    final char last = genuine.charAt(genuine.length() - 2);
    assertRefused(
        "bad-code-signature",
        "venue",
        visit
            .deepCopy()
            .put(
                "venue",
                genuine.substring(0, genuine.length() - 3)
                    + (genuine.charAt(genuine.length() - 3) == '0' ? '1' : '0')
                    + last
                    + genuine.charAt(genuine.length() - 1)));
  }

  static Stream<String> othersCodes() {
    return Stream.of(CodeKind.PAPER, CodeKind.TRANSLATED, CodeKind.GROUP)
        .map(kind -> holder(kind, node.guangdong, 0));
  }

  @ParameterizedTest
  @MethodSource("othersCodes")
  void aVisitWithoutTheHoldersOwnCodeIsRefusedByName(String code) throws Exception {
    assertRefused("own-code-missing", "code", object().put("code", code).put("venue", printed()));
  }

  @Test
  void aVisitWithoutACodeWithAVenuesOrWithOneOfAnotherRegionIsToo() throws Exception {
    final String venue = printed();
    assertRefused("own-code-missing", "code", object().put("venue", venue));
    assertRefused("own-code-missing", "code", object().put("venue", venue).put("code", venue));
    assertRefused(
        "own-code-missing",
        "code",
        object().put("venue", venue).put("code", node.code(CodeFormat.MO1, TestNode.GREEN, 0, 60)));
    assertRefused(
        "code-not-fresh",
        "code",
        object()
            .put("venue", venue)
            .put("code", holder(CodeKind.PERSON, node.guangdong, Limits.HOLDER_CODE_SECONDS + 10)));
    final JsonNode malformed = visit("GD1:NOTHING", venue);
    assertEquals("refuse", malformed.path("verdict").asText());
    assertEquals("malformed", malformed.path("reason").asText());
  }

  @Test
  void aPinIsAskedForAndWrongOnesRunOut() throws Exception {
    final String venue =
        post("/v1/venues", venue("printed").put("pin", "4711"), 201).path("code").asText();
    final ObjectNode visit = object().put("code", node.code(TestNode.GREEN)).put("venue", venue);
    assertRefused("venue-pin-missing", "pin", visit);
    assertEquals(
        "pass",
        post("/v1/visits", visit.deepCopy().put("pin", "4711"), 200).path("verdict").asText());
    assertRefused("venue-pin-wrong", "pin", visit.deepCopy().put("pin", "4712"));
    HttpResponse<String> answer;
    do {
      answer = send("/v1/visits", visit.deepCopy().put("pin", "0000"));
    } while (answer.statusCode() == 422);
    assertEquals(429, answer.statusCode(), answer.body());
    assertTrue(answer.body().contains("/problems/too-many-pins"));
    assertTrue(answer.headers().firstValue("Retry-After").isPresent());
  }

  @Test
  void whatAVenueMayNotBeIsRefusedByItsField() throws Exception {
    for (final ObjectNode wrong :
        List.of(
            venue("printed").put("place", ""),
            venue("printed").put("place", "拱".repeat(27)),
            venue("printed").put("place", "a\u0007b"),
            venue("poster"),
            venue("printed").put("pin", "123"),
            venue("printed").put("pin", "12a4"),
            venue("printed").put("ttlSeconds", 59),
            venue("printed").put("colour", "green"))) {
      final JsonNode problem = post("/v1/venues", wrong, 400);
      assertEquals("/problems/invalid-field", problem.path("type").asText(), wrong.toString());
    }
    assertEquals(
        "/problems/unknown-checkpoint",
        post("/v1/venues", venue("printed").put("checkpoint", "metro/a"), 400)
            .path("type")
            .asText());
    assertEquals(
        "/problems/unknown-ruleset",
        post("/v1/venues", venue("printed").put("ruleset", "moon"), 400).path("type").asText());
    assertEquals(
        "/problems/no-venue-licence",
        post("/v1/venues/codes", object().put("licence", printed()), 422).path("type").asText());
  }

  @Test
  void aVenuesCodeIsNeverAHoldersAtACheckpoint() throws Exception {
    for (final String code :
        List.of(
            printed(),
            licence(),
            made(CodeFormat.GD1, node.guangdong, VenueForm.SCREEN, -90, -9))) {
      final JsonNode answer =
          post("/v1/scans", object().put("code", code).put("checkpoint", "metro"), 200);
      assertEquals("refuse", answer.path("verdict").asText());
      assertEquals("venue-code", answer.path("reason").asText());
      assertFalse(answer.has("colour"));
    }
    try (DeviceClient gate = new DeviceClient(node.tcpAddress(), "gate", new byte[0])) {
      final DeviceVerdict verdict = gate.at("metro/venues").scan(printed()).join();
      assertEquals(VerdictCode.REFUSE, verdict.verdict());
      assertEquals(ReasonCode.VENUE_CODE, verdict.reason());
    }
  }

  private static String next(BufferedReader events, String name) throws IOException {
    while (true) {
      final String line = events.readLine();
      if (line == null) {
        throw new IOException("no " + name);
      }
      if (line.equals("event: " + name)) {
        return events.readLine().substring("data: ".length());
      }
    }
  }

  private static HttpResponse<InputStream> watch(String venue) throws Exception {
    return CLIENT.send(
        request("/v1/venues/watch", object().put("venue", venue)).build(),
        HttpResponse.BodyHandlers.ofInputStream());
  }

  @Test
  void aVenuesScreenIsToldItsCodeAndEachVisitWithoutItsHolder() throws Exception {
    final String licence = licence();
    final HttpResponse<InputStream> stream = watch(licence);
    assertEquals(200, stream.statusCode());
    assertEquals("text/event-stream", stream.headers().firstValue("Content-Type").orElseThrow());
    try (BufferedReader events =
        new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
      final JsonNode screen = TestNode.json(next(events, "screen"));
      final JsonNode answer = visit(node.code(TestNode.GREEN), screen.path("code").asText());
      assertEquals("pass", answer.path("verdict").asText());
      final String told = next(events, "visit");
      final JsonNode visit = TestNode.json(told);
      assertEquals("pass", visit.path("verdict").asText());
      assertEquals(answer.path("word").asText(), visit.path("word").asText());
      assertEquals(answer.path("at").asText(), visit.path("at").asText());
      assertFalse(told.contains(TestNode.GREEN.toHex()));
      assertEquals(4, visit.size(), "verdict, reason, word and time, and nothing of the holder");
      visit(node.code(TestNode.YELLOW), screen.path("code").asText());
      assertEquals("hold", TestNode.json(next(events, "visit")).path("verdict").asText());
    }
  }

  @Test
  void aScreenHearsOfItsOwnVenueAlone() throws Exception {
    final String mine = printed();
    final String other = printed();
    try (BufferedReader events =
        new BufferedReader(new InputStreamReader(watch(mine).body(), StandardCharsets.UTF_8))) {
      final JsonNode screen = TestNode.json(next(events, "screen"));
      assertFalse(screen.has("code"), "a printed code is not made anew");
      visit(node.code(TestNode.YELLOW), other);
      visit(node.code(TestNode.GREEN), mine);
      final JsonNode visit = TestNode.json(next(events, "visit"));
      assertEquals("pass", visit.path("verdict").asText());
      assertNotEquals("", visit.path("word").asText());
    }
  }

  @Test
  void oneCallerHasNoMoreScreensThanTheLimitAndTheirPlacesComeBack() throws Exception {
    final String venue = printed();
    final List<BufferedReader> open = new ArrayList<>();
    try {
      HttpResponse<InputStream> answer = watch(venue);
      while (answer.statusCode() == 200 && open.size() <= VenueLimits.MAX_VENUE_SCREENS_OF_CALLER) {
        open.add(new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8)));
        answer = watch(venue);
      }
      assertEquals(429, answer.statusCode());
      assertTrue(
          new String(answer.body().readAllBytes(), StandardCharsets.UTF_8)
              .contains("/problems/too-many-screens"));
    } finally {
      for (final BufferedReader each : open) {
        each.close();
      }
    }
    Patience.await(
        "the places",
        () -> {
          final HttpResponse<InputStream> answer = watch(venue);
          answer.body().close();
          return answer.statusCode() == 200;
        });
  }

  @Test
  void aNodeThatStopsEndsItsScreensAndDoesNotWaitForThem() throws Exception {
    final SigningKey key;
    final HttpResponse<InputStream> stream;
    final BufferedReader events;
    try (TestNode stopping = new TestNode()) {
      key = stopping.guangdong;
      stream =
          CLIENT.send(
              HttpRequest.newBuilder(URI.create(stopping.http("/v1/venues/watch")))
                  .header("Content-Type", "application/json")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          object()
                              .put("venue", made(CodeFormat.GD1, key, VenueForm.PRINTED, 0, 60))
                              .toString()))
                  .build(),
              HttpResponse.BodyHandlers.ofInputStream());
      assertEquals(200, stream.statusCode());
      events = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8));
      assertEquals("event: screen", events.readLine());
    }
    try (events) {
      final List<String> rest = events.lines().toList();
      assertTrue(rest.stream().noneMatch(line -> line.equals("event: fault")), rest.toString());
    }
  }

  @Test
  void visitsAreCountedByKindAndVerdict() throws Exception {
    final String venue =
        post(
                "/v1/venues",
                object().put("checkpoint", "hospital").put("place", "one").put("form", "printed"),
                201)
            .path("code")
            .asText();
    visit(node.code(TestNode.GREEN), venue);
    visit(node.code(TestNode.RED), venue);
    visit(node.code(TestNode.RED), venue);
    final String metrics =
        CLIENT
            .send(
                HttpRequest.newBuilder(URI.create(node.http("/metrics"))).build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    assertTrue(
        metrics.contains("gongbei_visits_total{checkpoint=\"hospital\",verdict=\"pass\"} 1"),
        metrics);
    assertTrue(
        metrics.contains("gongbei_visits_total{checkpoint=\"hospital\",verdict=\"refuse\"} 2"));
  }
}
