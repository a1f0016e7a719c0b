package gongbei.verifier.server;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Looks after the deadlines of all connections of an event loop, once each in a period, and a part
 * of them at a time. A timer for each connection would wake the loop thousands of times a second
 * where thousands of phones are connected and silent. For its event loop.
 */
public final class DeadlineRounds {
  /** In how many parts a period's look is done. */
  static final int PARTS = 8;

  private static final long LEAST_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final List<Set<Watched>> parts = new ArrayList<>();
  private int newest;
  private int due;

  /** A connection that may have taken too long. */
  public interface Watched {
    /** Looks whether it has, and does what is to be done then. */
    void look(long nowNanos);
  }

  /** Looks after nothing yet, and at nothing until {@link #tick}. */
  public DeadlineRounds() {
    for (int i = 0; i < PARTS; i++) {
      parts.add(Collections.newSetFromMap(new IdentityHashMap<>()));
    }
  }

  /** Looks after the connections of a loop, each once in a period, as long as the loop runs. */
  public static DeadlineRounds on(EventExecutor loop, long periodNanos) {
    final DeadlineRounds rounds = new DeadlineRounds();
    final long tickNanos = Math.max(LEAST_TICK_NANOS, periodNanos / PARTS);
    final var unused =
        loop.scheduleWithFixedDelay(
            () -> rounds.tick(System.nanoTime()), tickNanos, tickNanos, TimeUnit.NANOSECONDS);
    return rounds;
  }

  /**
   * Looks after one more.
   *
   * @return what ends that
   */
  public Runnable add(Watched watched) {
    newest = (newest + 1) % PARTS;
    final Set<Watched> part = parts.get(newest);
    part.add(watched);
    return () -> part.remove(watched);
  }

  /** Looks at the next part: a look may end its connection, and so be the last. */
  void tick(long nowNanos) {
    due = (due + 1) % PARTS;
    for (final Watched each : parts.get(due).toArray(new Watched[0])) {
      each.look(nowNanos);
    }
  }
}
