package gongbei.replication.cluster;

import io.aeron.Aeron;
import io.aeron.archive.client.AeronArchive;
import io.aeron.cluster.ClusterBackup;
import io.aeron.cluster.ClusterBackupEventsListener;
import io.aeron.cluster.ClusterMember;
import io.aeron.cluster.RecordingLog;
import io.aeron.exceptions.AeronException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a member that has nothing, or has been away for longer than the others keep their log, a
 * snapshot and the log from it on: Aeron's {@link ClusterBackup}, run once before it joins.
 */
final class MemberSeeding {
  private static final Logger LOGGER = LoggerFactory.getLogger(MemberSeeding.class);
  private static final Executor ASIDE = task -> new Thread(task, "gongbei-seeding").start();
  private static final int LOG_STREAM_ID = 100;
  private static final int MAX_RECORDINGS = 10_000;
  private static final long PEER_TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);
  private static final long STALL_SECONDS = 120;
  private static final int TURN_MILLIS = 200;
  private static final int MAX_TURNS = 50;

  private final ClusterContext context;
  private final Aeron aeron;
  private final AeronArchive.Context localArchive;

  MemberSeeding(ClusterContext context, Aeron aeron, AeronArchive.Context localArchive) {
    this.context = context;
    this.aeron = aeron;
    this.localArchive = localArchive;
  }

  /**
   * Seeds this member where it needs to be.
   *
   * @param ownEnd how far its own log goes; -1 where it has none
   * @return whether it has been seeded
   */
  boolean seedIfBehind(long ownEnd) throws IOException {
    final long start = earliestStartOfOthers();
    if (start <= Math.max(ownEnd, 0)) {
      return false;
    }
    LOGGER.info(
        "The other members' log starts at {}, this one's ends at {}: it takes a snapshot of theirs",
        start,
        ownEnd);
    removeOwn();
    backUp();
    return true;
  }

  /** Where the log starts that reaches back furthest; 0 where no other member answers. */
  private long earliestStartOfOthers() {
    final long earliest =
        context.members().stream()
            .filter(member -> member.id() != context.memberId())
            .map(member -> CompletableFuture.supplyAsync(() -> startOfLogAt(member), ASIDE))
            .toList()
            .stream()
            .mapToLong(CompletableFuture::join)
            .min()
            .orElse(Long.MAX_VALUE);
    return earliest == Long.MAX_VALUE ? 0 : earliest;
  }

  private long startOfLogAt(MemberAddress member) {
    final long[] start = {Long.MAX_VALUE};
    try (AeronArchive archive =
        AeronArchive.connect(
            new AeronArchive.Context()
                .aeron(aeron)
                .messageTimeoutNs(PEER_TIMEOUT_NANOS)
                .controlRequestChannel("aeron:udp?endpoint=" + member.archive())
                .controlResponseChannel("aeron:udp?endpoint=" + context.self().host() + ":0")
                .credentialsSupplier(localArchive.credentialsSupplier()))) {
      archive.listRecordingsForUri(
          0,
          MAX_RECORDINGS,
          "aeron:",
          LOG_STREAM_ID,
          (controlSessionId,
              correlationId,
              recordingId,
              startTimestamp,
              stopTimestamp,
              startPosition,
              stopPosition,
              initialTermId,
              segmentFileLength,
              termBufferLength,
              mtuLength,
              sessionId,
              streamId,
              strippedChannel,
              originalChannel,
              sourceIdentity) -> start[0] = startPosition);
    } catch (AeronException e) {
      LOGGER.info("Member {} does not answer yet", member.id());
      LOGGER.debug("The failure in full", e);
    }
    return start[0];
  }

  private void removeOwn() throws IOException {
    try (AeronArchive archive = AeronArchive.connect(localArchive.clone().aeron(aeron))) {
      final List<Long> own = new ArrayList<>();
      archive.listRecordings(
          0,
          MAX_RECORDINGS,
          (controlSessionId,
              correlationId,
              recordingId,
              startTimestamp,
              stopTimestamp,
              startPosition,
              stopPosition,
              initialTermId,
              segmentFileLength,
              termBufferLength,
              mtuLength,
              sessionId,
              streamId,
              strippedChannel,
              originalChannel,
              sourceIdentity) -> own.add(recordingId));
      own.forEach(archive::purgeRecording);
    }
    try (Stream<Path> files = Files.list(context.clusterDirectory())) {
      for (final Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private void backUp() throws IOException {
    final StringBuilder others = new StringBuilder();
    for (final MemberAddress member : context.members()) {
      if (member.id() != context.memberId()) {
        others.append(others.length() == 0 ? "" : ",").append(member.consensus());
      }
    }
    final Progress progress = new Progress();
    final MemberAddress self = context.self();
    try (ClusterBackup backup =
        ClusterBackup.launch(
            new ClusterBackup.Context()
                .aeronDirectoryName(aeron.context().aeronDirectoryName())
                .clusterDir(context.clusterDirectory().toFile())
                .archiveContext(localArchive.clone())
                .clusterArchiveContext(
                    new AeronArchive.Context()
                        .controlRequestChannel("aeron:udp")
                        .controlResponseChannel("aeron:udp?endpoint=" + self.host() + ":0")
                        .credentialsSupplier(localArchive.credentialsSupplier()))
                .clusterConsensusEndpoints(others.toString())
                .consensusChannel("aeron:udp?term-length=64k|endpoint=" + self.backupConsensus())
                .catchupEndpoint(self.backupCatchUp())
                .catchupChannel("aeron:udp")
                .initialReplayStart(ClusterBackup.Configuration.ReplayStart.LATEST_SNAPSHOT)
                .sourceType(ClusterBackup.SourceType.ANY)
                .credentialsSupplier(localArchive.credentialsSupplier())
                .clusterBackupIntervalNs(TimeUnit.HOURS.toNanos(1))
                .clusterBackupCoolDownIntervalNs(TimeUnit.SECONDS.toNanos(1))
                .clusterBackupResponseTimeoutNs(TimeUnit.SECONDS.toNanos(2))
                .errorHandler(e -> LOGGER.info("The backup reports: {}", e.toString()))
                .deleteDirOnStart(false)
                .eventsListener(progress))) {
      progress.await();
      LOGGER.info("{} was taken over", backup.context().clusterDir());
    }
    removeMarks();
  }

  private void removeMarks() throws IOException {
    try (Stream<Path> files = Files.list(context.clusterDirectory())) {
      for (final Path file : files.toList()) {
        if (file.getFileName().toString().startsWith("cluster-mark")) {
          Files.delete(file);
        }
      }
    }
  }

  /** Follows a backup until snapshot and log are there. */
  private static final class Progress implements ClusterBackupEventsListener {
    private final CountDownLatch done = new CountDownLatch(1);
    private final AtomicBoolean isMoving = new AtomicBoolean();

    void await() throws IOException {
      try {
        while (!done.await(STALL_SECONDS, TimeUnit.SECONDS)) {
          if (!isMoving.getAndSet(false)) {
            throw new IOException("no other member gives this one its snapshot and log");
          }
        }
        for (int i = 0; i < MAX_TURNS && isMoving.getAndSet(false); i++) {
          TimeUnit.MILLISECONDS.sleep(TURN_MILLIS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }

    @Override
    public void onBackupQuery() {
      LOGGER.debug("The other members are asked");
    }

    @Override
    public void onPossibleFailure(Exception ex) {
      LOGGER.info("The backup falters: {}", ex.toString());
    }

    @Override
    public void onBackupResponse(
        ClusterMember[] clusterMembers,
        ClusterMember logSourceMember,
        List<RecordingLog.Snapshot> snapshotsToRetrieve) {
      isMoving.set(true);
      LOGGER.info("Member {} gives {} snapshots", logSourceMember.id(), snapshotsToRetrieve.size());
    }

    @Override
    public void onUpdatedRecordingLog(
        RecordingLog recordingLog, List<RecordingLog.Snapshot> snapshotsRetrieved) {
      isMoving.set(true);
      done.countDown();
    }

    @Override
    public void onLiveLogProgress(long recordingId, long recordingPosCounterId, long logPosition) {
      isMoving.set(true);
    }
  }
}
