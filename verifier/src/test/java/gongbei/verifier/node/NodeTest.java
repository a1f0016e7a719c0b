package gongbei.verifier.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.verifier.config.NodeConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class NodeTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private final Instant from = Instant.now().minus(Duration.ofDays(1));

  @TempDir private Path directory;

  private SigningKey issuer(String issuer) throws Exception {
    final SigningKey key =
        new KeyGeneration().generate(issuer, from, from.plus(Duration.ofDays(10)));
    KeyGeneration.write(key, issuer, directory.resolve("trust"));
    return key;
  }

  private NodeConfig config(String settings) throws Exception {
    return NodeConfig.read(
        Files.writeString(
            directory.resolve("node.yaml"),
            "trustDirectory: trust\nmaxSubjects: 1000\nreloadSeconds: 3600\n"
                + "http: {host: 127.0.0.1, port: 0}\ntcp: {host: 127.0.0.1, port: 0}\n"
                + settings));
  }

  private String get(Node node, String path) throws Exception {
    return client
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.httpPort() + path))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /** What comes of a code of the key's of a holder whom the node does not know. */
  private String reason(Node node, CodeFormat format, SigningKey key) throws Exception {
    final long now = Instant.now().getEpochSecond();
    final String code =
        new CodeIssuer(format, key)
            .issue(
                CodeClaims.of(CodeKind.PERSON, new byte[16])
                    .colour(Colour.GREEN)
                    .serial(new byte[8])
                    .validity(now - 1, now + 60)
                    .build());
    final String body =
        new ObjectMapper()
            .createObjectNode()
            .put("checkpoint", "metro")
            .put("code", code)
            .toString();
    final String answer =
        client
            .send(
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + node.httpPort() + "/v1/scans"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    return new ObjectMapper().readTree(answer).path("reason").asText();
  }

  private static void assertShows(String metrics, String line) {
    assertTrue(metrics.contains("\n" + line + "\n"), () -> line + " is not in " + metrics);
  }

  @ParameterizedTest
  @EnumSource
  void everyEngineVerifiesForANode(NodeConfig.Engine engine) throws Exception {
    final SigningKey guangdong = issuer("GD");
    final SigningKey macau = issuer("MO");
    final SigningKey stranger =
        new KeyGeneration().generate("GD", from, from.plus(Duration.ofDays(10)));
    try (Node node = Node.start(config("signatureEngine: " + engine.wireName()))) {
      assertEquals("unknown-subject", reason(node, CodeFormat.GD1, guangdong));
      assertEquals("unknown-subject", reason(node, CodeFormat.MO1, macau));
      assertEquals("unknown-issuer", reason(node, CodeFormat.GD1, stranger));
      final String metrics = get(node, "/metrics");
      assertShows(metrics, "gongbei_signature_engine{engine=\"" + engine.wireName() + "\"} 1.0");
      assertEquals(
          engine == NodeConfig.Engine.FIXED_BASE, metrics.contains("gongbei_signature_tables"));
    }
  }

  @Test
  void keysThatComeAndGoHaveTablesFromTheListsFirstMomentToItsLast() throws Exception {
    final SigningKey first = issuer("GD");
    try (Node node = Node.start(config("signatureTables: {wideBits: 8, narrowBits: 6}"))) {
      assertShows(get(node, "/metrics"), "gongbei_signature_tables 1.0");
      final SigningKey second = issuer("GD");
      assertEquals("unknown-issuer", reason(node, CodeFormat.GD1, second));
      node.reload();
      assertShows(get(node, "/metrics"), "gongbei_signature_tables 2.0");
      assertEquals("unknown-subject", reason(node, CodeFormat.GD1, first));
      assertEquals("unknown-subject", reason(node, CodeFormat.GD1, second));
      Files.delete(directory.resolve("trust/GD1/gd-" + first.issuerKey().kidHex() + ".cert.pem"));
      node.reload();
      assertShows(get(node, "/metrics"), "gongbei_signature_tables 1.0");
      assertEquals("unknown-issuer", reason(node, CodeFormat.GD1, first));
      assertEquals("unknown-subject", reason(node, CodeFormat.GD1, second));
    }
  }

  @Test
  void withoutMemoryForTablesTheLibraryVerifies() throws Exception {
    final SigningKey guangdong = issuer("GD");
    try (Node node =
        Node.start(config("signatureTables: {wideBits: 4, narrowBits: 4, maxMebibytes: 0}"))) {
      assertShows(get(node, "/metrics"), "gongbei_signature_tables 0.0");
      assertEquals("unknown-subject", reason(node, CodeFormat.GD1, guangdong));
    }
  }
}
