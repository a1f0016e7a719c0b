package gongbei.verifier.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.config.NodeConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rulesets that an authority puts in the log, and the scans that they judge. */
final class LoggedRulesetsTest {
  private static final Subject ANN = new Subject(1, 1);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final Instant from = Instant.now().minus(Duration.ofDays(1));
  private final KeyGeneration generation = new KeyGeneration();
  private final SigningKey issuer = generation.generate("GD", from, from.plus(Duration.ofDays(9)));
  private final SigningKey authority =
      generation.generateAuthority("Test", from, from.plus(Duration.ofDays(9)));

  @TempDir private Path directory;
  private NodeConfig config;

  @BeforeEach
  void writeConfiguration() throws Exception {
    KeyGeneration.write(issuer, "gd", directory.resolve("trust"));
    KeyGeneration.write(authority, "authority", directory.resolve("authority"));
    config =
        NodeConfig.read(
            Files.writeString(
                directory.resolve("node.yaml"),
                """
                trustDirectory: trust
                authorityDirectory: authority
                dataDirectory: data
                maxSubjects: 1000
                reloadSeconds: 3600
                http: {host: 127.0.0.1, port: 0}
                tcp: {host: 127.0.0.1, port: 0}
                replication: {logTermBytes: 1048576, segmentBytes: 1048576, feedBytes: 2097152}
                """));
  }

  private static URI uri(Node node, String path) {
    return URI.create("http://127.0.0.1:" + node.httpPort() + path);
  }

  private HttpResponse<String> put(Node node, String name, String ruleset) throws Exception {
    return new AuthorityClient(uri(node, "/"), authority).put("/v1/rulesets/" + name, ruleset);
  }

  private JsonNode scan(Node node) throws Exception {
    final long now = Instant.now().getEpochSecond();
    final String code =
        new CodeIssuer(CodeFormat.GD1, issuer)
            .issue(
                CodeClaims.of(CodeKind.PERSON, ANN.toBytes())
                    .colour(Colour.GREEN)
                    .serial(new byte[8])
                    .validity(now - 1, now + 60)
                    .build());
    final String body =
        JSON.createObjectNode().put("checkpoint", "metro/a").put("code", code).toString();
    return JSON.readTree(
        client
            .send(
                HttpRequest.newBuilder(uri(node, "/v1/scans"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body());
  }

  private void awaitRuleset(Node node, String label) throws Exception {
    Patience.await(label + " is in force", () -> scan(node).path("ruleset").asText().equals(label));
  }

  @Test
  void whatIsPutJudgesTheNextScansAndStillDoesAfterARestart() throws Exception {
    try (Node node = Node.start(config)) {
      node.resources()
          .log()
          .submit(StatusCommand.SetStatus.of(ANN).colour(Colour.YELLOW).build())
          .get(Patience.SECONDS, TimeUnit.SECONDS);
      assertEquals("yellow", scan(node).path("reason").asText());
      assertEquals("metro@1", scan(node).path("ruleset").asText());

      final HttpResponse<String> put =
          put(node, "metro", "{\"version\":3,\"allowedColours\":[\"green\",\"yellow\"]}");
      assertEquals(200, put.statusCode(), put.body());
      assertEquals("applied", JSON.readTree(put.body()).path("outcome").asText());
      assertEquals(2, JSON.readTree(put.body()).path("version").longValue());
      awaitRuleset(node, "metro@3");
      assertEquals("pass", scan(node).path("verdict").asText());

      final HttpResponse<String> older =
          put(node, "metro", "{\"version\":3,\"allowedColours\":[\"green\"]}");
      assertEquals("superseded", JSON.readTree(older.body()).path("outcome").asText());
      final HttpResponse<String> bad =
          put(node, "metro", "{\"version\":4,\"allowedColours\":[\"red\"]}");
      assertEquals(400, bad.statusCode());
      assertEquals("allowedColours", JSON.readTree(bad.body()).path("field").asText());
      assertEquals(400, put(node, "Metro", "{\"version\":4}").statusCode());
      assertEquals("metro@3", scan(node).path("ruleset").asText());
    }
    try (Node node = Node.start(config)) {
      assertEquals("metro@3", scan(node).path("ruleset").asText());
      assertEquals("pass", scan(node).path("verdict").asText());
    }
    Files.delete(directory.resolve("data/status.stamp"));
    try (Node node = Node.start(config)) {
      assertEquals("metro@3", scan(node).path("ruleset").asText(), "rebuilt from the log");
    }
  }
}
