package gongbei.verifier.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.TestNode;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.config.Limits;
import gongbei.verifier.print.QrImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakWatch.class)
final class HttpServerTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SUBJECT = "00000000000000ff00000000000000ff";
  @AutoClose private static TestNode node;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @BeforeAll
  static void startNode() throws Exception {
    node = new TestNode();
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(node.http(path)))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(node.http(path))).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String scanOf(String code) {
    return JSON.createObjectNode().put("checkpoint", "metro").put("code", code).toString();
  }

  private AuthorityClient authority(SigningKey key) {
    return new AuthorityClient(URI.create(node.http("/")), key);
  }

  private static void assertProblem(
      HttpResponse<String> answer, int status, String type, String field) throws IOException {
    assertEquals(status, answer.statusCode(), answer.body());
    assertEquals(
        "application/problem+json", answer.headers().firstValue("Content-Type").orElse(""));
    final JsonNode problem = JSON.readTree(answer.body());
    assertEquals("/problems/" + type, problem.get("type").textValue(), answer.body());
    assertEquals(status, problem.get("status").intValue());
    assertEquals(field, problem.path("field").textValue(), answer.body());
    assertFalse(problem.get("detail").textValue().isEmpty());
    assertFalse(answer.body().contains("Exception"), answer.body());
  }

  @Test
  void aScanIsAnsweredWithItsVerdict() throws Exception {
    final HttpResponse<String> answer = post("/v1/scans", scanOf(node.code(TestNode.GREEN)));
    assertEquals(200, answer.statusCode());
    final JsonNode verdict = JSON.readTree(answer.body());
    assertEquals("pass", verdict.get("verdict").textValue());
    assertEquals("ok", verdict.get("reason").textValue());
    assertEquals("green", verdict.get("colour").textValue());
    assertEquals("metro@1", verdict.get("ruleset").textValue());
    assertTrue(verdict.get("version").longValue() >= 8);
    assertEquals(0, verdict.get("dataAgeMillis").longValue());
    assertFalse(verdict.get("stale").booleanValue());
    assertFalse(verdict.has("field"));
  }

  @Test
  void aRefusedCodeIsAnAnswerNotAnError() throws Exception {
    final HttpResponse<String> answer = post("/v1/scans", scanOf("GD1:bb8"));
    assertEquals(200, answer.statusCode());
    final JsonNode verdict = JSON.readTree(answer.body());
    assertEquals("refuse", verdict.get("verdict").textValue());
    assertEquals("malformed", verdict.get("reason").textValue());
    assertEquals("base45", verdict.get("field").textValue());
    assertFalse(verdict.has("colour"));
    assertEquals(200, post("/v1/scans", scanOf("x".repeat(10_000))).statusCode());
    assertEquals(200, post("/v1/scans", scanOf("粤康码")).statusCode());
  }

  @Test
  void theRulesetAndTheTimeMayBeNamed() throws Exception {
    final String code = node.code(CodeFormat.GD1, TestNode.GREEN, 0, 60);
    final JsonNode expired =
        JSON.readTree(
            post(
                    "/v1/scans",
                    JSON.createObjectNode()
                        .put("checkpoint", "anywhere")
                        .put("ruleset", "hospital")
                        .put("code", code)
                        .put("at", "2099-01-01T00:00:00+08:00")
                        .toString())
                .body());
    assertEquals("expired", expired.get("reason").textValue());
    assertEquals("hospital@1", expired.get("ruleset").textValue());
  }

  @Test
  void aBatchIsAnsweredInOrder() throws Exception {
    final JsonNode body =
        JSON.createObjectNode()
            .put("checkpoint", "metro/line-3")
            .set(
                "codes",
                JSON.createArrayNode()
                    .add(node.code(TestNode.GREEN))
                    .add("")
                    .add(node.code(TestNode.RED)));
    final JsonNode results =
        JSON.readTree(post("/v1/scans/batch", body.toString()).body()).get("results");
    assertEquals(3, results.size());
    assertEquals("ok", results.get(0).get("reason").textValue());
    assertEquals("malformed", results.get(1).get("reason").textValue());
    assertEquals("red", results.get(2).get("reason").textValue());
    assertEquals(
        0,
        JSON.readTree(post("/v1/scans/batch", "{\"checkpoint\":\"metro\",\"codes\":[]}").body())
            .get("results")
            .size());
  }

  @Test
  void aMintedCodePasses() throws Exception {
    final String body = JSON.createObjectNode().put("subject", TestNode.GREEN.toHex()).toString();
    final HttpResponse<String> minted = post("/v1/codes", body);
    assertEquals(201, minted.statusCode(), minted.body());
    final String code = JSON.readTree(minted.body()).get("code").textValue();
    assertTrue(code.startsWith("GD1:"));
    assertEquals(
        "pass", JSON.readTree(post("/v1/scans", scanOf(code)).body()).get("verdict").textValue());
    final HttpResponse<byte[]> png =
        client.send(
            HttpRequest.newBuilder(URI.create(node.http("/v1/codes")))
                .header("Content-Type", "application/json")
                .header("Accept", "image/png")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertEquals(201, png.statusCode());
    assertTrue(QrImage.read(new ByteArrayInputStream(png.body())).startsWith("GD1:"));
    assertProblem(
        post("/v1/codes", "{\"subject\":\"" + TestNode.UNKNOWN.toHex() + "\"}"),
        404,
        "unknown-subject",
        null);
    assertProblem(post("/v1/codes", "{\"subject\":\"12\"}"), 400, "invalid-field", "subject");
    assertProblem(
        post("/v1/codes", "{\"subject\":\"" + SUBJECT + "\",\"ttlSeconds\":0}"),
        400,
        "invalid-field",
        "ttlSeconds");
  }

  @Test
  void anAuthorityChangesAStatusAndTheNextScanKnows() throws Exception {
    final AuthorityClient authority = authority(node.authority);
    final Subject subject = Subject.ofHex(SUBJECT);
    final HttpResponse<String> set =
        authority.put(
            "/v1/subjects/" + SUBJECT + "/status",
            "{\"colour\":\"yellow\",\"result\":\"negative\",\"sampleTime\":"
                + "\"2026-01-01T08:00:00+08:00\",\"doses\":3,\"lastDoseDate\":\"2025-01-01\","
                + "\"flags\":[\"linked\"]}");
    assertEquals(200, set.statusCode(), set.body());
    assertEquals("applied", JSON.readTree(set.body()).get("outcome").textValue());
    final StatusRecord record = new StatusRecord();
    assertTrue(node.node.resources().statusMap().get(subject, record));
    assertEquals(StatusRecord.YELLOW, record.colour());
    assertEquals(1_767_225_600 / 60, record.sampleEpochMinutes());
    assertEquals(StatusRecord.LINKED, record.flags());
    assertEquals(
        "yellow",
        JSON.readTree(post("/v1/scans", scanOf(node.code(subject))).body())
            .get("reason")
            .textValue());
    final HttpResponse<String> tooFar =
        authority.put(
            "/v1/subjects/" + SUBJECT + "/status", "{\"revokeBefore\":\"2099-01-01T00:00:00Z\"}");
    assertEquals(
        "/problems/until-too-far revokeBefore",
        JSON.readTree(tooFar.body()).get("type").textValue()
            + " "
            + JSON.readTree(tooFar.body()).get("field").textValue());
    final HttpResponse<String> revoked =
        authority.put(
            "/v1/subjects/" + SUBJECT + "/status",
            "{\"revokeBefore\":\"" + Instant.now().plusSeconds(3_600) + "\"}");
    assertEquals("applied", JSON.readTree(revoked.body()).get("outcome").textValue());
    assertEquals(
        "revoked",
        JSON.readTree(post("/v1/scans", scanOf(node.code(subject))).body())
            .get("reason")
            .textValue());
    final HttpResponse<String> bulk =
        authority.put(
            "/v1/subjects/status",
            "{\"statuses\":[{\"subject\":\""
                + SUBJECT
                + "\",\"colour\":\"green\"},"
                + "{\"subject\":\""
                + TestNode.UNKNOWN.toHex()
                + "\",\"revokeBefore\":\"2026-01-01T00:00:00Z\"}]}");
    assertEquals(207, bulk.statusCode(), "one of them came to nothing: " + bulk.body());
    final JsonNode results = JSON.readTree(bulk.body()).get("results");
    assertEquals("applied", results.get(0).get("outcome").textValue());
    assertEquals("unknown-subject", results.get(1).get("outcome").textValue());
    assertEquals(
        results.get(0).get("version").longValue() + 1, results.get(1).get("version").longValue());
    final long version = results.get(1).get("version").longValue();
    for (final String change :
        List.of(
            "{\"revokeBefore\":\"2026-01-01T00:00:00Z\"}",
            "{\"result\":\"negative\",\"sampleTime\":\"2026-01-01T00:00:00Z\"}")) {
      assertProblem(
          authority.put("/v1/subjects/" + TestNode.UNKNOWN.toHex() + "/status", change),
          404,
          "unknown-subject",
          null);
    }
    assertEquals(version + 2, node.node.resources().statusMap().version(), "each has its place");
    assertFalse(node.node.resources().statusMap().get(TestNode.UNKNOWN, record));
    assertProblem(
        authority.put("/v1/subjects/" + SUBJECT + "/status", "{\"colour\":\"blue\"}"),
        400,
        "invalid-field",
        "colour");
    assertProblem(
        authority.put("/v1/subjects/zz/status", "{\"colour\":\"green\"}"),
        400,
        "invalid-field",
        "subject");
    assertProblem(
        authority.put("/v1/subjects/status", "{\"statuses\":[{\"subject\":\"" + SUBJECT + "\"}]}"),
        400,
        "invalid-field",
        "statuses[0].colour");
  }

  @Test
  void whatNoAuthorityHasSignedIsNotApplied() throws Exception {
    final long before = node.node.resources().statusMap().version();
    final String path = "/v1/subjects/" + TestNode.GREEN.toHex() + "/status";
    final String body = "{\"colour\":\"red\"}";
    final HttpRequest good = authority(node.authority).request(path, body);
    assertProblem(send(good, Map.of("Signature", "")), 401, "malformed-signature", null);
    assertProblem(
        send(good, Map.of("Content-Digest", "sha-256=:AAAA:")), 401, "digest-mismatch", null);
    assertProblem(
        send(good, Map.of("Signature-Input", "sig1=()")), 401, "malformed-signature", null);
    assertProblem(send(good, "{\"colour\":\"yellow\"}"), 401, "digest-mismatch", null);
    assertProblem(
        send(
            HttpRequest.newBuilder(good, (name, value) -> !name.equals("Signature")).build(),
            Map.of()),
        401,
        "signature-missing",
        null);
    assertProblem(authority(node.macau).put(path, body), 403, "unknown-authority", null);
    final HttpRequest elsewhere =
        HttpRequest.newBuilder(good, (name, value) -> true)
            .uri(URI.create(node.http("/v1/subjects/" + SUBJECT + "/status")))
            .build();
    assertProblem(send(elsewhere, Map.of()), 401, "bad-signature", null);
    assertEquals(before, node.node.resources().statusMap().version());
    final HttpRequest once = authority(node.authority).request(path, "{\"colour\":\"green\"}");
    assertEquals(200, send(once, Map.of()).statusCode());
    assertProblem(send(once, Map.of()), 409, "replayed-request", null);
    assertEquals(before + 1, node.node.resources().statusMap().version());
    final int minutes = (int) (System.currentTimeMillis() / 60_000) - 60;
    node.node
        .resources()
        .log()
        .submit(
            StatusCommand.SetStatus.of(TestNode.GREEN)
                .colour(Colour.GREEN)
                .test(TestResult.NEGATIVE, minutes)
                .doses(2)
                .build())
        .join();
  }

  private HttpResponse<String> send(HttpRequest request, Map<String, String> headers)
      throws Exception {
    final HttpRequest.Builder changed =
        HttpRequest.newBuilder(request, (name, value) -> !headers.containsKey(name));
    headers.forEach(changed::header);
    return client.send(changed.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> send(HttpRequest request, String otherBody) throws Exception {
    return client.send(
        HttpRequest.newBuilder(request, (name, value) -> true)
            .PUT(HttpRequest.BodyPublishers.ofString(otherBody))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void badRequestsAreRefusedByTheFieldAndTheReason() throws Exception {
    assertProblem(post("/v1/scans", "{"), 400, "malformed-json", null);
    assertProblem(post("/v1/scans", ""), 400, "malformed-json", null);
    assertProblem(post("/v1/scans", "[]"), 400, "malformed-json", null);
    assertProblem(post("/v1/scans", "{}x"), 400, "malformed-json", null);
    assertProblem(post("/v1/scans", "[".repeat(5_000)), 400, "malformed-json", null);
    assertProblem(post("/v1/scans", "{\"a\":1,\"a\":2}"), 400, "repeated-member", "a");
    final String name = "n".repeat(Limits.MAX_JSON_NAME_CHARACTERS);
    assertProblem(post("/v1/scans", "{\"" + name + "\":1}"), 400, "invalid-field", name);
    assertProblem(post("/v1/scans", "{\"" + name + "n\":1}"), 400, "malformed-json", null);
    assertProblem(
        post("/v1/scans", "{\"code\":1,\"checkpoint\":\"metro\"}"), 400, "invalid-field", "code");
    assertProblem(post("/v1/scans", "{\"checkpoint\":\"metro\"}"), 400, "invalid-field", "code");
    assertProblem(post("/v1/scans", "{\"code\":\"x\"}"), 400, "invalid-field", "checkpoint");
    for (final String place : new String[] {"", "GATE", "gate 3", "HC1:6BF", "a/b", "\u5e7f"}) {
      assertProblem(
          post("/v1/scans", "{\"code\":\"x\",\"checkpoint\":\"metro/" + place + "\"}"),
          400,
          "invalid-field",
          "checkpoint");
    }
    assertProblem(
        post("/v1/scans", "{\"code\":\"x\",\"checkpoint\":\"moon\"}"),
        400,
        "unknown-checkpoint",
        "checkpoint");
    assertProblem(
        post("/v1/scans", "{\"code\":\"x\",\"checkpoint\":\"metro\",\"at\":\"noon\"}"),
        400,
        "invalid-field",
        "at");
    assertProblem(
        post("/v1/scans", "{\"code\":\"x\",\"checkpoint\":\"metro\",\"name\":\"x\"}"),
        400,
        "invalid-field",
        "name");
    assertProblem(
        post("/v1/scans/batch", "{\"checkpoint\":\"metro\",\"codes\":[1]}"),
        400,
        "invalid-field",
        "codes[0]");
    assertProblem(
        post(
            "/v1/scans/batch",
            "{\"checkpoint\":\"metro\",\"codes\":[" + "\"\",".repeat(1_000) + "\"\"]}"),
        400,
        "invalid-field",
        "codes");
    assertProblem(get("/v1/scans"), 405, "method-not-allowed", null);
    assertEquals("POST", get("/v1/scans").headers().firstValue("Allow").orElse(""));
    assertProblem(get("/nowhere"), 404, "not-found", null);
    assertProblem(
        client.send(
            HttpRequest.newBuilder(URI.create(node.http("/v1/scans")))
                .header("Content-Type", "text/xml")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build(),
            HttpResponse.BodyHandlers.ofString()),
        415,
        "unsupported-media-type",
        null);
    assertEquals(200, get("/health/live").statusCode());
  }

  private static String exchange(byte[] request) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), node.node.httpPort()));
      socket.setSoTimeout(Patience.MILLIS);
      socket.getOutputStream().write(request);
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private static String exchange(String request) throws IOException {
    return exchange(request.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void requestsOverTheLimitsAreRefusedUnread() throws Exception {
    assertTrue(
        exchange("GET /" + "x".repeat(10_000) + " HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 414"));
    assertTrue(
        exchange("GET / HTTP/1.1\r\nX: " + "x".repeat(20_000) + "\r\n\r\n")
            .startsWith("HTTP/1.1 431"));
    assertTrue(exchange("NONSENSE\r\n\r\n").startsWith("HTTP/1.1 400"));
    assertTrue(
        exchange(
                "POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nContent-Length: 104857600\r\n\r\n{\"code\"")
            .startsWith("HTTP/1.1 413"));
    assertTrue(
        exchange(
                "POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nContent-Length: 104857600\r\n"
                    + "Expect: 100-continue\r\n\r\n")
            .startsWith("HTTP/1.1 413"));
    assertTrue(
        exchange(
                "POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n")
            .startsWith("HTTP/1.1 400"));
    assertEquals(200, get("/health/live").statusCode());
  }

  @Test
  void aBodyOfAHundredMebibytesIsHungUpOnAndTheNextScanIsAnswered() throws Exception {
    int sent = 0;
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), node.node.httpPort()));
      final OutputStream output = socket.getOutputStream();
      output.write(
          "POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
              .getBytes(StandardCharsets.US_ASCII));
      final byte[] chunk = new byte[1 << 16];
      for (int i = 0; i < 1_600; i++) {
        output.write("10000\r\n".getBytes(StandardCharsets.US_ASCII));
        output.write(chunk);
        output.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        sent++;
      }
    } catch (SocketException e) {
      assertTrue(sent < 1_600, e.getMessage());
    }
    final HttpResponse<String> answer = post("/v1/scans", scanOf(node.code(TestNode.GREEN)));
    assertEquals("pass", JSON.readTree(answer.body()).get("verdict").textValue());
  }

  @Test
  void requestsOneBehindAnotherAreAnsweredInTheirOrder() throws Exception {
    final StringBuilder requests = new StringBuilder();
    for (int i = 0; i < 30; i++) {
      final String body = scanOf(i % 2 == 0 ? "HC2:X" : "GD1:bb8");
      requests
          .append(
              "POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                  + "Content-Length: ")
          .append(body.length())
          .append("\r\n\r\n")
          .append(body);
    }
    requests.append("GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    final String answers = exchange(requests.toString());
    int at = 0;
    for (int i = 0; i < 30; i++) {
      final int next = answers.indexOf("\"reason\":\"", at);
      assertTrue(
          answers.startsWith(
              i % 2 == 0 ? "unsupported-format" : "malformed", next + "\"reason\":\"".length()));
      at = next + 1;
    }
    assertTrue(answers.indexOf("\"live\"", at) > 0);
  }

  @Test
  void theMetricsCountTheScans() throws Exception {
    post("/v1/scans", scanOf(node.code(TestNode.RED)));
    System.gc();
    final String metrics = get("/metrics").body();
    // How many holders there are of a colour is not known while they are recounted.
    assertEquals(
        List.of(),
        metrics
            .lines()
            .filter(line -> !line.startsWith("#") && !line.startsWith("gongbei_oversight_holders"))
            .filter(line -> line.contains("NaN"))
            .toList(),
        "gauges keep what they look at");
    assertTrue(metrics.contains("gongbei_scans_total{reason=\"red\",verdict=\"refuse\"}"), metrics);
    for (final String name :
        new String[] {
          "gongbei_scan_latency_seconds",
          "gongbei_ring_remaining",
          "gongbei_map_version",
          "gongbei_map_digest_high",
          "gongbei_data_age_seconds",
          "gongbei_ruleset_version{ruleset=\"metro\"} 1.0",
          "gongbei_http_connections",
          "gongbei_signature_engine{engine=\"fixed-base\"} 1.0",
          "gongbei_signature_tables 3.0",
          "gongbei_signature_tables_memory_bytes",
          "gongbei_http_answers_total{status=\"200\"}",
          "gongbei_scan_duration_seconds_bucket{le=\"+Inf\"} "
              + node.node.scanMetrics().total()
              + "\n",
          "gongbei_scan_duration_seconds_count " + node.node.scanMetrics().total() + "\n",
          "gongbei_scan_duration_seconds_sum",
          "jvm_memory_used_bytes"
        }) {
      assertTrue(metrics.contains(name), name);
    }
    final JsonNode ready = JSON.readTree(get("/health/ready").body());
    assertEquals(
        JSON.readTree(get("/v1/ops").body()).at("/map/digest").textValue(),
        ready.get("digest").textValue());
    assertNotEquals(
        String.format(Locale.ROOT, "%016x", node.node.resources().statusMap().digest()),
        ready.get("digest").textValue());
    assertEquals("fixed-base", ready.get("signatureEngine").textValue());
  }
}
