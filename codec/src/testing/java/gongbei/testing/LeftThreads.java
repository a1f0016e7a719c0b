package gongbei.testing;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class that leaves a thread of Gongbei's running: something was opened and not
 * closed, by the test or by what it tests. Such threads go on polling beside all tests that follow.
 */
public final class LeftThreads implements BeforeAllCallback {
  private static final String OURS = "gongbei-";

  /** A timer that all of a process share for as long as it lives. */
  private static final String SHARED = "gongbei-waiting";

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(LeftThreads.class);

  @Override
  public void beforeAll(ExtensionContext context) {
    final Set<Thread> before = running();
    // Kept with the class, it is closed once all that the class has is: a callback would be before.
    context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            LeftThreads.class, absent -> (AutoCloseable) () -> requireGone(before));
  }

  private static void requireGone(Set<Thread> before) throws InterruptedException {
    Patience.await(
        () -> "threads that nobody stopped end: " + namesOf(since(before)),
        () -> since(before).isEmpty());
  }

  static Set<Thread> since(Set<Thread> before) {
    final Set<Thread> since = running();
    since.removeAll(before);
    return since;
  }

  static Set<Thread> running() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(OURS))
        .filter(thread -> !thread.getName().equals(SHARED))
        .collect(Collectors.toSet());
  }

  static Set<String> namesOf(Set<Thread> threads) {
    return threads.stream().map(Thread::getName).collect(Collectors.toCollection(TreeSet::new));
  }
}
