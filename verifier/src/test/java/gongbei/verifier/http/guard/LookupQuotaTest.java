package gongbei.verifier.http.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gongbei.verifier.http.transport.Problem;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How many holders one key may look up, by a clock of the test's. */
final class LookupQuotaTest {
  private long nanos = Long.MAX_VALUE - TimeUnit.MINUTES.toNanos(3);

  private LookupQuota quota(int perMinute, int unknownPerHour) {
    return new LookupQuota(perMinute, unknownPerHour, () -> nanos);
  }

  private static String refusal(LookupQuota quota, String kid) {
    final Problem problem = assertThrows(Problem.class, () -> quota.take(kid));
    assertEquals(429, problem.status());
    return problem.type() + " " + problem.headers().get("Retry-After");
  }

  @Test
  void asManyAtOnceAsInAMinuteAndThenOneAfterTheOther() {
    final LookupQuota quota = quota(60, 0);
    for (int i = 0; i < 60; i++) {
      quota.take("a");
    }
    assertEquals("too-many-lookups 2", refusal(quota, "a"));
    nanos += TimeUnit.SECONDS.toNanos(1);
    quota.take("a");
    assertEquals("too-many-lookups 2", refusal(quota, "a"));
    nanos += TimeUnit.MINUTES.toNanos(10);
    for (int i = 0; i < 60; i++) {
      quota.take("a");
    }
    assertEquals("too-many-lookups 2", refusal(quota, "a"), "what was not used is not saved up");
  }

  @Test
  void whoFindsNobodyIsStoppedForLongerAndWhoFindsSomebodyIsNot() {
    final LookupQuota quota = quota(1_000_000, 10);
    for (int i = 0; i < 500; i++) {
      quota.take("a");
      quota.known("a");
    }
    for (int i = 0; i < 10; i++) {
      quota.take("a");
    }
    assertEquals("too-many-unknown 361", refusal(quota, "a"));
    assertEquals("too-many-unknown 361", refusal(quota, "a"), "a refusal costs nothing");
    nanos += TimeUnit.SECONDS.toNanos(360);
    quota.take("a");
    assertEquals("too-many-unknown 361", refusal(quota, "a"));
  }

  @Test
  void oneKeyDoesNotSpendAnothers() {
    final LookupQuota quota = quota(1, 1);
    quota.take("a");
    assertThrows(Problem.class, () -> quota.take("a"));
    quota.take("b");
  }

  @Test
  void zeroIsNoBound() {
    final LookupQuota quota = quota(0, 0);
    for (int i = 0; i < 100_000; i++) {
      quota.take("a");
    }
  }
}
