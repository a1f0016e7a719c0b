package gongbei.replication.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import gongbei.replication.command.Applied.Outcome;
import gongbei.testing.OneJdk;
import gongbei.testing.Seeds;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Runs simulations one after the other: {@code -Dgongbei.simulations=10000} so many, {@code
 * -Dgongbei.seed=17} that one alone, with all that happens in it.
 */
@OneJdk
final class SimulationTest {
  private static final int DEFAULT_SIMULATIONS = 150;
  private static final int KEPT_EVERY = 4;

  /** What becomes of signed changes alone, which no simulation sends. */
  private static final EnumSet<Outcome> OF_NONCES =
      EnumSet.of(Outcome.REPLAYED, Outcome.TOO_MANY, Outcome.OUTSIDE_WINDOW);

  private static final Path MEMORY_FILES = Path.of("/dev/shm");

  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("gongbei.replication");

  @BeforeAll
  static void beSilent() {
    LOGGER.setLevel(Level.OFF);
  }

  @AfterAll
  static void speakAgain() {
    LOGGER.setLevel(null);
  }

  @Test
  void whateverHappensEveryNodeHoldsAndSaysWhatThePlainModelDoes() throws IOException {
    if (Seeds.isGiven()) {
      System.out.println(run(Seeds.seed(), System.out));
      return;
    }
    final int simulations = Integer.getInteger("gongbei.simulations", DEFAULT_SIMULATIONS);
    final long startedNanos = System.nanoTime();
    long messages = 0;
    long versions = 0;
    long deaths = 0;
    long snapshots = 0;
    int upgrades = 0;
    int granted = 0;
    int refused = 0;
    final Set<Outcome> outcomes = EnumSet.noneOf(Outcome.class);
    final Set<String> displays = new TreeSet<>();
    for (long each = 0; each < simulations; each++) {
      final Simulation.Summary summary = run(each, null);
      messages += summary.messages();
      versions += summary.versions();
      deaths += summary.deaths();
      snapshots += summary.snapshots();
      upgrades += summary.isUpgraded() ? 1 : 0;
      granted += summary.appeals().get(PlainAppeals.GRANTED);
      refused += summary.appeals().get(PlainAppeals.REFUSED);
      outcomes.addAll(summary.outcomes());
      displays.addAll(summary.displays());
    }
    System.out.printf(
        Locale.ROOT,
        "%,d simulations: %,d messages of the log, %,d versions, %,d deaths, %,d snapshots,"
            + " %,d upgrades, %,d appeals granted and %,d refused, in %.1f s; none differed from"
            + " the model%n",
        simulations,
        messages,
        versions,
        deaths,
        snapshots,
        upgrades,
        granted,
        refused,
        (System.nanoTime() - startedNanos) / 1e9);
    assertTrue(versions > simulations, "simulations that do nothing show nothing");
    if (simulations >= DEFAULT_SIMULATIONS) {
      assertTrue(upgrades > 0, "some clusters are upgraded");
      assertTrue(granted > 0 && refused > 0, "some appeals are granted and some refused");
      assertEquals(EnumSet.complementOf(OF_NONCES), outcomes, "everything happens that can");
      for (int kind = PlainDisplays.MINTING; kind <= PlainDisplays.GUARDIAN; kind++) {
        for (final Outcome outcome :
            List.of(Outcome.APPLIED, Outcome.SUPERSEDED, Outcome.INVALID)) {
          assertTrue(displays.contains(kind + " " + outcome), kind + " " + outcome);
        }
      }
      assertTrue(
          displays.contains(PlainDisplays.GUARDIAN + " " + Outcome.CEILING_REACHED),
          "a guardian has as many wards as they may");
    }
  }

  @Test
  void aSeedAlwaysLivesTheSameLife() throws IOException {
    assertEquals(run(5, null), run(5, null));
  }

  private static Simulation.Summary run(long seed, PrintStream trace) throws IOException {
    final Path directory = seed % KEPT_EVERY == 0 ? newDirectory() : null;
    try (Simulation simulation = new Simulation(seed, directory)) {
      try {
        return simulation.run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            "seed " + seed + ": " + e + "; run it alone with -Dgongbei.seed=" + seed, e);
      } finally {
        if (trace != null) {
          trace.write(simulation.events().getBytes(StandardCharsets.UTF_8));
          trace.println();
        }
      }
    }
  }

  /** In memory where the system has such a place: maps are opened and closed all the time. */
  private static Path newDirectory() throws IOException {
    return Files.isWritable(MEMORY_FILES)
        ? Files.createTempDirectory(MEMORY_FILES, "gongbei-simulation")
        : Files.createTempDirectory("gongbei-simulation");
  }
}
