package gongbei.verifier.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A request that was sent and is not answered. For any thread. */
abstract sealed class Asked {
  private final long deadlineNanos;
  private final boolean inWindow;

  private Asked(int answerMillis, boolean inWindow) {
    this.deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(answerMillis);
    this.inWindow = inWindow;
  }

  /** Returns when it fails for want of an answer, as {@link System#nanoTime}. */
  final long deadlineNanos() {
    return deadlineNanos;
  }

  /** Returns whether it counts among those that the server allows in flight. */
  final boolean inWindow() {
    return inWindow;
  }

  /** Completes it without an answer. */
  abstract void fail(DeviceException why);

  /** A scan; what is found of a group comes before its verdict. */
  static final class Scan extends Asked {
    final CompletableFuture<DeviceVerdict> verdict = new CompletableFuture<>();
    DeviceGroup group;

    Scan(int answerMillis) {
      super(answerMillis, true);
    }

    @Override
    void fail(DeviceException why) {
      verdict.completeExceptionally(why);
    }
  }

  /** A translation. */
  static final class Translation extends Asked {
    final CompletableFuture<DeviceTranslation> translation = new CompletableFuture<>();

    Translation(int answerMillis) {
      super(answerMillis, true);
    }

    @Override
    void fail(DeviceException why) {
      translation.completeExceptionally(why);
    }
  }

  /** Counts of verdicts that were given without a network. */
  static final class Counts extends Asked {
    final CompletableFuture<Void> taken = new CompletableFuture<>();

    Counts(int answerMillis) {
      super(answerMillis, false);
    }

    @Override
    void fail(DeviceException why) {
      taken.completeExceptionally(why);
    }
  }

  /** The server's time, and when it was asked for by this machine's clocks. */
  static final class Time extends Asked {
    final CompletableFuture<Long> time = new CompletableFuture<>();
    final long sentMillis = System.currentTimeMillis();
    final long sentNanos = System.nanoTime();

    Time(int answerMillis) {
      super(answerMillis, false);
    }

    @Override
    void fail(DeviceException why) {
      time.completeExceptionally(why);
    }
  }
}
