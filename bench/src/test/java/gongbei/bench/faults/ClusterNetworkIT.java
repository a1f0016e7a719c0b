package gongbei.bench.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.bench.setup.NodeProcess;
import gongbei.replication.context.MemberAddress;
import gongbei.replication.testing.ClusterIntruder;
import gongbei.testing.BriefJvm;
import gongbei.testing.Prerequisite;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three members and a replica as they are shipped, each in a network namespace of its own, and in a
 * fifth somebody who reaches all their ports and has seen all that they sent.
 */
final class ClusterNetworkIT {
  private static final long SEED = 1;
  private static final int MEMBERS = 3;
  private static final int INTRUDERS_SPACE = 4;

  /** Each node has all ports of its namespace. */
  private static final int BASE_PORT = 26_000;

  private static final int WRITES_A_SECOND = 500;

  /** Nobody calls an election but by an attack, and no two members call the first at once. */
  private static final String UNHURRIED =
      "  heartbeatTimeoutMillis: 20000\n  electionTimeoutMillis: 2000\n";

  private static final Path JAR = Path.of("..", "verifier", "target", "gongbei.jar");
  private static final String OPENINGS = "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED";
  private static final String UNSAFE = "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED";

  @TempDir private Path directory;

  private NetworkNamespaces spaces;
  private ClusterFixture bed;

  private int intrusions;

  private static long refused(NodeProcess node, String reason) throws Exception {
    final HttpResponse<String> metrics =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(node.url().resolve("/metrics")).build(),
                HttpResponse.BodyHandlers.ofString());
    final Matcher line =
        Pattern.compile(
                "gongbei_log_datagrams_refused_total\\{reason=\"" + reason + "\"} ([0-9.E]+)")
            .matcher(metrics.body());
    assertTrue(line.find(), metrics::body);
    return (long) Double.parseDouble(line.group(1));
  }

  /** What the intruder said of its tries, a line for each. */
  private List<String> intrude(Path recorded) throws Exception {
    final List<String> command = new ArrayList<>(spaces.prefix(INTRUDERS_SPACE));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(OPENINGS, UNSAFE, "-cp", System.getProperty("java.class.path")));
    command.add(ClusterIntruder.class.getName());
    command.add(directory.resolve("intruder-" + intrusions++).toString());
    command.add(recorded.toString());
    for (int member = 0; member < MEMBERS; member++) {
      command.add(spaces.host(member) + ":" + (BASE_PORT + member * MemberAddress.PORTS));
    }
    final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    return said.lines().toList();
  }

  private long term() throws InterruptedException {
    final JsonNode status = bed.awaitLeader().status();
    return status.at("/log/term").longValue();
  }

  private void requireInVain(List<String> said) {
    assertEquals(3, said.size(), said::toString);
    assertTrue(said.get(0).matches("replayed [1-9][0-9]+"), said::toString);
    assertEquals("change taken false, vote taken false, archive opened false", said.get(1));
    assertEquals(said.get(1), said.get(2));
  }

  @Test
  void whoIsOnTheNetworkWithoutTheSecretChangesNothingButACounter() throws Exception {
    final String missing = NetworkNamespaces.missing();
    Prerequisite.require(
        missing == null, "this machine lacks " + missing + " for network namespaces");
    try (NetworkNamespaces made = NetworkNamespaces.make(directory, SEED);
        ClusterFixture started =
            new ClusterFixture(JAR, directory, made, BASE_PORT, MEMBERS, UNHURRIED)) {
      spaces = made;
      bed = started;
      for (final NodeProcess node : bed.all()) {
        node.environment(BriefJvm.ENVIRONMENT);
      }
      bed.startAll();
      bed.awaitLeader();
      final List<URI> urls = bed.members.stream().map(NodeProcess::url).toList();
      try (WriteLoad writes = new WriteLoad(urls, bed.authority, WRITES_A_SECOND)) {
        ClusterFixture.await(
            "the resident is known", () -> writes.lastAcknowledgedSubmission() > 0);
        final Path recorded = spaces.record(true);
        final long sinceNanos = System.nanoTime();
        ClusterFixture.await(
            "writes go by for a second",
            () -> writes.lastAcknowledgedSubmission() - sinceNanos > TimeUnit.SECONDS.toNanos(1));
        spaces.record(false);
        final long term = term();
        requireInVain(intrude(recorded));
        assertEquals(term, term(), "nobody was elected");
        for (final NodeProcess member : bed.members) {
          assertTrue(refused(member, "malformed") > 0, member.name());
          assertTrue(refused(member, "unknown-sender") > 0, member.name());
          assertTrue(refused(member, "replayed") > 0, member.name());
          assertEquals(0, refused(member, "forged"), member.name());
        }
        final NodeProcess follower = bed.members.get(bed.members.get(0) == bed.leader() ? 1 : 0);
        follower.stop();
        follower.start();
        ClusterFixture.awaitReady(follower);
        requireInVain(intrude(recorded));
        assertTrue(refused(follower, "unproven") > 0, "what was recorded before it started");
        bed.awaitEqual(writes.finish());
        assertTrue(bed.replica.scan(bed.code).path("verdict").asText().equals("pass"));
      }
    }
  }
}
