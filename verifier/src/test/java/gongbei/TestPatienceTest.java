package gongbei;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever tests wait for, they wait for as {@link gongbei.testing.Patience} says. */
final class TestPatienceTest {
  private static final Pattern WAIT_OF_ITS_OWN =
      Pattern.compile(
          "\\.(get|await|orTimeout|waitFor|waitForEnd)\\([0-9_]+, TimeUnit"
              + "|nanoTime\\(\\) \\+ TimeUnit\\.SECONDS"
              + "|setSoTimeout\\([0-9]"
              + "|@Timeout");

  /** What a condition that is awaited would mostly be better than. */
  private static final Pattern SLEEP = Pattern.compile("\\.sleep\\(|parkNanos\\(");

  @Test
  void noTestWaitsForATimeOfItsOwn() throws IOException {
    final List<String> found = new ArrayList<>();
    int read = 0;
    for (final Path file : testSources()) {
      read++;
      for (final String line : Files.readAllLines(file)) {
        if (WAIT_OF_ITS_OWN.matcher(line).find()) {
          found.add(file.getFileName() + ": " + line.strip());
        }
      }
    }
    assertTrue(read > 200, read + " files");
    assertEquals(List.of(), found);
  }

  @Test
  void everySleepStandsWithItsReason() throws IOException {
    final List<String> found = new ArrayList<>();
    int sleeps = 0;
    for (final Path file : testSources()) {
      final List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (SLEEP.matcher(lines.get(i)).find()) {
          sleeps++;
          if (!lines.get(i - 1).strip().startsWith("//")) {
            found.add(file.getFileName() + ":" + (i + 1) + " " + lines.get(i).strip());
          }
        }
      }
    }
    assertTrue(sleeps > 0, "the rule finds sleeps");
    assertEquals(List.of(), found);
  }

  private static List<Path> testSources() throws IOException {
    final List<Path> sources = new ArrayList<>();
    for (final String module :
        List.of("codec", "replication", "verifier", "verifier/client", "bench")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "test", "java"))) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .filter(file -> !file.endsWith("TestPatienceTest.java"))
            .forEach(sources::add);
      }
    }
    return sources;
  }
}
