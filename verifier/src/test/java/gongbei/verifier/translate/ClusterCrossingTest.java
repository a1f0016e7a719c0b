package gongbei.verifier.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SubjectSecret;
import gongbei.codec.trust.TrustList;
import gongbei.replication.context.MemberAddress;
import gongbei.replication.map.Subject;
import gongbei.testing.FreePorts;
import gongbei.testing.OneJdk;
import gongbei.testing.Patience;
import gongbei.testing.SecretFile;
import gongbei.verifier.ServeCommand;
import gongbei.verifier.TestNode;
import gongbei.verifier.audit.AuditCheck;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Macau as a cluster of three processes, whose leader is killed while travellers cross. */
@OneJdk
final class ClusterCrossingTest {
  private static final int MEMBERS = 3;
  private static final int TRAVELLERS_MEANWHILE = 30;

  @TempDir private Path directory;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final SigningKey guangdong = key("GD");
  private final SigningKey macau = key("MO");
  private final Process[] processes = new Process[MEMBERS];
  private final URI[] urls = new URI[MEMBERS];
  private int basePort;

  private static SigningKey key(String region) {
    final Instant from = Instant.now().minus(Duration.ofDays(1));
    return new KeyGeneration().generate(region, from, from.plus(Duration.ofDays(3)));
  }

