package gongbei.bench.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No class of any module is long, but for those that are named here. */
final class ClassLengthTest {
  private static final int MAX_LINES = 500;

  private static final List<String> MODULES =
      List.of("codec", "replication", "verifier/client", "verifier", "bench", "bench/peer");

  /** Why a class is longer; what is still to be divided leaves this list when it is. */
  private static final Map<String, String> LONGER =
      Map.ofEntries(
          Map.entry("LaneField", "one thing: the arithmetic of a field on vectors"),
          Map.entry("ClusterNode", "to be divided"),
          Map.entry("DeviceConnection", "to be divided"),
          Map.entry("HealthCode", "to be divided"),
          Map.entry("HttpConnection", "to be divided"),
          Map.entry("HttpServer", "to be divided"),
          Map.entry("LogGateway", "to be divided"),
          Map.entry("Node", "to be divided"),
          Map.entry("NodeConfig", "to be divided"),
          Map.entry("NodeMetrics", "to be divided"),
          Map.entry("ReplicatedState", "to be divided"),
          Map.entry("Routes", "to be divided"));

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
    assertTrue(found.containsKey("LaneField"), "the sources are not where they are looked for");
    found.keySet().removeAll(LONGER.keySet());
    assertEquals(Map.of(), found, "lines of classes of more than " + MAX_LINES);
  }
}
