package gongbei.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Prints the tests that the modules of a build have skipped, and why, at the build's end. */
public final class SkippedTestsReport {
  private static final int MODULE_DEPTH = 4;

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
  }
}
