package gongbei.verifier.cli.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.context.MemberAddress;
import gongbei.replication.map.Subject;
import gongbei.testing.FreePorts;
import gongbei.testing.OneJdk;
import gongbei.testing.Patience;
import gongbei.testing.SecretFile;
import gongbei.verifier.TestNode;
import gongbei.verifier.cli.GongbeiProcess;
import gongbei.verifier.client.AuthorityClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A member and a replica, each a process, by the commands of the documents: an older backup is
 * restored, and the replica had more.
 */
@OneJdk
final class RestoredClusterTest {
  private static final Subject HOLDER = new Subject(1, 1);

  @TempDir private Path directory;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<GongbeiProcess> processes = new ArrayList<>();
  private final Instant from = Instant.now().minus(Duration.ofDays(1));
  private final SigningKey issuer =
      new KeyGeneration().generate("GD", from, from.plus(Duration.ofDays(9)));
  private final SigningKey authority =
      new KeyGeneration().generateAuthority("Test", from, from.plus(Duration.ofDays(9)));

  @AfterEach
  void endProcesses() {
    processes.forEach(GongbeiProcess::close);
  }

  private String config(String name, String role, int basePort) throws Exception {
    return Files.writeString(
            directory.resolve(name + ".yaml"),
            String.format(
                Locale.ROOT,
                "role: %s%ndataDirectory: %s%nmaxSubjects: 10000%n"
                    + "trustDirectory: trust%nauthorityDirectory: authority%n"
                    + "http: {host: 127.0.0.1, port: 0}%ntcp: {host: 127.0.0.1, port: 0}%n"
                    + "replication: {%s, secretFile: secret,"
                    + " members: [{host: 127.0.0.1, basePort: %d}], logTermBytes: 1048576,"
                    + " segmentBytes: 1048576, feedBytes: 2097152, lowStorageBytes: 16777216}%n",
                role,
                name,
                role.equals("member") ? "memberId: 0" : "host: 127.0.0.1",
                basePort))
        .toString();
  }

  private GongbeiProcess process(String name) throws Exception {
    final GongbeiProcess process =
        new GongbeiProcess(Files.createDirectories(directory.resolve("process-" + name)));
    processes.add(process);
    return process;
  }

  private URI serve(GongbeiProcess process, String config) throws Exception {
    process.start(false, "serve", "--json", "--config", config);
    return URI.create(TestNode.json(process.awaitServing()).path("http").asText());
  }

