package gongbei.verifier.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.trust.IssuerKey;
import gongbei.verifier.config.Limits;
import gongbei.verifier.metrics.NodeMetrics;
import gongbei.verifier.rules.Ruleset;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Every operation of the HTTP interface, by method and path. For any thread. */
final class Routes {
  private static final Pattern SUBJECT_STATUS = Pattern.compile("/v1/subjects/([^/]{1,64})/status");
  private static final String SUBJECT_STATUS_TEMPLATE = "/v1/subjects/{subject}/status";
  private static final Pattern RULESET = Pattern.compile("/v1/rulesets/([^/]{1,64})");
  private static final String RULESET_TEMPLATE = "/v1/rulesets/{name}";
  private static final Pattern LINK = Pattern.compile("/v1/links/([^/]{1,64})");
  private static final String LINK_TEMPLATE = "/v1/links/{subject}";
  private static final Pattern GROUP = Pattern.compile("/v1/groups/([^/]{1,64})");
  private static final String GROUP_TEMPLATE = "/v1/groups/{group}";
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final HttpServer.Context context;
  private final Executor executor;
  private final ScanResource scans;
  private final CodeResource codes;
  private final StatusResource statuses;
  private final RulesetResource rulesets;
  private final TranslationResource translations;
  private final LinkResource links;
  private final GroupResource groups;
  private final PaperResource papers;
  private final LookupResource lookups;
  private final PackResource packs;
  private final OpsResource ops;
  private final byte[] openApi;
  private final Pages pages = new Pages();
  private final RequestSpans spans = new RequestSpans();
  private final Map<String, Route> routes = new LinkedHashMap<>();
  private volatile boolean stopping;

  /**
   * @param executor runs what takes long: signing, and reading long bodies; it refuses with {@link
   *     RejectedExecutionException} what it has no room for
   */
  Routes(HttpServer.Context context, Executor executor) {
    this.context = context;
    this.executor = executor;
    this.scans = new ScanResource(context.pipeline(), context.rulesets(), context.scanMetrics());
    final CodeMint mint =
        new CodeMint(context.format(), context.signingKeys(), context.mintMetrics());
    this.codes = new CodeResource(mint, context.mintPipeline());
    final RequestSignature signature =
        new RequestSignature(context.authorities(), "changes of status", context.epochSeconds());
    this.statuses = new StatusResource(context.log(), signature);
    this.rulesets = new RulesetResource(context.log(), context.rulesets(), signature);
    this.translations = new TranslationResource(context.desk());
    this.links =
        new LinkResource(context.log(), context.tables(), signature, context.epochSeconds());
    this.groups =
        new GroupResource(
            mint, context.statusMap(), context.log(), signature, context.epochSeconds());
    this.papers =
        new PaperResource(
            mint,
            context.statusMap(),
            context.log()::isServing,
            context.epochSeconds(),
            context.paperFont());
    final RequestSignature checkpoint =
        new RequestSignature(context.lookups(), "look-ups by document", context.epochSeconds());
    this.lookups =
        new LookupResource(
            context.secret(),
            context.statusMap(),
            context.log(),
            context.rulesets(),
            context.scanMetrics(),
            checkpoint,
            context.epochSeconds());
    this.packs =
        new PackResource(
            mint,
            context.statusMap(),
            context.log()::isServing,
            context.trust(),
            context.rulesets(),
            checkpoint,
            context.epochSeconds());
    this.ops = new OpsResource(context);
    this.openApi = resource("/gongbei/openapi.yaml");
    routes.put("/v1/scans", new Route("POST", true, this::scan));
    routes.put("/v1/scans/batch", new Route("POST", false, this::scanBatch));
    routes.put("/v1/codes", new Route("POST", true, this::mint));
    routes.put("/v1/subjects/status", new Route("PUT", false, this::putStatuses));
    routes.put(SUBJECT_STATUS_TEMPLATE, new Route("PUT", false, this::putStatus));
    routes.put("/v1/translations", new Route("POST", true, this::translate));
    routes.put(LINK_TEMPLATE, new Route("PUT", false, this::putLink));
    routes.put("/v1/groups", new Route("POST", false, this::makeGroup));
    routes.put(GROUP_TEMPLATE, new Route("PUT", false, this::changeGroup));
    routes.put("/v1/papers", post(papers::make));
    routes.put("/v1/lookups", post(lookups::lookUp));
    routes.put("/v1/packs", post(packs::make));
    routes.put("/v1/audit", page(false, translations::audit));
    routes.put("/v1/issuers", page(false, this::issuers));
    routes.put("/v1/rulesets", page(false, this::rulesets));
    routes.put(RULESET_TEMPLATE, new Route("PUT", false, this::putRuleset));
    routes.put("/v1/region", page(true, ops::region));
    routes.put("/v1/ops", page(false, ops::figures));
    routes.put("/health/live", page(true, Routes::live));
    routes.put("/health/ready", page(true, this::ready));
    routes.put("/metrics", page(false, this::metrics));
    routes.put("/openapi.yaml", page(true, () -> HttpAnswer.of("application/yaml", openApi)));
    routes.put("/", page(true, Routes::index));
  }

