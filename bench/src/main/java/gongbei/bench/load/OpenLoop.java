package gongbei.bench.load;

import gongbei.verifier.protocol.ReasonCode;
import java.io.IOException;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
  private static final long RETURN_NANOS = TimeUnit.SECONDS.toNanos(120);
  private static final long SHORTEST_SLEEP_NANOS = 5_000;

  /** More that are due at once are asked in turns, so that scans in between are not late. */
  private static final int MOST_A_TURN = 500;

  private final Stream planned;
  private Optional<Stream> following = Optional.empty();
  private Optional<DisplayedCodes> displayed = Optional.empty();
  private Optional<Returning> returning = Optional.empty();
  private List<Stream> all;
  private final boolean spreads;
  private final long turnNanos;
  private final Supplier<Duration> serverCpu;
  private final long[] intended = new long[SLOTS];
  private final byte[] expected = new byte[SLOTS];
  private final boolean[] follows = new boolean[SLOTS];
  private long startNanos;
  private long receivedNanos;
  private double countedSeconds;
  private UsedTime used;
  private UsedTime usedBefore;
  private UsedTime usedLast;
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

  /** Questions of one kind, on connections of their own. */
  private static final class Stream {
    private final Questions questions;
    private final List<LoadConnection> lanes;
    private final Count[] counts = {new Count(), new Count()};
    private final ArrayDeque<LoadConnection> toBeSent = new ArrayDeque<>();
    private int laneAt;
    private long inFlight;
    private long wrong;

    Stream(Questions questions, List<? extends LoadConnection> lanes) {
      this.questions = questions;
      this.lanes = List.copyOf(lanes);
    }
  }

  /**
   * Wallets that come again when they were shed.
   *
   * @param holders whose wallets they are
   * @param handles by slot, whose wallet is asked for
   * @param refusals by slot, how often it was refused before
   * @param firstDue by slot, when it first wanted a code
   * @param served how long those that were refused waited for their codes
   */
  private record Returning(
      DisplayedCodes.Holders holders,
      Returns returns,
      long[] handles,
      int[] refusals,
      long[] firstDue,
      Histogram served) {}

  /**
   * What came of all of one kind.
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
   * @param questions what is asked by the plan
   * @param lanes connections to ask on
   * @param spreads whether neighbouring questions go to different connections, as those of
   *     different devices do; else those of one turn go to one
   * @param turnNanos how long it sleeps at most
   * @param serverCpu what tells the server's processor time
   */
  OpenLoop(
      Questions questions,
      List<? extends LoadConnection> lanes,
      boolean spreads,
      long turnNanos,
      Supplier<Duration> serverCpu) {
    planned = new Stream(questions, lanes);
    all = List.of(planned);
    this.spreads = spreads;
    this.turnNanos = turnNanos;
    this.serverCpu = serverCpu;
  }

  /**
   * Has each code that is displayed scanned as soon as a scanner sees it.
   *
   * @param codes where the connections of the plan put what they were given
   * @param lanes connections to scan on
   */
  OpenLoop scanning(DisplayedCodes codes, List<? extends LoadConnection> lanes) {
    displayed = Optional.of(codes);
    final Stream scans = new Stream(codes, lanes);
    following = Optional.of(scans);
    all = List.of(planned, scans);
    return this;
  }

  /**
   * Has wallets that are shed come again until they have their codes.
   *
   * @param holders the plan's questions
   */
  OpenLoop returning(DisplayedCodes.Holders holders, long seed) {
    returning =
        Optional.of(
            new Returning(
                holders,
                new Returns(seed),
                new long[SLOTS],
                new int[SLOTS],
                new long[SLOTS],
                new Histogram(RETURN_NANOS, 3)));
    return this;
  }

  /** How long wallets that were shed waited for their codes, in nanoseconds, after a run. */
  Optional<Histogram> returned() {
    return returning.map(Returning::served);
  }

  /**
   * Runs.
   *
   * @param warmUpSeconds the first so many are not counted
   */
  Outcome run(ArrivalPlan plan, ArrivalPlan.Arrivals arrivals, double warmUpSeconds)
      throws IOException {
    try (Selector selector = Selector.open()) {
      for (final Stream stream : all) {
        for (final LoadConnection lane : stream.lanes) {
          lane.register(selector);
        }
      }
      return run(selector, arrivals, (long) (warmUpSeconds * SECOND_NANOS), plan.seconds());
    }
  }

  private Outcome run(
      Selector selector, ArrivalPlan.Arrivals arrivals, long warmUpNanos, double planSeconds)
      throws IOException {
    final long begun = System.nanoTime();
    startNanos = begun + warmUpNanos;
    for (final Stream stream : all) {
      stream.counts[0].open(startNanos, planSeconds - (double) warmUpNanos / SECOND_NANOS);
      stream.counts[1].open(begun, (double) warmUpNanos / SECOND_NANOS);
    }
    final long lastNanos = begun + (long) (planSeconds * SECOND_NANOS);
    long due = begun + arrivals.next();
    boolean more = true;
    long id = 0;
    while (true) {
      final long now = System.nanoTime();
      if (now >= nextLookNanos) {
        lookAround(now);
      }
      final long turnEnd = id + MOST_A_TURN;
      while (more && due <= now && id < turnEnd) {
        final LoadConnection lane = lane(planned);
        if (lane == null || intended[(int) (id & (SLOTS - 1))] != 0) {
          break;
        }
        ask(planned, lane, id++, due, now);
        final long next = arrivals.next();
        more = next != ArrivalPlan.Arrivals.NONE;
        due = begun + next;
      }
      id = comeAgain(id, turnEnd, now);
      id = follow(id, now);
      for (final Stream stream : all) {
        send(stream);
        if (!spreads) {
          stream.laneAt++;
        }
      }
      receive(selector);
      if (!more && (isDone() || now > lastNanos + drainNanos())) {
        used = UsedTime.now(serverCpu).minus(usedBefore);
        countedSeconds = planSeconds - (double) warmUpNanos / SECOND_NANOS;
        return outcome(planned);
      }
      final long sleep = Math.min(turnNanos, more ? due - System.nanoTime() : turnNanos);
      if (sleep > SHORTEST_SLEEP_NANOS) {
        LockSupport.parkNanos(sleep);
      }
    }
  }

  private long drainNanos() {
    return returning.isPresent() ? RETURN_NANOS : DRAIN_NANOS;
  }

  private static void send(Stream stream) throws IOException {
    for (int left = stream.toBeSent.size(); left > 0; left--) {
      final LoadConnection lane = stream.toBeSent.remove();
      lane.isToBeSent = !lane.send();
      if (lane.isToBeSent) {
        stream.toBeSent.add(lane);
      }
    }
  }

  /** Asks for wallets that were shed and are due again, as far as there is room. */
  private long comeAgain(long id, long turnEnd, long now) {
    long next = id;
    if (returning.isPresent()) {
      final Returning wallets = returning.get();
      while (next < turnEnd
          && wallets.returns.isDue(now)
          && intended[(int) (next & (SLOTS - 1))] == 0) {
        final LoadConnection lane = lane(planned);
        if (lane == null) {
          break;
        }
        final Returns.Return each = wallets.returns.next();
        wallets.holders.again(each.holder());
        put(planned, lane, next, each.dueNanos(), now);
        final int slot = (int) (next++ & (SLOTS - 1));
        wallets.refusals[slot] = each.refusals();
        wallets.firstDue[slot] = each.firstDueNanos();
      }
    }
    return next;
  }

  /** Asks for the codes that scanners see since the last turn, as far as there is room. */
  private long follow(long id, long now) {
    long next = id;
    if (following.isPresent()) {
      final Stream stream = following.get();
      while (displayed.get().isDue() && intended[(int) (next & (SLOTS - 1))] == 0) {
        final LoadConnection lane = lane(stream);
        if (lane == null) {
          break;
        }
        ask(stream, lane, next++, displayed.get().nextDueNanos(), now);
      }
    }
    return next;
  }

  private boolean isDone() {
    for (final Stream stream : all) {
      if (stream.inFlight != 0) {
        return false;
      }
    }
    return (displayed.isEmpty() || !displayed.get().hasNext())
        && (returning.isEmpty() || returning.get().returns.isEmpty());
  }

  private Outcome outcome(Stream stream) {
    final Count count = stream.counts[0];
    return new Outcome(
        count.seconds,
        count.answered,
        count.shed,
        count.lateness,
        stream.wrong,
        stream.inFlight,
        countedSeconds,
        used.thread(),
        used.process(),
        used.server(),
        used.machine());
  }

  /** What came of the scans of displayed codes, after a run; empty where none were scanned. */
  Optional<Outcome> scans() {
    return following.map(this::outcome);
  }

  /** Once a second: what neither the server nor this process has used since the last look. */
  private void lookAround(long now) {
    final UsedTime soFar = UsedTime.now(serverCpu);
    if (lastLookNanos != 0) {
      final long within = now - SECOND_NANOS / 2;
      count(planned, within).second(within).othersCores =
          Math.max(0, soFar.minus(usedLast).others().toNanos() / (double) (now - lastLookNanos));
    }
    if (now < startNanos + SECOND_NANOS / 2) {
      usedBefore = soFar;
    }
    usedLast = soFar;
    lastLookNanos = now;
    nextLookNanos = now - Math.floorMod(now - startNanos, SECOND_NANOS) + SECOND_NANOS;
  }

  /** A connection that has room, or null. */
  private LoadConnection lane(Stream stream) {
    final List<LoadConnection> lanes = stream.lanes;
    for (int tried = 0; tried < lanes.size(); tried++) {
      final LoadConnection lane = lanes.get(Math.floorMod(stream.laneAt, lanes.size()));
      if (spreads || !lane.hasRoom()) {
        stream.laneAt++;
      }
      if (lane.hasRoom()) {
        return lane;
      }
    }
    return null;
  }

  private void ask(Stream stream, LoadConnection lane, long id, long due, long now) {
    stream.questions.next();
    put(stream, lane, id, due, now);
    if (stream == planned && returning.isPresent()) {
      final int slot = (int) (id & (SLOTS - 1));
      returning.get().refusals[slot] = 0;
      returning.get().firstDue[slot] = due;
    }
  }

  /** Asks the question at hand. */
  private void put(Stream stream, LoadConnection lane, long id, long due, long now) {
    final int slot = (int) (id & (SLOTS - 1));
    intended[slot] = due;
    expected[slot] = (byte) stream.questions.expected();
    follows[slot] = stream != planned;
    lane.ask(id, stream.questions);
    if (!lane.isToBeSent) {
      lane.isToBeSent = true;
      stream.toBeSent.add(lane);
    }
    if (stream == planned && returning.isPresent()) {
      returning.get().handles[slot] = returning.get().holders.atHand();
    }
    stream.inFlight++;
    final Count count = count(stream, due);
    count.lateness.recordValue(Math.max(0, now - due));
    count.second(due).asked++;
  }

  /** Those of the warm-up where the moment is before its end, without a branch. */
  private Count count(Stream stream, long nanos) {
    return stream.counts[(int) ((nanos - startNanos) >>> (Long.SIZE - 1))];
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
  public void onShed(long id, long retryAfterNanos) {
    final int slot = (int) (id & (SLOTS - 1));
    if (returning.isPresent() && !follows[slot] && intended[slot] != 0) {
      final Returning wallets = returning.get();
      wallets.returns.refused(
          wallets.handles[slot],
          wallets.refusals[slot] + 1,
          wallets.firstDue[slot],
          receivedNanos,
          retryAfterNanos);
    }
    onAnswer(id, ReasonCode.BUSY.value());
  }

  @Override
  public void onAnswer(long id, int reason) {
    final int slot = (int) (id & (SLOTS - 1));
    final long due = intended[slot];
    if (due == 0) {
      planned.wrong++;
      return;
    }
    intended[slot] = 0;
    final Stream stream = follows[slot] ? following.get() : planned;
    stream.inFlight--;
    final Count count = count(stream, due);
    final long nanos = Math.min(LONGEST_NANOS, receivedNanos - due);
    if (reason == ReasonCode.BUSY.value()) {
      count.shed.recordValue(nanos);
      count.second(due).shed.recordValue(nanos);
    } else if (reason == (expected[slot] & 0xff)) {
      if (stream == planned && returning.isPresent() && returning.get().refusals[slot] > 0) {
        final long waited = receivedNanos - returning.get().firstDue[slot];
        returning.get().served.recordValue(Math.min(RETURN_NANOS, waited));
      }
      count.answered.recordValue(nanos);
      count.second(due).answered.recordValue(nanos);
    } else {
      stream.wrong++;
    }
  }
}
