package gongbei.verifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import gongbei.codec.trust.KeyGeneration;
import gongbei.testing.SecretFile;
import gongbei.verifier.TestNode;
import gongbei.verifier.access.ApiKey;
import gongbei.verifier.access.ApiKeys;
import gongbei.verifier.access.Role;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.config.TlsConfig;
import gongbei.verifier.node.Node;
import gongbei.verifier.tls.TlsBed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a command says that does not get what it asks for: what happened, and what to do. */
final class FailureWordsTest extends CommandRuns {
  private static final String UNKNOWN = TestNode.UNKNOWN.toHex();

  @TempDir private Path directory;

  private void assertSays(int exitCode, String words, String... arguments) {
    assertEquals(exitCode, run(arguments), out + err);
    assertEquals("gongbei: " + words + "\n", err);
  }

  @Test
  void aCommandThatIsNotThereIsAnsweredWithTheOneThatIsNear() {
    final String see = "; see gongbei --help";
    assertSays(2, "unknown command 'verfy'; did you mean verify?" + see, "verfy", "abc");
    assertSays(2, "unknown command 'laod'; did you mean load?" + see, "laod", "x.csv");
    assertSays(2, "unknown command 'Status'; did you mean status?" + see, "Status");
    assertSays(2, "unknown command 'conjure'" + see, "conjure");
    assertSays(
        2,
        "unknown command 'snapshoot'; did you mean snapshot?; see gongbei cluster --help",
        "cluster",
        "snapshoot");
    assertSays(
        2,
        "unknown option --jsn; did you mean --json?; see gongbei status --help",
        "status",
        "--jsn");
    assertSays(2, "unknown option --warp; see gongbei status --help", "status", "--warp=9");
  }

  @Test
  void aRegionThatIsNoneIsToldByItsOptionAndItsForm() {
    assertSays(
        2,
        "--region 'gd' is not two capital letters, as in GD, MO or PT",
        "keygen",
        "--region",
        "gd",
        "--out",
        directory.toString());
  }

  @Test
  void tlsThatDoesNotComeAboutSaysWhatIsMissing() throws Exception {
    try (TlsBed bed = new TlsBed(directory, TlsConfig.Suites.STANDARD, "", "")) {
      final String http = "localhost:" + bed.node.httpPort();
      final String ca = directory.resolve("ca/ca.cert.pem").toString();
      assertSays(
          3,
          "https://"
              + http
              + " is not spoken to: its certificate is not trusted; give --ca FILE, the certificate"
              + " (PEM) of the authority that signed it",
          "status",
          "--url",
          "https://" + http);
      assertSays(
          1,
          "tls-required: this port speaks TLS; use https://" + http,
          "status",
          "--url",
          "http://" + http);
      assertEquals(0, run("status", "--url", "https://" + http, "--ca", ca), err);
      final String other = "127.0.0.2:" + bed.node.httpPort();
      if (isReachable("127.0.0.2", bed.node.httpPort())) {
        assertEquals(3, run("status", "--url", "https://" + other, "--ca", ca));
        assertTrue(err.contains("its certificate is for another name than 127.0.0.2"), err);
      }
      final String devices = "localhost:" + bed.node.tcpPort();
      assertEquals(1, run("device-test", devices), err);
      assertTrue(out.contains("this port speaks TLS; give --ca"), out);
    }
  }