  /** The operations, as in {@code POST /v1/scans}. */
  Set<String> operations() {
    return routes.entrySet().stream()
        .map(entry -> entry.getValue().method() + " " + entry.getKey())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** From now on the node is not ready. */
  void stop() {
    stopping = true;
  }

  /** Answers a request; fails with a {@link Problem} where it is refused. */
  CompletableFuture<HttpAnswer> answer(HttpQuestion question) {
    try {
      if (pages.has(question.path())) {
        return CompletableFuture.completedFuture(pages.answer(question));
      }
      final Matcher subject = SUBJECT_STATUS.matcher(question.path());
      final Matcher ruleset = RULESET.matcher(question.path());
      final Matcher link = LINK.matcher(question.path());
      final Matcher group = GROUP.matcher(question.path());
      final String template;
      final String parameter;
      if (subject.matches()) {
        template = SUBJECT_STATUS_TEMPLATE;
        parameter = subject.group(1);
      } else if (ruleset.matches()) {
        template = RULESET_TEMPLATE;
        parameter = ruleset.group(1);
      } else if (link.matches()) {
        template = LINK_TEMPLATE;
        parameter = link.group(1);
      } else if (group.matches()) {
        template = GROUP_TEMPLATE;
        parameter = group.group(1);
      } else {
        template = question.path();
        parameter = null;
      }
      final Route route = routes.get(template);
      if (route == null) {
        throw Problem.of(404, "not-found", "nothing is at " + printable(question.path()));
      }
      route.requireMethod(question.method());
      final long startedNanos = System.nanoTime();
      final CompletableFuture<HttpAnswer> answer = begin(route, question, parameter);
      spans.follow(question.headers(), route.method() + " " + template, startedNanos, answer);
      return answer;
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<HttpAnswer> begin(
      Route route, HttpQuestion question, String parameter) {
    try {
      return route.isQuick() && question.body().length <= Limits.MAX_EVENT_LOOP_BODY_BYTES
          ? route.operation().answer(question, parameter)
          : later(route, question, parameter);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** What answers a request, given the parameter in its path or null. */
  private interface Operation {
    CompletableFuture<HttpAnswer> answer(HttpQuestion question, String parameter);
  }

  /**
   * One operation.
   *
   * @param isQuick whether it may run on an event loop
   */
  private record Route(String method, boolean isQuick, Operation operation) {
    void requireMethod(String asked) {
      final boolean readable = method.equals("GET");
      if (!asked.equals(method) && !(readable && asked.equals("HEAD"))) {
        final String allowed = readable ? "GET, HEAD" : method;
        throw Problem.of(405, "method-not-allowed", "this path takes " + allowed + " only")
            .with("Allow", allowed);
      }
    }
  }

  private static Route page(boolean isQuick, Supplier<HttpAnswer> page) {
    return new Route(
        "GET", isQuick, (question, none) -> CompletableFuture.completedFuture(page.get()));
  }

  private static Route post(Function<HttpQuestion, HttpAnswer> answer) {
    return new Route(
        "POST",
        false,
        (question, none) -> CompletableFuture.completedFuture(answer.apply(question)));
  }

  private CompletableFuture<HttpAnswer> later(
      Route route, HttpQuestion question, String parameter) {
    final CompletableFuture<Route> turn = new CompletableFuture<>();
    final CompletableFuture<HttpAnswer> answer =
        turn.thenCompose(due -> due.operation().answer(question, parameter));
    try {
      executor.execute(() -> turn.complete(route));
    } catch (RejectedExecutionException e) {
      throw Problem.busy("the node is at its limit; try again");
    }
    return answer;
  }

  /** Where a long answer is written out: a thread, or where all are taken the event loop. */
  private Executor writingOf(HttpQuestion question) {
    return task -> {
      try {
        executor.execute(task);
      } catch (RejectedExecutionException e) {
        question.connection().execute(task);
      }
    };
  }

  private CompletableFuture<HttpAnswer> scan(HttpQuestion question, String none) {
    return scans.scan(question, question.connection());
  }

  private CompletableFuture<HttpAnswer> mint(HttpQuestion question, String none) {
    return codes.mint(question, question.connection(), writingOf(question));
  }

  private CompletableFuture<HttpAnswer> scanBatch(HttpQuestion question, String none) {
    return scans.scanBatch(question, writingOf(question));
  }

  private CompletableFuture<HttpAnswer> putStatus(HttpQuestion question, String subject) {
    return statuses.put(question, subject, question.connection());
  }

  private CompletableFuture<HttpAnswer> putStatuses(HttpQuestion question, String none) {
    return statuses.putAll(question, writingOf(question));
  }

  private CompletableFuture<HttpAnswer> putRuleset(HttpQuestion question, String name) {
    return rulesets.put(question, name, question.connection());
  }

  private CompletableFuture<HttpAnswer> translate(HttpQuestion question, String none) {
    return translations.translate(question, question.connection());
  }

  private CompletableFuture<HttpAnswer> putLink(HttpQuestion question, String subject) {
    return links.put(question, subject, question.connection());
  }

  private CompletableFuture<HttpAnswer> makeGroup(HttpQuestion question, String none) {
    return groups.make(question, writingOf(question));
  }

  private CompletableFuture<HttpAnswer> changeGroup(HttpQuestion question, String group) {
    return groups.change(question, group, writingOf(question));
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
          .put("whenStale", ruleset.whenStale().name().toLowerCase(Locale.ROOT))
          .put("replays", ruleset.replays().name().toLowerCase(Locale.ROOT));
    }
    return HttpAnswer.json(200, answer);
  }

  private static HttpAnswer live() {
    return HttpAnswer.json(200, JsonNodeFactory.instance.objectNode().put("status", "live"));
  }

  private HttpAnswer ready() {
    if (stopping) {
      throw Problem.of(503, "stopping", "the node is about to stop");
    }
    if (!context.log().isServing()) {
      throw Problem.busy("the node's map is being made anew; ask another");
    }
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
            .put("signatureEngine", now.signatureEngine())
            .put("scans", now.scans())
            .put("shed", now.shed())
            .put("latencyP50Micros", now.latencyP50Nanos() / 1000)
            .put("latencyP99Micros", now.latencyP99Nanos() / 1000)
            .put("ringCapacity", now.ringCapacity())
            .put("ringRemaining", now.ringRemaining())
            .put("devices", now.devices())
            .put("uptimeSeconds", now.uptimeSeconds());
    answer.set("log", OpsResource.log(now.log()));
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
            .put("metrics", "/metrics")
            .put("checkpoint", "/checkpoint")
            .put("wallet", "/wallet")
            .put("ops", "/ops"));
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
