package gongbei.verifier.http.guard;

import gongbei.verifier.access.Caller;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Response;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Carries out what takes long, off the event loops. For any thread. */
public interface WorkRunner {
  /**
   * Carries out a request once its turn comes.
   *
   * @param caller whose request it is: {@link Caller#id}
   * @param isWanted whether somebody still waits for the answer; asked before the work begins
   * @return fails with a {@link Problem} where nobody waits for it any more
   * @throws Problem where there is no room for it, in all or of this caller
   */
  CompletableFuture<Response> run(
      WorkClass kind,
      String caller,
      BooleanSupplier isWanted,
      Supplier<CompletableFuture<Response>> work);

  /**
   * Carries out at once, on the thread that calls, a request that counts among those of its class.
   *
   * @throws Problem where there is no room for it, in all or of this caller
   */
  CompletableFuture<Response> runHere(
      WorkClass kind, String caller, Supplier<CompletableFuture<Response>> work);

  /** Where requests that {@link #run} has begun go on: before those that have not begun. */
  Executor goingOn(WorkClass kind);
}
