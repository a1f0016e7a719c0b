package gongbei.verifier.net;

import io.netty.channel.SelectStrategy;
import io.netty.channel.SelectStrategyFactory;
import io.netty.util.IntSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Lets an event loop wake only so often, as a network card moderates its interrupts: what came in
 * meanwhile is read, and what is to be sent is written, in one pass. A loop that wakes more rarely,
 * and one whose passes take as long, are not held up. For one event loop.
 */
public final class PacedSelect implements SelectStrategy {
  /** Passes that may follow each other at once before they are paced. */
  private static final int BURST = 8;

  private final long paceNanos;
  private final LongSupplier nanoTime;
  private final LongConsumer sleep;
  private long paidNanos;

  /**
   * Paces nothing yet.
   *
   * @param paceNanos between passes, on average
   * @param sleep for so many nanoseconds
   */
  PacedSelect(long paceNanos, LongSupplier nanoTime, LongConsumer sleep) {
    this.paceNanos = paceNanos;
    this.nanoTime = nanoTime;
    this.sleep = sleep;
    paidNanos = nanoTime.getAsLong() - BURST * paceNanos;
  }

  /**
   * Makes one for each event loop.
   *
   * @param paceNanos between two passes of a loop, on average; 0 for none
   * @param sleep as {@link java.util.concurrent.locks.LockSupport#parkNanos(long)}
   */
  public static SelectStrategyFactory each(long paceNanos, LongConsumer sleep) {
    return () -> new PacedSelect(paceNanos, System::nanoTime, sleep);
  }

  @Override
  public int calculateStrategy(IntSupplier selectNow, boolean hasTasks) throws Exception {
    if (paceNanos > 0) {
      pace();
    }
    return hasTasks ? selectNow.get() : SelectStrategy.SELECT;
  }

  /** Pays for a pass: each costs its pace, and at most a burst is saved up. */
  private void pace() {
    final long nowNanos = nanoTime.getAsLong();
    final long savedNanos = Math.min(nowNanos - paidNanos, BURST * paceNanos);
    paidNanos = nowNanos - savedNanos + paceNanos;
    if (paidNanos - nowNanos > 0) {
      sleep.accept(paidNanos - nowNanos);
    }
  }
}
