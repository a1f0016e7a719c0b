package gongbei.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Seeds;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ReturnsTest {
  private static final int WALLETS = 30_000;
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  @Test
  void walletsThatWereRefusedTogetherComeAgainSpreadAndNotBeforeTheyWereTold() {
    assertSpread(1, 3);
    assertSpread(2, 6);
    assertSpread(5, 48);
    assertSpread(9, 48);
  }

  private static void assertSpread(int refusals, int seconds) {
    final Returns returns = new Returns(Seeds.seed());
    for (int i = 0; i < WALLETS; i++) {
      returns.refused(i, refusals, 7, 0, 2 * SECOND_NANOS);
    }
    assertFalse(returns.isDue(2 * SECOND_NANOS - 1), "they were told two seconds");
    final int[] inSecond = new int[seconds];
    long last = 0;
    while (!returns.isEmpty()) {
      final Returns.Return each = returns.next();
      assertTrue(each.dueNanos() >= last, "in order");
      last = each.dueNanos();
      assertEquals(refusals, each.refusals());
      assertEquals(7, each.firstDueNanos());
      inSecond[(int) (each.dueNanos() / SECOND_NANOS) - 2]++;
    }
    for (final int count : inSecond) {
      assertEquals((double) WALLETS / seconds, count, 0.25 * WALLETS / seconds);
    }
  }
}
