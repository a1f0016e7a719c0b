package gongbei.verifier.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Document;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Figures without their day, command and machine are hearsay. */
final class MeasurementsPageTest {
  private static final Pattern DAY = Pattern.compile("20\\d\\d-\\d\\d-\\d\\d");
  private static final Pattern COMMAND = Pattern.compile("benchmarks\\.jar|`load run |perf record");

  private static final Pattern NUMBER = Pattern.compile("[0-9][0-9,]*(\\.[0-9]+)?");

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

  /** The numbers of a row of a table, by how it begins. */
  private static List<Double> row(String beginning) {
    final String page = Document.MEASUREMENTS.text();
    final int at = page.indexOf("\n| " + beginning + " |");
    assertTrue(at >= 0, beginning);
    return NUMBER
        .matcher(page.substring(at + 4 + beginning.length(), page.indexOf('\n', at + 1)))
        .results()
        .map(each -> Double.parseDouble(each.group().replace(",", "")))
        .toList();
  }

  @Test
  void aYearsProcessorAndDiskFollowFromWhatAChangeTakes() {
    final double changes = 729.0 * Duration.ofDays(365).toSeconds();
    final List<Double> micros = row("processor a command, of all threads, loading in batches");
    final List<Double> hours = row("processor for a year");
    assertEquals(3, micros.size());
    assertEquals(micros.size(), hours.size());
    for (int i = 0; i < hours.size(); i++) {
      assertEquals(changes * micros.get(i) / 3.6e9, hours.get(i), 0.05, "row " + i);
    }
    final double bytes = row("history's bytes a change").get(0);
    assertEquals(changes * bytes / 1e9, row("history's disk for a year").get(0), 0.5);
    assertTrue(
        Document.MEASUREMENTS
            .text()
            .contains(
                String.format(
                    Locale.ROOT,
                    "takes %.1f to %.1f hours of a core in a year",
                    hours.get(1) - hours.get(2),
                    hours.get(0) - hours.get(2))));
  }
}
