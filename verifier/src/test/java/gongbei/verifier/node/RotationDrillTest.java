package gongbei.verifier.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.replication.map.Subject;
import gongbei.testing.OneJdk;
import gongbei.testing.Patience;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.cli.Gongbei;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.client.DeviceException;
import gongbei.verifier.client.NodeConnection;
import gongbei.verifier.client.tls.ClientTls;
import gongbei.verifier.config.NodeConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * The runbook of {@code docs/operate/keys.md}, step by step, on a node that is never restarted:
 * what is made by the command line is copied and removed as an operator would, and both what is new
 * and what is old is tried through sockets.
 */
@ExtendWith(LeakWatch.class)
@OneJdk
final class RotationDrillTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HOLDER = new Subject(1, 2).toHex();

  @TempDir private Path directory;
  @AutoClose private Node node;
  private ClientTls tls;
  private String apiKey;

  @BeforeEach
  void start() throws Exception {
    run("keygen", "--tls-ca", "Ops", "--out", path("ca"));
    run("keygen", "--tls-server", "localhost", "--ca", path("ca"), "--out", path("tls"));
    run("keygen", "--region", "GD", "--out", path("signing"));
    run("keygen", "--authority", "CDC", "--out", path("cdc"));
    copy("signing/GD1", "trust/GD1");
    copy("cdc", "authorities");
    apiKey = create("all");
    Files.writeString(directory.resolve("devices"), "# none yet\n");
    final String own = "{certificateFile: tls/server.cert.pem, keyFile: tls/server.key.pem}";
    Files.writeString(
        directory.resolve("node.yaml"),
        "trustDirectory: trust\nsigningKeyDirectory: signing\nauthorityDirectory: authorities\n"
            + "deviceFile: devices\nmaxSubjects: 100\nreloadSeconds: 1\n"
            + "access: {apiKeyFile: apikeys}\n"
            + ("http: {host: 127.0.0.1, port: 0, tls: " + own + "}\n")
            + ("tcp: {host: 127.0.0.1, port: 0, tls: " + own + "}\n"));
    node = Node.start(NodeConfig.read(directory.resolve("node.yaml")));
    tls = ClientTls.of(new ClientTls.Context().caFile(directory.resolve("ca/ca.cert.pem")));
    assertEquals(200, change("cdc"));
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private static String run(String... arguments) {
    final StringWriter out = new StringWriter();
    final CommandLine line = Gongbei.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(out));
    assertEquals(0, line.execute(arguments), out.toString());
    return out.toString().strip();
  }

  /** Copies certificates alone, as {@code cp FROM/*.cert.pem TO} does. */
  private void copy(String from, String to) throws IOException {
    Files.createDirectories(directory.resolve(to));
    for (final Path file : files(from, ".cert.pem")) {
      Files.copy(
          file,
          directory.resolve(to).resolve(file.getFileName()),
          StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private List<Path> files(String name, String end) throws IOException {
    final List<Path> found = new ArrayList<>();
    try (Stream<Path> all = Files.list(directory.resolve(name))) {
      all.filter(file -> file.toString().endsWith(end)).forEach(found::add);
    }
    return found;
  }

  private String create(String name) {
    return run(
        "apikey",
        "create",
        "--file",
        path("apikeys"),
        "--name",
        name,
        "--role",
        "checkpoint,issuer,paper,authority,operator");
  }

  private URI url(String path) {
    return URI.create("https://localhost:" + node.httpPort() + path);
  }

  private HttpResponse<String> post(String key, String path, String body) throws Exception {
    return NodeConnection.PLAIN
        .by(tls)
        .showing(key)
        .http()
        .build()
        .send(
            NodeConnection.PLAIN
                .by(tls)
                .showing(key)
                .authorize(HttpRequest.newBuilder(url(path)))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  /** What an authority's change is answered with. */
  private int change(String keys) throws Exception {
    final SigningKey key = SigningKeys.ofDirectory(directory.resolve(keys)).all().get(0);
    return new AuthorityClient(url("/"), key, NodeConnection.PLAIN.by(tls).showing(apiKey))
        .put("/v1/subjects/" + HOLDER + "/status", "{\"colour\":\"green\"}")
        .statusCode();
  }

  private String mint() throws Exception {
    final HttpResponse<String> answer =
        post(
            apiKey,
            "/v1/codes",
            "{\"subject\":\"" + HOLDER + "\",\"kind\":\"paper\",\"ttlSeconds\":3600}");
    return answer.statusCode() == 201
        ? JSON.readTree(answer.body()).path("code").textValue()
        : answer.body();
  }

  private String kidOf(String code) throws IOException {
    return JSON.readTree(run("decode", code)).path("kid").textValue();
  }

  private String reason(String code) throws Exception {
    return JSON.readTree(
            post(
                    apiKey,
                    "/v1/scans",
                    JSON.createObjectNode().put("checkpoint", "metro").put("code", code).toString())
                .body())
        .path("reason")
        .asText();
  }

  @Test
  void anIssuersKeyIsReplacedAndTheOldOneRetired() throws Exception {
    final String oldCode = mint();
    final String oldKid = kidOf(oldCode);
    assertEquals("test-missing", reason(oldCode));
    // Of two keys the one signs that is valid from later on, by the second.
    final long secondOfTheOld =
        Files.getLastModifiedTime(directory.resolve("signing")).to(TimeUnit.SECONDS);
    Patience.await("a later second", () -> Instant.now().getEpochSecond() > secondOfTheOld);
    run("keygen", "--region", "GD", "--out", path("next"));
    copy("next/GD1", "trust/GD1");
    Patience.awaitEquals(2, () -> node.resources().trust().current().size());
    assertEquals(oldKid, kidOf(mint()), "the new key is trusted before it signs");
    copy("next/GD1", "signing/GD1");
    for (final Path file : files("next", ".key.pem")) {
      Files.move(file, directory.resolve("signing").resolve(file.getFileName()));
    }
    Patience.awaitEquals(false, () -> kidOf(mint()).equals(oldKid));
    final String newCode = mint();
    assertEquals("test-missing", reason(oldCode), "both hold while old codes live");
    assertEquals("test-missing", reason(newCode));
    Files.delete(directory.resolve("trust/GD1/gd-" + oldKid + ".cert.pem"));
    Patience.awaitEquals("unknown-issuer", () -> reason(oldCode));
    assertEquals("test-missing", reason(newCode));
  }

  @Test
  void anAuthoritysKeyIsReplacedAndTheOldOneRetired() throws Exception {
    run("keygen", "--authority", "CDC", "--out", path("cdc-next"));
    assertEquals(403, change("cdc-next"));
    copy("cdc-next", "authorities");
    Patience.awaitEquals(200, () -> change("cdc-next"));
    assertEquals(200, change("cdc"));
    for (final Path old : files("cdc", ".cert.pem")) {
      Files.delete(directory.resolve("authorities").resolve(old.getFileName()));
    }
    Patience.awaitEquals(403, () -> change("cdc"));
    assertEquals(200, change("cdc-next"));
  }

  @Test
  void aServersCertificateIsReplacedUnderConnectionsThatStay() throws Exception {
    final byte[] credential = enrol("gate-1");
    final byte[] before = certificate();
    Patience.awaitEquals(true, () -> isLetIn("gate-1", credential));
    try (DeviceClient device = connect("gate-1", credential)) {
      run("keygen", "--tls-server", "localhost", "--ca", path("ca"), "--out", path("tls-next"));
      for (final String name : List.of("server.key.pem", "server.cert.pem")) {
        Files.move(
            directory.resolve("tls-next").resolve(name),
            directory.resolve("tls").resolve(name),
            StandardCopyOption.REPLACE_EXISTING);
      }
      Patience.awaitEquals(false, () -> java.util.Arrays.equals(before, certificate()));
      assertTrue(device.ping().get(Patience.SECONDS, TimeUnit.SECONDS) > 0);
    }
    assertTrue(isLetIn("gate-1", credential));
  }

  private byte[] certificate() throws Exception {
    try (SSLSocket socket =
        (SSLSocket) tls.connect(new InetSocketAddress("localhost", node.httpPort()), 10_000)) {
      return socket.getSession().getPeerCertificates()[0].getEncoded();
    }
  }

  @Test
  void anApiKeyIsReplacedAndTheOldOneRevoked() throws Exception {
    final String next = create("all, from today");
    Patience.awaitEquals(400, () -> post(next, "/v1/scans", "{}").statusCode());
    assertEquals(400, post(apiKey, "/v1/scans", "{}").statusCode());
    run("apikey", "revoke", "--file", path("apikeys"), apiKey.split("-", -1)[1]);
    Patience.awaitEquals(401, () -> post(apiKey, "/v1/scans", "{}").statusCode());
    assertEquals(400, post(next, "/v1/scans", "{}").statusCode());
  }

  @Test
  void aDevicesCredentialIsReplacedAndTheOldOneEndsAtOnce() throws Exception {
    final byte[] first = enrol("gate-1");
    Patience.awaitEquals(true, () -> isLetIn("gate-1", first));
    final byte[] second = enrol("gate-1", "--anew");
    Patience.awaitEquals(true, () -> isLetIn("gate-1", second));
    assertThrows(DeviceException.Disconnected.class, () -> connect("gate-1", first));
    run("device", "revoke", "gate-1", "--file=" + path("devices"));
    Patience.awaitEquals(false, () -> isLetIn("gate-1", second));
  }

  private byte[] enrol(String id, String... more) {
    final List<String> command = new ArrayList<>(List.of("device", "enrol", id));
    command.add("--file=" + path("devices"));
    command.addAll(List.of(more));
    return HexFormat.of().parseHex(run(command.toArray(String[]::new)));
  }

  private DeviceClient connect(String id, byte[] credential) throws IOException {
    return new DeviceClient(
        new InetSocketAddress("localhost", node.tcpPort()), id, credential, tls);
  }

  private boolean isLetIn(String id, byte[] credential) throws IOException {
    try (DeviceClient device = connect(id, credential)) {
      return !device.rulesets().isEmpty();
    } catch (DeviceException.Disconnected e) {
      return false;
    }
  }
}
