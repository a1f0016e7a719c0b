package gongbei.verifier.http;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps what all connections of a server hold together within bounds. For any thread. */
final class HttpRoom {
  private final int maxConnections;
  private final long maxBodyBytes;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicLong bodyBytes = new AtomicLong();

  HttpRoom(int maxConnections, long maxBodyBytes) {
    this.maxConnections = maxConnections;
    this.maxBodyBytes = maxBodyBytes;
  }

  /** Lets a connection in, which then must {@link #leave}; false where there is no room. */
  boolean enter() {
    if (connections.incrementAndGet() <= maxConnections) {
      return true;
    }
    connections.decrementAndGet();
    return false;
  }

  void leave() {
    connections.decrementAndGet();
  }

  int connections() {
    return connections.get();
  }

  /** Takes room for bytes of a body, to be {@link #free}d; false where there is none. */
  boolean reserve(int bytes) {
    if (bodyBytes.addAndGet(bytes) <= maxBodyBytes) {
      return true;
    }
    bodyBytes.addAndGet(-bytes);
    return false;
  }

  void free(int bytes) {
    bodyBytes.addAndGet(-bytes);
  }

  long bodyBytes() {
    return bodyBytes.get();
  }
}
