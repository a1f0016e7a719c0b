package gongbei.verifier.http.guard;

import gongbei.verifier.access.Caller;
import gongbei.verifier.access.Role;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.transport.Admission;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.QuickWork;
import gongbei.verifier.http.transport.RateLimit;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.RequestFaults;
import gongbei.verifier.http.transport.RequestHandler;
import gongbei.verifier.http.transport.RequestHead;
import gongbei.verifier.http.transport.RequestSpans;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.http.transport.SignatureNonce;
import gongbei.verifier.tls.TlsPeer;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A request's way from its header to its answer, step by step:
 *
 * <ol>
 *   <li>{@link #faultOf}: framing and Host;
 *   <li>{@link #admit}: caller, route, role and rate, before the body is read;
 *   <li>the queue of its class of work, where it may not run on an event loop;
 *   <li>{@link #verified}: the signature, where the route wants one;
 *   <li>{@link #once}: a write with an Idempotency-Key, and a signed reading, are carried out once;
 *   <li>the route's operation.
 * </ol>
 *
 * <p>For any thread.
 */
public final class RequestChain implements RequestHandler {
  private final HostCheck hosts;
  private final Authorizer authorizer;
  private final RouteTable routes;
  private final WorkRunner works;
  private final RequestSpans spans = RequestSpans.ofProcess();
  private final IdempotentWrites writes = IdempotentWrites.ofLimits();

  /**
   * @param works carries out what takes long: signing, and reading long bodies
   */
  public RequestChain(HostCheck hosts, Authorizer authorizer, RouteTable routes, WorkRunner works) {
    this.hosts = hosts;
    this.authorizer = authorizer;
    this.routes = routes;
    this.works = works;
  }

  @Override
  public Problem faultOf(RequestHead head) {
    final Problem fault = RequestFaults.of(head);
    return fault == null ? hosts.fault(head) : fault;
  }

  @Override
  public Caller callerOf(InetAddress address, Optional<TlsPeer> peer) {
    return authorizer.callerOf(address, peer);
  }

  @Override
  public Admission admit(Caller client, RequestHead head) {
    return new Admitted(authorizer.admit(client, head, routes));
  }

  /** A request that was looked at by its header. */
  private final class Admitted implements Admission {
    private final Grant grant;

    Admitted(Grant grant) {
      this.grant = grant;
    }

    @Override
    public Caller caller() {
      return grant.caller();
    }

    @Override
    public RateLimit rate() {
      return grant.rate();
    }

    @Override
    public Optional<Problem> problem() {
      return grant.problem();
    }

    @Override
    public QuickWork quickWork() {
      if (grant.target().route().isEmpty() || grant.problem().isPresent()) {
        return QuickWork.NONE;
      }
      final Route route = grant.target().route().get();
      if (route.isDisplay()) {
        return grant.caller().roles().contains(Role.ISSUER) ? QuickWork.DISPLAY : QuickWork.NONE;
      }
      return route.isScan() ? QuickWork.SCAN : QuickWork.NONE;
    }

    @Override
    public void charge(long bodyBytes) {
      authorizer.charge(grant, bodyBytes);
    }

    @Override
    public CompletableFuture<Response> answer(Request request, BooleanSupplier isWanted) {
      try {
        return RequestChain.this.answer(grant, request, isWanted);
      } catch (RuntimeException | Error e) {
        // An error, too, is answered: the connection must not wait for what never comes.
        return CompletableFuture.failedFuture(e);
      }
    }
  }

  private CompletableFuture<Response> answer(
      Grant grant, Request request, BooleanSupplier isWanted) {
    if (grant.problem().isPresent()) {
      throw grant.problem().get();
    }
    if (request.body().length > 0) {
      RequestFaults.requireIdentity(request.headers());
    }
    if (grant.target().route().isEmpty()) {
      return CompletableFuture.completedFuture(routes.page(request));
    }
    final Route route = grant.target().route().get();
    final long startedNanos = System.nanoTime();
    final Request admitted = request.from(grant.caller());
    final CompletableFuture<Response> answer =
        inItsClass(
            route, admitted, isWanted, () -> carryOut(route, admitted, grant.target().parameter()));
    spans.follow(request.headers(), route.name(), startedNanos, answer);
    return answer;
  }

  /** Carries a request out here or in the queue of its class of work. */
  private CompletableFuture<Response> inItsClass(
      Route route,
      Request request,
      BooleanSupplier isWanted,
      Supplier<CompletableFuture<Response>> work) {
    final WorkClass kind = route.work().kind();
    final String caller = request.caller().id();
    try {
      if (!route.isQuick() || request.body().length > Limits.MAX_EVENT_LOOP_BODY_BYTES) {
        return works.run(kind, caller, isWanted, work);
      }
      return kind == WorkClass.TRANSLATIONS ? works.runHere(kind, caller, work) : work.get();
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Response> carryOut(Route route, Request admitted, String parameter) {
    final Request request = verified(route, admitted);
    return once(route, request, () -> route.operation().answer(request, parameter));
  }

  /** Verifies the signature of a request whose route wants one. */
  private static Request verified(Route route, Request request) {
    return route.signature().map(by -> request.signed(by.require(request))).orElse(request);
  }

  /**
   * Whether a write was answered before is asked ahead of its nonce: whoever sends it again, signed
   * anew or not, gets the answer of then. The nonce of a signed write is for the log to evaluate.
   */
  private CompletableFuture<Response> once(
      Route route, Request request, Supplier<CompletableFuture<Response>> handling) {
    final SignatureNonce nonce = request.nonce();
    if (route.isWrite()) {
      final String caller = request.caller().id();
      return writes.once(nonce == null ? caller : caller + " " + nonce.kid(), request, handling);
    }
    return nonce == null ? handling.get() : route.signature().orElseThrow().once(nonce, handling);
  }
}
