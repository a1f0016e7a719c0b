package gongbei.verifier.cli;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line: {@code java -jar gongbei.jar COMMAND}. */
@Command(
    name = "gongbei",
    description = "Verifies signed health codes.",
    mixinStandardHelpOptions = true,
    versionProvider = Gongbei.Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success; every code passes",
      "1:refused",
      "2:what was typed can't be meant",
      "3:something can't be reached, or has failed"
    },
    subcommands = {
      DecodeCommand.class,
      VerifyCommand.class,
      KeygenCommand.class,
      IssueCommand.class,
      LoadCommand.class,
      ServeCommand.class,
      StatusCommand.class,
      TopCommand.class,
      ClusterCommand.class,
      DemoCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Gongbei {
  /** Success, and every code passes. */
  public static final int EXIT_OK = 0;

  /** A code was refused or held, or what was asked for was. */
  public static final int EXIT_REFUSED = 1;

  /** What was typed can't be meant. */
  public static final int EXIT_USAGE = 2;

  /** Something can't be reached, or has failed. */
  public static final int EXIT_UNREACHABLE = 3;

  private static final Logger LOGGER = LoggerFactory.getLogger(Gongbei.class);

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The command line, ready to run in this process: see {@link CommandLine#execute}. */
  public static CommandLine commandLine() {
    return new CommandLine(new Gongbei())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExitCodeExceptionMapper(Gongbei::exitCodeOf)
        .setExecutionExceptionHandler(
            (e, line, result) -> {
              line.getErr().println("gongbei: " + messageOf(e));
              line.getErr().flush();
              LOGGER.debug("The failure in full", e);
              return line.getExitCodeExceptionMapper().getExitCode(e);
            });
  }

  private static int exitCodeOf(Throwable e) {
    if (e instanceof CommandException known) {
      return known.exitCode();
    }
    return e instanceof CommandLine.ParameterException ? EXIT_USAGE : EXIT_UNREACHABLE;
  }

  private static String messageOf(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** The version of the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      final String version = Gongbei.class.getPackage().getImplementationVersion();
      return new String[] {"gongbei " + (version == null ? "development" : version)};
    }
  }
}
