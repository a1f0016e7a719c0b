package gongbei.bench.faults;

import gongbei.bench.setup.ChildProcess;
import gongbei.bench.setup.HistoryBed;
import gongbei.bench.setup.NodeJar;
import gongbei.bench.setup.NodeProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code restart-bench}: stops and starts a node over what {@code why-bench} has loaded, and kills
 * it by kill -9 under writes; says how long it took to serve, and to have its tree back. Ends with
 * 1 where that took longer than it may, or anything was wrong.
 */
@Command(
    name = "restart-bench",
    description = "Stops, kills and starts a node over what why-bench has loaded.",
    mixinStandardHelpOptions = true)
public final class HistoryKillCommand implements Callable<Integer> {
  private static final int MAX_SERVING_MILLIS = 5_000;
  private static final int MAX_REBUILT_MILLIS = 30_000;

  @Parameters(
      paramLabel = "DIR",
      index = "0",
      description = "The directory that why-bench was given.")
  private Path directory;

  @Option(names = "--writes", defaultValue = "729", description = "A second, by 2 authorities.")
  private int writes;

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description = "How long is written before each stop.")
  private int seconds;

  @Option(names = "--heap", defaultValue = "2g", description = "The node's, as for -Xmx.")
  private String heap;

  @Mixin private NodeJar jar = new NodeJar();

  @Override
  public Integer call() throws Exception {
    final List<String> launch = NodeProcess.launchOf(List.of("-Xmx" + heap), jar.require());
    final HistoryBed bed = HistoryBed.read(directory);
    try (HistoryKill kill = new HistoryKill(bed, launch, ChildProcess.freePort(), writes)) {
      final HistoryKill.Result result = kill.run(Duration.ofSeconds(seconds));
      System.out.printf(
          Locale.ROOT,
          "%,d residents, %,d changes of them%n"
              + "after a clean stop a code was scanned %s%n"
              + "after kill -9 a code was scanned after %,d ms%n"
              + "after kill -9 the tree was rebuilt, a new head signed over it %s%n"
              + "the head of %,d goes on from that of %,d before kill -9; %,d writes acknowledged,"
              + " %,d of them before it, each in the history once with its signer%n",
          bed.residents(),
          bed.changes(),
          within(result.servingMillis(), MAX_SERVING_MILLIS),
          result.servingKilledMillis(),
          within(result.rebuiltMillis(), MAX_REBUILT_MILLIS),
          result.after().head().size(),
          result.before().head().size(),
          result.acknowledged(),
          result.acknowledgedBefore());
      return result.servingMillis() <= MAX_SERVING_MILLIS
              && result.rebuiltMillis() <= MAX_REBUILT_MILLIS
          ? 0
          : 1;
    } catch (IllegalStateException e) {
      System.out.println("wrong: " + e.getMessage());
      return 1;
    }
  }

  private static String within(long millis, int most) {
    return String.format(
        Locale.ROOT,
        "after %,d ms (of %,d at most): %s",
        millis,
        most,
        millis <= most ? "yes" : "NO");
  }
}
