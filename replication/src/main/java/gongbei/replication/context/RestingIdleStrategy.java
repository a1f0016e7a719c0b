package gongbei.replication.context;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.agrona.concurrent.IdleStrategy;

/**
 * How a thread of the log waits: it sleeps for a moment that doubles up to a bound, as Agrona's
 * {@code BackoffIdleStrategy} does, and longer once it has had nothing to do for a while. Five such
 * threads that wake every 250 µs cost a tenth of a core and more where nothing is written. Where
 * work comes but now and then, as Aeron's own housekeeping does each ten milliseconds, it goes back
 * to rest sooner. For one thread.
 */
final class RestingIdleStrategy implements IdleStrategy {
  /** After how long without work a thread rests, in nanoseconds. */
  static final long UNTIL_REST_NANOS = 20_000_000;

  /** The same where work comes now and then. */
  static final long UNTIL_REST_AGAIN_NANOS = 1_000_000;

  /** Over what time, and in how many turns of it, work comes now and then. */
  static final long WINDOW_NANOS = 100_000_000;

  static final int FEW_TURNS = 20;

  private static final long MIN_PARK_NANOS = 10_000;

  private final long maxParkNanos;
  private final long restNanos;
  private final LongSupplier nanoTime;
  private final LongConsumer sleep;
  private boolean isIdle;
  private boolean rests;
  private long idleSinceNanos;
  private long parkNanos = MIN_PARK_NANOS;
  private int turns;
  private long windowNanos;
  private boolean isQuiet;

  /**
   * @param maxParkNanos the longest sleep at first
   * @param restNanos the longest sleep later
   */
  RestingIdleStrategy(long maxParkNanos, long restNanos) {
    this(maxParkNanos, restNanos, System::nanoTime, LockSupport::parkNanos);
  }

  /**
   * As the other, by another clock.
   *
   * @param sleep for so many nanoseconds
   */
  RestingIdleStrategy(
      long maxParkNanos, long restNanos, LongSupplier nanoTime, LongConsumer sleep) {
    this.maxParkNanos = maxParkNanos;
    this.restNanos = Math.max(maxParkNanos, restNanos);
    this.nanoTime = nanoTime;
    this.sleep = sleep;
    windowNanos = nanoTime.getAsLong();
  }

  @Override
  public void idle(int workCount) {
    if (workCount > 0) {
      reset();
    } else {
      idle();
    }
  }

  @Override
  public void idle() {
    if (!isIdle) {
      // Another thread may be about to hand something over.
      isIdle = true;
      idleSinceNanos = nanoTime.getAsLong();
      lookBack();
      Thread.onSpinWait();
      return;
    }
    sleep.accept(parkNanos);
    if (parkNanos < maxParkNanos) {
      parkNanos = Math.min(maxParkNanos, 2 * parkNanos);
    } else if (rests) {
      parkNanos = Math.min(restNanos, 2 * parkNanos);
    } else {
      rests =
          nanoTime.getAsLong() - idleSinceNanos
              >= (isQuiet ? UNTIL_REST_AGAIN_NANOS : UNTIL_REST_NANOS);
    }
  }

  /** Looks how much work has come of late. */
  private void lookBack() {
    if (turns > FEW_TURNS) {
      isQuiet = false;
    }
    if (idleSinceNanos - windowNanos >= WINDOW_NANOS) {
      isQuiet = turns <= FEW_TURNS;
      windowNanos = idleSinceNanos;
      turns = 0;
    }
    parkNanos = isQuiet ? maxParkNanos : MIN_PARK_NANOS;
  }

  @Override
  public void reset() {
    isIdle = false;
    rests = false;
    turns++;
  }

  @Override
  public String alias() {
    return "resting";
  }

  @Override
  public String toString() {
    return "RestingIdleStrategy{maxParkNanos=" + maxParkNanos + ", restNanos=" + restNanos + "}";
  }
}
