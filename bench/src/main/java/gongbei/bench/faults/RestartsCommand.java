package gongbei.bench.faults;

import gongbei.bench.setup.ClassArchive;
import gongbei.bench.setup.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code restarts}: kills nodes of a cluster under load by kill -9, the leader, a follower or a
 * replica, some of them again while they start, or all members at once, and waits each time until
 * the node follows, leads or feeds on and knows all holders. Ends with 1 where one does not come
 * back or not soon enough, or anything else was wrong.
 */
@Command(
    name = "restarts",
    description = "Kills nodes by kill -9, over and over, and waits for them.",
    mixinStandardHelpOptions = true)
public final class RestartsCommand implements Callable<Integer> {
  private static final int AGAIN_PERCENT = 25;
  private static final int MAX_START_MILLIS = 4_000;
  private static final int MAX_CALM_MILLIS = 1_500;

  @Option(names = "--times", defaultValue = "100", description = "How often one is killed, or all.")
  private int times;

  @Option(
      names = "--all",
      description = "Kill all members at once each time, and wait for a leader and for all.")
  private boolean all;

  @Option(
      names = "--no-class-archive",
      description = "Start nodes without the archive of their classes that installed nodes have.")
  private boolean bare;

  @Option(
      names = "--max-median-millis",
      defaultValue = "0",
      description = "The most that a node may take to be well, at the median; default 0, any.")
  private int maxMedianMillis;

  @Option(
      names = "--max-millis",
      defaultValue = "0",
      description = "The most that any node may take to be well; default 0, any.")
  private int maxMillis;

  @Option(
      names = "--max-leader-millis",
      defaultValue = "0",
      description = "The most that a leader may take after all were killed; default 0, any.")
  private int maxLeaderMillis;

  @Mixin private ChaosOptions options;

  private final Histogram backMillis = new Histogram(3);
  private final Histogram leaderMillis = new Histogram(3);
  private int kills;
  private int whileStarting;
  private int restartsByHand;

  @Override
  public Integer call() throws Exception {
    final Path given = options.jar();
    final String missing = NetworkNamespaces.missing();
    if (missing != null) {
      System.err.println("this machine lacks " + missing);
      return 1;
    }
    final Path directory = Files.createTempDirectory("gongbei-restarts-");
    // A copy has no archive beside it.
    final Path jar = bare ? Files.copy(given, directory.resolve("gongbei.jar")) : given;
    if (!bare) {
      ClassArchive.make(jar);
    }
    final List<String> wrong = new ArrayList<>();
    final String text;
    try (ChaosRun run = ChaosRun.make(jar, directory, options.seed(), options.load())) {
      run.start();
      try {
        if (all) {
          killMembersAtOnce(run);
        } else {
          killOneByOne(run);
        }
      } catch (IllegalStateException e) {
        wrong.add(e.getMessage());
      }
      bound(wrong, "a node took to be well, at the median,", backMedian(), maxMedianMillis);
      bound(wrong, "a node took to be well,", backMillis.getMaxValue(), maxMillis);
      bound(wrong, "a leader took,", leaderMillis.getMaxValue(), maxLeaderMillis);
      wrong.addAll(run.finish());
      text = text(run, wrong);
    }
    return FaultReport.conclude(text, options.report(), directory, wrong);
  }

  private long backMedian() {
    return backMillis.getValueAtPercentile(50);
  }

  private static void bound(List<String> wrong, String what, long millis, int mostMillis) {
    if (mostMillis > 0 && millis > mostMillis) {
      wrong.add(
          String.format(
              Locale.ROOT, "what %s %,d ms, was to be at most %,d ms", what, millis, mostMillis));
    }
  }

  private void killMembersAtOnce(ChaosRun run) throws IOException, InterruptedException {
    final SplittableRandom random = new SplittableRandom(options.seed());
    for (int round = 1; round <= times; round++) {
      for (final NodeProcess member : run.bed.members) {
        run.excuse(member);
      }
      for (final NodeProcess member : run.bed.members) {
        member.kill();
      }
      final long killedNanos = System.nanoTime();
      for (final NodeProcess member : run.bed.members) {
        member.start();
        kills++;
      }
      run.bed.awaitLeader();
      final long millis = millisSince(killedNanos);
      leaderMillis.recordValue(millis);
      for (final NodeProcess member : run.bed.members) {
        restartsByHand += run.awaitWell(member);
        backMillis.recordValue(millisSince(killedNanos));
        run.expect(member);
      }
      run.event(
          "there is a leader "
              + millis
              + " ms after all were killed, and all are well after "
              + millisSince(killedNanos)
              + " ms");
      TimeUnit.MILLISECONDS.sleep(random.nextInt(MAX_CALM_MILLIS));
    }
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  private void killOneByOne(ChaosRun run) throws IOException, InterruptedException {
    final SplittableRandom random = new SplittableRandom(options.seed());
    while (kills < times) {
      final NodeProcess leader = run.bed.leader();
      final NodeProcess node =
          leader != null && random.nextInt(3) == 0
              ? leader
              : run.bed.all().get(random.nextInt(run.bed.all().size()));
      run.excuse(node);
      kill(node);
      while (kills < times && random.nextInt(100) < AGAIN_PERCENT) {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(MAX_START_MILLIS));
        kill(node);
        whileStarting++;
      }
      final long startedNanos = System.nanoTime();
      restartsByHand += run.awaitWell(node);
      run.expect(node);
      final long millis = millisSince(startedNanos);
      backMillis.recordValue(millis);
      run.event(
          node.name()
              + (node == leader ? ", which led," : "")
              + " is back from kill "
              + kills
              + " after "
              + millis
              + " ms");
      TimeUnit.MILLISECONDS.sleep(random.nextInt(MAX_CALM_MILLIS));
    }
  }

  private void kill(NodeProcess node) throws IOException, InterruptedException {
    node.kill();
    kills++;
    node.start();
  }

  private String leaders() {
    return leaderMillis.getTotalCount() == 0
        ? ""
        : String.format(
            Locale.ROOT,
            "%nA leader again, from when all members were killed: p50 %,d ms, p90 %,d ms, at most"
                + " %,d ms.",
            leaderMillis.getValueAtPercentile(50),
            leaderMillis.getValueAtPercentile(90),
            leaderMillis.getMaxValue());
  }

  private String text(ChaosRun run, List<String> wrong) {
    final StringBuilder text = new StringBuilder();
    text.append("# " + kills + " times kill -9, seed " + options.seed() + "\n\n");
    FaultReport.judged(text, wrong);
    text.append(
        String.format(
            Locale.ROOT,
            "%n%d kills, %d of them while the node was starting; %d nodes said that they had failed"
                + " and were started again by hand.%nBack, from the last start until the node"
                + " followed, led or fed on and knew all holders: p50 %,d ms, p90 %,d ms, at most"
                + " %,d ms.%s%n%n%s%n",
            kills,
            whileStarting,
            restartsByHand,
            backMedian(),
            backMillis.getValueAtPercentile(90),
            backMillis.getMaxValue(),
            leaders(),
            run.summary()));
    return run.withEvents(text);
  }
}
