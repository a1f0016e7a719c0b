package gongbei.verifier.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.codec.trust.KeyGeneration;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.Subject;
import gongbei.verifier.access.ApiKey;
import gongbei.verifier.access.ApiKeys;
import gongbei.verifier.access.Role;
import gongbei.verifier.config.Limits;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose key makes a code that lives for a minute, and whose one that lives for a year. */
final class PaperRoleTest {
  private static final Subject HOLDER = new Subject(1, 2);

  @TempDir private Path directory;
  private Node node;

  private String keyOf(Role role) throws Exception {
    final ApiKey.Made made = ApiKey.make(role.wireName(), Set.of(role), null);
    ApiKeys.add(directory.resolve("apikeys"), made.key());
    return made.text();
  }

  private HttpResponse<String> post(String path, String key, String body) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.httpPort() + path))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + key)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void whoMakesCodesForScreensMakesNoneForPaper() throws Exception {
    final Instant from = Instant.now().minus(Duration.ofDays(1));
    KeyGeneration.write(
        new KeyGeneration().generate("GD", from, from.plus(Duration.ofDays(2))),
        "gd",
        directory.resolve("keys"));
    final String issuer = keyOf(Role.ISSUER);
    final String printer = keyOf(Role.PAPER);
    final Path config =
        Files.writeString(
            directory.resolve("node.yaml"),
            """
            trustDirectory: keys
            signingKeyDirectory: keys
            maxSubjects: 100
            http: {host: 127.0.0.1, port: 0}
            tcp: {host: 127.0.0.1, port: 0}
            access: {apiKeyFile: apikeys}
            """);
    node = Node.start(NodeConfig.read(config));
    try {
      node.resources()
          .log()
          .submit(List.of(StatusCommand.SetStatus.of(HOLDER).colour(Colour.GREEN).build()))
          .join();
      final String screen = "{\"subject\":\"" + HOLDER.toHex() + "\"}";
      final String year =
          "{\"subject\":\""
              + HOLDER.toHex()
              + "\",\"kind\":\"paper\",\"ttlSeconds\":"
              + Limits.MAX_PAPER_CODE_SECONDS
              + "}";
      final String page = "{\"papers\":[{\"subject\":\"" + HOLDER.toHex() + "\"}]}";
      assertEquals(201, post("/v1/codes", issuer, screen).statusCode());
      assertRefused(post("/v1/codes", issuer, year));
      assertRefused(post("/v1/papers", issuer, page));
      assertEquals(201, post("/v1/codes", printer, year).statusCode());
      assertEquals(200, post("/v1/papers", printer, page).statusCode());
      assertRefused(post("/v1/codes", printer, screen));
      // A life that only paper has is no way around it.
      final HttpResponse<String> longLived =
          post("/v1/codes", issuer, screen.replace("}", ",\"ttlSeconds\":86401}"));
      assertEquals(400, longLived.statusCode(), longLived.body());
    } finally {
      node.close();
    }
  }

  private static void assertRefused(HttpResponse<String> answer) {
    assertEquals(403, answer.statusCode(), answer.body());
    assertTrue(answer.body().contains("/problems/role-missing"), answer.body());
  }
}
