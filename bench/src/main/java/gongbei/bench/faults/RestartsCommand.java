package gongbei.bench.faults;

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
 * replica, some of them again while they start, and waits each time until the node follows, leads
 * or feeds on and knows all holders. Ends with 1 where one does not come back, or anything else was
 * wrong.
 */
@Command(
    name = "restarts",
    description = "Kills nodes by kill -9, over and over, and waits for them.",
    mixinStandardHelpOptions = true)
public final class RestartsCommand implements Callable<Integer> {
  private static final int AGAIN_PERCENT = 25;
  private static final int MAX_START_MILLIS = 4_000;
  private static final int MAX_CALM_MILLIS = 1_500;

  @Option(names = "--times", defaultValue = "100", description = "How often a node is killed.")
  private int times;

  @Mixin private ChaosOptions options;

  private final Histogram backMillis = new Histogram(3);
  private int kills;
  private int whileStarting;
  private int restartsByHand;

  @Override
  public Integer call() throws Exception {
    final Path jar = options.jar();
    final String missing = NetworkNamespaces.missing();
    if (missing != null) {
      System.err.println("this machine lacks " + missing);
      return 1;
    }
    final Path directory = Files.createTempDirectory("gongbei-restarts-");
    final List<String> wrong = new ArrayList<>();
    final String text;
    try (ChaosRun run = ChaosRun.make(jar, directory, options.seed(), options.load())) {
      run.start();
      try {
        killAll(run);
      } catch (IllegalStateException e) {
        wrong.add(e.getMessage());
      }
      wrong.addAll(run.finish());
      text = text(run, wrong);
    }
    return FaultReport.conclude(text, options.report(), directory, wrong);
  }

  private void killAll(ChaosRun run) throws IOException, InterruptedException {
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
      final long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos);
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
                + " %,d ms.%n%n%s%n",
            kills,
            whileStarting,
            restartsByHand,
            backMillis.getValueAtPercentile(50),
            backMillis.getValueAtPercentile(90),
            backMillis.getMaxValue(),
            run.summary()));
    return run.withEvents(text);
  }
}
