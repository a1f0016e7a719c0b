package gongbei.verifier.cli.remote;

import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Says on standard error that something is waited for, once it has taken a second. */
public final class WaitingWord {
  private static final ScheduledExecutorService CLOCK =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            final Thread thread = new Thread(task, "gongbei-waiting");
            thread.setDaemon(true);
            return thread;
          });

  private WaitingWord() {}

  /** What may take long. */
  public interface Asking<T> {
    T ask() throws IOException, InterruptedException;
  }

  /**
   * Does what may take long.
   *
   * @param waitingFor what is waited for, in words
   */
  public static <T> T asked(String waitingFor, Asking<T> asking)
      throws IOException, InterruptedException {
    final ScheduledFuture<?> word =
        CLOCK.schedule(
            () -> System.err.println("gongbei: waiting for " + waitingFor), 1, TimeUnit.SECONDS);
    try {
      return asking.ask();
    } finally {
      word.cancel(false);
    }
  }
}