  private static boolean isReachable(String address, int port) {
    try (Socket socket = new Socket(address, port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aServerThatWantsACertificateIsGivenOne() throws Exception {
    try (TlsBed bed =
        new TlsBed(directory, TlsConfig.Suites.STANDARD, ", clientCaDirectory: ca", "")) {
      final String url = "https://localhost:" + bed.node.httpPort();
      final String ca = directory.resolve("ca/ca.cert.pem").toString();
      assertSays(
          3,
          url + " wants a certificate of its clients: give --client-cert and --client-key",
          "status",
          "--url",
          url,
          "--ca",
          ca);
      final Path stranger = bed.client("x", bed.stranger());
      assertEquals(
          3,
          run(
              "status",
              "--url",
              url,
              "--ca",
              ca,
              "--client-cert",
              stranger.resolve("client.cert.pem").toString(),
              "--client-key",
              stranger.resolve("client.key.pem").toString()));
      assertTrue(err.contains(" does not accept the certificate of --client-cert ("), err);
    }
  }

  @Test
  void plainPortsAskedByAnotherProtocolSayWhichTheySpeak() throws Exception {
    try (TestNode node = new TestNode()) {
      final String http = "127.0.0.1:" + node.node.httpPort();
      final String devices = "127.0.0.1:" + node.node.tcpPort();
      assertSays(
          3,
          "https://" + http + " is not spoken to: this port does not speak TLS; use http://" + http,
          "status",
          "--url",
          "https://" + http);
      assertSays(
          3,
          "http://"
              + devices
              + " can't be reached: what listens there does not speak HTTP; the port for devices"
              + " and the port for HTTP are two",
          "status",
          "--url",
          "http://" + devices);
      assertEquals(1, run("device-test", http), err);
      assertTrue(out.contains("this port speaks HTTP, not the protocol of devices"), out);
      final Path ca = directory.resolve("ca");
      assertEquals(0, run("keygen", "--tls-ca", "CA", "--out", ca.toString()), err);
      assertSays(
          3,
          devices
              + " is not spoken to: this port does not speak TLS; leave --ca and --client-cert"
              + " out",
          "device-test",
          devices,
          "--ca",
          ca.resolve("ca.cert.pem").toString());
    }
  }

  @Test
  void whatANodeRefusesIsSaidInItsOwnWords() throws Exception {
    try (TestNode node = new TestNode()) {
      assertSays(
          1,
          "unknown-subject: the map knows no such subject",
          "mint",
          "--url",
          node.http("/"),
          "--subject",
          UNKNOWN);
      KeyGeneration.write(node.authority, "authority", directory.resolve("authority"));
      assertSays(
          1,
          "unknown-subject: the map knows no such subject and nothing was changed: a status with a"
              + " colour creates a holder",
          "holder",
          "set",
          "--url",
          node.http("/"),
          "--authority-keys",
          directory.resolve("authority").toString(),
          "--subject",
          UNKNOWN,
          "--revoke-before",
          "now");
      assertEquals(
          1,
          run(
              "holder",
              "set",
              "--node-region",
              "MO",
              "--url",
              node.http("/"),
              "--authority-keys",
              directory.resolve("authority").toString(),
              "--subject",
              UNKNOWN,
              "--revoke-before",
              "now"));
      assertTrue(err.startsWith("gongbei: other-cluster: the signature's tag is not"), err);
      assertTrue(err.endsWith("; see --node-region and --node-cluster\n"), err);
    }
  }

  @Test
  void aKeyOrARoleThatIsMissingIsNamed() throws Exception {
    final Path keys = directory.resolve("apikeys");
    final ApiKey.Made made = ApiKey.make("gate", Set.of(Role.ISSUER), null);
    ApiKeys.add(keys, made.key());
    final String keyFile =
        SecretFile.write(directory.resolve("key"), made.text() + "\n").toString();
    final String wrong =
        SecretFile.write(directory.resolve("wrong"), "gbk-00000000-" + "A".repeat(43)).toString();
    final Instant from = Instant.now().minus(Duration.ofDays(1));
    KeyGeneration.write(
        new KeyGeneration().generate("GD", from, from.plus(Duration.ofDays(3))),
        "gd",
        directory.resolve("trust"));
    final Path config =
        Files.writeString(
            directory.resolve("node.yaml"),
            """
            trustDirectory: trust
            http: {host: 127.0.0.1, port: 0}
            tcp: {host: 127.0.0.1, port: 0}
            access: {apiKeyFile: apikeys}
            """);
    try (Node node = Node.start(NodeConfig.read(config))) {
      final String url = "http://127.0.0.1:" + node.httpPort();
      final String[] scan = {"scan", "--url", url, "--checkpoint", "metro", "GD1:BB8"};
      assertSays(
          1,
          "key-missing: POST /v1/scans needs a key with the role checkpoint; give --api-key-file"
              + " FILE, or the variable GONGBEI_API_KEY",
          scan);
      assertSays(
          1,
          "role-missing: POST /v1/scans needs the role checkpoint; the key or certificate has"
              + " issuer",
          with(scan, keyFile));
      assertSays(
          1,
          "unknown-key: the key is not known here; see --api-key-file, or the variable"
              + " GONGBEI_API_KEY",
          with(scan, wrong));
      assertEquals(3, run("cluster", "members", "--url", url));
      assertTrue(out.contains("needs the role operator: give --api-key-file FILE"), out);
    }
  }

  private static String[] with(String[] arguments, String keyFile) {
    final String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--api-key-file";
    all[arguments.length + 1] = keyFile;
    return all;
  }

  /** A proxy in front of a node does not speak of problems. */
  @Test
  void anAnswerThatIsNoNodesIsShownByItsStatusAndItsFirstLine() throws Exception {
    final HttpServer proxy =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    proxy.createContext(
        "/",
        exchange -> {
          final byte[] body = "no route\u0007 to it\nmore\n".getBytes(StandardCharsets.US_ASCII);
          exchange.sendResponseHeaders(404, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    proxy.start();
    try {
      final String url = "http://127.0.0.1:" + proxy.getAddress().getPort();
      assertSays(1, url + " answered status 404: no route? to it", "status", "--url", url);
    } finally {
      proxy.stop(0);
    }
  }

  @Test
  void aFileThatIsNotThereIsNamedAndNoClassOfJavas() {
    final String missing = directory.resolve("nowhere").toString();
    final String[][] commands = {
      {"verify", "--trust", missing, "X"},
      {"verify", "--jsonl", missing},
      {"verify", "--image", missing},
      {"scan", "--checkpoint", "metro", "--lines", missing},
      {"scan", "--checkpoint", "metro", "--image", missing},
      {"issue", "--keys", missing, "--format", "GD1", "--subject", UNKNOWN},
      {"serve", "--config", missing},
      {"load", missing, "--data", directory.resolve("data").toString()},
      {"subject", missing, "--secret", missing},
      {"audit", "verify", missing, "--trust", directory.toString()},
      {"audit", "export", missing},
      {"cluster", "backup", "--config", missing, "--to", directory.resolve("b").toString()},
      {"cluster", "snapshot", "--data", missing},
      {"cluster", "restore", "--from", missing, "--data", directory.resolve("d").toString()},
      {"status", "--ca", missing, "--url", "https://127.0.0.1:1"},
      {"status", "--api-key-file", missing},
      {"device-test", "127.0.0.1", "--credential-file", missing},
      {"keygen", "--tls-server", "localhost", "--ca", missing, "--out", directory + "/k"},
      {"pack", "show", missing, "--trust", directory.toString()},
    };
    for (final String[] command : commands) {
      final String typed = String.join(" ", command);
      assertTrue(run(command) >= 2, typed + out + err);
      assertTrue(err.contains("nowhere") && err.contains("does not exist"), typed + ": " + err);
      assertFalse(err.contains("Exception") || err.contains("java."), typed + ": " + err);
      assertEquals(1, err.lines().count(), typed + ": " + err);
    }
  }
}
