package gongbei.bench.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.bench.setup.FirstChanges;
import gongbei.bench.setup.PublishedKeys;
import gongbei.codec.file.PrivateFiles;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustListFile;
import gongbei.replication.context.MemberAddress;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.national.NationalRule;
import gongbei.verifier.node.Node;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code rules-bench}: three members and a replica in this process, and rules of a country that are
 * put one after the other: how long after its acknowledgement each is in force on every node. Where
 * trust lists come meanwhile, every node reads each and computes the tables of all its keys.
 */
@Command(
    name = "rules-bench",
    description = "How long after its acknowledgement a new rule is in force on every node.",
    mixinStandardHelpOptions = true)
public final class RulesBenchmark implements Callable<Integer> {
  private static final int MEMBERS = 3;
  private static final int WARM_UP = 10;
  private static final String MEASURED = "XA";
  private static final ObjectMapper JSON = new ObjectMapper();

  @Parameters(paramLabel = "DIR", index = "0", description = "An empty directory.")
  private Path directory;

  @Option(names = "--times", defaultValue = "100", description = "How many rules are put.")
  private int times;

  @Option(
      names = "--rules",
      paramLabel = "RULES.jsonl",
      description = "What else is in force, one rule a line; none unless told.")
  private Path others;

  @Option(
      names = "--keys",
      defaultValue = "0",
      description = "Has two trust lists of so many keys take turns, one each second.")
  private int keys;

  @Option(
      names = "--base-port",
      defaultValue = "19800",
      description = "The first of the members' 24 ports.")
  private int basePort;

  private final List<Node> nodes = new ArrayList<>();
  private SigningKey authority;
  private volatile boolean isOver;
  private int written;

  @Override
  public Integer call() throws Exception {
    final Instant from = Instant.now().minus(Duration.ofDays(1));
    authority = new KeyGeneration().generateAuthority("Bench", from, from.plus(Duration.ofDays(9)));
    KeyGeneration.write(authority, "authority", directory.resolve("authority"));
    Files.createDirectories(directory.resolve("trust"));
    PrivateFiles.closeToOthers(
        Files.writeString(directory.resolve("secret"), "a secret of this bench\n"));
    try {
      startAll();
      putOthers();
      if (keys == 0) {
        measure("no trust list comes");
      } else {
        measureBesideLists();
      }
    } finally {
      nodes.forEach(Node::close);
    }
    return 0;
  }

  private NodeConfig config(int node) throws Exception {
    final boolean isMember = node < MEMBERS;
    final StringBuilder yaml = new StringBuilder();
    yaml.append("role: ").append(isMember ? "member" : "replica");
    yaml.append("\nmaxSubjects: 1000\nreloadSeconds: 1\ndataDirectory: data-").append(node);
    yaml.append("\ntrustDirectory: trust\nauthorityDirectory: authority\n");
    yaml.append("http: {host: 127.0.0.1, port: 0}\ntcp: {host: 127.0.0.1, port: 0}\n");
    yaml.append("access: {addressRequestsPerSecond: 0}\n");
    yaml.append("replication:\n  secretFile: secret\n  host: 127.0.0.1\n");
    if (isMember) {
      yaml.append("  memberId: ").append(node).append('\n');
    }
    yaml.append("  members:\n");
    for (int id = 0; id < MEMBERS; id++) {
      final int port = basePort + id * MemberAddress.PORTS;
      yaml.append("    - {host: 127.0.0.1, basePort: ").append(port).append("}\n");
    }
    return NodeConfig.read(Files.writeString(directory.resolve("node-" + node + ".yaml"), yaml));
  }

