package gongbei.verifier.ring;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Lets one worker of a ring buffer sleep for a moment after the first event of a batch, where by
 * the rate of late some more are there when it wakes: a batch costs less for each of its events,
 * and so does waking up. Below that rate it adds nothing: who is alone is answered at once. While
 * another worker's places are filled it sleeps until its own are near. For one thread, alerts
 * apart.
 */
final class GatheringBarrier implements SequenceBarrier {
  /** Over what time the rate is taken, with less weight to what is further back. */
  private static final double RATE_NANOS = 4e6;

  /** The fewest events for which it is worth to wait: the half of them is what a batch gains. */
  private static final int MIN_GATHERED = 6;

  /** By how much a thread oversleeps: what Linux allows itself for a timer. */
  private static final long OVERSLEPT_NANOS = 55_000;

  private final SequenceBarrier barrier;
  private final Stripe stripe;
  private final long maxNanos;
  private final LongSupplier nanoTime;
  private final LongConsumer sleep;
  private double eventsANano;
  private long lastAvailable;
  private long lastNanos;

  /**
   * Around another barrier.
   *
   * @param stripe the worker's places
   * @param maxNanos the longest sleep; 0 for none
   */
  GatheringBarrier(SequenceBarrier barrier, Stripe stripe, long maxNanos) {
    this(barrier, stripe, maxNanos, System::nanoTime, LockSupport::parkNanos);
  }

  /**
   * As the other, by another clock.
   *
   * @param sleep for so many nanoseconds
   */
  GatheringBarrier(
      SequenceBarrier barrier,
      Stripe stripe,
      long maxNanos,
      LongSupplier nanoTime,
      LongConsumer sleep) {
    this.barrier = barrier;
    this.stripe = stripe;
    this.maxNanos = maxNanos;
    this.nanoTime = nanoTime;
    this.sleep = sleep;
    lastAvailable = barrier.getCursor();
    lastNanos = nanoTime.getAsLong();
  }

  @Override
  public long waitFor(long sequence) throws AlertException, InterruptedException, TimeoutException {
    final long available = barrier.waitFor(sequence);
    if (maxNanos == 0) {
      return available;
    }
    final double rate = rate(available, nanoTime.getAsLong());
    final long nanos =
        stripe.contains(available) ? own(sequence, available, rate) : foreign(available, rate);
    if (nanos <= 0) {
      return available;
    }
    sleep.accept(Math.max(1, nanos - OVERSLEPT_NANOS));
    return barrier.waitFor(sequence);
  }

  /** How long to wait for what a batch lacks. */
  private long own(long sequence, long available, double rate) {
    final long missing = stripe.after(available);
    if (missing == 0
        || available - sequence >= stripe.cycle()
        || rate * maxNanos < Math.min(missing, MIN_GATHERED)) {
      return 0;
    }
    return Math.min(maxNanos, (long) (missing / rate));
  }

  /** How long to leave what is not the worker's: half the time until its own place is filled. */
  private long foreign(long available, double rate) {
    final long nanos = Math.min(maxNanos, (long) (stripe.until(available) / rate / 2));
    return nanos > 2 * OVERSLEPT_NANOS ? nanos : 0;
  }

  private double rate(long available, long nowNanos) {
    final double passedNanos = nowNanos - lastNanos;
    if (passedNanos > 0) {
      final double weight = passedNanos / (passedNanos + RATE_NANOS);
      eventsANano += weight * ((available - lastAvailable) / passedNanos - eventsANano);
      lastAvailable = available;
      lastNanos = nowNanos;
    }
    return eventsANano;
  }

  @Override
  public long getCursor() {
    return barrier.getCursor();
  }

  @Override
  public boolean isAlerted() {
    return barrier.isAlerted();
  }

  @Override
  public void alert() {
    barrier.alert();
  }

  @Override
  public void clearAlert() {
    barrier.clearAlert();
  }

  @Override
  public void checkAlert() throws AlertException {
    barrier.checkAlert();
  }
}
