package gongbei.verifier.http.api;

import gongbei.verifier.access.Caller;
import gongbei.verifier.http.HttpServer;
import gongbei.verifier.http.guard.Admission;
import gongbei.verifier.http.guard.Authorizer;
import gongbei.verifier.http.guard.HostCheck;
import gongbei.verifier.http.guard.IdempotentWrites;
import gongbei.verifier.http.guard.RequestSignature;
import gongbei.verifier.http.guard.Route;
import gongbei.verifier.http.guard.SignatureNonce;
import gongbei.verifier.http.guard.Target;
import gongbei.verifier.http.guard.WorkClass;
import gongbei.verifier.http.guard.WorkRunner;
import gongbei.verifier.http.transport.ConditionalResponse;
import gongbei.verifier.http.transport.HttpDate;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.RequestFaults;
import gongbei.verifier.http.transport.RequestSpans;
import gongbei.verifier.http.transport.Response;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustList;
import gongbei.verifier.access.Role;
import gongbei.verifier.config.Limits;
import gongbei.verifier.ring.WorkerHealth;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetJson;
import gongbei.verifier.rules.Rulesets;
import gongbei.verifier.tls.TlsPeer;
import io.netty.handler.codec.http.HttpRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Every operation of the HTTP interface, by method and path. For any thread. */
public final class Routes {
  private static final Pattern PARAMETER = Pattern.compile("\\{[a-z]+\\}");
  private static final String ANY_PARAMETER = "([^/]{1,64})";
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final HttpServer.Context context;
  private final WorkRunner works;
  private final ScanResource scans;
  private final CodeResource codes;
  private final StatusResource statuses;
  private final HolderResource holders;
  private final RulesetResource rulesets;
  private final TranslationResource translations;
  private final LinkResource links;
  private final GroupResource groups;
  private final PaperResource papers;
  private final LookupResource lookups;
  private final PackResource packs;
  private final OpsResource ops;
  private final byte[] openApi;
  private final Route scan = new Route("POST", "/v1/scans", this::scan).quick();
  private final Pages pages = new Pages();
  private final RequestSpans spans = new RequestSpans();
  private final Map<String, Map<String, Route>> routes = new LinkedHashMap<>();
  private final List<Template> templates = new ArrayList<>();
  private final Authorizer gate;
  private final HostCheck hosts;
  private final IdempotentWrites writes = IdempotentWrites.ofLimits();
  private final ConditionalResponse issuers = new ConditionalResponse();
  private final ConditionalResponse rulesetsInForce = new ConditionalResponse();
  private final ConditionalResponse document = new ConditionalResponse();
  private final HttpDate date;
  private volatile boolean stopping;

  /**
   * @param works carries out what takes long: signing, and reading long bodies
   */
  public Routes(HttpServer.Context context, WorkRunner works) {
    this.context = context;
    this.works = works;
    this.scans = new ScanResource(context.pipeline(), context.rulesets(), context.scanMetrics());
    final CodeMint mint =
        new CodeMint(context.format(), context.signingKeys(), context.mintMetrics());
    this.codes = new CodeResource(mint, context.mintPipeline());
    final RequestSignature signature =
        new RequestSignature(
            context.authorities(), "changes of status", context.audience(), context.epochSeconds());
    this.statuses = new StatusResource(context.log(), context.epochSeconds());
    this.holders = new HolderResource(context.statusMap(), context.log());
    this.rulesets = new RulesetResource(context.log(), context.rulesets());
    this.translations = new TranslationResource(context.desk(), context.audit());
    this.links = new LinkResource(context.log(), context.tables(), context.epochSeconds());
    this.groups =
        new GroupResource(mint, context.statusMap(), context.log(), context.epochSeconds());
    this.papers =
        new PaperResource(
            mint,
            context.statusMap(),
            context.log()::isServing,
            context.epochSeconds(),
            context.paperFont());
    final RequestSignature checkpoint =
        new RequestSignature(
            context.lookups(), "look-ups by document", context.audience(), context.epochSeconds());
    this.lookups = new LookupResource(context);
    this.packs =
        new PackResource(
            mint,
            context.statusMap(),
            context.log()::isServing,
            context.trust(),
            context.rulesets(),
            context.epochSeconds());
    this.ops = new OpsResource(context);
    this.date = new HttpDate(context.epochSeconds());
    this.openApi = openApiDocument();
    this.hosts = context.hosts();
    this.gate =
        new Authorizer(context.apiKeys(), context.isOpen(), context.rateLimits(), context.epochSeconds());
    add(scan);
    ask("POST", "/v1/scans/batch", false, this::scanBatch);
    askSigned("POST", "/v1/lookups", checkpoint, now(lookups::lookUp));
    askSigned("POST", "/v1/packs", checkpoint, now(packs::make));
    askSigned("GET", "/v1/packs", checkpoint, now(packs::latest));
    write("POST", "/v1/codes", true, this::mint);
    write("POST", "/v1/papers", false, now(papers::make));
    write("POST", "/v1/translations", true, this::translate);
    writeSigned("PUT", "/v1/subjects/status", signature, this::putStatuses);
    writeSigned("PUT", "/v1/subjects/{subject}/status", signature, this::putStatus);
    ask("GET", "/v1/subjects/{subject}/status", false, this::getStatus);
    writeSigned("PUT", "/v1/links/{subject}", signature, this::putLink);
    writeSigned("POST", "/v1/groups", signature, this::makeGroup);
    writeSigned("PUT", "/v1/groups/{group}", signature, this::changeGroup);
    writeSigned("PUT", "/v1/rulesets/{name}", signature, this::putRuleset);
    ask("GET", "/v1/audit", false, now(question -> translations.audit()));
    ask("GET", "/v1/issuers", false, now(this::issuers));
    ask("GET", "/v1/rulesets", false, now(this::rulesets));
    ask("GET", "/v1/region", true, now(question -> ops.region()));
    ask("GET", "/v1/ops", false, now(question -> ops.figures()));
    ask("GET", "/health/live", true, now(question -> live()));
    ask("GET", "/health/ready", true, now(this::ready));
    ask("GET", "/health/ready/changes", true, now(this::readyForChanges));
    ask("GET", "/metrics", false, now(question -> metrics()));
    ask("GET", "/openapi.yaml", true, now(this::openApi));
    ask("GET", "/", true, now(pages::index));
  }

