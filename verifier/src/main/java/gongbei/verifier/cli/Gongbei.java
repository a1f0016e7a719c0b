package gongbei.verifier.cli;

import gongbei.codec.trust.FileFault;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
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
      ApiKeyCommand.class,
      IssueCommand.class,
      MintCommand.class,
      TranslateCommand.class,
      LinkCommand.class,
      GroupCommand.class,
      PaperCommand.class,
      LookupCommand.class,
      PackCommand.class,
      RulesetCommand.class,
      AuditCommand.class,
      LoadCommand.class,
      ServeCommand.class,
      StatusCommand.class,
      TopCommand.class,
      ClusterCommand.class,
      DeviceCommand.class,
      DeviceTestCommand.class,
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

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    final PrintWriter err = utf8(FileDescriptor.err);
    int exitCode;
    try {
      exitCode = commandLine().setOut(utf8(FileDescriptor.out)).setErr(err).execute(arguments);
    } catch (Error e) { // picocli passes errors on, and the JVM would end with 1: "refused"
      err.println("gongbei: " + messageOf(e));
      log("The failure in full", e);
      exitCode = EXIT_UNREACHABLE;
    }
    System.exit(exitCode);
  }

  /** What is written is UTF-8 wherever it runs, for JSON is. */
  private static PrintWriter utf8(FileDescriptor stream) {
    return new PrintWriter(new FileOutputStream(stream), true, StandardCharsets.UTF_8);
  }

  /** The command line, ready to run in this process: see {@link CommandLine#execute}. */
  public static CommandLine commandLine() {
    return new CommandLine(new Gongbei())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(URI.class, Gongbei::httpAddress)
        .setParameterExceptionHandler(Gongbei::explainUsage)
        .setExitCodeExceptionMapper(Gongbei::exitCodeOf)
        .setExecutionExceptionHandler(
            (e, line, result) -> {
              line.getErr().println("gongbei: " + messageOf(e));
              line.getErr().flush();
              log("The failure in full", e);
              return line.getExitCodeExceptionMapper().getExitCode(e);
            });
  }

  /** Logs a failure where it can: what logs needs more of Java than saying what is missing. */
  private static void log(String what, Throwable failure) {
    try {
      LoggerFactory.getLogger(Gongbei.class).debug(what, failure);
    } catch (LinkageError e) {
      failure.addSuppressed(e);
    }
  }

  private static URI httpAddress(String text) {
    try {
      final URI address = new URI(text);
      if (address.getHost() != null
          && ("http".equals(address.getScheme()) || "https".equals(address.getScheme()))) {
        return address;
      }
    } catch (URISyntaxException e) {
      log("No address", e);
    }
    throw new CommandLine.TypeConversionException("'" + text + "' is not an http address");
  }

  private static int explainUsage(CommandLine.ParameterException e, String[] arguments) {
    final CommandLine line = e.getCommandLine();
    if (arguments.length == 0) {
      line.usage(line.getErr());
      return EXIT_USAGE;
    }
    final String fault =
        e.getMessage().startsWith("Error: ") ? e.getMessage().substring(7) : e.getMessage();
    line.getErr()
        .println(
            "gongbei: "
                + fault.replaceAll("\\s+", " ")
                + "; see "
                + line.getCommandSpec().qualifiedName()
                + " --help");
    line.getErr().flush();
    return EXIT_USAGE;
  }

  private static int exitCodeOf(Throwable e) {
    if (e instanceof CommandException known) {
      return known.exitCode();
    }
    return e instanceof CommandLine.ParameterException ? EXIT_USAGE : EXIT_UNREACHABLE;
  }

  private static String messageOf(Throwable e) {
    if (e instanceof FileSystemException file && file.getFile() != null) {
      return file.getFile() + " " + FileFault.reasonOf(file);
    }
    if (e instanceof InternalError) {
      return "memory that is mapped from a file can't be used, as when a disk or /dev/shm is full: "
          + e.getMessage();
    }
    if (e instanceof LinkageError || e instanceof VirtualMachineError) {
      return "the Java runtime " + System.getProperty("java.version") + " can't run this: " + e;
    }
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
