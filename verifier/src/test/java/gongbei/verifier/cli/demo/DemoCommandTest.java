package gongbei.verifier.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.testing.Document;
import gongbei.testing.Patience;
import gongbei.verifier.cli.CommandRuns;
import gongbei.verifier.cli.Gongbei;
import gongbei.verifier.print.QrImage;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo, as a newcomer sees it. */
final class DemoCommandTest extends CommandRuns {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A code's text: base45 has a space among its characters (RFC 9285 section 4). */
  private static final String CODE = "GD1:[0-9A-Z $%*+./:-]+";

  /** What differs from run to run, a rest in between, or spaces. */
  private static final Pattern PART_OF_LINE =
      Pattern.compile(
          "(?<code>GD1:…)|(?<word>word [A-Z]{6})|(?<number>\\b[0-9][0-9a-f.,]*[0-9a-f]|\\b[0-9]|\\b[0-9a-f]{32})| +|.");

  @TempDir private Path directory;

  @Test
  void theDemoRunsWithoutAnySetUp() throws Exception {
    assertEquals(
        0,
        run(
            "demo",
            "--residents",
            "2000",
            "--seconds",
            "2",
            "--rate",
            "200",
            "--http-port",
            "0",
            "--tcp-port",
            "0",
            "--codes",
            directory.resolve("codes").toString()),
        err);
    assertTrue(out.contains("with 2,000 residents"), out);
    assertTrue(out.contains("curl -s http://127.0.0.1:"), out);
    assertTrue(out.contains("border-to-macau/gongbei says pass: ok"), out);
    assertTrue(out.contains("border-to-guangdong/gongbei says pass: ok"), out);
    assertTrue(out.contains("A tour group of 40 shows one code: "), out);
    assertTrue(out.contains("A bus without a network has a pack of "), out);
    assertTrue(out.contains("the hospital is told pass: ok."), out);
    assertTrue(out.contains("its screenshot at the south gate: hold, replayed."), out);
    assertTrue(
        out.contains("A helper at a venue scans the document too: pass, ok."),
        "a helper's scan: " + out);
    assertDisplaysAreShown();
    assertEveryScreenCanBeTried();
    assertThePageShowsIt();
    assertTrue(out.matches("(?s).*last 1 s: pass [1-9].*last 1 s: GD p50 [1-9].*"), out);
    assertTrue(out.matches("(?s).*refuse [1-9].*"), out);
  }

  /** Guardians, venues and reserve codes, each with the page to open or the command to type. */
  private void assertDisplaysAreShown() {
    assertTrue(out.matches("(?s).*  GD  (http://[0-9.:]+)/checkpoint  \\1/venue  \\1/ops .*"), out);
    assertTrue(
        out.matches(
            "(?s).*a child's code on their own phone: pass, ok\\..*\n  http:\\S+/wallet#subject=.*"),
        out);
    assertTrue(
        out.matches(
            "(?s).*Gongbei Port, entrance A has put up a code and shows the PIN 2580: a visitor's"
                + " phone says pass, ok, word [A-Z]{6}\\. Paste it [^\n]*\n  GD1:.*"),
        out);
    assertTrue(
        out.matches(
            "(?s).*First Hospital has a screen with a code and the word [A-Z]{6}: a visitor's phone"
                + " says pass, ok, word [A-Z]{6}; of a photograph of the screen, 2 minutes later,"
                + " refuse, venue-code-expired\\.\n  Open http:\\S+/venue, paste [^\n]*\n  GD1:.*"),
        out);
    assertTrue(
        out.contains(
            "A wallet keeps 6 reserve codes. One while codes are minted: refuse,"
                + " reserve-not-in-force; once minting is degraded: pass, ok; once more: refuse,"
                + " reserve-used. Another one after minting is restored: refuse,"
                + " reserve-not-in-force."),
        out);
    for (final String state : List.of("degraded", "restored")) {
      assertTrue(
          out.matches(
              "(?s).*\n  gongbei minting "
                  + state
                  + " --url http:\\S+ --authority-keys DIR.authority\n.*"),
          out);
    }
  }

  /** Each line of the page is printed, whatever its numbers, codes and words. */
  private void assertThePageShowsIt() {
    final List<String> shown =
        Document.START_DEMO.lines().stream()
            .dropWhile(line -> !line.startsWith("Gongbei's demo"))
            .takeWhile(line -> !line.equals("```"))
            .filter(line -> !line.isBlank() && !line.equals("..."))
            .toList();
    assertTrue(shown.size() > 20, shown::toString);
    for (final String line : shown) {
      final StringBuilder pattern = new StringBuilder("(?m)^");
      final Matcher parts = PART_OF_LINE.matcher(line);
      while (parts.find()) {
        final String part = parts.group();
        pattern.append(
            part.isBlank()
                ? " +"
                : parts.group("code") != null
                    ? CODE
                    : parts.group("word") != null
                        ? "word [A-Z]{6}"
                        : parts.group("number") != null ? "[0-9a-f.,]+" : Pattern.quote(part));
      }
      assertTrue(Pattern.compile(pattern + "$").matcher(out).find(), line + " in " + out);
    }
  }

