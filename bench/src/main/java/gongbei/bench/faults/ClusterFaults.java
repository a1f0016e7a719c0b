package gongbei.bench.faults;

import gongbei.bench.setup.NodeJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code cluster-faults}: breaks a cluster in every way that it has to outlive, each node in a
 * process of its own. Prints a line for each scenario; ends with 1 where one has failed.
 */
@Command(
    name = "cluster-faults",
    description = "Breaks a cluster, scenario by scenario, each node a process of its own.",
    mixinStandardHelpOptions = true)
public final class ClusterFaults implements Callable<Integer> {
  @Parameters(
      paramLabel = "SCENARIO",
      arity = "0..*",
      description = "Which; all where none is named: ${COMPLETION-CANDIDATES}.",
      completionCandidates = ScenarioNames.class)
  private List<String> names = List.of();

  @Option(names = "--kills", defaultValue = "20", description = "How often a leader is killed.")
  private int kills;

  @Option(names = "--rate", defaultValue = "1000", description = "Changes a second.")
  private int writesASecond;

  @Option(
      names = "--base-port",
      defaultValue = "26000",
      description = "The first of 64 ports of each scenario.")
  private int basePort;

  @Option(names = "--keep", description = "Keep what the nodes left.")
  private boolean isKeeping;

  @Mixin private NodeJar jar = new NodeJar();

  /** The names of all scenarios. */
  private static final class ScenarioNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return new ClusterFaults().scenarios().keySet().iterator();
    }
  }

  private Map<String, FaultScenario> scenarios() {
    final FaultSetting setting = new FaultSetting(jar.path(), basePort, writesASecond);
    final Map<String, FaultScenario> scenarios = new TreeMap<>();
    scenarios.putAll(new ProcessScenarios(setting, kills).all());
    scenarios.putAll(new NetworkScenarios(setting).all());
    scenarios.putAll(new StorageScenarios(setting).all());
    return scenarios;
  }

  @Override
  public Integer call() throws IOException {
    final Map<String, FaultScenario> scenarios = scenarios();
    for (final String name : names) {
      if (!scenarios.containsKey(name)) {
        System.err.println(name + " is no scenario: " + String.join(", ", scenarios.keySet()));
        return 2;
      }
    }
    jar.require();
    return run(scenarios) ? 0 : 1;
  }

  private boolean run(Map<String, FaultScenario> scenarios) throws IOException {
    boolean isGood = true;
    for (final Map.Entry<String, FaultScenario> each : scenarios.entrySet()) {
      if (!names.isEmpty() && !names.contains(each.getKey())) {
        continue;
      }
      final Path directory = Files.createTempDirectory("gongbei-" + each.getKey() + "-");
      final long startedNanos = System.nanoTime();
      String line;
      try {
        line = each.getValue().run(directory);
        if (isKeeping) {
          line += "; what the nodes said is in " + directory;
        } else {
          ClusterFixture.delete(directory);
        }
      } catch (Exception e) {
        isGood = false;
        line = "FAILED: " + e + "; what the nodes said is in " + directory;
      }
      System.out.printf(
          Locale.ROOT,
          "%-20s %s (%d s)%n",
          each.getKey(),
          line,
          TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedNanos));
    }
    return isGood;
  }
}
