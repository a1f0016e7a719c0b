package gongbei.bench.setup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Patience;
import gongbei.testing.Prerequisite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

final class ThreadTimesTest {
  private static final long PID = ProcessHandle.current().pid();

  private static Optional<ThreadTimes.One> since(ThreadTimes before, String name)
      throws IOException {
    return ThreadTimes.of(PID).since(before).stream()
        .filter(each -> each.name().equals(name))
        .findFirst();
  }

  @Test
  void whoWorksHasTheTimeAndWhoSleepsAndWakesTheWakeUps() throws Exception {
    Prerequisite.require(Files.isDirectory(Path.of("/proc/self/task")), "there is no proc(5)");
    final ThreadTimes before = ThreadTimes.of(PID);
    final AtomicBoolean isOver = new AtomicBoolean();
    final Thread worker =
        new Thread(
            () -> {
              while (!isOver.get()) {
                Thread.onSpinWait();
              }
            },
            "a-worker");
    final Thread sleeper =
        new Thread(
            () -> {
              while (!isOver.get()) {
                // Waking up and going back to sleep is what is counted.
                LockSupport.parkNanos(1_000);
              }
            },
            "a-sleeper");
    worker.start();
    sleeper.start();
    try {
      Patience.await(
          "a thread that works",
          () ->
              since(before, "a-worker")
                  .filter(each -> each.cpu().compareTo(Duration.ofMillis(50)) >= 0)
                  .isPresent());
      Patience.await(
          "a thread that wakes",
          () -> since(before, "a-sleeper").filter(each -> each.wakes() >= 100).isPresent());
    } finally {
      isOver.set(true);
    }
    final ThreadTimes after = ThreadTimes.of(PID);
    assertTrue(
        after.since(before).get(0).cpu().compareTo(Duration.ofMillis(50)) >= 0,
        "the dearest is the first");
    assertEquals(Duration.ZERO, after.since(after).get(0).cpu(), "nothing has come since");
  }
}
