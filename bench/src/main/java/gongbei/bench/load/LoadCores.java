package gongbei.bench.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.bench.setup.CoreSet;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code load cores}. Ends with 1 where an answer was wrong or did not come. */
@Command(
    name = "cores",
    description =
        "Runs a node on so many cores after another, kept to them, with the generator on those that"
            + " are left, and prints what it answers at most.",
    mixinStandardHelpOptions = true)
final class LoadCores implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec spec;

  @Option(names = "--directory", required = true, description = "What load prepare has made.")
  private Path directory;

  @Option(
      names = "--counts",
      defaultValue = "2,4,8",
      split = ",",
      description = "The node's cores, one run for each.")
  private List<Integer> counts;

  @Option(
      names = "--a-core",
      defaultValue = "70000",
      description = "Scans a second that are asked for each of the node's cores.")
  private int aCore;

  @Option(names = "--seconds", defaultValue = "10", description = "Of each run.")
  private int seconds;

  @Option(names = "--connections", defaultValue = "24", description = "How many.")
  private int connections;

  @Option(
      names = "--run",
      defaultValue = "",
      split = " ",
      description = "Further options of load run, blanks between, as in --http2 --in-flight 64.")
  private List<String> more;

  @Override
  public Integer call() throws IOException {
    final List<Integer> cores = cores();
    final Path results = Files.createTempDirectory("load-cores");
    final PrintWriter out = spec.commandLine().getOut();
    final List<JsonNode> rows = new ArrayList<>();
    int worst = 0;
    try {
      for (final int count : counts) {
        final Path result = results.resolve(count + ".json");
        final int code = run(cores, count, result);
        if (!Files.exists(result)) {
          return code;
        }
        rows.add(JSON.readTree(Files.readAllBytes(result)));
        Files.delete(result);
        worst = Math.max(worst, code);
      }
    } finally {
      Files.delete(results);
    }
    out.println("| cores | right a second | shed | p50 | p99 | cores used | µs a scan |");
    out.println("| --- | --- | --- | --- | --- | --- | --- |");
    for (int i = 0; i < rows.size(); i++) {
      out.println(row(counts.get(i), rows.get(i)));
    }
    out.flush();
    return worst;
  }

  /** The cores that there are, which have to be more than the most that the node gets. */
  private List<Integer> cores() throws IOException {
    final CoreSet there = CoreSet.ofThisProcess();
    for (final int count : counts) {
      if (count < 1 || count >= there.count()) {
        throw new ParameterException(
            spec.commandLine(),
            "--counts has "
                + count
                + ", and the generator needs a core besides; this process may run on "
                + there);
      }
    }
    return there.each();
  }

  private int run(List<Integer> cores, int count, Path result) {
    final List<String> arguments =
        new ArrayList<>(
            List.of(
                "--directory",
                directory.toString(),
                "--node-cores",
                list(cores.subList(0, count)),
                "--generator-cores",
                list(cores.subList(count, cores.size())),
                "--plan",
                (long) aCore * count + "x" + seconds,
                "--connections",
                Integer.toString(connections),
                "--name",
                count + " cores",
                "--result",
                result.toString()));
    more.stream().filter(option -> !option.isBlank()).forEach(arguments::add);
    final CommandLine own = spec.commandLine();
    return new CommandLine(new LoadRun())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(own.getParameterExceptionHandler())
        .setExecutionExceptionHandler(own.getExecutionExceptionHandler())
        .setOut(own.getOut())
        .setErr(own.getErr())
        .execute(arguments.toArray(new String[0]));
  }

  private static String list(List<Integer> cores) {
    return String.join(",", cores.stream().map(core -> Integer.toString(core)).toList());
  }

  private static String row(int count, JsonNode result) {
    final double used = result.path("serverCpuSeconds").asDouble();
    final long answered = result.path("right").asLong() + result.path("shed").asLong();
    return String.format(
        Locale.ROOT,
        "| %d | %,.0f | %,d | %,.1f ms | %,.1f ms | %.2f | %.1f |",
        count,
        result.path("rightASecond").asDouble(),
        result.path("shed").asLong(),
        result.at("/answeredMicros/50").asDouble() / 1e3,
        result.at("/answeredMicros/99").asDouble() / 1e3,
        used / result.path("seconds").asDouble(),
        used * 1e6 / Math.max(1, answered));
  }
}
