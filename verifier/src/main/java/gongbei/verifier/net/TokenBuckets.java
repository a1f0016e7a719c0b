package gongbei.verifier.net;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Token buckets of {@value #BURST_SECONDS} seconds' worth each, filled at a steady rate. A bucket
 * is one time, that at which it will be full again (the virtual scheduling algorithm of ITU-T
 * I.371), so that a full one needs no place. For any thread; taking from a bucket that is known
 * allocates nothing.
 */
public final class TokenBuckets {
  private static final int BURST_SECONDS = 2;
  private static final Object CROWD = new Object();

  private final int perSecond;
  private final int maxBuckets;
  private final LongSupplier nanoTime;
  private final ConcurrentHashMap<Object, AtomicLong> fullAgainNanos = new ConcurrentHashMap<>();
  private final AtomicLong sweptNanos;

  /**
   * Makes buckets that are full.
   *
   * @param perSecond how fast each fills; 0 for no bound
   * @param maxBuckets holders told apart; those over it share one bucket
   * @param nanoTime a clock as {@link System#nanoTime}
   */
  public TokenBuckets(int perSecond, int maxBuckets, LongSupplier nanoTime) {
    this.perSecond = perSecond;
    this.maxBuckets = maxBuckets;
    this.nanoTime = nanoTime;
    this.sweptNanos = new AtomicLong(nanoTime.getAsLong());
  }

  /**
   * Takes one out of a holder's bucket.
   *
   * @param holder whose bucket it is, by {@link Object#equals}
   * @return 0 where one was taken; else in how many nanoseconds there will be one
   */
  public long take(Object holder) {
    if (perSecond == 0) {
      return 0;
    }
    final long intervalNanos = Math.max(1, TimeUnit.SECONDS.toNanos(1) / perSecond);
    final long depthNanos = intervalNanos * BURST_SECONDS * perSecond;
    final long now = nanoTime.getAsLong();
    final AtomicLong full = bucket(holder, now);
    while (true) {
      final long before = full.get();
      final long filled = Math.max(before - now, 0) + intervalNanos;
      if (filled > depthNanos) {
        return filled - depthNanos;
      }
      if (full.compareAndSet(before, now + filled)) {
        return 0;
      }
    }
  }

  private AtomicLong bucket(Object holder, long now) {
    final AtomicLong known = fullAgainNanos.get(holder);
    if (known != null) {
      return known;
    }
    if (fullAgainNanos.size() >= maxBuckets) {
      sweep(now);
    }
    return fullAgainNanos.computeIfAbsent(
        fullAgainNanos.size() < maxBuckets ? holder : CROWD, any -> new AtomicLong(now));
  }

  /** Forgets the buckets that are full, once a second at most. */
  private void sweep(long now) {
    final long before = sweptNanos.get();
    if (now - before >= TimeUnit.SECONDS.toNanos(1) && sweptNanos.compareAndSet(before, now)) {
      fullAgainNanos.values().removeIf(full -> full.get() - now <= 0);
    }
  }

  /** The buckets that have a place, for tests. */
  int buckets() {
    return fullAgainNanos.size();
  }
}
