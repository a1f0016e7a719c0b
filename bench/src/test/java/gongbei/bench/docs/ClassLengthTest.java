package gongbei.bench.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No class of any module is long, but for those that are named here. */
final class ClassLengthTest {
  private static final int MAX_LINES = 500;

  private static final List<String> MODULES =
      List.of("codec", "replication", "verifier/client", "verifier", "bench", "bench/peer");

  /** Why a class is longer. */
  private static final Map<String, String> LONGER =
      Map.of("LaneField", "one thing: the arithmetic of a field on vectors");

  private static Map<String, Long> longClasses() throws IOException {
    final Map<String, Long> found = new TreeMap<>();
    for (final String module : MODULES) {
      final Path sources = DocumentedCommand.ROOT.resolve(module).resolve("src/main/java");
      try (Stream<Path> files = Files.walk(sources)) {
        for (final Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          try (Stream<String> lines = Files.lines(file)) {
            final long count = lines.count();
            if (count > MAX_LINES) {
              found.put(file.getFileName().toString().replace(".java", ""), count);
            }
          }
        }
      }
    }
    return found;
  }

  @Test
  void noClassIsLong() throws IOException {
    final Map<String, Long> found = longClasses();
    found.keySet().removeAll(LONGER.keySet());
    assertEquals(Map.of(), found, "lines of classes of more than " + MAX_LINES);
  }

  @Test
  void everyExceptionIsNeeded() throws IOException {
    final Set<String> unneeded = new TreeSet<>(LONGER.keySet());
    unneeded.removeAll(longClasses().keySet());
    assertEquals(Set.of(), unneeded, "exceptions of at most " + MAX_LINES + " lines, or gone");
  }
}
