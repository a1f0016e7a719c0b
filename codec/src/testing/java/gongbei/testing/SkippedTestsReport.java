package gongbei.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Prints at the end of a build what it has not done: the tests that its modules have skipped, and
 * why, and the check of its libraries.
 */
public final class SkippedTestsReport {
  private static final int MODULE_DEPTH = 4;

  /** What no step of the build does, said at its end so that nobody takes silence for a result. */
  private static final String NOT_CHECKED =
      "\nNot checked: whether a library in target/gongbei-sbom.json has a known vulnerability. This"
          + " build reaches no database of them (verifier/docs/internals/threats.md, Libraries).\n";

  private SkippedTestsReport() {}

  /** Takes the project's directory. */
  public static void main(String[] arguments) throws IOException {
    print(Path.of(arguments[0]), System.out);
  }

  /** Prints the lists of all modules beneath a directory. */
  static void print(Path project, Appendable out) throws IOException {
    final List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.walk(project, MODULE_DEPTH)) {
      for (final Path file :
          files.filter(each -> each.endsWith(SkippedTests.FILE)).sorted().toList()) {
        final Path module = project.relativize(file).getParent().getParent();
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
