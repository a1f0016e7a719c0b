package gongbei.verifier.translate;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.agrona.concurrent.IdleStrategy;

/**
 * Lets an agent sleep until somebody has work for it and says so, and looks once in a while all the
 * same. {@link #wake} is for any thread, the rest for the agent's.
 */
final class WokenIdleStrategy implements IdleStrategy {
  /** How long it sleeps where nobody wakes it: an agent that is closed sees that so soon. */
  private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final AtomicBoolean isWoken = new AtomicBoolean();
  private final LongConsumer sleep;
  private volatile Thread sleeper;

  WokenIdleStrategy() {
    this(LockSupport::parkNanos);
  }

  /**
   * @param sleep for so many nanoseconds, or until {@link LockSupport#unpark}
   */
  WokenIdleStrategy(LongConsumer sleep) {
    this.sleep = sleep;
  }

  /** Says that there is work, which has been handed over before. */
  void wake() {
    if (!isWoken.getAndSet(true)) {
      LockSupport.unpark(sleeper);
    }
  }

  @Override
  public void idle(int workCount) {
    if (workCount <= 0) {
      idle();
    }
  }

  @Override
  public void idle() {
    if (sleeper == null) {
      sleeper = Thread.currentThread();
    }
    if (!isWoken.getAndSet(false)) {
      sleep.accept(LONGEST_NANOS);
      isWoken.set(false);
    }
  }

  @Override
  public void reset() {
    // It has no steps.
  }

  @Override
  public String alias() {
    return "woken";
  }
}
