package gongbei.replication.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Runs simulations one after the other: {@code -Dgongbei.simulations=10000} so many, {@code
 * -Dgongbei.seed=17} that one alone, with all that happens in it.
 */
final class SimulationTest {
  private static final int DEFAULT_SIMULATIONS = 300;
  private static final int KEPT_EVERY = 4;

  @Test
  void whateverHappensEveryNodeHoldsAndSaysWhatThePlainModelDoes() throws IOException {
    final Long seed = Long.getLong("gongbei.seed");
    if (seed != null) {
      System.out.println(run(seed, System.out));
      return;
    }
    final int simulations = Integer.getInteger("gongbei.simulations", DEFAULT_SIMULATIONS);
    final long startedNanos = System.nanoTime();
    long messages = 0;
    long versions = 0;
    long deaths = 0;
    long snapshots = 0;
    for (long each = 0; each < simulations; each++) {
      final Simulation.Summary summary = run(each, null);
      messages += summary.messages();
      versions += summary.versions();
      deaths += summary.deaths();
      snapshots += summary.snapshots();
    }
    System.out.printf(
        "%,d simulations: %,d messages of the log, %,d versions, %,d deaths, %,d snapshots, in"
            + " %.1f s; none differed from the model%n",
        simulations,
        messages,
        versions,
        deaths,
        snapshots,
        (System.nanoTime() - startedNanos) / 1e9);
    assertTrue(versions > simulations, "simulations that do nothing show nothing");
  }

  @Test
  void aSeedAlwaysLivesTheSameLife() throws IOException {
    assertEquals(run(5, null), run(5, null));
  }

  private static Simulation.Summary run(long seed, PrintStream trace) throws IOException {
    final Path directory = seed % KEPT_EVERY == 0 ? Files.createTempDirectory("simulation") : null;
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
}