  private void ask(String method, String path, boolean isQuick, Route.Operation operation) {
    final Route route = new Route(method, path, operation);
    add(isQuick ? route.quick() : route);
  }

  private void askSigned(
      String method, String path, RequestSignature signature, Route.Operation operation) {
    add(new Route(method, path, operation).signed(signature));
  }

  private void write(String method, String path, boolean isQuick, Route.Operation operation) {
    final Route route = new Route(method, path, operation).write();
    add(isQuick ? route.quick() : route);
  }

  private void writeSigned(
      String method, String path, RequestSignature signature, Route.Operation operation) {
    add(new Route(method, path, operation).write().signed(signature));
  }

  private void add(Route route) {
    if (route.path().contains("{") && !routes.containsKey(route.path())) {
      templates.add(
          new Template(
              Pattern.compile(PARAMETER.matcher(route.path()).replaceAll(ANY_PARAMETER)),
              route.path()));
    }
    routes.computeIfAbsent(route.path(), any -> new LinkedHashMap<>()).put(route.method(), route);
  }

  /** The operations, as in {@code POST /v1/scans}. */
  public Set<String> operations() {
    return routes.values().stream()
        .flatMap(methods -> methods.values().stream())
        .map(Route::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** What tells the time in every answer. */
  public HttpDate date() {
    return date;
  }

  /** From now on the node is not ready. */
  public void stop() {
    stopping = true;
  }

  /** Who a connection's client is before they show a key. */
  public Caller callerOf(InetAddress address, Optional<TlsPeer> peer) {
    return gate.callerOf(address, peer);
  }

  /** The fault for which a request is refused before anything else is looked at, or null. */
  public Problem faultOf(HttpRequest request) {
    final Problem fault = RequestFaults.of(request);
    return fault == null ? hosts.fault(request) : fault;
  }

  /**
   * Finds who asks and for what by a request's header, sees that they may, and counts it against
   * their rate.
   *
   * @param path the request's, without its query
   * @param bodyBytes the body's length; 0 where it is not told
   */
  public Admission admit(Caller client, HttpRequest request, String path, long bodyBytes) {
    return gate.admit(
        client, request.headers(), () -> find(request.method().name(), path), bodyBytes);
  }

  /** Counts what a request costs whose body's length was not told, once it has come. */
  public void charge(Admission admission, long bodyBytes) {
    gate.charge(admission, bodyBytes);
  }

  /** Whether a request is one for a scan. */
  public boolean isScan(Admission admission) {
    return admission.target().route() == scan && admission.problem() == null;
  }

  /** Where scans are judged. */
  public ScanResource scans() {
    return scans;
  }

  /** Finds what is at a path; throws a {@link Problem} where nothing is, or not by that method. */
  private Target find(String method, String path) {
    if (pages.has(path)) {
      return Target.NONE;
    }
    Map<String, Route> methods = routes.get(path);
    String parameter = null;
    for (int i = 0; methods == null && i < templates.size(); i++) {
      final Matcher matcher = templates.get(i).pattern().matcher(path);
      if (matcher.matches()) {
        methods = routes.get(templates.get(i).path());
        parameter = matcher.group(1);
      }
    }
    if (methods == null) {
      throw Problem.of(404, "not-found", "nothing is at " + printable(path));
    }
    final Route route = methods.get(method.equals("HEAD") ? "GET" : method);
    if (route == null) {
      throw wrongMethod(methods.keySet());
    }
    return new Target(route, parameter);
  }

  /**
   * Answers a request that was admitted or not; fails with a {@link Problem} where it is refused.
   *
   * @param isWanted whether somebody still waits for the answer; for any thread
   */
  public CompletableFuture<Response> answer(
      Request question, Admission admission, BooleanSupplier isWanted) {
    try {
      if (admission.problem() != null) {
        throw admission.problem();
      }
      if (question.body().length > 0) {
        RequestFaults.requireIdentity(question.headers());
      }
      final Route route = admission.target().route();
      if (route == null) {
        return CompletableFuture.completedFuture(pages.answer(question));
      }
      final long startedNanos = System.nanoTime();
      final CompletableFuture<Response> answer =
          begin(question.from(admission.caller()), admission, isWanted);
      spans.follow(question.headers(), route.name(), startedNanos, answer);
      return answer;
    } catch (RuntimeException | Error e) {
      // An error, too, is answered: the connection must not wait for what never comes.
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Response> begin(
      Request question, Admission admission, BooleanSupplier isWanted) {
    final Route route = admission.target().route();
    final WorkClass kind = route.work().kind();
    final String caller = admission.caller().id();
    final Supplier<CompletableFuture<Response>> work =
        () -> run(route, question, admission.target().parameter(), admission.caller());
    try {
      if (!route.isQuick() || question.body().length > Limits.MAX_EVENT_LOOP_BODY_BYTES) {
        return works.run(kind, caller, isWanted, work);
      }
      return kind == WorkClass.TRANSLATIONS ? works.runHere(kind, caller, work) : work.get();
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static Problem wrongMethod(Set<String> methods) {
    final List<String> allowed = new ArrayList<>(methods);
    if (allowed.contains("GET")) {
      allowed.add("HEAD");
    }
    final String list = String.join(", ", allowed);
    return Problem.of(405, "method-not-allowed", "this path takes " + list + " only")
        .with("Allow", list);
  }

  /**
   * A path with a parameter.
   *
   * @param path as it stands in the document
   */
  private record Template(Pattern pattern, String path) {}

  private static Route.Operation now(Function<Request, Response> answer) {
    return (question, none) -> CompletableFuture.completedFuture(answer.apply(question));
  }

  /**
   * Carries a request out. Whether a write was answered before is asked ahead of its nonce: whoever
   * sends it again, signed anew or not, gets the answer of then.
   */
  private CompletableFuture<Response> run(
      Route route, Request question, String parameter, Caller caller) {
    if (route.signature() == null) {
      return route.isWrite()
          ? writes.once(caller.id(), question, () -> route.operation().answer(question, parameter))
          : route.operation().answer(question, parameter);
    }
    final SignatureNonce nonce = route.signature().require(question);
    final Request signed = question.signed(nonce);
    return route.isWrite()
        ? writes.once(
            caller.id() + " " + nonce.kid(),
            signed,
            () -> route.operation().answer(signed, parameter))
        : route.signature().once(nonce, () -> route.operation().answer(signed, parameter));
  }

  /** Draws a picture in its turn: one that has no room is refused. */
  private CompletableFuture<Response> draw(Request question, Supplier<Response> drawing) {
    return works.run(
        WorkClass.PRINTS,
        question.caller().id(),
        () -> true,
        () -> CompletableFuture.completedFuture(drawing.get()));
  }

  private CompletableFuture<Response> scan(Request question, String none) {
    return scans.scan(question, question.connection());
  }

  private CompletableFuture<Response> mint(Request question, String none) {
    return codes.mint(question, question.connection(), drawing -> draw(question, drawing));
  }

  private CompletableFuture<Response> scanBatch(Request question, String none) {
    return scans.scanBatch(question, works.goingOn(WorkClass.CHECKS));
  }

  private CompletableFuture<Response> getStatus(Request question, String subject) {
    return CompletableFuture.completedFuture(holders.get(subject));
  }

  private CompletableFuture<Response> putStatus(Request question, String subject) {
    return statuses.put(question, subject, question.connection());
  }

  private CompletableFuture<Response> putStatuses(Request question, String none) {
    return statuses.putAll(question, works.goingOn(WorkClass.CHANGES));
  }

  private CompletableFuture<Response> putRuleset(Request question, String name) {
    return rulesets.put(question, name, question.connection());
  }

  private CompletableFuture<Response> translate(Request question, String none) {
    return translations.translate(question, question.connection());
  }

  private CompletableFuture<Response> putLink(Request question, String subject) {
    return links.put(question, subject, question.connection());
  }

  private CompletableFuture<Response> makeGroup(Request question, String none) {
    return groups.make(question, works.goingOn(WorkClass.CHANGES));
  }

  private CompletableFuture<Response> changeGroup(Request question, String group) {
    return groups.change(question, group, works.goingOn(WorkClass.CHANGES));
  }

  private Response issuers(Request question) {
    return issuers.answer(question, context.trust().current(), Routes::json);
  }

  private Response rulesets(Request question) {
    return rulesetsInForce.answer(question, context.rulesets().current(), Routes::json);
  }

  private Response openApi(Request question) {
    return document.answer(question, openApi, bytes -> Response.of("application/yaml", bytes));
  }

  private static Response json(TrustList list) {
    final ObjectNode answer = JsonNodeFactory.instance.objectNode();
    final ArrayNode issuers = answer.putArray("issuers");
    for (final IssuerKey key : list.keys()) {
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
    return Response.json(200, answer);
  }

  private static Response json(Rulesets inForce) {
    final ObjectNode answer = JsonNodeFactory.instance.objectNode();
    final ArrayNode rulesets = answer.putArray("rulesets");
    for (final Ruleset ruleset : inForce.all()) {
      rulesets.add(RulesetJson.of(ruleset));
    }
    return Response.json(200, answer);
  }

  private static Response live() {
    return Response.json(200, JsonNodeFactory.instance.objectNode().put("status", "live"));
  }

  /**
   * One bit for everybody: ready or not. Why not, and how the node is doing, is for operators.
   *
   * @throws Problem where the node is not ready
   */
  private Response ready(Request question) {
    if (!question.caller().roles().contains(Role.OPERATOR)) {
      try {
        requireReady();
      } catch (Problem e) {
        throw Problem.notReady();
      }
      return oneBit();
    }
    requireReady();
    return ops.ready();
  }

  private static Response oneBit() {
    return Response.json(200, JsonNodeFactory.instance.objectNode().put("status", "ready"));
  }

  /**
   * The same for changes: not where the node is no member, is cut off from the others, or behind by
   * more than its rules accept.
   *
   * @throws Problem where it takes none
   */
  private Response readyForChanges(Request question) {
    final Optional<String> fault = context.nodeMetrics().readiness().changeFault();
    if (question.caller().roles().contains(Role.OPERATOR)) {
      if (stopping) {
        throw Problem.stopping();
      }
      fault.ifPresent(
          why -> {
            throw Problem.of(503, "takes-no-changes", why).with("Retry-After", "1");
          });
    } else if (stopping || fault.isPresent()) {
      throw Problem.notReady();
    }
    return oneBit();
  }

  private void requireReady() {
    if (stopping) {
      throw Problem.stopping();
    }
    if (!context.log().isServing()) {
      throw Problem.busy(
          context.nodeMetrics().readiness().scanFault().orElse("the node's map is being made anew")
              + "; ask another");
    }
    requireAnswering(context.pipeline().health());
    if (context.mintPipeline() != null) {
      requireAnswering(context.mintPipeline().health());
    }
  }

  private static void requireAnswering(WorkerHealth health) {
    if (!health.look(System.nanoTime())) {
      throw Problem.of(503, "workers-stalled", health.explanation());
    }
  }

  private Response metrics() {
    return Response.of(
        PROMETHEUS_TEXT, context.nodeMetrics().scrape().getBytes(StandardCharsets.UTF_8));
  }

  private static String printable(String path) {
    final String start = path.length() > 100 ? path.substring(0, 100) : path;
    return start.replaceAll("[^\\x21-\\x7e]", "?");
  }

  /** Returns the document as it is served, with the names of all reasons. */
  static byte[] openApiDocument() {
    return new String(resource("/gongbei/openapi.yaml"), StandardCharsets.UTF_8)
        .replace("[reasons]", Reason.wireNames())
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] resource(String name) {
    try (InputStream bytes = Routes.class.getResourceAsStream(name)) {
      return bytes.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
