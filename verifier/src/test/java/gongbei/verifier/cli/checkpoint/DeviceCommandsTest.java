package gongbei.verifier.cli.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.testing.Patience;
import gongbei.testing.SecretFile;
import gongbei.verifier.cli.CommandRuns;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.client.DeviceException;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.config.TlsConfig;
import gongbei.verifier.node.Node;
import gongbei.verifier.protocol.GoodbyeCode;
import gongbei.verifier.tls.TlsBed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code device} and {@code device-test} against a node that runs in this process. */
final class DeviceCommandsTest extends CommandRuns {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;
  @AutoClose private Node node;

  @BeforeEach
  void start() throws Exception {
    Files.writeString(directory.resolve("devices"), "# none yet\n");
    Files.writeString(
        directory.resolve("node.yaml"),
        """
        deviceFile: devices
        maxSubjects: 100
        reloadSeconds: 3600
        http: {host: 127.0.0.1, port: 0}
        tcp: {host: 127.0.0.1, port: 0}
        """);
    node = Node.start(NodeConfig.read(directory.resolve("node.yaml")));
  }

  private String file(String name) {
    return directory.resolve(name).toString();
  }

  private byte[] enrol(String id, String... more) {
    final String[] arguments = new String[4 + more.length];
    System.arraycopy(
        new String[] {"device", "enrol", id, "--file=" + file("devices")}, 0, arguments, 0, 4);
    System.arraycopy(more, 0, arguments, 4, more.length);
    assertEquals(0, run(arguments), err);
    return HexFormat.of().parseHex(out.strip());
  }

