package gongbei;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Regions and colours are values of {@code gongbei.codec.model}, nowhere texts of their own. */
final class DomainTypesTest {
  private static final List<String> MODULES =
      List.of("codec", "replication", "verifier", "verifier/client", "bench");

  /** A region's name, or a list of colours. */
  private static final Pattern TEXT_FOR_A_TYPE =
      Pattern.compile("\"(GD|MO)\"|\"green\",\\s*\"yellow\"");

  /** Where such a text is something else. */
  private static final Map<String, String> EXCEPTIONS =
      Map.of(
          "Region", "the names themselves",
          "Certificates", "countries, as certificates name them",
          "Audience", "an annotation's value, which must be a constant");

  @Test
  void namesOfRegionsAndListsOfColoursStandOnlyInTheModel() throws IOException {
    final Map<String, String> found = found();
    found.keySet().removeAll(EXCEPTIONS.keySet());
    assertEquals(Map.of(), found);
  }

  @Test
  void everyExceptionIsNeeded() throws IOException {
    final var unneeded = new TreeSet<>(EXCEPTIONS.keySet());
    unneeded.removeAll(found().keySet());
    assertEquals(List.of(), List.copyOf(unneeded));
  }

  private static Map<String, String> found() throws IOException {
    final Map<String, String> found = new TreeMap<>();
    int read = 0;
    for (final String module : MODULES) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
        for (final Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          read++;
          final var text = TEXT_FOR_A_TYPE.matcher(Files.readString(file));
          if (text.find()) {
            found.put(file.getFileName().toString().replace(".java", ""), text.group());
          }
        }
      }
    }
    assertTrue(read > 400, read + " files");
    return found;
  }
}
