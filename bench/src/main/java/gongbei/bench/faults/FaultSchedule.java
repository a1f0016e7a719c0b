package gongbei.bench.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Which fault comes next, to whom and for how long: the same for the same seed. All kinds come in a
 * shuffled order before the first comes again.
 */
final class FaultSchedule {
  private static final int LEADER_PERCENT = 40;
  private static final int PAIR_PERCENT = 25;
  private static final int MIN_MILLIS = 500;
  private static final int MIN_CALM_MILLIS = 200;
  private static final int MAX_LOSS_PERCENT = 30;
  private static final int MAX_DELAY_MILLIS = 40;
  private static final int MAX_WRITE_DELAY_MILLIS = 20;

  private final SplittableRandom random;
  private final List<Fault> kinds;
  private final int nodes;
  private final int maxMillis;
  private final boolean hasPairs;
  private final List<Fault> due = new ArrayList<>();

  /**
   * One fault.
   *
   * @param node the number of a node, or {@link #LEADER}
   * @param millis for how long
   * @param calmMillis the quiet after it
   * @param strength 1 to 100, of what it is up to the kind of the fault
   * @param isOverlapped whether the next fault comes while this one lasts
   */
  record Strike(
      Fault fault, int node, int millis, int calmMillis, int strength, boolean isOverlapped) {
    static final int LEADER = -1;

    int lossPercent() {
      return 1 + strength * (MAX_LOSS_PERCENT - 1) / 100;
    }

    int delayMillis() {
      return 1 + strength * (MAX_DELAY_MILLIS - 1) / 100;
    }

    int writeDelayMillis() {
      return 1 + strength * (MAX_WRITE_DELAY_MILLIS - 1) / 100;
    }

    boolean isForward() {
      return strength % 2 == 0;
    }
  }

  /**
   * @param nodes their number
   * @param maxMillis the longest fault
   * @param hasPairs whether a fault may come while another lasts
   */
  FaultSchedule(long seed, Set<Fault> kinds, int nodes, int maxMillis, boolean hasPairs) {
    random = new SplittableRandom(seed);
    this.kinds = List.copyOf(kinds);
    this.nodes = nodes;
    this.maxMillis = maxMillis;
    this.hasPairs = hasPairs;
  }

  /** Whether all kinds have come equally often. */
  boolean isRound() {
    return due.isEmpty();
  }

  Strike next() {
    if (due.isEmpty()) {
      due.addAll(kinds);
    }
    final Fault fault = due.remove(random.nextInt(due.size()));
    final boolean isOfLeader = random.nextInt(100) < LEADER_PERCENT;
    final int node = random.nextInt(nodes);
    final int millis = MIN_MILLIS + random.nextInt(maxMillis - MIN_MILLIS);
    final int calmMillis = MIN_CALM_MILLIS + random.nextInt(maxMillis / 4);
    final int strength = 1 + random.nextInt(100);
    final boolean isOverlapped = random.nextInt(100) < PAIR_PERCENT && hasPairs;
    return new Strike(
        fault, isOfLeader ? Strike.LEADER : node, millis, calmMillis, strength, isOverlapped);
  }
}