  @Test
  void whatAnAuthoritySaysInARunningDemoHasItsReserveCodePassOnce() throws Exception {
    final StringWriter said = new StringWriter();
    final Path keys = directory.resolve("demo keys");
    final Thread demo =
        new Thread(
            () ->
                Gongbei.commandLine()
                    .setOut(new PrintWriter(said, true))
                    .execute(
                        "demo",
                        "--residents=1000",
                        "--rate=20",
                        "--http-port=0",
                        "--tcp-port=0",
                        "--json",
                        "--keys=" + keys));
    demo.start();
    final List<JsonNode> lines = new ArrayList<>();
    Patience.await(
        "the demo's codes",
        () -> {
          lines.clear();
          for (final String line : said.toString().lines().toList()) {
            lines.add(JSON.readTree(line));
          }
          return lines.stream().anyMatch(line -> line.has("codes"));
        });
    for (final String scene :
        List.of(
            "nodes", "crossing", "group", "paper", "family", "venues", "screenshot", "vehicle")) {
      assertTrue(lines.stream().anyMatch(line -> line.has(scene)), scene + " in " + said);
    }
    assertEquals(List.of("ok", "ok", "venue-code-expired"), reasons(lines, "/venues/visits"));
    assertEquals(
        List.of("reserve-not-in-force", "ok", "reserve-used", "reserve-not-in-force"),
        reasons(lines, "/reserve/verdicts"));
    final String url = lines.get(0).at("/nodes/0/http").asText();
    final String reserve =
        lines.stream()
            .flatMap(line -> StreamSupport.stream(line.path("codes").spliterator(), false))
            .filter(each -> each.path("reason").asText().equals("reserve-not-in-force"))
            .map(each -> each.path("code").asText())
            .findFirst()
            .orElseThrow();
    final String[] scan = {"scan", "--url", url, "--checkpoint", "metro/a", reserve};
    assertEquals(1, run(scan), err);
    final String authority = keys.resolve("authority").toString();
    assertEquals(0, run("minting", "degraded", "--url", url, "--authority-keys", authority), err);
    assertEquals(0, run(scan), err);
    assertEquals(1, run(scan), err);
    demo.interrupt();
    demo.join();
  }

  private static List<String> reasons(List<JsonNode> lines, String pointer) {
    return lines.stream()
        .flatMap(line -> Stream.of(line.at(pointer)))
        .flatMap(each -> StreamSupport.stream(each.spliterator(), false))
        .map(each -> each.path("reason").asText())
        .toList();
  }

  /** One code of every kind and colour is printed with what is said of it, and drawn. */
  private void assertEveryScreenCanBeTried() throws Exception {
    for (final String said :
        List.of(
            "a person, green: pass, ok",
            "a person, yellow: hold, yellow",
            "a person, red: refuse, red",
            "a positive test: refuse, positive-test",
            "no test: hold, test-missing",
            "a test too old: refuse, test-too-old",
            "revoked: refuse, revoked",
            "a holder not on record: refuse, unknown-subject",
            "on paper: pass, ok",
            "in reserve, while codes are minted: refuse, reserve-not-in-force",
            "a venue, which holders scan: refuse, venue-code",
            "translated from Macau: pass, ok",
            "expired seconds ago: refuse, expired",
            "expired long ago: refuse, expired",
            "not valid yet: refuse, not-yet-valid",
            "forged: refuse, bad-signature",
            "of an issuer that is not trusted: refuse, unknown-issuer",
            "cut short: refuse, malformed",
            "foreign, of the EU's format: pass, ok",
            "another QR code: refuse, unsupported-format")) {
      assertTrue(out.contains("  " + said + "\n    "), said + " in " + out);
    }
    assertTrue(out.matches("(?s).*  a group: [a-z]+, [a-z-]+\n    GD1:.*"), out);
    try (Stream<Path> pictures = Files.list(directory.resolve("codes"))) {
      final List<Path> all = pictures.sorted().toList();
      assertEquals(21, all.size(), all.toString());
      try (InputStream green = Files.newInputStream(all.get(0))) {
        assertTrue(out.contains(QrImage.read(green)), all.get(0).toString());
      }
    }
  }
}
