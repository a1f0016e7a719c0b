package gongbei.bench.load;

import gongbei.bench.setup.NodeJar;
import gongbei.bench.setup.ThreadTimes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.IoUtil;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code idle}: what a node costs that nobody asks anything, thread by thread. */
@Command(
    name = "idle",
    description =
        "Measures what a node costs that nobody asks: processor time and wake-ups of each thread.",
    mixinStandardHelpOptions = true)
public final class IdleCommand implements Callable<Integer> {
  private static final int RESIDENTS = 1_000;
  private static final int SHOWN = 30;

  @Option(
      names = "--warm-up",
      defaultValue = "15",
      description = "Seconds that are not measured; default ${DEFAULT-VALUE}.")
  private int warmUpSeconds;

  @Option(
      names = "--seconds",
      defaultValue = "30",
      description = "Seconds that are; default ${DEFAULT-VALUE}.")
  private int seconds;

  @Mixin private NodeJar jar = new NodeJar();

  @Option(
      names = "--settings",
      defaultValue = "",
      description = "More lines of the node's configuration, YAML.")
  private String settings;

  @Override
  public Integer call() throws Exception {
    jar.require();
    final Path directory = Files.createTempDirectory("gongbei-idle-");
    try {
      final LoadFixture bed = new LoadFixture(directory);
      bed.populate(RESIDENTS);
      try (LoadFixture.RunningNode node =
          bed.start(jar.path(), List.of("-Xmx256m"), "signingKeyDirectory: keys\n" + settings)) {
        TimeUnit.SECONDS.sleep(warmUpSeconds);
        measure(node.process().pid());
      }
      return 0;
    } finally {
      IoUtil.delete(directory.toFile(), true);
    }
  }

  private void measure(long pid) throws IOException, InterruptedException {
    final ThreadTimes before = ThreadTimes.of(pid);
    final long startedNanos = System.nanoTime();
    TimeUnit.SECONDS.sleep(seconds);
    final double passed = (System.nanoTime() - startedNanos) / 1e9;
    final List<ThreadTimes.One> used = ThreadTimes.of(pid).since(before);
    final Duration all =
        used.stream().map(ThreadTimes.One::cpu).reduce(Duration.ZERO, Duration::plus);
    System.out.printf(
        Locale.ROOT,
        "%.3f cores and %,.0f wake-ups a second for %.0f s of nothing%n",
        all.toMillis() / 1e3 / passed,
        used.stream().mapToLong(ThreadTimes.One::wakes).sum() / passed,
        passed);
    try (Stream<ThreadTimes.One> dearest = used.stream().limit(SHOWN)) {
      dearest.forEach(
          each ->
              System.out.printf(
                  Locale.ROOT,
                  "  %-15s %6.2f %% of a core %,8.0f wake-ups a second%n",
                  each.name(),
                  each.cpu().toMillis() / 10.0 / passed,
                  each.wakes() / passed));
    }
  }
}
