package gongbei.verifier.translate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.SubjectSecret;
import gongbei.codec.trust.TrustList;
import gongbei.codec.trust.TrustStore;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.verifier.TestNode;
import gongbei.verifier.audit.AuditLog;
import gongbei.verifier.client.Audience;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.client.NodeConnection;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import gongbei.verifier.node.NodeResources;
import gongbei.verifier.node.TranslationSetup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One region's whole Gongbei, which has nothing of the other's but its public keys. */
public final class Region implements AutoCloseable {
  public final CodeFormat format;
  public final SigningKey key;
  public final SigningKey authority;
  public final SigningKey checkpoint =
      new KeyGeneration().generateAuthority("Gate", from(), from().plusSeconds(200_000));
  public final SubjectSecret secret = SubjectSecret.generate();
  public final Path auditFile;
  public final Node node;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  public Region(CodeFormat format, SigningKey key, SigningKey other, Path directory)
      throws Exception {
    this.format = format;
    this.key = key;
    authority = new KeyGeneration().generateAuthority("Test", from(), from().plusSeconds(200_000));
    auditFile = directory.resolve(format.issuer() + "-audit.jsonl");
    final NodeConfig.Endpoint anyPort = new NodeConfig.Endpoint("127.0.0.1", 0);
    final NodeConfig config =
        NodeConfig.inMemory(
            gongbei.codec.model.Region.ofWireName(format.issuer()).orElseThrow(),
            1_000,
            anyPort,
            anyPort,
            null);
    node =
        Node.start(
            config,
            NodeResources.inMemory(config)
                .trust(TrustStore.of(new TrustList(List.of(key.issuerKey(), other.issuerKey()))))
                .authorities(TrustStore.of(new TrustList(List.of(authority.issuerKey()))))
                .signingKeys(new SigningKeys(List.of(key)))
                .translation(
                    new TranslationSetup(
                        secret,
                        TranslationTables.shipped(format),
                        AuditLog.ofFile(auditFile, format.region().orElseThrow()),
                        Optional.of(TrustStore.of(new TrustList(List.of(checkpoint.issuerKey()))))))
                .build());
  }

  private static Instant from() {
    return Instant.now().minus(Duration.ofDays(1));
  }

  public static SigningKey key(String region) {
    return new KeyGeneration().generate(region, from(), from().plusSeconds(200_000));
  }

  /** A code of this region's. */
  public String code(Subject subject, CodeKind kind, int colour, int fromNow, int untilFromNow) {
    final Instant now = Instant.now();
    return code(subject, kind, colour, now.plusSeconds(fromNow), now.plusSeconds(untilFromNow));
  }

  public String code(
      Subject subject, CodeKind kind, int colour, Instant issuedAt, Instant expiresAt) {
    return new CodeIssuer(format, key)
        .issue(
            CodeClaims.of(kind, subject.toBytes())
                .colour(Colour.ofNumber(colour))
                .test(TestResult.NEGATIVE, (int) (issuedAt.getEpochSecond() / 60) - 60)
                .doses(2)
                .serial(new byte[8])
                .validity(issuedAt.getEpochSecond(), expiresAt.getEpochSecond())
                .build());
  }

  public String code(Subject subject, int colour) {
    return code(subject, CodeKind.PERSON, colour, 0, 60);
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + node.httpPort());
  }

  public HttpResponse<String> post(String path, JsonNode body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(url().resolve(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  public String get(String path) throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(url().resolve(path)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  public JsonNode put(String path, String json) throws IOException, InterruptedException {
    return TestNode.json(
        new AuthorityClient(url(), authority, connection())
            .put(path, json.replace('\'', '"'))
            .body());
  }

  /** How an authority of this region signs. */
  public NodeConnection connection() {
    return NodeConnection.PLAIN.signingFor(
        new Audience(format.region().orElseThrow(), Audience.DEFAULT_CLUSTER));
  }

  public JsonNode scan(String checkpoint, String code) throws IOException, InterruptedException {
    return TestNode.json(
        post(
                "/v1/scans",
                JsonNodeFactory.instance
                    .objectNode()
                    .put("checkpoint", checkpoint)
                    .put("code", code))
            .body());
  }

  public DeviceClient device() throws IOException {
    return new DeviceClient(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), node.tcpPort()),
        "gate",
        new byte[0]);
  }

  public StatusRecord status(Subject subject) {
    final StatusRecord record = new StatusRecord();
    if (!node.resources().statusMap().get(subject, record)) {
      throw new IllegalStateException("nobody is known by " + subject);
    }
    return record;
  }

  @Override
  public void close() {
    node.close();
  }
}
