package gongbei.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
    final Path list = directory.resolve(SkippedTests.DIRECTORY).resolve("1.txt");
    final Set<String> lines =
        new TreeSet<>(Set.of("another.class: of an earlier plan of the process"));
    run(Skipping.class, new SkippedTests(list, lines));
    final List<String> written = Files.readAllLines(list);
    final String name = Skipping.class.getName();
    assertEquals(3, written.size(), written.toString());
    assertEquals("another.class: of an earlier plan of the process", written.get(0));
    assertTrue(written.get(1).startsWith(name + ".aborted: "), written.get(1));
    assertTrue(written.get(1).endsWith("gcc is missing"), written.get(1));
    assertTrue(written.get(2).startsWith(name + ".disabled: "), written.get(2));
    assertTrue(written.get(2).endsWith("it is of no use yet"), written.get(2));
  }

  @Test
  void theBuildPrintsTheListsOfAllModules() throws IOException {
    final Instant buildStart = Instant.parse("2026-01-02T03:04:05Z");
    final StringBuilder out = new StringBuilder();
    SkippedTestsReport.print(directory, buildStart, out);
    assertEquals("\nSkipped tests: none\n" + NOT_CHECKED, out.toString());
    write("codec", 7, "A.b: without gcc", buildStart);
    write("codec", 8, "A.c: of another process", buildStart.plusSeconds(1));
    write("bench/peer", 7, "A.b: without gcc", buildStart.plusSeconds(1));
    write("bench/peer", 8, "A.b: without gcc", buildStart.plusSeconds(2));
    write("verifier", 7, "A.b: of an earlier build", buildStart.minusSeconds(1));
    out.setLength(0);
    SkippedTestsReport.print(directory, buildStart, out);
    assertEquals(
        """

        Skipped tests: 3
          bench/peer  A.b: without gcc
          codec  A.b: without gcc
          codec  A.c: of another process
        """
            + NOT_CHECKED,
        out.toString());
  }

  private void write(String module, long process, String line, Instant at) throws IOException {
    final Path lists = directory.resolve(module).resolve(SkippedTests.DIRECTORY);
    final Path list = Files.createDirectories(lists).resolve(process + ".txt");
    Files.writeString(list, line + "\n");
    Files.setLastModifiedTime(list, FileTime.from(at));
  }

  /** Leaves two threads, of which one is Gongbei's, that end when they are told to. */
  static final class Leaving {
    static final CountDownLatch END = new CountDownLatch(1);
    static final List<Thread> LEFT = new CopyOnWriteArrayList<>();

    @Test
    void leaves() {
      for (final String name : List.of("gongbei-left", "another-left")) {
        final Thread thread = new Thread(Leaving::untilEnd, name);
        thread.start();
        LEFT.add(thread);
      }
    }

    private static void untilEnd() {
      try {
        assertTrue(END.await(Patience.SECONDS, TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void aClassIsNotOverWhileAThreadThatItStartedRuns() throws Exception {
    final Set<Thread> before = LeftThreads.running();
    final AtomicBoolean isOver = new AtomicBoolean();
    final Thread ofClass =
        new Thread(
            () -> {
              run(Leaving.class);
              isOver.set(!Leaving.LEFT.get(0).isAlive());
            });
    ofClass.start();
    Patience.await("both run", () -> Leaving.LEFT.size() == 2);
    assertEquals(Set.of("gongbei-left"), LeftThreads.namesOf(LeftThreads.since(before)));
    assertFalse(isOver.get());
    Leaving.END.countDown();
    ofClass.join(Patience.MILLIS);
    assertTrue(isOver.get());
    assertEquals(Set.of(), LeftThreads.since(before));
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
