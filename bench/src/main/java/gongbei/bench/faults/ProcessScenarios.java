package gongbei.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.bench.setup.NodeProcess;
import gongbei.codec.file.PrivateFiles;
import gongbei.replication.log.LogRole;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Scenarios in which nodes are killed, paused, emptied or started with other settings. */
final class ProcessScenarios {
  private final FaultSetting setting;
  private final int kills;

  ProcessScenarios(FaultSetting setting, int kills) {
    this.setting = setting;
    this.kills = kills;
  }

  /** The scenarios, by their names. */
  Map<String, FaultScenario> all() {
    return Map.of(
        "leader-killed", this::leaderKilled,
        "follower-wiped", this::followerWiped,
        "replica-killed", this::replicaKilled,
        "replica-paused", this::replicaPaused,
        "all-killed", this::allKilled,
        "five-members", this::fiveMembers,
        "secret-changed", this::secretChanged);
  }

  private String leaderKilled(Path directory) throws Exception {
    try (ClusterFixture bed = setting.cluster(directory, "")) {
      bed.startAll();
      bed.awaitLeader();
      final long[] election = new long[kills];
      final long[] writing = new long[kills];
      try (WriteLoad writes = setting.writes(bed)) {
        ClusterFixture.await(
            "the resident is known", () -> writes.lastAcknowledgedSubmission() > 0);
        ClusterFixture.await("the replica has the resident", () -> bed.replica.passes(bed.code));
        try (ScanLoad scans = new ScanLoad(bed.all(), bed.code)) {
          final long firstTerm = term(bed.awaitLeader());
          for (int kill = 0; kill < kills; kill++) {
            final NodeProcess leader = bed.awaitLeader();
            TimeUnit.MILLISECONDS.sleep(1_000);
            scans.excuse(leader);
            final long killedNanos = System.nanoTime();
            leader.kill();
            bed.awaitLeader();
            election[kill] = FaultSetting.millisSince(killedNanos);
            final long from = System.nanoTime();
            ClusterFixture.await(
                "writes go on", () -> writes.lastAcknowledgedSubmission() - killedNanos > 0);
            writing[kill] = election[kill] + FaultSetting.millisSince(from);
            leader.start();
            ClusterFixture.awaitReady(leader);
            ClusterFixture.await("it follows", () -> leader.is(LogRole.FOLLOWER));
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

  private static long term(NodeProcess node) throws InterruptedException {
    final JsonNode status = node.status();
    return status == null ? -1 : status.at("/log/term").longValue();
  }

  private static long median(long[] values) {
    final long[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }

  private String followerWiped(Path directory) throws Exception {
    try (ClusterFixture bed =
        setting.cluster(
            directory,
            FaultSetting.SHORT_LOG + "  snapshotLogBytes: 2097152\n" + "  feedBytes: 2097152\n")) {
      bed.startAll();
      final NodeProcess leader = bed.awaitLeader();
      final NodeProcess follower = bed.followerOf(leader);
      try (WriteLoad writes = setting.writes(bed, FaultSetting.MANY_CHANGES)) {
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
    try (ClusterFixture bed = setting.cluster(directory, 5, "")) {
      bed.startAll();
      try (WriteLoad writes = setting.writes(bed)) {
        final NodeProcess leader = bed.awaitLeader();
        final NodeProcess follower = bed.followerOf(leader);
        TimeUnit.SECONDS.sleep(3);
        final long killedNanos = System.nanoTime();
        leader.kill();
        follower.kill();
        bed.awaitLeader();
        final long millis = FaultSetting.millisSince(killedNanos);
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
    try (ClusterFixture bed = setting.cluster(directory, "")) {
      PrivateFiles.closeToOthers(
          Files.writeString(directory.resolve("next"), "the next secret of the fault test\n"));
      bed.startAll();
      bed.awaitLeader();
      try (WriteLoad writes = setting.writes(bed)) {
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
    try (ClusterFixture bed = setting.cluster(directory, "")) {
      bed.startAll();
      bed.awaitLeader();
      try (WriteLoad writes = setting.writes(bed)) {
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
        setting.cluster(
            directory,
            FaultSetting.SHORT_LOG + "  snapshotLogBytes: 2097152\n" + "  feedBytes: 1048576\n")) {
      bed.startAll();
      bed.awaitLeader();
      try (WriteLoad writes = setting.writes(bed, FaultSetting.MANY_CHANGES)) {
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
    try (ClusterFixture bed = setting.cluster(directory, "")) {
      bed.startAll();
      bed.awaitLeader();
      try (WriteLoad writes = setting.writes(bed)) {
        TimeUnit.SECONDS.sleep(5);
        for (final NodeProcess member : bed.members) {
          member.kill();
        }
        final long killedNanos = System.nanoTime();
        for (final NodeProcess member : bed.members) {
          member.start();
        }
        bed.awaitLeader();
        final long millis = FaultSetting.millisSince(killedNanos);
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
}
