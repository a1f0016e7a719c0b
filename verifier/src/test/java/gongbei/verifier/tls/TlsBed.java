package gongbei.verifier.tls;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TlsKeyGeneration;
import gongbei.codec.trust.TlsKeyGeneration.TlsKey;
import gongbei.verifier.client.tls.ClientTls;
import gongbei.verifier.client.tls.TlsSuites;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.config.TlsConfig;
import gongbei.verifier.node.Node;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** A node with its keys in a directory, for tests of TLS over real sockets. */
public final class TlsBed implements AutoCloseable {
  public final Path directory;
  public final TlsKey authority;
  public final Node node;
  private final TlsKeyGeneration generation;
  private final SigningKey issuer;
  private final TlsConfig.Suites suites;

  /**
   * @param suites what the node speaks
   * @param tlsSettings further settings under {@code tls}, for both servers, each after a comma
   * @param settings further settings of the node
   */
  public TlsBed(Path directory, TlsConfig.Suites suites, String tlsSettings, String settings)
      throws Exception {
    this.directory = directory;
    this.suites = suites;
    final Instant from = Instant.now().minus(Duration.ofDays(1)).truncatedTo(ChronoUnit.SECONDS);
    final Instant until = from.plus(Duration.ofDays(10));
    generation = new TlsKeyGeneration(suites == TlsConfig.Suites.SM, from, until);
    authority = generation.authority("Test CA");
    authority.write("ca", directory.resolve("ca"));
    writeServer();
    issuer = new KeyGeneration().generate("GD", from, until);
    KeyGeneration.write(issuer, "gd", directory.resolve("trust"));
    final String tls =
        ", tls: {certificateFile: server.cert.pem, keyFile: server.key.pem, suites: "
            + suites.name().toLowerCase(Locale.ROOT)
            + tlsSettings
            + "}, allowAnonymous: true}\n";
    node =
        Node.start(
            NodeConfig.read(
                Files.writeString(
                    directory.resolve("node.yaml"),
                    "trustDirectory: trust\nmaxSubjects: 1000\nreloadSeconds: 1\n"
                        + "http: {host: 127.0.0.1, port: 0"
                        + tls
                        + "tcp: {host: 127.0.0.1, port: 0"
                        + tls
                        + settings)));
  }

  /** Writes another certificate and key of the server's over those there are. */
  public void writeServer() throws IOException {
    Files.deleteIfExists(directory.resolve("server.cert.pem"));
    Files.deleteIfExists(directory.resolve("server.key.pem"));
    generation.server(authority, List.of("localhost", "127.0.0.1")).write("server", directory);
  }

  /** Writes a device's certificate, signed by the bed's authority or another; its directory. */
  public Path client(String name, TlsKey signer) throws IOException {
    return client(name, signer, TlsPeer.DEVICE);
  }

  /** Writes a certificate that is issued for those purposes; its directory. */
  public Path client(String name, TlsKey signer, String... purposes) throws IOException {
    final Path clients = Files.createTempDirectory(directory, "client");
    generation.client(signer, name, List.of(purposes)).write("client", clients);
    return clients;
  }

  /** Another authority, which the node does not know. */
  public TlsKey stranger() {
    return generation.authority("Stranger CA");
  }

  /** A client that trusts the bed's authority. */
  public ClientTls tls(Path client, TlsConfig.Suites suites) throws Exception {
    return ClientTls.of(
        new ClientTls.Context()
            .caFile(directory.resolve("ca/ca.cert.pem"))
            .certificateFile(client == null ? null : client.resolve("client.cert.pem"))
            .keyFile(client == null ? null : client.resolve("client.key.pem"))
            .suites(TlsSuites.valueOf(suites.name())));
  }

  public InetSocketAddress tcp() {
    return new InetSocketAddress("localhost", node.tcpPort());
  }

  public InetSocketAddress http() {
    return new InetSocketAddress("localhost", node.httpPort());
  }

  /** What the node shows at {@code /metrics}, over a handshake of its own. */
  public String metrics() throws Exception {
    return tls(null, suites)
        .prepare(HttpClient.newBuilder())
        .build()
        .send(
            HttpRequest.newBuilder(URI.create("https://localhost:" + node.httpPort() + "/metrics"))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /** A code of a holder whom the node does not know. */
  public String code() {
    final long now = Instant.now().getEpochSecond();
    return new CodeIssuer(CodeFormat.GD1, issuer)
        .issue(
            CodeClaims.of(CodeKind.PERSON, new byte[16])
                .colour(Colour.GREEN)
                .serial(new byte[8])
                .validity(now - 1, now + 600)
                .build());
  }

  @Override
  public void close() {
    node.close();
  }
}
