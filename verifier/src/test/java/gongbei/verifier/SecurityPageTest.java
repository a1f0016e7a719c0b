package gongbei.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tests that the module's README names as what shows a defence. */
final class SecurityPageTest {
  private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z0-9]*Test)`");

  private static Set<String> named(String text) {
    return TEST.matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> there() throws IOException {
    final Set<String> names = new TreeSet<>();
    for (final String module : List.of("codec", "replication", "verifier", "bench")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "test", "java"))) {
        for (final Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          if (Files.readString(file).contains("@Test")
              || Files.readString(file).contains("@Property")
              || Files.readString(file).contains("@ArchTest")
              || Files.readString(file).contains("@TestFactory")
              || Files.readString(file).contains("@ParameterizedTest")) {
            names.add(file.getFileName().toString().replace(".java", ""));
          }
        }
      }
    }
    return names;
  }

  @Test
  void everyTestThatIsCitedIsThere() throws IOException {
    final Set<String> cited = named(Files.readString(Path.of("README.md")));
    assertTrue(cited.size() > 20, cited.toString());
    cited.removeAll(there());
    assertEquals(Set.of(), cited);
  }

  @Test
  void everyThreatAndEveryItemNamesWhatShowsIt() throws IOException {
    int rows = 0;
    final String page = Files.readString(Path.of("README.md"));
    final String threatsAndItems =
        page.substring(page.indexOf("\n## Threats\n"), page.indexOf("\n## Libraries\n"));
    for (final String line : threatsAndItems.lines().toList()) {
      final String[] cells = line.split("\\|", -1);
      final boolean isRow = cells.length == 5 || cells.length == 6;
      if (!line.startsWith("| ") || line.contains("---") || !isRow) {
        continue;
      }
      final String last = cells[cells.length - 2].strip();
      if (last.equals("shown by") || last.equals("tested by")) {
        continue;
      }
      rows++;
      assertTrue(TEST.matcher(last).find() || last.startsWith("the build"), line);
    }
    assertTrue(rows > 25, rows + " rows");
  }
}
