package gongbei.verifier.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.AppealReason;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.Venue;
import gongbei.codec.model.VenueForm;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.Appeal;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.testing.OneJdk;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.TestNode;
import gongbei.verifier.access.ApiKey;
import gongbei.verifier.access.ApiKeys;
import gongbei.verifier.access.Role;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.HttpServer;
import gongbei.verifier.http.guard.AccessTable;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.node.NodeHistory;
import gongbei.verifier.node.TranslationSetup;
import gongbei.verifier.print.PaperPages;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Verdict;
import gongbei.verifier.translate.Translations;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Holds the running server against {@code openapi.yaml}. */
@ExtendWith(LeakWatch.class)
@OneJdk
final class OpenApiTest {
  /** The operations that make something new. */
  private static final Set<String> MAKING =
      Set.of(
          "POST /v1/appeals",
          "POST /v1/codes",
          "POST /v1/groups",
          "POST /v1/translations",
          "POST /v1/venues",
          "POST /v1/venues/codes");

  @TempDir private Path directory;

  private static TestNode node;
  private static EventLoopGroup loops;
  private static HttpServer server;
  private static JsonNode api;
  private static JsonSchemaCheck schemas;
  private final Set<String> given = new TreeSet<>();
  private static final AtomicLong reds = new AtomicLong();

  private String group;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @BeforeAll
  static void start() throws Exception {
    node = new TestNode();
    // As a snapshot does: signs a head of what there is.
    node.node.resources().history().orElseThrow().log().frontier();
    loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    server = new HttpServer(context(), loops);
    api = new YAMLMapper().readTree(CatalogueResource.openApiDocument());
    schemas = new JsonSchemaCheck(api);
  }

  private static HttpServer.Context context() {
    return new HttpServer.Context()
        .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .scans(node.node.pipeline(), node.node.resources().rulesets())
        .trust(node.node.resources().trust())
        .authorities(node.node.resources().authorities())
        .minting(
            CodeFormat.GD1,
            node.node.resources().signingKeys(),
            node.node.mintPipeline(),
            node.node.mintMetrics())
        .translating(
            node.node.translations().orElseThrow(),
            node.node.resources().translation().orElseThrow().tables())
        .lookingUp(
            node.node.resources().translation().orElseThrow().lookups(),
            node.node.resources().translation().map(TranslationSetup::documents))
        .status(node.node.resources().statusMap(), node.node.resources().log())
        .oversight(node.node.resources().oversight())
        .history(node.node.resources().history().map(NodeHistory::published))
        .metrics(node.node.scanMetrics(), node.metrics());
  }

  @BeforeEach
  void makeGroup() throws Exception {
    final AuthorityClient authority = new AuthorityClient(uri("/"), node.authority);
    final String example =
        api.at("/paths/~1v1~1subjects~1{subject}~1status/put/parameters/1/example").textValue();
    authority.put("/v1/subjects/" + example + "/status", "{\"colour\":\"green\"}");
    final String members = "{\"members\":[\"" + example + "\"]}";
    group = TestNode.json(authority.post("/v1/groups", members).body()).path("group").textValue();
  }

  @AfterAll
  static void stop() {
    server.close();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    node.close();
  }

  private static JsonNode operation(String method, String template) {
    return api.path("paths").path(template).path(method.toLowerCase(Locale.ROOT));
  }

  private static boolean isSigned(String method, String template) {
    final JsonNode first = operation(method, template).path("security").path(0);
    return first.has("authority") || first.has("checkpoint");
  }

  private static JsonNode requestMedia(String method, String template) {
    return operation(method, template).at("/requestBody/content/application~1json");
  }

  private static URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  private HttpResponse<byte[]> send(HttpRequest request) throws Exception {
    return client.send(
        request,
        head ->
            head.headers().firstValue("Content-Type").orElse("").equals("text/event-stream")
                ? new HeadAlone()
                : HttpResponse.BodySubscribers.ofByteArray());
  }

