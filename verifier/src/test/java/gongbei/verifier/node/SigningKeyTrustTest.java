package gongbei.verifier.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
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
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node mints no code that it would refuse itself: over HTTP, with keys in files. */
final class SigningKeyTrustTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Subject HOLDER = new Subject(5, 5);
  private static final String MINTING = "{\"subject\":\"" + HOLDER.toHex() + "\"}";

  @TempDir private Path directory;
  private final Instant now = Instant.now();
  private final SigningKey first = key("GD", 2);
  private final HttpClient client = HttpClient.newHttpClient();

  private SigningKey key(String region, int daysOld) {
    return new KeyGeneration()
        .generate(region, now.minus(Duration.ofDays(daysOld)), now.plus(Duration.ofDays(10)));
  }

  private Path config(String... more) throws IOException {
    Files.createDirectories(directory.resolve("trust"));
    Files.createDirectories(directory.resolve("signing"));
    return Files.writeString(
        directory.resolve("node.yaml"),
        "maxSubjects: 100\nreloadSeconds: 1\nsigningKeyDirectory: signing\n"
            + "http: {host: 127.0.0.1, port: 0}\ntcp: {host: 127.0.0.1, port: 0}\n"
            + String.join("\n", more)
            + "\n");
  }

  private void refused(String why, String... more) throws Exception {
    final NodeConfig config = NodeConfig.read(config(more));
    final NodeException e = assertThrows(NodeException.class, () -> Node.start(config).close());
    assertTrue(e.getMessage().contains(why), e.getMessage());
    assertTrue(e.getMessage().startsWith(directory.resolve("signing").toString()), e.getMessage());
  }

  @Test
  void aNodeDoesNotStartWithoutAKeyOfItsRegionThatItsOwnTrustListHolds() throws Exception {
    final String trusting = "trustDirectory: trust";
    refused("holds no key that signs GD1, the codes of region GD; it holds none at all", trusting);
    final SigningKey macau = key("MO", 2);
    KeyGeneration.write(macau, "mo", directory.resolve("signing"));
    KeyGeneration.write(macau, "mo", directory.resolve("trust"));
    refused("holds no key that signs GD1, the codes of region GD; it holds 1 of others", trusting);
    KeyGeneration.write(first, "gd", directory.resolve("signing"));
    final String untrusted =
        "the key " + first.issuerKey().kidHex() + " would sign codes that this node refuses: ";
    refused(untrusted + "trustDirectory is missing");
    refused(
        untrusted + directory.resolve("trust/GD1") + " does not hold its certificate", trusting);
    // Another that is trusted signs, though it is older.
    final SigningKey trusted = key("GD", 3);
    KeyGeneration.write(trusted, "gd", directory.resolve("signing"));
    KeyGeneration.write(trusted, "gd", directory.resolve("trust"));
    try (Node node = Node.start(NodeConfig.read(config(trusting)))) {
      assertEquals(3, node.resources().signingKeys().orElseThrow().all().size());
      putHolder(node);
      assertEquals("ok", minted(node));
      assertEquals("1.0", metric(node, "gongbei_signing_keys_untrusted"));
    }
  }

  @Test
  void aNodeWhoseKeysHaveAllEndedStartsAndAnswersScans() throws Exception {
    final Instant ended = now.minus(Duration.ofDays(1));
    final SigningKey old =
        new KeyGeneration().generate("GD", ended.minus(Duration.ofDays(9)), ended);
    KeyGeneration.write(old, "gd", directory.resolve("signing"));
    try (Node node = Node.start(NodeConfig.read(config("trustDirectory: trust")))) {
      assertEquals("/problems/no-signing-key", minted(node));
      assertEquals("0.0", metric(node, "gongbei_signing_keys_untrusted"));
    }
  }

  private void putHolder(Node node) {
    final int minutes = (int) (now.getEpochSecond() / 60);
    node.resources()
        .log()
        .submit(
            List.of(
                StatusCommand.SetStatus.of(HOLDER)
                    .colour(Colour.GREEN)
                    .test(TestResult.NEGATIVE, minutes - 120)
                    .build()))
        .join();
  }

  private HttpResponse<String> post(Node node, String path, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.httpPort() + path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private String metric(Node node, String name) throws Exception {
    final HttpResponse<String> metrics =
        client.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.httpPort() + "/metrics"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return metrics
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> line.substring(name.length() + 1))
        .findFirst()
        .orElse("none");
  }

  /** What a node answers to whoever asks for a code; of one that it mints, whether it passes. */
  private String minted(Node node) throws Exception {
    final JsonNode answer = JSON.readTree(post(node, "/v1/codes", MINTING).body());
    if (!answer.has("code")) {
      return answer.path("type").asText();
    }
    final String scan =
        JSON.createObjectNode()
            .put("checkpoint", "metro")
            .put("code", answer.get("code").asText())
            .toString();
    return JSON.readTree(post(node, "/v1/scans", scan).body()).path("reason").asText();
  }

  @Test
  void aKeyThatIsTrustedNoMoreSignsNothingAndTheNodeSaysSo() throws Exception {
    KeyGeneration.write(first, "gd", directory.resolve("signing"));
    final Path certificate = KeyGeneration.write(first, "gd", directory.resolve("trust"));
    try (Node node = Node.start(NodeConfig.read(config("trustDirectory: trust")))) {
      putHolder(node);
      assertEquals("ok", minted(node));
      assertEquals("0.0", metric(node, "gongbei_signing_keys_untrusted"));
      assertEquals(
          (double) first.issuerKey().notAfterEpochSeconds(),
          Double.parseDouble(metric(node, "gongbei_signing_key_end_seconds")));

      final byte[] content = Files.readAllBytes(certificate);
      Files.delete(certificate);
      Patience.awaitEquals("/problems/no-signing-key", () -> minted(node));
      Patience.awaitEquals("1.0", () -> metric(node, "gongbei_signing_keys_untrusted"));
      assertEquals("0.0", metric(node, "gongbei_signing_key_end_seconds"));
      assertTrue(Double.parseDouble(metric(node, "gongbei_codes_failed_total")) >= 1);

      Files.write(certificate, content);
      Patience.awaitEquals("ok", () -> minted(node));

      // The newest key signs, but not before its certificate is trusted.
      final SigningKey second = key("GD", 1);
      KeyGeneration.write(second, "gd", directory.resolve("signing"));
      Patience.awaitEquals("1.0", () -> metric(node, "gongbei_signing_keys_untrusted"));
      assertEquals("ok", minted(node), "the one before goes on");

      // No key at all is left.
      for (final SigningKey key : List.of(first, second)) {
        final String base = "GD1/gd-" + key.issuerKey().kidHex();
        Files.delete(directory.resolve("signing").resolve(base + ".cert.pem"));
        Files.delete(
            directory.resolve("signing").resolve("gd-" + key.issuerKey().kidHex() + ".key.pem"));
      }
      Patience.awaitEquals("/problems/no-signing-key", () -> minted(node));
      Patience.awaitEquals("0.0", () -> metric(node, "gongbei_signing_key_end_seconds"));
    }
  }
}
