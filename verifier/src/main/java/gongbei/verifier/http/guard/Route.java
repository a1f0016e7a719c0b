package gongbei.verifier.http.guard;

import gongbei.verifier.access.Role;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** One operation. */
public final class Route {
  private final String method;
  private final String path;
  private final Operation operation;
  private final Set<Role> roles;
  private final WorkTable.Work work;
  private final Target target = to("");
  private boolean isQuick;
  private boolean isScan;
  private boolean isDisplay;
  private boolean isWrite;
  private Optional<RequestSignature> signature = Optional.empty();

  /** What answers a request, given the parameter in its path; the empty text where it has none. */
  public interface Operation {
    CompletableFuture<Response> answer(Request question, String parameter);
  }

  /**
   * @param path as it stands in the document, with its parameter's name
   */
  public Route(String method, String path, Operation operation) {
    this.method = method;
    this.path = path;
    this.operation = operation;
    this.roles = AccessTable.rolesFor(name());
    this.work = WorkTable.of(name());
  }

  /** Lets it run on an event loop. */
  public Route quick() {
    isQuick = true;
    return this;
  }

  /** Marks it as the one for a scan, which a connection may have evaluated beside others. */
  public Route scan() {
    isScan = true;
    return this;
  }

  /** Marks it as the one for a code, which a connection may have minted beside others. */
  public Route display() {
    isDisplay = true;
    return this;
  }

  /** Has a request with an Idempotency-Key carried out once. */
  public Route write() {
    isWrite = true;
    return this;
  }

  /** Has requests signed. */
  public Route signed(RequestSignature by) {
    signature = Optional.of(by);
    return this;
  }

  /** As in {@code POST /v1/scans}. */
  public String name() {
    return method + " " + path;
  }

  public String method() {
    return method;
  }

  public String path() {
    return path;
  }

  public Operation operation() {
    return operation;
  }

  /** The roles of which one is needed; none where it is public. */
  Set<Role> roles() {
    return roles;
  }

  /** What it costs, and what it waits for. */
  public WorkTable.Work work() {
    return work;
  }

  /** This, by a path without a parameter. */
  Target target() {
    return target;
  }

  /** This, by a path with a parameter. */
  Target to(String parameter) {
    return new Target(Optional.of(this), parameter);
  }

  boolean isScan() {
    return isScan;
  }

  boolean isDisplay() {
    return isDisplay;
  }

  boolean isQuick() {
    return isQuick;
  }

  public boolean isWrite() {
    return isWrite;
  }

  /** What a request must be signed by, if by anything. */
  public Optional<RequestSignature> signature() {
    return signature;
  }
}
