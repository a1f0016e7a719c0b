package gongbei.replication.cluster;

import gongbei.replication.context.ClusterContext;
import gongbei.replication.context.DriverDirectory;
import gongbei.replication.feed.FeedPublisher;
import gongbei.replication.machine.History;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.recording.RecordingCatalog;
import gongbei.replication.recording.RecordingRepair;
import io.aeron.Aeron;
import io.aeron.archive.Archive;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.status.RecordingPos;
import io.aeron.cluster.ConsensusModule;
import io.aeron.cluster.ElectionState;
import io.aeron.cluster.RecordingLog;
import io.aeron.cluster.service.Cluster;
import io.aeron.cluster.service.ClusteredServiceContainer;
import io.aeron.driver.MediaDriver;
import io.aeron.exceptions.AeronException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.CloseHelper;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running parts of a member: media driver, archive, consensus module, the state machine's
 * container, the way into the log, the housekeeper. Opened and closed by one thread at a time, the
 * starter's or the watch's; what they say of themselves is for any.
 */
final class MemberParts implements MemberHealth.Listener, AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(MemberParts.class);
  private static final long RELAUNCH_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long RELAUNCH_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final ClusterContext context;
  private final ReplicatedState state;
  private final DataDirectory directory;
  private final MemberHealth health;
  private final Freshness freshness;
  private final MemberContexts contexts;
  private MediaDriver driver;
  private Archive archive;
  private Aeron aeron;
  private Optional<MemberSeeding> seeding = Optional.empty();
  private volatile StatusService service;
  private volatile ConsensusModule consensusModule;
  private volatile Thread serviceThread;
  private ClusteredServiceContainer container;
  private volatile LogGateway log;
  private Housekeeper housekeeper;
  private HistoryKeeper histories;

  MemberParts(
      ClusterContext context,
      ReplicatedState state,
      DataDirectory directory,
      MemberHealth health,
      Freshness freshness) {
    this.context = context;
    this.state = state;
    this.directory = directory;
    this.health = health;
    this.freshness = freshness;
    this.contexts = new MemberContexts(context, health);
  }

  /**
   * Starts all parts, from what the directory holds.
   *
   * @param isLive whether the state is that of this process, and all of it in that log; where the
   *     log turns out to have less, it is made anew
   */
  void open(boolean isLive) throws IOException {
    driver =
        MediaDriver.launch(
            contexts.driver(
                DriverDirectory.prepare(context, DriverDirectory.bytesOfMember(context))));
    aeron = Aeron.connect(contexts.client(driver));
    seeding =
        context.members().size() > 1
            ? Optional.of(new MemberSeeding(context, aeron))
            : Optional.empty();
    // The others are asked everything at once, while this member's own files are opened.
    final Optional<CompletableFuture<Long>> othersStart =
        seeding.map(MemberSeeding::latestStartOfOthers);
    setAsideWhatIsOfAnotherHistory();
    MarkFiles.remove(context.archiveDirectory());
    MarkFiles.remove(context.clusterDirectory());
    new RecordingRepair(context.archiveDirectory(), context.members().size() > 1).run();
    archive = Archive.launch(contexts.archive(driver));
    MappedRoom.take(context.archiveDirectory().resolve(RecordingCatalog.CATALOG));
    MarkFiles.takeRoom(context.archiveDirectory());
    long trustedLogPosition = trustedLogPosition();
    histories =
        new HistoryKeeper(
            context, state, directory, directory.restoredUpTo(Math.max(0, trustedLogPosition)));
    if (othersStart.isPresent()
        && seeding
            .orElseThrow()
            .seedIfBehind(trustedLogPosition, othersStart.get().join(), localArchive())) {
      trustedLogPosition = -1;
    }
    final boolean isKept = isLive && state.map().logPosition() <= trustedLogPosition;
    if (isLive && !isKept) {
      freshness.beginRebuild();
      state.reset();
    }
    service = new StatusService(state, Optional.of(newFeed()), trustedLogPosition, isKept);
    consensusModule = ConsensusModule.launch(contexts.consensusModule(archive));
    launchContainer();
    MarkFiles.takeRoom(context.clusterDirectory());
    log =
        new LogGateway(
            () -> contexts.session(aeron),
            this::isInTouch,
            context.map().capacity(),
            context.idleStrategies().get());
    housekeeper = new Housekeeper(context, this);
  }

  private void launchContainer() {
    container =
        ClusteredServiceContainer.launch(
            contexts.container(
                archive,
                service,
                task -> {
                  serviceThread = health.watched(task);
                  return serviceThread;
                }));
  }

  /** A log that others have gone on from without this member, as from a backup, is not used. */
  private void setAsideWhatIsOfAnotherHistory() throws IOException {
    final Optional<History> own = directory.history();
    if (own.isEmpty() || context.members().size() < 2) {
      return;
    }
    final Optional<History> others = new PeerHistories(context, aeron).ofCluster();
    if (others.isPresent() && !others.equals(own)) {
      LOGGER.error(
          "This member is of history {}, its cluster of {}, as after a backup was restored: {}",
          own.get().toHex(),
          others.get().toHex(),
          directory.settingAside());
      directory.setAside();
    }
  }

  private FeedPublisher newFeed() {
    return new FeedPublisher(
        aeron, localArchive().aeron(aeron), context.logTermBytes(), freshness::millis);
  }

  /** How this process reaches its own archive. */
  AeronArchive.Context localArchive() {
    return contexts.localArchive(archive);
  }

  Aeron aeron() {
    return aeron;
  }

  /**
   * How far the log that this node has goes; -1 where there is none, or none that goes on from its
   * newest snapshot.
   */
  private long trustedLogPosition() {
    try (RecordingLog recordingLog = new RecordingLog(context.clusterDirectory().toFile(), true);
        AeronArchive client = AeronArchive.connect(contexts.patientArchive(archive).aeron(aeron))) {
      final long recordingId = recordingLog.findLastTermRecordingId();
      if (recordingId == RecordingPos.NULL_RECORDING_ID) {
        return -1;
      }
      final RecordingLog.Entry snapshot =
          recordingLog.getLatestSnapshot(ConsensusModule.Configuration.SERVICE_ID);
      final long from = snapshot == null ? 0 : snapshot.logPosition;
      return client.getStartPosition(recordingId) > from
          ? -1
          : client.getMaxRecordedPosition(recordingId);
    }
  }

  /** Whether the other members no longer have the log that this one lacks. */
  boolean isBehind() {
    return seeding.isPresent() && seeding.get().isBehind(trustedLogPosition());
  }

  /** Whether there are other members whom this one can be out of touch with. */
  boolean hasPeers() {
    return seeding.isPresent();
  }

  /** Leaves the cluster: the state machine and the consensus module end, the rest stays. */
  void leaveCluster() {
    CloseHelper.quietCloseAll(container, consensusModule);
  }

  /**
   * Joins the cluster again with the state that is there.
   *
   * @param leader the member that is to lead; only that one is then a candidate in elections, until
   *     {@link #appointNobody}. {@link Aeron#NULL_VALUE} appoints none
   */
  void rejoinCluster(int leader) {
    service = new StatusService(state, Optional.of(newFeed()), Long.MAX_VALUE, true);
    consensusModule = relaunched(leader);
    launchContainer();
  }

  /** Returns the id of the member after this one. */
  int nextMember() {
    return (context.memberId() + 1) % context.members().size();
  }

  /** The driver takes a moment to forget an earlier consensus module. */
  private ConsensusModule relaunched(int leader) {
    final long deadline = System.nanoTime() + RELAUNCH_NANOS;
    while (true) {
      try {
        return ConsensusModule.launch(contexts.consensusModule(archive).appointedLeaderId(leader));
      } catch (AeronException e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
        LOGGER.debug("Trying again: {}", e.getMessage());
        LockSupport.parkNanos(RELAUNCH_PAUSE_NANOS);
      }
    }
  }

  /** Lets this member be a candidate in elections, whoever was appointed. */
  void appointNobody() {
    consensusModule.context().appointedLeaderId(Aeron.NULL_VALUE);
  }

  StatusService service() {
    return service;
  }

  /** The state machine's thread. */
  Thread serviceThread() {
    return serviceThread;
  }

  LogGateway log() {
    return log;
  }

  Housekeeper housekeeper() {
    return housekeeper;
  }

  HistoryKeeper histories() {
    return histories;
  }

  /** Whether the member runs, and follows or leads a cluster that has a leader. */
  boolean isInTouch() {
    return health.isRunning()
        && value(consensusModule.context().electionStateCounter()) == ElectionState.CLOSED.code()
        && value(consensusModule.context().moduleStateCounter())
            == ConsensusModule.State.ACTIVE.code();
  }

  boolean isLeader() {
    return isInTouch() && service.role() == Cluster.Role.LEADER;
  }

  /** Whether its state was found to be another than its leader's, and is not the others' yet. */
  boolean isDiverged() {
    return freshness.isRenewing() || service.divergence().isPresent();
  }

  /** Whether the map may be asked. */
  boolean isServing() {
    return !isDiverged() && (freshness.hasServed() || (service.hasStarted() && service.wasWhole()));
  }

  /** Whether the log takes commands at the moment. */
  boolean isWriting() {
    return isInTouch() && !isDiverged() && log != null && log.isConnected();
  }

  /** The log's time of the last message applied, in milliseconds since 1970. */
  long appliedMillis() {
    return state.clusterTimeMillis();
  }

  long commitPosition() {
    return value(consensusModule.context().commitPositionCounter());
  }

  /** How many elections this member has taken part in since it last joined its cluster. */
  long elections() {
    return value(consensusModule.context().electionCounter());
  }

  AtomicCounter controlToggle() {
    return consensusModule.context().controlToggleCounter();
  }

  /** How many snapshots this member has taken since it last joined its cluster. */
  long snapshots() {
    return value(consensusModule.context().snapshotCounter());
  }

  private static long value(AtomicCounter counter) {
    return counter.isClosed() ? CountersReader.NULL_COUNTER_ID : counter.get();
  }

  @Override
  public boolean isRecovering() {
    final StatusService recovering = service;
    return recovering != null && !recovering.hasStarted();
  }

  @Override
  public void onFailure(String refusal) {
    final LogGateway gateway = log;
    if (gateway != null) {
      gateway.fail(refusal);
    }
  }

  /** Whether what the state machine holds may be used the next time. */
  boolean isSound() {
    return service != null && service.isSound();
  }

  /** Ends the way into the log, when what was submitted is applied. */
  void closeLog() {
    CloseHelper.quietClose(log);
  }

  @Override
  public void close() {
    CloseHelper.quietCloseAll(log, housekeeper, container, consensusModule, aeron, archive, driver);
    if (driver != null) {
      DriverDirectory.release(Path.of(driver.aeronDirectoryName()));
    }
  }
}
