package gongbei.bench.load;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Wallets whose displays were shed and that come again, as the wallet page does: not before they
 * were told to, and after each refusal in a row spread over twice the time. For one thread.
 */
final class Returns {
  /** Over what time the first return of those that were refused together is spread. */
  private static final long FIRST_SPREAD_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** The most times in a row that this doubles: to 48 seconds. */
  private static final int MOST_DOUBLINGS = 4;

  private final PriorityQueue<Return> waiting =
      new PriorityQueue<>(Comparator.comparingLong(Return::dueNanos));
  private final SplittableRandom random;

  /**
   * One wallet that comes again.
   *
   * @param holder whose it is
   * @param refusals how often in a row it was refused
   * @param firstDueNanos when it first wanted a code
   * @param dueNanos when it comes
   */
  record Return(long holder, int refusals, long firstDueNanos, long dueNanos) {}

  Returns(long seed) {
    random = new SplittableRandom(seed);
  }

  /**
   * Takes a wallet that was refused.
   *
   * @param refusals how often in a row, this time included
   */
  void refused(long holder, int refusals, long firstDueNanos, long nowNanos, long retryAfterNanos) {
    final long spread = FIRST_SPREAD_NANOS << Math.min(MOST_DOUBLINGS, refusals - 1);
    waiting.add(
        new Return(
            holder, refusals, firstDueNanos, nowNanos + retryAfterNanos + random.nextLong(spread)));
  }

  /** Whether nobody waits. */
  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Whether one is due. */
  boolean isDue(long nowNanos) {
    return !waiting.isEmpty() && waiting.peek().dueNanos() <= nowNanos;
  }

  /** Takes the next out. */
  Return next() {
    return waiting.remove();
  }
}
