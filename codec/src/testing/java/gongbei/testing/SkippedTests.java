package gongbei.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Writes the tests of a module that were skipped, and why, a line each; the build prints them all
 * at its end. A module's tests run in several processes, so each has a file of its own in {@code
 * target/skipped-tests}.
 */
public final class SkippedTests implements TestExecutionListener {
  static final Path DIRECTORY = Path.of("target", "skipped-tests");

  /**
   * A process that is one of several is given a plan for each class, and a listener for each plan.
   */
  private static final Set<String> LINES_OF_PROCESS = new ConcurrentSkipListSet<>();

  private final Path file;
  private final Set<String> lines;

  /** Writes this process's list of the module's. */
  public SkippedTests() {
    this(DIRECTORY.resolve(ProcessHandle.current().pid() + ".txt"), LINES_OF_PROCESS);
  }

  SkippedTests(Path file, Set<String> lines) {
    this.file = file;
    this.lines = lines;
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    lines.add(nameOf(test) + ": " + reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
      lines.add(
          nameOf(test) + ": " + result.getThrowable().map(Throwable::getMessage).orElse("aborted"));
    }
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    if (lines.isEmpty()) {
      return;
    }
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String nameOf(TestIdentifier test) {
    return test.getSource().map(SkippedTests::nameOf).orElse(test.getDisplayName());
  }

  private static String nameOf(TestSource source) {
    if (source instanceof MethodSource method) {
      return method.getClassName() + "." + method.getMethodName();
    }
    return source instanceof ClassSource type ? type.getClassName() : source.toString();
  }
}
