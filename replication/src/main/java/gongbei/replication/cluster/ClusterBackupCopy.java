package gongbei.replication.cluster;

import gongbei.codec.file.PrivateFiles;
import gongbei.replication.context.ClusterContext;
import gongbei.replication.context.DriverDirectory;
import gongbei.replication.context.HostName;
import gongbei.replication.context.MemberAddress;
import gongbei.replication.context.SteadyClock;
import io.aeron.Aeron;
import io.aeron.archive.Archive;
import io.aeron.archive.ArchiveThreadingMode;
import io.aeron.archive.checksum.Checksums;
import io.aeron.archive.client.AeronArchive;
import io.aeron.cluster.ClusterBackup;
import io.aeron.cluster.ClusterBackupEventsListener;
import io.aeron.cluster.ClusterMember;
import io.aeron.cluster.RecordingLog;
import io.aeron.driver.MediaDriver;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy of a running cluster's newest snapshot and of its log from there on, by Aeron's {@link
 * ClusterBackup}, run once: as a backup in a directory, or as what a new member starts from.
 */
public final class ClusterBackupCopy {
  private static final Logger LOGGER = LoggerFactory.getLogger(ClusterBackupCopy.class);
  private static final long STALL_SECONDS = 120;
  private static final int TURN_MILLIS = 200;
  private static final int MAX_TURNS = 50;
  private static final int TURNS_STILL = 3;

  private ClusterBackupCopy() {}

  /**
   * Makes a backup in the context's directory, which must be empty or not there.
   *
   * @param host where the members reach this process
   * @param port the first of two free UDP ports here
   * @return how far the log of the backup goes
   * @throws IOException when there is no backup; the message says why
   */
  public static long make(ClusterContext context, String host, int port) throws IOException {
    requireEmpty(context.directory());
    PrivateFiles.directory(context.directory());
    Files.createDirectories(context.clusterDirectory());
    final Path driverDirectory =
        DriverDirectory.prepare(context, DriverDirectory.bytesOfReplica(context));
    try (FileChannel lock = NodeLock.take(context.directory());
        MediaDriver driver = MediaDriver.launch(context.newDriverContext(driverDirectory));
        Archive archive = Archive.launch(archiveContext(context, driver, host));
        Aeron aeron =
            Aeron.connect(
                new Aeron.Context()
                    .aeronDirectoryName(driver.aeronDirectoryName())
                    .epochClock(SteadyClock.OF_PROCESS))) {
      LOGGER.debug("{} is held", lock);
      final AeronArchive.Context localArchive =
          new AeronArchive.Context()
              .aeronDirectoryName(driver.aeronDirectoryName())
              .controlRequestChannel(archive.context().localControlChannel())
              .controlRequestStreamId(archive.context().localControlStreamId())
              .controlResponseChannel("aeron:ipc")
              .credentialsSupplier(context.credentials());
      return take(
          context,
          aeron,
          localArchive,
          host,
          HostName.withPort(host, port),
          HostName.withPort(host, port + 1));
    } catch (RuntimeException e) {
      throw new IOException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    } finally {
      DriverDirectory.release(driverDirectory);
    }
  }

  private static Archive.Context archiveContext(
      ClusterContext context, MediaDriver driver, String host) {
    final Archive.Context made =
        new Archive.Context()
            .aeronDirectoryName(driver.aeronDirectoryName())
            .archiveDir(context.archiveDirectory().toFile())
            .threadingMode(ArchiveThreadingMode.SHARED)
            .idleStrategySupplier(context.idleStrategies())
            .recordingEventsEnabled(false)
            .segmentFileLength(context.segmentBytes())
            .lowStorageSpaceThreshold(context.lowStorageBytes())
            .recordChecksum(Checksums.crc32c())
            .replayChecksum(Checksums.crc32c())
            .controlChannelEnabled(false)
            .replicationChannel("aeron:udp?endpoint=" + HostName.withPort(host, 0))
            .epochClock(SteadyClock.OF_PROCESS)
            .archiveClientContext(
                new AeronArchive.Context()
                    .controlResponseChannel("aeron:udp?endpoint=" + HostName.withPort(host, 0))
                    .credentialsSupplier(context.credentials()));
    return made.authenticatorSupplier(context.authenticators());
  }

