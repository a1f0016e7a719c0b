package gongbei.verifier.http.guard;

import gongbei.verifier.access.Caller;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.transport.RateLimit;
import gongbei.verifier.net.BucketTimes;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A bucket for each caller ({@link BucketTimes}). A request costs one unit or more ({@link
 * WorkTable}); one that costs more than is left is taken where one unit is, and its caller waits
 * until what it owes has come. For any thread.
 */
public final class RateLimits {
  private static final String KEY = "key";
  private static final String ADDRESS = "address";

  /** Whose buckets those are that have no place: no caller's id is one of these. */
  private static final String KEY_CROWD = "crowd:key";

  private static final String ADDRESS_CROWD = "crowd:address";

  private final int keyPerSecond;
  private final int addressPerSecond;
  private final BucketTimes times;

  /**
   * @param keyPerSecond units of who has shown who they are; 0 for no bound
   * @param addressPerSecond units of an address; 0 for no bound
   * @param maxBuckets callers told apart; those over it share one bucket
   */
  RateLimits(int keyPerSecond, int addressPerSecond, int maxBuckets, LongSupplier nanoTime) {
    this.keyPerSecond = keyPerSecond;
    this.addressPerSecond = addressPerSecond;
    this.times = new BucketTimes(maxBuckets, nanoTime);
  }

  public static RateLimits of(int keyPerSecond, int addressPerSecond) {
    return new RateLimits(
        keyPerSecond, addressPerSecond, Limits.MAX_RATE_BUCKETS, System::nanoTime);
  }

  /** Takes one unit out of a caller's bucket: see {@link #take(Caller, int)}. */
  RateLimit take(Caller caller) {
    return take(caller, 1);
  }

  /**
   * Takes what a request costs out of a caller's bucket; {@link RateLimit#UNBOUNDED} where there is
   * no bound. It is not taken where not even one unit is left.
   */
  RateLimit take(Caller caller, int units) {
    final int perSecond = perSecond(caller);
    if (perSecond == 0) {
      return RateLimit.UNBOUNDED;
    }
    final String name = caller.isNamed() ? KEY : ADDRESS;
    final int quota = BucketTimes.BURST_SECONDS * perSecond;
    final long intervalNanos = BucketTimes.intervalNanos(perSecond);
    final long depthNanos = BucketTimes.depthNanos(perSecond);
    final long filled = times.take(caller.id(), crowd(caller), perSecond, units);
    if (filled < 0) {
      return new RateLimit(
          name,
          quota,
          BucketTimes.BURST_SECONDS,
          0,
          seconds(depthNanos - intervalNanos - filled),
          Math.max(1, seconds(-filled)));
    }
    final long left = Math.max(0, depthNanos - filled) / intervalNanos;
    return new RateLimit(name, quota, BucketTimes.BURST_SECONDS, left, seconds(filled), 0);
  }

  /** Takes what a request turns out to cost more, whether or not it is left. */
  void charge(Caller caller, int units) {
    final int perSecond = perSecond(caller);
    if (perSecond != 0 && units > 0) {
      times.charge(caller.id(), crowd(caller), perSecond, units);
    }
  }

  private int perSecond(Caller caller) {
    return caller.isNamed() ? keyPerSecond : addressPerSecond;
  }

  private static String crowd(Caller caller) {
    return caller.isNamed() ? KEY_CROWD : ADDRESS_CROWD;
  }

  private static long seconds(long nanos) {
    return (nanos + TimeUnit.SECONDS.toNanos(1) - 1) / TimeUnit.SECONDS.toNanos(1);
  }

  int buckets() {
    return times.buckets();
  }
}
