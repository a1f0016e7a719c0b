package gongbei.verifier.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.Subject;
import gongbei.testing.OneJdk;
import gongbei.testing.Patience;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.access.ApiKey;
import gongbei.verifier.access.ApiKeys;
import gongbei.verifier.access.Role;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.client.tls.ClientTls;
import gongbei.verifier.config.TlsConfig;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.tls.TlsBed;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What one client does wrong is answered clearly, and others don't notice: throughout every test
 * one checkpoint by HTTP and one device by TCP, both over TLS, keep scanning and are answered each
 * time.
 */
@ExtendWith(LeakWatch.class)
@OneJdk
final class AbuseTest {
  private static final String[] TLS_1_2 = {"TLSv1.2"};

  @TempDir private Path directory;

  private TlsBed bed;
  private ClientTls tls;
  private String checkpointKey;
  private String issuerKey;
  private Bystander bystander;

  /** Scans without end over connections of its own. */
  private final class Bystander implements Runnable {
    private final AtomicInteger scans = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Thread thread = new Thread(this, "bystander");
    private volatile boolean isDone;

    @Override
    public void run() {
      try (Socket http = tls.connect(bed.http(), 10_000);
          DeviceClient device = new DeviceClient(bed.tcp(), "gate-1", new byte[0], tls)) {
        http.setSoTimeout(Patience.MILLIS);
        final RawHttp checkpoint = new RawHttp(http);
        while (!isDone) {
          assertEquals(200, checkpoint.send(scan(checkpointKey)).read().status());
          assertEquals(
              ReasonCode.UNKNOWN_SUBJECT,
              device.at("metro").scan(bed.code()).get(Patience.SECONDS, TimeUnit.SECONDS).reason());
          scans.incrementAndGet();
        }
      } catch (Exception | AssertionError e) {
        failure.set(e);
      }
    }

    void assertUnaffected() throws InterruptedException {
      final int before = scans.get();
      Patience.await(
          "others are answered meanwhile",
          () -> scans.get() >= before + 3 || failure.get() != null);
      assertNull(failure.get());
    }
  }

  @BeforeEach
  void start() throws Exception {
    final Path keys = directory.resolve("keys");
    checkpointKey = keyOf(keys, Role.CHECKPOINT);
    issuerKey = keyOf(keys, Role.ISSUER);
    bed =
        new TlsBed(
            directory,
            TlsConfig.Suites.STANDARD,
            "",
            "signingKeyDirectory: trust\n"
                + "access: {apiKeyFile: keys, keyRequestsPerSecond: 0, addressRequestsPerSecond:"
                + " 20, connectionsPerAddress: 40}\n");
    tls = bed.tls(null, TlsConfig.Suites.STANDARD);
    bystander = new Bystander();
    bystander.thread.start();
    bystander.assertUnaffected();
  }

  private static String keyOf(Path file, Role role) throws Exception {
    final ApiKey.Made made = ApiKey.make(role.wireName(), Set.of(role), null);
    ApiKeys.add(file, made.key());
    return made.text();
  }

  @AfterEach
  void stop() throws Exception {
    bystander.assertUnaffected();
    bystander.isDone = true;
    bystander.thread.join(20_000);
    bed.close();
    assertNull(bystander.failure.get());
  }

  private String scan(String key) {
    return post("/v1/scans", key, "{\"checkpoint\":\"metro\",\"code\":\"" + bed.code() + "\"}");
  }