  private void startAll() throws Exception {
    final List<CompletableFuture<Node>> starting = new ArrayList<>();
    for (int node = 0; node <= MEMBERS; node++) {
      final NodeConfig config = config(node);
      starting.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return Node.start(config);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              },
              task -> new Thread(task, "start").start()));
    }
    for (final CompletableFuture<Node> each : starting) {
      nodes.add(each.get());
    }
    while (nodes.stream().noneMatch(node -> node.resources().log().status().isWriting())) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private void put(String country, ObjectNode document) throws IOException, InterruptedException {
    final URI node = URI.create("http://127.0.0.1:" + nodes.get(0).httpPort() + "/");
    FirstChanges.put(
        new AuthorityClient(node, authority),
        "/v1/foreign-rules/" + country,
        document.toString(),
        "the rules of " + country);
  }

  private void putOthers() throws IOException, InterruptedException {
    final Map<String, ArrayNode> countries = new TreeMap<>();
    int count = 0;
    if (others != null) {
      for (final String line : Files.readAllLines(others)) {
        final JsonNode rule = JSON.readTree(line);
        countries
            .computeIfAbsent(rule.path("Country").textValue(), none -> JSON.createArrayNode())
            .add(rule);
        count++;
      }
    }
    for (final Map.Entry<String, ArrayNode> each : countries.entrySet()) {
      put(each.getKey(), document(1, each.getValue()));
    }
    System.out.printf(
        Locale.ROOT, "%d other rules of %d countries are in force%n", count, countries.size());
  }

  private static ObjectNode document(int revision, ArrayNode rules) {
    final ObjectNode document = JSON.createObjectNode().put("revision", revision);
    document.set("rules", rules);
    return document;
  }

  private static ObjectNode measured(int revision) throws IOException {
    final JsonNode rule =
        JSON.readTree(
            """
            {"Identifier": "VR-XA-0001", "Type": "Acceptance", "Country": "XA",
             "Version": "1.0.%d", "SchemaVersion": "1.0.0", "Engine": "CERTLOGIC",
             "EngineVersion": "0.7.5", "CertificateType": "Vaccination",
             "ValidFrom": "2022-01-01T00:00:00Z", "ValidTo": "2099-01-01T00:00:00Z",
             "AffectedFields": ["v.0.dn"], "Description": [{"lang": "en", "desc": "Doses."}],
             "Logic": {">=": [{"var": "payload.v.0.dn"}, 1]}}
            """
                .replace("%d", Integer.toString(revision)));
    return document(revision, JSON.createArrayNode().add(rule));
  }

  /** Whether a node's scans are judged by that version of the rule from now on. */
  private static boolean isInForce(Node node, String version) {
    for (final NationalRule rule : node.resources().rulesets().current().national().all()) {
      if (rule.country().equals(MEASURED)) {
        return rule.version().equals(version);
      }
    }
    return false;
  }

  private void measureBesideLists() throws Exception {
    final Instant now = Instant.now();
    final List<TrustListFile> lists = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      lists.add(PublishedKeys.list(PublishedKeys.gateway(keys, now), now));
    }
    final Thread writer =
        new Thread(
            () -> {
              for (; !isOver; written++) {
                replaceList(lists.get(written % lists.size()));
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
              }
            },
            "trust-lists");
    writer.start();
    try {
      measure("trust lists of " + keys + " keys take turns");
    } finally {
      isOver = true;
      writer.join();
    }
    System.out.printf(Locale.ROOT, "%d trust lists were written%n", written);
  }

  private void replaceList(TrustListFile list) {
    try {
      final Path whole = directory.resolve("list.new");
      Files.write(whole, list.toJson());
      Files.move(
          whole,
          directory.resolve("trust").resolve("list" + TrustListFile.ENDING),
          StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Puts the rules and watches the nodes, each 100 µs: so much too long a time may be. A node that
   * has the rule before the acknowledgement is back counts as 0.
   */
  private void measure(String beside) throws Exception {
    final Histogram[] ofEach = new Histogram[nodes.size()];
    for (int i = 0; i < ofEach.length; i++) {
      ofEach[i] = new Histogram(3);
    }
    final Histogram ofAll = new Histogram(3);
    for (int time = 1; time <= WARM_UP + times; time++) {
      put(MEASURED, measured(time));
      final long acknowledged = System.nanoTime();
      final String version = "1.0." + time;
      final boolean[] isThere = new boolean[nodes.size()];
      for (int left = nodes.size(); left > 0; ) {
        for (int i = 0; i < isThere.length; i++) {
          if (!isThere[i] && isInForce(nodes.get(i), version)) {
            isThere[i] = true;
            left--;
            final long micros = (System.nanoTime() - acknowledged) / 1_000;
            if (time > WARM_UP) {
              ofEach[i].recordValue(micros);
            }
            if (left == 0 && time > WARM_UP) {
              ofAll.recordValue(micros);
            }
          }
        }
        LockSupport.parkNanos(100_000);
      }
    }
    System.out.printf(
        Locale.ROOT, "a new rule is in force after its acknowledgement, %s:%n", beside);
    for (int i = 0; i < ofEach.length; i++) {
      tell(i < MEMBERS ? "member " + i : "replica", ofEach[i]);
    }
    tell("every node", ofAll);
  }

  private static void tell(String where, Histogram micros) {
    System.out.printf(
        Locale.ROOT,
        "  %-10s median %.1f ms, p99 %.1f ms, at most %.1f ms, of %d%n",
        where,
        micros.getValueAtPercentile(50) / 1e3,
        micros.getValueAtPercentile(99) / 1e3,
        micros.getMaxValue() / 1e3,
        micros.getTotalCount());
  }
}
