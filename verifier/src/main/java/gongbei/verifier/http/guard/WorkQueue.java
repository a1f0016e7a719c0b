package gongbei.verifier.http.guard;

import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Response;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of one {@link WorkClass} that are not answered yet, and the threads that work on
 * them. Callers take turns: who has sent many waits behind who has sent one. What nobody waits for
 * any more is dropped before it begins. For any thread.
 */
public final class WorkQueue implements Executor, AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(WorkQueue.class);

  private final WorkClass kind;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition hasWork = lock.newCondition();
  private final Map<String, Line> lines = new HashMap<>();
  private final ArrayDeque<Line> turns = new ArrayDeque<>();
  private final ArrayDeque<Runnable> goingOn = new ArrayDeque<>();
  private int held;
  private boolean isClosed;

  /** One caller's requests. */
  private static final class Line {
    private final String caller;
    private final ArrayDeque<Work> waiting = new ArrayDeque<>();
    private int held;
    private int running;
    private boolean hasTurn;

    Line(String caller) {
      this.caller = caller;
    }
  }

  /** One request that waits for a thread. */
  private record Work(
      Line line,
      BooleanSupplier isWanted,
      Supplier<CompletableFuture<Response>> begin,
      CompletableFuture<Response> answer) {}

  /** Starts the threads of a class. */
  WorkQueue(WorkClass kind) {
    this.kind = kind;
    for (int i = 0; i < kind.threads(); i++) {
      final Thread thread =
          new Thread(this::work, "gongbei-http-" + kind.name().toLowerCase(Locale.ROOT) + "-" + i);
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** Carries out a request once its turn comes: see {@link WorkRunner#run}. */
  CompletableFuture<Response> run(
      String caller, BooleanSupplier isWanted, Supplier<CompletableFuture<Response>> begin) {
    lock.lock();
    try {
      final Line line = hold(caller);
      final Work work = new Work(line, isWanted, begin, new CompletableFuture<>());
      line.waiting.add(work);
      giveTurn(line);
      return work.answer.whenComplete((answer, failure) -> letGo(line));
    } finally {
      lock.unlock();
    }
  }

  /** Carries out a request on this thread: see {@link WorkRunner#runHere}. */
  CompletableFuture<Response> runHere(String caller, Supplier<CompletableFuture<Response>> begin) {
    final Line line;
    lock.lock();
    try {
      line = hold(caller);
    } finally {
      lock.unlock();
    }
    final CompletableFuture<Response> answer;
    try {
      answer = begin.get();
    } catch (RuntimeException | Error e) {
      letGo(line);
      throw e;
    }
    return answer.whenComplete((given, failure) -> letGo(line));
  }

  /** Goes on with a request that was begun, before any that was not. */
  @Override
  public void execute(Runnable task) {
    lock.lock();
    try {
      if (!isClosed) {
        goingOn.add(task);
        hasWork.signal();
        return;
      }
    } finally {
      lock.unlock();
    }
    // The threads may have ended; what was begun is answered all the same.
    task.run();
  }

  private Line hold(String caller) {
    Line line = lines.get(caller);
    if (held >= kind.maxHeld() || (line != null && line.held >= kind.maxHeldOfCaller())) {
      dropUnwanted();
      line = lines.get(caller);
    }
    if (line != null && line.held >= kind.maxHeldOfCaller()) {
      throw Problem.of(
              429,
              "too-much-at-once",
              "this caller has "
                  + kind.maxHeldOfCaller()
                  + " requests of this kind in progress already; try again when they are done")
          .with("Retry-After", "1");
    }
    if (held >= kind.maxHeld() || isClosed) {
      throw Problem.busy("the node is at its limit; try again");
    }
    if (line == null) {
      line = new Line(caller);
      lines.put(caller, line);
    }
    line.held++;
    held++;
    return line;
  }

  private void letGo(Line line) {
    lock.lock();
    try {
      held--;
      line.held--;
      if (line.held == 0) {
        lines.remove(line.caller, line);
      }
    } finally {
      lock.unlock();
    }
  }

  private void giveTurn(Line line) {
    if (!line.hasTurn && !line.waiting.isEmpty() && line.running < kind.maxRunningOfCaller()) {
      line.hasTurn = true;
      turns.add(line);
      hasWork.signal();
    }
  }

  /** Drops whatever nobody waits for, which makes room for who comes. */
  private void dropUnwanted() {
    final ArrayDeque<Work> dropped = new ArrayDeque<>();
    for (final Line line : lines.values()) {
      for (final Iterator<Work> each = line.waiting.iterator(); each.hasNext(); ) {
        final Work work = each.next();
        if (!work.isWanted.getAsBoolean()) {
          each.remove();
          dropped.add(work);
        }
      }
    }
    dropped.forEach(WorkQueue::drop);
  }

  private static void drop(Work work) {
    work.answer.completeExceptionally(
        Problem.of(499, "client-gone", "the client has disconnected"));
  }

  private void work() {
    for (Runnable task = next(); task != null; task = next()) {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        LOGGER.error("A request failed: {}", e.toString());
        LOGGER.debug("The failure in full", e);
      }
    }
  }

  /** What is due, when something is; null at the end. */
  private Runnable next() {
    lock.lock();
    try {
      while (true) {
        final Runnable begun = goingOn.poll();
        if (begun != null) {
          return begun;
        }
        final Line line = turns.poll();
        if (line != null) {
          line.hasTurn = false;
          final Work work = line.waiting.poll();
          if (work != null) {
            line.running++;
            giveTurn(line);
            return () -> begin(work);
          }
        } else if (isClosed) {
          return null;
        } else {
          hasWork.awaitUninterruptibly();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void begin(Work work) {
    try {
      if (work.isWanted.getAsBoolean()) {
        final var unused =
            work.begin
                .get()
                .whenComplete(
                    (answer, failure) -> {
                      if (failure == null) {
                        work.answer.complete(answer);
                      } else {
                        work.answer.completeExceptionally(failure);
                      }
                    });
      } else {
        drop(work);
      }
    } catch (RuntimeException | Error e) {
      // An error, too, is answered: the connection must not wait for what never comes.
      work.answer.completeExceptionally(e);
    } finally {
      lock.lock();
      try {
        work.line.running--;
        giveTurn(work.line);
      } finally {
        lock.unlock();
      }
    }
  }

  /** The requests that are not answered yet. */
  int held() {
    lock.lock();
    try {
      return held;
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more requests; the threads end when what was taken has begun. */
  @Override
  public void close() {
    lock.lock();
    try {
      isClosed = true;
      hasWork.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
