package gongbei.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.bench.setup.NodeProcess;
import gongbei.codec.file.PrivateFiles;
import gongbei.replication.cluster.NodeRequest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code cluster-faults}: breaks a cluster in every way that it has to outlive, each node in a
 * process of its own. Prints a line for each scenario; ends with 1 where one has failed.
 */
@Command(
    name = "cluster-faults",
    description = "Breaks a cluster, scenario by scenario, each node a process of its own.",
    mixinStandardHelpOptions = true)
public final class ClusterFaults implements Callable<Integer> {
  private static final int MEMBERS = 3;

  @Parameters(
      paramLabel = "SCENARIO",
      arity = "0..*",
      description = "Which; all where none is named: ${COMPLETION-CANDIDATES}.",
      completionCandidates = ScenarioNames.class)
  private List<String> names = List.of();

  @Option(names = "--kills", defaultValue = "20", description = "How often a leader is killed.")
  private int kills;

  @Option(names = "--rate", defaultValue = "1000", description = "Changes a second.")
  private int writesASecond;

  @Option(
      names = "--base-port",
      defaultValue = "26000",
      description = "The first of 64 ports of each scenario.")
  private int basePort;

  @Option(names = "--keep", description = "Keep what the nodes left.")
  private boolean isKeeping;

  @Option(
      names = "--jar",
      defaultValue = "verifier/target/gongbei.jar",
      description = "What the nodes run.")
  private Path jar;

  private final Map<String, Scenario> scenarios = new TreeMap<>();
  private int beds;

  /** All of the scenarios. */
  public ClusterFaults() {
    scenarios.put("leader-killed", this::leaderKilled);
    scenarios.put("follower-wiped", this::followerWiped);
    scenarios.put("replica-killed", this::replicaKilled);
    scenarios.put("replica-paused", this::replicaPaused);
    scenarios.put("all-killed", this::allKilled);
    scenarios.put("partition", this::partition);
    scenarios.put("partition-long", this::partitionLong);
    scenarios.put("disk-full", this::diskFull);
    scenarios.put("snapshot-interrupted", this::snapshotInterrupted);
    scenarios.put("map-flipped", this::mapFlipped);
    scenarios.put("five-members", this::fiveMembers);
    scenarios.put("secret-changed", this::secretChanged);
  }

  /** Something to outlive. Returns what there is to say of it. */
  private interface Scenario {
    String run(Path directory) throws Exception;
  }

