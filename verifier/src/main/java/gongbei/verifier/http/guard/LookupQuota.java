package gongbei.verifier.http.guard;

import gongbei.verifier.http.transport.Problem;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Bounds how many holders a checkpoint may look up, and how many of them may be unknown: who tries
 * documents one after the other meets people who are not enrolled, a checkpoint's queue hardly any.
 * Each bound is a bucket that is filled at a steady rate (the virtual scheduling algorithm of ITU-T
 * I.371). Its callers are the keys that may look up, and so as few as those. For any thread.
 */
public final class LookupQuota {
  private static final long NANOS_PER_MINUTE = TimeUnit.MINUTES.toNanos(1);
  private static final long NANOS_PER_HOUR = TimeUnit.HOURS.toNanos(1);

  private final int perMinute;
  private final int unknownPerHour;
  private final LongSupplier nanoTime;
  private final Map<String, Spent> callers = new HashMap<>();

  /** When a caller's buckets will be full again. */
  private static final class Spent {
    private long allNanos;
    private long unknownNanos;
  }

  /**
   * @param perMinute lookups of a key in a minute, and as many at once; 0 for no bound
   * @param unknownPerHour lookups of a key in an hour that find nobody, and as many at once; 0 for
   *     no bound
   */
  public LookupQuota(int perMinute, int unknownPerHour, LongSupplier nanoTime) {
    this.perMinute = perMinute;
    this.unknownPerHour = unknownPerHour;
    this.nanoTime = nanoTime;
  }

  /**
   * Counts a lookup as one that finds nobody; {@link #known} takes the latter back.
   *
   * @param kid the key that signed it
   * @throws Problem where there is nothing left
   */
  public synchronized void take(String kid) {
    final long now = nanoTime.getAsLong();
    final Spent spent = callers.computeIfAbsent(kid, any -> full(now));
    final long all = next(spent.allNanos, now, perMinute, NANOS_PER_MINUTE);
    final long unknown = next(spent.unknownNanos, now, unknownPerHour, NANOS_PER_HOUR);
    require(all, now, NANOS_PER_MINUTE, "too-many-lookups", "lookups than the quota of the key");
    require(
        unknown,
        now,
        NANOS_PER_HOUR,
        "too-many-unknown",
        "lookups that found nobody than the quota of the key");
    spent.allNanos = all;
    spent.unknownNanos = unknown;
  }

  /** Tells that a lookup has found somebody. */
  public synchronized void known(String kid) {
    final Spent spent = callers.get(kid);
    if (spent != null && unknownPerHour > 0) {
      spent.unknownNanos -= NANOS_PER_HOUR / unknownPerHour;
    }
  }

  private static Spent full(long now) {
    final Spent spent = new Spent();
    spent.allNanos = now;
    spent.unknownNanos = now;
    return spent;
  }

  private static long next(long fullAgain, long now, int rate, long period) {
    return rate == 0 ? now : (fullAgain - now > 0 ? fullAgain : now) + period / rate;
  }

  private static void require(long after, long now, long period, String type, String what) {
    final long over = after - now - period;
    if (over > 0) {
      throw Problem.of(429, type, "more " + what + " allows")
          .with("Retry-After", Long.toString(1 + TimeUnit.NANOSECONDS.toSeconds(over)));
    }
  }
}
