package gongbei.bench.faults;

import gongbei.bench.setup.NodeProcess;
import gongbei.replication.log.LogRole;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Scenarios in which a node is cut off from the others. */
final class NetworkScenarios {
  private final FaultSetting setting;

  NetworkScenarios(FaultSetting setting) {
    this.setting = setting;
  }

  /** The scenarios, by their names. */
  Map<String, FaultScenario> all() {
    return Map.of(
        "partition", this::partition,
        "partition-long", this::partitionLong);
  }

  private String partition(Path directory) throws Exception {
    try (NetworkNamespaces spaces = NetworkNamespaces.make(directory, 1)) {
      if (spaces == null) {
        return "SKIPPED: network namespaces can't be made here (root, ip and gcc are needed)";
      }
      try (ClusterFixture bed = setting.cluster(directory, spaces, "")) {
        bed.startAll();
        bed.awaitLeader();
        try (WriteLoad writes = setting.writes(bed)) {
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
          final long leaderMillis = FaultSetting.millisSince(cutNanos);
          ClusterFixture.await(
              "writes go on", () -> writes.lastAcknowledgedSubmission() - cutNanos > 0);
          spaces.mend(alone);
          ClusterFixture.await("it follows", () -> leader.is(LogRole.FOLLOWER));
          final NodeProcess now = bed.awaitLeader();
          final NodeProcess follower = bed.followerOf(now);
          spaces.cut(bed.members.indexOf(follower));
          TimeUnit.SECONDS.sleep(5);
          spaces.mend(bed.members.indexOf(follower));
          ClusterFixture.await("it follows", () -> follower.is(LogRole.FOLLOWER));
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
          setting.cluster(
              directory,
              spaces,
              FaultSetting.SHORT_LOG
                  + "  snapshotLogBytes: 2097152\n"
                  + "  feedBytes: 2097152\n")) {
        bed.startAll();
        final NodeProcess follower = bed.followerOf(bed.awaitLeader());
        final int alone = bed.members.indexOf(follower);
        try (WriteLoad writes = setting.writes(bed, FaultSetting.MANY_CHANGES)) {
          TimeUnit.SECONDS.sleep(3);
          spaces.cut(alone);
          TimeUnit.SECONDS.sleep(15);
          spaces.mend(alone);
          ClusterFixture.await("it says that it has failed", () -> follower.is(LogRole.FAILED));
          follower.stop();
          follower.start();
          ClusterFixture.await("it follows", () -> follower.is(LogRole.FOLLOWER));
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
}