  /** The names of all scenarios. */
  private static final class ScenarioNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return new ClusterFaults().scenarios.keySet().iterator();
    }
  }

  @Override
  public Integer call() throws IOException {
    for (final String name : names) {
      if (!scenarios.containsKey(name)) {
        System.err.println(name + " is no scenario: " + String.join(", ", scenarios.keySet()));
        return 2;
      }
    }
    return run() ? 0 : 1;
  }

  private boolean run() throws IOException {
    boolean isGood = true;
    for (final Map.Entry<String, Scenario> each : scenarios.entrySet()) {
      if (!names.isEmpty() && !names.contains(each.getKey())) {
        continue;
      }
      final Path directory = Files.createTempDirectory("gongbei-" + each.getKey() + "-");
      final long startedNanos = System.nanoTime();
      String line;
      try {
        line = each.getValue().run(directory);
        if (isKeeping) {
          line += "; what the nodes said is in " + directory;
        } else {
          ClusterFixture.delete(directory);
        }
      } catch (Exception e) {
        isGood = false;
        line = "FAILED: " + e + "; what the nodes said is in " + directory;
      }
      System.out.printf(
          Locale.ROOT,
          "%-20s %s (%d s)%n",
          each.getKey(),
          line,
          TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedNanos));
    }
    return isGood;
  }

  private ClusterFixture bed(Path directory, String extra) throws IOException {
    return bed(directory, MEMBERS, extra);
  }

  private ClusterFixture bed(Path directory, int memberCount, String extra) throws IOException {
    return new ClusterFixture(
        jar, directory, ClusterFixture.LOOPBACK, basePort + 64 * beds++, memberCount, extra);
  }

  private WriteLoad writes(ClusterFixture bed) {
    final List<URI> servers = bed.members.stream().map(NodeProcess::url).toList();
    return new WriteLoad(servers, bed.authority, writesASecond);
  }

  private String leaderKilled(Path directory) throws Exception {
    try (ClusterFixture bed = bed(directory, "")) {
      bed.startAll();
      bed.awaitLeader();
      final long[] election = new long[kills];
      final long[] writing = new long[kills];
      try (WriteLoad writes = writes(bed)) {
        ClusterFixture.await(
            "the resident is known", () -> writes.lastAcknowledgedSubmission() > 0);
        ClusterFixture.await(
            "the replica has the resident", () -> isPassing(bed.replica, bed.code));
        try (ScanLoad scans = new ScanLoad(bed.all(), bed.code)) {
          final long firstTerm = term(bed.awaitLeader());
          for (int kill = 0; kill < kills; kill++) {
            final NodeProcess leader = bed.awaitLeader();
            TimeUnit.MILLISECONDS.sleep(1_000);
            scans.excuse(leader);
            final long killedNanos = System.nanoTime();
            leader.kill();
            bed.awaitLeader();
            election[kill] = millisSince(killedNanos);
            final long from = System.nanoTime();
            ClusterFixture.await(
                "writes go on", () -> writes.lastAcknowledgedSubmission() - killedNanos > 0);
            writing[kill] = election[kill] + millisSince(from);
            leader.start();
            ClusterFixture.awaitReady(leader);
            ClusterFixture.await("it follows", () -> roleOf(leader).equals("follower"));
            scans.expect(leader);
          }
          final long terms = term(bed.awaitLeader()) - firstTerm;
          final long changes = writes.finish();
          final String digest = bed.awaitEqual(changes);
          if (scans.faults() > 0) {
            throw new IllegalStateException(
                scans.faults() + " scans were not answered well, the last: " + scans.lastFault());
          }
          return String.format(
              Locale.ROOT,
              "%d kills; new leader after median %d ms, at most %d; writes acknowledged again after"
                  + " median %d ms, at most %d; %d terms, %d false elections; %,d changes, none"
                  + " lost, none twice; digest %s on all; %,d scans answered, no error",
              kills,
              median(election),
              Arrays.stream(election).max().orElse(0),
              median(writing),
              Arrays.stream(writing).max().orElse(0),
              terms,
              Math.max(0, terms - kills),
              changes,
              digest,
              scans.answered());
        }
      }
    }
  }

  private static boolean isPassing(NodeProcess node, String code) throws InterruptedException {
    final JsonNode answer = node.scan(code);
    return answer != null && answer.path("verdict").asText().equals("pass");
  }

  private static String roleOf(NodeProcess node) throws InterruptedException {
    final JsonNode status = node.status();
    return status == null ? "" : status.at("/log/role").asText();
  }

  private static long term(NodeProcess node) throws InterruptedException {
    final JsonNode status = node.status();
    return status == null ? -1 : status.at("/log/term").longValue();
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  private static long median(long[] values) {
    final long[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }

  private static NodeProcess followerOf(ClusterFixture bed, NodeProcess leader) {
    return bed.members.get(0) == leader ? bed.members.get(1) : bed.members.get(0);
  }

  private String followerWiped(Path directory) throws Exception {
    try (ClusterFixture bed =
        bed(
            directory,
            "  logTermBytes: 1048576\n  segmentBytes: 1048576\n  snapshotLogBytes: 2097152\n"
                + "  feedBytes: 2097152\n")) {
      bed.startAll();
      final NodeProcess leader = bed.awaitLeader();
      final NodeProcess follower = followerOf(bed, leader);
      try (WriteLoad writes =
          new WriteLoad(
              bed.members.stream().map(NodeProcess::url).toList(), bed.authority, 20_000)) {
        TimeUnit.SECONDS.sleep(5);
        follower.kill();
        ClusterFixture.delete(follower.data());
        TimeUnit.SECONDS.sleep(10);
        follower.start();
        ClusterFixture.awaitReady(follower);
        final long changes = writes.finish();
        return String.format(
            Locale.ROOT, "%,d changes; digest %s on all", changes, bed.awaitEqual(changes));
      }
    }
  }

  private String fiveMembers(Path directory) throws Exception {
    try (ClusterFixture bed = bed(directory, 5, "")) {
      bed.startAll();
      try (WriteLoad writes = writes(bed)) {
        final NodeProcess leader = bed.awaitLeader();
        final NodeProcess follower = followerOf(bed, leader);
        TimeUnit.SECONDS.sleep(3);
        final long killedNanos = System.nanoTime();
        leader.kill();
        follower.kill();
        bed.awaitLeader();
        final long millis = millisSince(killedNanos);
        ClusterFixture.await(
            "writes go on", () -> writes.lastAcknowledgedSubmission() - killedNanos > 0);
        leader.start();
        follower.start();
        ClusterFixture.awaitReady(leader);
        ClusterFixture.awaitReady(follower);
        final long changes = writes.finish();
        return String.format(
            Locale.ROOT,
            "the leader and another killed, a new leader after %d ms; %,d changes, none lost, none"
                + " twice; digest %s on all",
            millis,
            changes,
            bed.awaitEqual(changes));
      }
    }
  }

  /** The three steps of how to change the secret, node after node, while changes go on. */
  private String secretChanged(Path directory) throws Exception {
    try (ClusterFixture bed = bed(directory, "")) {
      PrivateFiles.closeToOthers(
          Files.writeString(directory.resolve("next"), "the next secret of the fault test\n"));
      bed.startAll();
      bed.awaitLeader();
      try (WriteLoad writes = writes(bed)) {
        ClusterFixture.await(
            "the resident is known", () -> writes.lastAcknowledgedSubmission() > 0);
        String before = "  secretFile: ../secret\n";
        for (final String settings :
            List.of(
                "  secretFile: ../secret\n  acceptedSecretFile: ../next\n",
                "  secretFile: ../next\n  acceptedSecretFile: ../secret\n",
                "  secretFile: ../next\n")) {
          for (final NodeProcess node : bed.all()) {
            node.stop();
            final Path file = node.directory().resolve("node.yaml");
            Files.writeString(file, Files.readString(file).replace(before, settings));
            node.start();
            ClusterFixture.awaitReady(node);
          }
          bed.awaitLeader();
          before = settings;
        }
        final long changes = writes.finish();
        return String.format(
            Locale.ROOT,
            "%d nodes started again 3 times each; %,d changes, none lost, none twice; digest %s on"
                + " all",
            bed.all().size(),
            changes,
            bed.awaitEqual(changes));
      }
    }
  }

  private String replicaKilled(Path directory) throws Exception {
    try (ClusterFixture bed = bed(directory, "")) {
      bed.startAll();
      bed.awaitLeader();
      try (WriteLoad writes = writes(bed)) {
        for (int kill = 0; kill < 3; kill++) {
          TimeUnit.SECONDS.sleep(2);
          bed.replica.kill();
          TimeUnit.SECONDS.sleep(1);
          bed.replica.start();
          ClusterFixture.awaitReady(bed.replica);
          bed.replica.stop();
          bed.replica.start();
          ClusterFixture.awaitReady(bed.replica);
        }
        final long changes = writes.finish();
        return String.format(
            Locale.ROOT,
            "killed 3 times, stopped 3 times; %,d changes; digest %s on all",
            changes,
            bed.awaitEqual(changes));
      }
    }
  }

  /** A replica that runs, and is behind by more than the members keep of their feed. */
  private String replicaPaused(Path directory) throws Exception {
    try (ClusterFixture bed =
        bed(
            directory,
            "  logTermBytes: 1048576\n  segmentBytes: 1048576\n  snapshotLogBytes: 2097152\n"
                + "  feedBytes: 1048576\n")) {
      bed.startAll();
      bed.awaitLeader();
      try (WriteLoad writes =
          new WriteLoad(
              bed.members.stream().map(NodeProcess::url).toList(), bed.authority, 20_000)) {
        TimeUnit.SECONDS.sleep(3);
        bed.replica.pause();
        TimeUnit.SECONDS.sleep(15);
        bed.replica.resume();
        final long changes = writes.finish();
        final String digest = bed.awaitEqual(changes);
        final long snapshots;
        try (Stream<String> lines = Files.lines(bed.replica.directory().resolve("output"))) {
          snapshots = lines.filter(line -> line.contains("was taken over")).count();
        }
        return String.format(
            Locale.ROOT,
            "paused for 15 s, then %d snapshots taken over; %,d changes; digest %s on all",
            snapshots,
            changes,
            digest);
      }
    }
  }

  private String allKilled(Path directory) throws Exception {
    try (ClusterFixture bed = bed(directory, "")) {
      bed.startAll();
      bed.awaitLeader();
      try (WriteLoad writes = writes(bed)) {
        TimeUnit.SECONDS.sleep(5);
        for (final NodeProcess member : bed.members) {
          member.kill();
        }
        final long killedNanos = System.nanoTime();
        for (final NodeProcess member : bed.members) {
          member.start();
        }
        bed.awaitLeader();
        final long millis = millisSince(killedNanos);
        final long changes = writes.finish();
        return String.format(
            Locale.ROOT,
            "a leader again after %d ms; %,d changes, none lost, none twice; digest %s on all",
            millis,
            changes,
            bed.awaitEqual(changes));
      }
    }
  }

  private String partition(Path directory) throws Exception {
    try (NetworkNamespaces spaces = NetworkNamespaces.make(directory, 1)) {
      if (spaces == null) {
        return "SKIPPED: network namespaces can't be made here (root, ip and gcc are needed)";
      }
      try (ClusterFixture bed =
          new ClusterFixture(jar, directory, spaces, basePort + 64 * beds++, MEMBERS, "")) {
        bed.startAll();
        bed.awaitLeader();
        try (WriteLoad writes = writes(bed)) {
          ClusterFixture.await(
              "the resident is known", () -> writes.lastAcknowledgedSubmission() > 0);
          final NodeProcess leader = bed.awaitLeader();
          final int alone = bed.members.indexOf(leader);
          final long cutNanos = System.nanoTime();
          spaces.cut(alone);
          final NodeProcess[] next = new NodeProcess[1];
          ClusterFixture.await(
              "another leads",
              () -> {
                next[0] = bed.leader();
                return next[0] != null && next[0] != leader;
              });
          final long leaderMillis = millisSince(cutNanos);
          ClusterFixture.await(
              "writes go on", () -> writes.lastAcknowledgedSubmission() - cutNanos > 0);
          spaces.mend(alone);
          ClusterFixture.await("it follows", () -> roleOf(leader).equals("follower"));
          final NodeProcess now = bed.awaitLeader();
          final NodeProcess follower = followerOf(bed, now);
          spaces.cut(bed.members.indexOf(follower));
          TimeUnit.SECONDS.sleep(5);
          spaces.mend(bed.members.indexOf(follower));
          ClusterFixture.await("it follows", () -> roleOf(follower).equals("follower"));
          final long changes = writes.finish();
          return String.format(
              Locale.ROOT,
              "leader cut off, another after %d ms; follower cut off; %,d changes, none lost, none"
                  + " twice; digest %s on all",
              leaderMillis,
              changes,
              bed.awaitEqual(changes));
        }
      }
    }
  }

  /** A follower that runs, cut off for longer than the others keep their log. */
  private String partitionLong(Path directory) throws Exception {
    try (NetworkNamespaces spaces = NetworkNamespaces.make(directory, 1)) {
      if (spaces == null) {
        return "SKIPPED: network namespaces can't be made here (root, ip and gcc are needed)";
      }
      try (ClusterFixture bed =
          new ClusterFixture(
              jar,
              directory,
              spaces,
              basePort + 64 * beds++,
              MEMBERS,
              "  logTermBytes: 1048576\n  segmentBytes: 1048576\n  snapshotLogBytes: 2097152\n"
                  + "  feedBytes: 2097152\n")) {
        bed.startAll();
        final NodeProcess follower = followerOf(bed, bed.awaitLeader());
        final int alone = bed.members.indexOf(follower);
        try (WriteLoad writes =
            new WriteLoad(
                bed.members.stream().map(NodeProcess::url).toList(), bed.authority, 20_000)) {
          TimeUnit.SECONDS.sleep(3);
          spaces.cut(alone);
          TimeUnit.SECONDS.sleep(15);
          spaces.mend(alone);
          ClusterFixture.await(
              "it says that it has failed", () -> roleOf(follower).equals("failed"));
          follower.stop();
          follower.start();
          ClusterFixture.await("it follows", () -> roleOf(follower).equals("follower"));
          final long changes = writes.finish();
          return String.format(
              Locale.ROOT,
              "a follower cut off for 15 s said failed, and followed when it was started again;"
                  + " %,d changes, none lost, none twice; digest %s on all",
              changes,
              bed.awaitEqual(changes));
        }
      }
    }
  }

  private String diskFull(Path directory) throws Exception {
    try (ClusterFixture bed =
        bed(
            directory,
            "  logTermBytes: 1048576\n  segmentBytes: 1048576\n  feedBytes: 1048576\n"
                + "  lowStorageBytes: 8388608\n")) {
      final NodeProcess victim = bed.members.get(2);
      Files.createDirectories(victim.data());
      if (new ProcessBuilder(
                  "mount", "-t", "tmpfs", "-o", "size=220m", "tmpfs", victim.data().toString())
              .start()
              .waitFor()
          != 0) {
        return "SKIPPED: a small file system can't be mounted here (root is needed)";
      }
      try {
        bed.startAll();
        bed.awaitLeader();
        try (WriteLoad writes = writes(bed)) {
          TimeUnit.SECONDS.sleep(2);
          final Path filler = victim.data().resolve("filler");
          fill(filler);
          ClusterFixture.await("the member stops writing", () -> !isWriting(victim));
          final JsonNode status = victim.status();
          if (status == null || !isPassing(victim, bed.code)) {
            throw new IllegalStateException("the member with the full disk answers no scans");
          }
          final String role = status.at("/log/role").asText();
          victim.kill();
          Files.delete(filler);
          victim.start();
          ClusterFixture.awaitReady(victim);
          final long changes = writes.finish();
          return String.format(
              Locale.ROOT,
              "a member was %s and went on answering scans; with room again: %,d changes; digest %s"
                  + " on all",
              role,
              changes,
              bed.awaitEqual(changes));
        }
      } finally {
        if (victim.isAlive()) {
          victim.kill();
        }
        new ProcessBuilder("umount", victim.data().toString()).start().waitFor();
      }
    }
  }

  private static void fill(Path file) {
    final byte[] block = new byte[1 << 20];
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      while (true) {
        bytes.write(block);
      }
    } catch (IOException e) {
      System.out.println("The disk is full: " + e.getMessage());
    }
  }

  private static boolean isWriting(NodeProcess node) throws InterruptedException {
    final JsonNode status = node.status();
    return status == null || !status.at("/log/role").asText().equals("failed");
  }

  private String snapshotInterrupted(Path directory) throws Exception {
    try (ClusterFixture bed = bed(directory, "")) {
      bed.startAll();
      bed.awaitLeader();
      try (WriteLoad writes =
          new WriteLoad(
              bed.members.stream().map(NodeProcess::url).toList(), bed.authority, 20_000)) {
        TimeUnit.SECONDS.sleep(8);
        for (int round = 0; round < 3; round++) {
          final NodeProcess leader = bed.awaitLeader();
          final Thread asking =
              new Thread(
                  () -> {
                    try {
                      NodeRequest.SNAPSHOT.send(leader.data(), Duration.ofSeconds(1));
                    } catch (IOException | InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  });
          asking.start();
          TimeUnit.MILLISECONDS.sleep(205 + 15L * round);
          leader.kill();
          asking.join();
          leader.start();
          ClusterFixture.awaitReady(leader);
        }
        final long changes = writes.finish();
        return String.format(
            Locale.ROOT,
            "the leader killed in 3 snapshots; %,d changes, none lost, none twice; digest %s on"
                + " all",
            changes,
            bed.awaitEqual(changes));
      }
    }
  }

  private String mapFlipped(Path directory) throws Exception {
    try (ClusterFixture bed = bed(directory, "")) {
      bed.startAll();
      bed.awaitLeader();
      try (WriteLoad writes = writes(bed)) {
        TimeUnit.SECONDS.sleep(3);
        for (final NodeProcess node : List.of(bed.members.get(0), bed.replica)) {
          node.stop();
          final Path map = node.data().resolve("status.map");
          try (RandomAccessFile bytes = new RandomAccessFile(map.toFile(), "rw")) {
            for (long at = 1_000_003; at < bytes.length(); at += 1_000_003) {
              bytes.seek(at);
              final int before = bytes.read();
              bytes.seek(at);
              bytes.write(before ^ 0x20);
            }
          }
          node.start();
          ClusterFixture.awaitReady(node);
        }
        final long changes = writes.finish();
        return String.format(
            Locale.ROOT,
            "maps made anew from the log and the feed; %,d changes; digest %s on all",
            changes,
            bed.awaitEqual(changes));
      }
    }
  }
}
