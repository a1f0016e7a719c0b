package gongbei.bench.faults;

import gongbei.bench.setup.NodeJar;
import gongbei.bench.setup.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code disk-full}: fills up the disk of a node that is alone, at random moments under writes,
 * makes room, fills it up again, and starts the node again when there is room. Ends with 1 where
 * something acknowledged was lost, a node did not go on by itself or did not come back when it was
 * started, or a request waited for a log that had failed.
 */
@Command(
    name = "disk-full",
    description = "Fills up a node's disk under writes, over and over; the node goes on by itself.",
    mixinStandardHelpOptions = true)
public final class DiskFullCommand implements Callable<Integer> {
  @Option(
      names = "--file-system",
      split = ",",
      defaultValue = "ext4,tmpfs",
      description = "tmpfs, ext4 or ext4-small-blocks (1 KiB); default ${DEFAULT-VALUE}.")
  private List<String> fileSystems;

  @Option(names = "--times", defaultValue = "20", description = "How often, on each.")
  private int times;

  @Option(names = "--seed", defaultValue = "1", description = "Decides moments and sizes.")
  private long seed;

  @Option(names = "--keep", description = "Keep the files of tries that went wrong.")
  private boolean isKeeping;

  @Mixin private NodeJar jar = new NodeJar();

  @Override
  public Integer call() throws IOException, InterruptedException {
    jar.require();
    final String missing = SmallDisk.missing();
    if (missing != null) {
      System.err.println("this machine lacks " + missing);
      return 1;
    }
    int wrong = 0;
    for (final String name : fileSystems) {
      final SmallDisk.Kind kind =
          SmallDisk.Kind.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
      for (int i = 0; i < times; i++) {
        if (!attempt(kind, name, i)) {
          wrong++;
        }
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d tries, seed %d: %s%n",
        times * fileSystems.size(),
        seed,
        wrong == 0 ? "nothing acknowledged was lost, every node came back" : wrong + " went wrong");
    return wrong == 0 ? 0 : 1;
  }

  private boolean attempt(SmallDisk.Kind kind, String name, int number)
      throws IOException, InterruptedException {
    final Path directory = Files.createTempDirectory("gongbei-disk-full-");
    final long startedNanos = System.nanoTime();
    final List<String> launch = NodeProcess.launchOf(List.of("-Xmx256m"), jar.path());
    String line;
    boolean isGood = false;
    try (DiskFullAttempt attempt =
        new DiskFullAttempt(launch, kind, directory, seed * 1_000_003 + number)) {
      final DiskFullAttempt.Result result = attempt.run();
      isGood = true;
      line =
          String.format(
              Locale.ROOT,
              "%,d changes acknowledged, all there; took changes by itself %,d ms after there was"
                  + " room; refused after %d ms: %s; %s",
              result.acknowledged(),
              result.backMillis(),
              result.refusalMillis(),
              result.refusal().isEmpty() ? "no request" : result.refusal(),
              result.removed().isEmpty() ? "nothing was cut short" : result.removed());
    } catch (Exception e) {
      line = "WRONG: " + e;
    }
    System.out.printf(
        Locale.ROOT,
        "%s %d (%d s): %s%n",
        name,
        number,
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedNanos),
        line);
    if (isGood || !isKeeping) {
      ClusterFixture.delete(directory);
    } else {
      System.out.println("  what it said is in " + directory);
    }
    return isGood;
  }
}
