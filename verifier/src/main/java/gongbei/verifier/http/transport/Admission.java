package gongbei.verifier.http.transport;

import gongbei.verifier.access.Caller;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** A request that was admitted by its header, or refused, before its body came. */
public interface Admission {
  /** Who asks. */
  Caller caller();

  /** What is left of the caller's rate. */
  RateLimit rate();

  /** Why the request is refused, where it is. */
  Optional<Problem> problem();

  /** What the request, where it was admitted, may be that workers do beside others. */
  QuickWork quickWork();

  /** Counts what a request costs whose body's length was not told, once it has come. */
  void charge(long bodyBytes);

  /**
   * Answers the whole request; fails with a {@link Problem} where it is refused.
   *
   * @param isWanted whether somebody still waits for the answer; called on any thread
   */
  CompletableFuture<Response> answer(Request request, BooleanSupplier isWanted);
}
