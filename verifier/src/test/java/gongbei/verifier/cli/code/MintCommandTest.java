package gongbei.verifier.cli.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.verifier.TestNode;
import gongbei.verifier.cli.Gongbei;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class MintCommandTest {
  private static List<String> run(int exitCode, String... arguments) {
    final StringWriter text = new StringWriter();
    final CommandLine line = Gongbei.commandLine();
    line.setOut(new PrintWriter(text));
    line.setErr(new PrintWriter(text));
    assertEquals(exitCode, line.execute(arguments), text.toString());
    return text.toString().lines().toList();
  }

  @Test
  void aWalletHasTheNextCodeBeforeTheOneShownExpiresAndTheCostIsShown() throws Exception {
    try (TestNode node = new TestNode()) {
      final String url = node.http("");
      final List<String> codes =
          run(
              0,
              "mint",
              "--json",
              "--url",
              url,
              "--subject",
              TestNode.GREEN.toHex(),
              "--ttl-seconds",
              "11",
              "--times",
              "2");
      final JsonNode first = TestNode.json(codes.get(0));
      final JsonNode second = TestNode.json(codes.get(1));
      assertNotEquals(first.path("code").asText(), second.path("code").asText());
      final Instant expires = Instant.parse(first.path("expires").asText());
      assertTrue(Instant.now().isBefore(expires), "the first has not expired yet");
      assertRefreshedWith(10, 11, first);
      final JsonNode minute =
          TestNode.json(
              run(0, "mint", "--json", "--url", url, "--subject", TestNode.GREEN.toHex()).get(0));
      assertRefreshedWith(10, 20, minute);
      final String metrics =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create(node.http("/metrics"))).build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      assertTrue(metrics.contains("gongbei_codes_minted_total 3.0"), metrics);
      assertTrue(metrics.contains("gongbei_codes_minting_seconds_total "), metrics);
      run(1, "mint", "--url", url, "--subject", TestNode.UNKNOWN.toHex());
    }
    run(3, "mint", "--url", "http://127.0.0.1:1", "--subject", TestNode.GREEN.toHex());
  }

  private static void assertRefreshedWith(int leastSeconds, int mostSeconds, JsonNode minted) {
    final Duration rest =
        Duration.between(
            Instant.parse(minted.path("refreshAt").asText()),
            Instant.parse(minted.path("expires").asText()));
    assertTrue(rest.compareTo(Duration.ofSeconds(leastSeconds)) >= 0, rest.toString());
    assertTrue(rest.compareTo(Duration.ofSeconds(mostSeconds)) <= 0, rest.toString());
  }
}
