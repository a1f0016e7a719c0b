package gongbei.verifier.cli.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.codec.trust.KeyGeneration;
import gongbei.testing.Patience;
import gongbei.verifier.ForeignCertificates;
import gongbei.verifier.TestNode;
import gongbei.verifier.cli.Gongbei;
import gongbei.verifier.rules.Ruleset;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class RulesetCommandTest {
  @TempDir private Path directory;

  private String run(int exitCode, String... arguments) {
    final StringWriter text = new StringWriter();
    final CommandLine line = Gongbei.commandLine();
    line.setOut(new PrintWriter(text));
    line.setErr(new PrintWriter(text));
    assertEquals(exitCode, line.execute(arguments), text.toString());
    return text.toString().strip();
  }

  private static boolean isInForce(TestNode node, String name, int version) {
    final Ruleset found = node.node.resources().rulesets().current().find(name);
    return found != null && found.version() == version;
  }

  private static void awaitInForce(TestNode node, String name, int version) throws Exception {
    Patience.await(name + "@" + version + " is in force", () -> isInForce(node, name, version));
  }

  private static JsonNode scan(TestNode node, String checkpoint, String code) throws Exception {
    return TestNode.json(
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(node.http("/v1/scans")))
                    .header("Content-Type", "application/json")
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            JsonNodeFactory.instance
                                .objectNode()
                                .put("checkpoint", checkpoint)
                                .put("code", code)
                                .toString()))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body());
  }

  @Test
  void replaysAreSwitchedOnAndOffForOneRuleset() throws Exception {
    try (TestNode node = new TestNode()) {
      final Path keys = directory.resolve("authority");
      KeyGeneration.write(node.authority, "authority", keys);
      final String url = node.http("");
      final String code = node.code(TestNode.GREEN);
      assertEquals("ok", scan(node, "metro/a", code).path("reason").asText());
      assertEquals("ok", scan(node, "metro/b", code).path("reason").asText());
      assertTrue(
          run(
                  0,
                  "ruleset",
                  "set",
                  "--url",
                  url,
                  "--authority-keys",
                  keys + "",
                  "metro",
                  "replays=hold")
              .startsWith("metro@2 is in force, version "));
      awaitInForce(node, "metro", 2);
      assertEquals("ok", scan(node, "metro/a", code).path("reason").asText());
      assertEquals("replayed", scan(node, "metro/b", code).path("reason").asText());
      final String shown = run(0, "ruleset", "show", "--url", url, "metro");
      assertTrue(shown.contains("replays: hold"), shown);
      assertTrue(run(0, "ruleset", "show", "--url", url).lines().toList().contains("metro@2"));

      final Path file =
          Files.writeString(
              directory.resolve("metro.yaml"),
              shown.replace("version: 2", "version: 3").replace("replays: hold", "replays: ignore")
                  + "\n");
      run(0, "ruleset", "put", "--url", url, "--authority-keys", keys + "", file + "");
      awaitInForce(node, "metro", 3);
      assertEquals("ok", scan(node, "metro/b", code).path("reason").asText());

      final String antigen =
          node.hcert(
              ForeignCertificates.test(
                  "LP217198-3", "260415000", Instant.now().minusSeconds(3_600).toString()));
      assertEquals("test-missing", scan(node, "metro/b", antigen).path("reason").asText());
      final List<String> to = List.of("--url", url, "--authority-keys", keys + "");
      set(0, to, "metro", "testKinds=[naat,rat]");
      awaitInForce(node, "metro", 4);
      assertEquals("ok", scan(node, "metro/b", antigen).path("reason").asText());
      assertTrue(
          run(0, "ruleset", "show", "--url", url, "--json", "metro")
              .contains("\"testKinds\":[\"naat\",\"rat\"]"));
    }
  }

  @Test
  void whatCantBePutIsRefusedWithItsReason() throws Exception {
    try (TestNode node = new TestNode()) {
      final Path keys = directory.resolve("authority");
      KeyGeneration.write(node.authority, "authority", keys);
      final Path strangers = directory.resolve("strangers");
      KeyGeneration.write(node.macau, "mo", strangers);
      final List<String> to = List.of("--url", node.http(""), "--authority-keys", keys + "");
      assertTrue(set(1, to, "moon", "replays=hold").contains("no ruleset moon"));
      assertTrue(set(1, to, "metro", "replays=perhaps").contains("replays"));
      assertTrue(
          set(1, to, "metro", "testKinds=[pcr]").contains("testKinds may hold naat and rat"));
      assertTrue(set(1, to, "metro", "colour=green").contains("colour"));
      assertTrue(set(2, to, "metro", "replays").contains("SETTING=VALUE"));
      assertTrue(set(2, to, "metro", "name=moon").contains("name"));
      final Path file = directory.resolve("metro.yaml");
      Files.writeString(file, "name: metro\nversion: 5\nallowedColours: [green]\n");
      run(0, "ruleset", "put", "--url", node.http(""), "--authority-keys", keys + "", file + "");
      assertTrue(
          run(1, "ruleset", "put", "--url", node.http(""), "--authority-keys", keys + "", file + "")
              .contains("superseded"));
      run(
          1,
          "ruleset",
          "put",
          "--url",
          node.http(""),
          "--authority-keys",
          strangers + "",
          file + "");
      Files.writeString(file, "name: metro\nversion: none\n");
      assertTrue(
          run(1, "ruleset", "put", "--url", node.http(""), "--authority-keys", keys + "", file + "")
              .contains("version"));
      run(3, "ruleset", "put", "--url", node.http(""), "--authority-keys", keys + "", "none.yaml");
      run(2, "ruleset");
    }
    run(3, "ruleset", "show", "--url", "http://127.0.0.1:1");
  }

  private String set(int exitCode, List<String> to, String name, String change) {
    return run(
        exitCode, "ruleset", "set", to.get(0), to.get(1), to.get(2), to.get(3), name, change);
  }
}
