package gongbei.bench.capacity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class SimulationTest {
  private static final double NEVER = -1;

  /** Every scan takes 10 µs, however many are evaluated together. */
  private static final ServiceTimes TEN_MICROS =
      new ServiceTimes(0, new int[] {1, 64}, new double[] {10_000, 10_000});

  private static Simulation.Outcome run(int nodes, double rate, double failSecond) {
    return new Simulation(
            new Simulation.Setting(nodes, TEN_MICROS, 1_024, rate, 4, failSecond, 0.5, 0), 1)
        .run();
  }

  @Test
  void aNodeWithLittleToDoAnswersAtOnceAndWorksAsMuchAsIsAsked() {
    final Simulation.Outcome outcome = run(1, 10_000, NEVER);
    assertEquals(0.1, outcome.busiest(), 0.01);
    assertTrue(outcome.latencies().getValueAtPercentile(99) < 100_000, "under 0.1 ms");
    assertEquals(0, outcome.shed());
    assertEquals(outcome.asked(), outcome.latencies().getTotalCount());
  }

  @Test
  void halfALoadQueuesAsTheTheoryOfQueuesSays() {
    final Simulation.Outcome outcome = run(1, 50_000, NEVER);
    // M/D/1 at half load waits for half a service time; batches make the first wait for the last.
    assertTrue(outcome.latencies().getMean() > 15_000, "mean " + outcome.latencies().getMean());
    assertTrue(outcome.latencies().getMean() < 25_000, "mean " + outcome.latencies().getMean());
  }

  @Test
  void whatIsTooMuchIsToldBusyAndTheQueueStaysBounded() {
    final Simulation.Outcome outcome = run(1, 200_000, NEVER);
    assertEquals(1, outcome.busiest(), 0.05);
    assertEquals(1_024, outcome.deepest());
    assertTrue(outcome.givenUp() > outcome.asked() / 3, "given up: " + outcome.givenUp());
    assertEquals(
        outcome.asked(), outcome.latencies().getTotalCount() + outcome.givenUp(), "none is lost");
  }

  @Test
  void theOthersTakeOverFromANodeThatFails() {
    final Simulation.Outcome outcome = run(3, 90_000, 1);
    assertEquals(outcome.asked(), outcome.latencies().getTotalCount(), "every scan has a verdict");
    assertTrue(outcome.afterFailure().getValueAtPercentile(99) > 100_000_000, "some wait first");
    assertTrue(outcome.latencies().getMaxValue() < 1_000_000_000, "but for half a second at most");
    assertTrue(outcome.busiest() < 0.5, "busiest " + outcome.busiest());
  }

  @Test
  void theSameSeedGivesTheSameAnswer() {
    assertEquals(run(2, 50_000, 1).latencies(), run(2, 50_000, 1).latencies());
  }

  @Test
  void citiesAreTwentyOneAndMakeTheProvince() {
    assertEquals(21, Province.cities());
    double all = 0;
    for (int city = 0; city < Province.cities(); city++) {
      all += Province.share(city);
    }
    assertEquals(1, all, 1e-9);
  }
}
