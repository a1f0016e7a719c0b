package gongbei.replication.cluster;

import gongbei.replication.context.StorageFault;
import gongbei.replication.machine.DivergedException;
import io.aeron.exceptions.AeronException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a member runs, rebuilds its parts, closes, or has failed and why. All errors of its parts
 * end here: warnings are logged, the end of a part fails the member. For any thread; waits for
 * none.
 */
final class MemberHealth {
  private static final Logger LOGGER = LoggerFactory.getLogger(MemberHealth.class);
  private static final long WARNING_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int KIND_OF_WARNING = 30;

  /** What Aeron's election says where a leader's log begins before the end of what was applied. */
  static final Pattern AHEAD = Pattern.compile("joinPosition=\\d+ less than logPosition=\\d+");

  private static final int TIMES_AHEAD = 2;

  private final Path directory;
  private final Object failing = new Object();
  private final AtomicReference<Warning> warned = new AtomicReference<>(Warning.NONE);
  private volatile Listener listener = Listener.NONE;
  private volatile Optional<String> failure = Optional.empty();
  private volatile Optional<String> storageFault = Optional.empty();
  private volatile boolean isClosing;
  private volatile boolean isRebuilding;
  private final AtomicInteger timesAhead = new AtomicInteger();

  /** What the member's parts know, and are told. */
  interface Listener {
    /** A member without parts. */
    Listener NONE =
        new Listener() {
          @Override
          public boolean isRecovering() {
            return false;
          }

          @Override
          public void onFailure(String refusal) {
            // Nobody waits yet.
          }
        };

    /** Whether the state machine is being recovered: an error then ends the start. */
    boolean isRecovering();

    /**
     * Refuses every change from now on.
     *
     * @param refusal for whoever waits or comes
     */
    void onFailure(String refusal);
  }

  /** What was warned of last, and when. */
  private record Warning(String kind, long nanos) {
    static final Warning NONE = new Warning("", 0);
  }

  /**
   * @param directory the member's data directory, which a full disk is told of by
   */
  MemberHealth(Path directory) {
    this.directory = directory;
  }

  void listener(Listener to) {
    listener = to;
  }

  /** Why the member has failed; empty while it has not. */
  Optional<String> failure() {
    return failure;
  }

  boolean hasFailed() {
    return failure.isPresent();
  }

  /** Whether the member has failed, and a full disk is why. */
  boolean isStorageFault() {
    return hasFailed() && storageFault.isPresent();
  }

  /**
   * Whether the member was refused by its leader's log, again and again, for having applied more.
   */
  boolean isAheadOfLeader() {
    return timesAhead.get() >= TIMES_AHEAD;
  }

  /** Forgets that it was: it is in touch, or begins anew. */
  void resetAhead() {
    timesAhead.set(0);
  }

  /** Forgets why the member failed, for its parts are opened again. */
  void recovered() {
    synchronized (failing) {
      storageFault = Optional.empty();
      failure = Optional.empty();
    }
  }

  /** What every change is refused with once the member has failed. */
  IllegalStateException refusal() {
    return new IllegalStateException("this node takes no changes: " + failure.orElse(""));
  }

  /** Whether the member has not failed, and neither closes nor rebuilds its parts. */
  boolean isRunning() {
    return !hasFailed() && !isClosing && !isRebuilding;
  }

  /** Lets parts of the member end, and their errors go unheard, while it rebuilds them. */
  void rebuilding(boolean value) {
    isRebuilding = value;
  }

  /** Lets all parts of the member end. */
  void closing() {
    isClosing = true;
  }

  /** Makes a thread of the driver's, the archive's or the cluster's: its end is the member's. */
  Thread watched(Runnable task) {
    return new Thread(
        () -> {
          try {
            task.run();
          } catch (Throwable e) {
            onError(e);
          } finally {
            onEnd("thread " + Thread.currentThread().getName());
          }
        });
  }

  /** Takes an error of one of the parts. */
  void onError(Throwable e) {
    if (isClosing || isRebuilding) {
      LOGGER.debug("While closing: {}", e.toString());
      return;
    }
    if (e instanceof DivergedException) {
      // The watch says so, and what is done about it.
      LOGGER.debug("The failure in full", e);
      return;
    }
    if (e instanceof AeronException aeronFault
        && aeronFault.category() == AeronException.Category.WARN) {
      if (AHEAD.matcher(String.valueOf(e.getMessage())).find()) {
        timesAhead.incrementAndGet();
      }
      if (isNews(e)) {
        LOGGER.info("{}", e.getMessage());
      }
    } else {
      LOGGER.warn("The cluster reports: {}", describe(e));
      noteStorageFault(e);
      if (listener.isRecovering() && e.getCause() != null) {
        fail(describe(e));
      }
    }
  }

  /** Remembers a full disk, which is then why the member fails, whatever else it stops. */
  void noteStorageFault(Throwable e) {
    if (StorageFault.isOne(e)) {
      synchronized (failing) {
        storageFault = Optional.of(StorageFault.describe(directory));
        failure = failure.isPresent() ? storageFault : failure;
      }
    }
  }

  /** While nobody is reached each datagram is warned of; once a second is enough for each kind. */
  private boolean isNews(Throwable e) {
    final String message = String.valueOf(e.getMessage());
    final String kind = message.substring(0, Math.min(message.length(), KIND_OF_WARNING));
    final long nowNanos = System.nanoTime();
    final Warning before = warned.get();
    if (kind.equals(before.kind()) && nowNanos - before.nanos() < WARNING_NANOS) {
      return false;
    }
    warned.set(new Warning(kind, nowNanos));
    return true;
  }

  /** Describes an error and what caused it. */
  static String describe(Throwable e) {
    final Throwable cause = e.getCause();
    final String own = e.getMessage() == null ? e.toString() : e.getMessage();
    return cause == null || cause.getMessage() == null ? own : own + ": " + cause.getMessage();
  }

  /** Takes the end of a part. */
  void onEnd(String part) {
    if (!isClosing && !isRebuilding) {
      fail(part + " has stopped");
    }
  }

  /** Takes no more changes, and tells whoever waits for one. */
  void fail(String why) {
    synchronized (failing) {
      if (hasFailed()) {
        return;
      }
      failure = Optional.of(storageFault.orElse(why));
    }
    LOGGER.error("This node takes no more changes: {}", failure.get());
    listener.onFailure(refusal().getMessage());
  }

  /** Fails a member that could not be started, which nobody waits for. */
  void failStart(Throwable e) {
    failure = Optional.of(e.toString());
  }
}
