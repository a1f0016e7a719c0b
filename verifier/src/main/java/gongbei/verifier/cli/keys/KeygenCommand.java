package gongbei.verifier.cli.keys;

import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SubjectSecret;
import gongbei.codec.trust.TlsKeyGeneration;
import gongbei.codec.trust.TrustException;
import gongbei.verifier.access.Role;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.TokenConfig;
import gongbei.verifier.tls.TlsPeer;
import gongbei.verifier.token.SigningToken;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes keys and secrets. */
@Command(
    name = "keygen",
    description =
        "Creates a key with a self-signed certificate, or a region's secret. It "
            + "overwrites no file.",
    mixinStandardHelpOptions = true)
public final class KeygenCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @ArgGroup(multiplicity = "1")
  private Purpose purpose;

  @Option(
      names = "--ca",
      paramLabel = "DIR",
      description = "The authority that signs a TLS server's or client's certificate.")
  private Path authorityDirectory;

  @Option(
      names = "--for",
      paramLabel = "PURPOSE",
      split = ",",
      description =
          "Purposes of a TLS client's certificate: device (default) or roles over "
              + "HTTP, such as authority, separated by commas.")
  private List<String> uses;

  @Option(names = "--sm2", description = "Create TLS keys for RFC 8998: SM2 instead of P-256.")
  private boolean sm2;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "The directory to write to.")
  private Path directory;

  @Option(
      names = "--valid-days",
      paramLabel = "DAYS",
      defaultValue = "730",
      description = "Lifetime of the certificate; default ${DEFAULT-VALUE}.")
  private int validDays;

  @ArgGroup(exclusive = false)
  private InToken inToken;

  @Option(names = "--json", description = "Write JSON.")
  private boolean json;

  private static final class InToken {
    @Option(
        names = "--token",
        paramLabel = "FILE",
        required = true,
        description =
            "Create the key of --region or --authority in the token of this YAML file"
                + " (library, token, pinFile or pinVariable); it never leaves the token, "
                + "and --out gets only the certificate.")
    private Path file;

    @Option(names = "--label", required = true, description = "Label of the key in the token.")
    private String label;
  }

  private static final class Purpose {
    @Option(
        names = "--region",
        paramLabel = "GD|MO|CC",
        description = "Signs codes: GD by SM2, MO or another country's two letters by ES256.")
    private String region;

    @Option(
        names = "--authority",
        paramLabel = "NAME",
        description = "Signs changes of status for an authority, by ES256.")
    private String authority;

    @Option(
        names = "--subject-secret",
        description = "Turns documents into a region's subjects: subject.secret.")
    private boolean subjectSecret;

    @Option(
        names = "--tls-ca",
        paramLabel = "NAME",
        description = "Signs TLS certificates: ca.cert.pem, ca.key.pem.")
    private String tlsAuthority;

    @Option(
        names = "--tls-server",
        paramLabel = "HOST",
        split = ",",
        description = "A node's TLS key for its host names and addresses: server.*.pem.")
    private List<String> tlsServer;

    @Option(
        names = "--tls-client",
        paramLabel = "NAME",
        description = "A client's TLS key: a device's id or an authority's name: client.*.pem.")
    private String tlsClient;

    private boolean isTls() {
      return tlsAuthority != null || tlsServer != null || tlsClient != null;
    }
  }

  @Override
  public Integer call() throws IOException {
    if (validDays < 1 || validDays > 36_500) {
      throw CommandException.usage("--valid-days is not from 1 to 36500");
    }
    final boolean isSigned = purpose.tlsServer != null || purpose.tlsClient != null;
    if (isSigned != (authorityDirectory != null)) {
      throw CommandException.usage("--ca goes with --tls-server or --tls-client, and they with it");
    }
    if (uses != null && purpose.tlsClient == null) {
      throw CommandException.usage("--for goes with --tls-client");
    }
    if (sm2 && !purpose.isTls()) {
      throw CommandException.usage("--sm2 goes with --tls-ca, --tls-server or --tls-client");
    }
    if (inToken != null && purpose.region == null && purpose.authority == null) {
      throw CommandException.usage("--token goes with --region or --authority");
    }
    if (purpose.region != null && !purpose.region.matches("[A-Z]{2}")) {
      throw CommandException.usage(
          "--region '" + purpose.region + "' is not two capital letters, as in GD, MO or PT");
    }
    try {
      if (inToken != null) {
        final SigningKey key = generateInToken();
        print(KeyGeneration.writeCertificate(key, prefix(), directory), key);
      } else if (purpose.isTls()) {
        print(writeTls(), null);
      } else if (purpose.subjectSecret) {
        final Path file = directory.resolve("subject.secret");
        Files.createDirectories(directory);
        SubjectSecret.generate().write(file);
        print(file, null);
      } else {
        final SigningKey key = generate();
        print(KeyGeneration.write(key, prefix(), directory), key);
      }
      return ExitCode.OK;
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(e.getMessage());
    } catch (FileAlreadyExistsException e) {
      throw CommandException.refused(e.getFile() + " exists already");
    }
  }

  private Path writeTls() throws IOException {
    final Instant from = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    final TlsKeyGeneration generation =
        new TlsKeyGeneration(sm2, from, from.plus(Duration.ofDays(validDays)));
    if (purpose.tlsAuthority != null) {
      return generation.authority(purpose.tlsAuthority).write("ca", directory);
    }
    final TlsKeyGeneration.TlsKey authority;
    try {
      authority = TlsKeyGeneration.TlsKey.read(authorityDirectory);
    } catch (TrustException e) {
      throw CommandException.unreachable(e.getMessage());
    }
    return purpose.tlsServer == null
        ? generation.client(authority, purpose.tlsClient, purposes()).write("client", directory)
        : generation.server(authority, purpose.tlsServer).write("server", directory);
  }

  private List<String> purposes() {
    if (uses == null) {
      return List.of(TlsPeer.DEVICE);
    }
    for (final String use : uses) {
      if (!use.equals(TlsPeer.DEVICE)) {
        try {
          Role.ofWireName(use);
        } catch (IllegalArgumentException e) {
          throw CommandException.usage("--for: " + e.getMessage() + ", or device");
        }
      }
    }
    return uses;
  }

  private String prefix() {
    return purpose.authority == null ? purpose.region : "authority";
  }

  private SigningKey generateInToken() {
    final Instant from = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    try {
      return SigningToken.open(TokenConfig.read(inToken.file))
          .generate(
              inToken.label,
              purpose.region,
              purpose.authority,
              from,
              from.plus(Duration.ofDays(validDays)));
    } catch (ConfigException e) {
      throw CommandException.usage(e.getMessage());
    } catch (TrustException e) {
      throw CommandException.unreachable(inToken.file + ": " + e.getMessage());
    }
  }

  private SigningKey generate() {
    final Instant from = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    final Instant until = from.plus(Duration.ofDays(validDays));
    final KeyGeneration generation = new KeyGeneration();
    return purpose.authority == null
        ? generation.generate(purpose.region, from, until)
        : generation.generateAuthority(purpose.authority, from, until);
  }

  private void print(Path file, SigningKey key) {
    final String kid = key == null ? null : key.issuerKey().kidHex();
    if (json) {
      spec.commandLine()
          .getOut()
          .println(
              new ObjectMapper().createObjectNode().put("file", file.toString()).put("kid", kid));
    } else {
      spec.commandLine().getOut().println(file + (kid == null ? "" : "  kid " + kid));
    }
    spec.commandLine().getOut().flush();
  }
}
