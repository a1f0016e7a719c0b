package gongbei.testing;

import java.util.concurrent.atomic.AtomicLong;

/** Counts what is drawn at random, so that it can be told which test classes do. */
final class Draws {
  private static final AtomicLong COUNT = new AtomicLong();
  private static final StackWalker STACK = StackWalker.getInstance();
  private static volatile boolean isCounting;

  private Draws() {}

  /** Begins to count from 0. */
  static void count() {
    COUNT.set(0);
    isCounting = true;
  }

  /** Ends the count and answers it. */
  static long stop() {
    isCounting = false;
    return COUNT.get();
  }

  /** Counts one; not the names of temporary files, on which nothing depends. */
  static void add() {
    if (isCounting
        && STACK.walk(
            frames ->
                frames.noneMatch(
                    frame -> frame.getClassName().equals("java.nio.file.TempFileHelper")))) {
      COUNT.incrementAndGet();
    }
  }
}
