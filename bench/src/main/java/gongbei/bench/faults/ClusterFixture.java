package gongbei.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.bench.setup.NodeProcess;
import gongbei.bench.setup.OpenGrounds;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.file.PrivateFiles;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.context.MemberAddress;
import gongbei.replication.log.LogRole;
import gongbei.replication.map.Subject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Members and replicas in processes of their own, with keys and configurations. For one thread. */
final class ClusterFixture implements AutoCloseable {
  /** The bed's networks end within this machine. */
  private static final String OPEN = ", allowPlainText: true, allowAnonymous: true}\n";

  /** A few clients with the same address ask more than a checkpoint's would. */
  private static final String UNBOUNDED = "access: {addressRequestsPerSecond: 0}\n";

  private static final Duration CODE_AGE = Duration.ofHours(1);
  private static final Duration CODE_LIFE = Duration.ofDays(5);

  static final Subject KNOWN = new Subject(0x600D, 0x600D);
  private static final int MAX_SUBJECTS = 2_000_000;
  private static final int DEVICES = 50;
  private static final long READY_SECONDS = 300;

  final List<NodeProcess> members = new ArrayList<>();
  final List<NodeProcess> replicas = new ArrayList<>();
  final NodeProcess replica;
  final SigningKey authority;

  /** All that the nodes know, {@link #authority} first. */
  final List<SigningKey> authorities = new ArrayList<>();

  /** Verifies codes, and the heads of the nodes' histories. */
  final IssuerKey issuer;

  final String code;
  private final CodeIssuer issuing;
  private final Place place;
  private final int basePort;

  /** Where a node runs. */
  interface Place {
    /** The host that others reach a node by; members are 0, 1, 2 …, replicas follow. */
    String host(int node);

    /** What its command line opens with. */
    List<String> prefix(int node);
  }

  /** How many authorities the nodes know. */
  static final int AUTHORITIES = 3;

  /** The versions that come before the first change of status: the table of grounds. */
  static final int DOCUMENTS = 1;

  /** All on the loopback. */
  static final Place LOOPBACK =
      new Place() {
        @Override
        public String host(int node) {
          return "127.0.0.1";
        }

        @Override
        public List<String> prefix(int node) {
          return List.of();
        }
      };

  /**
   * @param memberCount 3 or 5
   * @param extra lines of the replication section, each indented by two
   * @param basePort the first of 64 ports that the nodes take
   */
  ClusterFixture(Path jar, Path directory, Place place, int basePort, int memberCount, String extra)
      throws IOException {
    this(new Layout(jar, directory, place, basePort, memberCount, 1), extra);
  }

  /**
   * Where a cluster runs, of how many nodes.
   *
   * @param basePort the first of 64 ports that the nodes take
   * @param members 3 or 5
   * @param replicas 1 or more
   */
  record Layout(Path jar, Path directory, Place place, int basePort, int members, int replicas) {}

  /** As the other, with more replicas. */
  ClusterFixture(Layout layout, String extra) throws IOException {
    this.place = layout.place();
    this.basePort = layout.basePort();
    final Path directory = layout.directory();
    final Instant from = Instant.now().minus(Duration.ofDays(1));
    final Instant until = from.plus(Duration.ofDays(10));
    final KeyGeneration generation = new KeyGeneration();
    final SigningKey signer = generation.generate(CodeFormat.GD1.issuer(), from, until);
    issuer = signer.issuerKey();
    KeyGeneration.write(signer, "gd", directory.resolve("keys"));
    for (int i = 0; i < AUTHORITIES; i++) {
      authorities.add(generation.generateAuthority("Fault test " + i, from, until));
      KeyGeneration.write(authorities.get(i), "authority-" + i, directory.resolve("authority"));
    }
    authority = authorities.get(0);
    PrivateFiles.closeToOthers(
        Files.writeString(directory.resolve("secret"), "a secret of the fault test\n"));
    issuing = new CodeIssuer(CodeFormat.GD1, signer);
    code = codeOf(KNOWN);
    for (int node = 0; node < layout.members(); node++) {
      members.add(node(layout, node, extra));
    }
    for (int node = 0; node < layout.replicas(); node++) {
      replicas.add(node(layout, layout.members() + node, extra));
    }
    replica = replicas.get(0);
  }

  /** A code of a holder, good for days. */
  String codeOf(Subject holder) {
    return codeOf(holder, Instant.now().minus(CODE_AGE));
  }

  /** A code of a holder that was issued now. */
  String freshCodeOf(Subject holder) {
    return codeOf(holder, Instant.now());
  }

  private String codeOf(Subject holder, Instant issued) {
    return issuing.issue(
        CodeClaims.of(CodeKind.PERSON, holder.toBytes())
            .colour(Colour.GREEN)
            .serial(new byte[8])
            .validity(issued.getEpochSecond(), issued.plus(CODE_LIFE).getEpochSecond())
            .build());
  }

