package gongbei.replication.cluster;

import gongbei.replication.context.ClusterContext;
import gongbei.replication.context.HostName;
import gongbei.replication.context.SteadyClock;
import io.aeron.Aeron;
import io.aeron.archive.Archive;
import io.aeron.archive.ArchiveThreadingMode;
import io.aeron.archive.checksum.Checksums;
import io.aeron.archive.client.AeronArchive;
import io.aeron.cluster.ConsensusModule;
import io.aeron.cluster.client.AeronCluster;
import io.aeron.cluster.service.ClusteredServiceContainer;
import io.aeron.driver.MediaDriver;
import io.aeron.security.AuthenticatorSupplier;
import io.aeron.security.CredentialsSupplier;
import java.nio.file.Path;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.agrona.ErrorHandler;

/**
 * Makes the contexts of Aeron's parts from a member's settings. A member alone uses IPC and takes
 * no UDP ports. For any thread.
 */
final class MemberContexts {
  private static final String IPC = "aeron:ipc";
  private static final long SESSION_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** How long a node that starts waits for its own archive, which a busy machine may keep. */
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final int MAX_SESSIONS = 256;
  private static final int MAX_REPLAYS = 64;
  private static final int MAX_RECORDINGS = 64;

  private final ClusterContext settings;
  private final MemberHealth health;

  /**
   * @param health takes the errors and the end of every part
   */
  MemberContexts(ClusterContext settings, MemberHealth health) {
    this.settings = settings;
    this.health = health;
  }

  /**
   * The media driver of this member.
   *
   * @param directory where its buffers are
   */
  MediaDriver.Context driver(Path directory) {
    return settings
        .newDriverContext(directory)
        .sharedThreadFactory(health::watched)
        .ipcTermBufferLength(settings.ipcTermBytes())
        .errorHandler(health::onError);
  }

  /** A client of the media driver. */
  Aeron.Context client(MediaDriver driver) {
    return new Aeron.Context()
        .aeronDirectoryName(driver.aeronDirectoryName())
        .epochClock(SteadyClock.OF_PROCESS)
        .errorHandler(health::onError);
  }

  /** The archive of this member. */
  Archive.Context archive(MediaDriver driver) {
    final Archive.Context made =
        new Archive.Context()
            .aeronDirectoryName(driver.aeronDirectoryName())
            .archiveDir(settings.archiveDirectory().toFile())
            .threadingMode(ArchiveThreadingMode.SHARED)
            .threadFactory(health::watched)
            .idleStrategySupplier(settings.idleStrategies())
            .recordingEventsEnabled(false)
            .segmentFileLength(settings.segmentBytes())
            .lowStorageSpaceThreshold(settings.lowStorageBytes())
            .maxConcurrentReplays(MAX_REPLAYS)
            .maxConcurrentRecordings(MAX_RECORDINGS)
            .fileSyncLevel(settings.fileSyncLevel())
            .catalogFileSyncLevel(settings.fileSyncLevel())
            .recordChecksum(Checksums.crc32c())
            .replayChecksum(Checksums.crc32c())
            .authenticatorSupplier(authenticators())
            .epochClock(SteadyClock.OF_PROCESS)
            .errorHandler(health::onError);
    if (settings.isAlone()) {
      made.controlChannelEnabled(false)
          .archiveClientContext(
              new AeronArchive.Context().controlResponseChannel(IPC).errorHandler(health::onError))
          .replicationChannel("aeron:udp?endpoint=localhost:0");
    } else {
      made.controlChannel("aeron:udp?endpoint=" + settings.self().archive())
          .archiveClientContext(
              new AeronArchive.Context()
                  .controlResponseChannel(
                      "aeron:udp?endpoint=" + HostName.withPort(settings.self().host(), 0))
                  .errorHandler(health::onError)
                  .credentialsSupplier(credentials()))
          .replicationChannel("aeron:udp?endpoint=" + settings.self().replication());
    }
    return made;
  }

  private AuthenticatorSupplier authenticators() {
    return settings.authenticators();
  }

  private CredentialsSupplier credentials() {
    return settings.credentials();
  }

