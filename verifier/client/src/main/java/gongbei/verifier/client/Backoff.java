package gongbei.verifier.client;

import java.util.random.RandomGenerator;

/**
 * How long to wait before connecting again: a random time up to a bound that doubles with every
 * failure. The chance keeps devices that lost a server together from coming back together. For one
 * thread.
 */
final class Backoff {
  private final long leastMillis;
  private final long greatestMillis;
  private final RandomGenerator random;
  private long boundMillis;

  /**
   * @param leastMillis the first bound, over 0
   * @param greatestMillis the last bound
   */
  Backoff(long leastMillis, long greatestMillis, RandomGenerator random) {
    this.leastMillis = leastMillis;
    this.greatestMillis = greatestMillis;
    this.random = random;
    this.boundMillis = leastMillis;
  }

  /** The next wait, in milliseconds, from 0 to the bound. */
  long nextMillis() {
    final long millis = random.nextLong(boundMillis + 1);
    boundMillis = Math.min(greatestMillis, boundMillis * 2);
    return millis;
  }

  /** Starts anew, for it went well. */
  void reset() {
    boundMillis = leastMillis;
  }
}
