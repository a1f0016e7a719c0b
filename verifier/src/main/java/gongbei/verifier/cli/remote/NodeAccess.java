package gongbei.verifier.cli.remote;

import gongbei.codec.file.PrivateFiles;
import gongbei.codec.trust.FileFault;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TextFile;
import gongbei.codec.trust.TrustException;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.client.Audience;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.client.NodeConnection;
import gongbei.verifier.client.tls.ClientTls;
import gongbei.verifier.config.ConfigException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options by which a command shows who it is, and sees who the node is. */
public final class NodeAccess {
  /** The default of {@code --url}: the variable {@code GONGBEI_URL}, or this machine's node. */
  public static final String DEFAULT_URL = "${env:GONGBEI_URL:-http://127.0.0.1:8080}";

  private static final String KEY_VARIABLE = "GONGBEI_API_KEY";
  private static final String CA_VARIABLE = "GONGBEI_CA";
  private static final String REGION_VARIABLE = "GONGBEI_REGION";
  private static final String CLUSTER_VARIABLE = "GONGBEI_CLUSTER";

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      defaultValue = "${env:" + CA_VARIABLE + "}",
      description =
          "The node's certificate authority, PEM; default the file that the variable "
              + CA_VARIABLE
              + " names, or the authorities that Java trusts.")
  private Path caFile;

  @Option(
      names = "--client-cert",
      paramLabel = "FILE",
      description = "The certificate to present to the node, PEM.")
  private Path certificateFile;

  @Option(names = "--client-key", paramLabel = "FILE", description = "Its private key, PEM.")
  private Path keyFile;

  @Option(
      names = "--api-key-file",
      paramLabel = "FILE",
      description = "The file of the API key to send; default the variable " + KEY_VARIABLE + ".")
  private Path apiKeyFile;

  @Option(
      names = "--node-region",
      paramLabel = "GD|MO",
      defaultValue = "${env:" + REGION_VARIABLE + ":-" + Audience.DEFAULT_REGION + "}",
      description =
          "The region that a signed request is addressed to, which every other refuses;"
              + " default the variable "
              + REGION_VARIABLE
              + ", or GD.")
  private String region;

  @Option(
      names = "--node-cluster",
      paramLabel = "NAME",
      defaultValue = "${env:" + CLUSTER_VARIABLE + ":-" + Audience.DEFAULT_CLUSTER + "}",
      description =
          "The cluster that it is addressed to, its replication.clusterName; default the"
              + " variable "
              + CLUSTER_VARIABLE
              + ", or main.")
  private String cluster;

  /** How a node is spoken to. */
  public NodeConnection connection() {
    try {
      return new NodeConnection(tls(), apiKey(), audience());
    } catch (ConfigException | TrustException e) {
      throw CommandException.unreachable(e.getMessage());
    }
  }

  private Optional<ClientTls> tls() throws TrustException {
    if (caFile == null && certificateFile == null && keyFile == null) {
      return Optional.empty();
    }
    return Optional.of(
        ClientTls.of(
            new ClientTls.Context()
                .caFile(caFile)
                .certificateFile(certificateFile)
                .keyFile(keyFile)));
  }

  private Audience audience() {
    try {
      return Audience.of(region, cluster);
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("--node-" + e.getMessage());
    }
  }

  private Optional<String> apiKey() throws ConfigException {
    if (apiKeyFile == null) {
      return Optional.ofNullable(System.getenv(KEY_VARIABLE))
          .map(String::strip)
          .filter(key -> !key.isEmpty());
    }
    try {
      PrivateFiles.requireSecret(apiKeyFile);
      return Optional.of(TextFile.read(apiKeyFile).strip());
    } catch (IOException e) {
      throw new ConfigException(apiKeyFile + " " + FileFault.reasonOf(e));
    }
  }

  /** Speaks to a node as an authority. */
  public AuthorityClient authority(URI server, SigningKey key) {
    return new AuthorityClient(server, key, connection());
  }
}