  /** How this process reaches its own archive. */
  AeronArchive.Context localArchive(Archive archive) {
    return new AeronArchive.Context()
        .aeronDirectoryName(archive.context().aeronDirectoryName())
        .controlRequestChannel(archive.context().localControlChannel())
        .controlRequestStreamId(archive.context().localControlStreamId())
        .controlResponseChannel(IPC)
        .errorHandler(health::onError)
        .credentialsSupplier(credentials());
  }

  /** The same for a node that starts, and waits for its archive as long as it takes. */
  AeronArchive.Context patientArchive(Archive archive) {
    return localArchive(archive).messageTimeoutNs(START_NANOS);
  }

  /** The consensus module of this member. */
  ConsensusModule.Context consensusModule(Archive archive) {
    final String logTerm = "term-length=" + settings.logTermBytes();
    return new ConsensusModule.Context()
        .aeronDirectoryName(archive.context().aeronDirectoryName())
        .clusterDir(settings.clusterDirectory().toFile())
        .archiveContext(patientArchive(archive))
        .appVersion(StatusService.appVersion(settings.protocol()))
        .clusterMemberId(settings.memberId())
        .clusterMembers(settings.memberEndpoints())
        .ingressChannel(
            (settings.isAlone() ? IPC : "aeron:udp") + "?term-length=" + settings.ipcTermBytes())
        .logChannel(
            settings.isAlone()
                ? IPC + "?" + logTerm
                : "aeron:udp?" + logTerm + "|mtu=" + settings.mtuBytes())
        .consensusChannel("aeron:udp?term-length=64k")
        .replicationChannel(
            "aeron:udp?endpoint="
                + (settings.isAlone() ? "localhost" : settings.self().host())
                + ":0")
        .leaderHeartbeatIntervalNs(settings.heartbeatIntervalNanos())
        .leaderHeartbeatTimeoutNs(settings.heartbeatTimeoutNanos())
        .electionTimeoutNs(settings.electionTimeoutNanos())
        .electionStatusIntervalNs(settings.electionStatusIntervalNanos())
        .startupCanvassTimeoutNs(settings.startupCanvassNanos())
        .sessionTimeoutNs(settings.sessionTimeoutNanos())
        .maxConcurrentSessions(MAX_SESSIONS)
        .fileSyncLevel(settings.fileSyncLevel())
        .threadFactory(health::watched)
        .idleStrategySupplier(settings.idleStrategies())
        .authenticatorSupplier(authenticators())
        .epochClock(SteadyClock.OF_PROCESS)
        .clusterClock(SteadyClock.OF_CLUSTER::time)
        .errorHandler(health::onError)
        .terminationHook(() -> health.onEnd("the consensus module"));
  }

  /**
   * The container that runs the state machine.
   *
   * @param threads makes its thread
   */
  ClusteredServiceContainer.Context container(
      Archive archive, StatusService service, ThreadFactory threads) {
    return new ClusteredServiceContainer.Context()
        .aeronDirectoryName(archive.context().aeronDirectoryName())
        .clusterDir(settings.clusterDirectory().toFile())
        .archiveContext(patientArchive(archive))
        .appVersion(StatusService.appVersion(settings.protocol()))
        .clusteredService(service)
        .serviceName("status")
        .threadFactory(threads)
        .idleStrategySupplier(settings.idleStrategies())
        .epochClock(SteadyClock.OF_PROCESS)
        .errorHandler((ErrorHandler) health::onError)
        .terminationHook(() -> health.onEnd("the state machine"));
  }

  /** A session of this member with its cluster, whoever leads. */
  AeronCluster.Context session(Aeron aeron) {
    final AeronCluster.Context made =
        new AeronCluster.Context()
            .aeron(aeron)
            .ownsAeronClient(false)
            .messageTimeoutNs(SESSION_NANOS)
            .errorHandler(health::onError)
            .credentialsSupplier(credentials());
    if (settings.isAlone()) {
      made.ingressChannel(IPC + "?term-length=" + settings.ipcTermBytes()).egressChannel(IPC);
    } else {
      made.ingressChannel("aeron:udp?term-length=" + settings.ipcTermBytes())
          .ingressEndpoints(settings.ingressEndpoints())
          .egressChannel("aeron:udp?endpoint=" + HostName.withPort(settings.self().host(), 0));
    }
    return made;
  }
}
