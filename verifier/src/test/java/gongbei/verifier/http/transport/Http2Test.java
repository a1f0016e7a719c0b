package gongbei.verifier.http.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.testing.Patience;
import gongbei.testing.Prerequisite;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.TestNode;
import gongbei.verifier.config.Http2Limits;
import gongbei.verifier.config.Limits;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.http.HttpServer;
import gongbei.verifier.http.RawHttp;
import gongbei.verifier.http.RawHttp2;
import gongbei.verifier.net.InputBudget;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http2.Http2Error;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** HTTP/2 by prior knowledge through sockets (RFC 9113): what is asked, and what is attacked. */
@ExtendWith(LeakWatch.class)
final class Http2Test {
  private static final long LONG_MILLIS = 60_000;
  private static final long SHORT_MILLIS = 400;
  private static final int CALM = (int) Http2Error.ENHANCE_YOUR_CALM.code();
  private static final int PROTOCOL = (int) Http2Error.PROTOCOL_ERROR.code();
  private static final int REFUSED = (int) Http2Error.REFUSED_STREAM.code();
  private static final int HEADER_TABLE_SIZE = 1;
  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final byte[] EIGHT = new byte[8];
  @AutoClose private static TestNode node;
  private static String scan;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final InputBudget input = new InputBudget(256 * 1024, 512 * 1024);
  private HttpServer server;

  @BeforeAll
  static void startNode() throws Exception {
    node = new TestNode(new NodeConfig.Pipeline(1_024, 1, 8, null, null));
    scan =
        "{\"checkpoint\":\"metro\",\"code\":\""
            + node.code(CodeFormat.GD1, TestNode.GREEN, 0, 3_600)
            + "\"}";
  }

  @AfterEach
  void stopTheServer() throws InterruptedException {
    if (server != null) {
      server.close();
      Patience.await("the connections' end", () -> server.connections() == 0);
      assertEquals(0, server.bodyBytes(), "bytes of bodies counted to the end");
    }
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    assertEquals(0, input.bytes(), "bytes of frames and header fields counted to the end");
  }

  private HttpServer.Context context() {
    return HttpConnectionTest.context(node).input(input).deadlines(LONG_MILLIS, LONG_MILLIS);
  }

  private RawHttp2 start(HttpServer.Context context, byte... settings) throws IOException {
    server = new HttpServer(context, loops);
    return RawHttp2.begun(server.port(), settings);
  }

  private void assertAnotherIsServed() throws IOException {
    try (RawHttp2 other = RawHttp2.begun(server.port())) {
      assertEquals(200, other.post(1, "/v1/scans", scan).answer(1).status());
    }
  }

  private static void assertPasses(RawHttp2.Answer answer) throws IOException {
    assertEquals(200, answer.status(), answer.body());
    assertEquals("pass", TestNode.json(answer.body()).get("verdict").textValue());
  }

  private static void assertProblem(RawHttp2.Answer answer, int status, String type)
      throws IOException {
    assertEquals(status, answer.status(), answer.body());
    assertEquals("/problems/" + type, TestNode.json(answer.body()).get("type").textValue());
  }

  private static void assertCalmed(RawHttp2 client, String why) throws IOException {
    final RawHttp2.Frame last = client.next(RawHttp2.GOAWAY);
    assertEquals(CALM, last.error());
    final String said =
        new String(last.payload(), 8, last.payload().length - 8, StandardCharsets.UTF_8);
    assertTrue(said.contains(why), said);
    assertTrue(client.isAtEnd());
  }

