package gongbei.verifier.net;

import java.util.function.LongSupplier;

/**
 * Buckets of one rate ({@link BucketTimes}), out of which one is taken at a time. For any thread;
 * taking from a bucket that is known allocates nothing.
 */
public final class TokenBuckets {
  private static final Object CROWD = new Object();

  private final int perSecond;
  private final BucketTimes times;

  /**
   * Makes buckets that are full.
   *
   * @param perSecond how fast each fills; 0 for no bound
   * @param maxBuckets holders told apart; those over it share one bucket
   * @param nanoTime a clock as {@link System#nanoTime}
   */
  public TokenBuckets(int perSecond, int maxBuckets, LongSupplier nanoTime) {
    this.perSecond = perSecond;
    this.times = new BucketTimes(maxBuckets, nanoTime);
  }

  /**
   * Takes one out of a holder's bucket.
   *
   * @param holder whose bucket it is, by {@link Object#equals}
   * @return 0 where one was taken; else in how many nanoseconds there will be one
   */
  public long take(Object holder) {
    return perSecond == 0 ? 0 : Math.max(0, -times.take(holder, CROWD, perSecond, 1));
  }

  /** The buckets that have a place, for tests. */
  int buckets() {
    return times.buckets();
  }
}
