package gongbei.verifier.http.guard;

import gongbei.verifier.http.transport.Response;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A {@link WorkQueue} for every class of work. For any thread. */
public final class WorkQueues implements WorkRunner, AutoCloseable {
  private final Map<WorkClass, WorkQueue> queues = new EnumMap<>(WorkClass.class);

  /** Starts the threads of every class. */
  public WorkQueues() {
    for (final WorkClass kind : WorkClass.values()) {
      queues.put(kind, new WorkQueue(kind));
    }
  }

  @Override
  public CompletableFuture<Response> run(
      WorkClass kind,
      String caller,
      BooleanSupplier isWanted,
      Supplier<CompletableFuture<Response>> work) {
    return queues.get(kind).run(caller, isWanted, work);
  }

  @Override
  public CompletableFuture<Response> runHere(
      WorkClass kind, String caller, Supplier<CompletableFuture<Response>> work) {
    return queues.get(kind).runHere(caller, work);
  }

  @Override
  public Executor goingOn(WorkClass kind) {
    return queues.get(kind);
  }

  /** The requests of a class that are not answered yet. */
  public int held(WorkClass kind) {
    return queues.get(kind).held();
  }

  @Override
  public void close() {
    queues.values().forEach(WorkQueue::close);
  }
}