  private static HttpRequest.Builder request(String method, String path, String body) {
    final HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    return request.method(
        method,
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body));
  }

  private static HttpRequest signed(SigningKey key, String path, String body) {
    return signed(key, "PUT", path, body);
  }

  private static HttpRequest signed(SigningKey key, String method, String path, String body) {
    return new AuthorityClient(uri("/"), key).request(method, path, body);
  }

  /** A path with something for each of its parameters. */
  private String path(String template, String subject) {
    return template
        .replace("{subject}", subject)
        .replace("{group}", group)
        .replace("{name}", "stadium")
        .replace("{country}", "FR")
        .replace("{version}", "1")
        .replace("tile/{rest}", "tile/entries/000.p/1")
        .replace("proof/{rest}", "proof/inclusion/1/1")
        .replace("{queue}", "0a1b2c3d4e5f6071")
        .replace("{appeal}", template.contains("{appeal}") ? "" + appeal() : "");
  }

  /** A holder who is red, and whom nobody else has. */
  private static Subject red() {
    final Subject subject = new Subject(9, reds.incrementAndGet());
    node.node
        .resources()
        .log()
        .submit(StatusCommand.SetStatus.of(subject).colour(Colour.RED).build())
        .join();
    return subject;
  }

  /** An appeal that is open. */
  private static long appeal() {
    final Subject subject = red();
    final StatusRecord status = new StatusRecord();
    node.node.resources().statusMap().get(subject, status);
    node.node
        .resources()
        .log()
        .submit(
            DocumentCommand.appeal(
                new Appeal(
                    status.version(),
                    subject,
                    new Appeal.Cause(0, 0),
                    AppealReason.NO_CONTACT,
                    new Appeal.Term(0, 3_600),
                    Appeal.Decision.OPEN)))
        .join();
    return status.version();
  }

  /** A body of the document, with a code that is still good in the place of the one there. */
  private static String body(String template, JsonNode media) {
    if (media.isMissingNode()) {
      return null;
    }
    final String body = media.get("example").toString();
    return switch (template) {
      case "/v1/translations" ->
          body.replace("MO1:ABC", node.code(CodeFormat.MO1, TestNode.GREEN, 0, 60));
      case "/v1/appeals", "/v1/subjects/{subject}/guardians" ->
          body.replace("GD1:ABC", node.code(red()));
      case "/v1/venues/codes", "/v1/venues/watch" ->
          body.replace("GD1:LICENCE", venue(VenueForm.LICENCE));
      case "/v1/visits" ->
          body.replace("GD1:ABC", node.code(TestNode.GREEN))
              .replace("GD1:VENUE", venue(VenueForm.PRINTED));
      default -> body;
    };
  }

  private static String venue(VenueForm form) {
    final long now = Instant.now().getEpochSecond();
    return new CodeIssuer(CodeFormat.GD1, node.guangdong)
        .issue(
            CodeClaims.of(CodeKind.VENUE, new byte[16])
                .venue(new Venue("metro", "here", "metro", form, Optional.empty()))
                .validity(now, now + 600)
                .build());
  }

  /** Takes the head of a response that goes on with events, and hangs up. */
  private static final class HeadAlone implements HttpResponse.BodySubscriber<byte[]> {
    @Override
    public CompletionStage<byte[]> getBody() {
      return CompletableFuture.completedFuture(new byte[0]);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.cancel();
    }

    @Override
    public void onNext(List<ByteBuffer> more) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onComplete() {}
  }

  /** The request as the holder sends it, whose code it then shows. */
  private static HttpRequest ofHolder(HttpRequest request, String code) {
    return with(
        request,
        HolderProof.HEADER,
        URLEncoder.encode(code, StandardCharsets.UTF_8).replace("+", "%20"));
  }

  /** That an answer's status, type, header fields and body are in the document; the status. */
  private int assertDocumented(String method, String template, HttpResponse<byte[]> answer)
      throws IOException {
    final String what = method + " " + template + " " + answer.statusCode();
    final JsonNode response =
        schemas.resolve(
            operation(method, template).path("responses").path("" + answer.statusCode()));
    assertFalse(response.isMissingNode(), what + " is not in the document");
    given.add(method + " " + template + " " + answer.statusCode());
    final String type = answer.headers().firstValue("Content-Type").orElse("").split(";", -1)[0];
    assertTrue(
        type.isEmpty() || response.path("content").has(type),
        what + " is not documented as " + type);
    for (final Map.Entry<String, JsonNode> header : response.path("headers").properties()) {
      if (header.getValue().path("required").booleanValue()) {
        assertTrue(answer.headers().firstValue(header.getKey()).isPresent(), what + header);
      }
    }
    if (type.endsWith("json")) {
      assertEquals(
          List.of(),
          schemas.faults(
              response.path("content").path(type).path("schema"),
              TestNode.json(new String(answer.body(), StandardCharsets.UTF_8))),
          what);
    }
    return answer.statusCode();
  }

  @Test
  void theDocumentHasEveryOperationOfTheServerAndNoOther() {
    final Set<String> documented = new TreeSet<>();
    for (final Map.Entry<String, JsonNode> path : api.get("paths").properties()) {
      path.getValue()
          .fieldNames()
          .forEachRemaining(
              method -> documented.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey()));
    }
    assertEquals("3.1.0", api.get("openapi").textValue());
    assertEquals(new TreeSet<>(server.operations()), documented);
  }

  /**
   * Calls every operation for every answer that the document has for it, but for those that want a
   * node at its limit (503) or two requests at the same moment (request-in-progress).
   */
  @Test
  void everyDocumentedAnswerOfEveryOperationIsGiven() throws Exception {
    examplesAreAnsweredWell();
    badRequestsAreRefused();
    whatIsUnchangedIsNotSentAgain();
    writesAreToldFromOthersOfTheSameKey();
    keysRolesAndRatesAreRequired();
    whatANodeDoesNotOfferIsSaidSo();
    final Set<String> missing = new TreeSet<>();
    for (final String each : server.operations()) {
      final String method = each.substring(0, each.indexOf(' '));
      final String template = each.substring(each.indexOf(' ') + 1);
      operation(method, template)
          .path("responses")
          .fieldNames()
          .forEachRemaining(status -> missing.add(each + " " + status));
    }
    missing.removeAll(given);
    missing.removeIf(each -> each.endsWith(" 503"));
    missing.removeAll(
        Set.of("POST /v1/codes 409", "POST /v1/papers 409", "POST /v1/translations 409"));
    assertEquals(Set.of(), missing, "documented and never given");
  }

  /** A request for an operation as the document's example has it. */
  private HttpRequest example(HttpServer of, String each) {
    final String method = each.substring(0, each.indexOf(' '));
    final String template = each.substring(each.indexOf(' ') + 1);
    final JsonNode media = requestMedia(method, template);
    final String body = body(template, media);
    final String path =
        path(
            template,
            api.at("/paths/~1v1~1subjects~1{subject}~1status/put/parameters/1/example")
                .textValue());
    final HttpRequest request =
        isSigned(method, template)
            ? signed(node.authority, method, path, body == null ? "" : body)
            : request(method, path, body).build();
    final URI there = URI.create("http://127.0.0.1:" + of.port() + path);
    final HttpRequest asked =
        HttpRequest.newBuilder(request, (name, value) -> true).uri(there).build();
    return template.endsWith("/history")
            || (method.equals("GET") && template.endsWith("/guardians"))
        ? ofHolder(asked, node.code(Subject.ofHex(path.split("/", -1)[3])))
        : asked;
  }

  private void assertGiven(int status, String each, HttpRequest request) throws Exception {
    final String template = each.substring(each.indexOf(' ') + 1);
    final HttpResponse<byte[]> answer = send(request);
    assertEquals(
        status,
        assertDocumented(each.substring(0, each.indexOf(' ')), template, answer),
        each + new String(answer.body(), StandardCharsets.UTF_8));
  }

  private static HttpRequest with(HttpRequest request, String name, String value) {
    return HttpRequest.newBuilder(request, (same, before) -> true).header(name, value).build();
  }

  private void whatIsUnchangedIsNotSentAgain() throws Exception {
    for (final String each :
        List.of(
            "GET /v1/issuers",
            "GET /v1/rulesets",
            "GET /v1/foreign-rules",
            "GET /v1/revocations",
            "GET /openapi.yaml",
            "GET /v1/packs")) {
      final HttpResponse<byte[]> first = send(example(server, each));
      final String tag = first.headers().firstValue("ETag").orElseThrow();
      final String since = first.headers().firstValue("Last-Modified").orElseThrow();
      assertGiven(304, each, with(example(server, each), "If-None-Match", "\"x\", " + tag));
      assertGiven(304, each, with(example(server, each), "If-Modified-Since", since));
      assertGiven(200, each, with(example(server, each), "If-None-Match", "\"x\""));
      assertGiven(
          200,
          each,
          with(with(example(server, each), "If-None-Match", "\"x\""), "If-Modified-Since", since));
      assertGiven(200, each, with(example(server, each), "If-Modified-Since", "yesterday"));
      final String noDate = "30 Feb 2099 10:00:00 GMT";
      assertGiven(200, each, with(example(server, each), "If-Modified-Since", noDate));
    }
  }

  private void writesAreToldFromOthersOfTheSameKey() throws Exception {
    for (final String each : server.operations()) {
      final String method = each.substring(0, each.indexOf(' '));
      final String template = each.substring(each.indexOf(' ') + 1);
      if (operation(method, template).path("parameters").toString().contains("Idempotency")) {
        final String key = "\"" + System.nanoTime() + "\"";
        final HttpRequest once = with(example(server, each), "Idempotency-Key", key);
        assertTrue(send(once).statusCode() < 300, each);
        final String path = path(template, TestNode.RED.toHex());
        final HttpRequest other =
            isSigned(method, template)
                ? signed(node.authority, method, path, "{}")
                : request(method, path, "{}").build();
        assertGiven(422, each, with(other, "Idempotency-Key", key));
        final HttpRequest bad =
            isSigned(method, template)
                ? signed(node.authority, method, path, "{}")
                : request(method, path, "{}").build();
        assertGiven(400, each, with(bad, "Idempotency-Key", "a b"));
      }
    }
  }

  private void keysRolesAndRatesAreRequired() throws Exception {
    final Path file = directory.resolve("keys");
    final Map<Role, String> keys = new EnumMap<>(Role.class);
    for (final Role role : Role.values()) {
      final ApiKey.Made made = ApiKey.make(role.wireName(), Set.of(role), null);
      ApiKeys.add(file, made.key());
      keys.put(role, made.text());
    }
    try (HttpServer keyed =
        new HttpServer(context().access(Optional.of(ApiKeys.ofFile(file)), false), loops)) {
      for (final String each : server.operations()) {
        final Set<Role> needed = AccessTable.rolesFor(each);
        if (needed.isEmpty()) {
          assertTrue(send(example(keyed, each)).statusCode() < 300, each);
        } else {
          assertGiven(401, each, example(keyed, each));
          assertGiven(
              401,
              each,
              with(example(keyed, each), "Authorization", "Bearer gbk-00000000-" + "A".repeat(43)));
        }
        for (final Role role : Role.values()) {
          final HttpRequest request =
              with(example(keyed, each), "Authorization", "Bearer " + keys.get(role));
          // The example is of a screen's code, which the role for paper does not open.
          final boolean isScreen = role == Role.PAPER && each.equals("POST /v1/codes");
          if (needed.isEmpty() || (needed.contains(role) && !isScreen)) {
            assertTrue(send(request).statusCode() < 300, each + " " + role);
          } else {
            assertGiven(403, each, request);
          }
        }
      }
      for (final String each : List.of("history", "guardians")) {
        final String asked = "GET /v1/subjects/{subject}/" + each;
        final HttpRequest another =
            HttpRequest.newBuilder(example(keyed, asked), (name, value) -> false).build();
        assertGiven(401, asked, another);
        assertGiven(
            403, asked, with(another, "Authorization", "Bearer " + keys.get(Role.CHECKPOINT)));
        assertGiven(403, asked, ofHolder(another, node.code(TestNode.RED)));
        assertGiven(422, asked, ofHolder(another, "GD1:ABC"));
      }
    }
    try (HttpServer bounded = new HttpServer(context().rates(0, 1), loops)) {
      send(example(bounded, "GET /health/live"));
      for (final String each : server.operations()) {
        HttpResponse<byte[]> answer = send(example(bounded, each));
        for (int i = 0; i < 5 && answer.statusCode() != 429; i++) {
          answer = send(example(bounded, each));
        }
        final String template = each.substring(each.indexOf(' ') + 1);
        assertEquals(
            429, assertDocumented(each.substring(0, each.indexOf(' ')), template, answer), each);
        assertEquals(
            "\"address\";q=2;w=2", answer.headers().firstValue("RateLimit-Policy").orElse(""));
      }
    }
  }

  private void whatANodeDoesNotOfferIsSaidSo() throws Exception {
    try (HttpServer bare =
        new HttpServer(
            context()
                .minting(
                    CodeFormat.GD1, Optional.empty(), Optional.empty(), node.node.mintMetrics())
                .translating(
                    Translations.OFF, node.node.resources().translation().orElseThrow().tables())
                .lookingUp(
                    node.node.resources().translation().orElseThrow().lookups(), Optional.empty())
                .history(Optional.empty()),
            loops)) {
      for (final String each : server.operations()) {
        final String method = each.substring(0, each.indexOf(' '));
        final String template = each.substring(each.indexOf(' ') + 1);
        if (operation(method, template).path("responses").has("501")) {
          assertGiven(501, each, example(bare, each));
        }
        if (template.startsWith("/history/")) {
          assertGiven(404, each, example(bare, each));
        }
      }
    }
  }

  private void examplesAreAnsweredWell() throws Exception {
    final JsonNode subject =
        api.at("/paths/~1v1~1subjects~1{subject}~1status/put/parameters/1/example");
    for (final String each : new TreeSet<>(server.operations()).descendingSet()) {
      final String method = each.substring(0, each.indexOf(' '));
      final String template = each.substring(each.indexOf(' ') + 1);
      final String path = path(template, subject.textValue());
      final JsonNode media = requestMedia(method, template);
      final String body = body(template, media);
      if (body != null) {
        assertEquals(List.of(), schemas.faults(media.get("schema"), media.get("example")), each);
      }
      final HttpRequest request =
          isSigned(method, template)
              ? signed(node.authority, method, path, body == null ? "" : body)
              : request(method, path, body).build();
      final int status = assertDocumented(method, template, send(request));
      assertEquals(MAKING.contains(each) ? 201 : 200, status, each);
    }
  }

  private void badRequestsAreRefused() throws Exception {
    assertEquals(
        400,
        assertDocumented(
            "GET",
            "/history/entries/{version}",
            send(request("GET", "/history/entries/first", null).build())));
    for (final String each : server.operations()) {
      final String method = each.substring(0, each.indexOf(' '));
      final String template = each.substring(each.indexOf(' ') + 1);
      final String path = path(template, TestNode.RED.toHex());
      assertEquals(
          405, assertDocumented(method, template, send(request("PATCH", path, "{}").build())));
      if (method.equals("GET") && isSigned(method, template)) {
        assertEquals(
            401, assertDocumented(method, template, send(request(method, path, null).build())));
        assertEquals(
            403,
            assertDocumented(method, template, send(signed(node.guangdong, method, path, ""))));
        assertEquals(
            409,
            assertDocumented(
                method, template, send(again(signed(node.authority, method, path, "")))));
      }
      if (!method.equals("GET")) {
        final boolean isSigned = isSigned(method, template);
        for (final String bad : new String[] {"", "{", "[]", "{\"x\":1}", "{}", "null", "{} {}"}) {
          final HttpRequest request =
              isSigned
                  ? signed(node.authority, method, path, bad)
                  : request(method, path, bad).build();
          assertEquals(400, assertDocumented(method, template, send(request)), bad);
        }
        final HttpRequest good =
            isSigned
                ? signed(node.authority, method, path, "{}")
                : request(method, path, "{}").build();
        final HttpRequest.Builder typed =
            HttpRequest.newBuilder(good, (name, value) -> !name.equals("Content-Type"));
        assertEquals(
            415,
            assertDocumented(
                method, template, send(typed.header("Content-Type", "text/plain").build())));
        if (isSigned) {
          assertEquals(
              401, assertDocumented(method, template, send(request(method, path, "{}").build())));
          assertEquals(
              403,
              assertDocumented(method, template, send(signed(node.guangdong, method, path, "{}"))));
          assertEquals(
              409,
              assertDocumented(
                  method,
                  template,
                  send(
                      again(
                          method.equals("PUT") || template.equals("/v1/groups")
                              ? example(server, each)
                              : good))));
        }
      }
    }
    assertEquals(
        404,
        assertDocumented(
            "PUT",
            "/v1/groups/{group}",
            send(
                signed(
                    node.authority,
                    "/v1/groups/" + TestNode.UNKNOWN,
                    "{\"members\":[\"" + TestNode.GREEN + "\"]}"))));
    appealsAreRefused();
    final String holder = "/v1/subjects/{subject}/status";
    final String nobody = path(holder, TestNode.UNKNOWN.toHex());
    final String revocation = "\"revokeBefore\":\"2026-01-01T00:00:00Z\"}";
    assertGiven(404, "GET " + holder, request("GET", nobody, null).build());
    assertGiven(400, "GET " + holder, request("GET", path(holder, "zz"), null).build());
    assertGiven(404, "PUT " + holder, signed(node.authority, nobody, "{" + revocation));
    assertGiven(
        207,
        "PUT /v1/subjects/status",
        signed(
            node.authority,
            "/v1/subjects/status",
            "{\"statuses\":[{\"subject\":\"" + TestNode.UNKNOWN + "\"," + revocation + "]}"));
    for (final String each : List.of("codes", "watch")) {
      final String body = "{\"" + (each.equals("codes") ? "licence" : "venue") + "\":\"GD1:ABC\"}";
      assertGiven(
          422, "POST /v1/venues/" + each, request("POST", "/v1/venues/" + each, body).build());
    }
    assertGiven(
        422,
        "POST /v1/visits",
        request("POST", "/v1/visits", "{\"code\":\"GD1:ABC\",\"venue\":\"GD1:ABC\"}").build());
    final String future = "{\"since\":1000000,\"lifeSeconds\":60}";
    assertEquals(
        422,
        assertDocumented(
            "POST", "/v1/packs", send(signed(node.authority, "POST", "/v1/packs", future))));
    final String unknown = "{\"subject\":\"" + TestNode.UNKNOWN.toHex() + "\"}";
    assertEquals(
        404,
        assertDocumented("POST", "/v1/codes", send(request("POST", "/v1/codes", unknown).build())));
    assertEquals(
        406,
        assertDocumented(
            "POST",
            "/v1/codes",
            send(request("POST", "/v1/codes", unknown).header("Accept", "text/html").build())));
  }

  private void appealsAreRefused() throws Exception {
    final String open = "POST /v1/appeals";
    final String good = body("/v1/appeals", requestMedia("POST", "/v1/appeals"));
    assertGiven(201, open, request("POST", "/v1/appeals", good).build());
    assertGiven(200, open, request("POST", "/v1/appeals", good).build());
    final String of = "{\"reason\":\"no-contact\",\"code\":\"%s\"}";
    for (final Map.Entry<String, Integer> each :
        Map.of(node.code(TestNode.UNKNOWN), 404, node.code(TestNode.GREEN), 409, "GD1:ABC", 422)
            .entrySet()) {
      final String body = of.replace("%s", each.getKey());
      assertGiven(each.getValue(), open, request("POST", "/v1/appeals", body).build());
    }
    final String appeal = "/v1/appeals/{appeal}";
    assertGiven(404, "GET " + appeal, request("GET", "/v1/appeals/999999", null).build());
    assertGiven(400, "GET " + appeal, request("GET", "/v1/appeals/x", null).build());
    final String refusal = "{\"decision\":\"refuse\",\"refusal\":\"not-over\"}";
    assertGiven(404, "PUT " + appeal, signed(node.authority, "/v1/appeals/999999", refusal));
    final String queue = "GET /v1/appeals/queues/{queue}";
    assertGiven(400, queue, request("GET", "/v1/appeals/queues/mine", null).build());
    for (final String each : List.of("history", "guardians")) {
      final String asked = "GET /v1/subjects/{subject}/" + each;
      assertGiven(400, asked, request("GET", "/v1/subjects/zz/" + each, null).build());
      final String nobody = "/v1/subjects/" + TestNode.UNKNOWN.toHex() + "/" + each;
      assertGiven(404, asked, request("GET", nobody, null).build());
    }
    assertGiven(
        406,
        "GET /v1/subjects/{subject}/history",
        request("GET", "/v1/subjects/" + TestNode.GREEN.toHex() + "/history", null)
            .header("Accept", "text/html")
            .build());
    assertGiven(
        404,
        "PUT /v1/subjects/{subject}/guardians",
        signed(
            node.authority,
            "/v1/subjects/" + TestNode.UNKNOWN.toHex() + "/guardians",
            "{\"code\":\"" + node.code(TestNode.GREEN) + "\"}"));
    assertGiven(
        422,
        "POST /v1/lookups",
        signed(
            node.authority,
            "POST",
            "/v1/lookups",
            "{\"documentType\":\"passport\",\"documentNumber\":\"1\",\"venue\":\"GD1:ABC\"}"));
  }

  private HttpRequest again(HttpRequest once) throws Exception {
    send(once);
    return once;
  }

  @Test
  void aPictureOfACodeIsDocumentedToo() throws Exception {
    final String body = "{\"subject\":\"" + TestNode.GREEN.toHex() + "\",\"kind\":\"paper\"}";
    final HttpResponse<byte[]> png =
        send(request("POST", "/v1/codes", body).header("Accept", "image/png").build());
    assertEquals(201, assertDocumented("POST", "/v1/codes", png));
    assertEquals("image/png", png.headers().firstValue("Content-Type").orElse(""));
  }

  /** Requests of every kind, right and wrong: the server and the schema must agree on each. */
  @Test
  void theServerTakesWhatTheSchemaTakesAndRefusesTheRest() throws Exception {
    final String subject = TestNode.LONG_AGO.toHex();
    final String status = "/v1/subjects/{subject}/status";
    final List<String[]> requests = new ArrayList<>();
    for (final String body :
        new String[] {
          "{'checkpoint':'metro','code':''}",
          "{'checkpoint':'metro/a','code':'X','ruleset':'hospital'}",
          "{'checkpoint':'metro','code':'X','ruleset':'hospital@1'}",
          "{'checkpoint':'metro','code':'X','at':'2026-01-01T00:00:00.5-03:30'}",
          "{'checkpoint':'metro','code':'X','at':'2026-13-01T00:00:00Z'}",
          "{'checkpoint':'metro','code':'X','at':'2026-01-01T00:00:00'}",
          "{'checkpoint':'metro','code':'X','at':1}",
          "{'checkpoint':'metro','code':'X','at':null}",
          "{'checkpoint':'metro','code':null}",
          "{'checkpoint':'metro','codes':['X']}",
          "{'checkpoint':'metro'}",
          "{'checkpoint':['metro'],'code':'X'}",
          "{'checkpoint':'metro/" + "x".repeat(64) + "','code':'X'}"
        }) {
      requests.add(new String[] {"POST", "/v1/scans", body});
    }
    for (final String body :
        new String[] {
          "{'checkpoint':'metro','codes':[]}",
          "{'checkpoint':'metro','codes':['','X']}",
          "{'checkpoint':'metro','codes':[" + "'',".repeat(999) + "'']}",
          "{'checkpoint':'metro','codes':[" + "'',".repeat(1000) + "'']}",
          "{'checkpoint':'metro','codes':[null]}",
          "{'checkpoint':'metro','codes':'X'}",
          "{'checkpoint':'metro','code':'X'}"
        }) {
      requests.add(new String[] {"POST", "/v1/scans/batch", body});
    }
    for (final String body :
        new String[] {
          "{'subject':'" + subject + "'}",
          "{'subject':'" + subject + "','region':'GD','format':'GD1','kind':'person'}",
          "{'subject':'" + subject + "','kind':'paper','ttlSeconds':31622400}",
          "{'subject':'" + subject + "','kind':'paper','ttlSeconds':31622401}",
          "{'subject':'" + subject + "','kind':'group'}",
          "{'subject':'" + subject + "','ttlSeconds':1}",
          "{'subject':'" + subject + "','ttlSeconds':0}",
          "{'subject':'" + subject + "','ttlSeconds':1.5}",
          "{'subject':'" + subject + "','ttlSeconds':'60'}",
          "{'subject':'" + subject + "0'}",
          "{'subject':'" + subject.replace('0', 'g') + "'}",
          "{'subject':1}"
        }) {
      requests.add(new String[] {"POST", "/v1/codes", body});
    }
    final String paper = "{'subject':'" + TestNode.GREEN + "'}";
    for (final String body :
        new String[] {
          "{'papers':[" + paper + "]}",
          "{'papers':[" + paper + "," + paper + "],'layout':'sheet','ttlSeconds':31622400}",
          "{'papers':[" + paper + "],'ttlSeconds':31622401}",
          "{'papers':[" + paper + "],'layout':'poster'}",
          "{'papers':[" + paper.replace("}", ",'label':'House 7'}") + "]}",
          "{'papers':[" + paper.replace("}", ",'label':'" + "x".repeat(41) + "'}") + "]}",
          "{'papers':[" + paper.replace("}", ",'name':'Lei'}") + "]}",
          "{'papers':[{'label':'x'}]}",
          "{'papers':[]}",
          "{'papers':[" + (paper + ",").repeat(200) + paper + "]}",
          "{}"
        }) {
      requests.add(new String[] {"POST", "/v1/papers", body});
    }
    for (final String body :
        new String[] {
          "{'checkpoint':'metro','place':'here'}",
          "{'checkpoint':'metro','place':'拱北','form':'screen','ruleset':'hospital'}",
          "{'checkpoint':'metro','place':'here','pin':'12345678','ttlSeconds':31622400}",
          "{'checkpoint':'metro','place':'here','pin':'123'}",
          "{'checkpoint':'metro','place':'here','pin':1234}",
          "{'checkpoint':'metro','place':'here','ttlSeconds':59}",
          "{'checkpoint':'metro','place':'here','form':'licence'}",
          "{'checkpoint':'metro','place':''}",
          "{'checkpoint':'metro','place':'" + "x".repeat(81) + "'}",
          "{'checkpoint':'metro'}",
          "{'place':'here'}"
        }) {
      requests.add(new String[] {"POST", "/v1/venues", body});
    }
    for (final String body :
        new String[] {
          "{'documentType':'passport','documentNumber':'PRT1','checkpoint':'metro'}",
          "{'documentType':'library-card','documentNumber':'1','checkpoint':'metro'}",
          "{'documentType':'passport','documentNumber':'"
              + "1".repeat(65)
              + "','checkpoint':'metro'}",
          "{'documentType':'passport','documentNumber':1,'checkpoint':'metro'}",
          "{'documentType':'passport','documentNumber':'1'}",
          "{'documentType':'passport','documentNumber':'1','checkpoint':'metro','venue':'X'}",
          "{'documentType':'passport','checkpoint':'metro'}"
        }) {
      requests.add(new String[] {"POST", "/v1/lookups", body});
    }
    final String members = "'members':['" + TestNode.GREEN + "','" + TestNode.RED + "']";
    for (final String body :
        new String[] {
          "{" + members + "}",
          "{" + members + ",'ttlSeconds':86400}",
          "{" + members + ",'ttlSeconds':86401}",
          "{" + members + ",'ttlSeconds':0}",
          "{'members':[]}",
          "{'members':['x']}",
          "{'members':[1]}",
          "{'members':'" + TestNode.GREEN + "'}",
          "{'members':['" + TestNode.GREEN + "','" + TestNode.GREEN + "']}",
          "{'members':[" + ("'" + TestNode.GREEN + "',").repeat(500) + "'" + TestNode.RED + "']}",
          "{'ttlSeconds':60}"
        }) {
      requests.add(new String[] {"POST", "/v1/groups", body});
      requests.add(new String[] {"PUT", "/v1/groups/{group}", body});
    }
    for (final String body :
        new String[] {
          "{'dissolved':false}",
          "{'dissolved':1}",
          "{'dissolved':true," + members + "}",
          "{'dissolved':true}"
        }) {
      requests.add(new String[] {"PUT", "/v1/groups/{group}", body});
    }
    final String macau = node.code(CodeFormat.MO1, TestNode.GREEN, 0, 60);
    for (final String body :
        new String[] {
          "{'code':'" + macau + "','target':'GD'}",
          "{'code':'" + macau + "','target':'GD','requireLink':false}",
          "{'code':'" + macau + "','target':'HK'}",
          "{'code':'" + macau + "','target':1}",
          "{'code':'" + macau + "','target':'GD','requireLink':'no'}",
          "{'code':'" + macau + "'}",
          "{'code':" + "1,'target':'GD'}",
          "{'target':'GD'}"
        }) {
      requests.add(new String[] {"POST", "/v1/translations", body});
    }
    for (final String body :
        new String[] {
          "{'decision':'refuse','refusal':'not-ours'}",
          "{'decision':'refuse'}",
          "{'decision':'refuse','refusal':'because'}",
          "{'decision':'refuse','refusal':'not-ours','colour':'green'}",
          "{'decision':'grant'}",
          "{'decision':'grant','colour':'green'}",
          "{'decision':'grant','colour':'red'}",
          "{'decision':'grant','colour':'yellow'}",
          "{'decision':'grant','until':'2026-01-01T00:00:00Z'}",
          "{'decision':'grant','refusal':'not-ours'}",
          "{'decision':'wait'}",
          "{'colour':'green'}"
        }) {
      requests.add(new String[] {"PUT", "/v1/appeals/{appeal}", body});
    }
    final String holder = node.code(red());
    for (final String body :
        new String[] {
          "{'code':'" + holder + "','reason':'wrong-person'}",
          "{'code':'" + holder + "','reason':'because'}",
          "{'code':'" + holder + "','reason':'no-ground','text':'I am Lei'}",
          "{'code':'" + holder + "'}",
          "{'code':1,'reason':'no-ground'}",
          "{'reason':'no-ground'}"
        }) {
      requests.add(new String[] {"POST", "/v1/appeals", body});
    }
    final String consent = "'consentedAt':'2026-01-01T00:00:00Z'";
    final String documents = "'otherDocument':'macau-bir','document':'mainland-id'";
    for (final String body :
        new String[] {
          "{'subject':'" + subject + "'," + documents + "," + consent + "}",
          "{'withdrawnAt':'2026-01-01T00:00:00Z'}",
          "{'withdrawnAt':'2026-01-01T00:00:00Z','subject':'" + subject + "'}",
          "{'withdrawnAt':'2026-01-01T00:00:00Z'," + consent + "}",
          "{'withdrawnAt':'yesterday'}",
          "{'subject':'" + subject + "'," + documents + "}",
          "{'subject':'" + subject + "','document':'mainland-id'," + consent + "}",
          "{'subject':'" + subject + "','otherDocument':'library-card'," + consent + "}",
          "{'subject':'x'," + documents + "," + consent + "}",
          "{" + documents + "," + consent + "}"
        }) {
      requests.add(new String[] {"PUT", "/v1/links/{subject}", body});
    }
    final String tomorrow = Instant.now().plus(Duration.ofDays(1)).toString();
    for (final String body :
        new String[] {
          "{'colour':'green'}",
          "{'colour':'green','result':'none','doses':99,'lastDoseDate':'2026-02-28','flags':[]}",
          "{'colour':'red','flags':['visitor','linked','deceased','visitor']}",
          "{'colour':'red','flags':['tall']}",
          "{'colour':'red','flags':[1]}",
          "{'colour':'red','flags':'visitor'}",
          "{'colour':'blue'}",
          "{'colour':0}",
          "{'colour':'green','doses':100}",
          "{'colour':'green','doses':-1}",
          "{'colour':'green','doses':1.5}",
          "{'colour':'green','lastDoseDate':'2026-02-30'}",
          "{'colour':'green','lastDoseDate':'28.2.2026'}",
          "{'colour':'green','result':'negative','sampleTime':'2026-01-01T00:00:00Z'}",
          "{'colour':'green','result':'maybe','sampleTime':'2026-01-01T00:00:00Z'}",
          "{'colour':'green','result':'negative','sampleTime':'yesterday'}",
          "{'colour':'green','ground':'registry'}",
          "{'colour':'green','ground':'Registry'}",
          "{'colour':'red','ground':'registry','until':'" + tomorrow + "','next':'yellow'}",
          "{'colour':'red','until':'" + tomorrow + "','next':'red'}",
          "{'colour':'red','until':'tomorrow'}",
          "{'colour':'yellow','until':'" + tomorrow + "','next':'green'}",
          "{'colour':'yellow','until':'" + tomorrow + "','next':'yellow'}",
          "{'colour':'green','until':'" + tomorrow + "'}",
          "{'colour':'green','next':'yellow'}",
          "{'result':'negative','sampleTime':'2026-01-01T00:00:00Z','ground':'lab-result'}",
          "{'result':'negative','sampleTime':'2026-01-01T00:00:00Z','until':'" + tomorrow + "'}",
          "{'revokeBefore':'2020-01-01T00:00:00Z','ground':'registry'}",
          "{'revokeBefore':'2020-01-01T00:00:00Z'}",
          "{'revokeBefore':'2020-01-01T00:00:00Z','doses':1}",
          "{'revokeBefore':'2020-01-01T00:00:00Z','colour':'green'}",
          "{'doses':1}"
        }) {
      requests.add(new String[] {"PUT", status, body});
      requests.add(
          new String[] {
            "PUT",
            "/v1/subjects/status",
            "{'statuses':["
                + body.replaceFirst("\\{", "{'subject':'" + subject + "',")
                + ",{'subject':'"
                + subject
                + "','colour':'green'}]}"
          });
    }
    for (final String body :
        new String[] {
          "{'version':1,'allowedColours':['green']}",
          "{'version':2,'allowedColours':['yellow','green'],'testWithinHours':720}",
          "{'version':3,'allowedColours':['green'],'foreignCodes':'accept','whenStale':'hold'}",
          "{'version':2147483647,'allowedColours':['green'],'staleAfterSeconds':86400}",
          "{'version':2147483648,'allowedColours':['green']}",
          "{'version':4,'allowedColours':['green'],'testKinds':['naat','rat']}",
          "{'version':5,'allowedColours':['green'],'testKinds':[]}",
          "{'version':5,'allowedColours':['green'],'testKinds':['pcr']}",
          "{'version':5,'allowedColours':['green'],'testKinds':'naat'}",
          "{'version':0,'allowedColours':['green']}",
          "{'version':1.5,'allowedColours':['green']}",
          "{'version':'1','allowedColours':['green']}",
          "{'version':1,'allowedColours':['yellow']}",
          "{'version':1,'allowedColours':['green','red']}",
          "{'version':1,'allowedColours':'green'}",
          "{'version':1,'allowedColours':['green'],'testWithinHours':721}",
          "{'version':1,'allowedColours':['green'],'testWaivedFromDoses':100}",
          "{'version':1,'allowedColours':['green'],'staleAfterSeconds':0}",
          "{'version':1,'allowedColours':['green'],'foreignCodes':'ignore'}",
          "{'version':1,'allowedColours':['green'],'name':'stadium'}",
          "{'allowedColours':['green']}"
        }) {
      requests.add(new String[] {"PUT", "/v1/rulesets/{name}", body});
    }
    final String ground =
        "{'name':'registry','number':1,'colours':['green','yellow','red'],'longestMinutes':20160,"
            + "'missingUntil':'fill'}";
    for (final String body :
        new String[] {
          "{'revision':2,'grounds':["
              + ground
              + ","
              + ground.replace("registry", "lab-result").replace("'number':1", "'number':2")
              + ","
              + ground.replace("registry", "translation").replace("'number':1", "'number':9")
              + "]}",
          "{'revision':0,'grounds':[" + ground + "]}",
          "{'revision':1.5,'grounds':[" + ground + "]}",
          "{'revision':2,'grounds':[]}",
          "{'revision':2,'grounds':" + ground + "}",
          "{'revision':2,'grounds':[" + ground.replace("'number':1", "'number':65535") + "]}",
          "{'revision':2,'grounds':[" + ground.replace("registry", "Registry") + "]}",
          "{'revision':2,'grounds':[" + ground.replace("'green',", "'blue',") + "]}",
          "{'revision':2,'grounds':[" + ground.replace("20160", "527041") + "]}",
          "{'revision':2,'grounds':[" + ground.replace("fill", "ask") + "]}",
          "{'revision':2,'grounds':[" + ground.replace("'fill'", "'fill','hourly':-1") + "]}",
          "{'revision':2,'grounds':[" + ground.replace("'fill'", "'fill','signatures':3") + "]}",
          "{'revision':2,'grounds':["
              + ground.replace("'fill'", "'fill','authorities':['0011']")
              + "]}",
          "{'revision':2,'grounds':[" + ground.replace("'fill'", "'fill','why':'x'") + "]}",
          "{'grounds':[" + ground + "]}"
        }) {
      requests.add(new String[] {"PUT", "/v1/grounds", body});
    }
    for (final String body :
        new String[] {
          "{'revision':1,'rules':[]}",
          "{'revision':9007199254740991,'rules':[]}",
          "{'revision':0,'rules':[]}",
          "{'revision':1.5,'rules':[]}",
          "{'revision':2,'rules':{}}",
          "{'revision':2,'rules':[1]}",
          "{'revision':2,'rules':[],'more':1}",
          "{'rules':[]}"
        }) {
      requests.add(new String[] {"PUT", "/v1/foreign-rules/{country}", body});
    }
    for (final String body :
        new String[] {
          "{'revision':1}",
          "{'revision':2,'format':'shc-crl','importedAt':1,'expiresAt':0}",
          "{'revision':0}",
          "{'revision':1.5}",
          "{'revision':2,'format':'crl','importedAt':1,'expiresAt':0}",
          "{'revision':2,'format':'shc-crl','importedAt':-1,'expiresAt':0}",
          "{'revision':2,'format':'shc-crl','importedAt':1,'expiresAt':'0'}",
          "{'revision':2,'more':1}",
          "{}"
        }) {
      requests.add(new String[] {"PUT", "/v1/revocations/{name}", body});
    }
    for (final String[] each : requests) {
      final String body = each[2].replace('\'', '"');
      final String path = path(each[1], subject);
      final boolean fits =
          schemas
              .faults(requestMedia(each[0], each[1]).get("schema"), TestNode.json(body))
              .isEmpty();
      final HttpResponse<byte[]> answer =
          send(
              isSigned(each[0], each[1])
                  ? signed(node.authority, each[0], path, body)
                  : request(each[0], path, body).build());
      final int given = assertDocumented(each[0], each[1], answer);
      assertEquals(
          fits, given < 300, body + " " + new String(answer.body(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void theLimitsInTheDocumentAreThoseInForce() {
    assertEquals(
        Limits.MAX_SCANS_A_BATCH,
        api.at("/components/schemas/ScanBatchRequest/properties/codes/maxItems").intValue());
    assertEquals(
        ClientLimits.MAX_CHECKPOINT_CHARACTERS,
        api.at("/components/schemas/Checkpoint/maxLength").intValue());
    assertEquals(
        Limits.MAX_PAPER_CODE_SECONDS,
        api.at("/components/schemas/CodeRequest/properties/ttlSeconds/maximum").intValue());
    assertEquals(
        PaperPages.MAX_PAPERS,
        api.at("/components/schemas/PapersRequest/properties/papers/maxItems").intValue());
    assertEquals(
        CodeLimits.MAX_GROUP_SIZE, api.at("/components/schemas/Members/maxItems").intValue());
    assertEquals(
        Limits.MAX_GROUP_CODE_SECONDS,
        api.at("/components/schemas/GroupRequest/properties/ttlSeconds/maximum").intValue());
    assertEquals(
        Limits.MAX_CHANGES_A_REQUEST,
        requestMedia("PUT", "/v1/subjects/status")
            .at("/schema/properties/statuses/maxItems")
            .intValue());
  }

  @Test
  void theVerdictsAndReasonsInTheDocumentAreAllThereAre() {
    final Set<String> names = new HashSet<>();
    for (final Reason reason : Reason.values()) {
      names.add(reason.wireName());
    }
    assertEquals(names, texts("/components/schemas/Verdict/properties/reason/enum"));
    names.clear();
    for (final Verdict verdict : Verdict.values()) {
      names.add(verdict.wireName());
    }
    assertEquals(names, texts("/components/schemas/Verdict/properties/verdict/enum"));
  }

  private static Set<String> texts(String pointer) {
    final Set<String> texts = new HashSet<>();
    api.at(pointer).forEach(each -> texts.add(each.textValue()));
    return texts;
  }

  @Test
  void verdictsOfAllKindsAreAsDocumented() throws Exception {
    final ObjectNode body = JsonNodeFactory.instance.objectNode().put("checkpoint", "metro");
    final String members = "{\"members\":[\"" + TestNode.RED + "\",\"" + TestNode.GREEN + "\"]}";
    final JsonNode made =
        TestNode.json(
            new AuthorityClient(uri("/"), node.authority).post("/v1/groups", members).body());
    body.put("code", made.path("code").textValue());
    assertEquals(
        200,
        assertDocumented(
            "POST", "/v1/scans", send(request("POST", "/v1/scans", body.toString()).build())));
    for (final Subject subject :
        List.of(TestNode.RED, TestNode.POSITIVE, TestNode.REVOKED, TestNode.UNTESTED)) {
      body.put("code", node.code(subject));
      assertEquals(
          200,
          assertDocumented(
              "POST", "/v1/scans", send(request("POST", "/v1/scans", body.toString()).build())));
    }
  }
}