  /**
   * Makes a member's data directory from a backup. What starts from it is another history: replicas
   * and members that are of the one before take its state.
   *
   * @throws IOException when it can't be made; the message says why
   */
  public static void restore(Path backup, Path directory) throws IOException {
    if (!Files.exists(backup.resolve("cluster").resolve("recording.log"))) {
      throw new IOException(
          backup + (Files.exists(backup) ? " holds no backup" : " does not exist"));
    }
    requireEmpty(directory);
    for (final String part : new String[] {"archive", "cluster", ClusterContext.HISTORY}) {
      if (!Files.exists(backup.resolve(part))) {
        continue;
      }
      final Path into = Files.createDirectories(directory.resolve(part));
      try (Stream<Path> files = Files.list(backup.resolve(part))) {
        for (final Path file : files.toList()) {
          if (!isMark(file)) {
            Files.copy(file, into.resolve(file.getFileName()));
          }
        }
      }
    }
    DataDirectory.markRestored(directory);
  }

  static void requireEmpty(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.list(directory)) {
        if (files.findAny().isPresent()) {
          throw new IOException(directory + " is not empty");
        }
      }
    }
  }

  static boolean isMark(Path file) {
    final String name = file.getFileName().toString();
    return name.startsWith("archive-mark") || name.startsWith("cluster-mark");
  }

  /**
   * Takes snapshot and log into an archive and the context's cluster directory.
   *
   * @return how far the log goes
   */
  static long take(
      ClusterContext context,
      Aeron aeron,
      AeronArchive.Context localArchive,
      String host,
      String consensusEndpoint,
      String catchUpEndpoint)
      throws IOException {
    final String others =
        context.members().stream()
            .map(MemberAddress::consensus)
            .filter(endpoint -> !isOfSelf(context, endpoint))
            .collect(Collectors.joining(","));
    final Progress progress = new Progress();
    final long position;
    try (ClusterBackup backup =
        ClusterBackup.launch(
            new ClusterBackup.Context()
                .aeronDirectoryName(aeron.context().aeronDirectoryName())
                // The backup makes a client of its own, which must tell the driver's age as it
                // does.
                .epochClock(SteadyClock.OF_PROCESS)
                .clusterDir(context.clusterDirectory().toFile())
                .archiveContext(localArchive.clone())
                .clusterArchiveContext(
                    new AeronArchive.Context()
                        .controlRequestChannel("aeron:udp")
                        .controlResponseChannel("aeron:udp?endpoint=" + HostName.withPort(host, 0))
                        .credentialsSupplier(localArchive.credentialsSupplier()))
                .clusterConsensusEndpoints(others)
                .consensusChannel("aeron:udp?term-length=64k|endpoint=" + consensusEndpoint)
                .catchupEndpoint(catchUpEndpoint)
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
      position = progress.await(backup.context().liveLogPositionCounter()::get);
      LOGGER.info("{} was taken over", backup.context().clusterDir());
    }
    try (Stream<Path> files = Files.list(context.clusterDirectory())) {
      for (final Path file : files.toList()) {
        if (isMark(file)) {
          Files.delete(file);
        }
      }
    }
    if (position <= 0) {
      throw new IOException("there is no backup: nothing of the log has come");
    }
    return position;
  }

  private static boolean isOfSelf(ClusterContext context, String endpoint) {
    return context.map() != null && context.self().consensus().equals(endpoint);
  }

  /** Follows a backup until snapshot and log are there. */
  private static final class Progress implements ClusterBackupEventsListener {
    private final CountDownLatch done = new CountDownLatch(1);
    private final AtomicBoolean isMoving = new AtomicBoolean();

    /**
     * Waits until the snapshot is there, and then until the log, which is copied on and on, stands
     * still or has been followed for a while.
     *
     * @param copied how far the log has been copied: where it stands still, no event tells of it
     * @return how far it has
     */
    long await(LongSupplier copied) throws IOException {
      try {
        while (!done.await(STALL_SECONDS, TimeUnit.SECONDS)) {
          if (!isMoving.getAndSet(false)) {
            throw new IOException("no other member gives this one its snapshot and log");
          }
        }
        long position = copied.getAsLong();
        int turnsStill = 0;
        for (int i = 0; i < MAX_TURNS && turnsStill < TURNS_STILL; i++) {
          TimeUnit.MILLISECONDS.sleep(TURN_MILLIS);
          final long before = position;
          position = copied.getAsLong();
          turnsStill = position > 0 && position == before ? turnsStill + 1 : 0;
        }
        return position;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }

    @Override
    public void onBackupQuery() {
      LOGGER.debug("The backup queries the other members");
    }

    @Override
    public void onPossibleFailure(Exception ex) {
      LOGGER.info("The backup reports an error: {}", ex.toString());
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
