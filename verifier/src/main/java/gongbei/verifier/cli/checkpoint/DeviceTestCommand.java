package gongbei.verifier.cli.checkpoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.file.PrivateFiles;
import gongbei.codec.trust.FileFault;
import gongbei.codec.trust.TextFile;
import gongbei.codec.trust.TrustException;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.remote.NodeFaults;
import gongbei.verifier.client.tls.ClientTls;
import gongbei.verifier.config.Limits;
import gongbei.verifier.conformance.Check;
import gongbei.verifier.conformance.ScannerConformance;
import gongbei.verifier.conformance.ScannerVectors;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Holds a server against the scanner protocol. */
@Command(
    name = "device-test",
    description =
        "Tests a server against the scanner protocol: every conformance vector, "
            + "then its behaviour. One line per check. Exits with 0 if all pass, 1 if "
            + "one fails.",
    mixinStandardHelpOptions = true)
public final class DeviceTestCommand implements Callable<Integer> {
  private static final int ANSWER_MILLIS = 5_000;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "HOST[:PORT]",
      description = "The server; default port " + Limits.DEFAULT_TCP_PORT + ".")
  private String server;

  @Option(
      names = "--device",
      paramLabel = "ID",
      defaultValue = "device-test",
      description = "An enrolled device; default ${DEFAULT-VALUE}.")
  private String device;

  @Option(
      names = "--credential-file",
      paramLabel = "FILE",
      description = "Its credential in hexadecimal, as device enrol shows it.")
  private Path credentialFile;

  @Option(
      names = "--revoked-device",
      paramLabel = "ID",
      description = "A revoked device; without it revocation is not checked.")
  private String revokedDevice;

  @Option(
      names = "--revoked-credential-file",
      paramLabel = "FILE",
      description = "The revoked device's credential.")
  private Path revokedCredentialFile;

  @Option(
      names = "--code",
      paramLabel = "CODE",
      description =
          "A code that passes at a metro checkpoint; without it scans are not " + "checked.")
  private String code;

  @Option(
      names = {"--ca", "--tls-ca"},
      paramLabel = "FILE",
      description = "Speak TLS, and trust servers that these certificates (PEM) have signed.")
  private Path caFile;

  @Option(
      names = {"--client-cert", "--tls-certificate"},
      paramLabel = "FILE",
      description = "Show this certificate (PEM).")
  private Path certificateFile;

  @Option(
      names = {"--client-key", "--tls-key"},
      paramLabel = "FILE",
      description = "Its private key (PEM).")
  private Path keyFile;

  @Option(names = "--slow", description = "Also check time-outs, which takes about 20 s.")
  private boolean slow;

  @Option(names = "--json", description = "Write JSON.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    if ((revokedDevice == null) != (revokedCredentialFile == null)) {
      throw CommandException.usage("--revoked-device and --revoked-credential-file go together");
    }
    final ScannerConformance.Target target =
        new ScannerConformance.Target()
            .server(address(server))
            .tls(tls())
            .code(code)
            .slow(slow)
            .answerMillis(ANSWER_MILLIS);
    try {
      target.device(device, credential(credentialFile));
      if (revokedDevice != null) {
        target.revokedDevice(revokedDevice, credential(revokedCredentialFile));
      }
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(e.getMessage());
    }
    final PrintWriter out = spec.commandLine().getOut();
    final List<Check> checks;
    try {
      checks =
          new ScannerConformance(target, check -> print(out, check)).run(ScannerVectors.shipped());
    } catch (IOException e) {
      throw CommandException.unreachable(server + NodeFaults.unreachedDevice(server, e));
    }
    final long failed = count(checks, Check.Outcome.FAILED);
    if (json) {
      out.println(report(checks).toPrettyString());
    } else {
      out.printf(
          Locale.ROOT,
          "%d passed, %d failed, %d skipped%n",
          count(checks, Check.Outcome.PASSED),
          failed,
          count(checks, Check.Outcome.SKIPPED));
    }
    out.flush();
    return failed == 0 ? ExitCode.OK : ExitCode.REFUSED;
  }

  private ClientTls tls() {
    if (caFile == null && certificateFile == null && keyFile == null) {
      return null;
    }
    try {
      return ClientTls.of(
          new ClientTls.Context().caFile(caFile).certificateFile(certificateFile).keyFile(keyFile));
    } catch (TrustException e) {
      throw CommandException.usage(e.getMessage());
    }
  }

  /** The address that HOST, HOST:PORT or [IPv6]:PORT names. */
  public static InetSocketAddress address(String text) {
    final int colon = text.lastIndexOf(':');
    final boolean hasPort =
        colon >= 0 && (text.indexOf(':') == colon || text.startsWith("[")) && !text.endsWith("]");
    final String host = hasPort ? text.substring(0, colon) : text;
    try {
      final int port =
          hasPort ? Integer.parseInt(text.substring(colon + 1)) : Limits.DEFAULT_TCP_PORT;
      if (!host.isEmpty() && port > 0) {
        final InetSocketAddress address =
            new InetSocketAddress(host.replace("[", "").replace("]", ""), port);
        if (address.isUnresolved()) {
          throw CommandException.unreachable(host + " is not a known host");
        }
        return address;
      }
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("'" + text + "' is not HOST[:PORT]");
    }
    throw CommandException.usage("'" + text + "' is not HOST[:PORT]");
  }

  /** The bytes of a file of hexadecimal; none of no file. */
  static byte[] credential(Path file) {
    if (file == null) {
      return new byte[0];
    }
    try {
      PrivateFiles.requireSecret(file);
      return HexFormat.of().parseHex(TextFile.read(file).strip());
    } catch (IOException e) {
      throw CommandException.usage(file + " " + FileFault.reasonOf(e));
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(file + " is not a file with a credential in hexadecimal");
    }
  }

  private void print(PrintWriter out, Check check) {
    if (json) {
      return;
    }
    final String outcome =
        switch (check.outcome()) {
          case PASSED -> "ok   ";
          case FAILED -> "FAIL ";
          case SKIPPED -> "skip ";
        };
    out.println(outcome + check.name() + (check.detail().isEmpty() ? "" : ": " + check.detail()));
    out.flush();
  }

  private static long count(List<Check> checks, Check.Outcome outcome) {
    return checks.stream().filter(check -> check.outcome() == outcome).count();
  }

  private ObjectNode report(List<Check> checks) {
    final ObjectNode report = JsonNodeFactory.instance.objectNode();
    report.put("server", server);
    for (final Check.Outcome outcome : Check.Outcome.values()) {
      report.put(outcome.wireName(), count(checks, outcome));
    }
    final ArrayNode each = report.putArray("checks");
    checks.forEach(
        check ->
            each.addObject()
                .put("name", check.name())
                .put("outcome", check.outcome().wireName())
                .put("detail", check.detail()));
    return report;
  }
}
