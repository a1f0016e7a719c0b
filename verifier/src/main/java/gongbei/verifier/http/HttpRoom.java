package gongbei.verifier.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps the bodies that all connections of a server hold together within bounds. For any thread.
 */
final class HttpRoom {
  private final long maxBodyBytes;
  private final AtomicLong bodyBytes = new AtomicLong();

  HttpRoom(long maxBodyBytes) {
    this.maxBodyBytes = maxBodyBytes;
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
