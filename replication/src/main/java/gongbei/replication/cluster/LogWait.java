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

  /** The class of Aeron's whose {@link #METHOD} waits for the image of a log. */
  static final String CLASS = "io.aeron.cluster.service.ClusteredServiceAgent";

  static final String METHOD = "awaitImage";

  private final String className;
  private final String methodName;
  private final NanoClock clock;
  private long sinceNanos;
  private boolean isWaiting;

  /** Watches for a wait in Aeron's service. */
  LogWait() {
    this(CLASS, METHOD, System::nanoTime);
  }

  /**
   * @param className of the object whose method waits
   */
  LogWait(String className, String methodName, NanoClock clock) {
    this.className = className;
    this.methodName = methodName;
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
      if (frame.getMethodName().equals(methodName) && frame.getClassName().equals(className)) {
        return true;
      }
    }
    return false;
  }
}
