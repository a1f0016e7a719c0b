package gongbei.verifier;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.issue.HcertIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.Region;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.SubjectSecret;
import gongbei.codec.trust.TrustList;
import gongbei.codec.trust.TrustStore;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.log.CommandLog;
import gongbei.replication.map.Subject;
import gongbei.verifier.audit.AuditLog;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.metrics.MetricSources;
import gongbei.verifier.metrics.NodeMetrics;
import gongbei.verifier.node.Node;
import gongbei.verifier.node.NodeResources;
import gongbei.verifier.node.TranslationSetup;
import gongbei.verifier.translate.TranslationTables;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A whole node on free ports, with a handful of residents, for tests over real sockets. */
public final class TestNode implements AutoCloseable {
  public static final Subject GREEN = new Subject(1, 1);
  public static final Subject YELLOW = new Subject(2, 2);
  public static final Subject RED = new Subject(3, 3);
  public static final Subject UNTESTED = new Subject(4, 4);
  public static final Subject LONG_AGO = new Subject(5, 5);
  public static final Subject POSITIVE = new Subject(6, 6);
  public static final Subject REVOKED = new Subject(7, 7);
  public static final Subject UNKNOWN = new Subject(8, 8);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Tables of multiples that are computed in a moment; narrower ones verify alike. */
  private static final NodeConfig.SignatureTables QUICK_TABLES =
      new NodeConfig.SignatureTables(8, 6, null);

  private final Instant from = Instant.now().minus(Duration.ofDays(1));
  private final Instant until = from.plus(Duration.ofDays(10));

  public final SigningKey guangdong = new KeyGeneration().generate("GD", from, until);
  public final SigningKey macau = new KeyGeneration().generate("MO", from, until);
  public final SigningKey foreign = new KeyGeneration().generate("XX", from, until);
  public final SigningKey authority = new KeyGeneration().generateAuthority("Test", from, until);
  public final Node node;

  public TestNode() throws Exception {
    this(new NodeConfig.Pipeline(null, null, null, null, null));
  }

  public TestNode(NodeConfig.Pipeline pipeline) throws Exception {
    this(pipeline, 1_000, List.of());
  }

  /** A node that knows other authorities beside its own, with room for 3,000 holders. */
  public static TestNode with(SigningKey... others) throws Exception {
    return new TestNode(
        new NodeConfig.Pipeline(null, null, null, null, null), 3_000, List.of(others));
  }

  private TestNode(NodeConfig.Pipeline pipeline, int maxSubjects, List<SigningKey> others)
      throws Exception {
    final List<IssuerKey> authorities = new ArrayList<>(List.of(authority.issuerKey()));
    others.forEach(other -> authorities.add(other.issuerKey()));
    final NodeConfig.Endpoint anyPort = new NodeConfig.Endpoint("127.0.0.1", 0);
    final NodeConfig config =
        NodeConfig.inMemory(Region.GUANGDONG, maxSubjects, anyPort, anyPort, pipeline).toBuilder()
            .signatureTables(QUICK_TABLES)
            .build();
    node =
        Node.start(
            config,
            NodeResources.inMemory(config)
                .trust(
                    TrustStore.of(
                        new TrustList(
                            List.of(
                                guangdong.issuerKey(), macau.issuerKey(), foreign.issuerKey()))))
                .authorities(TrustStore.of(new TrustList(authorities)))
                .signingKeys(new SigningKeys(List.of(guangdong)))
                .translation(
                    new TranslationSetup(
                        SubjectSecret.generate(),
                        TranslationTables.shipped(CodeFormat.GD1),
                        AuditLog.inMemory(Region.GUANGDONG),
                        Optional.of(TrustStore.of(new TrustList(List.of(authority.issuerKey()))))))
                .build());
    final int minutes = (int) (Instant.now().getEpochSecond() / 60);
    node.resources()
        .log()
        .submit(
            List.of(
                StatusCommand.SetStatus.of(GREEN)
                    .colour(Colour.GREEN)
                    .test(TestResult.NEGATIVE, minutes - 60)
                    .doses(2)
                    .build(),
                StatusCommand.SetStatus.of(YELLOW)
                    .colour(Colour.YELLOW)
                    .test(TestResult.NEGATIVE, minutes - 60)
                    .doses(2)
                    .build(),
                StatusCommand.SetStatus.of(RED)
                    .colour(Colour.RED)
                    .test(TestResult.NEGATIVE, minutes - 60)
                    .doses(2)
                    .build(),
                StatusCommand.SetStatus.of(UNTESTED).colour(Colour.GREEN).doses(2).build(),
                StatusCommand.SetStatus.of(LONG_AGO)
                    .colour(Colour.GREEN)
                    .test(TestResult.NEGATIVE, minutes - 73 * 60)
                    .doses(2)
                    .build(),
                StatusCommand.SetStatus.of(POSITIVE)
                    .colour(Colour.GREEN)
                    .test(TestResult.POSITIVE, minutes - 60)
                    .doses(2)
                    .build(),
                StatusCommand.SetStatus.of(REVOKED)
                    .colour(Colour.GREEN)
                    .test(TestResult.NEGATIVE, minutes - 60)
                    .doses(2)
                    .build(),
                new StatusCommand.Revoke(REVOKED, Instant.now().getEpochSecond() + 3_600)))
        .join();
  }

  /** Figures of the node's parts, for an HTTP server beside its own. */
  public NodeMetrics metrics() {
    return metrics(node.resources().log());
  }

  /** The same, of another log. */
  public NodeMetrics metrics(CommandLog log) {
    return new NodeMetrics(
        new MetricSources()
            .role(NodeConfig.Role.SINGLE)
            .region(Region.GUANGDONG)
            .signatureEngine("fixed-base")
            .scans(node.scanMetrics())
            .pipeline(node.pipeline())
            .statusMap(node.resources().statusMap())
            .log(log)
            .trust(node.resources().trust())
            .rulesets(node.resources().rulesets())
            .devices(() -> 0));
  }

  public InetSocketAddress tcpAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), node.tcpPort());
  }

  public String http(String path) {
    return "http://127.0.0.1:" + node.httpPort() + path;
  }

  public String code(Subject subject) {
    return code(CodeFormat.GD1, subject, 0, 60);
  }

  public String code(CodeFormat format, Subject subject, int fromNow, int untilFromNow) {
    final long now = Instant.now().getEpochSecond();
    return new CodeIssuer(format, format == CodeFormat.MO1 ? macau : guangdong)
        .issue(
            CodeClaims.of(CodeKind.PERSON, subject.toBytes())
                .colour(Colour.GREEN)
                .serial(new byte[8])
                .validity(now + fromNow, now + untilFromNow)
                .build());
  }

  public String hcert(String certificate) {
    final long now = Instant.now().getEpochSecond();
    try {
      return new HcertIssuer(foreign).issue(JSON.readTree(certificate), now - 10, now + 60);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public static JsonNode json(String text) throws IOException {
    return JSON.readTree(text);
  }

  @Override
  public void close() {
    node.close();
  }
}
