package gongbei.verifier.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.testing.OneJdk;
import gongbei.testing.Patience;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.TestNode;
import gongbei.verifier.access.ApiKey;
import gongbei.verifier.access.ApiKeys;
import gongbei.verifier.access.Role;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.http.guard.WorkClass;
import gongbei.verifier.http.transport.HttpConnectionTest;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** One caller takes what it can get, through sockets; the others are answered all the same. */
@ExtendWith(LeakWatch.class)
@OneJdk
final class CallersTest {
  private static final int MEBIBYTE = 1 << 20;
  private static final int HALF = MEBIBYTE / 2;
  private static final int PAPERS = 200;
  @AutoClose private static TestNode node;

  @TempDir private Path directory;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final List<RawHttp> clients = new ArrayList<>();
  private HttpServer server;

  @BeforeAll
  static void startNode() throws Exception {
    node = new TestNode(new NodeConfig.Pipeline(64, 1, 8, null, null));
  }

  @AfterEach
  void stop() throws Exception {
    for (final RawHttp client : clients) {
      client.close();
    }
    if (server != null) {
      server.close();
      Patience.await("it comes", () -> server.connections() == 0);
      assertEquals(0, server.bodyBytes(), "bytes of bodies counted to the end");
    }
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private void start(HttpServer.Context context) throws IOException {
    server = new HttpServer(context, loops);
  }

  private static HttpServer.Context context() {
    return HttpConnectionTest.context(node);
  }

  private RawHttp connect() throws IOException {
    return connect("127.0.0.1");
  }

  private RawHttp connect(String from) throws IOException {
    final Socket socket = new Socket();
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    final RawHttp client = new RawHttp(socket);
    clients.add(client);
    return client;
  }

  private String key(Role role) throws Exception {
    final ApiKey.Made made = ApiKey.make(role.wireName(), Set.of(role), null);
    ApiKeys.add(directory.resolve("keys"), made.key());
    return made.text();
  }

  private HttpServer.Context keyed() throws Exception {
    return context().access(Optional.of(ApiKeys.ofFile(directory.resolve("keys"))), false);
  }

  /** A request's header, and as much of its body as is given. */
  private static String post(String path, String key, int length, String body) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        + (key == null ? "" : "Authorization: Bearer " + key + "\r\n")
        + "Content-Length: "
        + length
        + "\r\n\r\n"
        + body;
  }

  private static String scan(String key) {
    final String body =
        "{\"checkpoint\":\"metro\",\"code\":\""
            + node.code(CodeFormat.GD1, TestNode.GREEN, 0, 3_600)
            + "\"}";
    return post("/v1/scans", key, body.length(), body);
  }

  private static String batch(String key, int codes) {
    final String body =
        "{\"checkpoint\":\"metro\",\"codes\":["
            + "\"HC2:X\",".repeat(codes - 1)
            + "\"HC2:X\"]}"
            + " ".repeat(MEBIBYTE / 10);
    return post("/v1/scans/batch", key, body.length(), body);
  }

  private static String papers() {
    final String paper = "{\"subject\":\"" + TestNode.GREEN.toHex() + "\"}";
    return "{\"papers\":[" + (paper + ",").repeat(PAPERS - 1) + paper + "]}";
  }

  private static void assertProblem(RawHttp.Answer answer, int status, String type) {
    assertEquals(status, answer.status(), answer.body());
    assertTrue(answer.body().contains("\"/problems/" + type + "\""), answer.body());
  }

  private void assertScansAreAnswered(int scans, String key) throws IOException {
    final RawHttp good = connect();
    final String scan = scan(key);
    for (int i = 0; i < scans; i++) {
      final RawHttp.Answer answer = good.send(scan).read();
      assertEquals(200, answer.status(), i + ": " + answer.body());
    }
  }

