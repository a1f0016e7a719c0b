package gongbei.verifier.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.Region;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.context.MemberAddress;
import gongbei.replication.map.Subject;
import gongbei.testing.FreePorts;
import gongbei.testing.OneJdk;
import gongbei.testing.Patience;
import gongbei.testing.SecretFile;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.client.DeviceException;
import gongbei.verifier.client.tls.ClientTls;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import gongbei.verifier.protocol.GoodbyeCode;
import gongbei.verifier.protocol.ReasonCode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The sample configurations, installed as the page on installing has it but for addresses and
 * ports: with keys and certificates that the commands make.
 */
@OneJdk
final class SamplesTest {
  private static final Path SAMPLES = Path.of("packaging", "samples");
  private static final Subject HOLDER = new Subject(7, 7);

  @TempDir private Path directory;
  private final List<Node> nodes = new ArrayList<>();
  private final List<CompletableFuture<Node>> starting = new ArrayList<>();
  private int basePort;
  private byte[] credential;
  private String apiKey;

  private String at(String path) {
    return directory.resolve(path).toString();
  }

  /** What the page on installing makes, by the same commands. */
  @BeforeEach
  void makeKeys() throws Exception {
    basePort = FreePorts.inARow(3 * MemberAddress.PORTS);
    Installation.run("keygen", "--region", "GD", "--out", at("signing"));
    Files.createDirectories(directory.resolve("trust/GD1"));
    try (Stream<Path> made = Files.list(directory.resolve("signing/GD1"))) {
      for (final Path file : made.filter(each -> each.toString().endsWith(".cert.pem")).toList()) {
        Files.copy(file, directory.resolve("trust/GD1").resolve(file.getFileName()));
      }
    }
    Installation.run("keygen", "--authority", "Health Bureau", "--out", at("authorities"));
    Installation.run("keygen", "--subject-secret", "--out", at("secrets"));
    SecretFile.write(
        directory.resolve("secrets/cluster.secret"), "a secret of 32 random bytes....");
    Installation.run("keygen", "--tls-ca", "Gongbei", "--out", at("ca"));
    Installation.run(
        "keygen", "--tls-server", "localhost,127.0.0.1", "--ca", at("ca"), "--out", at("tls"));
    Installation.run("keygen", "--tls-client", "gate-1", "--ca", at("ca"), "--out", at("gate-1"));
    Files.createDirectories(directory.resolve("client-ca"));
    Files.copy(directory.resolve("ca/ca.cert.pem"), directory.resolve("client-ca/ca.cert.pem"));
    credential =
        HexFormat.of()
            .parseHex(Installation.run("device", "enrol", "gate-1", "--file", at("devices")));
    apiKey =
        Installation.run(
            "apikey",
            "create",
            "--file",
            at("api-keys"),
            "--name",
            "a checkpoint",
            "--role",
            "checkpoint");
  }

  @AfterEach
  void closeNodes() throws Exception {
    for (final CompletableFuture<Node> each : starting) {
      each.handle(
              (node, fault) -> {
                if (node != null) {
                  node.close();
                }
                return null;
              })
          .get(Patience.SECONDS, TimeUnit.SECONDS);
    }
  }

  /**
   * A sample with addresses, ports and data directory of its own here, and time for elections: four
   * nodes begin on two busy cores. Nothing else is changed.
   */
  private NodeConfig installed(String sample) throws Exception {
    String text = Files.readString(SAMPLES.resolve(sample));
    for (int member = 0; member < 3; member++) {
      text =
          text.replace(
              "{host: 10.0.0." + (member + 1) + ", basePort: 9800}",
              "{host: 127.0.0.1, basePort: " + (basePort + member * MemberAddress.PORTS) + "}");
    }
    text =
        text.replace("host: 0.0.0.0", "host: 127.0.0.1")
            .replace("host: 10.0.0.11", "host: 127.0.0.1")
            .replace("port: 8443", "port: 0")
            .replace("port: 9700", "port: 0")
            .replace(
                "replication:\n",
                "replication:\n  heartbeatTimeoutMillis: 2000\n  electionTimeoutMillis: 1000\n")
            .replace("/var/lib/gongbei", at("var-" + sample.replace('/', '-')));
    assertTrue(!text.contains("10.0.0."), text);
    return NodeConfig.read(Files.writeString(directory.resolve(sample.replace('/', '-')), text));
  }

  private void start(String... samples) throws Exception {
    for (final String sample : samples) {
      final NodeConfig config = installed(sample);
      starting.add(
          CompletableFuture.supplyAsync(
              () -> startNode(config), task -> new Thread(task, "start " + sample).start()));
    }
    for (final CompletableFuture<Node> each : starting) {
      nodes.add(each.get(Patience.SECONDS, TimeUnit.SECONDS));
    }
  }

