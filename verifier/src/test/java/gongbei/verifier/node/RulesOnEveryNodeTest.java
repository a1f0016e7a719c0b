package gongbei.verifier.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.issue.HcertIssuer;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.context.MemberAddress;
import gongbei.testing.FreePorts;
import gongbei.testing.Patience;
import gongbei.testing.SecretFile;
import gongbei.verifier.ForeignCertificates;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.config.NodeConfig;
import java.io.IOException;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A rule that one member has acknowledged judges foreign codes at all members and at a replica,
 * which look for no rule by themselves: {@code reloadSeconds} is an hour.
 */
final class RulesOnEveryNodeTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MEMBERS = 3;

  @TempDir private Path directory;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Node> nodes = new ArrayList<>();
  private final Instant from = Instant.now().minus(Duration.ofDays(1));
  private final KeyGeneration generation = new KeyGeneration();
  private final SigningKey foreign = generation.generate("XX", from, from.plus(Duration.ofDays(9)));
  private final SigningKey authority =
      generation.generateAuthority("Test", from, from.plus(Duration.ofDays(9)));
  private int basePort;

  @AfterEach
  void closeNodes() {
    nodes.forEach(Node::close);
  }

  private NodeConfig config(int node) throws Exception {
    final boolean isMember = node < MEMBERS;
    final StringBuilder yaml = new StringBuilder();
    yaml.append("role: ").append(isMember ? "member" : "replica");
    yaml.append("\nmaxSubjects: 1000\nreloadSeconds: 3600\ndataDirectory: data-").append(node);
    yaml.append("\ntrustDirectory: trust\nauthorityDirectory: authority\n");
    yaml.append("http: {host: 127.0.0.1, port: 0}\ntcp: {host: 127.0.0.1, port: 0}\n");
    yaml.append("replication:\n  secretFile: cluster.secret\n");
    yaml.append(isMember ? "  memberId: " + node : "  host: 127.0.0.1").append("\n  members:\n");
    for (int id = 0; id < MEMBERS; id++) {
      final int port = basePort + id * MemberAddress.PORTS;
      yaml.append("    - {host: 127.0.0.1, basePort: ").append(port).append("}\n");
    }
    yaml.append("  logTermBytes: 1048576\n  segmentBytes: 1048576\n  feedBytes: 2097152\n");
    yaml.append("  heartbeatTimeoutMillis: 2000\n  electionTimeoutMillis: 500\n");
    return NodeConfig.read(Files.writeString(directory.resolve("node-" + node + ".yaml"), yaml));
  }

  private void startAll() throws Exception {
    basePort = FreePorts.inARow(MEMBERS * MemberAddress.PORTS);
    SecretFile.write(directory.resolve("cluster.secret"), "a secret of this test's cluster");
    KeyGeneration.write(foreign, "foreign", directory.resolve("trust"));
    KeyGeneration.write(authority, "authority", directory.resolve("authority"));
    final List<CompletableFuture<Node>> starting = new ArrayList<>();
    for (int id = 0; id <= MEMBERS; id++) {
      final NodeConfig config = config(id);
      starting.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return Node.start(config);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              },
              task -> new Thread(task, "start").start()));
    }
    for (final CompletableFuture<Node> each : starting) {
      nodes.add(each.get(Patience.SECONDS, TimeUnit.SECONDS));
    }
  }

  private URI uri(int node, String path) {
    return URI.create("http://127.0.0.1:" + nodes.get(node).httpPort() + path);
  }

  /** Puts a document at whichever member takes it, and comes back when it is acknowledged. */
  private void put(String path, String document) throws Exception {
    final String[] refusal = {""};
    Patience.await(
        () -> path + " is acknowledged, not " + refusal[0],
        () -> {
          try {
            final HttpResponse<String> answer =
                new AuthorityClient(uri(0, "/"), authority).put(path, document);
            refusal[0] = answer.body();
            assertFalse(answer.statusCode() / 100 == 4, refusal[0]);
            return answer.statusCode() == 200;
          } catch (IOException e) {
            refusal[0] = e.toString();
            return false;
          }
        });
  }

  private JsonNode scan(int node) throws Exception {
    final long now = Instant.now().getEpochSecond();
    final String code =
        new HcertIssuer(foreign)
            .issue(JSON.readTree(ForeignCertificates.vaccination(1)), now - 10, now + 60);
    final String body =
        JSON.createObjectNode().put("checkpoint", "airport/a").put("code", code).toString();
    return JSON.readTree(
        client
            .send(
                HttpRequest.newBuilder(uri(node, "/v1/scans"))
                    .header("Content-Type", "application/json")
                    .header("Accept-Language", "fr")
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body());
  }

  private void awaitEverywhere(String verdict, String text) throws Exception {
    for (int node = 0; node <= MEMBERS; node++) {
      final int each = node;
      final JsonNode[] last = new JsonNode[1];
      Patience.await(
          () -> "node " + each + " says " + verdict + " " + text + ", not " + last[0],
          () -> {
            last[0] = scan(each);
            return last[0].path("verdict").asText().equals(verdict)
                && last[0].at("/rule/text").asText().equals(text);
          });
    }
  }

  private static String rules(int revision, int doses) {
    return String.format(
            Locale.ROOT,
            """
            {'revision':%d,'rules':[{'Identifier':'VR-FR-0001','Type':'Acceptance','Country':'FR',
            'Version':'1.0.%d','SchemaVersion':'1.0.0','Engine':'CERTLOGIC','EngineVersion':'0.7.5',
            'CertificateType':'Vaccination','ValidFrom':'2022-01-01T00:00:00Z',
            'ValidTo':'2099-01-01T00:00:00Z','AffectedFields':['v.0.dn'],
            'Description':[{'lang':'en','desc':'Doses: %d'},{'lang':'fr','desc':'Doses : %d'}],
            'Logic':{'>=':[{'var':'payload.v.0.dn'},%d]}}]}
            """,
            revision,
            revision,
            doses,
            doses,
            doses)
        .replace('\'', '"');
  }

  @Test
  void aNewRuleIsInForceOnEveryMemberAndOnAReplica() throws Exception {
    startAll();
    put(
        "/v1/rulesets/airport",
        "{\"version\":1,\"allowedColours\":[\"green\"],\"foreignCodes\":\"accept\","
            + "\"foreignRules\":[\"FR\"]}");
    put("/v1/foreign-rules/FR", rules(1, 1));
    awaitEverywhere("pass", "");
    put("/v1/foreign-rules/FR", rules(2, 2));
    awaitEverywhere("refuse", "Doses : 2");
    assertEquals("VR-FR-0001", scan(MEMBERS).at("/rule/id").asText());
    put("/v1/foreign-rules/FR", rules(3, 1));
    awaitEverywhere("pass", "");
  }
}