  private static String post(String path, String key, String body) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: localhost\r\n"
        + (key == null ? "" : "Authorization: Bearer " + key + "\r\n")
        + "Content-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private RawHttp connect() throws IOException {
    final Socket socket = tls.connect(bed.http(), 10_000);
    socket.setSoTimeout(Patience.MILLIS);
    return new RawHttp(socket);
  }

  private void assertAnswered(int status, String type, String request) throws IOException {
    try (RawHttp client = connect()) {
      final RawHttp.Answer answer = client.send(request).read();
      assertEquals(status, answer.status(), answer.body());
      assertTrue(answer.body().contains("/problems/" + type + "\""), answer.body());
    }
  }

  @Test
  void headersAndBodiesThatDribbleAreCutOff() throws Exception {
    try (RawHttp header = connect();
        RawHttp body = connect();
        Socket handshake = new Socket("localhost", bed.node.httpPort());
        Socket frame = tls.connect(bed.tcp(), 10_000)) {
      header.send("POST /v1/scans HTTP/1.1\r\n");
      body.send(scan(checkpointKey).replaceFirst("Content-Length: [0-9]+", "Content-Length: 900"));
      handshake.getOutputStream().write(22);
      frame.getOutputStream().write(new byte[] {60, 0, 0, 0, 1});
      // Nothing is written once they may be cut: what a server has not read ends a connection so
      // that its answer may be lost.
      final long started = System.nanoTime();
      while (System.nanoTime() - started < TimeUnit.SECONDS.toNanos(8)) {
        // The pace at which a slow client dribbles: more often than an idle connection is ended.
        TimeUnit.MILLISECONDS.sleep(200);
        header.send("X-A: b\r\n");
        body.send(" ");
      }
      assertEquals(408, header.read().status());
      assertEquals(408, body.read().status());
      handshake.setSoTimeout(Patience.MILLIS);
      while (handshake.getInputStream().read() >= 0) {
        // A TLS alert may come before the end.
      }
      frame.setSoTimeout(Patience.MILLIS);
      assertTrue(frame.getInputStream().readAllBytes().length > 0, "Goodbye, with a reason");
      bystander.assertUnaffected();
    }
  }

  @Test
  void headersThatAreTooLargeAreRefused() throws Exception {
    assertAnswered(
        431,
        "headers-too-large",
        "GET / HTTP/1.1\r\nHost: localhost\r\nX-Large: " + "x".repeat(20_000) + "\r\n\r\n");
    assertAnswered(
        414, "uri-too-long", "GET /" + "x".repeat(5_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  @Test
  void anAddressWithTooManyConnectionsIsToldSo() throws Exception {
    final List<RawHttp> many = new ArrayList<>();
    try {
      for (int i = 0; i < 39; i++) {
        many.add(connect());
      }
      try (RawHttp over = connect()) {
        final RawHttp.Answer answer = over.read();
        assertEquals(429, answer.status());
        assertTrue(answer.body().contains("too-many-connections"), answer.body());
        assertTrue(over.isAtEnd());
      }
      bystander.assertUnaffected();
    } finally {
      for (final RawHttp each : many) {
        each.close();
      }
    }
  }

  @Test
  void badTlsEndsItsOwnConnectionAlone() throws Exception {
    try (Socket plain = new Socket("localhost", bed.node.httpPort())) {
      plain.getOutputStream().write(scan(checkpointKey).getBytes(StandardCharsets.US_ASCII));
      final String answer =
          new String(plain.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(answer.startsWith("HTTP/1.1 400 ") && answer.contains("tls-required"), answer);
    }
    final SSLContext trusting = SSLContext.getInstance("TLS");
    trusting.init(null, new TrustManager[] {new Anybody()}, null);
    try (SSLSocket old =
        (SSLSocket) trusting.getSocketFactory().createSocket("localhost", bed.node.httpPort())) {
      old.setEnabledProtocols(TLS_1_2);
      final IOException refusal = assertThrows(IOException.class, old::startHandshake);
      assertTrue(refusal.getMessage().contains("protocol_version"), refusal.getMessage());
    }
    for (final int port : new int[] {bed.node.httpPort(), bed.node.tcpPort()}) {
      try (Socket garbage = new Socket("localhost", port)) {
        garbage.getOutputStream().write(new byte[] {22, 3, 1, 0, 5, 9, 9, 9, 9, 9});
        garbage.setSoTimeout(Patience.MILLIS);
        final byte[] alert = garbage.getInputStream().readAllBytes();
        assertTrue(alert.length < 100, "an alert at most, and the end");
      }
    }
  }

  /** Trusts whoever answers, to see what the server says. */
  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(
        java.security.cert.X509Certificate[] chain, String authenticationType) {
      // Anybody.
    }

    @Override
    public void checkServerTrusted(
        java.security.cert.X509Certificate[] chain, String authenticationType) {
      // Anybody.
    }

    @Override
    public java.security.cert.X509Certificate[] getAcceptedIssuers() {
      return new java.security.cert.X509Certificate[0];
    }
  }

  @Test
  void badJsonIsRefusedByItsPlace() throws Exception {
    assertAnswered(400, "malformed-json", post("/v1/scans", checkpointKey, "{\"checkpoint\":"));
    assertAnswered(400, "malformed-json", post("/v1/scans", checkpointKey, "[".repeat(10_000)));
    assertAnswered(
        400, "invalid-field", post("/v1/scans", checkpointKey, "{\"checkpoint\":1,\"code\":\"\"}"));
  }

  @Test
  void aWrongRoleAndAWrongKeyAreTold() throws Exception {
    assertAnswered(403, "role-missing", scan(issuerKey));
    assertAnswered(401, "key-missing", scan(null));
    assertAnswered(401, "unknown-key", scan("gbk-00000000-" + "A".repeat(43)));
    assertAnswered(401, "unknown-key", scan("password"));
  }

  @Test
  void whoGuessesKeysIsSlowedDownByTheirAddress() throws Exception {
    final String guess = "gbk-00000000-" + "A".repeat(43);
    try (RawHttp guesser = connect()) {
      RawHttp.Answer answer = guesser.send(scan(guess)).read();
      // A place in the bucket comes free every 50 ms: the first refusal counts, not the last
      // answer.
      for (int i = 1; i < 60 && answer.status() == 401; i++) {
        answer = guesser.send(scan(guess)).read();
      }
      assertEquals(429, answer.status(), answer.body());
      assertEquals("\"address\";q=40;w=2", answer.headers().get("ratelimit-policy"));
      assertTrue(Integer.parseInt(answer.headers().get("retry-after")) >= 1);
    }
  }

  @Test
  void aReplayedIdempotencyKeyIsAnsweredAsBefore() throws Exception {
    final Subject green = new Subject(1, 1);
    bed.node
        .resources()
        .log()
        .submit(List.of(StatusCommand.SetStatus.of(green).colour(Colour.GREEN).build()))
        .join();
    final String body = "{\"subject\":\"" + green.toHex() + "\"}";
    final String write =
        post("/v1/codes", issuerKey, body)
            .replace("\r\nContent", "\r\nIdempotency-Key: \"k-1\"\r\nContent");
    try (RawHttp client = connect()) {
      final RawHttp.Answer first = client.send(write).read();
      assertEquals(201, first.status(), first.body());
      final RawHttp.Answer again = client.send(write).read();
      assertEquals(201, again.status());
      assertEquals(first.body(), again.body(), "the very code of the first time");
      assertEquals("true", again.headers().get("idempotent-replayed"));
      final String other = write.replace(green.toHex(), green.toHex().replace('1', '2'));
      final RawHttp.Answer refused = client.send(other).read();
      assertEquals(422, refused.status());
      assertTrue(refused.body().contains("idempotency-key-reused"), refused.body());
    }
  }
}
