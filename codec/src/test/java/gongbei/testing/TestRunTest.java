package gongbei.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** What every test run has: one seed, and a list of what was skipped. */
final class TestRunTest {
  private static final String NOT_CHECKED =
      "\nNot checked: whether a library in target/gongbei-sbom.json has a known vulnerability. This"
          + " build reaches no database of them (verifier/docs/internals/threats.md, Libraries).\n";

  @TempDir private Path directory;

  private static void run(Class<?> sample, TestExecutionListener... listeners) {
    LauncherFactory.create(
            LauncherConfig.builder()
                .enableTestExecutionListenerAutoRegistration(false)
                .enableLauncherSessionListenerAutoRegistration(false)
                .build())
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(sample))
                .build(),
            listeners);
  }

  /** Some are skipped, one is not. */
  static final class Skipping {
    @Test
    @Disabled("it is of no use yet")
    void disabled() {
      fail("it ran");
    }

    @Test
    void aborted() {
      Assumptions.abort("gcc is missing");
    }

    @Test
    void green() {
      assertTrue(true);
    }
  }

  @Test
  void whatIsSkippedIsListedWithItsReason() throws IOException {
    final Path list = directory.resolve(SkippedTests.FILE);
    run(Skipping.class, new SkippedTests(list));
    final List<String> lines = Files.readAllLines(list);
    final String name = Skipping.class.getName();
    assertEquals(2, lines.size(), lines.toString());
    assertTrue(lines.get(0).startsWith(name + ".aborted: "), lines.get(0));
    assertTrue(lines.get(0).endsWith("gcc is missing"), lines.get(0));
    assertTrue(lines.get(1).startsWith(name + ".disabled: "), lines.get(1));
    assertTrue(lines.get(1).endsWith("it is of no use yet"), lines.get(1));
  }

  @Test
  void theBuildPrintsTheListsOfAllModules() throws IOException {
    final StringBuilder out = new StringBuilder();
    SkippedTestsReport.print(directory, out);
    assertEquals("\nSkipped tests: none\n" + NOT_CHECKED, out.toString());
    for (final String module : List.of("codec", "bench/peer")) {
      final Path list = directory.resolve(module).resolve(SkippedTests.FILE);
      Files.createDirectories(list.getParent());
      Files.writeString(list, "A.b: of " + module + "\n");
    }
    out.setLength(0);
    SkippedTestsReport.print(directory, out);
    assertEquals(
        "\nSkipped tests: 2\n  bench/peer  A.b: of bench/peer\n  codec  A.b: of codec\n"
            + NOT_CHECKED,
        out.toString());
  }

  /** Draws as product code does, in a field that lives long too. */
  static final class Drawing {
    static final List<Long> DRAWN = new ArrayList<>();
    private static final SecureRandom LONG_LIVED = new SecureRandom();

    @Test
    void draws() {
      DRAWN.add(LONG_LIVED.nextLong());
      DRAWN.add(new SecureRandom().nextLong());
      DRAWN.add(Seeds.random(1).nextLong());
    }
  }

  private static List<Long> drawn(long seed) {
    final String before = System.getProperty(Seeds.PROPERTY);
    System.setProperty(Seeds.PROPERTY, Long.toString(seed));
    try {
      Drawing.DRAWN.clear();
      run(Drawing.class, new SeededRandomness());
      return List.copyOf(Drawing.DRAWN);
    } finally {
      if (before == null) {
        System.clearProperty(Seeds.PROPERTY);
      } else {
        System.setProperty(Seeds.PROPERTY, before);
      }
    }
  }

  @Test
  void oneSeedAlwaysDrawsTheSameAndAnotherDrawsOtherNumbers() {
    final List<Long> first = drawn(7);
    assertEquals(3, first.size());
    assertEquals(first, drawn(7));
    final List<Long> other = drawn(8);
    for (int i = 0; i < first.size(); i++) {
      assertNotEquals(first.get(i), other.get(i));
    }
  }

  /** Fails. */
  static final class Failing {
    @Test
    void fails() {
      throw new IllegalStateException("on purpose");
    }
  }

  @Test
  void aFailureNamesItsSeed() {
    final SummaryGeneratingListener summary = new SummaryGeneratingListener();
    run(Failing.class, new SeededRandomness(), summary);
    final Throwable failure = summary.getSummary().getFailures().get(0).getException();
    assertEquals("on purpose", failure.getMessage());
    assertEquals(
        "drawn with -Dgongbei.seed=" + Seeds.seed(), failure.getSuppressed()[0].getMessage());
  }
}