  private DeviceClient connect(String id, byte[] credential) throws IOException {
    return new DeviceClient(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), node.tcpPort()), id, credential);
  }

  /** Connects as soon as the node has taken the file. */
  private DeviceClient connectSoon(String id, byte[] credential) throws Exception {
    final AtomicReference<DeviceClient> connected = new AtomicReference<>();
    Patience.await(
        id + " is served",
        () -> {
          try {
            connected.set(connect(id, credential));
            return true;
          } catch (DeviceException.Disconnected e) {
            return false;
          }
        });
    return connected.get();
  }

  private static GoodbyeCode lastWordTo(DeviceClient client) throws Exception {
    final AtomicReference<GoodbyeCode> word = new AtomicReference<>();
    Patience.await(
        "still connected",
        () -> {
          try {
            client.ping().get(Patience.SECONDS, TimeUnit.SECONDS);
            return false;
          } catch (ExecutionException e) {
            if (e.getCause() instanceof DeviceException.Disconnected ended) {
              word.set(ended.goodbye());
              return true;
            }
            throw e;
          }
        });
    return word.get();
  }

  private static GoodbyeCode refusal(Connecting connecting) {
    return assertThrows(DeviceException.Disconnected.class, () -> connecting.connect().close())
        .goodbye();
  }

  private interface Connecting {
    DeviceClient connect() throws IOException;
  }

  @Test
  void aDeviceIsEnrolledServedAndRevokedWhileOthersAreServedOn() throws Exception {
    final byte[] first = enrol("gate-1");
    final byte[] second = enrol("gate-2");
    try (DeviceClient one = connectSoon("gate-1", first);
        DeviceClient alsoOne = connectSoon("gate-1", first);
        DeviceClient two = connectSoon("gate-2", second)) {
      assertEquals(
          "X".length(),
          one.at("metro").scan("X").get(Patience.SECONDS, TimeUnit.SECONDS).field().isEmpty()
              ? 0
              : 1);
      assertEquals(0, run("device", "revoke", "gate-1", "--file", file("devices")), err);
      assertEquals(GoodbyeCode.REVOKED, lastWordTo(one));
      assertEquals(GoodbyeCode.REVOKED, lastWordTo(alsoOne));
      assertTrue(two.ping().get(Patience.SECONDS, TimeUnit.SECONDS) > 0);
      assertEquals(
          "prefix", two.at("metro").scan("X").get(Patience.SECONDS, TimeUnit.SECONDS).field());
      assertEquals(GoodbyeCode.REVOKED, refusal(() -> connect("gate-1", first)));
      assertEquals(
          GoodbyeCode.BAD_CREDENTIAL,
          refusal(() -> connect("gate-1", second)),
          "who does not have its credential is not told that it was revoked");
    }
    final String metrics = scrape();
    assertTrue(metrics.contains("gongbei_device_scans_total{device=\"gate-1\"} 1.0"), metrics);
    assertTrue(metrics.contains("gongbei_device_scans_total{device=\"gate-2\"} 1.0"), metrics);
    assertTrue(metrics.contains("gongbei_devices_refused_total{reason=\"revoked\"} 3.0"), metrics);
  }

  private String scrape() throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.httpPort() + "/metrics"))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Test
  void enrolledAnewADevicesOldCredentialEnds() throws Exception {
    final byte[] old = enrol("gate-1");
    try (DeviceClient client = connectSoon("gate-1", old)) {
      assertEquals(1, run("device", "enrol", "gate-1", "--file", file("devices")));
      assertTrue(err.contains("gate-1 is enrolled already"), err);
      final byte[] anew = enrol("gate-1", "--anew");
      assertEquals(GoodbyeCode.REVOKED, lastWordTo(client));
      connectSoon("gate-1", anew).close();
      assertEquals(GoodbyeCode.BAD_CREDENTIAL, refusal(() -> connect("gate-1", old)));
    }
    assertEquals(0, run("device", "revoke", "gate-1", "--file", file("devices")));
    assertEquals(1, run("device", "revoke", "gate-1", "--file", file("devices")));
    assertEquals(1, run("device", "revoke", "gate-9", "--file", file("devices")));
    assertTrue(err.contains("gate-9 is not enrolled"), err);
    connectSoon("gate-1", enrol("gate-1")).close();
  }

  @Test
  void theFileHasNoCredentialAndTheListHasNone() throws Exception {
    final byte[] credential = enrol("gate-1");
    final String text = HexFormat.of().formatHex(credential);
    assertFalse(Files.readString(directory.resolve("devices")).contains(text));
    assertEquals(0, run("device", "list", "--file", file("devices"), "--json"));
    assertFalse(out.contains(text));
    final JsonNode list = JSON.readTree(out);
    assertEquals("gate-1", list.get(0).get("device").textValue());
    assertEquals("enrolled", list.get(0).get("state").textValue());
    final Path secret = directory.resolve("gate-2.credential");
    assertEquals(
        0, run("device", "enrol", "gate-2", "--file", file("devices"), "--out", secret.toString()));
    assertFalse(out.contains(Files.readString(secret).strip()), out);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)));
    assertEquals(
        2, run("device", "enrol", "gate-3", "--file", file("devices"), "--out", secret.toString()));
    assertEquals(2, run("device", "enrol", "gate 3", "--file", file("devices")));
    assertEquals(3, run("device", "enrol", "gate-3", "--file", file("none/devices")));
    assertEquals(2, run("device"));
    assertEquals(0, run("device", "list", "--file", file("devices")));
    assertEquals(2, out.lines().count(), out);
  }

  @Test
  void aServerThatConformsPassesEveryCheck() throws Exception {
    enrol("gone");
    assertEquals(
        0,
        run(
            "device",
            "enrol",
            "gone",
            "--anew",
            "--file=" + file("devices"),
            "--out=" + file("gone.credential")));
    assertEquals(0, run("device", "revoke", "gone", "--file", file("devices")));
    assertEquals(
        0,
        run(
            "device",
            "enrol",
            "probe",
            "--file=" + file("devices"),
            "--out=" + file("probe.credential")));
    connectSoon("probe", DeviceTestCommand.credential(Path.of(file("probe.credential")))).close();
    final String[] arguments = {
      "device-test",
      "127.0.0.1:" + node.tcpPort(),
      "--device=probe",
      "--credential-file=" + file("probe.credential"),
      "--revoked-device=gone",
      "--revoked-credential-file=" + file("gone.credential"),
      "--json"
    };
    assertEquals(0, run(arguments), out + err);
    final JsonNode report = JSON.readTree(out);
    assertEquals(0, report.get("failed").intValue(), out);
    assertEquals(3, report.get("skipped").intValue(), out);
    assertTrue(report.get("passed").intValue() > 55, out);
    assertEquals(
        report.get("checks").size(),
        report.get("passed").intValue() + report.get("skipped").intValue());
  }

  @Test
  void aServerThatRefusesTheDeviceFailsTheFirstCheck() {
    assertEquals(1, run("device-test", "127.0.0.1:" + node.tcpPort()));
    assertTrue(out.contains("FAIL welcome: Hello was answered by Goodbye BAD_CREDENTIAL"), out);
    assertTrue(out.endsWith("0 passed, 1 failed, 0 skipped\n"), out);
  }

  @Test
  void aPortForHttpThatAnswersNothingIsSaidToBeAskedWhereADevicesWasMeant() throws Exception {
    // No line's end is in what it is sent, so it waits for more.
    SecretFile.write(directory.resolve("gate-7"), "01".repeat(32));
    assertEquals(
        1,
        run(
            "device-test",
            "127.0.0.1:" + node.httpPort(),
            "--device",
            "gate-7",
            "--credential-file",
            file("gate-7")));
    assertTrue(out.contains("this is a server's port for devices, not its port for HTTP"), out);
  }

  @Test
  void aServerThatIsNoneFailsAndOneThatIsNotThereIsSaidToBeSo() throws Exception {
    try (ServerSocket dumb = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      final Thread closing =
          new Thread(
              () -> {
                while (true) {
                  try {
                    dumb.accept().close();
                  } catch (IOException e) {
                    return;
                  }
                }
              });
      closing.setDaemon(true);
      closing.start();
      assertEquals(1, run("device-test", "127.0.0.1:" + dumb.getLocalPort()));
      assertTrue(out.contains("FAIL welcome"), out);
    }
    final int gone;
    try (ServerSocket socket = new ServerSocket(0)) {
      gone = socket.getLocalPort();
    }
    assertEquals(3, run("device-test", "127.0.0.1:" + gone));
    assertEquals(2, run("device-test", "127.0.0.1:port"));
    assertEquals(2, run("device-test"));
    assertEquals(2, run("device-test", "127.0.0.1", "--credential-file", file("none")));
    assertEquals(2, run("device-test", "127.0.0.1", "--revoked-device", "gone"));
  }

  @Test
  void anAddressIsAHostAndPerhapsAPort() {
    assertEquals(9700, DeviceTestCommand.address("127.0.0.1").getPort());
    assertEquals(1, DeviceTestCommand.address("localhost:1").getPort());
    assertEquals(7, DeviceTestCommand.address("[::1]:7").getPort());
    assertEquals(9700, DeviceTestCommand.address("::1").getPort());
    for (final String wrong : new String[] {"", ":1", "a:b", "127.0.0.1:0", "127.0.0.1:65536"}) {
      assertThrows(CommandException.class, () -> DeviceTestCommand.address(wrong), wrong);
    }
  }

  @Test
  void aServerIsHeldAgainstTheProtocolThroughMutualTls() throws Exception {
    final Path over = Files.createDirectories(directory.resolve("tls"));
    try (TlsBed bed = new TlsBed(over, TlsConfig.Suites.STANDARD, ", clientCaDirectory: ca", "")) {
      final Path client = bed.client("gate-7", bed.authority);
      final String server = "localhost:" + bed.node.tcpPort();
      for (final String[] names :
          new String[][] {
            {"--ca", "--client-cert", "--client-key"},
            {"--tls-ca", "--tls-certificate", "--tls-key"}
          }) {
        final int exit =
            run(
                "device-test",
                server,
                "--device",
                "gate-7",
                names[0],
                over.resolve("ca/ca.cert.pem").toString(),
                names[1],
                client.resolve("client.cert.pem").toString(),
                names[2],
                client.resolve("client.key.pem").toString());
        assertTrue(out.contains(" passed, "), out + err);
        assertEquals(0, exit, out + err);
      }
      assertTrue(
          run(
                  "device-test",
                  server,
                  "--device",
                  "gate-7",
                  "--ca",
                  over.resolve("ca/ca.cert.pem").toString())
              != 0,
          "without a certificate nothing passes");
      assertEquals(
          2,
          run("device-test", server, "--ca", file("none.pem")),
          "a file that is missing is told before anything is asked");
    }
  }
}
