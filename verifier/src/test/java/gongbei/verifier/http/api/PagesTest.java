package gongbei.verifier.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.verifier.LeakWatch;
import gongbei.verifier.TestNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the pages are served. */
@ExtendWith(LeakWatch.class)
final class PagesTest {
  /** As browsers ask for a page. */
  private static final String BROWSERS_ACCEPT =
      "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8";

  @AutoClose private static TestNode node;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @BeforeAll
  static void start() throws Exception {
    node = new TestNode();
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    final HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(node.http(path)));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/checkpoint", "/wallet", "/venue", "/ops", "/oversight"})
  void aPageComesWithAPolicyThatLetsNothingElseIn(String path) throws Exception {
    final HttpResponse<String> page = get(path, "Accept", BROWSERS_ACCEPT);
    assertEquals(200, page.statusCode());
    final String policy = page.headers().firstValue("Content-Security-Policy").orElse("");
    assertTrue(policy.startsWith("default-src 'none';"), policy);
    assertFalse(policy.contains("unsafe"), policy);
    assertFalse(policy.contains("http"), policy);
    for (final Map.Entry<String, String> header :
        Map.of(
                "Content-Type",
                "text/html; charset=utf-8",
                "Cache-Control",
                "no-cache",
                "Cross-Origin-Opener-Policy",
                "same-origin",
                "Cross-Origin-Resource-Policy",
                "same-origin",
                "Referrer-Policy",
                "no-referrer",
                "X-Content-Type-Options",
                "nosniff",
                "X-Frame-Options",
                "DENY")
            .entrySet()) {
      assertEquals(
          header.getValue(), page.headers().firstValue(header.getKey()).orElse(""), path + header);
    }
    assertTrue(
        page.headers().firstValue("Permissions-Policy").orElse("").contains("camera=(self)"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/checkpoint", "/wallet", "/venue", "/ops", "/oversight"})
  void whatAPageNamesIsThereAndOfItsKind(String path) throws Exception {
    final Map<String, String> kinds =
        Map.of(
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "webmanifest", "application/manifest+json",
            "svg", "image/svg+xml",
            "png", "image/png",
            "yaml", "application/yaml");
    final List<String> named =
        Pattern.compile("(?:href|src)=\"(/[^\"]+)\"")
            .matcher(get(path, "Accept", BROWSERS_ACCEPT).body())
            .results()
            .map(match -> match.group(1))
            .toList();
    assertTrue(named.size() >= 3, named.toString());
    for (final String each : named) {
      final HttpResponse<String> answer = get(each, "Accept", BROWSERS_ACCEPT);
      assertEquals(200, answer.statusCode(), each);
      assertEquals(
          kinds.getOrDefault(each.substring(each.lastIndexOf('.') + 1), "text/html; charset=utf-8"),
          answer.headers().firstValue("Content-Type").orElse(""),
          each);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/checkpoint", "/wallet", "/venue", "/ops", "/oversight"})
  void noScriptAndNoStyleStandsInAPage(String path) throws Exception {
    final String page = get(path, "Accept", BROWSERS_ACCEPT).body();
    assertFalse(Pattern.compile("<script[^>]*>[^<]").matcher(page).find());
    assertFalse(Pattern.compile("<style|\\sstyle=|\\son[a-z]+=|javascript:").matcher(page).find());
  }

  @Test
  void whatTheBrowserHasAlreadyIsNotSentAgain() throws Exception {
    final HttpResponse<String> first = get("/pages/common.js");
    final String tag = first.headers().firstValue("ETag").orElseThrow();
    assertTrue(tag.matches("\"[0-9a-f]{24}\""), tag);
    for (final String known : List.of(tag, "W/" + tag, "\"other\", " + tag, "*")) {
      final HttpResponse<String> again = get("/pages/common.js", "If-None-Match", known);
      assertEquals(304, again.statusCode(), known);
      assertEquals("", again.body());
      assertEquals(tag, again.headers().firstValue("ETag").orElseThrow());
    }
    assertEquals(200, get("/pages/common.js", "If-None-Match", "\"other\"").statusCode());
  }

  @Test
  void atTheRootAreAPageForPeopleAndJsonForPrograms() throws Exception {
    for (final String accept : new String[] {BROWSERS_ACCEPT, "text/html", "text/*"}) {
      final HttpResponse<String> page = get("/", "Accept", accept);
      assertEquals(200, page.statusCode());
      assertEquals(
          "text/html; charset=utf-8", page.headers().firstValue("Content-Type").orElse(""));
      assertEquals("Accept", page.headers().firstValue("Vary").orElse(""));
      assertTrue(page.body().contains("href=\"/checkpoint\""), page.body());
    }
    for (final String accept : new String[] {"*/*", "application/json", "image/png", ""}) {
      final HttpResponse<String> index = get("/", "Accept", accept);
      assertEquals(200, index.statusCode(), accept);
      assertEquals("/wallet", TestNode.json(index.body()).path("wallet").asText());
      assertEquals("Accept", index.headers().firstValue("Vary").orElse(""));
    }
  }

  @Test
  void nothingButThePagesIsServedAndOnlyToBeRead() throws Exception {
    for (final String path :
        List.of(
            "/pages/",
            "/pages/../openapi.yaml",
            "/pages/words/",
            "/pages/words/fr.json",
            "/pages/%2e%2e/logback.xml",
            "/checkpoint/",
            "/checkpoint.html")) {
      assertEquals(404, get(path).statusCode(), path);
    }
    final HttpResponse<String> posted =
        client.send(
            HttpRequest.newBuilder(URI.create(node.http("/checkpoint")))
                .POST(HttpRequest.BodyPublishers.ofString("x"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(405, posted.statusCode());
    assertEquals("GET, HEAD", posted.headers().firstValue("Allow").orElse(""));
  }

  @Test
  void theFiguresTellOfEveryScanWithItsLatency() throws Exception {
    client.send(
        HttpRequest.newBuilder(URI.create(node.http("/v1/scans")))
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"checkpoint\":\"metro\",\"code\":\"" + node.code(TestNode.RED) + "\"}"))
            .build(),
        HttpResponse.BodyHandlers.ofString());
    final var ops = TestNode.json(get("/v1/ops").body());
    assertEquals(1, ops.at("/scans/total").asLong());
    assertEquals(1, ops.at("/scans/verdicts/refuse/red").asLong());
    assertEquals(1, ops.at("/scans/latencies").size());
    assertTrue(ops.at("/scans/latencies/0/0").asLong() > 0);
    assertEquals(1, ops.at("/scans/latencies/0/1").asLong());
    assertEquals(3, ops.at("/trust/keys").asLong());
    assertEquals("single", ops.at("/log/role").asText());
  }
}
