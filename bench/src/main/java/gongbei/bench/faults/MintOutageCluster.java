package gongbei.bench.faults;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.bench.setup.FirstChanges;
import gongbei.bench.setup.NodeProcess;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.file.PrivateFiles;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SubjectSecret;
import gongbei.codec.trust.TrustList;
import gongbei.replication.context.MemberAddress;
import gongbei.replication.log.LogRole;
import gongbei.verifier.client.AuthorityClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Three members that scan and two replicas that mint, each a process. The members have the region's
 * key for packs and mint nothing themselves; one of them after the other is killed.
 */
final class MintOutageCluster implements MintOutageRegion, AutoCloseable {
  private static final int MEMBERS = 3;
  private static final int MINTING = 2;

  /** The member that is asked where another one does not answer: only one is down at a time. */
  private static final int SPARE = 2;

  private static final int HTTP = 40;
  private static final int DEVICES = 50;
  private static final int RESIDENTS_TOGETHER = 1_000;
  private static final int DOSES = 3;

  private final List<NodeProcess> members = new ArrayList<>();
  private final List<NodeProcess> minting = new ArrayList<>();
  private final OutageFaults faults = new OutageFaults(members);
  private final SigningKey issuer;
  private final SigningKey authority;
  private final int basePort;

  MintOutageCluster(Path jar, Path directory, int basePort, MintOutagePlan plan)
      throws IOException {
    this.basePort = basePort;
    final Instant from = Instant.now().minus(Duration.ofDays(1));
    final Instant until = from.plus(Duration.ofDays(10));
    final KeyGeneration generation = new KeyGeneration();
    issuer = generation.generate(CodeFormat.GD1.issuer(), from, until);
    authority = generation.generateAuthority("Drill", from, until);
    KeyGeneration.write(issuer, "gd", directory.resolve("keys"));
    KeyGeneration.write(authority, "authority", directory.resolve("authority"));
    PrivateFiles.closeToOthers(
        Files.writeString(directory.resolve("secret"), "a secret of the drill, of 32 bytes\n"));
    SubjectSecret.generate().write(directory.resolve("subject.secret"));
    for (int node = 0; node < MEMBERS + MINTING; node++) {
      (node < MEMBERS ? members : minting).add(node(jar, directory, node, plan));
    }
  }

  private NodeProcess node(Path jar, Path directory, int node, MintOutagePlan plan)
      throws IOException {
    final boolean isMember = node < MEMBERS;
    final Path own = Files.createDirectories(directory.resolve("node-" + node));
    final StringBuilder yaml = new StringBuilder();
    yaml.append("role: ").append(isMember ? "member" : "replica").append('\n');
    yaml.append("dataDirectory: data\nmaxSubjects: 100000\n");
    yaml.append("trustDirectory: ../keys\nsigningKeyDirectory: ../keys\n");
    yaml.append("authorityDirectory: ../authority\nlookupDirectory: ../authority\n");
    yaml.append("subjectSecretFile: ../subject.secret\n");
    yaml.append("http: {host: 127.0.0.1, port: ").append(basePort + HTTP + node).append("}\n");
    yaml.append("tcp: {host: 127.0.0.1, port: ").append(basePort + DEVICES + node).append("}\n");
    yaml.append("minting:\n  offered: ").append(!isMember).append('\n');
    yaml.append("  switchAfterSeconds: ").append(plan.switchSeconds()).append('\n');
    yaml.append("  marginSeconds: ").append(plan.marginSeconds()).append('\n');
    yaml.append("  packSeconds: ").append(plan.packSeconds()).append('\n');
    if (isMember) {
      yaml.append("  nodes: [");
      for (int each = MEMBERS; each < MEMBERS + MINTING; each++) {
        yaml.append(each == MEMBERS ? "'" : ", '").append(urlOf(each)).append('\'');
      }
      yaml.append("]\n");
    }
    yaml.append("replication:\n  secretFile: ../secret\n  host: 127.0.0.1\n");
    if (isMember) {
      yaml.append("  memberId: ").append(node).append('\n');
    }
    yaml.append("  members:\n");
    for (int member = 0; member < MEMBERS; member++) {
      yaml.append("    - {host: 127.0.0.1, basePort: ")
          .append(basePort + member * MemberAddress.PORTS)
          .append("}\n");
    }
    Files.writeString(own.resolve("node.yaml"), yaml);
    return new NodeProcess(
        (isMember ? "member " : "minting node ") + node, List.of(), jar, own, urlOf(node));
  }

  private URI urlOf(int node) {
    return URI.create("http://127.0.0.1:" + (basePort + HTTP + node));
  }

  /** Starts all and makes the wallets' holders known. */
  void start(int wallets) throws IOException, InterruptedException {
    for (final NodeProcess node : members) {
      node.start();
    }
    startMinting();
    for (final NodeProcess node : members) {
      ClusterFixture.awaitReady(node);
    }
    ClusterFixture.await("there is a leader", this::isLed);
    for (int first = 0; first < wallets; first += RESIDENTS_TOGETHER) {
      enrol(first, Math.min(wallets, first + RESIDENTS_TOGETHER));
    }
    for (final NodeProcess node : minting) {
      ClusterFixture.await(
          node.name() + " knows all",
          () -> node.status() != null && node.status().path("subjects").asInt() == wallets);
    }
  }

  private boolean isLed() throws InterruptedException {
    for (final NodeProcess member : members) {
      if (member.is(LogRole.LEADER)) {
        return true;
      }
    }
    return false;
  }

  private void enrol(int first, int end) throws IOException, InterruptedException {
    final ObjectNode body = JsonNodeFactory.instance.objectNode();
    final ArrayNode statuses = body.putArray("statuses");
    for (int i = first; i < end; i++) {
      statuses
          .addObject()
          .put("subject", MintOutage.holder(i).toHex())
          .put("colour", "green")
          .put("doses", DOSES);
    }
    FirstChanges.put(
        new AuthorityClient(members.get(0).url(), authority),
        "/v1/subjects/status",
        body.toString(),
        "the holders' status");
  }

  @Override
  public List<URI> minting() {
    return minting.stream().map(NodeProcess::url).toList();
  }

  @Override
  public List<InetSocketAddress> devices() {
    return Stream.of(0, SPARE)
        .map(
            node ->
                new InetSocketAddress(InetAddress.getLoopbackAddress(), basePort + DEVICES + node))
        .toList();
  }

  @Override
  public List<URI> checkpoints() {
    return List.of(members.get(1).url(), members.get(SPARE).url());
  }

  @Override
  public List<URI> packs() {
    return List.of(members.get(SPARE).url(), members.get(1).url());
  }

  @Override
  public void disturb(long nowMillis) throws IOException, InterruptedException {
    faults.tick(nowMillis);
  }

  @Override
  public int mend() throws IOException, InterruptedException {
    faults.end();
    return faults.kills();
  }

  @Override
  public SigningKey checkpointKey() {
    return authority;
  }

  @Override
  public TrustList anchors() {
    return new TrustList(List.of(issuer.issuerKey()));
  }

  @Override
  public void killMinting() throws InterruptedException {
    for (final NodeProcess node : minting) {
      node.kill();
    }
  }

  @Override
  public void startMinting() throws IOException {
    for (final NodeProcess node : minting) {
      node.start();
    }
  }

  @Override
  public void close() {
    for (final List<NodeProcess> nodes : List.of(minting, members)) {
      for (final NodeProcess node : nodes) {
        if (node.isAlive()) {
          end(node);
        }
      }
    }
  }

  private static void end(NodeProcess node) {
    try {
      node.kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
