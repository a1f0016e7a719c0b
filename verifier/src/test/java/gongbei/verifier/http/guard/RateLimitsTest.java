package gongbei.verifier.http.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.verifier.access.Caller;
import gongbei.verifier.access.Role;
import gongbei.verifier.http.transport.RateLimit;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class RateLimitsTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5_000_000_000L);

  private static Caller address(int number) {
    return new Caller("address:" + number, Set.of(), false);
  }

  private static Caller key() {
    return new Caller("key:1", Set.of(Role.CHECKPOINT), true);
  }

  @Test
  void aBucketOfTwoSecondsEmptiesAndFillsSteadily() {
    final RateLimits limits = new RateLimits(0, 10, 100, nanos::get);
    for (int left = 19; left >= 0; left--) {
      final RateLimit rate = limits.take(address(1));
      assertFalse(rate.isExceeded());
      assertEquals(left, rate.remaining());
    }
    final RateLimit over = limits.take(address(1));
    assertTrue(over.isExceeded());
    assertEquals(1, over.retryAfterSeconds());
    assertEquals("\"address\";q=20;w=2", over.policyField());
    assertEquals("\"address\";r=0;t=2", over.field());
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));
    assertFalse(limits.take(address(1)).isExceeded(), "one more after a tenth of a second");
    assertTrue(limits.take(address(1)).isExceeded());
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(9));
    assertEquals(19, limits.take(address(1)).remaining(), "full again, past the clock's overflow");
  }

  @Test
  void whatCostsMoreThanIsLeftIsTakenOnceAndThenWaitedFor() {
    final RateLimits limits = new RateLimits(0, 10, 100, nanos::get);
    assertEquals(15, limits.take(address(1), 5).remaining());
    final RateLimit dear = limits.take(address(1), 60);
    assertFalse(dear.isExceeded(), "one unit is left");
    assertEquals(0, dear.remaining());
    final RateLimit over = limits.take(address(1));
    assertTrue(over.isExceeded());
    assertEquals(5, over.retryAfterSeconds(), "45 units are owed, and one is wanted");
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(4_500));
    assertTrue(limits.take(address(1)).isExceeded());
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));
    assertFalse(limits.take(address(1)).isExceeded());
    limits.charge(address(2), 30);
    assertTrue(limits.take(address(2)).isExceeded(), "what turns out to cost more is owed too");
  }

  @Test
  void aKeyHasARateOfItsOwnAndNoneWhereItIsNotBounded() {
    final RateLimits limits = new RateLimits(5, 0, 100, nanos::get);
    assertEquals(RateLimit.UNBOUNDED, limits.take(address(1)));
    assertEquals("\"key\";q=10;w=2", limits.take(key()).policyField());
    assertEquals(8, limits.take(key()).remaining());
  }

  @Test
  void callersOverTheTablesSizeShareOneBucketUntilOthersAreFull() {
    final RateLimits limits = new RateLimits(0, 1, 10, nanos::get);
    for (int i = 0; i < 1_000; i++) {
      limits.take(address(i));
    }
    assertEquals(11, limits.buckets());
    assertTrue(limits.take(address(5_000)).isExceeded(), "the crowd's is empty");
    assertFalse(limits.take(address(3)).isExceeded(), "one that was there has its own");
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(3));
    assertFalse(limits.take(address(5_000)).isExceeded());
    assertEquals(1, limits.buckets(), "those that are full need no place");
  }
}
