package gongbei.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Document;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tests that the page of threats names as what shows a defence. */
final class SecurityPageTest {
  private static final String INTRUDER =
      "replication/src/testing/java/gongbei/replication/testing/ClusterIntruder.java";
  private static final List<String> MODULES =
      List.of("codec", "replication", "verifier/client", "verifier", "bench");
  private static final Pattern TEST =
      Pattern.compile("`([A-Z][A-Za-z0-9]*(?:Test|IT))(?:\\.([a-z][A-Za-z0-9]*))?`");
  private static final Pattern ATTACK = Pattern.compile("`[A-Z][A-Za-z0-9]*(?:Test|IT)\\.[a-z]");

  private static Set<String> named(String text) {
    return TEST.matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> there() throws IOException {
    final Set<String> names = new TreeSet<>();
    for (final String module : MODULES) {
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
    final Set<String> cited = named(Document.THREATS.text());
    assertTrue(cited.size() > 20, cited.toString());
    cited.removeAll(there());
    assertEquals(Set.of(), cited);
  }

  /** A test that is cited by its method tries something by itself, and is run. */
  @Test
  void everyMethodThatIsCitedIsATestOfItsClass() throws IOException {
    final Set<String> missing = new TreeSet<>();
    int cited = 0;
    for (final MatchResult test : TEST.matcher(Document.THREATS.text()).results().toList()) {
      if (test.group(2) == null) {
        continue;
      }
      cited++;
      final Pattern method =
          Pattern.compile(
              "@(Test|Property|ParameterizedTest|RepeatedTest)[^;{}]*(\\{[^}]*\\}[^;{}]*)*void "
                  + test.group(2)
                  + "\\(");
      boolean isThere = false;
      for (final Path file : filesOf(test.group(1))) {
        isThere |= method.matcher(Files.readString(file)).find();
      }
      if (!isThere) {
        missing.add(test.group());
      }
    }
    assertEquals(Set.of(), missing);
    assertTrue(cited > 30, cited + " methods");
  }

  private static List<Path> filesOf(String name) throws IOException {
    final List<Path> found = new ArrayList<>();
    for (final String module : MODULES) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "test", "java"))) {
        files
            .filter(each -> each.getFileName().toString().equals(name + ".java"))
            .forEach(found::add);
      }
    }
    return found;
  }

  /** What stands in the way of a threat is shown by a test that tries it. */
  @Test
  void everyThreatNamesAnAttack() throws IOException {
    final String page = Document.THREATS.text();
    final String threats =
        page.substring(page.indexOf("\n## Threats\n"), page.indexOf("\n## What was tried\n"));
    final List<String> rows =
        threats
            .lines()
            .filter(line -> line.startsWith("| ") && !line.contains("---"))
            .filter(line -> !line.endsWith("| shown by |"))
            .toList();
    assertTrue(rows.size() > 20, rows.size() + " rows");
    for (final String row : rows) {
      final String[] cells = row.split("\\|", -1);
      assertTrue(ATTACK.matcher(cells[cells.length - 2]).find(), row);
    }
  }

  @Test
  void everyThreatAndEveryItemNamesWhatShowsIt() throws IOException {
    int rows = 0;
    final String page = Document.THREATS.text();
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

  /** What the page says how often something was tried is what its test does. */
  @Test
  void everyFigureOfWhatWasTriedIsItsTests() throws IOException {
    final String page = Document.THREATS.text();
    final List<String> rows =
        page.substring(page.indexOf("\n## What was tried\n"), page.indexOf("\n## OWASP ASVS 5\n"))
            .lines()
            .filter(line -> line.startsWith("| ") && ATTACK.matcher(line).find())
            .toList();
    assertTrue(rows.size() > 10, rows.size() + " rows");
    for (final String row : rows) {
      final MatchResult test = TEST.matcher(row).results().findFirst().orElseThrow();
      String source = Files.readString(Path.of("..", INTRUDER));
      for (final Path file : filesOf(test.group(1))) {
        source += Files.readString(file);
      }
      final String text = source.replaceAll("(?<=\\d)_(?=\\d)", "");
      for (final MatchResult figure :
          Pattern.compile("\\d[\\d,]*").matcher(row.split("\\|", -1)[2]).results().toList()) {
        final String number = figure.group().replace(",", "");
        assertTrue(Pattern.compile("\\b" + number + "\\b").matcher(text).find(), row);
      }
    }
  }
}