  private static Node startNode(NodeConfig config) {
    try {
      return Node.start(config);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private ClientTls tls(boolean withCertificate) throws Exception {
    final ClientTls.Context context =
        new ClientTls.Context().caFile(directory.resolve("ca/ca.cert.pem"));
    return ClientTls.of(
        withCertificate
            ? context
                .certificateFile(directory.resolve("gate-1/client.cert.pem"))
                .keyFile(directory.resolve("gate-1/client.key.pem"))
            : context);
  }

  private void write() throws Exception {
    nodes
        .get(0)
        .resources()
        .log()
        .submit(
            List.of(
                StatusCommand.SetStatus.of(HOLDER)
                    .colour(Colour.GREEN)
                    .test(TestResult.NEGATIVE, (int) (Instant.now().getEpochSecond() / 60))
                    .doses(2)
                    .build()))
        .get(Patience.SECONDS, TimeUnit.SECONDS);
    for (final Node node : nodes) {
      Patience.await(
          "every node has applied the change", () -> node.resources().statusMap().version() >= 1);
    }
  }

  private String code(Subject holder) throws Exception {
    final SigningKey key = SigningKeys.ofDirectory(directory.resolve("signing")).all().get(0);
    final long now = Instant.now().getEpochSecond();
    return new CodeIssuer(CodeFormat.GD1, key)
        .issue(
            CodeClaims.of(CodeKind.PERSON, holder.toBytes())
                .colour(Colour.GREEN)
                .serial(new byte[8])
                .validity(now, now + 60)
                .build());
  }

  private DeviceClient device(Node node, byte[] shown) throws Exception {
    final boolean isMutual = node.config().tcp().tls().clientCaDirectory() != null;
    return new DeviceClient(
        new InetSocketAddress("localhost", node.tcpPort()),
        "gate-1",
        isMutual ? new byte[0] : shown,
        tls(isMutual));
  }

  private void assertAnswersDevices(Node node) throws Exception {
    try (DeviceClient client = device(node, credential)) {
      assertEquals(
          ReasonCode.OK,
          client.at("metro").scan(code(HOLDER)).get(Patience.SECONDS, TimeUnit.SECONDS).reason());
      assertEquals(
          ReasonCode.UNKNOWN_SUBJECT,
          client
              .at("metro")
              .scan(code(new Subject(8, 8)))
              .get(Patience.SECONDS, TimeUnit.SECONDS)
              .reason());
    }
  }

  private void assertAnswersCheckpoints(Node node) throws Exception {
    final HttpRequest.Builder scan =
        HttpRequest.newBuilder(URI.create("https://localhost:" + node.httpPort() + "/v1/scans"))
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"checkpoint\":\"metro\",\"code\":\"" + code(HOLDER) + "\"}"));
    final HttpClient client = tls(false).prepare(HttpClient.newBuilder()).build();
    assertEquals(
        401, client.send(scan.build(), HttpResponse.BodyHandlers.discarding()).statusCode());
    scan.header("Authorization", "Bearer " + apiKey);
    final HttpResponse<String> answer =
        client.send(scan.build(), HttpResponse.BodyHandlers.ofString());
    assertTrue(answer.body().startsWith("{\"verdict\":\"pass\",\"reason\":\"ok\""), answer.body());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "single.yaml",
        "three-members/member-0.yaml",
        "three-members/member-1.yaml",
        "three-members/member-2.yaml",
        "replica.yaml"
      })
  void aSampleIsReadAsItStands(String sample) throws Exception {
    final NodeConfig config = NodeConfig.read(SAMPLES.resolve(sample));
    assertEquals(Optional.of(Path.of("/var/lib/gongbei/data")), config.dataDirectory());
    assertEquals(Region.GUANGDONG, config.region());
  }

  @Test
  void theSampleOfANodeByItselfScans() throws Exception {
    start("single.yaml");
    write();
    assertAnswersDevices(nodes.get(0));
    assertAnswersCheckpoints(nodes.get(0));
    assertEquals(
        GoodbyeCode.BAD_CREDENTIAL,
        assertThrows(DeviceException.Disconnected.class, () -> device(nodes.get(0), new byte[32]))
            .goodbye());
  }

  @Test
  void theSamplesOfThreeMembersAndOfTheirReplicaScan() throws Exception {
    start(
        "three-members/member-0.yaml",
        "three-members/member-1.yaml",
        "three-members/member-2.yaml",
        "replica.yaml");
    write();
    for (final Node node : nodes) {
      assertAnswersDevices(node);
      assertAnswersCheckpoints(node);
    }
    final Node replica = nodes.get(3);
    assertThrows(
        IOException.class,
        () ->
            new DeviceClient(
                new InetSocketAddress("localhost", replica.tcpPort()),
                "gate-1",
                credential,
                tls(false)),
        "the replica wants a certificate");
  }
}
