package gongbei.testing;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Prints at the end of a build what it has not done: the tests that its modules have skipped, and
 * why, and the check of its libraries.
 */
public final class SkippedTestsReport {
  private static final int MODULE_DEPTH = 5;

  /** What no step of the build does, said at its end so that nobody takes silence for a result. */
  private static final String NOT_CHECKED =
      "\nNot checked: whether a library in target/gongbei-sbom.json has a known vulnerability. This"
          + " build reaches no database of them (verifier/docs/internals/threats.md, Libraries).\n";

  private SkippedTestsReport() {}

  /**
   * Takes the project's directory. It runs in Maven's own process, which is as old as the build.
   */
  public static void main(String[] arguments) throws IOException {
    final long startMillis = ManagementFactory.getRuntimeMXBean().getStartTime();
    print(Path.of(arguments[0]), Instant.ofEpochMilli(startMillis), System.out);
  }

  /** Prints the lists of all modules beneath a directory that are not of an earlier build. */
  static void print(Path project, Instant buildStart, Appendable out) throws IOException {
    final SortedSet<String> lines = new TreeSet<>();
    try (Stream<Path> files = Files.walk(project, MODULE_DEPTH)) {
      for (final Path file :
          files.filter(each -> each.getParent().endsWith(SkippedTests.DIRECTORY)).toList()) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(buildStart)) {
          continue;
        }
        final Path module = project.relativize(file).getParent().getParent().getParent();
        for (final String line : Files.readAllLines(file)) {
          lines.add(module + "  " + line);
        }
      }
    }
    out.append("\nSkipped tests: " + (lines.isEmpty() ? "none" : lines.size()) + "\n");
    for (final String line : lines) {
      out.append("  " + line + "\n");
    }
    out.append(NOT_CHECKED);
  }
}
