package gongbei.verifier.net;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Buckets of {@value #BURST_SECONDS} seconds' units each, filled at a steady rate. A bucket is one
 * time, that at which it will be full again (the virtual scheduling algorithm of ITU-T I.371), so
 * that a full one needs no place. For any thread; taking from a bucket that is known allocates
 * nothing.
 */
public final class BucketTimes {
  /** How many seconds' units a bucket holds. */
  public static final int BURST_SECONDS = 2;

  private final int maxBuckets;
  private final LongSupplier nanoTime;
  private final ConcurrentHashMap<Object, AtomicLong> fullAgainNanos = new ConcurrentHashMap<>();
  private final AtomicLong sweptNanos;

  /**
   * Makes buckets that are full.
   *
   * @param maxBuckets holders told apart; those over it share the bucket of their crowd
   * @param nanoTime a clock as {@link System#nanoTime}
   */
  public BucketTimes(int maxBuckets, LongSupplier nanoTime) {
    this.maxBuckets = maxBuckets;
    this.nanoTime = nanoTime;
    this.sweptNanos = new AtomicLong(nanoTime.getAsLong());
  }

  /** In how many nanoseconds a unit comes. */
  public static long intervalNanos(int perSecond) {
    return Math.max(1, TimeUnit.SECONDS.toNanos(1) / perSecond);
  }

  /** In how many nanoseconds an empty bucket is full. */
  public static long depthNanos(int perSecond) {
    return intervalNanos(perSecond) * BURST_SECONDS * perSecond;
  }

  /**
   * Takes units out of a holder's bucket where one is left: more than are left are owed.
   *
   * @param holder whose bucket it is, by {@link Object#equals}
   * @param crowd whose bucket it is where there is no place for the holder's
   * @param perSecond how fast it fills, 1 or more
   * @return in how many nanoseconds it will be full; negative where nothing was taken: less the
   *     nanoseconds until one unit is there
   */
  public long take(Object holder, Object crowd, int perSecond, int units) {
    final long intervalNanos = intervalNanos(perSecond);
    final long depthNanos = depthNanos(perSecond);
    final long now = nanoTime.getAsLong();
    final AtomicLong full = bucket(holder, crowd, now);
    while (true) {
      final long before = full.get();
      final long missing = Math.max(before - now, 0);
      if (missing + intervalNanos > depthNanos) {
        return depthNanos - missing - intervalNanos;
      }
      final long filled = missing + units * intervalNanos;
      if (full.compareAndSet(before, now + filled)) {
        return filled;
      }
    }
  }

  /** Takes units out of a holder's bucket, whether or not they are left: see {@link #take}. */
  public void charge(Object holder, Object crowd, int perSecond, int units) {
    final long now = nanoTime.getAsLong();
    final long nanos = units * intervalNanos(perSecond);
    bucket(holder, crowd, now).updateAndGet(before -> (before - now > 0 ? before : now) + nanos);
  }

  private AtomicLong bucket(Object holder, Object crowd, long now) {
    final AtomicLong known = fullAgainNanos.get(holder);
    if (known != null) {
      return known;
    }
    if (fullAgainNanos.size() >= maxBuckets) {
      sweep(now);
    }
    return fullAgainNanos.computeIfAbsent(
        fullAgainNanos.size() < maxBuckets ? holder : crowd, any -> new AtomicLong(now));
  }

  /** Forgets the buckets that are full, once a second at most. */
  private void sweep(long now) {
    final long before = sweptNanos.get();
    if (now - before >= TimeUnit.SECONDS.toNanos(1) && sweptNanos.compareAndSet(before, now)) {
      fullAgainNanos.values().removeIf(full -> full.get() - now <= 0);
    }
  }

  /** The buckets that have a place. */
  public int buckets() {
    return fullAgainNanos.size();
  }
}
