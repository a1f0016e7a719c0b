package gongbei.verifier.http.api;

import gongbei.verifier.audit.KnownDocuments;
import gongbei.verifier.config.VenueLimits;
import gongbei.verifier.http.guard.RequestSignature;
import gongbei.verifier.http.guard.Route;
import gongbei.verifier.http.guard.RouteTable;
import gongbei.verifier.http.guard.WorkClass;
import gongbei.verifier.http.guard.WorkRunner;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.server.ScanAdmission;
import gongbei.verifier.venue.VenueFeed;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/** Makes the resources, and the table of their routes. For any thread. */
public final class Resources {
  private final WorkRunner works;
  private final ScanResource scans;
  private final CodeResource codes;
  private final StatusResource statuses;
  private final HolderResource holders;
  private final RulesetResource rulesets;
  private final GroundResource grounds;
  private final NationalRuleResource nationalRules;
  private final MintingResource minting;
  private final RevocationResource revocations;
  private final TranslationResource translations;
  private final LinkResource links;
  private final GroupResource groups;
  private final PaperResource papers;
  private final LookupResource lookups;
  private final PackResource packs;
  private final GuardianResource guardians;
  private final VenueResource venues;
  private final VisitResource visits;
  private final AppealResource appeals;
  private final AppealDecisionResource appealDecisions;
  private final HolderHistoryResource histories;
  private final OpsResource ops;
  private final OversightResource oversight;
  private final HealthResource health;
  private final CatalogueResource catalogue;
  private final HistoryResource history;
  private final Pages pages = new Pages();
  private final RouteTable routes = new RouteTable(pages);

