package gongbei.verifier.node;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up what has changed on a thread of its own, so that nothing else that is slow holds it up:
 * what changes while it takes comes into the next taking, together.
 */
final class ChangeThread implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(ChangeThread.class);

  private final Runnable take;
  private final AtomicBoolean isDue = new AtomicBoolean();
  private final ExecutorService thread;

  /**
   * Starts the thread and takes what there is now.
   *
   * @param name the thread's
   * @param take is run on it, never twice at a time; must throw nothing
   */
  ChangeThread(String name, Runnable take) {
    this.take = take;
    thread =
        Executors.newSingleThreadExecutor(
            task -> {
              final Thread made = new Thread(task, name);
              made.setDaemon(true);
              return made;
            });
    try {
      thread.submit(take).get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Has what has changed taken soon. For any thread; returns at once. */
  void changed() {
    if (isDue.compareAndSet(false, true)) {
      try {
        thread.execute(this::takeDue);
      } catch (RejectedExecutionException e) {
        LOGGER.debug("The node stops: {}", e.toString());
      }
    }
  }

  private void takeDue() {
    isDue.set(false);
    take.run();
  }

  /** Takes nothing that changes from now on. */
  @Override
  public void close() {
    thread.shutdown();
  }
}
