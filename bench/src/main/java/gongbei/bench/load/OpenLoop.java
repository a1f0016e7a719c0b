package gongbei.bench.load;

import gongbei.bench.setup.Machine;
import gongbei.verifier.protocol.ReasonCode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * Asks by a plan, whatever the answers do, and measures each answer from the moment at which its
 * question was due: what waits because the server, the network or the generator is slow counts. One
 * thread sends and receives; between turns it sleeps.
 */
final class OpenLoop implements LoadConnection.Answers {
  private static final int SLOTS = 1 << 18;
  private static final int LONGEST_NANOS_BITS = 36;
  private static final long LONGEST_NANOS = 1L << LONGEST_NANOS_BITS;
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long SHORTEST_SLEEP_NANOS = 5_000;

  private final MintedCodes codes;
  private final List<LoadConnection> lanes;
  private final boolean spreads;
  private final long turnNanos;
  private final Supplier<Duration> serverCpu;
  private final long[] intended = new long[SLOTS];
  private final byte[] expected = new byte[SLOTS];
  private final Count[] counts = {new Count(), new Count()};
  private long startNanos;
  private long receivedNanos;
  private long inFlight;
  private long wrong;
  private int laneAt;
  private Used usedBefore;
  private Used usedLast;
  private long lastLookNanos;
  private long nextLookNanos = Long.MIN_VALUE;

  /** What came of the questions of one second. */
  static final class Second {
    final Histogram answered = new Histogram(LONGEST_NANOS, 2);
    final Histogram shed = new Histogram(LONGEST_NANOS, 2);
    long asked;
    double othersCores;
  }

  /**
   * What came of the questions of the warm-up, or of those after it. Both are counted by the same
   * code: where the warm-up's were not, the compiler would have to learn the rest of it in the
   * first second that counts.
   */
  private static final class Count {
    private final List<Second> seconds = new ArrayList<>();
    private final Histogram answered = new Histogram(LONGEST_NANOS, 3);
    private final Histogram shed = new Histogram(LONGEST_NANOS, 3);
    private final Histogram lateness = new Histogram(LONGEST_NANOS, 3);

    private long fromNanos;

    void open(long from, double lengthSeconds) {
      fromNanos = from;
      for (int i = 0; i < Math.max(1, lengthSeconds); i++) {
        seconds.add(new Second());
      }
    }

    Second second(long nanos) {
      final long second = Math.max(0, nanos - fromNanos) / SECOND_NANOS;
      return seconds.get((int) Math.min(seconds.size() - 1L, second));
    }
  }

  /**
   * What came of all.
   *
   * @param seconds by the second in which questions were due
   * @param answered latencies of right answers, in nanoseconds
   * @param shed latencies of the answer that there is no room
   * @param lateness how long after they were due questions were sent
   * @param wrong answers that are not the expected
   * @param unanswered questions that had no answer ten seconds after the last
   * @param threadCpu the generator's thread's processor time
   * @param processCpu the generator's whole process's
   * @param serverCpu the server's
   * @param machineCpu that of all processes together, as the system counts it
   */
  record Outcome(
      List<Second> seconds,
      Histogram answered,
      Histogram shed,
      Histogram lateness,
      long wrong,
      long unanswered,
      double lengthSeconds,
      Duration threadCpu,
      Duration processCpu,
      Duration serverCpu,
      Duration machineCpu) {}

  /**
   * @param spreads whether neighbouring questions go to different connections, as those of
   *     different devices do; else those of one turn go to one
   * @param turnNanos how long it sleeps at most
   * @param serverCpu what tells the server's processor time
   */
  OpenLoop(
      MintedCodes codes,
      List<? extends LoadConnection> lanes,
      boolean spreads,
      long turnNanos,
      Supplier<Duration> serverCpu) {
    this.codes = codes;
    this.lanes = List.copyOf(lanes);
    this.spreads = spreads;
    this.turnNanos = turnNanos;
    this.serverCpu = serverCpu;
  }

  /**
   * Runs.
   *
   * @param warmUpSeconds the first so many are not counted
   */
  Outcome run(ArrivalPlan plan, ArrivalPlan.Arrivals arrivals, double warmUpSeconds)
      throws IOException {
    try (Selector selector = Selector.open()) {
      for (final LoadConnection lane : lanes) {
        lane.register(selector);
      }
      return run(selector, arrivals, (long) (warmUpSeconds * SECOND_NANOS), plan.seconds());
    }
  }

