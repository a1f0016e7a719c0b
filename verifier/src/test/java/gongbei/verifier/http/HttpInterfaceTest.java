package gongbei.verifier.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.code.CodeFormat;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.TestNode;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.transport.HttpDate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What HTTP asks of every answer and of every body, through sockets. */
@ExtendWith(LeakWatch.class)
final class HttpInterfaceTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  @AutoClose private static TestNode node;
  private static String code;

  @BeforeAll
  static void startNode() throws Exception {
    node = new TestNode();
    code = node.code(CodeFormat.GD1, TestNode.GREEN, 0, 3_600);
  }

  private static RawHttp.Answer ask(String request) throws IOException {
    return ask(request.getBytes(StandardCharsets.UTF_8));
  }

  private static RawHttp.Answer ask(byte[] request) throws IOException {
    try (RawHttp client = new RawHttp(node.node.httpPort())) {
      return client.send(request).read();
    }
  }

  private static void assertDated(RawHttp.Answer answer) {
    final String date = answer.headers().get("date");
    assertTrue(
        date != null
            && date.matches(
                "(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4}"
                    + " [0-9]{2}:[0-9]{2}:[0-9]{2} GMT"),
        () -> "Date is " + date + " in " + answer);
    final long age = Instant.now().getEpochSecond() - HttpDate.parse(date).getEpochSecond();
    assertTrue(age >= 0 && age < 60, () -> "Date is " + age + " s old");
  }

  @Test
  void everyAnswerHasADate() throws Exception {
    final String scan = "{\"checkpoint\":\"metro\",\"code\":\"" + code + "\"}";
    for (final String request :
        List.of(
            RawHttp.post("/v1/scans", scan),
            RawHttp.post("/v1/scans", scan)
                .replace("Host: localhost", "Host: localhost\r\ntraceparent: x"),
            RawHttp.post("/v1/scans", "{"),
            RawHttp.get("/"),
            RawHttp.get("/metrics"),
            RawHttp.get("/openapi.yaml"),
            RawHttp.get("/checkpoint"),
            RawHttp.get("/nothing"),
            RawHttp.get("/health/ready").replace("GET", "PATCH"),
            RawHttp.get("/").replace("1.1", "1.0"),
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/2.0\r\nHost: localhost\r\n\r\n",
            "GET /" + "x".repeat(Limits.MAX_HTTP_LINE_BYTES) + " HTTP/1.1\r\n\r\n",
            RawHttp.post("/v1/scans", "").replace("Length: 0", "Length: 99999999"))) {
      assertDated(ask(request));
    }
    try (RawHttp client = new RawHttp(node.node.httpPort())) {
      assertDated(client.send(RawHttp.get("/").replace("GET", "HEAD")).read(true));
      assertEquals(
          100,
          client
              .send(
                  RawHttp.post("/v1/scans", scan)
                      .replace(scan, "")
                      .replace("Host: localhost", "Host: localhost\r\nExpect: 100-continue"))
              .read()
              .status());
      assertDated(client.send(scan).read());
    }
  }

  @Test
  void theDateIsThatOfTheNodesClockAndWrittenOnceASecond() {
    final AtomicLong clock = new AtomicLong(784_111_777);
    final HttpDate date = new HttpDate(clock::get);
    assertEquals("Sun, 06 Nov 1994 08:49:37 GMT", date.text(), "RFC 9110 §5.6.7");
    assertEquals(
        "date: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
        new String(date.line(), StandardCharsets.US_ASCII));
    assertTrue(date.line() == date.line(), "the bytes of a second are made once");
    clock.incrementAndGet();
    assertEquals("Sun, 06 Nov 1994 08:49:38 GMT", date.text());
  }

  @Test
  void aDateIsReadInAllThreeFormsAndNothingElseIs() {
    for (final String same :
        List.of(
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994")) {
      assertEquals(Instant.ofEpochSecond(784_111_777), HttpDate.parse(same), same);
    }
    for (final String none : List.of("", "yesterday", "06 Nov", "Sun, 06 Nov 1994")) {
      assertNull(HttpDate.parse(none), none);
    }
  }

  private static byte[] gzip(String text) throws IOException {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  @Test
  void aBodyThatIsNotSentAsItIsIsRefusedByItsHeaderField() throws Exception {
    final String scan = "{\"checkpoint\":\"metro\",\"code\":\"" + code + "\"}";
    final byte[] packed = gzip(scan);
    for (final String coding :
        List.of("gzip", "GZIP", "x-gzip", "deflate", "br", "zstd", "identity, gzip", "unknown")) {
      final ByteArrayOutputStream request = new ByteArrayOutputStream();
      request.writeBytes(
          ("POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                  + "Content-Encoding: "
                  + coding
                  + "\r\nContent-Length: "
                  + packed.length
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      request.writeBytes(packed);
      final RawHttp.Answer answer = ask(request.toByteArray());
      assertEquals(415, answer.status(), coding + answer);
      assertEquals("identity", answer.headers().get("accept-encoding"), "RFC 9110 §12.5.3");
      final JsonNode problem = JSON.readTree(answer.body());
      assertEquals("/problems/content-coding-not-supported", problem.path("type").asText());
      assertEquals("content-encoding", problem.path("field").asText());
    }
    final String plain = RawHttp.post("/v1/scans", scan);
    for (final String coding : List.of("identity", "Identity", "")) {
      final RawHttp.Answer answer =
          ask(plain.replace("Host: localhost", "Host: localhost\r\nContent-Encoding: " + coding));
      assertEquals(200, answer.status(), coding + answer);
    }
    final RawHttp.Answer twice =
        ask(
            plain.replace(
                "Host: localhost",
                "Host: localhost\r\nContent-Encoding: identity\r\nContent-Encoding: gzip"));
    assertEquals(415, twice.status(), twice.toString());
  }

  @Test
  void aTransferCodingThatIsNotChunkedAloneIsRefusedHoweverItIsWritten() throws Exception {
    for (final String[] each :
        new String[][] {
          {"Transfer-Encoding: gzip, chunked", "501"},
          {"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", "501"},
          // RFC 9112 §6.3: where chunked is not the last, or there twice, no end of the body is
          // sure.
          {"Transfer-Encoding: gzip", "400"},
          {"Transfer-Encoding: identity", "400"},
          {"Transfer-Encoding: chunked, chunked", "400"},
          {"Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip", "400|501"},
        }) {
      final RawHttp.Answer answer =
          ask("POST /v1/scans HTTP/1.1\r\nHost: localhost\r\n" + each[0] + "\r\n\r\n0\r\n\r\n");
      assertTrue(Integer.toString(answer.status()).matches(each[1]), each[0] + answer);
      assertTrue(
          answer.status() == 400 || answer.body().contains("Transfer-Encoding"), answer.body());
    }
    final RawHttp.Answer old =
        ask("POST /v1/scans HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    assertEquals(400, old.status(), "RFC 9112 §6.1: " + old);
  }

  /** A body, and what is wrong with it: the problem's type and field; empty where nothing is. */
  private record Body(String json, String type, String field) {}

  private static List<Body> bodies() {
    final String checkpoint = "\"checkpoint\":\"metro\"";
    final String shown = "\"code\":\"" + code + "\"";
    final List<Body> bodies = new ArrayList<>();
    bodies.add(new Body("{" + checkpoint + "," + shown + "}", "", ""));
    bodies.add(new Body("{" + shown + "," + checkpoint + "}", "", ""));
    bodies.add(new Body(" { \"\\u0063ode\" : \"" + code + "\" , " + checkpoint + " } ", "", ""));
    for (final String first : List.of(shown, "\"code\":null", "\"code\":1", "\"code\":[\"x\"]")) {
      bodies.add(
          new Body("{" + first + "," + shown + "," + checkpoint + "}", "repeated-member", "code"));
      bodies.add(
          new Body("{" + checkpoint + "," + first + "," + shown + "}", "repeated-member", "code"));
    }
    for (final String first : List.of(checkpoint, "\"checkpoint\":null", "\"checkpoint\":{}")) {
      bodies.add(
          new Body(
              "{" + first + "," + shown + "," + checkpoint + "}", "repeated-member", "checkpoint"));
    }
    bodies.add(
        new Body(
            "{" + shown + ",\"c\\u006fde\":\"x\"," + checkpoint + "}", "repeated-member", "code"));
    bodies.add(
        new Body("{" + shown + "," + checkpoint + ",\"x\":1,\"x\":2}", "repeated-member", "x"));
    bodies.add(
        new Body(
            "{" + shown + "," + checkpoint + ",\"x\":[{\"a\":1},{\"b\":1,\"b\":1}]}",
            "repeated-member",
            "x[1].b"));
    bodies.add(new Body("{" + shown + "," + checkpoint + ",\"x\":1}", "invalid-field", "x"));
    bodies.add(
        new Body("{\"Code\":\"x\"," + shown + "," + checkpoint + "}", "invalid-field", "Code"));
    bodies.add(new Body("{\"\":1," + shown + "," + checkpoint + "}", "invalid-field", ""));
    bodies.add(new Body("{" + shown + ",\"checkpoint\":null}", "invalid-field", "checkpoint"));
    bodies.add(new Body("{\"code\":5," + checkpoint + "}", "invalid-field", "code"));
    bodies.add(new Body("{" + shown + "," + checkpoint + "} {}", "malformed-json", ""));
    bodies.add(new Body("{" + shown + "," + checkpoint + ",}", "malformed-json", ""));
    bodies.add(new Body("[" + "{" + shown + "," + checkpoint + "}]", "malformed-json", ""));
    return bodies;
  }

  @Test
  void bothReadersOfAScanTakeTheSameAndRefuseTheSameByName() throws Exception {
    for (final Body body : bodies()) {
      final String plain = RawHttp.post("/v1/scans", body.json());
      final String byTheOtherReader =
          plain.replace("application/json", "application/json; charset=utf-8");
      for (final String request : List.of(plain, byTheOtherReader)) {
        final RawHttp.Answer answer = ask(request);
        final JsonNode json = JSON.readTree(answer.body());
        if (body.type().isEmpty()) {
          assertEquals(200, answer.status(), body + answer.body());
          assertEquals("pass", json.path("verdict").asText());
        } else {
          assertEquals(400, answer.status(), body + answer.body());
          assertEquals("/problems/" + body.type(), json.path("type").asText(), body.toString());
          assertEquals(body.field(), json.path("field").asText(), body.toString());
        }
      }
    }
  }

  @Test
  void aRepeatedMemberIsNamedWhereverItStands() throws Exception {
    final String change = "{\"subject\":\"" + TestNode.RED.toHex() + "\",\"colour\":\"green\"";
    for (final String[] each :
        new String[][] {
          {"/v1/codes", "{\"subject\":\"a\",\"subject\":\"b\"}", "subject"},
          {"/v1/scans/batch", "{\"codes\":[],\"codes\":[]}", "codes"},
          {"/v1/translations", "{\"code\":\"a\",\"target\":\"GD\",\"target\":\"MO\"}", "target"},
        }) {
      final RawHttp.Answer answer = ask(RawHttp.post(each[0], each[1]));
      assertEquals(400, answer.status(), answer.body());
      assertEquals(each[2], JSON.readTree(answer.body()).path("field").asText(), answer.body());
    }
    final var signed =
        new AuthorityClient(URI.create(node.http("/")), node.authority)
            .put(
                "/v1/subjects/status",
                "{\"statuses\":[" + change + "}," + change + ",\"colour\":\"red\"}]}");
    assertEquals(400, signed.statusCode(), signed.body());
    assertEquals("statuses[1].colour", JSON.readTree(signed.body()).path("field").asText());
  }
}
