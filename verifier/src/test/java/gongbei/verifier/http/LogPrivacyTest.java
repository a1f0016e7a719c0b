package gongbei.verifier.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.code.CodeFormat;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.TestNode;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.client.DeviceClient;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

/** What stands in the log, at its most talkative, after requests of every kind. */
@ExtendWith(LeakWatch.class)
final class LogPrivacyTest {
  private static final String DOCUMENT = "440402199001011234";
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";

  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
  private final Logger gongbei = context.getLogger("gongbei");
  private final OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Level before;

  @BeforeEach
  void listen() {
    before = gongbei.getLevel();
    gongbei.setLevel(Level.TRACE);
    final JsonEncoder encoder = new JsonEncoder();
    encoder.setContext(context);
    encoder.start();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.setOutputStream(log);
    appender.start();
    gongbei.addAppender(appender);
  }

  @AfterEach
  void listenNoMore() {
    gongbei.detachAppender(appender);
    gongbei.setLevel(before);
    appender.stop();
  }

  private void send(TestNode node, String method, String path, String body, String... headers)
      throws Exception {
    final HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(node.http(path)))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private List<JsonNode> spans() throws Exception {
    final List<JsonNode> spans = new ArrayList<>();
    for (final String line : log.toString(StandardCharsets.UTF_8).lines().toList()) {
      final JsonNode event = TestNode.json(line);
      if (event.path("loggerName").asText().equals("gongbei.trace")) {
        spans.add(event.path("kvpList"));
      }
    }
    return spans;
  }

  private static String value(JsonNode pairs, String key) {
    for (final JsonNode pair : pairs) {
      if (pair.has(key)) {
        return pair.get(key).asText();
      }
    }
    return null;
  }

  @Test
  void noSubjectNoCodeAndNoDocumentIsInTheLog() throws Exception {
    final String subject = TestNode.GREEN.toHex();
    final String code;
    final String crossing;
    try (TestNode node = new TestNode()) {
      code = node.code(TestNode.GREEN);
      crossing = node.code(CodeFormat.MO1, TestNode.RED, 0, 60);
      final String sampled = "00-" + TRACE + "-" + PARENT + "-01";
      final String scan = "{\"checkpoint\":\"metro\",\"code\":\"" + code + "\"}";
      send(node, "POST", "/v1/scans", scan, "traceparent", sampled);
      send(node, "POST", "/v1/scans", scan.substring(0, scan.length() - 2));
      send(node, "POST", "/v1/codes", "{\"subject\":\"" + subject + "\"}", "traceparent", sampled);
      send(node, "POST", "/v1/translations", "{\"code\":\"" + crossing + "\",\"target\":\"GD\"}");
      send(node, "PUT", "/v1/subjects/" + subject + "/status", "{}", "traceparent", sampled);
      send(node, "GET", "/v1/subjects/" + subject + "/status?code=" + DOCUMENT, "");
      final AuthorityClient authority =
          new AuthorityClient(URI.create(node.http("/")), node.authority);
      authority.put("/v1/subjects/" + subject + "/status", "{\"colour\":\"green\"}");
      final String document =
          "{\"checkpoint\":\"metro\",\"documentType\":\"mainland-id\",\"documentNumber\":\""
              + DOCUMENT
              + "\"}";
      assertEquals(200, authority.post("/v1/lookups", document).statusCode());
      try (DeviceClient device = new DeviceClient(node.tcpAddress(), "gate-1", new byte[0])) {
        assertEquals("TEST_MISSING", device.at("metro").scan(code).join().reason().name());
      }
    }
    final String written = log.toString(StandardCharsets.UTF_8);
    for (final String personal :
        List.of(subject, code, crossing, DOCUMENT, code.substring(4, 60))) {
      assertFalse(written.contains(personal), written);
    }
    assertEquals(3, spans().size(), written);
  }

  @Test
  void aSampledTraceparentLeavesASpanAndNoOtherDoes() throws Exception {
    try (TestNode node = new TestNode()) {
      for (final String unsampled :
          List.of(
              "00-" + TRACE + "-" + PARENT + "-00",
              "ff-" + TRACE + "-" + PARENT + "-01",
              "00-" + "0".repeat(32) + "-" + PARENT + "-01",
              "00-" + TRACE + "-" + "0".repeat(16) + "-01",
              "00-" + TRACE + "-01",
              "x".repeat(5_000))) {
        send(node, "POST", "/v1/scans", "{}", "traceparent", unsampled);
      }
      assertEquals(List.of(), spans());
      send(
          node,
          "POST",
          "/v1/scans",
          "{\"checkpoint\":\"metro\",\"code\":\"\"}",
          "traceparent",
          "00-" + TRACE + "-" + PARENT + "-01");
      send(node, "POST", "/v1/scans", "{}", "traceparent", "00-" + TRACE + "-" + PARENT + "-01");
    }
    final List<JsonNode> spans = spans();
    assertEquals(2, spans.size());
    assertEquals(TRACE, value(spans.get(0), "traceId"));
    assertEquals(PARENT, value(spans.get(0), "parentSpanId"));
    assertEquals("POST /v1/scans", value(spans.get(0), "operation"));
    assertEquals("200", value(spans.get(0), "status"));
    assertTrue(value(spans.get(0), "spanId").matches("[0-9a-f]{16}"));
    assertTrue(Long.parseLong(value(spans.get(0), "durationMicros")) > 0);
    assertEquals("400", value(spans.get(1), "status"));
  }

  @Test
  void whoeverAsksForTooManySpansGetsNoMoreThanTheLimit() throws Exception {
    try (TestNode node = new TestNode();
        RawHttp raw = new RawHttp(node.node.httpPort())) {
      final int asked = 500;
      final String get =
          "GET /health/live HTTP/1.1\r\nHost: localhost\r\ntraceparent: 00-"
              + TRACE
              + "-"
              + PARENT
              + "-01\r\n\r\n";
      final long startedNanos = System.nanoTime();
      for (int i = 0; i < asked; i++) {
        raw.send(get).read();
      }
      final long seconds = (System.nanoTime() - startedNanos) / 1_000_000_000L;
      final int spans = spans().size();
      assertTrue(spans >= 100 && spans <= 100 * (seconds + 2), spans + " in " + seconds + " s");
    }
  }
}
