package gongbei.verifier.cli.history;

import gongbei.codec.transparency.TileSource;
import gongbei.codec.transparency.TransparencyException;
import gongbei.codec.trust.FileFault;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.remote.NodeAccess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Watches a history. */
@Command(
    name = "watch",
    description =
        "Monitors a history: checks each signed head against the earlier ones and every new"
            + " entry against the heads, and reports forks and mass changes by authority and"
            + " ground. Several nodes of one region are compared with each other.")
final class WatchCommand implements Callable<Integer> {
  private static final int MAX_SECONDS = 86_400;

  @Spec private CommandSpec spec;

  @Mixin private NodeAccess access;

  @Parameters(
      paramLabel = "PLACE",
      arity = "1..*",
      description = "The address of a node, or a directory; several of one region.")
  private List<String> places;

  @Option(
      names = "--certificate",
      paramLabel = "FILE",
      required = true,
      description =
          "The certificate of the key that signs heads, PEM or DER, or a directory of those of the"
              + " region.")
  private Path certificate;

  @Option(
      names = "--state",
      paramLabel = "FILE",
      required = true,
      description = "The file that keeps heads between runs; it is created if it does not exist.")
  private Path stateFile;

  @Option(
      names = "--most-an-hour",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "Report an authority that in an hour and on one ground turns more holders yellow or"
              + " red, says of more that they are dead, or revokes codes or takes doses or tests"
              + " of more; default ${DEFAULT-VALUE}.")
  private long mostAnHour;

  @Option(
      names = "--interval",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "Seconds between checks; default ${DEFAULT-VALUE}.")
  private int interval;

  @Option(
      names = "--behind",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description =
          "Seconds for which a node may sign heads of fewer entries than another has signed;"
              + " default ${DEFAULT-VALUE}.")
  private int behind;

  @Option(names = "--once", description = "Check once and exit.")
  private boolean once;

  @Option(names = "--json", description = "Write JSON, an object a line.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    if (interval < 1 || interval > MAX_SECONDS || behind < 0 || behind > MAX_SECONDS) {
      throw CommandException.usage(
          "--interval and --behind are not from 1 and 0 to " + MAX_SECONDS + " seconds");
    }
    if (mostAnHour < 1) {
      throw CommandException.usage("--most-an-hour is not 1 or more");
    }
    final MonitorState state = state();
    final HistoryMonitor monitor =
        new HistoryMonitor(
            HistoryPlace.keys(certificate, spec.commandLine().getErr()), state, mostAnHour, behind);
    boolean isFound = false;
    while (true) {
      for (final String place : places) {
        for (final Finding finding : look(monitor, new HistoryPlace(place))) {
          isFound = true;
          print(place, finding);
          if (finding.isFinal()) {
            return ExitCode.REFUSED;
          }
        }
      }
      if (once) {
        state.head.ifPresent(
            head -> {
              spec.commandLine().getErr().println("watched up to version " + head.head().size());
              spec.commandLine().getErr().flush();
            });
        return isFound ? ExitCode.REFUSED : ExitCode.OK;
      }
      TimeUnit.SECONDS.sleep(interval);
    }
  }

  private MonitorState state() {
    try {
      return MonitorState.read(stateFile);
    } catch (TransparencyException e) {
      throw CommandException.unreachable(stateFile + ": " + e.getMessage());
    } catch (IOException e) {
      throw CommandException.unreachable(stateFile + " " + FileFault.reasonOf(e));
    }
  }

  /** A node that can't be reached is asked again at the next turn, where there is one. */
  private List<Finding> look(HistoryMonitor monitor, HistoryPlace place) {
    try {
      final TileSource source = place.open(access);
      return monitor.look(source);
    } catch (TransparencyException e) {
      return List.of(Finding.of(e.reason().wireName(), e.getMessage()));
    } catch (UncheckedIOException e) {
      return orTold(place.unreachable(e.getCause()));
    } catch (IOException e) {
      return orTold(place.unreachable(e));
    }
  }

  private List<Finding> orTold(CommandException unreached) {
    if (once) {
      throw unreached;
    }
    spec.commandLine().getErr().println(unreached.getMessage());
    spec.commandLine().getErr().flush();
    return List.of();
  }

  private void print(String place, Finding finding) {
    spec.commandLine()
        .getOut()
        .println(
            json
                ? finding.json().put("place", place)
                : finding.reason() + ": " + place + ": " + finding.message());
    spec.commandLine().getOut().flush();
  }
}
