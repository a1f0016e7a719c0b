package gongbei.bench;

import gongbei.bench.capacity.SimulateCommand;
import gongbei.bench.corpora.CorporaCommand;
import gongbei.bench.faults.ChaosCommand;
import gongbei.bench.faults.ClusterFaults;
import gongbei.bench.faults.DiskFullCommand;
import gongbei.bench.faults.RestartsCommand;
import gongbei.bench.faults.SealingBenchmark;
import gongbei.bench.load.LoadCommand;
import gongbei.bench.load.LogBenchmark;
import gongbei.bench.load.ReplicaBenchmark;
import gongbei.bench.load.SoakCommand;
import gongbei.bench.load.TcpVersusHttpBenchmark;
import gongbei.bench.report.ReportCommand;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import org.openjdk.jmh.Main;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The commands of this module that are no benchmarks of JMH's, where the first argument names one;
 * else JMH's own command line, with the forked processes given the openings of the JDK that this
 * jar's manifest asks for: a fork is not started by {@code -jar} and would not see them.
 */
public final class Benchmarks {
  /** The first JDK that warns of native code that was not allowed. */
  private static final int FIRST_RESTRICTING_NATIVE_CODE = 24;

  private Benchmarks() {}

  /** Takes a command that is no benchmark of JMH's, or JMH's arguments: {@code -h} lists these. */
  public static void main(String[] arguments)
      throws IOException, RunnerException, CommandLineOptionException {
    final CommandLine tools = commandLine();
    if (arguments.length > 0 && tools.getSubcommands().containsKey(arguments[0])) {
      System.exit(tools.execute(arguments));
    }
    final CommandLineOptions options = new CommandLineOptions(arguments);
    final boolean asks =
        options.shouldHelp()
            || options.shouldList()
            || options.shouldListWithParams()
            || options.shouldListProfilers()
            || options.shouldListResultFormats();
    if (asks) {
      Main.main(arguments);
    } else {
      new Runner(
              new OptionsBuilder()
                  .parent(options)
                  .jvmArgsAppend(openings().toArray(new String[0]))
                  .build())
          .run();
    }
  }

  /** The commands that are no benchmarks of JMH's. */
  public static CommandLine commandLine() {
    return new CommandLine(new Tools()).setCaseInsensitiveEnumValuesAllowed(true);
  }

  /** What is not JMH's. */
  @Command(
      name = "benchmarks.jar",
      subcommands = {
        LoadCommand.class,
        ReportCommand.class,
        SimulateCommand.class,
        CorporaCommand.class,
        TcpVersusHttpBenchmark.class,
        ChaosCommand.class,
        RestartsCommand.class,
        DiskFullCommand.class,
        ClusterFaults.class,
        LogBenchmark.class,
        ReplicaBenchmark.class,
        SealingBenchmark.class,
        SoakCommand.class
      })
  private static final class Tools {}

  private static List<String> openings() throws IOException {
    final List<String> arguments = new ArrayList<>();
    for (final URL url :
        Collections.list(Benchmarks.class.getClassLoader().getResources("META-INF/MANIFEST.MF"))) {
      try (InputStream bytes = url.openStream()) {
        final Attributes manifest = new Manifest(bytes).getMainAttributes();
        if (Benchmarks.class.getName().equals(manifest.getValue(Attributes.Name.MAIN_CLASS))) {
          add(arguments, "--add-exports=", manifest.getValue("Add-Exports"));
          add(arguments, "--add-opens=", manifest.getValue("Add-Opens"));
        }
      }
    }
    if (Runtime.version().feature() >= FIRST_RESTRICTING_NATIVE_CODE) {
      arguments.add("--enable-native-access=ALL-UNNAMED");
    }
    return arguments;
  }

  private static void add(List<String> arguments, String option, String packages) {
    for (final String each : packages.split(" ", -1)) {
      arguments.add(option + each + "=ALL-UNNAMED");
    }
  }
}
