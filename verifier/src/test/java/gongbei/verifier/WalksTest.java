package gongbei.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Document;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The walks through the code name what is there, and few enough classes to follow. */
final class WalksTest {
  private static final int MOST_FILES = 8;
  private static final Pattern NAMED =
      Pattern.compile("`([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*)(?:\\.([a-z][A-Za-z0-9]*))?`");

  /** Words in the same type that are messages of a protocol, not classes. */
  private static final Set<String> MESSAGES = Set.of("Busy", "Translate");

  private static final Map<String, Path> SOURCES = new HashMap<>();

  @BeforeAll
  static void findSources() throws IOException {
    for (final String module : List.of("codec", "replication", "verifier/client", "verifier")) {
      try (Stream<Path> files =
          Files.walk(Document.root().resolve(module).resolve("src/main/java"))) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .forEach(file -> SOURCES.put(file.getFileName().toString(), file));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A device's scan",
        "An HTTP scan",
        "A signed change to a replica's map",
        "A translation",
        "A mint"
      })
  void aWalkIsThroughEightFilesAtMost(String title) {
    final List<String> steps =
        Document.WALKS.section(title).lines().filter(line -> line.matches("\\d+\\. .*")).toList();
    assertTrue(steps.size() >= 5 && steps.size() <= MOST_FILES, steps.size() + " steps");
    for (final String step : steps) {
      assertTrue(NAMED.matcher(step).find(), step);
    }
    final Set<String> files =
        NAMED
            .matcher(Document.WALKS.section(title))
            .results()
            .map(named -> named.group(1))
            .filter(name -> !MESSAGES.contains(name))
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(files.size() <= MOST_FILES, files::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"WALKS", "RINGS", "ARCHITECTURE"})
  void everyClassAndMethodThatIsNamedIsThere(String page) {
    final Set<String> missing = new TreeSet<>();
    for (final MatchResult named :
        NAMED.matcher(Document.valueOf(page).text()).results().toList()) {
      final Path source = SOURCES.get(named.group(1) + ".java");
      final boolean isThere =
          source != null
              && (named.group(2) == null
                  || Pattern.compile("\\b" + named.group(2) + "\\(")
                      .matcher(Document.read(source))
                      .find());
      if (!isThere && !isNoClass(named)) {
        missing.add(named.group());
      }
    }
    assertEquals(Set.of(), missing);
  }

  private static boolean isNoClass(MatchResult named) {
    return MESSAGES.contains(named.group(1)) || named.group(1).equals("WalksTest");
  }

  @Test
  void thereAreNoOtherWalks() {
    assertEquals(5, Document.WALKS.lines().stream().filter(line -> line.startsWith("## ")).count());
  }
}
