package gongbei.verifier.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.trust.IssuerKey;
import gongbei.verifier.metrics.NodeMetrics;
import gongbei.verifier.rules.Ruleset;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Every operation of the HTTP interface, by method and path. For any thread. */
final class Routes {
  private static final Pattern SUBJECT_STATUS = Pattern.compile("/v1/subjects/([^/]{1,64})/status");
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final HttpServer.Context context;
  private final Executor executor;
  private final ScanResource scans;
  private final CodeResource codes;
  private final StatusResource statuses;
  private final byte[] openApi;

  /**
   * @param executor runs what takes long: signing, and reading long bodies
   */
  Routes(HttpServer.Context context, Executor executor) {
    this.context = context;
    this.executor = executor;
    this.scans = new ScanResource(context.pipeline(), context.rulesets(), context.scanMetrics());
    this.codes = new CodeResource(context.format(), context.signingKeys(), context.statusMap());
    this.statuses =
        new StatusResource(
            context.log(),
            new RequestSignature(context.authorities(), () -> Instant.now().getEpochSecond()));
    this.openApi = resource("/gongbei/openapi.yaml");
  }

  /** Answers a request; fails with a {@link Problem} where it is refused. */
  CompletableFuture<HttpAnswer> answer(HttpQuestion question) {
    try {
      return switch (question.path()) {
        case "/v1/scans" -> {
          requireMethod(question, "POST");
          yield scans.scan(question);
        }
        case "/v1/scans/batch" -> {
          requireMethod(question, "POST");
          yield later(() -> scans.scanBatch(question));
        }
        case "/v1/codes" -> {
          requireMethod(question, "POST");
          yield later(() -> CompletableFuture.completedFuture(codes.mint(question)));
        }
        case "/v1/subjects/status" -> {
          requireMethod(question, "PUT");
          yield later(() -> statuses.putAll(question));
        }
        case "/v1/issuers" -> get(question, this::issuers);
        case "/v1/rulesets" -> get(question, this::rulesets);
        case "/health/live" -> get(question, Routes::live);
        case "/health/ready" -> get(question, this::ready);
        case "/metrics" -> get(question, this::metrics);
        case "/openapi.yaml" -> get(question, () -> HttpAnswer.of("application/yaml", openApi));
        case "/" -> get(question, Routes::index);
        default -> {
          final Matcher subject = SUBJECT_STATUS.matcher(question.path());
          if (!subject.matches()) {
            throw Problem.of(404, "not-found", "nothing is at " + printable(question.path()));
          }
          requireMethod(question, "PUT");
          yield later(() -> statuses.put(question, subject.group(1)));
        }
      };
    } catch (Problem e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private interface Operation {
    CompletableFuture<HttpAnswer> run();
  }

  private interface Page {
    HttpAnswer show();
  }

  private CompletableFuture<HttpAnswer> later(Operation operation) {
    final CompletableFuture<HttpAnswer> answer = new CompletableFuture<>();
    try {
      executor.execute(() -> run(operation, answer));
    } catch (RejectedExecutionException e) {
      throw Problem.busy("the node is at its limit; try again");
    }
    return answer;
  }

  private static void run(Operation operation, CompletableFuture<HttpAnswer> answer) {
    try {
      final var unused =
          operation
              .run()
              .whenComplete(
                  (done, failure) -> {
                    if (failure == null) {
                      answer.complete(done);
                    } else {
                      answer.completeExceptionally(failure);
                    }
                  });
    } catch (RuntimeException e) {
      answer.completeExceptionally(e);
    }
  }

  private static CompletableFuture<HttpAnswer> get(HttpQuestion question, Page page) {
    requireMethod(question, "GET");
    return CompletableFuture.completedFuture(page.show());
  }

  private static void requireMethod(HttpQuestion question, String method) {
    final boolean head = method.equals("GET") && question.method().equals("HEAD");
    if (!question.method().equals(method) && !head) {
      throw Problem.ofMethod(method);
    }
  }

  private HttpAnswer issuers() {
    final ObjectNode answer = JsonNodeFactory.instance.objectNode();
    final ArrayNode issuers = answer.putArray("issuers");
    for (final IssuerKey key : context.trust().current().keys()) {
      final ObjectNode issuer =
          issuers
              .addObject()
              .put("issuer", key.issuer())
              .put("kid", key.kidHex())
              .put("algorithm", key.algorithm().name())
              .put("notBefore", Instant.ofEpochSecond(key.notBeforeEpochSeconds()).toString())
              .put("notAfter", Instant.ofEpochSecond(key.notAfterEpochSeconds()).toString());
      final ArrayNode formats = issuer.putArray("formats");
      key.formats().stream().sorted().map(CodeFormat::name).forEach(formats::add);
    }
    return HttpAnswer.json(200, answer);
  }

  private HttpAnswer rulesets() {
    final ObjectNode answer = JsonNodeFactory.instance.objectNode();
    final ArrayNode rulesets = answer.putArray("rulesets");
    for (final Ruleset ruleset : context.rulesets().current().all()) {
      final ObjectNode each =
          rulesets.addObject().put("name", ruleset.name()).put("version", ruleset.version());
      final ArrayNode colours = each.putArray("allowedColours").add("green");
      if (ruleset.yellowAllowed()) {
        colours.add("yellow");
      }
      each.put("testWithinHours", ruleset.testWithinHours())
          .put("testWaivedFromDoses", ruleset.testWaivedFromDoses())
          .put("foreignCodes", ruleset.foreignCodes().name().toLowerCase(Locale.ROOT))
          .put("staleAfterSeconds", ruleset.staleAfterMillis() / 1000)
          .put("whenStale", ruleset.whenStale().name().toLowerCase(Locale.ROOT));
    }
    return HttpAnswer.json(200, answer);
  }

  private static HttpAnswer live() {
    return HttpAnswer.json(200, JsonNodeFactory.instance.objectNode().put("status", "live"));
  }

  private HttpAnswer ready() {
    final NodeMetrics.Snapshot now = context.nodeMetrics().snapshot();
    final ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("status", "ready")
            .put("role", now.role())
            .put("region", now.region())
            .put("version", now.mapVersion())
            .put("subjects", now.subjects())
            .put("digest", String.format("%016x", now.digest()))
            .put("dataAgeMillis", now.dataAgeMillis())
            .put("issuers", now.issuers())
            .put("scans", now.scans())
            .put("shed", now.shed())
            .put("latencyP50Micros", now.latencyP50Nanos() / 1000)
            .put("latencyP99Micros", now.latencyP99Nanos() / 1000)
            .put("ringCapacity", now.ringCapacity())
            .put("ringRemaining", now.ringRemaining())
            .put("devices", now.devices())
            .put("uptimeSeconds", now.uptimeSeconds());
    final ArrayNode rulesets = answer.putArray("rulesets");
    context.rulesets().current().all().forEach(ruleset -> rulesets.add(ruleset.label()));
    return HttpAnswer.json(200, answer);
  }

  private HttpAnswer metrics() {
    return HttpAnswer.of(
        PROMETHEUS_TEXT, context.nodeMetrics().scrape().getBytes(StandardCharsets.UTF_8));
  }

  private static HttpAnswer index() {
    return HttpAnswer.json(
        200,
        JsonNodeFactory.instance
            .objectNode()
            .put("name", "gongbei")
            .put("description", "verifies signed health codes")
            .put("openapi", "/openapi.yaml")
            .put("ready", "/health/ready")
            .put("metrics", "/metrics"));
  }

  private static String printable(String path) {
    final String start = path.length() > 100 ? path.substring(0, 100) : path;
    return start.replaceAll("[^\\x21-\\x7e]", "?");
  }

  private static byte[] resource(String name) {
    try (InputStream bytes = Routes.class.getResourceAsStream(name)) {
      return bytes.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
