package gongbei.replication.cluster;

import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.NanoClock;

/**
 * Notices a state machine that waits for a log which has ended: where a leader is replaced in the
 * moment in which a member joins its log, Aeron's service waits for the image of that log without
 * end, and its consensus module for the service. For one thread.
 */
final class LogWait {
  /** A log that is there is joined within milliseconds, and on a busy machine within seconds. */
  static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** Where {@code io.aeron.cluster.service.ClusteredServiceAgent} waits. */
  static final String METHOD = "awaitImage";

  private final String className;
  private final NanoClock clock;
  private long sinceNanos;
  private boolean isWaiting;

  /**
   * @param className of the object whose method {@value #METHOD} waits
   */
  LogWait(String className, NanoClock clock) {
    this.className = className;
    this.clock = clock;
  }

  /** Forgets that anybody has waited: the member is in touch. */
  void reset() {
    isWaiting = false;
  }

  /** Looks at the state machine's thread; whether it has waited too long. */
  boolean isEndless(Thread thread) {
    if (!waits(thread)) {
      isWaiting = false;
      return false;
    }
    if (!isWaiting) {
      isWaiting = true;
      sinceNanos = clock.nanoTime();
    }
    return clock.nanoTime() - sinceNanos > MAX_NANOS;
  }

  private boolean waits(Thread thread) {
    for (final StackTraceElement frame : thread.getStackTrace()) {
      if (frame.getMethodName().equals(METHOD) && frame.getClassName().equals(className)) {
        return true;
      }
    }
    return false;
  }
}
