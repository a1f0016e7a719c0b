package gongbei.verifier.ring;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets one worker of a ring buffer sleep for a moment after the first event of a batch, where by
 * the rate of late the events that the batch lacks are there when it wakes. Below that rate it adds
 * nothing: who is alone is answered at once. For one thread, alerts apart.
 */
final class GatheringBarrier implements SequenceBarrier {
  /** Over what time the rate is taken, with less weight to what is further back. */
  private static final double RATE_NANOS = 4e6;

  /** By how much a thread oversleeps: what Linux allows itself for a timer. */
  private static final long OVERSLEPT_NANOS = 55_000;

  private final SequenceBarrier barrier;
  private final Stripe stripe;
  private final long maxNanos;
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
    this.barrier = barrier;
    this.stripe = stripe;
    this.maxNanos = maxNanos;
    lastAvailable = barrier.getCursor();
    lastNanos = System.nanoTime();
  }

  @Override
  public long waitFor(long sequence) throws AlertException, InterruptedException, TimeoutException {
    final long available = barrier.waitFor(sequence);
    if (maxNanos == 0) {
      return available;
    }
    final double rate = rate(available, System.nanoTime());
    if (!stripe.contains(available) || available - sequence >= stripe.cycle()) {
      return available;
    }
    final long missing = stripe.after(available);
    if (missing == 0 || missing > rate * maxNanos) {
      return available;
    }
    LockSupport.parkNanos(Math.max(1, (long) (missing / rate) - OVERSLEPT_NANOS));
    return barrier.waitFor(sequence);
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
