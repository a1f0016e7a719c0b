package gongbei.replication.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Patience;
import io.aeron.Image;
import io.aeron.Subscription;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A state machine that waits for a log which will not come. */
final class LogWaitTest {
  private final CountDownLatch isThere = new CountDownLatch(1);
  private final CountDownLatch comes = new CountDownLatch(1);
  private long nanos;

  @SuppressWarnings("unused")
  private void awaitImage() {
    isThere.countDown();
    try {
      comes.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aWaitIsEndlessOnceItIsTooLongAndNotWhereItBeginsAnew() throws InterruptedException {
    final LogWait wait = new LogWait(LogWaitTest.class.getName(), LogWait.METHOD, () -> nanos);
    final Thread waiting = new Thread(this::awaitImage);
    waiting.start();
    assertTrue(isThere.await(Patience.SECONDS, TimeUnit.SECONDS));
    assertFalse(wait.isEndless(waiting));
    nanos += LogWait.MAX_NANOS;
    assertFalse(wait.isEndless(waiting));
    wait.reset();
    nanos++;
    assertFalse(wait.isEndless(waiting), "it was in touch meanwhile");
    nanos += LogWait.MAX_NANOS + 1;
    assertTrue(wait.isEndless(waiting));
    comes.countDown();
    waiting.join();
    assertFalse(wait.isEndless(waiting), "it has come");
  }

  @Test
  void whoWaitsElsewhereIsLeftAlone() throws InterruptedException {
    final LogWait wait = new LogWait(LogWait.CLASS, LogWait.METHOD, () -> nanos);
    final Thread waiting = new Thread(this::awaitImage);
    waiting.start();
    assertTrue(isThere.await(Patience.SECONDS, TimeUnit.SECONDS));
    assertFalse(wait.isEndless(waiting));
    nanos += 2 * LogWait.MAX_NANOS;
    assertFalse(wait.isEndless(waiting));
    comes.countDown();
    waiting.join();
  }

  /** With another release of Aeron's the place may have another name. */
  @Test
  void aeronWaitsWhereItIsLookedFor() throws ReflectiveOperationException {
    assertEquals(
        Image.class,
        Class.forName(LogWait.CLASS)
            .getDeclaredMethod(LogWait.METHOD, int.class, Subscription.class)
            .getReturnType());
  }
}
