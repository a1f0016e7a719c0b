package gongbei.verifier.http.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.lmax.disruptor.BlockingWaitStrategy;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.trust.SigningKeys;
import gongbei.testing.Patience;
import gongbei.verifier.HalfOpen;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.TestNode;
import gongbei.verifier.access.Caller;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.config.Limits;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.http.HeldLog;
import gongbei.verifier.http.HttpServer;
import gongbei.verifier.http.RawHttp;
import gongbei.verifier.http.api.Resources;
import gongbei.verifier.http.guard.Authorizer;
import gongbei.verifier.http.guard.HostCheck;
import gongbei.verifier.http.guard.RateLimits;
import gongbei.verifier.http.guard.RequestChain;
import gongbei.verifier.http.guard.WorkClass;
import gongbei.verifier.http.guard.WorkRunner;
import gongbei.verifier.mint.MintMetrics;
import gongbei.verifier.mint.MintPipeline;
import gongbei.verifier.scan.ScanPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

@ExtendWith(LeakWatch.class)
public final class HttpConnectionTest {
  private static final long LONG_MILLIS = 60_000;
  private static final long SHORT_MILLIS = 400;
  private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();
  private static final Caller ANYONE = Caller.ofAddress(InetAddress.getLoopbackAddress(), true);
  @AutoClose private static TestNode node;
  private static String code;
  private static String scan;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private HttpServer server;

  @BeforeAll
  static void startNode() throws Exception {
    node = new TestNode(new NodeConfig.Pipeline(16, 1, 8, null, null));
    code = node.code(CodeFormat.GD1, TestNode.GREEN, 0, 3_600);
    scan = RawHttp.post("/v1/scans", "{\"checkpoint\":\"metro\",\"code\":\"" + code + "\"}");
    // What Netty itself has to say at its start is said before the log is watched.
    try (RawHttp client = new RawHttp(node.node.httpPort())) {
      assertEquals(200, client.send(scan).read().status());
    }
  }