  @Test
  void everyStreamOfManyHasItsOwnAnswer() throws IOException {
    try (RawHttp2 client = start(context().input(new InputBudget(8L << 20, 8L << 20)))) {
      for (int i = 0; i < 200; i++) {
        final int stream = 2 * i + 1;
        switch (i % 4) {
          case 0 -> client.get(stream, "/v1/rulesets");
          case 1 -> client.get(stream, "/nowhere/" + i);
          default -> client.post(stream, "/v1/scans", scan);
        }
      }
      for (int i = 199; i >= 0; i--) {
        final RawHttp2.Answer answer = client.answer(2 * i + 1);
        switch (i % 4) {
          case 0 -> assertTrue(answer.body().contains("\"metro\""), answer.body());
          case 1 -> assertTrue(answer.body().contains("/nowhere/" + i + "\""), answer.body());
          default -> assertPasses(answer);
        }
      }
      assertEquals(1, server.connections());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v1/rulesets",
    "HEAD, /v1/rulesets",
    "GET, /v1/issuers",
    "GET, /checkpoint",
    "GET, /nowhere",
    "DELETE, /v1/scans"
  })
  void anAnswerHasTheStatusTheFieldsAndTheBodyOfHttp11(String method, String path)
      throws IOException {
    try (RawHttp2 client = start(context());
        RawHttp before = new RawHttp(server.port())) {
      final RawHttp.Answer expected =
          before
              .send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
              .read(method.equals("HEAD"));
      final RawHttp2.Answer answer =
          client
              .headers(
                  1,
                  RawHttp2.END_STREAM,
                  ":method",
                  method,
                  ":scheme",
                  "http",
                  ":path",
                  path,
                  ":authority",
                  "localhost")
              .answer(1);
      assertEquals(expected.status(), answer.status());
      assertEquals(expected.body(), answer.body());
      assertEquals(withoutDate(expected.headers()), withoutDate(answer.headers()));
      assertEquals(-1, answer.reset());
    }
  }

  @Test
  void aScanHasTheFieldsAndTheBodyOfHttp11() throws IOException {
    try (RawHttp2 client = start(context());
        RawHttp before = new RawHttp(server.port())) {
      final RawHttp.Answer expected = before.send(RawHttp.post("/v1/scans", scan)).read();
      final RawHttp2.Answer answer = client.post(1, "/v1/scans", scan).answer(1);
      assertEquals(
          withoutDate(expected.headers()).keySet(), withoutDate(answer.headers()).keySet());
      assertEquals(withoutAge(expected.body()), withoutAge(answer.body()));
    }
  }

  private static JsonNode withoutAge(String verdict) throws IOException {
    final ObjectNode json = (ObjectNode) TestNode.json(verdict);
    json.remove("dataAgeMillis");
    return json;
  }

  private static Map<String, String> withoutDate(Map<String, String> fields) {
    final Map<String, String> rest = new TreeMap<>(fields);
    assertTrue(rest.remove("date") != null, "every answer has a Date");
    return rest;
  }

  @Test
  void whatComesByteByByteIsRead() throws IOException {
    server = new HttpServer(context(), loops);
    try (RawHttp2 client = new RawHttp2(server.port())) {
      final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      bytes.write(RawHttp2.frame(RawHttp2.SETTINGS, 0, 0));
      bytes.write(
          RawHttp2.frame(
              RawHttp2.HEADERS,
              RawHttp2.END_HEADERS | RawHttp2.END_STREAM,
              1,
              client.block(
                  ":method",
                  "GET",
                  ":scheme",
                  "http",
                  ":path",
                  "/v1/region",
                  "host",
                  "localhost")));
      for (final byte each : bytes.toByteArray()) {
        client.send(new byte[] {each});
      }
      assertEquals(200, client.answer(1).status());
    }
  }

  @Test
  void aMethodThatBeginsAsThePrefaceDoesIsHttp11() throws IOException {
    server = new HttpServer(context(), loops);
    for (final String method : List.of("PRO", "PUT", "P", "POST")) {
      try (RawHttp client = new RawHttp(server.port())) {
        for (final char each :
            (method + " /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n").toCharArray()) {
          client.send(String.valueOf(each));
        }
        assertEquals(404, client.read().status(), method);
      }
    }
  }

