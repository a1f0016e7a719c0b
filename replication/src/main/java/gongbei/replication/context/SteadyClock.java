package gongbei.replication.context;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.agrona.concurrent.EpochClock;

/**
 * Milliseconds since 1970 that neither jump nor stand still when the machine's clock is set: they
 * run by the monotonic clock, and make up for what the wall clock differs at 1 ms in every 10. A
 * cluster tells by its clocks whether a leader, a client or a driver is alive; a wall clock that is
 * set by half a minute would say that all of them are dead, or be silent for as long. For any
 * thread.
 */
public final class SteadyClock implements EpochClock {
  private static final long NANOS_A_MILLISECOND = 1_000_000;
  private static final long LOOK_NANOS = 10_000_000;
  private static final int SLOWNESS = 10;

  /** What a cluster's time, and the age of what a node knows, is told by. */
  public static final SteadyClock OF_CLUSTER =
      new SteadyClock(System::currentTimeMillis, System::nanoTime, Long.MAX_VALUE);

  /**
   * What the parts of one process tell by whether the others are alive: a second or more in which
   * nobody read it, for the whole process was stopped, counts for nothing at first.
   */
  public static final SteadyClock OF_PROCESS =
      new SteadyClock(System::currentTimeMillis, System::nanoTime, TimeUnit.SECONDS.toNanos(1));

  private final LongSupplier wallMillis;
  private final LongSupplier monotonicNanos;
  private final long pauseNanos;
  private final AtomicLong lookedNanos;
  private volatile long offsetNanos;

  /**
   * @param pauseNanos between two readings, from which time is left out
   */
  SteadyClock(LongSupplier wallMillis, LongSupplier monotonicNanos, long pauseNanos) {
    this.wallMillis = wallMillis;
    this.monotonicNanos = monotonicNanos;
    this.pauseNanos = pauseNanos;
    final long nanos = monotonicNanos.getAsLong();
    lookedNanos = new AtomicLong(nanos);
    offsetNanos = wallMillis.getAsLong() * NANOS_A_MILLISECOND - nanos;
  }

  @Override
  public long time() {
    final long nanos = monotonicNanos.getAsLong();
    final long looked = lookedNanos.get();
    if (nanos - looked > LOOK_NANOS) {
      adjust(looked, nanos);
    }
    return (nanos + offsetNanos) / NANOS_A_MILLISECOND;
  }

  private synchronized void adjust(long looked, long nanos) {
    if (!lookedNanos.compareAndSet(looked, nanos)) {
      return;
    }
    final long sinceNanos = nanos - looked;
    if (sinceNanos >= pauseNanos) {
      offsetNanos -= sinceNanos;
      return;
    }
    final long errorNanos = wallMillis.getAsLong() * NANOS_A_MILLISECOND - nanos - offsetNanos;
    final long most = sinceNanos / SLOWNESS;
    offsetNanos += Math.max(-most, Math.min(most, errorNanos));
  }
}
