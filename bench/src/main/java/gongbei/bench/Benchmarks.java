package gongbei.bench;

import gongbei.bench.capacity.SimulateCommand;
import gongbei.bench.corpora.CorporaCommand;
import gongbei.bench.faults.ChaosCommand;
import gongbei.bench.faults.ClusterFaults;
import gongbei.bench.faults.DiskFullCommand;
import gongbei.bench.faults.HistoryKillCommand;
import gongbei.bench.faults.MintOutageCommand;
import gongbei.bench.faults.RestartsCommand;
import gongbei.bench.faults.SealingBenchmark;
import gongbei.bench.load.IdleCommand;
import gongbei.bench.load.LoadCommand;
import gongbei.bench.load.LogBenchmark;
import gongbei.bench.load.ReplicaBenchmark;
import gongbei.bench.load.RulesBenchmark;
import gongbei.bench.load.SoakCommand;
import gongbei.bench.load.TcpVersusHttpBenchmark;
import gongbei.bench.load.WhyBenchmark;
import gongbei.bench.report.ReportCommand;
import gongbei.bench.setup.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/**
 * The command {@code benchmarks.jar}: a subcommand where the first argument names one; else JMH,
 * which takes all arguments as they are.
 */
@Command(
    name = "benchmarks.jar",
    description = "Runs JMH, which takes all arguments (-h lists them), or a subcommand.",
    subcommands = {
      LoadCommand.class,
      IdleCommand.class,
      ReportCommand.class,
      SimulateCommand.class,
      CorporaCommand.class,
      TcpVersusHttpBenchmark.class,
      ChaosCommand.class,
      RestartsCommand.class,
      DiskFullCommand.class,
      MintOutageCommand.class,
      ClusterFaults.class,
      LogBenchmark.class,
      ReplicaBenchmark.class,
      RulesBenchmark.class,
      SealingBenchmark.class,
      HistoryKillCommand.class,
      SoakCommand.class,
      WhyBenchmark.class
    })
public final class Benchmarks implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Unmatched private List<String> jmhArguments = new ArrayList<>();

  private Benchmarks() {}

  /**
   * Runs a subcommand, or JMH: {@code -h} lists JMH's arguments. Exits by 0, by 2 where the
   * arguments are invalid, by 3 where a benchmark fails.
   */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** Returns the command with its subcommands. */
  public static CommandLine commandLine() {
    final CommandLine line =
        new CommandLine(new Benchmarks()).setCaseInsensitiveEnumValuesAllowed(true);
    // What follows an argument of JMH's is JMH's too, though it be named as a subcommand is.
    line.getCommandSpec().parser().stopAtUnmatched(true);
    for (final CommandLine subcommand : line.getSubcommands().values()) {
      subcommand.setStopAtUnmatched(false).setUnmatchedArgumentsAllowed(false);
    }
    return line.setParameterExceptionHandler(
            (refused, arguments) -> {
              final CommandLine command = refused.getCommandLine();
              command
                  .getErr()
                  .println(
                      command.getCommandSpec().qualifiedName()
                          + ": "
                          + refused.getMessage()
                          + ": see --help");
              return 2;
            })
        .setExecutionExceptionHandler(
            (fault, command, parsed) -> {
              final String why = Refusal.inOneLine(fault).orElseThrow(() -> fault);
              command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + why);
              return fault instanceof Refusal ? 2 : 3;
            });
  }

  @Override
  public Integer call() throws IOException {
    final PrintWriter err = spec.commandLine().getErr();
    if (jmhArguments.equals(List.of("--help"))) {
      spec.commandLine().usage(spec.commandLine().getOut());
      return 0;
    }
    try {
      JmhRun.run(jmhArguments.toArray(new String[0]));
      return 0;
    } catch (CommandLineOptionException e) {
      err.println("benchmarks.jar: " + e.getMessage() + ": see --help, and -h for JMH's own");
    } catch (NoBenchmarksException e) {
      err.println(
          "benchmarks.jar: no benchmark or subcommand is named so: see --help, and -l for the"
              + " benchmarks");
    } catch (RunnerException e) {
      err.println("benchmarks.jar: " + e.getMessage());
      return 3;
    }
    return 2;
  }
}