  @Test
  void whatBeginsAsThePrefaceAndIsNoneEndsTheConnection() throws IOException {
    server = new HttpServer(context(), loops);
    try (RawHttp2 client = new RawHttp2(server.port())) {
      client.send("PRI * HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertEquals(PROTOCOL, client.next(RawHttp2.GOAWAY).error());
      assertTrue(client.isAtEnd());
    }
  }

  @Test
  void aBodyMayComeInPartsAndBeFollowedByTrailers() throws IOException {
    try (RawHttp2 client = start(context())) {
      final byte[] body = scan.getBytes(StandardCharsets.US_ASCII);
      client.post(1, "/v1/scans");
      client.send(RawHttp2.DATA, 0, 1, Arrays.copyOf(body, 10));
      client.post(3, "/v1/scans", scan);
      client.send(RawHttp2.DATA, 0, 1, Arrays.copyOfRange(body, 10, body.length));
      client.headers(1, RawHttp2.END_STREAM, "x-checksum", "1");
      assertPasses(client.answer(3));
      assertPasses(client.answer(1));
    }
  }

  @Test
  void whoWaitsToBeToldSoIsToldToSendTheBody() throws IOException {
    try (RawHttp2 client = start(context())) {
      client.postWith(1, "/v1/scans", "content-type", "application/json", "expect", "100-continue");
      final RawHttp2.Frame said = client.next(RawHttp2.HEADERS);
      assertEquals(0, said.flags() & RawHttp2.END_STREAM);
      client.send(RawHttp2.DATA, RawHttp2.END_STREAM, 1, scan.getBytes(StandardCharsets.US_ASCII));
      assertPasses(client.answer(1));
    }
  }

  @Test
  void eventsComeOnAStreamWhileOthersAreAnswered() throws IOException {
    try (RawHttp2 client = RawHttp2.begun(node.node.httpPort())) {
      final String form = "{\"checkpoint\":\"metro\",\"place\":\"here\",\"form\":\"printed\"}";
      final RawHttp2.Answer made = client.post(1, "/v1/venues", form).answer(1);
      assertEquals(201, made.status(), made.body());
      final String venue = TestNode.json(made.body()).get("code").textValue();
      client.post(3, "/v1/venues/watch", "{\"venue\":\"" + venue + "\"}");
      final RawHttp2.Frame event = client.next(RawHttp2.DATA);
      assertEquals(3, event.stream());
      assertEquals(0, event.flags(), "more may follow");
      final String text = new String(event.payload(), StandardCharsets.UTF_8);
      assertTrue(text.startsWith("event: screen\ndata: "), text);
      assertPasses(client.post(5, "/v1/scans", scan).answer(5));
      client.send(RawHttp2.RST_STREAM, 0, 3, new byte[] {0, 0, 0, 8});
      assertPasses(client.post(7, "/v1/scans", scan).answer(7));
    }
  }

  private static Stream<Arguments> malformed() {
    final String[] good = {":method", "GET", ":scheme", "http", ":path", "/v1/region"};
    return Stream.of(
        Arguments.of("no path", new String[] {":method", "GET", ":scheme", "http"}),
        Arguments.of("no scheme", new String[] {":method", "GET", ":path", "/"}),
        Arguments.of("no slash", new String[] {":method", "GET", ":scheme", "http", ":path", "x"}),
        Arguments.of("unknown pseudo-field", with(good, ":protocol-x", "1")),
        Arguments.of("a pseudo-field twice", with(good, ":path", "/v1/rulesets")),
        Arguments.of("upper case", with(good, "Accept", "*/*")),
        Arguments.of("a field of connections", with(good, "connection", "close")),
        Arguments.of("chunks", with(good, "transfer-encoding", "chunked")),
        Arguments.of("te", with(good, "te", "gzip")),
        Arguments.of("a line end in a value", with(good, "x-name", "a\r\nb: c")),
        Arguments.of("two hosts", with(with(good, ":authority", "localhost"), "host", "other")));
  }

  private static String[] with(String[] fields, String name, String value) {
    final String[] more = Arrays.copyOf(fields, fields.length + 2);
    more[fields.length] = name;
    more[fields.length + 1] = value;
    return more;
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void aMalformedRequestEndsItsStreamAndNoOther(String what, String[] fields) throws IOException {
    try (RawHttp2 client = start(context())) {
      final RawHttp2.Answer answer = client.headers(1, RawHttp2.END_STREAM, fields).answer(1);
      assertEquals(PROTOCOL, answer.reset(), what);
      assertPasses(client.post(3, "/v1/scans", scan).answer(3));
    }
  }

  @Test
  void aRequestWithoutAHostIsRefusedAsOverHttp11() throws IOException {
    try (RawHttp2 client = start(context())) {
      client.headers(1, RawHttp2.END_STREAM, ":method", "GET", ":scheme", "http", ":path", "/");
      assertProblem(client.answer(1), 400, "malformed-request");
    }
  }

  @Test
  void aBodyThatIsTooLongIsRefusedAndTheConnectionGoesOn() throws IOException {
    try (RawHttp2 client = start(context())) {
      client.postWith(
          1,
          "/v1/scans",
          "content-type",
          "application/json",
          "content-length",
          Integer.toString(Limits.MAX_HTTP_BODY_BYTES + 1));
      assertProblem(client.answer(1), 413, "body-too-large");
      client.post(3, "/v1/scans");
      final byte[] part = new byte[16_384];
      int sent = 0;
      while (sent <= Limits.MAX_HTTP_BODY_BYTES) {
        // As the window lets a client send that waits for it.
        client.send(RawHttp2.DATA, 0, 3, part);
        sent += part.length;
        if (sent % 32_768 == 0 && sent <= Limits.MAX_HTTP_BODY_BYTES - 65_536) {
          client.next(RawHttp2.WINDOW_UPDATE);
        }
      }
      assertProblem(client.answer(3), 413, "body-too-large");
      assertPasses(client.post(5, "/v1/scans", scan).answer(5));
    }
  }

  @Test
  void aBodyOfAnotherLengthThanToldIsMalformed() throws IOException {
    try (RawHttp2 client = start(context())) {
      client.postWith(1, "/v1/scans", "content-length", "5");
      client.send(RawHttp2.DATA, RawHttp2.END_STREAM, 1, new byte[4]);
      assertEquals(PROTOCOL, client.answer(1).reset());
      assertPasses(client.post(3, "/v1/scans", scan).answer(3));
    }
  }

  @Test
  void aHeaderThatIsTooLongIsRefused() throws IOException {
    try (RawHttp2 client = start(context())) {
      client.headers(
          1,
          RawHttp2.END_STREAM,
          ":method",
          "GET",
          ":scheme",
          "http",
          ":path",
          "/v1/region",
          ":authority",
          "localhost",
          "x-long",
          "a".repeat(Limits.MAX_HTTP_HEADER_BYTES));
      assertEquals(431, client.answer(1).status());
      client.get(3, "/" + "a".repeat(Limits.MAX_HTTP_LINE_BYTES));
      assertProblem(client.answer(3), 414, "uri-too-long");
    }
  }

  @Test
  void noMoreStreamsAreOpenThanMayBe() throws IOException {
    // A budget for the header fields of as many streams.
    try (RawHttp2 client = start(context().input(new InputBudget(8L << 20, 8L << 20)))) {
      for (int i = 0; i < Http2Limits.MAX_STREAMS; i++) {
        client.post(2 * i + 1, "/v1/scans");
      }
      final int over = 2 * Http2Limits.MAX_STREAMS + 1;
      client.get(over, "/v1/region");
      assertEquals(REFUSED, client.answer(over).reset());
      client.send(RawHttp2.DATA, RawHttp2.END_STREAM, 1, scan.getBytes(StandardCharsets.US_ASCII));
      assertPasses(client.answer(1));
      assertPasses(client.post(over + 2, "/v1/scans", scan).answer(over + 2));
    }
  }

  /** An attack: what is sent again and again, how often, and what the node says of it. */
  private static Stream<Arguments> floods() {
    return Stream.of(
        Arguments.of(
            "PING", RawHttp2.frame(RawHttp2.PING, 0, 0, EIGHT), Http2Limits.MAX_PINGS, "PING"),
        Arguments.of(
            "answers to no PING",
            RawHttp2.frame(RawHttp2.PING, RawHttp2.ACK, 0, EIGHT),
            Http2Limits.MAX_PINGS,
            "PING"),
        Arguments.of(
            "SETTINGS",
            RawHttp2.frame(RawHttp2.SETTINGS, 0, 0),
            Http2Limits.MAX_SETTINGS,
            "SETTINGS"),
        Arguments.of(
            "window updates",
            RawHttp2.frame(RawHttp2.WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0, 1}),
            Http2Limits.MAX_OTHER_FRAMES,
            "other"),
        Arguments.of(
            "priorities",
            RawHttp2.frame(2, 0, 1, new byte[] {0, 0, 0, 0, 1}),
            Http2Limits.MAX_OTHER_FRAMES,
            "other"),
        Arguments.of(
            "frames of an unknown kind",
            RawHttp2.frame(0xfa, 0, 0),
            Http2Limits.MAX_OTHER_FRAMES,
            "other"));
  }

  @ParameterizedTest
  @MethodSource("floods")
  void whoSendsTooManyFramesThatAskForNothingIsToldSoAndHungUpOn(
      String what, byte[] frame, int most, String said) throws IOException {
    try (RawHttp2 client = start(context())) {
      assertPasses(client.post(1, "/v1/scans", scan).answer(1));
      sendUntilHungUp(client, frame, most + 2 * Http2Limits.FRAMES_A_REQUEST + 1);
      assertCalmed(client, said + " frames in " + Http2Limits.COUNT_SECONDS + " s");
      assertAnotherIsServed();
    }
  }

  private static void sendUntilHungUp(RawHttp2 client, byte[] frame, int times) throws IOException {
    try {
      for (int i = 0; i < times; i++) {
        client.send(frame);
      }
    } catch (SocketException e) {
      // It was hung up on already; what it was told is read after.
      return;
    }
  }

  @Test
  void whoSendsFewerGoesOn() throws IOException {
    try (RawHttp2 client = start(context())) {
      for (int i = 0; i < Http2Limits.MAX_PINGS; i++) {
        client.send(RawHttp2.PING, 0, 0, EIGHT);
        if (i % 100 == 0) {
          assertEquals(RawHttp2.ACK, client.next(RawHttp2.PING).flags());
        }
      }
      assertPasses(client.post(1, "/v1/scans", scan).answer(1));
    }
  }

  /** CVE-2023-44487. */
  @Test
  void whoResetsTooManyStreamsIsHungUpOn() throws IOException {
    try (RawHttp2 client = start(context())) {
      for (int i = 0; i <= Http2Limits.MAX_RESETS; i++) {
        client.post(2 * i + 1, "/v1/scans", scan);
        client.send(RawHttp2.RST_STREAM, 0, 2 * i + 1, new byte[] {0, 0, 0, 8});
      }
      assertCalmed(client, "RST_STREAM");
      assertAnotherIsServed();
    }
  }

  /** CVE-2025-8671. */
  @Test
  void whoHasTheNodeResetTooManyStreamsIsHungUpOn() throws IOException {
    try (RawHttp2 client = start(context())) {
      for (int i = 0; i <= Http2Limits.MAX_FAULTS; i++) {
        client.headers(2 * i + 1, RawHttp2.END_STREAM, ":method", "GET");
      }
      assertEquals(CALM, client.next(RawHttp2.GOAWAY).error());
      assertTrue(client.isAtEnd());
      assertAnotherIsServed();
    }
  }

  @Test
  void aHeaderThatGoesOnInTooManyFramesIsNotRead() throws IOException {
    try (RawHttp2 client = start(context())) {
      client.send(RawHttp2.HEADERS, 0, 1, client.block(":method", "GET"));
      for (int i = 0; i <= Http2Limits.MAX_CONTINUATIONS; i++) {
        client.send(RawHttp2.CONTINUATION, 0, 1, client.block("a" + i, "b"));
      }
      assertCalmed(client, "goes on in over " + Http2Limits.MAX_CONTINUATIONS);
      assertAnotherIsServed();
    }
  }

  @Test
  void aHeaderBlockThatOutgrowsItsLimitEndsTheConnection() throws IOException {
    try (RawHttp2 client = start(context())) {
      client.send(RawHttp2.HEADERS, 0, 1, new byte[16_384]);
      client.send(RawHttp2.CONTINUATION, 0, 1, new byte[16_384]);
      assertNotEquals(0, client.next(RawHttp2.GOAWAY).error());
      assertTrue(client.isAtEnd());
    }
  }

  @Test
  void whoSendsTooManyEmptyPartsOfABodyIsHungUpOn() throws IOException {
    try (RawHttp2 client = start(context())) {
      client.post(1, "/v1/scans");
      for (int i = 0; i <= Http2Limits.MAX_EMPTY_FRAMES; i++) {
        client.send(RawHttp2.DATA, 0, 1);
      }
      assertEquals(CALM, client.next(RawHttp2.GOAWAY).error());
      assertTrue(client.isAtEnd());
      assertAnotherIsServed();
    }
  }

  @Test
  void aFrameLongerThanTheSettingsAllowEndsTheConnection() throws IOException {
    try (RawHttp2 client = start(context())) {
      client.send(RawHttp2.DATA, 0, 1, new byte[16_385]);
      assertEquals((int) Http2Error.FRAME_SIZE_ERROR.code(), client.next(RawHttp2.GOAWAY).error());
      assertTrue(client.isAtEnd());
    }
  }

  @Test
  void theHeaderFieldsOfOpenStreamsHaveRoomInABudget() throws IOException {
    try (RawHttp2 client = start(context())) {
      int stream = 1;
      for (int i = 0; i < 80; i++) {
        // Once it is in the table of fields, it is one byte on the wire (RFC 7541 §2.3.2).
        client.postWith(stream, "/v1/scans", "x-long", "a".repeat(3_500));
        client.send(RawHttp2.PING, 0, 0, EIGHT);
        client.next(RawHttp2.PING);
        stream += 2;
      }
      assertProblem(client.answer(stream - 2), 503, "busy");
      assertTrue(input.bytes() > 200_000, input.bytes() + " are held");
      for (int open = 1; open < stream - 2; open += 2) {
        client.send(RawHttp2.RST_STREAM, 0, open, new byte[] {0, 0, 0, 8});
      }
      assertPasses(client.post(stream, "/v1/scans", scan).answer(stream));
    }
  }

  @Test
  void whoDoesNotTakeTheAnswersGetsNoMoreOfThem() throws IOException {
    try (RawHttp2 client = start(context(), RawHttp2.setting(INITIAL_WINDOW_SIZE, 0))) {
      int stream = 1;
      int status = 200;
      while (status == 200) {
        client.get(stream, "/openapi.yaml");
        final RawHttp2.Frame head = client.next(RawHttp2.HEADERS);
        assertEquals(stream, head.stream());
        // The status is the first field; those of the static table are one byte (RFC 7541).
        status = (head.payload()[0] & 0xff) == 0x88 ? 200 : 0;
        stream += 2;
        assertTrue(stream < 400, "at most a mebibyte is kept");
      }
      assertTrue(stream > 5, "some are kept");
    }
  }

  @Test
  void theNodesTableOfHeaderFieldsIsNoLargerThanItNeedBe() throws IOException {
    // The client's reader takes no table beyond the 4,096 bytes that it begins with.
    try (RawHttp2 client = start(context(), RawHttp2.setting(HEADER_TABLE_SIZE, 1 << 20))) {
      for (int stream = 1; stream < 60; stream += 2) {
        assertPasses(client.post(stream, "/v1/scans", scan).answer(stream));
      }
    }
  }

  @Test
  void aRequestThatDoesNotComeInTimeIsRefusedAndOthersAreServed() throws IOException {
    try (RawHttp2 client = start(context().deadlines(SHORT_MILLIS, LONG_MILLIS))) {
      client.post(1, "/v1/scans");
      assertPasses(client.post(3, "/v1/scans", scan).answer(3));
      assertProblem(client.answer(1), 408, "request-timeout");
      assertPasses(client.post(5, "/v1/scans", scan).answer(5));
    }
  }

  @Test
  void aFrameThatDoesNotComeInTimeEndsTheConnection() throws IOException {
    try (RawHttp2 client = start(context().deadlines(SHORT_MILLIS, LONG_MILLIS))) {
      client.send(new byte[] {0, 0, 100, 0, 0});
      assertCalmed(client, "takes too long");
    }
  }

  @Test
  void aHeaderThatDoesNotEndInTimeEndsTheConnection() throws IOException {
    try (RawHttp2 client = start(context().deadlines(SHORT_MILLIS, LONG_MILLIS))) {
      client.send(RawHttp2.HEADERS, 0, 1, client.block(":method", "GET"));
      assertCalmed(client, "takes too long");
    }
  }

  @Test
  void anIdleConnectionIsEndedAndPingsDoNotKeepIt() throws IOException {
    try (RawHttp2 client = start(context().deadlines(LONG_MILLIS, SHORT_MILLIS))) {
      client.send(RawHttp2.PING, 0, 0, EIGHT);
      assertEquals(0, client.next(RawHttp2.GOAWAY).error());
      assertTrue(client.isAtEnd());
    }
  }

  @Test
  void aStopIsToldBeforeItsLastStreamAndWhatWasAskedIsAnswered() throws IOException {
    try (RawHttp2 client = start(context())) {
      assertPasses(client.post(1, "/v1/scans", scan).answer(1));
      client.post(3, "/v1/scans");
      assertPasses(client.post(5, "/v1/scans", scan).answer(5));
      server.stop();
      final RawHttp2.Frame first = client.next(RawHttp2.GOAWAY);
      assertEquals(Integer.MAX_VALUE, first.lastStream());
      assertEquals(0, first.error());
      assertProblem(client.answer(3), 503, "stopping");
      final RawHttp2.Frame last = client.next(RawHttp2.GOAWAY);
      assertEquals(5, last.lastStream());
      assertTrue(client.isAtEnd());
      assertTrue(server.awaitStopped(System.nanoTime() + Patience.NANOS));
    }
  }

  @Test
  void theConnectionsOfOneAddressAreBoundedWhateverTheySpeak() throws IOException {
    server = new HttpServer(context().connectionsPerAddress(1), loops);
    try (RawHttp2 client = RawHttp2.begun(server.port())) {
      assertPasses(client.post(1, "/v1/scans", scan).answer(1));
      try (RawHttp second = new RawHttp(server.port())) {
        assertEquals(429, second.read().status());
      }
    }
  }

  @Test
  void curlScansByPriorKnowledge() throws Exception {
    Prerequisite.require(
        Files.isExecutable(Path.of("/usr/bin/curl")) && curl("-V").contains("HTTP2"),
        "curl with HTTP/2 is missing");
    server = new HttpServer(context(), loops);
    final String said =
        curl(
            "--http2-prior-knowledge",
            "-s",
            "-w",
            " %{http_version} %{http_code}",
            "-H",
            "Content-Type: application/json",
            "-d",
            scan,
            "http://127.0.0.1:" + server.port() + "/v1/scans");
    assertTrue(said.contains("\"verdict\":\"pass\"") && said.endsWith("} 2 200"), said);
  }

  private static String curl(String... arguments) throws Exception {
    final String[] command = new String[arguments.length + 1];
    command[0] = "curl";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
