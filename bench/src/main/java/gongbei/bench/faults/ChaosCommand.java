package gongbei.bench.faults;

import gongbei.bench.faults.FaultSchedule.Strike;
import gongbei.bench.setup.ClassArchive;
import gongbei.bench.setup.NodeProcess;
import gongbei.replication.log.LogRole;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code chaos}: lets one fault after the other befall three members and two replicas, by a seed,
 * and evaluates what authorities and scanners were told. Ends with 1 where something was wrong,
 * where a kind of fault left no trace, or where this machine can't make the faults.
 */
@Command(
    name = "chaos",
    description = "Lets faults befall a cluster under load, and judges what it answered.",
    mixinStandardHelpOptions = true)
public final class ChaosCommand implements Callable<Integer> {
  private static final int DISK_MEBIBYTES = 260;
  private static final int DISK_NODE = ChaosRun.MEMBERS - 1;
  private static final int SHORT_SECONDS = 300;
  private static final int MAX_SHORT_MILLIS = 3_000;
  private static final int MAX_LONG_MILLIS = 15_000;
  private static final int STOPPED_MILLIS = 40;
  private static final int RUNNING_MILLIS = 10;
  private static final Duration CLOCK_JUMP = Duration.ofSeconds(30);
  private static final Duration JITTER = Duration.ofMillis(5);

  @Option(names = "--seconds", defaultValue = "60", description = "For how long faults come.")
  private int seconds;

  @Option(names = "--minutes", defaultValue = "0", description = "The same in minutes.")
  private int minutes;

  @Option(
      names = "--faults",
      split = ",",
      description = "kill, pause, stutter, partition, loss, disk-full, disk-slow, clock; or all.")
  private List<String> names = List.of();

  @Mixin private ChaosOptions options;

  private final Map<Fault, Tally> tallies = new EnumMap<>(Fault.class);
  private ChaosRun run;

  /** What came of one kind of fault. */
  private static final class Tally {
    private int times;
    private int ofLeader;
    private int ofFollower;
    private int ofReplica;
    private long millis;
    private long slowestWriteMillis;
    private long slowestWellMillis;
    private long traces;
    private long restarts;
  }

  /** A fault that has begun. */
  private final class Running {
    private final Strike strike;
    private final NodeProcess node;
    private final int number;
    private final Tally tally;
    private volatile boolean isOver;
    private Thread thread;
    private Path filler;
    private ChaosHistory.FirstWrite firstWrite;

    Running(Strike strike, NodeProcess node) {
      this.strike = strike;
      this.node = node;
      number = run.bed.all().indexOf(node);
      tally = tallies.computeIfAbsent(strike.fault(), unused -> new Tally());
    }

    void begin() throws IOException, InterruptedException {
      final Optional<LogRole> role = node.logRole();
      tally.times++;
      tally.millis += strike.millis();
      if (number >= ChaosRun.MEMBERS) {
        tally.ofReplica++;
      } else if (role.equals(Optional.of(LogRole.LEADER))) {
        tally.ofLeader++;
      } else {
        tally.ofFollower++;
      }
      run.event(
          strike.fault()
              + " of "
              + node.name()
              + " ("
              + role.map(LogRole::wireName).orElse("")
              + ") for "
              + strike.millis()
              + " ms");
      if (strike.fault().silences()) {
        run.excuse(node);
      }
      firstWrite = run.history.firstWrite();
      switch (strike.fault()) {
        case KILL -> {
          node.kill();
          tally.traces += node.exitValue() == 137 ? 1 : 0;
        }
        case PAUSE -> {
          node.pause();
          TimeUnit.MILLISECONDS.sleep(RUNNING_MILLIS);
          tally.traces += node.state() == 'T' ? 1 : 0;
        }
        case STUTTER -> {
          thread = new Thread(this::stutter, "stutter");
          thread.start();
        }
        case PARTITION -> {
          tally.traces -= run.spaces.framesCut();
          run.spaces.part(number);
        }
        case LOSS -> {
          tally.traces -= run.spaces.framesLost();
          run.spaces.impair(
              number, Duration.ofMillis(strike.delayMillis()), JITTER, strike.lossPercent());
        }
        case DISK_FULL -> fill();
        case DISK_SLOW -> {
          tally.traces -= run.faults(node).delayedWrites();
          run.faults(node).writeDelay(Duration.ofMillis(strike.writeDelayMillis()));
        }
        case CLOCK -> {
          tally.traces -= run.faults(node).wrongClockReads();
          run.faults(node).clockOffset(strike.isForward() ? CLOCK_JUMP : CLOCK_JUMP.negated());
        }
      }
    }

