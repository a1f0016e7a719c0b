package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.verifier.http.guard.RouteTable;
import gongbei.verifier.http.transport.EntityTag;
import gongbei.verifier.http.transport.MediaChoice;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.rules.ReasonWords;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The web pages, read from the jar once. A browser may keep them but asks each time whether they
 * are still the same (RFC 9110 §13.1.2). For any thread.
 *
 * <p>The pages repeat one header line by line: each is served as the file that it is, and shows it
 * before a script runs, so that there is no template between the file and what is served.
 */
public final class Pages implements RouteTable.PageSource {
  private static final String RESOURCES = "/gongbei/pages/";
  private static final String PREFIX = "/pages/";
  private static final byte[] NOTHING = {};

  /** Only what the node itself serves is loaded or asked; no script or style stands in a page. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:;"
          + " connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none';"
          + " form-action 'none'; frame-ancestors 'none'";

  private static final Map<String, String> GUARDS =
      Map.of(
          "Content-Security-Policy",
          POLICY,
          "Permissions-Policy",
          "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Referrer-Policy",
          "no-referrer",
          "X-Frame-Options",
          "DENY",
          "Cache-Control",
          "no-cache");

  /** Pages with an address of their own, and the worker that must stand above them. */
  private static final Map<String, String> NAMED =
      Map.of(
          "/checkpoint",
          "checkpoint.html",
          "/wallet",
          "wallet.html",
          "/venue",
          "venue.html",
          "/ops",
          "ops.html",
          "/oversight",
          "oversight.html",
          "/service-worker.js",
          "service-worker.js");

  /** What is at {@code /} for people; programs get {@link #index}'s JSON. */
  private static final String HOME = "home.html";

  private static final String WORDS = "words/";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> PARTS =
      List.of(
          "style.css",
          "common.js",
          "checkpoint.js",
          "wallet.js",
          "reserve.js",
          "why.js",
          "visit.js",
          "wards.js",
          "venue.js",
          "qr-picture.js",
          "history-proof.js",
          "ops.js",
          "oversight.js",
          "home.js",
          "verdict.js",
          "history.js",
          "holder.js",
          "scanner.js",
          "wedge.js",
          "qr-codes.js",
          "qr-worker.js",
          "code-claims.js",
          "next-code.js",
          "words/zh-Hans.json",
          "words/zh-Hant.json",
          "words/pt.json",
          "words/en.json",
          "checkpoint.webmanifest",
          "wallet.webmanifest",
          "icon.svg",
          "icon-192.png",
          "icon-512.png");

  private static final Map<String, String> MEDIA_TYPES =
      Map.of(
          "html",
          "text/html; charset=utf-8",
          "css",
          "text/css; charset=utf-8",
          "js",
          "text/javascript; charset=utf-8",
          "json",
          Response.JSON,
          "webmanifest",
          "application/manifest+json",
          "svg",
          "image/svg+xml",
          "png",
          "image/png");

  private final Map<String, Page> pages;
  private final Page home = read(HOME);

  /** Reads every page; what is missing from the jar is a fault of the build. */
  Pages() {
    final Map<String, Page> read = new HashMap<>();
    NAMED.forEach((path, name) -> read.put(path, read(name)));
    PARTS.forEach(part -> read.put(PREFIX + part, read(part)));
    pages = Map.copyOf(read);
  }

  private record Page(String mediaType, byte[] bytes, EntityTag tag) {}

  /** Whether a page has this path. */
  @Override
  public boolean has(String path) {
    return pages.containsKey(path);
  }

  /** The page at a path that has one, or that it is still what the client has. */
  @Override
  public Response answer(Request question) {
    if (!question.method().equals("GET") && !question.method().equals("HEAD")) {
      throw Problem.of(405, "method-not-allowed", "this path takes GET, HEAD only")
          .with("Allow", "GET, HEAD");
    }
    return answer(question, pages.get(question.path()));
  }

  private static Response answer(Request question, Page page) {
    final Map<String, String> headers = new HashMap<>(GUARDS);
    headers.put("ETag", page.tag().text());
    final boolean isKnown =
        page.tag().isNamedIn(question.headers().getAll(HttpHeaderNames.IF_NONE_MATCH));
    return new Response(
        isKnown ? 304 : 200, page.mediaType(), isKnown ? NOTHING : page.bytes(), headers);
  }

  /** Where to find what: a page for a browser, JSON for whoever does not prefer HTML. */
  Response index(Request question) {
    final String html = MEDIA_TYPES.get("html");
    final String media =
        MediaChoice.of(
            question.headers().getAll(HttpHeaderNames.ACCEPT),
            Response.JSON,
            html.substring(0, html.indexOf(';')));
    final Response answer =
        media == null || media.equals(Response.JSON)
            ? Response.json(200, paths())
            : answer(question, home);
    return answer.with("Vary", "Accept");
  }

  private static ObjectNode paths() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("name", "gongbei")
        .put("description", "verifies signed health codes")
        .put("openapi", "/openapi.yaml")
        .put("ready", "/health/ready")
        .put("metrics", "/metrics")
        .put("checkpoint", "/checkpoint")
        .put("wallet", "/wallet")
        .put("venue", "/venue")
        .put("ops", "/ops")
        .put("oversight", "/oversight");
  }

  /** Adds the words of the reasons, which devices show too, to the pages' own. */
  private static byte[] withReasons(String name, byte[] bytes) throws IOException {
    if (!name.startsWith(WORDS)) {
      return bytes;
    }
    final String language = name.substring(WORDS.length(), name.lastIndexOf('.'));
    final ObjectNode words = (ObjectNode) JSON.readTree(bytes);
    ReasonWords.in(language).forEach(words::put);
    return JSON.writeValueAsBytes(words);
  }

  private static Page read(String name) {
    try (InputStream resource = Pages.class.getResourceAsStream(RESOURCES + name)) {
      if (resource == null) {
        throw new IllegalStateException("the page " + name + " is not in the jar");
      }
      final byte[] bytes = withReasons(name, resource.readAllBytes());
      return new Page(
          MEDIA_TYPES.get(name.substring(name.lastIndexOf('.') + 1)), bytes, EntityTag.of(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
