package gongbei.verifier.http.guard;

import gongbei.verifier.access.ApiKey;
import gongbei.verifier.access.ApiKeys;
import gongbei.verifier.access.Caller;
import gongbei.verifier.access.Role;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.RateLimit;
import gongbei.verifier.http.transport.RequestHead;
import gongbei.verifier.net.ClientAddress;
import gongbei.verifier.tls.TlsPeer;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.net.InetAddress;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Finds who asks, holds them to their rate and to their roles. A key comes as {@code Authorization:
 * Bearer} (RFC 6750). For any thread.
 */
public final class Authorizer {
  private static final String SCHEME = "bearer ";
  private static final String CHALLENGE = "Bearer realm=\"gongbei\"";

  private final Optional<ApiKeys> keys;
  private final boolean isOpen;
  private final RateLimits rates;
  private final LongSupplier epochSeconds;

  /**
   * @param keys empty where none are known
   * @param isOpen whether everybody may everything who shows no key
   */
  public Authorizer(
      Optional<ApiKeys> keys, boolean isOpen, RateLimits rates, LongSupplier epochSeconds) {
    this.keys = keys;
    this.isOpen = isOpen;
    this.rates = rates;
    this.epochSeconds = epochSeconds;
  }

  /** Who a connection's client is before they show a key. */
  public Caller callerOf(InetAddress address, Optional<TlsPeer> peer) {
    return peer.map(Caller::ofCertificate)
        .orElseGet(() -> Caller.ofAddress(ClientAddress.of(address), isOpen));
  }

  /**
   * Finds who asks by the header of their request, checks that they may, and counts what it costs
   * against their rate: before anything of its body is kept.
   */
  Grant admit(Caller client, RequestHead head, RouteTable routes) {
    Caller caller = client;
    Target target = Target.NONE;
    Optional<Problem> problem = Optional.empty();
    try {
      if (client.isRevoked()) {
        throw unauthorized("revoked-certificate", "the certificate is revoked");
      }
      if ((keys.isPresent() || !isOpen) && head.hasAuthorization()) {
        caller = ofKey(head.headers().getAll(HttpHeaderNames.AUTHORIZATION), caller);
      }
      target = routes.find(head.method(), head.path());
      if (target.route().isPresent()) {
        final Route route = target.route().get();
        require(caller, route.name(), route.roles());
      }
    } catch (Problem e) {
      problem = Optional.of(e);
    }
    final boolean isRefused = problem.isPresent() || target.route().isEmpty();
    final int units = isRefused ? 1 : target.route().get().work().cost(head.contentLength());
    final RateLimit rate = rates.take(caller, units);
    if (rate.isExceeded()) {
      problem =
          Optional.of(
              Problem.of(429, "too-many-requests", "more requests than the rate allows")
                  .with("Retry-After", Long.toString(rate.retryAfterSeconds())));
    }
    return new Grant(caller, rate, problem, target, units);
  }

  /** Counts what a request costs whose body's length was not told, once it has come. */
  public void charge(Grant grant, long bodyBytes) {
    if (grant.target().route().isPresent() && grant.problem().isEmpty()) {
      final Route route = grant.target().route().get();
      rates.charge(grant.caller(), route.work().cost(bodyBytes) - grant.units());
    }
  }

  private Caller ofKey(List<String> shown, Caller otherwise) {
    final String field = shown.get(0);
    if (shown.size() != 1 || !field.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      throw unauthorized("unknown-key", "Authorization is not Bearer and one key");
    }
    final ApiKey key =
        keys.map(known -> known.find(field.substring(SCHEME.length()).strip()))
            .orElseThrow(() -> unauthorized("unknown-key", "the key is not known here"));
    if (key.hasExpired(Instant.ofEpochSecond(epochSeconds.getAsLong()))) {
      throw unauthorized("expired-key", "the key has expired");
    }
    if (!otherwise.isNamed()) {
      return Caller.ofKey(key.id(), key.roles());
    }
    final EnumSet<Role> roles = EnumSet.copyOf(key.roles());
    roles.addAll(otherwise.roles());
    return Caller.ofKey(key.id(), roles);
  }

  /** Checks that a caller has a role that is needed, and throws a {@link Problem} where not. */
  public static void require(Caller caller, String operation, Set<Role> needed) {
    if (needed.isEmpty()) {
      return;
    }
    for (final Role role : caller.roles()) {
      if (needed.contains(role)) {
        return;
      }
    }
    final String names = names(needed);
    if (!caller.isNamed()) {
      throw Problem.of(401, "key-missing", operation + " needs a key with the role " + names)
          .with("WWW-Authenticate", CHALLENGE);
    }
    throw Problem.of(
            403,
            "role-missing",
            operation
                + " needs the role "
                + names
                + "; the key or certificate has "
                + names(caller.roles()))
        .with("WWW-Authenticate", CHALLENGE + ", error=\"insufficient_scope\"");
  }

  private static String names(Set<Role> roles) {
    return roles.isEmpty()
        ? "none"
        : EnumSet.copyOf(roles).stream().map(Role::wireName).collect(Collectors.joining(" or "));
  }

  private static Problem unauthorized(String type, String detail) {
    return Problem.of(401, type, detail)
        .with("WWW-Authenticate", CHALLENGE + ", error=\"invalid_token\"");
  }
}
