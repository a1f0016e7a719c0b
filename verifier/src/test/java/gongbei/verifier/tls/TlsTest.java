package gongbei.verifier.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.trust.TlsKeyGeneration;
import gongbei.testing.Patience;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.LoggedLines;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.client.DeviceException;
import gongbei.verifier.client.tls.ClientTls;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.config.TlsConfig;
import gongbei.verifier.node.Node;
import gongbei.verifier.node.NodeException;
import gongbei.verifier.protocol.GoodbyeCode;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.tcp.DeviceFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakWatch.class)
final class TlsTest {
  private static final byte[] NO_CREDENTIAL = {};
  private static final String MUTUAL = ", clientCaDirectory: ca";

  @TempDir private Path directory;

  private static void assertAnswers(TlsBed bed, ClientTls tls, String device) throws Exception {
    try (DeviceClient client = new DeviceClient(bed.tcp(), device, NO_CREDENTIAL, tls)) {
      assertEquals(
          ReasonCode.UNKNOWN_SUBJECT,
          client.at("metro").scan(bed.code()).get(Patience.SECONDS, TimeUnit.SECONDS).reason());
    }
  }

  private static HttpResponse<String> scanByHttp(TlsBed bed, ClientTls tls) throws Exception {
    final String body = "{\"checkpoint\":\"metro\",\"code\":\"" + bed.code() + "\"}";
    return tls.prepare(HttpClient.newBuilder())
        .build()
        .send(
            HttpRequest.newBuilder(
                    URI.create("https://localhost:" + bed.node.httpPort() + "/v1/scans"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  /** What a scan by HTTP over a socket of one's own is answered with. */
  private static String scanByHttp(TlsBed bed, Socket socket) throws IOException {
    socket.getOutputStream().write(scanRequest(bed).getBytes(StandardCharsets.US_ASCII));
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static String scanRequest(TlsBed bed) {
    final String body = "{\"checkpoint\":\"metro\",\"code\":\"" + bed.code() + "\"}";
    return "POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        + "Connection: close\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  @Test
  void anotherImplementationOfRfc8998ShakesHandsAndScans() throws Exception {
    try (TlsBed bed = new TlsBed(directory, TlsConfig.Suites.SM, "", "");
        Rfc8998Client client = new Rfc8998Client(bed.http())) {
      final String answer = client.ask(scanRequest(bed));
      assertTrue(answer.contains("unknown-subject"), answer);
    }
  }

  @Test
  void scansPassThroughTlsOnBothServers() throws Exception {
    try (TlsBed bed = new TlsBed(directory, TlsConfig.Suites.STANDARD, "", "")) {
      final ClientTls tls = bed.tls(null, TlsConfig.Suites.STANDARD);
      assertAnswers(bed, tls, "gate-1");
      final HttpResponse<String> answer = scanByHttp(bed, tls);
      assertTrue(answer.body().contains("unknown-subject"), answer.body());
      assertEquals("TLSv1.3", answer.sslSession().orElseThrow().getProtocol());
    }
  }

  @Test
  void chineseCommercialCryptographyIsSpokenOnTheWire() throws Exception {
    try (TlsBed bed = new TlsBed(directory, TlsConfig.Suites.SM, "", "")) {
      final ClientTls tls = bed.tls(null, TlsConfig.Suites.SM);
      for (final InetSocketAddress server : new InetSocketAddress[] {bed.tcp(), bed.http()}) {
        try (Socket socket = tls.connect(server, 10_000)) {
          final SSLSocket secured = (SSLSocket) socket;
          assertEquals("TLS_SM4_GCM_SM3", secured.getSession().getCipherSuite());
          assertEquals("TLSv1.3", secured.getSession().getProtocol());
          final X509Certificate shown =
              (X509Certificate) secured.getSession().getPeerCertificates()[0];
          assertEquals("1.2.156.10197.1.501", shown.getSigAlgOID(), "SM2 with SM3 (GM/T 0006)");
        }
      }
      assertAnswers(bed, tls, "gate-1");
      try (Socket socket = tls.connect(bed.http(), 10_000)) {
        final String answer = scanByHttp(bed, socket);
        assertTrue(answer.contains("unknown-subject"), answer);
      }
      assertThrows(
          IOException.class,
          () -> ClientTls.of(new ClientTls.Context()).connect(bed.http(), 10_000),
          "nothing else is spoken there");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aDeviceIsWhoItsCertificateSays(TlsConfig.Suites suites) throws Exception {
    try (TlsBed bed = new TlsBed(directory, suites, MUTUAL, "")) {
      final ClientTls known = bed.tls(bed.client("gate-7", bed.authority), suites);
      assertAnswers(bed, known, "gate-7");
      final DeviceException.Disconnected other =
          assertThrows(
              DeviceException.Disconnected.class,
              () -> new DeviceClient(bed.tcp(), "gate-8", NO_CREDENTIAL, known));
      assertEquals(GoodbyeCode.BAD_CREDENTIAL, other.goodbye());
      for (final ClientTls refused :
          new ClientTls[] {
            bed.tls(null, suites), bed.tls(bed.client("gate-7", bed.stranger()), suites)
          }) {
        assertThrows(
            IOException.class, () -> new DeviceClient(bed.tcp(), "gate-7", NO_CREDENTIAL, refused));
      }
      assertAnswers(bed, known, "gate-7");
    }
  }

  @Test
  void aDeviceThatTheFileDoesNotNameIsNotLetInByACertificate() throws Exception {
    assertTrue(new DeviceFile(directory.resolve("devices")).enrol("gate-1", false).isPresent());
    try (TlsBed bed =
        new TlsBed(directory, TlsConfig.Suites.STANDARD, MUTUAL, "deviceFile: devices\n")) {
      assertAnswers(
          bed, bed.tls(bed.client("gate-1", bed.authority), TlsConfig.Suites.STANDARD), "gate-1");
      final ClientTls unlisted =
          bed.tls(bed.client("gate-2", bed.authority), TlsConfig.Suites.STANDARD);
      assertEquals(
          GoodbyeCode.BAD_CREDENTIAL,
          assertThrows(
                  DeviceException.Disconnected.class,
                  () -> new DeviceClient(bed.tcp(), "gate-2", NO_CREDENTIAL, unlisted))
              .goodbye());
    }
  }

  /** The role of each certificate at each of the two servers, as an outsider holds it out. */
  @Test
  void aCertificateServesTheEndsThatItWasIssuedForAndNoOther() throws Exception {
    final TlsConfig.Suites suites = TlsConfig.Suites.STANDARD;
    try (TlsBed bed = new TlsBed(directory, suites, MUTUAL, "")) {
      final String change = "PUT /v1/subjects/00000000000000000000000000000000/status";
      final ClientTls device = bed.tls(bed.client("gate-7", bed.authority, "device"), suites);
      final ClientTls bureau = bed.tls(bed.client("Bureau", bed.authority, "authority"), suites);
      final ClientTls gate = bed.tls(bed.client("gate-8", bed.authority, "checkpoint"), suites);
      final ClientTls none = bed.tls(bed.client("gate-9", bed.authority, new String[0]), suites);
      final ClientTls both =
          bed.tls(bed.client("gate-6", bed.authority, "device", "checkpoint"), suites);
      // A device passes for no authority, and no authority for a device.
      for (final ClientTls each : List.of(device, none, gate)) {
        final String refusal = ask(bed, each, change);
        assertTrue(refusal.startsWith("HTTP/1.1 403"), refusal);
        assertTrue(refusal.contains("role-missing"), refusal);
      }
      final String next = ask(bed, bureau, change);
      assertFalse(next.contains("role-missing"), "its role is not what is missing: " + next);
      assertEquals(403, scanByHttp(bed, device).statusCode());
      assertEquals(403, scanByHttp(bed, none).statusCode());
      assertEquals(403, scanByHttp(bed, bureau).statusCode());
      assertEquals(200, scanByHttp(bed, gate).statusCode());
      assertEquals(200, scanByHttp(bed, both).statusCode());
      assertAnswers(bed, device, "gate-7");
      assertAnswers(bed, both, "gate-6");
      final Map<String, ClientTls> noDevices =
          Map.of("Bureau", bureau, "gate-8", gate, "gate-9", none);
      for (final Map.Entry<String, ClientTls> each : noDevices.entrySet()) {
        assertEquals(
            GoodbyeCode.BAD_CREDENTIAL,
            assertThrows(
                    DeviceException.Disconnected.class,
                    () ->
                        new DeviceClient(bed.tcp(), each.getKey(), NO_CREDENTIAL, each.getValue()))
                .goodbye());
      }
    }
  }

  /** Answers of a new connection and of one that is there, over HTTP and from a device. */
  @Test
  void aRevokedCertificateCountsNoMoreOnNewConnectionsAndOnThoseThatAreThere() throws Exception {
    final TlsConfig.Suites suites = TlsConfig.Suites.STANDARD;
    final Path revoked = Files.writeString(directory.resolve("revoked"), "# nobody yet\n");
    try (TlsBed bed = new TlsBed(directory, suites, MUTUAL + ", revokedFile: revoked", "")) {
      final Path lost = bed.client("gate-7", bed.authority, "device", "checkpoint");
      final ClientTls thief = bed.tls(lost, suites);
      final ClientTls other = bed.tls(bed.client("gate-8", bed.authority, "device"), suites);
      final DeviceClient there = new DeviceClient(bed.tcp(), "gate-7", NO_CREDENTIAL, thief);
      final DeviceClient neighbour = new DeviceClient(bed.tcp(), "gate-8", NO_CREDENTIAL, other);
      try (Socket socket = thief.connect(bed.http(), 10_000)) {
        assertTrue(scanOn(bed, socket).contains("unknown-subject"));
        Files.writeString(revoked, "# lost on 27 November\n" + serialOf(lost) + "  # gate-7\n");
        Patience.await("it is revoked", () -> scanOn(bed, socket).contains("revoked-certificate"));
      }
      assertTrue(scanByHttp(bed, thief).body().contains("revoked-certificate"));
      assertEquals(
          GoodbyeCode.REVOKED,
          assertThrows(
                  DeviceException.Disconnected.class,
                  () -> new DeviceClient(bed.tcp(), "gate-7", NO_CREDENTIAL, thief))
              .goodbye());
      final ExecutionException ended =
          assertThrows(
              ExecutionException.class,
              () ->
                  Patience.await(
                      "a connection that is there ends",
                      () -> {
                        there.at("metro").scan(bed.code()).get(Patience.SECONDS, TimeUnit.SECONDS);
                        return false;
                      }));
      assertEquals(
          GoodbyeCode.REVOKED, ((DeviceException.Disconnected) ended.getCause()).goodbye());
      // A list that can't be read gives nobody their certificate back.
      try (LoggedLines logged = new LoggedLines()) {
        Files.writeString(revoked, "gate-7\n");
        logged.await("Left out of the TLS certificate of http", "revoked");
      }
      assertTrue(scanByHttp(bed, thief).body().contains("revoked-certificate"));
      assertEquals(
          ReasonCode.UNKNOWN_SUBJECT,
          neighbour.at("metro").scan(bed.code()).get(Patience.SECONDS, TimeUnit.SECONDS).reason());
      there.close();
      neighbour.close();
    }
  }

  /** What a scan is answered with on a connection that stays. */
  private static String scanOn(TlsBed bed, Socket socket) throws IOException {
    socket
        .getOutputStream()
        .write(
            scanRequest(bed)
                .replace("Connection: close", "Content-Type: application/json")
                .getBytes(StandardCharsets.US_ASCII));
    final StringBuilder answer = new StringBuilder();
    while (answer.indexOf("\r\n\r\n") < 0 || answer.charAt(answer.length() - 1) != '}') {
      final int octet = socket.getInputStream().read();
      assertTrue(octet >= 0, answer.toString());
      answer.append((char) octet);
    }
    return answer.toString();
  }

  private static String serialOf(Path client) throws Exception {
    try (InputStream file = Files.newInputStream(client.resolve("client.cert.pem"))) {
      return ((X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(file))
          .getSerialNumber()
          .toString(16);
    }
  }

  /** The head and body of an answer to a request without a body. */
  private static String ask(TlsBed bed, ClientTls tls, String request) throws Exception {
    try (Socket socket = tls.connect(bed.http(), 10_000)) {
      socket
          .getOutputStream()
          .write(
              (request
                      + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                      + "Content-Length: 2\r\nConnection: close\r\n\r\n{}")
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aClientMayDoWithoutACertificateWhereItIsOptional() throws Exception {
    try (TlsBed bed =
        new TlsBed(
            directory, TlsConfig.Suites.STANDARD, MUTUAL + ", clientCertificate: optional", "")) {
      final HttpResponse<String> bare = scanByHttp(bed, bed.tls(null, TlsConfig.Suites.STANDARD));
      assertEquals(401, bare.statusCode());
      assertTrue(bare.body().contains("key-missing"), bare.body());
      final HttpResponse<String> certified =
          scanByHttp(
              bed,
              bed.tls(bed.client("Bureau", bed.authority, "authority"), TlsConfig.Suites.STANDARD));
      assertEquals(403, certified.statusCode(), "this one was issued for an authority");
      assertTrue(certified.body().contains("certificate has authority"), certified.body());
      final ClientTls stranger =
          bed.tls(bed.client("gate-7", bed.stranger()), TlsConfig.Suites.STANDARD);
      assertThrows(IOException.class, () -> scanByHttp(bed, stranger));
    }
  }

  @Test
  void anotherCertificateIsTakenUpWithoutARestart() throws Exception {
    try (TlsBed bed = new TlsBed(directory, TlsConfig.Suites.STANDARD, "", "")) {
      final ClientTls tls = bed.tls(null, TlsConfig.Suites.STANDARD);
      final DeviceClient before = new DeviceClient(bed.tcp(), "gate-1", NO_CREDENTIAL, tls);
      final Object first = certificate(bed, tls);
      bed.writeServer();
      Patience.await("another is shown", () -> !certificate(bed, tls).equals(first));
      final Object now = certificate(bed, tls);
      try (LoggedLines logged = new LoggedLines()) {
        Files.writeString(directory.resolve("server.key.pem"), "no key");
        logged.await("Left out of the TLS certificate of http", "server.key.pem");
      }
      assertEquals(now, certificate(bed, tls), "a fault leaves what was in force");
      assertEquals(
          ReasonCode.UNKNOWN_SUBJECT,
          before.at("metro").scan(bed.code()).get(Patience.SECONDS, TimeUnit.SECONDS).reason(),
          "a connection that is there stays");
      before.close();
    }
  }

  /** A file whose time is older, and an authority that goes away beside a file at fault. */
  @Test
  void whatIsShownAndWhoIsTrustedIsWhatTheFilesSayNow() throws Exception {
    final FileTime longAgo = FileTime.fromMillis(1_000_000_000_000L);
    try (TlsBed bed = new TlsBed(directory, TlsConfig.Suites.STANDARD, MUTUAL, "")) {
      final TlsKeyGeneration.TlsKey second = bed.stranger();
      second.write("second", directory.resolve("second"));
      Files.copy(directory.resolve("second/second.cert.pem"), directory.resolve("ca/second.crt"));
      final ClientTls bySecond = bed.tls(bed.client("gate-7", second), TlsConfig.Suites.STANDARD);
      final ClientTls byFirst =
          bed.tls(bed.client("gate-8", bed.authority), TlsConfig.Suites.STANDARD);
      awaitShakesHands(true, bed, bySecond);
      Files.writeString(directory.resolve("ca/torn.pem"), "-----BEGIN CERTIFICATE-----\nAAAA");
      Files.delete(directory.resolve("ca/second.crt"));
      awaitShakesHands(false, bed, bySecond);
      awaitShakesHands(true, bed, byFirst);

      final Object shown = certificate(bed, byFirst);
      bed.writeServer();
      Files.setLastModifiedTime(directory.resolve("server.key.pem"), longAgo);
      Files.setLastModifiedTime(directory.resolve("server.cert.pem"), longAgo);
      Patience.await("another is shown", () -> !certificate(bed, byFirst).equals(shown));
    }
  }

  private static void awaitShakesHands(boolean expected, TlsBed bed, ClientTls tls)
      throws Exception {
    Patience.await(
        expected ? "hands are shaken" : "no hands are shaken",
        () -> shakesHands(bed, tls) == expected);
  }

  /** Which answer it is depends on the role of a certificate, not on whether it is trusted. */
  private static boolean shakesHands(TlsBed bed, ClientTls tls) throws Exception {
    try {
      return scanByHttp(bed, tls).statusCode() > 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static Object certificate(TlsBed bed, ClientTls tls) throws IOException {
    try (Socket socket = tls.connect(bed.http(), 10_000)) {
      return ((SSLSocket) socket).getSession().getPeerCertificates()[0];
    }
  }

  @Test
  void clientsThatSpeakPlainTextAreToldSo() throws Exception {
    try (TlsBed bed = new TlsBed(directory, TlsConfig.Suites.STANDARD, "", "")) {
      try (Socket socket = new Socket("localhost", bed.node.httpPort())) {
        final String answer = scanByHttp(bed, socket);
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        assertTrue(answer.contains("/problems/tls-required"), answer);
      }
      assertEquals(
          GoodbyeCode.UNSUPPORTED_PROTOCOL,
          assertThrows(
                  DeviceException.Disconnected.class,
                  () -> new DeviceClient(bed.tcp(), "gate-1", NO_CREDENTIAL))
              .goodbye());
      assertAnswers(bed, bed.tls(null, TlsConfig.Suites.STANDARD), "gate-1");
    }
  }

  @Test
  void aServerThatIsNotTrustedOrAskedByAnotherNameIsLeft() throws Exception {
    try (TlsBed bed = new TlsBed(directory, TlsConfig.Suites.STANDARD, "", "")) {
      assertThrows(
          SSLException.class,
          () -> ClientTls.of(new ClientTls.Context()).connect(bed.http(), 5_000));
      final Path certificate =
          new TlsKeyGeneration(false, Instant.now(), Instant.now().plusSeconds(600))
              .authority("Other")
              .write("other", directory.resolve("other"));
      assertThrows(
          SSLException.class,
          () ->
              ClientTls.of(new ClientTls.Context().caFile(certificate)).connect(bed.http(), 5_000));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "tcp"})
  void plainTextIsRefusedBeyondTheLoopbackUnlessSaidExplicitly(String server) throws Exception {
    final String refusal =
        assertThrows(ConfigException.class, () -> read(server + ": {host: 0.0.0.0, port: 0}"))
            .getMessage();
    assertTrue(
        refusal.contains(server + ".host is 0.0.0.0, no loopback address: tls is missing"),
        refusal);
    final String unknown =
        assertThrows(
                ConfigException.class,
                () -> read(server + ": {host: 192.0.2.1, port: 0, allowPlainText: true}"))
            .getMessage();
    assertTrue(unknown.contains(server + ".tls.clientCaDirectory"), unknown);
    assertTrue(
        read(server + ": {host: 192.0.2.1, port: 0, allowPlainText: true, allowAnonymous: true}")
            != null);
    for (final String host : new String[] {"127.0.0.1", "127.1.2.3", "localhost", "'::1'"}) {
      read(server + ": {host: " + host + ", port: 0}");
    }
  }

  private NodeConfig read(String yaml) throws Exception {
    return NodeConfig.read(Files.writeString(directory.resolve("read.yaml"), yaml));
  }

  @Test
  void filesThatCantBeUsedAreNamedAtTheStart() throws Exception {
    try (TlsBed bed = new TlsBed(directory, TlsConfig.Suites.STANDARD, "", "")) {
      final Path other = bed.client("x", bed.stranger());
      for (final String[] wrong :
          new String[][] {
            {"certificateFile: none.pem, keyFile: server.key.pem", "none.pem does not exist"},
            {
              "certificateFile: server.cert.pem, keyFile: server.cert.pem",
              "server.cert.pem holds 0 private keys, not one"
            },
            {
              "certificateFile: node.yaml, keyFile: server.key.pem",
              "node.yaml is neither PEM nor DER"
            },
            {"certificateFile: server.key.pem, keyFile: server.key.pem", "holds no certificate"},
            {
              "certificateFile: server.cert.pem, keyFile: "
                  + directory.relativize(other)
                  + "/client.key.pem",
              "is not the key of the first certificate"
            },
            {
              "certificateFile: server.cert.pem, keyFile: server.key.pem, clientCaDirectory: none",
              "none does not exist"
            }
          }) {
        final NodeConfig config =
            read("http: {host: 127.0.0.1, port: 0, allowAnonymous: true, tls: {" + wrong[0] + "}}");
        final String refusal =
            assertThrows(NodeException.class, () -> Node.start(config)).getMessage();
        assertTrue(refusal.contains(wrong[1]), refusal);
      }
      final String lacking =
          assertThrows(
                  ConfigException.class,
                  () -> read("tcp: {host: 127.0.0.1, port: 0, tls: {keyFile: a}}"))
              .getMessage();
      assertTrue(lacking.contains("certificateFile is missing"), lacking);
    }
  }
}
