package gongbei.verifier.server;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The connections of a server, and how they end when it stops: what was asked is answered, what is
 * asked from then on is refused, and a connection that is owed nothing is closed. For any thread.
 */
public final class Drain {
  private static final int TURN_MILLIS = 1;

  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private volatile boolean isStopping;

  /** A connection that ends at a stop. */
  @FunctionalInterface
  public interface Connection {
    /**
     * Takes nothing more, and ends the connection once it is owed nothing; then it is {@link
     * Drain#remove}d. Called on any thread, perhaps twice.
     */
    void stop();
  }

  /** Takes a connection in, until it is {@link #remove}d. */
  public void add(Connection connection) {
    open.add(connection);
    if (isStopping) {
      connection.stop();
    }
  }

  /** Drops a connection that has ended, or has been told that it ends and is owed nothing. */
  public void remove(Connection connection) {
    open.remove(connection);
  }

  /** Whether {@link #begin} was called. */
  public boolean isStopping() {
    return isStopping;
  }

  /** Lets every connection end once it is owed nothing. */
  public void begin() {
    isStopping = true;
    open.forEach(Connection::stop);
  }

  /**
   * Waits until every connection has ended.
   *
   * @param deadlineNanos until when, by {@link System#nanoTime}
   * @return whether all have
   */
  public boolean await(long deadlineNanos) {
    while (!open.isEmpty() && System.nanoTime() - deadlineNanos < 0) {
      try {
        TimeUnit.MILLISECONDS.sleep(TURN_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return open.isEmpty();
      }
    }
    return open.isEmpty();
  }
}
