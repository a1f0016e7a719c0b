package gongbei.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.bench.setup.NodeProcess;
import gongbei.replication.cluster.NodeRequest;
import gongbei.replication.log.LogRole;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Scenarios in which a disk is full, a snapshot is not finished or a file is damaged. */
final class StorageScenarios {
  private final FaultSetting setting;

  StorageScenarios(FaultSetting setting) {
    this.setting = setting;
  }

  /** The scenarios, by their names. */
  Map<String, FaultScenario> all() {
    return Map.of(
        "disk-full", this::diskFull,
        "snapshot-interrupted", this::snapshotInterrupted,
        "map-flipped", this::mapFlipped);
  }

  private String diskFull(Path directory) throws Exception {
    try (ClusterFixture bed =
        setting.cluster(
            directory,
            FaultSetting.SHORT_LOG + "  feedBytes: 1048576\n" + "  lowStorageBytes: 8388608\n")) {
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
        try (WriteLoad writes = setting.writes(bed)) {
          TimeUnit.SECONDS.sleep(2);
          final Path filler = victim.data().resolve("filler");
          fill(filler);
          ClusterFixture.await("the member stops writing", () -> victim.is(LogRole.FAILED));
          final JsonNode status = victim.status();
          if (status == null || !victim.passes(bed.code)) {
            throw new IllegalStateException("the member with the full disk answers no scans");
          }
          final String role = NodeProcess.logRole(status).map(LogRole::wireName).orElse("");
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

  private String snapshotInterrupted(Path directory) throws Exception {
    try (ClusterFixture bed = setting.cluster(directory, "")) {
      bed.startAll();
      bed.awaitLeader();
      try (WriteLoad writes = setting.writes(bed, FaultSetting.MANY_CHANGES)) {
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
    try (ClusterFixture bed = setting.cluster(directory, "")) {
      bed.startAll();
      bed.awaitLeader();
      try (WriteLoad writes = setting.writes(bed)) {
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
            "maps rebuilt from the log and the feed; %,d changes; digest %s on all",
            changes,
            bed.awaitEqual(changes));
      }
    }
  }
}