  private void command(String... arguments) throws Exception {
    final GongbeiProcess process = process("command-" + processes.size());
    assertEquals(0, process.run(arguments), process.err());
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** What a checkpoint is told of the holder: verdict and reason, or why there is none. */
  private String verdict(URI node) throws Exception {
    final long now = Instant.now().getEpochSecond();
    final String code =
        new CodeIssuer(CodeFormat.GD1, issuer)
            .issue(
                CodeClaims.of(CodeKind.PERSON, HOLDER.toBytes())
                    .colour(Colour.GREEN)
                    .serial(new byte[8])
                    .validity(now, now + 600)
                    .build());
    final String scan =
        JsonNodeFactory.instance
            .objectNode()
            .put("checkpoint", "metro")
            .put("code", code)
            .toString();
    final HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(node.resolve("/v1/scans"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(scan)));
    final JsonNode verdict = TestNode.json(answer.body());
    return answer.statusCode() == 200
        ? verdict.path("verdict").asText() + " " + verdict.path("reason").asText()
        : verdict.path("type").asText();
  }

  private int ready(URI node) throws Exception {
    return send(HttpRequest.newBuilder(node.resolve("/health/ready"))).statusCode();
  }

  private JsonNode figures(URI node) throws Exception {
    return TestNode.json(send(HttpRequest.newBuilder(node.resolve("/v1/ops"))).body());
  }

  private void put(URI node, Subject holder, String colour) throws Exception {
    final HttpResponse<String> answer =
        new AuthorityClient(node, authority)
            .put("/v1/subjects/" + holder.toHex() + "/status", "{\"colour\":\"" + colour + "\"}");
    assertEquals(200, answer.statusCode(), answer.body());
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private void await(String what, Condition condition) throws Exception {
    Patience.await(
        () -> what + "\n" + processes.stream().map(GongbeiProcess::err).toList(), condition::holds);
  }

  private boolean isAtOne(URI replica, URI member) throws Exception {
    final JsonNode one = figures(replica).path("map");
    final JsonNode other = figures(member).path("map");
    return one.path("version").equals(other.path("version"))
        && one.path("digest").equals(other.path("digest"));
  }

  @Test
  void aReplicaThatHadMoreThanTheBackupTellsTheTruthOrNothing() throws Exception {
    KeyGeneration.write(issuer, "gd", directory.resolve("trust"));
    KeyGeneration.write(authority, "authority", directory.resolve("authority"));
    SecretFile.write(directory.resolve("secret"), "a secret of this test's cluster");
    final int basePort = FreePorts.inARow(MemberAddress.PORTS + 2);
    final String memberConfig = config("member", "member", basePort);
    final GongbeiProcess first = process("member");
    final URI before = serve(first, memberConfig);
    final GongbeiProcess replicaProcess = process("replica");
    final URI replica = serve(replicaProcess, config("replica", "replica", basePort));
    put(before, HOLDER, "green");
    await("a history begins", () -> !figures(before).at("/log/history").asText().isEmpty());
    final String backup = directory.resolve("backup").toString();
    // An address of nobody's: where the members reach this machine says the command.
    final Path elsewhere =
        Files.writeString(
            directory.resolve("elsewhere.yaml"),
            Files.readString(Path.of(config("replica", "replica", basePort)))
                .replace("host: 127.0.0.1, secretFile", "host: 192.0.2.1, secretFile"));
    command(
        "cluster",
        "backup",
        "--config",
        elsewhere.toString(),
        "--replication-host",
        "127.0.0.1",
        "--to",
        backup,
        "--port",
        Integer.toString(basePort + MemberAddress.PORTS));
    for (int i = 10; i < 20; i++) {
      put(before, new Subject(i, i), "green");
    }
    await("the replica has all", () -> isAtOne(replica, before));
    final String history = figures(before).at("/log/history").asText();
    final String lie = verdict(replica);
    first.process().destroy();
    assertTrue(first.process().waitFor(Patience.SECONDS, TimeUnit.SECONDS));

    command(
        "cluster", "restore", "--from", backup, "--data", directory.resolve("restored").toString());
    final URI member = serve(process("restored"), config("restored", "member", basePort));
    put(member, HOLDER, "red");
    assertEquals("refuse red", verdict(member));
    await(
        "the replica tells the truth",
        () -> {
          final String told = verdict(replica);
          assertTrue(
              told.equals(lie) || told.equals("/problems/busy") || told.equals("refuse red"), told);
          return told.equals("refuse red") && isAtOne(replica, member);
        });
    assertEquals(200, ready(replica));
    assertEquals("replica", figures(replica).at("/log/role").asText());
    await(
        "one history",
        () -> figures(replica).at("/log/history").equals(figures(member).at("/log/history")));
    assertTrue(!figures(member).at("/log/history").asText().equals(history), "a new one");
    final String said = replicaProcess.err();
    assertEquals(
        1,
        said.lines().filter(line -> line.contains("is of another history than member 0")).count(),
        said);

    // A stopped member's directory takes no rows but through the cluster.
    final Path rows =
        Files.writeString(
            directory.resolve("rows.csv"),
            "subject,colour,result,sampleTime,doses,lastDoseDate,flags\n"
                + HOLDER.toHex()
                + ",green,none,,0,,\n");
    final GongbeiProcess load = process("load");
    assertEquals(
        1, load.run("load", rows.toString(), "--data", directory.resolve("member").toString()));
    assertTrue(
        load.err().contains("member is member 0's, not a single node's: load through a running"),
        load.err());
    final GongbeiProcess loadReplica = process("load-replica");
    replicaProcess.process().destroy();
    assertTrue(replicaProcess.process().waitFor(Patience.SECONDS, TimeUnit.SECONDS));
    assertEquals(
        1,
        loadReplica.run(
            "load", rows.toString(), "--data", directory.resolve("replica").toString()));
    assertTrue(loadReplica.err().contains("replica is a replica's"), loadReplica.err());
  }
}