  private static NodeProcess node(Layout layout, int node, String extra) throws IOException {
    final Place place = layout.place();
    final int basePort = layout.basePort();
    final int memberCount = layout.members();
    final boolean isMember = node < memberCount;
    final Path own = Files.createDirectories(layout.directory().resolve("node-" + node));
    final StringBuilder yaml = new StringBuilder();
    yaml.append("role: ").append(isMember ? "member" : "replica").append('\n');
    yaml.append("dataDirectory: data\n");
    yaml.append("maxSubjects: ").append(MAX_SUBJECTS).append('\n');
    yaml.append("trustDirectory: ../keys\nsigningKeyDirectory: ../keys\n");
    yaml.append("authorityDirectory: ../authority\n");
    final int http = basePort + 40 + node;
    final int tcp = basePort + DEVICES + node;
    yaml.append("http: {host: ").append(place.host(node)).append(", port: " + http + OPEN);
    yaml.append("tcp: {host: ").append(place.host(node)).append(", port: " + tcp + OPEN);
    yaml.append(UNBOUNDED);
    yaml.append("replication:\n  secretFile: ../secret\n");
    yaml.append("  host: ").append(place.host(node)).append('\n').append(extra);
    if (isMember) {
      yaml.append("  memberId: ").append(node).append('\n');
    }
    yaml.append("  members:\n");
    for (int member = 0; member < memberCount; member++) {
      yaml.append("    - {host: ")
          .append(place.host(member))
          .append(", basePort: " + (basePort + member * MemberAddress.PORTS) + "}\n");
    }
    Files.writeString(own.resolve("node.yaml"), yaml);
    return new NodeProcess(
        isMember ? "member " + node : "replica" + (node == memberCount ? "" : " " + node),
        place.prefix(node),
        layout.jar(),
        own,
        URI.create("http://" + place.host(node) + ":" + http));
  }

  /** Where devices reach a node; members are 0, 1, 2 …, replicas follow. */
  InetSocketAddress devices(int node) {
    return new InetSocketAddress(place.host(node), basePort + DEVICES + node);
  }

  List<NodeProcess> all() {
    final List<NodeProcess> all = new ArrayList<>(members);
    all.addAll(replicas);
    return all;
  }

  /** Starts all and puts a table of grounds without ceilings, which is the log's first version. */
  void startAll() throws IOException, InterruptedException {
    for (final NodeProcess node : all()) {
      node.start();
    }
    for (final NodeProcess node : all()) {
      awaitReady(node);
    }
    OpenGrounds.put(awaitLeader().url(), authority, authorities.get(1));
  }

  static void awaitReady(NodeProcess node) throws InterruptedException {
    await(node.name() + " answers", () -> node.status() != null);
  }

  /** The member that leads and takes changes. */
  NodeProcess awaitLeader() throws InterruptedException {
    final NodeProcess[] found = new NodeProcess[1];
    await(
        "there is a leader",
        () -> {
          found[0] = leader();
          return found[0] != null;
        });
    return found[0];
  }

  NodeProcess leader() throws InterruptedException {
    for (final NodeProcess member : members) {
      if (member.isAlive() && member.is(LogRole.LEADER)) {
        return member;
      }
    }
    return null;
  }

  /** A member that is another than the one that leads. */
  NodeProcess followerOf(NodeProcess leader) {
    return members.get(0) == leader ? members.get(1) : members.get(0);
  }

  /**
   * Waits until all nodes that run have applied so many changes of status, and returns the digest
   * they share.
   */
  String awaitEqual(long changes) throws InterruptedException {
    return awaitVersion(changes + DOCUMENTS);
  }

  /** Waits until all nodes that run are at one version, whichever it is, and returns it. */
  long awaitOneVersion() throws InterruptedException {
    final long[] version = new long[1];
    await(
        "all nodes are at one version",
        () -> {
          version[0] = -1;
          for (final NodeProcess node : all()) {
            final JsonNode status = node.status();
            final long own = status == null ? 0 : status.path("version").longValue();
            if (own == 0 || (version[0] >= 0 && own != version[0])) {
              return false;
            }
            version[0] = own;
          }
          return true;
        });
    return version[0];
  }

  /** Waits until all nodes that run are at a version, and returns the digest they share. */
  String awaitVersion(long version) throws InterruptedException {
    String digest = null;
    for (final NodeProcess node : all()) {
      if (!node.isAlive()) {
        continue;
      }
      final JsonNode[] seen = new JsonNode[1];
      await(
          node.name() + " is at version " + version,
          () -> {
            seen[0] = node.status();
            return seen[0] != null && seen[0].path("version").longValue() == version;
          });
      final String own = seen[0].path("digest").asText();
      if (digest != null && !digest.equals(own)) {
        throw new IllegalStateException(
            node.name() + "'s digest is " + own + ", not " + digest + ", at version " + version);
      }
      digest = own;
    }
    return digest;
  }

  /** Something that comes true, or does not. */
  interface Condition {
    boolean holds() throws InterruptedException;
  }

  static void await(String what, Condition condition) throws InterruptedException {
    final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
    while (!condition.holds()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("not within " + READY_SECONDS + " s: " + what);
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Override
  public void close() {
    killAll();
  }

  /** Kills every node that runs. */
  void killAll() {
    for (final NodeProcess node : all()) {
      if (node.isAlive()) {
        try {
          node.kill();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  /** Deletes a run's files, or a node's. */
  static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (final Path file : files.sorted(Collections.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
