package gongbei.verifier.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class TokenBucketsTest {
  private final AtomicLong now = new AtomicLong(-5);

  private int taken(TokenBuckets buckets, Object holder, int times) {
    int taken = 0;
    for (int i = 0; i < times; i++) {
      taken += buckets.take(holder) == 0 ? 1 : 0;
    }
    return taken;
  }

  @Test
  void twoSecondsWorthAtOnceAndThenAtTheRate() {
    final TokenBuckets buckets = new TokenBuckets(10, 100, now::get);
    assertEquals(20, taken(buckets, "a", 50));
    assertEquals(TimeUnit.MILLISECONDS.toNanos(100), buckets.take("a"), "when there will be one");
    assertEquals(20, taken(buckets, "b", 50), "another has a bucket of their own");
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(500));
    assertEquals(5, taken(buckets, "a", 50));
    now.addAndGet(TimeUnit.DAYS.toNanos(400));
    assertEquals(20, taken(buckets, "a", 50), "no more than two seconds' worth is kept");
  }

  @Test
  void withoutARateNobodyIsCounted() {
    final TokenBuckets buckets = new TokenBuckets(0, 1, now::get);
    assertEquals(1_000, taken(buckets, "a", 1_000));
    assertEquals(0, buckets.buckets());
  }

  @Test
  void manyHoldersTakeNoMoreThanTheirPlaces() {
    final TokenBuckets buckets = new TokenBuckets(1, 10, now::get);
    int taken = 0;
    for (int i = 0; i < 1_000; i++) {
      taken += taken(buckets, i, 1);
    }
    assertEquals(10 + 2, taken, "those over the places share one bucket");
    assertTrue(buckets.buckets() <= 11);
    now.addAndGet(TimeUnit.SECONDS.toNanos(5));
    assertEquals(2, taken(buckets, "late", 5));
    assertTrue(buckets.buckets() <= 2, "full buckets have given their places back");
  }
}
