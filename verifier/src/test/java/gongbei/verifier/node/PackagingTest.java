package gongbei.verifier.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SubjectSecret;
import gongbei.codec.trust.TlsKeyGeneration;
import gongbei.replication.cluster.MemberAddress;
import gongbei.replication.status.StatusCommand;
import gongbei.replication.status.Subject;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.config.TlsConfig;
import gongbei.verifier.protocol.VerdictCode;
import gongbei.verifier.tcp.DeviceFile;
import gongbei.verifier.tls.ClientTls;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a node is installed with: samples of configurations, the JVM's options, the unit. */
@Timeout(180)
final class PackagingTest {
  private static final Path PACKAGING = Path.of("packaging");
  private static final Path SAMPLES = PACKAGING.resolve("samples");
  private static final Subject HOLDER = new Subject(7, 7);
  private static final long WAIT_SECONDS = 60;

  @TempDir private Path directory;
  private final Instant from =
      Instant.now().minus(Duration.ofDays(1)).truncatedTo(ChronoUnit.SECONDS);
  private final Instant until = from.plus(Duration.ofDays(10));
  private final SigningKey issuer = new KeyGeneration().generate("GD", from, until);
  private byte[] credential;

  @Test
  void everySampleIsAConfiguration() throws Exception {
    for (final String name : List.of("single", "member-0", "member-1", "member-2", "replica")) {
      final NodeConfig config = NodeConfig.read(SAMPLES.resolve(name + ".yaml"));
      assertEquals(name.replaceFirst("-.*", ""), config.role().wireName());
      assertEquals(Path.of("/var/lib/gongbei/data"), config.dataDirectory());
      if (name.startsWith("member")) {
        assertEquals(name, "member-" + config.replication().memberId());
      }
      if (config.role() != NodeConfig.Role.SINGLE) {
        assertEquals(3, config.replication().members().size());
      }
    }
    final String member = Files.readString(SAMPLES.resolve("member-0.yaml"));
    for (int id = 1; id < 3; id++) {
      assertEquals(
          member.replace("Member 0", "Member " + id).replace("memberId: 0", "memberId: " + id),
          Files.readString(SAMPLES.resolve("member-" + id + ".yaml")));
    }
  }

  @Test
  void aSingleNodeOfItsSampleScans() throws Exception {
    writeEtc();
    try (Node node = Node.start(sample("single", 0))) {
      makeHolderGreen(node);
      assertPasses(node);
    }
  }

