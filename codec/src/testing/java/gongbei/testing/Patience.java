package gongbei.testing;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Says how long tests wait for what is bound to come. It is far more than anything takes on a
 * machine that does much else at the same time, so that only a fault makes a test wait so long.
 */
public final class Patience {
  public static final int SECONDS = 240;
  public static final int MILLIS = SECONDS * 1_000;
  public static final long NANOS = TimeUnit.SECONDS.toNanos(SECONDS);
  public static final Duration DURATION = Duration.ofSeconds(SECONDS);

  private static final int LOOK_AGAIN_MILLIS = 5;

  private Patience() {}

  /**
   * A condition that is bound to hold.
   *
   * @param <X> what looking may throw
   */
  @FunctionalInterface
  public interface Condition<X extends Exception> {
    /** Whether it holds now. */
    boolean holds() throws X;
  }

  /** Waits until a condition holds; fails with what was waited for if it does not. */
  public static <X extends Exception> void await(String what, Condition<X> condition)
      throws X, InterruptedException {
    await(() -> what, condition);
  }

  /** Waits until a condition holds; fails with what is to be said then if it does not. */
  public static <X extends Exception> void await(Supplier<String> what, Condition<X> condition)
      throws X, InterruptedException {
    final long startedNanos = System.nanoTime();
    while (!condition.holds()) {
      if (System.nanoTime() - startedNanos > NANOS) {
        throw new AssertionError("waited in vain: " + what.get());
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
    }
  }

  /** Waits until what is found equals what is expected; fails with both if it does not. */
  public static void awaitEquals(Object expected, Callable<?> found) throws Exception {
    final AtomicReference<Object> last = new AtomicReference<>();
    await(
        () -> "expected " + expected + ", found " + last.get(),
        () -> {
          last.set(found.call());
          return Objects.equals(expected, last.get());
        });
  }
}
