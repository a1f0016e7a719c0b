package gongbei.verifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.verifier.TestNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A node on the machines of others, whose locale has other digits, capitals or years. */
final class LocaleTest {
  private static final Pattern LOG_TIME =
      Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{12}(Z|[+-][0-9:]{5}) .*");

  @TempDir private Path directory;
  private final HttpClient http = HttpClient.newHttpClient();

  @ParameterizedTest
  @CsvSource({
    "tr, TR, '', ''",
    "ar, EG, nu-arab, ''",
    "fa, IR, nu-arabext;ca-persian, ''",
    "bn, BD, nu-beng, ''",
    "mr, IN, nu-deva, Asia/Kolkata",
    "th, TH, ca-buddhist;nu-thai, Asia/Bangkok",
  })
  void aNodeStartsScansAndSpeaksAscii(
      String language, String country, String extensions, String zone) throws Exception {
    final Path config =
        Files.writeString(
            directory.resolve("node.yaml"),
            "http: {port: 0}\ntcp: {port: 0}\ntrustDirectory: nowhere\nmaxSubjects: 1000\n");
    Files.createDirectory(directory.resolve("nowhere"));
    try (GongbeiProcess node = new GongbeiProcess(directory)) {
      node.options("-Duser.language=" + language, "-Duser.country=" + country);
      if (!extensions.isEmpty()) {
        node.options("-Duser.extensions=u-" + extensions.replace(';', '-'));
      }
      if (!zone.isEmpty()) {
        node.options("-Duser.timezone=" + zone);
      }
      node.start(false, "serve", "--json", "--config", config.toString());
      final JsonNode addresses = TestNode.json(node.awaitServing());
      final URI url = URI.create(addresses.path("http").asText());
      final String verdict =
          ask(url.resolve("/v1/scans"), "{\"checkpoint\":\"metro\",\"code\":\"GD1:X\"}");
      assertEquals("refuse", TestNode.json(verdict).path("verdict").asText(), verdict);
      final String refusal =
          ask(
              url.resolve("/v1/scans"),
              "{\"checkpoint\":\"metro\",\"code\":\"GD1:X\",\"at\":\"2026-02-30T10:00:00Z\"}");
      assertTrue(refusal.contains("at is not an RFC 3339 date-time"), refusal);
      final String metrics = ask(url.resolve("/metrics"), null);
      assertAscii(metrics);
      assertTrue(metrics.contains("gongbei_"), metrics);
      final String ready = ask(url.resolve("/health/ready"), null);
      assertAscii(ready);
      node.process().destroy();
      node.exitCode();
      assertAscii(node.out());
      assertAscii(node.err());
      node.err().lines().forEach(line -> assertTrue(isLogLine(line), line));
    }
  }

  private static boolean isLogLine(String line) {
    return LOG_TIME.matcher(line).matches() || line.startsWith("WARNING: ");
  }

  @Test
  void whatACommandPrintsIsAsciiToo() throws Exception {
    try (GongbeiProcess command = new GongbeiProcess(directory)) {
      command.options(
          "-Duser.language=ar", "-Duser.country=EG", "-Duser.extensions=u-nu-arab-ca-islamic");
      assertEquals(
          0,
          command.run(
              "keygen", "--region", "MO", "--out", directory.resolve("k").toString(), "--json"));
      assertAscii(command.out());
      assertEquals(0, command.run("load", "--help"));
      assertAscii(command.out());
      assertEquals(1, command.run("verify", "--at", "2026-11-26T10:00:00Z", "HC1:X"));
      assertAscii(command.out());
    }
  }

  private static void assertAscii(String text) {
    assertTrue(text.chars().allMatch(character -> character < 0x80), text);
  }

  private String ask(URI address, String body) throws Exception {
    final HttpRequest.Builder request = HttpRequest.newBuilder(address);
    if (body != null) {
      request
          .header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString(body));
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
  }
}
