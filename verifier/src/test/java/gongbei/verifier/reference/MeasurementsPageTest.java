package gongbei.verifier.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Figures without their day, command and machine are hearsay. */
final class MeasurementsPageTest {
  private static final Pattern DAY = Pattern.compile("20\\d\\d-\\d\\d-\\d\\d");
  private static final Pattern COMMAND = Pattern.compile("benchmarks\\.jar|`load run |perf record");

  private static List<String> sectionsWithATable() {
    final List<String> sections = new ArrayList<>();
    for (final String section : Document.MEASUREMENTS.text().split("\n## ", -1)) {
      if (section.contains("\n| --- |")) {
        sections.add(section);
      }
    }
    return sections;
  }

  @Test
  void everyTableStandsInASectionThatSaysWhenAndByWhatItWasMeasured() {
    final List<String> bare = new ArrayList<>();
    final List<String> sections = sectionsWithATable();
    for (final String section : sections) {
      if (!DAY.matcher(section).find()) {
        bare.add("no day: " + section.lines().findFirst().orElseThrow());
      }
      if (!COMMAND.matcher(section).find()) {
        bare.add("no command: " + section.lines().findFirst().orElseThrow());
      }
    }
    assertEquals(List.of(), bare);
    assertTrue(sections.size() >= 7, sections.size() + " sections");
  }

  @Test
  void theMachineIsNamedBeforeTheFirstFigure() {
    final String opening = Document.MEASUREMENTS.text().split("\n## ", 2)[0];
    assertTrue(opening.contains("AMD EPYC") && opening.contains("Java 17"), opening);
  }
}