  @Test
  void threeMembersAndAReplicaOfTheirSamplesScan() throws Exception {
    writeEtc();
    final int basePort = freePorts(3 * MemberAddress.PORTS);
    final List<CompletableFuture<Node>> starting = new ArrayList<>();
    for (final String name : List.of("member-0", "member-1", "member-2", "replica")) {
      final NodeConfig config = sample(name, basePort);
      starting.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return Node.start(config);
                } catch (NodeException e) {
                  throw new IllegalStateException(e);
                }
              },
              task -> new Thread(task, "start").start()));
    }
    final List<Node> nodes = new ArrayList<>();
    try {
      for (final CompletableFuture<Node> each : starting) {
        nodes.add(each.get(WAIT_SECONDS, TimeUnit.SECONDS));
      }
      makeHolderGreen(nodes.get(0));
      for (final Node node : nodes) {
        assertPasses(node);
      }
    } finally {
      nodes.forEach(Node::close);
    }
  }

  /** What the samples expect in {@code /etc/gongbei}. */
  private void writeEtc() throws IOException, gongbei.verifier.config.ConfigException {
    final Path etc = directory.resolve("etc");
    KeyGeneration.write(issuer, "gd", etc.resolve("trust"));
    KeyGeneration.write(issuer, "gd", etc.resolve("signing"));
    KeyGeneration.write(
        new KeyGeneration().generateAuthority("Health Bureau", from, until),
        "authority",
        etc.resolve("authorities"));
    SubjectSecret.generate().write(etc.resolve("subject.secret"));
    Files.writeString(etc.resolve("cluster.secret"), "0123456789abcdef0123456789abcdef");
    final TlsKeyGeneration generation = new TlsKeyGeneration(false, from, until);
    final TlsKeyGeneration.TlsKey authority = generation.authority("Test CA");
    authority.write("ca", etc.resolve("ca"));
    generation
        .server(authority, List.of("localhost", "127.0.0.1"))
        .write("server", etc.resolve("tls"));
    credential = new DeviceFile(etc.resolve("devices")).enrol("gate-1", false).orElseThrow();
  }

  /** A sample on the loopback: other ports, other directories, a smaller map, less log. */
  private NodeConfig sample(String name, int basePort) throws Exception {
    String yaml =
        Files.readString(SAMPLES.resolve(name + ".yaml"))
            .replace("/etc/gongbei", directory.resolve("etc").toString())
            .replace("/var/lib/gongbei", directory.resolve(name).toString())
            .replaceAll("port: (8080|9700)", "port: 0")
            .replace("0.0.0.0", "127.0.0.1")
            .replaceAll("gongbei-[a-z0-9]+\\.example", "127.0.0.1")
            .replaceAll("maxSubjects: \\d+", "maxSubjects: 1000");
    for (int id = 0; id < 3; id++) {
      yaml =
          yaml.replace(
              "basePort: " + (20_000 + 10 * id),
              "basePort: " + (basePort + id * MemberAddress.PORTS));
    }
    if (!name.equals("single")) {
      yaml +=
          "  logTermBytes: 1048576\n  segmentBytes: 1048576\n  feedBytes: 2097152\n"
              + "  heartbeatTimeoutMillis: 2000\n  electionTimeoutMillis: 500\n";
    }
    return NodeConfig.read(Files.writeString(directory.resolve(name + ".yaml"), yaml));
  }

  private static int freePorts(int count) throws SocketException {
    int port = 24_000 + ThreadLocalRandom.current().nextInt(400) * MemberAddress.PORTS;
    int free = 0;
    while (free < count) {
      try (DatagramSocket socket =
          new DatagramSocket(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port + free))) {
        free += socket.isBound() ? 1 : 0;
      } catch (BindException e) {
        port += free + 1;
        free = 0;
      }
    }
    return port;
  }

  private static void makeHolderGreen(Node node) throws Exception {
    final int minutes = (int) (Instant.now().getEpochSecond() / 60);
    node.stock()
        .log()
        .submit(List.of(new StatusCommand.SetStatus(HOLDER, 0, 1, minutes - 60, 2, 0, 0)))
        .get(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  private void assertPasses(Node node) throws Exception {
    final ClientTls tls =
        ClientTls.of(
            directory.resolve("etc/ca/ca.cert.pem"), null, null, TlsConfig.Suites.STANDARD);
    final long now = Instant.now().getEpochSecond();
    final String code =
        new CodeIssuer(CodeFormat.GD1, issuer)
            .issue(
                CodeClaims.ofPerson(
                    HOLDER.toBytes(),
                    HealthCode.KIND_PERSON,
                    0,
                    0,
                    0,
                    0,
                    new byte[8],
                    now,
                    now + 600));
    try (DeviceClient gate =
        new DeviceClient(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), node.tcpPort()),
            "gate-1",
            credential,
            tls)) {
      final long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
      VerdictCode verdict = VerdictCode.NULL_VAL;
      while (verdict != VerdictCode.PASS) {
        assertTrue(System.nanoTime() < deadlineNanos, node.config().role() + " says " + verdict);
        verdict = gate.scan("metro", code).get(WAIT_SECONDS, TimeUnit.SECONDS).verdict();
      }
    }
  }

  private static String run(Path in, String... command) throws Exception {
    final Process process =
        new ProcessBuilder(command).directory(in.toFile()).redirectErrorStream(true).start();
    final String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), told);
    return told;
  }

  @Test
  void theJvmTakesEveryOption() throws Exception {
    final String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    assertTrue(run(PACKAGING, java, "@jvm.options", "-Xms64m", "-version").contains("version"));
  }

  @Test
  void systemdFindsNoFaultInTheUnit() throws Exception {
    final boolean isThere = Files.isExecutable(Path.of("/usr/bin/systemd-analyze"));
    if ("true".equals(System.getenv("CI"))) {
      assertTrue(isThere, "systemd-analyze is missing");
    }
    assumeTrue(isThere, "systemd-analyze is missing, so that the unit can't be checked");
    final Path unit = directory.resolve("gongbei.service");
    final String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Files.writeString(
        unit,
        Files.readString(PACKAGING.resolve("gongbei.service"))
            .replace("/usr/bin/java", java)
            .replaceAll("(?m)^Documentation=.*\n", ""));
    assertEquals("", run(PACKAGING, "systemd-analyze", "verify", "--man=no", unit.toString()));
  }

  @Test
  void theContainerFileCopiesWhatThereIsAndRunsWithoutASuperuser() throws Exception {
    final String file = Files.readString(PACKAGING.resolve("Containerfile"));
    final List<String> known =
        List.of(
            "FROM",
            "WORKDIR",
            "COPY",
            "RUN",
            "USER",
            "VOLUME",
            "EXPOSE",
            "STOPSIGNAL",
            "HEALTHCHECK",
            "ENTRYPOINT",
            "CMD");
    for (final String line :
        file.replaceAll("(?m)^#.*\n", "").replaceAll("\\\\\n", " ").split("\n", -1)) {
      assertTrue(line.isBlank() || known.contains(line.replaceFirst(" .*", "")), line);
    }
    assertTrue(file.contains("COPY --from=build /src/verifier/packaging/jvm.options"), file);
    assertTrue(Files.exists(PACKAGING.resolve("jvm.options")));
    assertTrue(file.indexOf("USER 10001:10001") > file.lastIndexOf("\nRUN"), "no root at the end");
    assertTrue(file.lastIndexOf("USER") < file.indexOf("ENTRYPOINT"));
  }
}