  @BeforeEach
  void start() throws Exception {
    final Path trust = Files.createDirectories(directory.resolve("trust"));
    Files.copy(
        KeyGeneration.write(guangdong, "gd", directory.resolve("gd")),
        Files.createDirectory(trust.resolve("GD1")).resolve("gd.pem"));
    Files.copy(
        KeyGeneration.write(macau, "mo", directory.resolve("mo")),
        Files.createDirectory(trust.resolve("MO1")).resolve("mo.pem"));
    SubjectSecret.generate().write(directory.resolve("subject.secret"));
    basePort = FreePorts.inARow(MEMBERS * MemberAddress.PORTS);
    for (int id = 0; id < MEMBERS; id++) {
      launch(id);
    }
    for (int id = 0; id < MEMBERS; id++) {
      awaitServing(id);
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (final Process process : processes) {
      if (process != null) {
        process.destroyForcibly().waitFor();
      }
    }
  }

  private void launch(int id) throws IOException {
    final StringBuilder yaml = new StringBuilder();
    yaml.append("role: member\nregion: MO\nmaxSubjects: 10000\ndataDirectory: ").append(data(id));
    yaml.append("\ntrustDirectory: trust\nsigningKeyDirectory: mo\n");
    yaml.append("subjectSecretFile: subject.secret\n");
    yaml.append("http: {host: 127.0.0.1, port: 0}\ntcp: {host: 127.0.0.1, port: 0}\n");
    // Once: a node that is starting may be reading it.
    if (Files.notExists(directory.resolve("cluster.secret"))) {
      SecretFile.write(directory.resolve("cluster.secret"), "a secret of this test's cluster");
    }
    yaml.append("replication:\n  secretFile: cluster.secret\n");
    yaml.append("  memberId: ").append(id).append("\n  members:\n");
    for (int member = 0; member < MEMBERS; member++) {
      final int port = basePort + member * MemberAddress.PORTS;
      yaml.append("    - {host: 127.0.0.1, basePort: ").append(port).append("}\n");
    }
    yaml.append("  logTermBytes: 1048576\n  segmentBytes: 1048576\n  feedBytes: 2097152\n");
    yaml.append("  lowStorageBytes: 16777216\n");
    yaml.append("  heartbeatTimeoutMillis: 2000\n  electionTimeoutMillis: 500\n");
    final Path config = Files.writeString(directory.resolve(id + ".yaml"), yaml);
    final List<String> command = ServeCommand.of(config, "--json");
    urls[id] = null;
    processes[id] =
        new ProcessBuilder(command)
            .redirectOutput(outputOf(id))
            .redirectError(
                ProcessBuilder.Redirect.appendTo(directory.resolve(id + ".err").toFile()))
            .start();
  }

  private File outputOf(int id) {
    return directory.resolve(id + ".out").toFile();
  }

  private String data(int id) {
    return "data-" + id;
  }

  private void awaitServing(int id) throws Exception {
    Patience.await(
        "member " + id + " serves",
        () -> {
          assertTrue(processes[id].isAlive(), () -> "member " + id + " has ended: " + errorsOf(id));
          final String said = Files.readString(outputOf(id).toPath());
          if (said.endsWith("\n")) {
            urls[id] = URI.create(TestNode.json(said).path("http").asText());
          }
          return urls[id] != null;
        });
  }

  private String errorsOf(int id) {
    try {
      return Files.readString(directory.resolve(id + ".err"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private JsonNode ready(int id) throws Exception {
    return TestNode.json(
        http.send(
                HttpRequest.newBuilder(urls[id].resolve("/health/ready")).build(),
                HttpResponse.BodyHandlers.ofString())
            .body());
  }

  private HttpResponse<String> post(int id, String path, JsonNode body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(urls[id].resolve(path))
            .header("Content-Type", "application/json")
            .timeout(Patience.DURATION)
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private int awaitLeader() throws Exception {
    final int[] leader = {-1};
    Patience.await(
        "a leader",
        () -> {
          for (int id = 0; id < MEMBERS; id++) {
            if (processes[id].isAlive()
                && ready(id).path("log").path("role").asText().equals("leader")) {
              leader[0] = id;
              return true;
            }
          }
          return false;
        });
    return leader[0];
  }

  private String codeOf(int traveller) {
    final long now = Instant.now().getEpochSecond();
    return new CodeIssuer(CodeFormat.GD1, guangdong)
        .issue(
            CodeClaims.of(CodeKind.PERSON, new Subject(9, traveller).toBytes())
                .colour(Colour.GREEN)
                .test(TestResult.NEGATIVE, (int) (now / 60) - 60)
                .doses(2)
                .serial(new byte[8])
                .validity(now, now + 600)
                .build());
  }

  private HttpResponse<String> ask(int id, String code) throws Exception {
    return post(
        id,
        "/v1/translations",
        JsonNodeFactory.instance.objectNode().put("code", code).put("target", "MO"));
  }

  private String translate(int id, int traveller) throws Exception {
    final HttpResponse<String> answer = ask(id, codeOf(traveller));
    assertEquals(201, answer.statusCode(), answer.body());
    return TestNode.json(answer.body()).path("code").asText();
  }

  private void requireEverybodyLetsIn(String code) throws Exception {
    for (int id = 0; id < MEMBERS; id++) {
      final int at = id;
      Patience.await(
          "member " + id + " knows the visitor",
          () ->
              TestNode.json(
                      post(
                              at,
                              "/v1/scans",
                              JsonNodeFactory.instance
                                  .objectNode()
                                  .put("checkpoint", "border-to-macau")
                                  .put("code", code))
                          .body())
                  .path("verdict")
                  .asText()
                  .equals("pass"));
    }
  }

  private void requireAllAgree(int visitors) throws Exception {
    final Set<String> digests = new HashSet<>();
    Patience.await(
        "all members are at one version",
        () -> {
          final Set<Long> versions = new HashSet<>();
          digests.clear();
          for (int id = 0; id < MEMBERS; id++) {
            final JsonNode ready = ready(id);
            versions.add(ready.path("version").asLong());
            digests.add(ready.path("digest").asText());
            assertTrue(ready.path("subjects").asInt() <= visitors, "a visitor twice");
          }
          return versions.size() == 1;
        });
    assertEquals(1, digests.size(), "their digests are equal");
    for (int id = 0; id < MEMBERS; id++) {
      assertEquals(visitors, ready(id).path("subjects").asInt());
    }
  }

  @Test
  void travellersCrossAtFollowerAndLeaderAndThroughTheLossOfTheLeader() throws Exception {
    final int leader = awaitLeader();
    final int follower = (leader + 1) % MEMBERS;
    requireEverybodyLetsIn(translate(follower, 1));
    requireEverybodyLetsIn(translate(leader, 2));
    requireEverybodyLetsIn(translate(leader, 1));
    requireAllAgree(2);

    final AtomicInteger refused = new AtomicInteger();
    for (int traveller = 3; traveller < 3 + TRAVELLERS_MEANWHILE; traveller++) {
      if (traveller == 3 + TRAVELLERS_MEANWHILE / 3) {
        processes[leader].destroyForcibly().waitFor();
      }
      final String code = codeOf(traveller);
      Patience.await(
          "a code is translated",
          () -> {
            final HttpResponse<String> answer = ask(follower, code);
            if (answer.statusCode() == 201) {
              return true;
            }
            assertEquals(503, answer.statusCode(), answer.body());
            refused.incrementAndGet();
            return false;
          });
    }
    launch(leader);
    awaitServing(leader);
    requireAllAgree(2 + TRAVELLERS_MEANWHILE);
    requireEverybodyLetsIn(translate(leader, 3));

    long receipts = 0;
    for (int id = 0; id < MEMBERS; id++) {
      processes[id].destroy();
      assertTrue(processes[id].waitFor(Patience.SECONDS, TimeUnit.SECONDS), "it stops when asked");
      final Path audit = directory.resolve(data(id)).resolve("audit.jsonl");
      if (Files.exists(audit) && Files.size(audit) > 0) {
        receipts +=
            AuditCheck.check(audit, new TrustList(List.of(macau.issuerKey())), false, null)
                .receipts();
      }
    }
    assertTrue(
        receipts >= 4 + TRAVELLERS_MEANWHILE, receipts + " receipts, " + refused + " refused");
  }
}
