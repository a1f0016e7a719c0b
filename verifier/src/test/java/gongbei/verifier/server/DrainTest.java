package gongbei.verifier.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Patience;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How the connections of a server end when it stops. */
final class DrainTest {
  private final Drain drain = new Drain();
  private final AtomicInteger stopped = new AtomicInteger();

  @Test
  void everyConnectionIsStoppedAndWaitedFor() {
    final Drain.Connection connection = stopped::incrementAndGet;
    drain.add(connection);
    assertFalse(drain.isStopping());
    drain.begin();
    assertTrue(drain.isStopping());
    assertEquals(1, stopped.get());
    assertFalse(drain.await(System.nanoTime()), "it is owed something");
    drain.remove(connection);
    assertTrue(drain.await(System.nanoTime() + Patience.NANOS));
  }

  @Test
  void whoComesAfterTheStopIsStoppedAtOnce() {
    drain.begin();
    drain.add(stopped::incrementAndGet);
    assertEquals(1, stopped.get());
  }
}
