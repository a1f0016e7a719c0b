package gongbei.verifier.cli.rehearsal;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.Region;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.TrustException;
import gongbei.replication.map.Subject;
import gongbei.verifier.cli.checkpoint.DeviceCommand;
import gongbei.verifier.cli.checkpoint.DeviceTestCommand;
import gongbei.verifier.cli.checkpoint.ScanCommand;
import gongbei.verifier.cli.code.MintCommand;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.keys.KeygenCommand;
import gongbei.verifier.cli.load.LoadCommand;
import gongbei.verifier.cli.node.StatusCommand;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import gongbei.verifier.node.NodeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.agrona.IoUtil;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts a node in a directory of its own, asks it what nodes are asked, and ends. */
@Command(
    name = "rehearse",
    description = {
      "Starts a node on keys of its own in a temporary directory, asks it what checkpoints,"
          + " devices, wallets and authorities ask, and ends. It touches no other node.",
      "",
      "A JVM that is started with -XX:ArchiveClassesAtExit=FILE keeps the classes that this loads;"
          + " with -XX:SharedArchiveFile=FILE a node then starts in less time."
    },
    mixinStandardHelpOptions = true)
public final class RehearseCommand implements Callable<Integer> {
  private static final Subject HOLDER = new Subject(1, 1);
  private static final int LIFE_SECONDS = 600;

  /** A node as installed ones are, in a small room. */
  private static final String CONFIGURATION =
      """
      region: GD
      dataDirectory: data
      maxSubjects: 10000
      trustDirectory: keys
      signingKeyDirectory: keys
      authorityDirectory: authority
      subjectSecretFile: secrets/subject.secret
      deviceFile: devices
      http:
        host: 127.0.0.1
        port: 0
        allowAnonymous: true
        tls: {certificateFile: tls/server.cert.pem, keyFile: tls/server.key.pem}
      tcp:
        host: 127.0.0.1
        port: 0
        tls: {certificateFile: tls/server.cert.pem, keyFile: tls/server.key.pem}
      replication:
        logTermBytes: 1048576
        segmentBytes: 1048576
        feedBytes: 4194304
        lowStorageBytes: 8388608
      """;

  private static final String PREFIX = "gongbei-rehearsal-";

  @Spec private CommandSpec spec;

  @Option(
      names = "--in",
      paramLabel = "DIR",
      description = "Make the temporary directory here; by default where Java makes them.")
  private Path parent;

  @Override
  public Integer call() throws IOException {
    final Path directory =
        parent == null
            ? Files.createTempDirectory(PREFIX)
            : Files.createTempDirectory(parent, PREFIX);
    try {
      makeKeys(directory);
      Files.writeString(directory.resolve("node.yaml"), CONFIGURATION);
      try (Node node = Node.start(NodeConfig.read(directory.resolve("node.yaml")))) {
        ask(directory, node);
      }
    } catch (ConfigException | NodeException | TrustException e) {
      throw CommandException.unreachable(e.getMessage());
    } finally {
      IoUtil.delete(directory.toFile(), true);
    }
    spec.commandLine().getOut().println("a node was started, asked and stopped");
    return ExitCode.OK;
  }

  private static void makeKeys(Path directory) {
    final String ca = directory.resolve("ca").toString();
    run(
        new KeygenCommand(),
        "--region",
        Region.GUANGDONG.wireName(),
        "--out",
        directory.resolve("keys").toString());
    run(
        new KeygenCommand(),
        "--authority",
        "Rehearsal",
        "--out",
        directory.resolve("authority").toString());
    run(new KeygenCommand(), "--subject-secret", "--out", directory.resolve("secrets").toString());
    run(new KeygenCommand(), "--tls-ca", "Rehearsal", "--out", ca);
    run(
        new KeygenCommand(),
        "--tls-server",
        "localhost,127.0.0.1",
        "--ca",
        ca,
        "--out",
        directory.resolve("tls").toString());
    run(
        new DeviceCommand(),
        "enrol",
        "gate-1",
        "--file",
        directory.resolve("devices").toString(),
        "--out",
        directory.resolve("gate-1.credential").toString());
  }

  /** Loads a holder, mints and scans their code, and looks at the node. */
  private static void ask(Path directory, Node node) throws IOException, TrustException {
    final String url = "https://127.0.0.1:" + node.httpPort();
    final String ca = directory.resolve("ca/ca.cert.pem").toString();
    final Path residents =
        Files.writeString(
            directory.resolve("residents.csv"),
            "subject,colour,result,sampleTime,doses,lastDoseDate,flags\n"
                + HOLDER.toHex()
                + ",green,negative,"
                + Instant.ofEpochSecond(Instant.now().getEpochSecond())
                + ",2,2025-03-01,\n");
    run(
        new LoadCommand(),
        residents.toString(),
        "--url",
        url,
        "--ca",
        ca,
        "--authority-keys",
        directory.resolve("authority").toString(),
        "--no-progress");
    final String code = code(directory.resolve("keys"));
    run(new ScanCommand(), "--url", url, "--ca", ca, "--checkpoint", "metro", code);
    run(new MintCommand(), "--url", url, "--ca", ca, "--subject", HOLDER.toHex());
    run(new StatusCommand(), "--url", url, "--ca", ca);
    run(
        new DeviceTestCommand(),
        "127.0.0.1:" + node.tcpPort(),
        "--device",
        "gate-1",
        "--credential-file",
        directory.resolve("gate-1.credential").toString(),
        "--code",
        code,
        "--ca",
        ca);
  }

  private static String code(Path keys) throws TrustException {
    final long now = Instant.now().getEpochSecond();
    return new CodeIssuer(CodeFormat.GD1, SigningKeys.ofDirectory(keys).all().get(0))
        .issue(
            CodeClaims.of(CodeKind.PERSON, HOLDER.toBytes())
                .colour(Colour.GREEN)
                .serial(new byte[8])
                .validity(now, now + LIFE_SECONDS)
                .build());
  }

  /** Runs another command in this process; its words are for nobody, unless it fails. */
  private static void run(Object command, String... arguments) {
    final StringWriter told = new StringWriter();
    final CommandLine line = new CommandLine(command);
    final int exitCode =
        line.setOut(new PrintWriter(told))
            .setErr(new PrintWriter(told))
            .setExecutionExceptionHandler(
                (e, failed, result) -> {
                  told.append(String.valueOf(e.getMessage()));
                  return ExitCode.UNREACHABLE;
                })
            .execute(arguments);
    if (exitCode != ExitCode.OK) {
      throw CommandException.unreachable(
          "the rehearsal's " + line.getCommandName() + " failed: " + told.toString().strip());
    }
  }
}
