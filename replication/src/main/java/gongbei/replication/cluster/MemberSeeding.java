package gongbei.replication.cluster;

import gongbei.replication.context.ClusterContext;
import gongbei.replication.context.HostName;
import gongbei.replication.context.MemberAddress;
import gongbei.replication.recording.Recording;
import gongbei.replication.recording.RecordingCatalog;
import gongbei.replication.recording.RemoteArchive;
import io.aeron.Aeron;
import io.aeron.archive.client.AeronArchive;
import io.aeron.exceptions.AeronException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a member that has nothing, or has been away for longer than the others keep their log, a
 * snapshot and the log from it on, before it joins.
 */
final class MemberSeeding {
  private static final Logger LOGGER = LoggerFactory.getLogger(MemberSeeding.class);
  private static final Executor ASIDE = task -> new Thread(task, "gongbei-seeding").start();
  private static final int MAX_RECORDINGS = 10_000;
  private static final long PEER_TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

  private final ClusterContext context;
  private final Aeron aeron;

  MemberSeeding(ClusterContext context, Aeron aeron) {
    this.context = context;
    this.aeron = aeron;
  }

  /**
   * Seeds this member where it needs to be.
   *
   * @param ownEnd how far its own log goes; -1 where it has none
   * @param start where the others' logs start, as {@link #latestStartOfOthers} has it
   * @param localArchive how this process reaches its own archive
   * @return whether it has been seeded
   */
  boolean seedIfBehind(long ownEnd, long start, AeronArchive.Context localArchive)
      throws IOException {
    if (!isBehind(ownEnd, start)) {
      return false;
    }
    LOGGER.info(
        "The other members' log starts at {}, this one's ends at {}: it takes a snapshot of theirs",
        start,
        ownEnd);
    removeOwn(localArchive);
    final MemberAddress self = context.self();
    ClusterBackupCopy.take(
        context, aeron, localArchive, self.host(), self.backupConsensus(), self.backupCatchUp());
    return true;
  }

  /**
   * Whether the others no longer have what would have to be caught up on.
   *
   * @param ownEnd how far this member's log goes; -1 where it has none
   */
  boolean isBehind(long ownEnd) {
    return isBehind(ownEnd, latestStartOfOthers().join());
  }

  private static boolean isBehind(long ownEnd, long start) {
    return start > Math.max(ownEnd, 0);
  }

  /**
   * Asks where the shortest of the others' logs starts, for whoever leads may have no more; 0 where
   * no other member answers. Nothing is waited for here.
   */
  CompletableFuture<Long> latestStartOfOthers() {
    final List<CompletableFuture<Long>> asked =
        context.members().stream()
            .filter(member -> member.id() != context.memberId())
            .map(member -> CompletableFuture.supplyAsync(() -> startOfLogAt(member), ASIDE))
            .toList();
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(unused -> asked.stream().mapToLong(CompletableFuture::join).max().orElse(0));
  }

  private long startOfLogAt(MemberAddress member) {
    final long[] start = {0};
    final AeronArchive.Context there =
        new AeronArchive.Context()
            .aeron(aeron)
            .messageTimeoutNs(PEER_TIMEOUT_NANOS)
            .controlRequestChannel("aeron:udp?endpoint=" + member.archive())
            .controlResponseChannel(
                "aeron:udp?endpoint=" + HostName.withPort(context.self().host(), 0))
            .credentialsSupplier(context.credentials());
    try (AeronArchive archive = RemoteArchive.connect(there)) {
      for (final Recording log :
          Recording.list(archive, MAX_RECORDINGS, "aeron:", RecordingCatalog.LOG_STREAM_ID)) {
        start[0] = log.startPosition();
      }
    } catch (AeronException e) {
      LOGGER.info("Member {} does not answer yet", member.id());
      LOGGER.debug("The failure in full", e);
    }
    return start[0];
  }

  private void removeOwn(AeronArchive.Context localArchive) throws IOException {
    try (AeronArchive archive = AeronArchive.connect(localArchive.clone().aeron(aeron))) {
      for (final Recording own : Recording.list(archive, MAX_RECORDINGS)) {
        archive.purgeRecording(own.id());
      }
    }
    try (Stream<Path> files = Files.list(context.clusterDirectory())) {
      for (final Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