  @Test
  void bodiesOfWhoShowsNoKeyTakeNoRoom() throws Exception {
    final String checkpoint = key(Role.CHECKPOINT);
    final String issuer = key(Role.ISSUER);
    start(keyed().room(1_000, 8 * MEBIBYTE));
    final List<RawHttp> strangers = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      // Some show nothing, some a key that is none, some one of another role.
      final String shown =
          i % 3 == 0 ? null : i % 3 == 1 ? "gbk-00000000-" + "A".repeat(43) : issuer;
      final RawHttp stranger = connect();
      stranger.send(post("/v1/scans/batch", shown, MEBIBYTE, " ".repeat(HALF)));
      strangers.add(stranger);
    }
    assertScansAreAnswered(251, checkpoint);
    assertEquals(200, connect().send(batch(checkpoint, 10)).read().status());
    assertEquals(0, server.bodyBytes());
    for (int i = 0; i < 3; i++) {
      final RawHttp.Answer answer = strangers.get(i).send(" ".repeat(HALF)).read();
      assertProblem(
          answer, i == 2 ? 403 : 401, List.of("key-missing", "unknown-key", "role-missing").get(i));
    }
    final RawHttp again = strangers.get(2);
    assertEquals(404, again.send(RawHttp.get("/nowhere")).read().status(), "it is served on");
  }

  @Test
  void whoIsRefusedIsNotAskedForTheirBody() throws Exception {
    final String issuer = key(Role.ISSUER);
    start(keyed());
    for (final String shown : new String[] {null, issuer}) {
      final RawHttp client = connect();
      client.send(
          post("/v1/scans", shown, MEBIBYTE, "")
              .replace("Content-Length", "Expect: 100-continue\r\nContent-Length"));
      assertEquals(shown == null ? 401 : 403, client.read().status());
      assertTrue(client.isAtEnd());
    }
  }

  @Test
  void aCallerHoldsNoMoreThanAShareOfTheRoomForBodies() throws Exception {
    final String greedy = key(Role.CHECKPOINT);
    final String other = key(Role.CHECKPOINT);
    start(keyed().room(1_000, 8 * MEBIBYTE));
    for (int i = 0; i < 12; i++) {
      final RawHttp client = connect();
      client.send(post("/v1/scans/batch", greedy, MEBIBYTE, " ".repeat(HALF)));
      if (i < 4) {
        final long held = (i + 1L) * HALF;
        Patience.await("it comes", () -> server.bodyBytes() == held);
      } else {
        final RawHttp.Answer answer = client.read();
        assertProblem(answer, 429, "too-much-at-once");
        assertEquals("1", answer.headers().get("retry-after"));
      }
    }
    assertEquals(200, connect().send(batch(other, 10)).read().status());
    assertScansAreAnswered(20, other);
  }

  @Test
  void longBodiesLeaveRoomForSmallOnes() throws Exception {
    start(keyedByFour().room(1_000, 8 * MEBIBYTE));
    long held = 0;
    for (int i = 0; i < 12; i++) {
      connect().send(post("/v1/scans/batch", keys.get(i / 4), MEBIBYTE, " ".repeat(HALF)));
      held += HALF;
      final long now = held;
      Patience.await("it comes", () -> server.bodyBytes() == now);
    }
    assertProblem(connect().send(batch(keys.get(3), 10)).read(), 503, "busy");
    final String scan = scan(keys.get(3));
    final RawHttp slow = connect();
    final long before = held;
    slow.send(scan.substring(0, scan.length() - 10));
    Patience.await("it comes", () -> server.bodyBytes() > before);
    assertEquals(200, slow.send(scan.substring(scan.length() - 10)).read().status());
    assertScansAreAnswered(20, keys.get(3));
  }

  private final List<String> keys = new ArrayList<>();

  private HttpServer.Context keyedByFour() throws Exception {
    for (int i = 0; i < 4; i++) {
      keys.add(key(Role.CHECKPOINT));
    }
    return keyed();
  }

  @Test
  void papersDoNotStandBeforeAnAuthoritysChangeAndAreDroppedWhenTheirClientGoes() throws Exception {
    start(context());
    final long codesBefore = node.node.mintMetrics().minted();
    final String body = papers();
    final String request = post("/v1/papers", null, body.length(), body);
    final int most = WorkClass.PRINTS.maxHeldOfCaller();
    final List<RawHttp> printers = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      printers.add(connect().send(request));
    }
    Patience.await("it comes", () -> server.held(WorkClass.PRINTS) >= most - 4);
    final HttpResponse<String> change =
        new AuthorityClient(URI.create("http://127.0.0.1:" + server.port()), node.authority)
            .put("/v1/subjects/" + TestNode.RED.toHex() + "/status", "{\"colour\":\"red\"}");
    assertEquals(200, change.statusCode(), change.body());
    assertTrue(server.held(WorkClass.PRINTS) > most / 2, "most papers are not printed yet");
    assertScansAreAnswered(10, null);
    for (final RawHttp printer : printers) {
      printer.close();
    }
    Patience.await("it comes", () -> server.held(WorkClass.PRINTS) == 0);
    final long codes = node.node.mintMetrics().minted() - codesBefore;
    assertTrue(codes < (long) most * PAPERS, codes + " codes were made for nobody");
  }

  @Test
  void aRequestCostsWhatItTakes() throws Exception {
    final String issuer = key(Role.PAPER);
    final String printer = key(Role.PAPER);
    start(keyed().rates(5, 0));
    final String body = papers();
    final RawHttp first = connect();
    assertEquals(200, first.send(post("/v1/papers", issuer, body.length(), body)).read().status());
    final RawHttp.Answer next = first.send(post("/v1/codes", issuer, 2, "{}")).read();
    assertProblem(next, 429, "too-many-requests");
    assertTrue(Integer.parseInt(next.headers().get("retry-after")) >= 1);
    final RawHttp chunked = connect();
    chunked.send(
        post("/v1/papers", printer, 0, "")
                .replace("Content-Length: 0", "Transfer-Encoding: chunked")
            + Integer.toHexString(body.length())
            + "\r\n"
            + body
            + "\r\n0\r\n\r\n");
    assertEquals(200, chunked.read().status());
    assertProblem(
        chunked.send(post("/v1/codes", printer, 2, "{}")).read(), 429, "too-many-requests");
  }

  @Test
  void theIdlestConnectionOfWhoHasMostGivesWay() throws Exception {
    start(context().room(10, 8 * MEBIBYTE).connectionsPerAddress(10));
    final List<RawHttp> many = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      many.add(connect("127.0.0.2"));
    }
    Patience.await("it comes", () -> server.connections() == 10);
    for (int i = 9; i >= 0; i--) {
      if (i != 6) {
        assertEquals(200, many.get(i).send(RawHttp.get("/health/live")).read().status());
      }
    }
    assertEquals(200, connect().send(scan(null)).read().status());
    assertTrue(many.get(6).isAtEnd(), "it never asked anything");
    assertEquals(200, connect("127.0.0.3").send(scan(null)).read().status());
    assertTrue(many.get(9).isAtEnd(), "it asked longest ago");
    assertProblem(connect("127.0.0.2").read(), 503, "busy");
    assertEquals(200, many.get(0).send(scan(null)).read().status());
    assertEquals(10, server.connections());
  }

  @Test
  void whatIsBeingAnsweredDoesNotGiveWay() throws Exception {
    final HeldLog log = new HeldLog(node.node.resources().log());
    start(context().status(node.node.resources().statusMap(), log).room(4, 8 * MEBIBYTE));
    log.hold();
    final List<RawHttp> owed = new ArrayList<>();
    final String change = HttpConnectionTest.signedChange(node);
    owed.add(connect("127.0.0.2").send(change));
    Patience.await("it comes", () -> server.held(WorkClass.CHANGES) == 1);
    for (int i = 0; i < 3; i++) {
      assertEquals(200, connect("127.0.0.2").send(RawHttp.get("/health/live")).read().status());
    }
    assertEquals(200, connect().send(scan(null)).read().status());
    log.release();
    assertEquals(200, owed.get(0).read().status());
  }

  @Test
  void aPageOfAnotherSiteGetsNothingDone() throws Exception {
    start(context().hosts(Set.of("node.example")));
    final String body = "{\"subject\":\"" + TestNode.GREEN.toHex() + "\"}";
    final String good = post("/v1/codes", null, body.length(), body);
    for (final String[] each :
        new String[][] {
          {"Host: localhost", "Host: localhost", "201"},
          {"Host: localhost", "Host: LOCALHOST.:8080", "201"},
          {"Host: localhost", "Host: 127.0.0.1:" + server.port(), "201"},
          {"Host: localhost", "Host: [::1]:" + server.port(), "201"},
          {"Host: localhost", "Host: node.example", "201"},
          {"Host: localhost", "Host: rebound.example", "421 wrong-host"},
          {"Host: localhost", "Host: rebound.example:" + server.port(), "421 wrong-host"},
          {"Host: localhost", "Host: 127.0.0.1.rebound.example", "421 wrong-host"},
          {"Host: localhost", "Host: x", "421 wrong-host"},
          {"Host: localhost", "Host: ", "421 wrong-host"},
          {"POST /v1", "POST http://rebound.example/v1", "421 wrong-host"},
          {"\r\nContent-L", "\r\nOrigin: http://localhost\r\nContent-L", "201"},
          {"\r\nContent-L", "\r\nOrigin: https://node.example\r\nContent-L", "201"},
          {
            "\r\nContent-L", "\r\nOrigin: http://rebound.example\r\nContent-L", "403 foreign-origin"
          },
          {"\r\nContent-L", "\r\nOrigin: http://localhost:3000\r\nContent-L", "403 foreign-origin"},
          {"\r\nContent-L", "\r\nOrigin: null\r\nContent-L", "403 foreign-origin"},
          {"Content-Type: application/json\r\n", "", "415 unsupported-media-type"},
          {"application/json", "text/plain", "415 unsupported-media-type"},
        }) {
      assertTrue(good.contains(each[0]), each[0]);
      final RawHttp.Answer answer = connect().send(good.replace(each[0], each[1])).read();
      final String[] wanted = each[2].split(" ", -1);
      assertEquals(wanted[0], Integer.toString(answer.status()), each[1] + ": " + answer);
      if (wanted.length > 1) {
        assertProblem(answer, answer.status(), wanted[1]);
      }
    }
  }

  @Test
  void whereAKeyMustBeShownTheNameIsTheProxysToSayAndTheOriginIsLookedAt() throws Exception {
    final String checkpoint = key(Role.CHECKPOINT);
    start(keyed());
    final String scan = scan(checkpoint).replace("Host: localhost", "Host: gate.example");
    assertEquals(200, connect().send(scan).read().status());
    assertEquals(
        200,
        connect().send(scan.replace("Content-Type: application/json\r\n", "")).read().status());
    assertProblem(
        connect()
            .send(scan.replace("\r\nContent-L", "\r\nOrigin: https://evil.example\r\nContent-L"))
            .read(),
        403,
        "foreign-origin");
  }

  @Test
  void aFoldedHeaderFieldIsRefusedWhereverItIsCut() throws Exception {
    start(context());
    final String scan = scan(null);
    for (final String folded :
        List.of(
            "X: a\r\n b\r\n", "X: a\r\n\tb\r\n", "X:\r\n a\r\n", " X: a\r\n", "X: a\r\n \r\n")) {
      final String request = scan.replace("Content-Type", folded + "Content-Type");
      final int at = request.indexOf(folded);
      for (int cut = at; cut <= at + folded.length(); cut++) {
        final RawHttp client = connect();
        client.send(request.substring(0, cut));
        // Alone on its way, so that the parts come one by one.
        final RawHttp.Answer between = connect().send(RawHttp.get("/health/live")).read();
        assertEquals(200, between.status());
        assertProblem(client.send(request.substring(cut)).read(), 400, "malformed-request");
      }
    }
    final RawHttp client = connect();
    final String body = scan.substring(scan.indexOf('{')).replace(",", "\n ,\n\t");
    for (int i = 0; i < 3; i++) {
      final RawHttp.Answer answer =
          client.send(post("/v1/scans", null, body.length(), body)).read();
      assertEquals(200, answer.status(), "a body may have such lines: " + answer.body());
    }
  }

  @Test
  void aChangeWithoutALeaderIsRefusedSoonAndNothingIsChanged() throws Exception {
    final HeldLog log = new HeldLog(node.node.resources().log());
    start(context().status(node.node.resources().statusMap(), log));
    final long version = node.node.resources().statusMap().version();
    log.hasNoLeader(true);
    final String change = HttpConnectionTest.signedChange(node);
    final RawHttp client = connect();
    final RawHttp.Answer refusal = client.send(change).read();
    assertProblem(refusal, 503, "no-leader");
    assertEquals("1", refusal.headers().get("retry-after"));
    assertEquals(version, node.node.resources().statusMap().version());
    log.hasNoLeader(false);
    assertEquals(200, client.send(change).read().status(), "the same request may come again");
    log.hold();
    final String other = HttpConnectionTest.signedChange(node);
    client.send(other);
    Patience.await("it comes", () -> node.node.resources().statusMap().version() == version + 2);
    log.hasNoLeader(true);
    assertProblem(client.read(), 503, "no-answer");
    log.hasNoLeader(false);
    log.release();
    assertProblem(client.send(other).read(), 409, "replayed-request");
  }
}