  private Outcome run(
      Selector selector, ArrivalPlan.Arrivals arrivals, long warmUpNanos, double planSeconds)
      throws IOException {
    final long begun = System.nanoTime();
    startNanos = begun + warmUpNanos;
    counts[0].open(startNanos, planSeconds - (double) warmUpNanos / SECOND_NANOS);
    counts[1].open(begun, (double) warmUpNanos / SECOND_NANOS);
    final long lastNanos = begun + (long) (planSeconds * SECOND_NANOS);
    long due = begun + arrivals.next();
    boolean more = true;
    long id = 0;
    while (true) {
      final long now = System.nanoTime();
      if (now >= nextLookNanos) {
        lookAround(now);
      }
      while (more && due <= now) {
        final LoadConnection lane = lane();
        if (lane == null || intended[(int) (id & (SLOTS - 1))] != 0) {
          break;
        }
        ask(lane, id++, due, now);
        final long next = arrivals.next();
        more = next != ArrivalPlan.Arrivals.NONE;
        due = begun + next;
      }
      for (final LoadConnection lane : lanes) {
        lane.send();
      }
      if (!spreads) {
        laneAt++;
      }
      receive(selector);
      if (!more && (inFlight == 0 || now > lastNanos + DRAIN_NANOS)) {
        final Used used = Used.now(serverCpu).minus(usedBefore);
        return new Outcome(
            counts[0].seconds,
            counts[0].answered,
            counts[0].shed,
            counts[0].lateness,
            wrong,
            inFlight,
            planSeconds - (double) warmUpNanos / SECOND_NANOS,
            used.thread,
            used.process,
            used.server,
            used.machine);
      }
      final long sleep = Math.min(turnNanos, more ? due - System.nanoTime() : turnNanos);
      if (sleep > SHORTEST_SLEEP_NANOS) {
        LockSupport.parkNanos(sleep);
      }
    }
  }

  /** Once a second: what neither the server nor this process has used since the last look. */
  private void lookAround(long now) {
    final Used used = Used.now(serverCpu);
    if (lastLookNanos != 0) {
      final long within = now - SECOND_NANOS / 2;
      count(within).second(within).othersCores =
          Math.max(0, used.minus(usedLast).others().toNanos() / (double) (now - lastLookNanos));
    }
    if (now < startNanos + SECOND_NANOS / 2) {
      usedBefore = used;
    }
    usedLast = used;
    lastLookNanos = now;
    nextLookNanos = now - Math.floorMod(now - startNanos, SECOND_NANOS) + SECOND_NANOS;
  }

  /**
   * Processor time.
   *
   * @param thread of the thread that asks
   * @param process of this process
   * @param server of the server
   * @param machine of all processes, as the system counts it
   */
  private record Used(Duration thread, Duration process, Duration server, Duration machine) {
    static Used now(Supplier<Duration> serverCpu) {
      return new Used(
          Duration.ofNanos(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()),
          Duration.ofNanos(
              ManagementFactory.getOperatingSystemMXBean()
                      instanceof com.sun.management.OperatingSystemMXBean system
                  ? system.getProcessCpuTime()
                  : 0),
          serverCpu.get(),
          Machine.cpu());
    }

    Used minus(Used before) {
      return new Used(
          thread.minus(before.thread),
          process.minus(before.process),
          server.minus(before.server),
          machine.minus(before.machine));
    }

    Duration others() {
      return machine.minus(server).minus(process);
    }
  }

  /** A connection that has room, or null. */
  private LoadConnection lane() {
    for (int tried = 0; tried < lanes.size(); tried++) {
      final LoadConnection lane = lanes.get(Math.floorMod(laneAt, lanes.size()));
      if (spreads || !lane.hasRoom()) {
        laneAt++;
      }
      if (lane.hasRoom()) {
        return lane;
      }
    }
    return null;
  }

  private void ask(LoadConnection lane, long id, long due, long now) {
    codes.next();
    final int slot = (int) (id & (SLOTS - 1));
    intended[slot] = due;
    expected[slot] = (byte) codes.expected().value();
    lane.ask(id, codes);
    inFlight++;
    final Count count = count(due);
    count.lateness.recordValue(now - due);
    count.second(due).asked++;
  }

  /** Those of the warm-up where the moment is before its end, without a branch. */
  private Count count(long nanos) {
    return counts[(int) ((nanos - startNanos) >>> (Long.SIZE - 1))];
  }

  private void receive(Selector selector) throws IOException {
    final IOException[] failure = new IOException[1];
    selector.selectNow(
        key -> {
          try {
            receivedNanos = System.nanoTime();
            ((LoadConnection) key.attachment()).receive(this);
          } catch (IOException e) {
            failure[0] = e;
          }
        });
    if (failure[0] != null) {
      throw failure[0];
    }
  }

  @Override
  public void onAnswer(long id, int reason) {
    final int slot = (int) (id & (SLOTS - 1));
    final long due = intended[slot];
    if (due == 0) {
      wrong++;
      return;
    }
    intended[slot] = 0;
    inFlight--;
    final Count count = count(due);
    final long nanos = Math.min(LONGEST_NANOS, receivedNanos - due);
    if (reason == ReasonCode.BUSY.value()) {
      count.shed.recordValue(nanos);
      count.second(due).shed.recordValue(nanos);
    } else if (reason == expected[slot]) {
      count.answered.recordValue(nanos);
      count.second(due).answered.recordValue(nanos);
    } else {
      wrong++;
    }
  }
}