  @BeforeEach
  void watchTheLog() {
    LOG.list.clear();
    LOG.start();
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).addAppender(LOG);
  }

  @AfterEach
  void stopTheServerAndSeeThatNothingWasLogged() throws InterruptedException {
    if (server != null) {
      server.close();
      waitUntilEmpty();
    }
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    if (server != null) {
      assertEquals(0, server.connections(), "connections counted to the end");
      assertEquals(0, server.bodyBytes(), "bytes of bodies counted to the end");
    }
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(LOG);
    assertEquals(List.of(), LOG.list, "nothing a client does is worth a line");
  }

  private static HttpServer.Context context() {
    return context(node);
  }

  public static HttpServer.Context context(TestNode of) {
    return new HttpServer.Context()
        .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .scans(of.node.pipeline(), of.node.resources().rulesets())
        .trust(of.node.resources().trust())
        .authorities(of.node.resources().authorities())
        .minting(
            CodeFormat.GD1,
            of.node.resources().signingKeys(),
            of.node.mintPipeline(),
            of.node.mintMetrics())
        .status(of.node.resources().statusMap(), of.node.resources().log())
        .metrics(of.node.scanMetrics(), of.metrics());
  }

  private RawHttp start(HttpServer.Context context) throws IOException {
    server = new HttpServer(context, loops);
    return connect();
  }

  private RawHttp connect() throws IOException {
    return new RawHttp(server.port());
  }

  private static void assertProblem(RawHttp.Answer answer, int status, String type)
      throws IOException {
    assertEquals(status, answer.status(), answer.body());
    assertEquals("application/problem+json", answer.headers().get("content-type"));
    final JsonNode problem = TestNode.json(answer.body());
    assertEquals("/problems/" + type, problem.get("type").textValue());
    assertEquals(status, problem.get("status").intValue());
    assertFalse(problem.get("title").textValue().isEmpty());
    assertFalse(problem.get("detail").textValue().isEmpty());
  }

  private void assertRefused(String request, int status, String type) throws IOException {
    try (RawHttp client = connect()) {
      final RawHttp.Answer answer = client.send(request).read();
      assertProblem(answer, status, type);
      assertEquals("close", answer.headers().get("connection"));
      assertTrue(client.isAtEnd());
    }
  }

  private void assertAGoodScanIsAnswered() throws IOException {
    try (RawHttp client = connect()) {
      final RawHttp.Answer answer = client.send(scan).read();
      assertEquals(200, answer.status(), answer.body());
      assertEquals("pass", TestNode.json(answer.body()).get("verdict").textValue());
    }
  }

  @Test
  void aConnectionServesManyRequests() throws IOException {
    try (RawHttp client = start(context())) {
      for (int i = 0; i < 100; i++) {
        assertEquals(200, client.send(scan).read().status());
      }
      assertEquals(1, server.connections());
    }
  }

  @Test
  void pipelinedRequestsOfEveryLengthAreAnsweredInOrder() throws IOException {
    try (RawHttp client = start(context())) {
      final StringBuilder requests = new StringBuilder();
      final int count = 700;
      for (int i = 0; i < count; i++) {
        requests.append(i % 7 == 0 ? RawHttp.get("/v1/rulesets") : RawHttp.get("/nowhere/" + i));
      }
      client.send(requests.toString());
      for (int i = 0; i < count; i++) {
        final RawHttp.Answer answer = client.read();
        assertEquals(i % 7 == 0 ? 200 : 404, answer.status());
        assertTrue(i % 7 == 0 || answer.body().contains("/nowhere/" + i + "\""), answer.body());
      }
    }
  }

  @Test
  void whatCannotBeReadIsRefusedAfterTheAnswersToWhatCameBefore() throws IOException {
    try (RawHttp client = start(context())) {
      client.send(scan + RawHttp.get("/v1/issuers") + "NONSENSE\r\n\r\n" + scan);
      assertEquals("pass", TestNode.json(client.read().body()).get("verdict").textValue());
      assertTrue(TestNode.json(client.read().body()).has("issuers"));
      assertProblem(client.read(), 400, "malformed-request");
      assertTrue(client.isAtEnd());
    }
  }

  @Test
  void aClientThatSaysCloseIsHungUpOnAfterItsAnswer() throws IOException {
    try (RawHttp client = start(context())) {
      client.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      final RawHttp.Answer answer = client.read();
      assertEquals(200, answer.status());
      assertEquals("close", answer.headers().get("connection"));
      assertTrue(client.isAtEnd());
    }
  }

  @Test
  void http10IsServedAndKeptAliveOnlyOnRequest() throws IOException {
    try (RawHttp client = start(context())) {
      assertEquals(200, client.send("GET /health/live HTTP/1.0\r\n\r\n").read().status());
      assertTrue(client.isAtEnd());
    }
    try (RawHttp client = connect()) {
      for (int i = 0; i < 2; i++) {
        final RawHttp.Answer answer =
            client.send("GET /health/live HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").read();
        assertEquals(200, answer.status());
        assertEquals("keep-alive", answer.headers().get("connection"));
      }
    }
  }

  @Test
  void headHasTheHeadersOfGetAndNoBody() throws IOException {
    try (RawHttp client = start(context())) {
      final RawHttp.Answer get = client.send(RawHttp.get("/v1/rulesets")).read();
      client.send("HEAD /v1/rulesets HTTP/1.1\r\nHost: localhost\r\n\r\n" + scan);
      final RawHttp.Answer head = client.read(true);
      assertEquals(200, head.status());
      get.headers().remove("date");
      head.headers().remove("date");
      assertEquals(get.headers(), head.headers());
      assertEquals(200, client.read().status());
    }
  }

  @Test
  void anAbsoluteTargetAndAQueryAreUnderstood() throws IOException {
    try (RawHttp client = start(context())) {
      assertEquals(
          200,
          client
              .send("GET http://localhost:1/health/live?a=/b HTTP/1.1\r\nHost: localhost\r\n\r\n")
              .read()
              .status());
      assertEquals(
          200,
          client.send("GET http://localhost HTTP/1.1\r\nHost: localhost\r\n\r\n").read().status());
    }
  }

  @Test
  void aWrongMethodIsToldTheRightOnes() throws IOException {
    try (RawHttp client = start(context())) {
      for (final String operation : server.operations()) {
        final String[] parts = operation.split(" ", 2);
        final String path = parts[1].replace("{subject}", TestNode.GREEN.toHex());
        final RawHttp.Answer answer =
            client.send("DELETE " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").read();
        assertProblem(answer, 405, "method-not-allowed");
        final List<String> allowed = List.of(answer.headers().get("allow").split(", "));
        assertTrue(allowed.contains(parts[0]), operation);
        assertEquals(allowed.contains("GET"), allowed.contains("HEAD"), operation);
      }
    }
  }

  @Test
  void aBodyIsAskedForOnlyWhereItWillBeTaken() throws IOException {
    final String body = "{\"checkpoint\":\"metro\",\"code\":\"" + code + "\"}";
    try (RawHttp client = start(context())) {
      for (int i = 0; i < 2; i++) {
        client.send(
            "POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Expect: 100-continue\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n");
        assertEquals(100, client.read().status());
        assertEquals(200, client.send(body).read().status());
      }
    }
    assertRefused(
        "POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
            + "Content-Length: 104857600\r\n\r\n",
        413,
        "body-too-large");
    assertRefused(
        "POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nExpect: a-miracle\r\nContent-Length: 2\r\n\r\n{}",
        417,
        "expectation-failed");
  }

  @Test
  void requestsThatAreNotHttp11AreRefusedByTheirFault() throws IOException {
    try (RawHttp client = start(context())) {
      assertEquals(200, client.send(RawHttp.get("/")).read().status());
    }
    assertRefused("\u0000\u0001\u0002\r\n\r\n", 400, "malformed-request");
    assertRefused("GET\r\n\r\n", 400, "malformed-request");
    assertRefused("GET / HTTP/1.1\r\n\r\n", 400, "malformed-request");
    assertRefused("GET / HTTP/1.1\r\nHost: localhost\r\nHost: y\r\n\r\n", 400, "malformed-request");
    assertRefused(
        "GET / HTTP/1.1\r\nHost: localhost\r\nBad Name: y\r\n\r\n", 400, "malformed-request");
    assertRefused("GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", 505, "http-version-not-supported");
    assertRefused("GET / FTP/1.1\r\nHost: localhost\r\n\r\n", 400, "malformed-request");
    assertRefused(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        400,
        "malformed-request");
    assertRefused(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        400,
        "malformed-request");
    assertRefused(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\nab",
        400,
        "malformed-request");
    assertRefused(
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        501,
        "transfer-coding-not-supported");
    assertRefused(
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        400,
        "malformed-request");
    assertRefused(
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        400,
        "malformed-request");
    assertRefused(
        "GET /" + "x".repeat(Limits.MAX_HTTP_LINE_BYTES) + " HTTP/1.1\r\n\r\n",
        414,
        "uri-too-long");
    assertRefused(
        "GET / HTTP/1.1\r\nHost: localhost\r\nX: "
            + "x".repeat(Limits.MAX_HTTP_HEADER_BYTES)
            + "\r\n\r\n",
        431,
        "headers-too-large");
    assertRefused(
        "GET / HTTP/1.1\r\nHost: localhost\r\n"
            + "X: y\r\n".repeat(Limits.MAX_HTTP_HEADER_BYTES)
            + "\r\n",
        431,
        "headers-too-large");
    assertAGoodScanIsAnswered();
  }

  @Test
  void aBodyJustUnderTheLimitIsTakenAndOneOverItIsRefused() throws IOException {
    try (RawHttp client = start(context())) {
      final String start = "{\"checkpoint\":\"metro\",\"code\":\"";
      final String longest =
          start + "X".repeat(Limits.MAX_HTTP_BODY_BYTES - start.length() - 2) + "\"}";
      final RawHttp.Answer answer = client.send(RawHttp.post("/v1/scans", longest)).read();
      assertEquals(200, answer.status());
      assertEquals("malformed", TestNode.json(answer.body()).get("reason").textValue());
      assertProblem(
          client.send(RawHttp.post("/v1/scans", longest + " ")).read(), 413, "body-too-large");
    }
    try (RawHttp client = connect()) {
      client.send(
          "POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
      client.send("100000\r\n" + "x".repeat(1 << 20) + "\r\n1\r\nx\r\n");
      assertProblem(client.read(), 413, "body-too-large");
    }
  }

  @Test
  void aClientStillSendingAHundredMebibytesReadsWhyItIsRefused() throws Exception {
    final Thread sender;
    try (RawHttp client = start(context())) {
      client.send(
          "POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nContent-Length: 104857600\r\n\r\n");
      sender =
          new Thread(
              () -> {
                try {
                  for (int i = 0; i < 1_600; i++) {
                    client.send(new byte[1 << 16]);
                  }
                } catch (IOException e) {
                  // The server has hung up, as it may.
                }
              });
      sender.start();
      assertProblem(client.read(), 413, "body-too-large");
      assertTrue(client.isAtEnd());
    }
    sender.join();
    assertAGoodScanIsAnswered();
  }

  @Test
  void aRequestThatTakesTooLongToComeIsRefused() throws IOException {
    try (RawHttp inHead = start(context().deadlines(SHORT_MILLIS, LONG_MILLIS));
        RawHttp inBody = connect();
        RawHttp inSecond = connect()) {
      inHead.send("POST /v1/sc");
      inBody.send("POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{");
      assertEquals(200, inSecond.send(scan).read().status());
      inSecond.send("GET / HT");
      for (final RawHttp slow : List.of(inHead, inBody, inSecond)) {
        assertProblem(slow.read(), 408, "request-timeout");
        assertTrue(slow.isAtEnd());
      }
      assertAGoodScanIsAnswered();
    }
  }

  @Test
  void anIdleConnectionIsHungUpOn() throws IOException {
    try (RawHttp silent = start(context().deadlines(LONG_MILLIS, SHORT_MILLIS));
        RawHttp served = connect()) {
      assertEquals(200, served.send(scan).read().status());
      assertTrue(silent.isAtEnd());
      assertTrue(served.isAtEnd());
    }
  }

  @Test
  void tenThousandHalfRequestsAreHungUpOnWhileOthersAreServed() throws IOException {
    final List<RawHttp> halves = new ArrayList<>();
    final int count = HalfOpen.connections();
    try (RawHttp client = start(context().deadlines(2_000, LONG_MILLIS))) {
      for (int i = 0; i < count; i++) {
        halves.add(
            connect()
                .send(
                    "POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{\"co"));
      }
      assertEquals(200, client.send(scan).read().status());
      for (final RawHttp half : halves) {
        assertEquals(408, half.read().status());
      }
      assertAGoodScanIsAnswered();
    } finally {
      for (final RawHttp half : halves) {
        half.close();
      }
    }
  }

  @Test
  void oneConnectionTooManyIsToldSo() throws Exception {
    try (RawHttp first = start(context().room(1, Limits.MAX_HTTP_BODIES_BYTES))) {
      assertEquals(200, first.send(scan).read().status());
      try (RawHttp second = connect()) {
        final RawHttp.Answer answer = second.read();
        assertProblem(answer, 503, "busy");
        assertEquals("1", answer.headers().get("retry-after"));
        assertTrue(second.isAtEnd());
      }
      assertEquals(200, first.send(scan).read().status());
    }
    waitUntilEmpty();
    assertAGoodScanIsAnswered();
  }

  private void waitUntilEmpty() throws InterruptedException {
    Patience.await("no connection is left", () -> server.connections() == 0);
  }

  @Test
  void bodiesThatTogetherAreTooMuchAreRefusedAndTheirRoomIsFreed() throws Exception {
    try (RawHttp half = start(context().room(100, 1_000))) {
      half.send(
          "POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nContent-Length: 901\r\n\r\n"
              + "{".repeat(900));
      Patience.await("the half body is there", () -> server.bodyBytes() >= 900);
      try (RawHttp more = connect()) {
        more.send(
            "POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nContent-Length: 201\r\n\r\n"
                + "{".repeat(200));
        assertProblem(more.read(), 503, "busy");
        assertTrue(more.isAtEnd());
      }
      // A scan that comes in one piece is evaluated at once, and needs no room.
      assertAGoodScanIsAnswered();
    }
    waitUntilEmpty();
    assertAGoodScanIsAnswered();
  }

  @Test
  void aClientThatTakesNoAnswersStopsBeingRead() throws IOException {
    final byte[] requests =
        RawHttp.get("/openapi.yaml").repeat(1_000).getBytes(StandardCharsets.US_ASCII);
    try (RawHttp deaf = start(context().deadlines(LONG_MILLIS, SHORT_MILLIS))) {
      final SocketException end =
          assertThrows(
              SocketException.class,
              () -> {
                // Were all of these answered, the answers would be 15 GB in the server's memory.
                for (int i = 0; i < 1_000; i++) {
                  deaf.send(requests);
                }
              });
      assertFalse(end.getMessage().isEmpty());
      assertAGoodScanIsAnswered();
    }
  }

  @Test
  void aFullRingBufferIsAnsweredAtOnceAsBusy() throws Exception {
    final ScanPipeline pipeline = node.node.pipeline();
    final long shedBefore = node.node.scanMetrics().shed();
    final List<Long> claimed = new ArrayList<>();
    try (RawHttp client = start(context());
        RawHttp batch = connect()) {
      for (int i = 0; i < pipeline.capacity() - 1; i++) {
        claimed.add(pipeline.claim());
      }
      final String codes = "[\"" + code + "\",\"" + code + "\",\"X\"]";
      final String ofBatch =
          RawHttp.post("/v1/scans/batch", "{\"checkpoint\":\"metro\",\"codes\":" + codes + "}");
      batch.send(ofBatch);
      Patience.await("two are shed", () -> node.node.scanMetrics().shed() >= shedBefore + 2);
      for (int i = 0; i < 3; i++) {
        final RawHttp.Answer answer = client.send(scan).read();
        assertProblem(answer, 503, "busy");
        assertEquals("1", answer.headers().get("retry-after"));
        assertEquals("busy", TestNode.json(answer.body()).get("reason").textValue());
      }
      assertProblem(client.send(ofBatch).read(), 503, "busy");
      claimed.forEach(sequence -> publish(pipeline, sequence));
      claimed.clear();
      final JsonNode results = TestNode.json(batch.read().body()).get("results");
      assertEquals("ok", results.get(0).get("reason").textValue());
      assertEquals("busy", results.get(1).get("reason").textValue());
      assertEquals("hold", results.get(2).get("verdict").textValue());
      assertAGoodScanIsAnswered();
    } finally {
      claimed.forEach(sequence -> publish(pipeline, sequence));
    }
  }

  private static void publish(ScanPipeline pipeline, long sequence) {
    pipeline.scan(sequence).length(0).ruleset(null).listener(null).acceptedNanos(System.nanoTime());
    pipeline.publish(sequence);
  }

  @Test
  void whereNoThreadIsFreeOnlyWhatNeedsOneIsBusy() {
    final WorkRunner works = new FullRunner();
    final RequestChain chain =
        new RequestChain(
            new HostCheck(true, Set.of()),
            new Authorizer(Optional.empty(), true, RateLimits.of(0, 0), () -> 0),
            new Resources(context(), works).routes(),
            works);
    final Request printing =
        new Request(
            "POST", "/v1/papers", new DefaultHttpHeaders(), new byte[0], ANYONE, Runnable::run);
    final CompletionException refusal =
        assertThrows(CompletionException.class, () -> answer(chain, printing).join());
    assertEquals(503, ((Problem) refusal.getCause()).status());
    final Request one =
        new Request(
            "POST",
            "/v1/scans",
            new DefaultHttpHeaders().set("Content-Type", "application/json"),
            scan.substring(scan.indexOf('{')).getBytes(StandardCharsets.US_ASCII),
            ANYONE,
            Runnable::run);
    assertEquals(
        200, answer(chain, one).orTimeout(Patience.SECONDS, TimeUnit.SECONDS).join().status());
  }

  private static CompletableFuture<Response> answer(RequestChain chain, Request question) {
    final DefaultHttpRequest header =
        new DefaultHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.valueOf(question.method()), question.path());
    return chain.admit(ANYONE, new RequestHead(header)).answer(question, () -> true);
  }

  /** Has no thread free. */
  private static final class FullRunner implements WorkRunner {
    @Override
    public CompletableFuture<Response> run(
        WorkClass kind,
        String caller,
        BooleanSupplier isWanted,
        Supplier<CompletableFuture<Response>> work) {
      throw Problem.busy("full");
    }

    @Override
    public CompletableFuture<Response> runHere(
        WorkClass kind, String caller, Supplier<CompletableFuture<Response>> work) {
      throw Problem.busy("full");
    }

    @Override
    public Executor goingOn(WorkClass kind) {
      throw new AssertionError("nothing has begun");
    }
  }

  @Test
  void everyTruncationAndMutationOfARequestIsAnsweredOrHungUpOn() throws IOException {
    // What is sent at once has to be read before the deadline, on a busy machine too.
    server = new HttpServer(context().deadlines(10 * SHORT_MILLIS, 10 * SHORT_MILLIS), loops);
    final byte[] request = scan.getBytes(StandardCharsets.US_ASCII);
    final List<RawHttp> clients = new ArrayList<>();
    try {
      for (int at = 0; at < request.length; at++) {
        clients.add(connect().send(Arrays.copyOf(request, at)));
        for (final int change : new int[] {0x01, 0x20, 0x80}) {
          final byte[] mutated = request.clone();
          mutated[at] ^= (byte) change;
          clients.add(connect().send(mutated));
        }
      }
      int answered = 0;
      for (final RawHttp client : clients) {
        final byte[] answer = client.readAll();
        answered += answer.length > 0 ? 1 : 0;
        assertTrue(
            answer.length == 0
                || new String(answer, StandardCharsets.UTF_8).startsWith("HTTP/1.1 "));
      }
      assertEquals(clients.size() - 1, answered, "all but the empty one");
    } finally {
      for (final RawHttp client : clients) {
        client.close();
      }
    }
    assertAGoodScanIsAnswered();
  }

  private static String signedChange() {
    return signedChange(node);
  }

  public static String signedChange(TestNode by) {
    final HttpRequest change =
        new AuthorityClient(URI.create("http://x"), by.authority)
            .request("/v1/subjects/" + TestNode.RED.toHex() + "/status", "{\"colour\":\"red\"}");
    final StringBuilder text = new StringBuilder("PUT " + change.uri().getPath() + " HTTP/1.1\r\n");
    text.append("Host: localhost\r\nContent-Length: 16\r\n");
    change
        .headers()
        .map()
        .forEach((name, values) -> text.append(name + ": " + values.get(0) + "\r\n"));
    return text + "\r\n{\"colour\":\"red\"}";
  }

  @Test
  void aServerThatStopsAnswersWhatItHasTakenAndRefusesTheRest() throws Exception {
    final HeldLog log = new HeldLog(node.node.resources().log());
    final HttpServer.Context context = context().status(node.node.resources().statusMap(), log);
    try (RawHttp taken = start(context);
        RawHttp last = connect();
        RawHttp half = connect();
        RawHttp idle = connect()) {
      assertEquals(200, idle.send(RawHttp.get("/health/ready")).read().status());
      log.hold();
      taken.send(signedChange());
      last.send(signedChange());
      half.send("POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{");
      Patience.await("it comes", () -> server.bodyBytes() > 32);
      server.stop();
      assertRefusedAsStopping(half);
      assertTrue(idle.isAtEnd(), "a connection that is owed nothing is closed");
      assertThrows(IOException.class, this::connect);
      taken.send(RawHttp.get("/health/ready"));
      assertFalse(server.awaitStopped(System.nanoTime()), "answers are owed");
      log.release();
      final RawHttp.Answer first = taken.read();
      assertEquals(200, first.status(), "what was taken is answered");
      if ("close".equals(first.headers().get("connection"))) {
        assertTrue(taken.isAtEnd(), "what came after it was told so");
      } else {
        assertRefusedAsStopping(taken);
      }
      final RawHttp.Answer answer = last.read();
      assertEquals(200, answer.status());
      assertEquals("close", answer.headers().get("connection"));
      assertTrue(last.isAtEnd());
    }
    assertTrue(server.awaitStopped(System.nanoTime() + Patience.NANOS));
  }

  private static void assertRefusedAsStopping(RawHttp client) throws IOException {
    final RawHttp.Answer answer = client.read();
    assertProblem(answer, 503, "stopping");
    assertEquals("1", answer.headers().get("retry-after"));
    assertEquals("close", answer.headers().get("connection"));
    assertTrue(client.isAtEnd());
  }

  @Test
  void scansThatWereTakenBeforeTheStopAreAnsweredInTheirOrder() throws Exception {
    try (RawHttp client = start(context())) {
      client.send(scan.repeat(10));
      assertEquals(200, client.read().status());
      server.stop();
      int answered = 1;
      RawHttp.Answer answer = null;
      while (answered < 10) {
        answer = client.read();
        if (answer.status() == 503) {
          break;
        }
        assertEquals(200, answer.status());
        answered++;
      }
      if (answer.status() == 503) {
        assertProblem(answer, 503, "stopping");
      }
      assertTrue(client.isAtEnd(), "after " + answered);
    }
  }

  @Test
  void whatTheNodeHasNoKeysForItDoesNotDo() throws IOException {
    final HttpServer.Context bare =
        context()
            .minting(CodeFormat.GD1, Optional.empty(), Optional.empty(), new MintMetrics())
            .authorities(Optional.empty());
    final String subject = "{\"subject\":\"" + TestNode.GREEN.toHex() + "\"}";
    try (RawHttp client = start(bare)) {
      assertProblem(client.send(RawHttp.post("/v1/codes", subject)).read(), 501, "no-minting");
      assertProblem(
          client.send(RawHttp.post("/v1/subjects/status", "{}").replace("POST", "PUT")).read(),
          403,
          "no-authorities");
    }
  }

  @Test
  void aNodeWhoseKeysAreOutOfDateSaysSo() throws IOException {
    final String subject = "{\"subject\":\"" + TestNode.GREEN.toHex() + "\"}";
    final SigningKeys keys = node.node.resources().signingKeys().orElseThrow();
    final MintMetrics metrics = new MintMetrics();
    final MintPipeline.Context late =
        new MintPipeline.Context(
            CodeFormat.GD1,
            keys,
            node.node.resources().statusMap(),
            () -> true,
            () -> false,
            () -> 4_000_000_000L);
    try (MintPipeline pipeline =
            new MintPipeline(64, 1, new BlockingWaitStrategy(), 0, late, metrics);
        RawHttp client =
            start(
                context()
                    .minting(CodeFormat.GD1, Optional.of(keys), Optional.of(pipeline), metrics))) {
      assertProblem(client.send(RawHttp.post("/v1/codes", subject)).read(), 503, "no-signing-key");
    }
  }
}