  /**
   * @param works carries out what takes long: signing, and reading long bodies
   */
  public Resources(ApiContext<?> context, WorkRunner works) {
    this.works = works;
    final ScanAdmission admission = new ScanAdmission(context.pipeline(), context.scanMetrics());
    this.scans = new ScanResource(admission, context.rulesets());
    final CodeMint mint =
        new CodeMint(context.format(), context.signingKeys(), context.mintMetrics());
    final HolderProof holderProof = new HolderProof(context);
    this.guardians = new GuardianResource(context, holderProof);
    this.codes = new CodeResource(mint, context.mintAdmission(), guardians, context.epochSeconds());
    final RequestSignature signature =
        new RequestSignature(
            context.authorities(), "changes of status", context.audience(), context.epochSeconds());
    this.statuses = new StatusResource(context.log(), context.epochSeconds());
    this.holders = new HolderResource(context.statusMap(), context.log(), context.epochSeconds());
    this.rulesets = new RulesetResource(context.log(), context.rulesets());
    this.grounds = new GroundResource(context.log(), context.authorities(), context.epochSeconds());
    this.minting = new MintingResource(context);
    this.nationalRules = new NationalRuleResource(context.log(), context.rulesets());
    this.revocations = new RevocationResource(context.log(), context.rulesets());
    this.translations =
        new TranslationResource(
            context.translations(), context.documents().map(KnownDocuments::audit));
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
            context.lookups(), "lookups by document", context.audience(), context.epochSeconds());
    this.packs =
        new PackResource(
            mint,
            context.statusMap(),
            context.log()::isServing,
            new PackResource.Basis(
                context.trust(),
                context.rulesets(),
                () -> context.log().documents().minting(),
                context.mintingPackSeconds()),
            context.epochSeconds());
    final VenueCodes venueCodes = new VenueCodes(context);
    final VenueFeed feed =
        new VenueFeed(VenueLimits.MAX_VENUE_SCREENS, VenueLimits.MAX_VENUE_SCREENS_OF_CALLER);
    context.nodeMetrics().watchVenues(feed);
    this.venues = new VenueResource(context, mint, venueCodes, feed);
    this.lookups = new LookupResource(context, venueCodes, feed);
    this.visits = new VisitResource(context, admission, venueCodes, feed);
    final HolderChanges causes = new HolderChanges(context.history());
    this.appeals = new AppealResource(context, holderProof, causes);
    this.appealDecisions = new AppealDecisionResource(context, causes);
    this.histories = new HolderHistoryResource(context, holderProof, causes);
    this.ops = new OpsResource(context);
    this.oversight =
        new OversightResource(
            context.oversight(), context.log(), context.history(), context.epochSeconds());
    this.health = new HealthResource(context, ops);
    this.catalogue = new CatalogueResource(context);
    this.history = new HistoryResource(context.history());
    routes.add(new Route("POST", "/v1/scans", this::scan).quick().scan());
    ask("POST", "/v1/scans/batch", false, this::scanBatch);
    askSigned("POST", "/v1/lookups", checkpoint, now(lookups::lookUp));
    askSigned("POST", "/v1/packs", checkpoint, now(packs::make));
    askSigned("GET", "/v1/packs", checkpoint, now(packs::latest));
    routes.add(new Route("POST", "/v1/codes", this::mint).quick().write().display());
    write("POST", "/v1/papers", false, now(papers::make));
    write("POST", "/v1/translations", true, this::translate);
    write("POST", "/v1/venues", false, now(venues::issue));
    write("POST", "/v1/venues/codes", false, now(venues::code));
    ask("POST", "/v1/venues/watch", false, this::watchVenue);
    ask("POST", "/v1/visits", false, this::visit);
    writeSigned("PUT", "/v1/subjects/status", signature, this::putStatuses);
    writeSigned("PUT", "/v1/subjects/{subject}/status", signature, this::putStatus);
    ask("GET", "/v1/subjects/{subject}/status", false, this::getStatus);
    writeSigned("PUT", "/v1/links/{subject}", signature, this::putLink);
    writeSigned("POST", "/v1/groups", signature, this::makeGroup);
    writeSigned("PUT", "/v1/groups/{group}", signature, this::changeGroup);
    writeSigned("PUT", "/v1/rulesets/{name}", signature, this::putRuleset);
    write("POST", "/v1/appeals", false, this::openAppeal);
    ask("GET", "/v1/appeals", false, now(appeals::list));
    ask("GET", "/v1/appeals/queues/{queue}", false, of(appeals::queue));
    ask("GET", "/v1/appeals/{appeal}", false, of(appeals::get));
    writeSigned("PUT", "/v1/appeals/{appeal}", signature, this::decideAppeal);
    writeSigned("PUT", "/v1/subjects/{subject}/guardians", signature, this::putGuardian);
    ask("GET", "/v1/subjects/{subject}/guardians", false, this::getGuardians);
    ask("GET", "/v1/subjects/{subject}/history", false, this::getHistory);
    writeSigned("PUT", "/v1/grounds", signature, this::putGrounds);
    ask("GET", "/v1/grounds", true, now(question -> grounds.get()));
    writeSigned("PUT", "/v1/minting", signature, this::putMinting);
    ask("GET", "/v1/minting", true, now(question -> minting.get()));
    writeSigned("PUT", "/v1/foreign-rules/{country}", signature, this::putNationalRules);
    writeSigned("PUT", "/v1/revocations/{name}", signature, this::putRevocations);
    ask("GET", "/v1/audit", false, now(question -> translations.audit()));
    ask("GET", "/v1/issuers", false, now(catalogue::issuers));
    ask("GET", "/v1/rulesets", false, now(catalogue::rulesets));
    ask("GET", "/v1/foreign-rules", false, now(nationalRules::get));
    ask("GET", "/v1/revocations", false, now(revocations::get));
    ask("GET", "/v1/revocations/{name}", false, of(revocations::lists));
    ask("GET", "/v1/region", true, now(question -> ops.region()));
    ask("GET", "/v1/ops", false, now(question -> ops.figures()));
    ask("GET", "/v1/oversight", false, now(question -> oversight.figures()));
    ask("GET", "/health/live", true, now(question -> health.live()));
    ask("GET", "/health/ready", true, now(health::ready));
    ask("GET", "/health/ready/changes", true, now(health::readyForChanges));
    ask("GET", "/metrics", false, now(question -> health.metrics()));
    ask("GET", "/openapi.yaml", true, now(catalogue::openApi));
    ask("GET", "/", true, now(pages::index));
    ask("GET", "/history/checkpoint", true, now(history::head));
    ask("GET", "/history/checkpoint/snapshot", true, now(history::snapshotHead));
    ask("GET", "/history/entries/{version}", false, history::entries);
    ask("GET", "/history/tile/{rest}", false, history::tile);
    ask("GET", "/history/proof/{rest}", false, history::proof);
  }

  private void ask(String method, String path, boolean isQuick, Route.Operation operation) {
    final Route route = new Route(method, path, operation);
    routes.add(isQuick ? route.quick() : route);
  }

  private void askSigned(
      String method, String path, RequestSignature signature, Route.Operation operation) {
    routes.add(new Route(method, path, operation).signed(signature));
  }

  private void write(String method, String path, boolean isQuick, Route.Operation operation) {
    final Route route = new Route(method, path, operation).write();
    routes.add(isQuick ? route.quick() : route);
  }

  private void writeSigned(
      String method, String path, RequestSignature signature, Route.Operation operation) {
    routes.add(new Route(method, path, operation).write().signed(signature));
  }

  private static Route.Operation now(Function<Request, Response> answer) {
    return (question, none) -> CompletableFuture.completedFuture(answer.apply(question));
  }

  private static Route.Operation of(Function<String, Response> answer) {
    return (question, parameter) -> CompletableFuture.completedFuture(answer.apply(parameter));
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

  private CompletableFuture<Response> watchVenue(Request question, String none) {
    return CompletableFuture.completedFuture(
        venues.watch(question, works.goingOn(WorkClass.PRINTS)));
  }

  private CompletableFuture<Response> visit(Request question, String none) {
    return visits.visit(question, question.connection());
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

  private CompletableFuture<Response> openAppeal(Request question, String none) {
    return appeals.open(question, question.connection());
  }

  private CompletableFuture<Response> decideAppeal(Request question, String appeal) {
    return appealDecisions.decide(question, appeal, question.connection());
  }

  private CompletableFuture<Response> putGuardian(Request question, String subject) {
    return guardians.put(question, subject, question.connection());
  }

  private CompletableFuture<Response> getGuardians(Request question, String subject) {
    return CompletableFuture.completedFuture(guardians.get(question, subject));
  }

  private CompletableFuture<Response> getHistory(Request question, String subject) {
    return CompletableFuture.completedFuture(histories.get(question, subject));
  }

  private CompletableFuture<Response> putRuleset(Request question, String name) {
    return rulesets.put(question, name, question.connection());
  }

  private CompletableFuture<Response> putGrounds(Request question, String none) {
    return grounds.put(question, question.connection());
  }

  private CompletableFuture<Response> putMinting(Request question, String none) {
    return minting.put(question, question.connection());
  }

  private CompletableFuture<Response> putNationalRules(Request question, String name) {
    return nationalRules.put(question, name, works.goingOn(WorkClass.CHANGES));
  }

  private CompletableFuture<Response> putRevocations(Request question, String name) {
    return revocations.put(question, name, works.goingOn(WorkClass.CHANGES));
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

  /** The operations and the pages. */
  public RouteTable routes() {
    return routes;
  }

  /** From now on the node is not ready. */
  public void stop() {
    health.stop();
  }
}