    private void stutter() {
      try {
        while (!isOver) {
          node.pause();
          tally.traces++;
          TimeUnit.MILLISECONDS.sleep(STOPPED_MILLIS);
          node.resume();
          TimeUnit.MILLISECONDS.sleep(RUNNING_MILLIS);
        }
      } catch (IOException e) {
        run.history.wrong(e.toString());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void fill() throws IOException {
      filler = node.data().resolve("filler");
      try (OutputStream out = Files.newOutputStream(filler)) {
        final byte[] block = new byte[1 << 16];
        while (true) {
          out.write(block);
        }
      } catch (IOException e) {
        tally.traces += Files.getFileStore(node.data()).getUsableSpace() == 0 ? 1 : 0;
      }
    }

    void end() throws IOException, InterruptedException {
      switch (strike.fault()) {
        case KILL -> node.start();
        case PAUSE -> node.resume();
        case STUTTER -> {
          isOver = true;
          thread.join();
        }
        case PARTITION -> {
          run.spaces.mend(number);
          tally.traces += run.spaces.framesCut();
        }
        case LOSS -> {
          run.spaces.repair(number);
          tally.traces += run.spaces.framesLost();
        }
        case DISK_FULL -> Files.deleteIfExists(filler);
        case DISK_SLOW -> {
          run.faults(node).writeDelay(Duration.ZERO);
          tally.traces += run.faults(node).delayedWrites();
        }
        case CLOCK -> {
          run.faults(node).clockOffset(Duration.ZERO);
          tally.traces += run.faults(node).wrongClockReads();
        }
      }
    }

    void heal() throws IOException, InterruptedException {
      final long healedNanos = System.nanoTime();
      tally.restarts += run.awaitWell(node);
      if (strike.fault().silences()) {
        run.expect(node);
      }
      tally.slowestWellMillis = Math.max(tally.slowestWellMillis, millisSince(healedNanos));
      ClusterFixture.await("writes go on after " + strike, firstWrite::isThere);
      tally.slowestWriteMillis =
          Math.max(
              tally.slowestWriteMillis, TimeUnit.NANOSECONDS.toMillis(firstWrite.afterNanos()));
      run.event(strike.fault() + " of " + node.name() + " is over");
    }
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  @Override
  public Integer call() throws Exception {
    final Path jar = options.jar();
    final String missing = NetworkNamespaces.missing();
    if (missing != null) {
      System.err.println("this machine lacks " + missing);
      return 1;
    }
    final Set<Fault> faults = EnumSet.noneOf(Fault.class);
    names.forEach(name -> faults.add(Fault.of(name)));
    final int length = minutes > 0 ? 60 * minutes : seconds;
    final Path directory = Files.createTempDirectory("gongbei-chaos-");
    List<String> wrong;
    final String text;
    boolean isDiskMounted = false;
    ClassArchive.make(jar);
    try (ChaosRun made = ChaosRun.make(jar, directory, options.seed(), options.load())) {
      run = made;
      try {
        mountDisk();
        isDiskMounted = true;
        wrong = live(faults.isEmpty() ? EnumSet.allOf(Fault.class) : faults, length);
      } finally {
        run.bed.killAll();
        if (isDiskMounted) {
          FaultTools.runs("umount", run.bed.members.get(DISK_NODE).data().toString());
        }
      }
      text = text(length, wrong);
    }
    return FaultReport.conclude(text, options.report(), directory, wrong);
  }

  private void mountDisk() throws IOException, InterruptedException {
    final Path data = Files.createDirectories(run.bed.members.get(DISK_NODE).data());
    if (!FaultTools.runs(
        "mount", "-t", "tmpfs", "-o", "size=" + DISK_MEBIBYTES + "m", "tmpfs", data.toString())) {
      throw new IOException("a small disk can't be mounted here");
    }
  }

  private List<String> live(Set<Fault> faults, int length) throws Exception {
    run.start();
    final FaultSchedule schedule =
        new FaultSchedule(
            options.seed(),
            faults,
            run.bed.all().size(),
            length > SHORT_SECONDS ? MAX_LONG_MILLIS : MAX_SHORT_MILLIS,
            length > SHORT_SECONDS);
    final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(length);
    final List<String> wrong = new ArrayList<>();
    try {
      while (System.nanoTime() < end || !schedule.isRound()) {
        strike(schedule);
      }
    } catch (IllegalStateException e) {
      wrong.add(e.getMessage());
    }
    for (final Fault fault : faults) {
      final Tally tally = tallies.get(fault);
      if (wrong.isEmpty() && (tally == null || tally.traces == 0)) {
        wrong.add(fault + " left no trace: it did not happen");
      }
    }
    wrong.addAll(run.finish());
    return wrong;
  }

  private void strike(FaultSchedule schedule) throws IOException, InterruptedException {
    final Strike strike = schedule.next();
    final Running first = new Running(strike, node(strike, null));
    first.begin();
    if (strike.isOverlapped()) {
      TimeUnit.MILLISECONDS.sleep(strike.millis() / 2);
      final Strike other = schedule.next();
      final Running second = new Running(other, node(other, first.node));
      if (second.node != first.node) {
        second.begin();
        TimeUnit.MILLISECONDS.sleep(strike.millis() / 2);
        first.end();
        TimeUnit.MILLISECONDS.sleep(other.millis());
        second.end();
        first.heal();
        second.heal();
        TimeUnit.MILLISECONDS.sleep(other.calmMillis());
        return;
      }
    }
    TimeUnit.MILLISECONDS.sleep(strike.millis());
    first.end();
    first.heal();
    TimeUnit.MILLISECONDS.sleep(strike.calmMillis());
  }

  /**
   * Whom it befalls: one disk alone can be full, and a replica writes no log that could be slow.
   */
  private NodeProcess node(Strike strike, NodeProcess taken) throws InterruptedException {
    if (strike.fault() == Fault.DISK_FULL) {
      return run.bed.members.get(DISK_NODE);
    }
    final List<NodeProcess> all = run.bed.all();
    if (strike.node() == Strike.LEADER) {
      final NodeProcess leader = run.bed.leader();
      if (leader != null && leader != taken) {
        return leader;
      }
    }
    int number = Math.max(strike.node(), 0);
    if (strike.fault() == Fault.DISK_SLOW) {
      number %= ChaosRun.MEMBERS;
    }
    return all.get(number) == taken ? all.get((number + 1) % ChaosRun.MEMBERS) : all.get(number);
  }

  private String text(int length, List<String> wrong) throws IOException {
    final StringBuilder text = new StringBuilder();
    text.append("# Chaos, seed " + options.seed() + ", " + length + " s\n\n");
    FaultReport.judged(text, wrong);
    text.append('\n').append(run.summary()).append("\n\n");
    text.append(
        "| fault | times | of the leader, followers, replicas | seconds | trace | at most ms to a"
            + " write that began after it | at most ms from its end until the node was well |"
            + " nodes started again by hand |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n");
    tallies.forEach(
        (fault, tally) ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "| %s | %d | %d, %d, %d | %.1f | %s | %,d | %,d | %d |%n",
                    fault,
                    tally.times,
                    tally.ofLeader,
                    tally.ofFollower,
                    tally.ofReplica,
                    tally.millis / 1e3,
                    trace(fault, tally.traces),
                    tally.slowestWriteMillis,
                    tally.slowestWellMillis,
                    tally.restarts)));
    return run.withEvents(text);
  }

  private String trace(Fault fault, long count) {
    return String.format(
        Locale.ROOT,
        switch (fault) {
          case KILL -> "%,d processes ended with 137";
          case PAUSE -> "%,d processes were in state T";
          case STUTTER -> "%,d stops";
          case PARTITION -> "%,d frames kept back";
          case LOSS -> "%,d frames lost, " + run.spaces.framesDelayed() + " late";
          case DISK_FULL -> "%,d times 0 bytes were left";
          case DISK_SLOW -> "%,d writes were late";
          case CLOCK -> "%,d times a wrong clock was read";
        },
        count);
  }
}
