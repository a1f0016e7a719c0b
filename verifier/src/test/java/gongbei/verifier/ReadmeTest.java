package gongbei.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Document;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The front page: short, and true. */
final class ReadmeTest {
  private static final int MOST_WORDS = 900;

  @Test
  void theFrontPageIsReadInFiveMinutes() {
    final int words = Document.README.text().strip().split("\\s+", -1).length;
    assertTrue(words <= MOST_WORDS, words + " words");
  }

  @Test
  void theVerdictThatItShowsIsOneThatATestHasSeen() {
    final MatchResult verdict =
        Pattern.compile("(?m)^```json\n(.+)\n```$")
            .matcher(Document.README.section("A verdict"))
            .results()
            .findFirst()
            .orElseThrow();
    assertTrue(Document.START_NODE.lines().contains(verdict.group(1)), verdict.group(1));
  }

  /** What is quoted stands, figure by figure, on the page that says how it was measured. */
  @Test
  void everyFigureThatItQuotesStandsOnThePageOfMeasurements() {
    final String page = Document.MEASUREMENTS.text();
    final List<String> rows =
        Document.README
            .section("Measured")
            .lines()
            .filter(line -> line.startsWith("| ") && !line.startsWith("| ---"))
            .skip(1)
            .toList();
    assertTrue(rows.size() >= 2 && rows.size() <= 3, rows::toString);
    for (final String row : rows) {
      Pattern.compile("[0-9][0-9,.]*[0-9]( ms)?")
          .matcher(row.replace("p99.9", "").replace("p99", ""))
          .results()
          .map(MatchResult::group)
          .filter(figure -> !figure.equals("64"))
          .forEach(figure -> assertTrue(page.contains(figure), figure + " of " + row));
    }
  }

  @Test
  void itNamesEveryModule() {
    final List<String> modules =
        Pattern.compile("(?m)^\\| \\[?`([a-z/]+)`")
            .matcher(Document.README.section("Modules"))
            .results()
            .map(row -> row.group(1))
            .toList();
    assertEquals(List.of("codec", "replication", "verifier/client", "verifier", "bench"), modules);
  }
}
