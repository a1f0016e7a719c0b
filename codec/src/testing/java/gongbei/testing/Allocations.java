package gongbei.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Assertions;

/** Holds code to allocating nothing in steady state. */
public final class Allocations {
  /**
   * The most rounds until the steady state. What a compiler has not compiled yet, or compiles anew,
   * allocates what it will not in the end, for longer on a busy machine; what allocates by itself
   * does so in every round.
   */
  private static final int MAX_ROUNDS = 20;

  private Allocations() {}

  /**
   * Repeats a round until one of them allocates less than a byte for each of its times.
   *
   * @param what is done, in the plural
   * @param times how often a round does it
   */
  public static void assertNone(String what, int times, Runnable round) {
    assertNone(what, times, MAX_ROUNDS, round);
  }

  /**
   * As the other, of a round that can't be repeated so often.
   *
   * @param maxRounds the most, the first of which only warms up
   */
  public static void assertNone(String what, int times, int maxRounds, Runnable round) {
    final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    final long thread = Thread.currentThread().getId();
    round.run();
    long allocated = Long.MAX_VALUE;
    for (int i = 1; i < maxRounds && allocated >= times; i++) {
      final long before = threads.getThreadAllocatedBytes(thread);
      round.run();
      allocated = threads.getThreadAllocatedBytes(thread) - before;
    }
    Assertions.assertTrue(
        allocated < times, allocated + " bytes for " + times + " " + what + ", in the last round");
  }
}
