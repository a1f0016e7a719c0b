package gongbei.verifier.http.transport;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The connections of a server, and how they end when it stops: what was asked is answered, what is
 * asked from then on is refused, and a connection that is owed nothing is closed. For any thread.
 */
public final class HttpDrain {
  private static final int TURN_MILLIS = 1;

  private final Set<HttpConnection> open = ConcurrentHashMap.newKeySet();
  private volatile boolean isStopping;

  /** Takes a connection in, until it is {@link #remove}d. */
  void add(HttpConnection connection) {
    open.add(connection);
    if (isStopping) {
      connection.stop();
    }
  }

  void remove(HttpConnection connection) {
    open.remove(connection);
  }

  /** Whether {@link #begin} was called. */
  boolean isStopping() {
    return isStopping;
  }

  /** Lets every connection end once it is owed nothing. */
  public void begin() {
    isStopping = true;
    open.forEach(HttpConnection::stop);
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
