package gongbei.bench.load;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long after a code is displayed a scanner sees it, evenly at random between two bounds: people
 * hold their phones out one after the other, however many codes a network delivers at once. For one
 * thread.
 */
final class ScanDelay {
  /** A scanner sees each code the moment it comes. */
  static final ScanDelay NONE = new ScanDelay(0, 0, 0);

  /** The longest that may be asked for: half the life of a displayed code. */
  static final int MAX_MILLIS = 500 * DisplayedCodes.TTL_SECONDS;

  private static final Pattern RANGE = Pattern.compile("([0-9]{1,5})-([0-9]{1,5})");

  private final long leastNanos;
  private final long spreadNanos;
  private final SplittableRandom random;

  private ScanDelay(long leastNanos, long mostNanos, long seed) {
    this.leastNanos = leastNanos;
    this.spreadNanos = mostNanos - leastNanos;
    this.random = new SplittableRandom(seed);
  }

  /**
   * Reads LEAST-MOST, in milliseconds.
   *
   * @throws IllegalArgumentException where it is none, or out of its bounds
   */
  static ScanDelay parse(String text, long seed) {
    final Matcher range = RANGE.matcher(text);
    if (!range.matches()
        || Integer.parseInt(range.group(1)) > Integer.parseInt(range.group(2))
        || Integer.parseInt(range.group(2)) > MAX_MILLIS) {
      throw new IllegalArgumentException(
          "'" + text + "', not LEAST-MOST in milliseconds, at most " + MAX_MILLIS);
    }
    return new ScanDelay(
        TimeUnit.MILLISECONDS.toNanos(Integer.parseInt(range.group(1))),
        TimeUnit.MILLISECONDS.toNanos(Integer.parseInt(range.group(2))),
        seed);
  }

  /** The delay of the next code. */
  long nextNanos() {
    return spreadNanos == 0 ? leastNanos : leastNanos + random.nextLong(spreadNanos);
  }
}
