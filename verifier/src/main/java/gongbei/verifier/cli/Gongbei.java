package gongbei.verifier.cli;

import gongbei.codec.model.DocumentType;
import gongbei.codec.trust.FileFault;
import gongbei.verifier.cli.checkpoint.DeviceCommand;
import gongbei.verifier.cli.checkpoint.DeviceTestCommand;
import gongbei.verifier.cli.checkpoint.LookupCommand;
import gongbei.verifier.cli.checkpoint.PackCommand;
import gongbei.verifier.cli.checkpoint.RulesetCommand;
import gongbei.verifier.cli.checkpoint.ScanCommand;
import gongbei.verifier.cli.code.DecodeCommand;
import gongbei.verifier.cli.code.IssueCommand;
import gongbei.verifier.cli.code.MintCommand;
import gongbei.verifier.cli.code.TranslateCommand;
import gongbei.verifier.cli.code.VerifyCommand;
import gongbei.verifier.cli.demo.DemoCommand;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.ground.GroundsCommand;
import gongbei.verifier.cli.history.HistoryCommand;
import gongbei.verifier.cli.history.WhyCommand;
import gongbei.verifier.cli.holder.AppealsCommand;
import gongbei.verifier.cli.holder.GroupCommand;
import gongbei.verifier.cli.holder.GuardiansCommand;
import gongbei.verifier.cli.holder.HolderCommand;
import gongbei.verifier.cli.holder.LinkCommand;
import gongbei.verifier.cli.holder.PaperCommand;
import gongbei.verifier.cli.holder.SubjectCommand;
import gongbei.verifier.cli.input.TypedText;
import gongbei.verifier.cli.keys.ApiKeyCommand;
import gongbei.verifier.cli.keys.KeygenCommand;
import gongbei.verifier.cli.keys.TrustCommand;
import gongbei.verifier.cli.load.LoadCommand;
import gongbei.verifier.cli.national.RulesCommand;
import gongbei.verifier.cli.node.AuditCommand;
import gongbei.verifier.cli.node.ClusterCommand;
import gongbei.verifier.cli.node.JavaVersions;
import gongbei.verifier.cli.node.MintingCommand;
import gongbei.verifier.cli.node.ServeCommand;
import gongbei.verifier.cli.node.StatusCommand;
import gongbei.verifier.cli.node.TopCommand;
import gongbei.verifier.cli.rehearsal.RehearseCommand;
import gongbei.verifier.cli.revocation.RevocationsCommand;
import gongbei.verifier.cli.venue.VenueCommand;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Locale;
import java.util.regex.Pattern;
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
      "2:usage or configuration error",
      "3:something can't be reached or has failed, or the output can't be written"
    },
    subcommands = {
      DecodeCommand.class,
      VerifyCommand.class,
      ScanCommand.class,
      KeygenCommand.class,
      ApiKeyCommand.class,
      TrustCommand.class,
      IssueCommand.class,
      MintCommand.class,
      TranslateCommand.class,
      LinkCommand.class,
      GroupCommand.class,
      PaperCommand.class,
      VenueCommand.class,
      GuardiansCommand.class,
      LookupCommand.class,
      PackCommand.class,
      RulesetCommand.class,
      GroundsCommand.class,
      RulesCommand.class,
      MintingCommand.class,
      RevocationsCommand.class,
      AuditCommand.class,
      HistoryCommand.class,
      SubjectCommand.class,
      LoadCommand.class,
      HolderCommand.class,
      AppealsCommand.class,
      WhyCommand.class,
      ServeCommand.class,
      RehearseCommand.class,
      StatusCommand.class,
      TopCommand.class,
      ClusterCommand.class,
      DeviceCommand.class,
      DeviceTestCommand.class,
      DemoCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Gongbei {
  private static final Pattern ESCAPED_ZONE = Pattern.compile("^([a-z]+://\\[[0-9a-fA-F:.]+)%25");

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    // Chronicle Values writes Java source by the default locale's digits and capitals, and compiles
    // it; nothing that this process prints is in anybody's language.
    Locale.setDefault(Locale.ROOT);
    System.exit(run(arguments));
  }

  private static int run(String[] arguments) {
    final PrintWriter out = utf8(new StandardOutput());
    final PrintWriter err = utf8(new FileOutputStream(FileDescriptor.err));
    try {
      TypedText.requireWhole(arguments);
      final int exitCode = commandLineFor(arguments).setOut(out).setErr(err).execute(arguments);
      out.flush();
      return exitCode;
    } catch (CommandException e) {
      explain(err, e);
      return e.exitCode();
    } catch (NoClassDefFoundError e) {
      err.println("gongbei: " + JavaVersions.refusalWithoutModules(e));
      log("The failure in full", e);
      return ExitCode.UNREACHABLE;
    } catch (LinkageError e) {
      err.println("gongbei: " + JavaVersions.refusal(e));
      log("The failure in full", e);
      return ExitCode.UNREACHABLE;
    } catch (Error e) { // picocli passes errors on, and the JVM would end with 1: "refused"
      err.println("gongbei: " + messageOf(e));
      log("The failure in full", e);
      return ExitCode.UNREACHABLE;
    }
  }

  /** What is written is UTF-8 wherever it runs, for JSON is. */
  private static PrintWriter utf8(OutputStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  /** The command line, ready to run in this process: see {@link CommandLine#execute}. */
  public static CommandLine commandLine() {
    return configured(new CommandLine(new Gongbei()));
  }

  /**
   * The command line for what was typed: a node that starts does not wait until all other commands
   * are described.
   */
  static CommandLine commandLineFor(String... arguments) {
    return arguments.length > 0 && arguments[0].equals("serve")
        ? configured(new CommandLine(new OfServe()))
        : commandLine();
  }

  /** What {@code serve} alone is a command of. */
  @Command(name = "gongbei", subcommands = ServeCommand.class)
  private static final class OfServe {}

  private static CommandLine configured(CommandLine made) {
    return HelpExamples.shownBy(made)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(URI.class, Gongbei::httpAddress)
        .registerConverter(ZoneId.class, Gongbei::timeZone)
        .registerConverter(DocumentType.class, Gongbei::documentType)
        .registerConverter(Path.class, TypedText::path)
        .setParameterExceptionHandler(Gongbei::explainUsage)
        .setExecutionStrategy(Gongbei::runLast)
        .setExitCodeExceptionMapper(Gongbei::exitCodeOf)
        .setExecutionExceptionHandler(
            (e, line, result) -> {
              explain(line.getErr(), e);
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

  private static void explain(PrintWriter err, Exception e) {
    if (!(e instanceof CommandException known) || known.isHeard()) {
      err.println("gongbei: " + messageOf(e));
      err.flush();
    }
  }

  private static URI httpAddress(String text) {
    try {
      final URI address = new URI(withBareZone(text));
      if (address.getHost() != null
          && ("http".equals(address.getScheme()) || "https".equals(address.getScheme()))) {
        return address;
      }
    } catch (URISyntaxException e) {
      log("No address", e);
    }
    throw new CommandLine.TypeConversionException("'" + text + "' is not an http address");
  }

  private static ZoneId timeZone(String text) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException e) {
      throw new CommandLine.TypeConversionException(
          "'" + text + "' is not a time zone, as Asia/Shanghai or +08:00");
    }
  }

  /** Takes its one name: picocli lists both an enumeration's constants and what they print. */
  private static DocumentType documentType(String text) {
    try {
      return DocumentType.ofWireName(text.toLowerCase(Locale.ROOT).replace('_', '-'));
    } catch (IllegalArgumentException e) {
      throw new CommandLine.TypeConversionException("'" + text + "' " + e.getMessage());
    }
  }

  /** A URL writes the zone of an IPv6 address as {@code %25eth0} (RFC 6874), Java as %eth0. */
  private static String withBareZone(String text) {
    return ESCAPED_ZONE.matcher(text).replaceFirst("$1%");
  }

  /** Runs the command; where its help can't be written, that is a fault of its own. */
  private static int runLast(CommandLine.ParseResult parsed) {
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (CommandException e) {
      throw new CommandLine.ExecutionException(
          parsed.commandSpec().commandLine(), "output can't be written", e);
    }
  }

  private static int explainUsage(CommandLine.ParameterException e, String[] arguments) {
    final CommandLine line = e.getCommandLine();
    if (arguments.length == 0) {
      line.usage(line.getErr());
      return ExitCode.USAGE;
    }
    line.getErr().println(UsageFaults.told(e));
    line.getErr().flush();
    return ExitCode.USAGE;
  }

  private static int exitCodeOf(Throwable e) {
    if (e instanceof CommandException known) {
      return known.exitCode();
    }
    return e instanceof CommandLine.ParameterException ? ExitCode.USAGE : ExitCode.UNREACHABLE;
  }

  private static String messageOf(Throwable e) {
    if (e instanceof FileSystemException file && file.getFile() != null) {
      return file.getFile() + " " + FileFault.reasonOf(file);
    }
    if (e instanceof InvalidPathException path) {
      return "'" + path.getInput() + "' " + FileFault.reasonOf(path);
    }
    if (e instanceof InternalError) {
      return "memory that is mapped from a file can't be used, as when a disk or /dev/shm is full: "
          + e.getMessage();
    }
    if (e instanceof VirtualMachineError) {
      return "the Java runtime " + System.getProperty("java.version") + " can't run this: " + e;
    }
    return e.getMessage() == null ? "it has failed; GONGBEI_LOG=DEBUG shows where" : e.getMessage();
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
