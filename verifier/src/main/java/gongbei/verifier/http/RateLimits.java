package gongbei.verifier.http;

import gongbei.verifier.config.Limits;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Token buckets: one for each caller, of {@value #BURST_SECONDS} seconds' units, filled at a steady
 * rate. A request costs one unit or more ({@link WorkTable}); one that costs more than is left is
 * taken where one unit is, and its caller waits until what it owes has come. A bucket is one time,
 * that at which it will be full again (the virtual scheduling algorithm of ITU-T I.371), so that a
 * full one needs no place. For any thread.
 */
final class RateLimits {
  private static final int BURST_SECONDS = 2;
  private static final String CROWD = "crowd:";

  private final int keyPerSecond;
  private final int addressPerSecond;
  private final int maxBuckets;
  private final LongSupplier nanoTime;
  private final ConcurrentHashMap<String, AtomicLong> fullAgainNanos = new ConcurrentHashMap<>();
  private final AtomicLong sweptNanos;

  /**
   * @param keyPerSecond units of who has shown who they are; 0 for no bound
   * @param addressPerSecond units of an address; 0 for no bound
   * @param maxBuckets callers told apart; those over it share one bucket
   */
  RateLimits(int keyPerSecond, int addressPerSecond, int maxBuckets, LongSupplier nanoTime) {
    this.keyPerSecond = keyPerSecond;
    this.addressPerSecond = addressPerSecond;
    this.maxBuckets = maxBuckets;
    this.nanoTime = nanoTime;
    this.sweptNanos = new AtomicLong(nanoTime.getAsLong());
  }

  static RateLimits of(int keyPerSecond, int addressPerSecond) {
    return new RateLimits(
        keyPerSecond, addressPerSecond, Limits.MAX_RATE_BUCKETS, System::nanoTime);
  }

  /**
   * What a request leaves of its caller's rate.
   *
   * @param name {@code key} or {@code address}
   * @param quota the bucket's size, in units
   * @param remaining what is left in it
   * @param fullSeconds how long until it is full again
   * @param retryAfterSeconds how long until a request will be taken; 0 where this one was
   */
  record Rate(String name, int quota, long remaining, long fullSeconds, long retryAfterSeconds) {
    boolean isExceeded() {
      return retryAfterSeconds > 0;
    }

    /** The field {@code RateLimit-Policy} (draft-ietf-httpapi-ratelimit-headers). */
    String policyField() {
      return "\"" + name + "\";q=" + quota + ";w=" + BURST_SECONDS;
    }

    /** The field {@code RateLimit}. */
    String field() {
      return "\"" + name + "\";r=" + remaining + ";t=" + fullSeconds;
    }
  }

  /** Takes one unit out of a caller's bucket: see {@link #take(Caller, int)}. */
  Rate take(Caller caller) {
    return take(caller, 1);
  }

  /**
   * Takes what a request costs out of a caller's bucket; null where there is no bound. It is not
   * taken where not even one unit is left.
   */
  Rate take(Caller caller, int units) {
    final int perSecond = caller.isNamed() ? keyPerSecond : addressPerSecond;
    if (perSecond == 0) {
      return null;
    }
    final String name = caller.isNamed() ? "key" : "address";
    final int quota = BURST_SECONDS * perSecond;
    final long intervalNanos = Math.max(1, TimeUnit.SECONDS.toNanos(1) / perSecond);
    final long depthNanos = intervalNanos * quota;
    final long now = nanoTime.getAsLong();
    final AtomicLong full = bucket(caller.id(), name, now);
    while (true) {
      final long before = full.get();
      final long start = before - now > 0 ? before : now;
      final long withOne = start + intervalNanos - now;
      if (withOne > depthNanos) {
        return new Rate(
            name, quota, 0, seconds(start - now), Math.max(1, seconds(withOne - depthNanos)));
      }
      final long after = start + units * intervalNanos;
      if (full.compareAndSet(before, after)) {
        final long filled = after - now;
        final long left = Math.max(0, depthNanos - filled) / intervalNanos;
        return new Rate(name, quota, left, seconds(filled), 0);
      }
    }
  }

  /** Takes what a request turns out to cost more, whether or not it is left. */
  void charge(Caller caller, int units) {
    final int perSecond = caller.isNamed() ? keyPerSecond : addressPerSecond;
    if (perSecond != 0 && units > 0) {
      final long now = nanoTime.getAsLong();
      final long nanos = units * Math.max(1, TimeUnit.SECONDS.toNanos(1) / perSecond);
      bucket(caller.id(), caller.isNamed() ? "key" : "address", now)
          .updateAndGet(before -> (before - now > 0 ? before : now) + nanos);
    }
  }

  private static long seconds(long nanos) {
    return (nanos + TimeUnit.SECONDS.toNanos(1) - 1) / TimeUnit.SECONDS.toNanos(1);
  }

  private AtomicLong bucket(String id, String name, long now) {
    final AtomicLong known = fullAgainNanos.get(id);
    if (known != null) {
      return known;
    }
    if (fullAgainNanos.size() >= maxBuckets) {
      sweep(now);
    }
    return fullAgainNanos.computeIfAbsent(
        fullAgainNanos.size() < maxBuckets ? id : CROWD + name, any -> new AtomicLong(now));
  }

  /** Forgets the buckets that are full, once a second at most. */
  private void sweep(long now) {
    final long before = sweptNanos.get();
    if (now - before >= TimeUnit.SECONDS.toNanos(1) && sweptNanos.compareAndSet(before, now)) {
      fullAgainNanos.values().removeIf(full -> full.get() - now <= 0);
    }
  }

  int buckets() {
    return fullAgainNanos.size();
  }
}
