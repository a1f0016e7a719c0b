package gongbei.replication.cluster;

import gongbei.codec.file.PrivateFiles;
import gongbei.replication.command.Applied;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Nonce;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.context.ClusterContext;
import gongbei.replication.context.DriverDirectory;
import gongbei.replication.context.HostName;
import gongbei.replication.context.SteadyClock;
import gongbei.replication.context.StorageFault;
import gongbei.replication.feed.FeedPublisher;
import gongbei.replication.log.CommandLog;
import gongbei.replication.log.LogStatus;
import gongbei.replication.machine.DivergedException;
import gongbei.replication.machine.Documents;
import gongbei.replication.machine.History;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.recording.RecordingCatalog;
import gongbei.replication.recording.RecordingRepair;
import gongbei.replication.snapshot.StateFile;
import gongbei.replication.wire.WireCounts;
import gongbei.replication.wire.WireSeal;
import io.aeron.Aeron;
import io.aeron.archive.Archive;
import io.aeron.archive.ArchiveThreadingMode;
import io.aeron.archive.checksum.Checksums;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.status.RecordingPos;
import io.aeron.cluster.ConsensusModule;
import io.aeron.cluster.ElectionState;
import io.aeron.cluster.RecordingLog;
import io.aeron.cluster.client.AeronCluster;
import io.aeron.cluster.service.Cluster;
import io.aeron.cluster.service.ClusteredServiceContainer;
import io.aeron.driver.MediaDriver;
import io.aeron.exceptions.AeronException;
import io.aeron.security.AuthenticatorSupplier;
import io.aeron.security.CredentialsSupplier;
import io.aeron.security.DefaultAuthenticatorSupplier;
import io.aeron.security.NullCredentialsSupplier;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of a cluster in one process: media driver, archive, consensus module, the state
 * machine's container, the way into the log, and a housekeeper. One member alone is a cluster too.
 * For any thread.
 */
public final class ClusterNode implements CommandLog {
  private static final Logger LOGGER = LoggerFactory.getLogger(ClusterNode.class);
  private static final String LOCK_FILE = "node.lock";
  private static final String IPC = "aeron:ipc";
  private static final Pattern TAKEN =
      Pattern.compile("Address already in use.*?endpoint=([^|,\\s]+)", Pattern.DOTALL);
  private static final int WATCH_MILLIS = 20;
  private static final int TURNS_A_LOOK = 10;
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long STAND_ASIDE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long RELAUNCH_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long RELAUNCH_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long SESSION_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** How long a node that starts waits for its own archive, which a busy machine may keep. */
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final long WARNING_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int KIND_OF_WARNING = 30;
  private static final int MAX_SESSIONS = 256;
  private static final int MAX_REPLAYS = 64;
  private static final int MAX_RECORDINGS = 64;

  private final ClusterContext context;
  private final ReplicatedState state;
  private final FileChannel lock;
  private final DataDirectory directory;
  private MediaDriver driver;
  private Archive archive;
  private Aeron aeron;
  private MemberSeeding seeding;
  private volatile StatusService service;
  private volatile ConsensusModule consensusModule;
  private volatile Thread serviceThread;
  private ClusteredServiceContainer container;
  private volatile LogGateway log;
  private Housekeeper housekeeper;
  private HistoryKeeper histories;
  private final LogWait logWait =
      new LogWait("io.aeron.cluster.service.ClusteredServiceAgent", System::nanoTime);
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            final Thread thread = new Thread(task, "gongbei-watch");
            thread.setDaemon(true);
            return thread;
          });
  private final Object failing = new Object();
  private volatile String failure;
  private volatile String storageFault;
  private volatile boolean hasServed;
  private volatile long freshMillis;
  private volatile boolean isClosing;
  private volatile boolean isHandingOver;
  private volatile boolean isRenewing;
  private long lookedNanos = System.nanoTime();
  private boolean isStandingAside;
  private long standsAsideUntilNanos;
  private long turns;
  private long snapshotsBefore;
  private boolean isSnapshotAsked;
  private final AtomicReference<Warning> warned = new AtomicReference<>();
  private boolean closed;

  /**
   * Starts a member. Its map is there when this returns; whether it may be asked is for {@link
   * CommandLog#status}.
   *
   * @throws IOException when it can't be started; the message says why
   */
  public static ClusterNode launch(ClusterContext context) throws IOException {
    requireRoom(context);
    final FileChannel lock = lock(context.directory());
    final ClusterNode node;
    try {
      node = new ClusterNode(context, lock, DataDirectory.claim(context, false));
    } catch (IOException | RuntimeException e) {
      CloseHelper.quietClose(lock);
      throw e;
    }
    try {
      node.start();
      return node;
    } catch (IOException | RuntimeException e) {
      node.failure = e.toString();
      node.close();
      throw new IOException(messageOf(e), e);
    }
  }

  /**
   * Requires that a data directory is nobody's, or this node's: to be looked at before anything in
   * it is opened.
   *
   * @param isReplica whether the node is a replica, not a member
   * @throws IOException when it is another node's; the message says whose
   */
  public static void requireOwn(ClusterContext context, boolean isReplica) throws IOException {
    DataDirectory.requireFor(context, isReplica);
  }

  /**
   * Requires that what is submitted can be recorded: without room a member could not start.
   *
   * @throws IOException when there is less; the message says where and how much
   */
  public static void requireRoom(ClusterContext context) throws IOException {
    final Path directory = context.directory();
    PrivateFiles.directory(directory);
    final long free = Files.getFileStore(directory).getUsableSpace();
    if (free <= context.lowStorageBytes()) {
      throw new IOException(
          directory
              + " has "
              + free
              + " bytes of room left, and no change is recorded with "
              + context.lowStorageBytes()
              + " (lowStorageBytes) or less: make room");
    }
  }

  /** What Aeron says of a port that is taken names its classes; what matters is which port. */
  private static String messageOf(Exception e) {
    final String message = e.getMessage() == null ? e.toString() : e.getMessage();
    final Matcher taken = TAKEN.matcher(message);
    return taken.find()
        ? "can't listen on " + taken.group(1) + " (UDP): Address already in use"
        : message;
  }

  private ClusterNode(ClusterContext context, FileChannel lock, DataDirectory directory) {
    this.context = context;
    this.lock = lock;
    this.directory = directory;
    this.state = new ReplicatedState(context.map());
  }

  static FileChannel lock(Path directory) throws IOException {
    final FileChannel channel =
        PrivateFiles.open(
            directory.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      LOGGER.debug("{} is locked by this process", directory);
    }
    channel.close();
    throw new IOException(directory + " is in use by another node");
  }

  /** Whether a node holds a directory. */
  static boolean isInUse(Path directory) throws IOException {
    if (Files.notExists(directory.resolve(LOCK_FILE))) {
      return false;
    }
    try (FileChannel channel =
        FileChannel.open(directory.resolve(LOCK_FILE), StandardOpenOption.WRITE)) {
      return channel.tryLock() == null;
    } catch (OverlappingFileLockException e) {
      return true;
    }
  }

  private void start() throws IOException {
    open();
    final var unused =
        watch.scheduleWithFixedDelay(this::watch, 0, WATCH_MILLIS, TimeUnit.MILLISECONDS);
    final var unusedToo =
        watch.scheduleWithFixedDelay(() -> housekeeper.run(), 1, 1, TimeUnit.SECONDS);
    awaitStart();
  }

  /** Starts all parts, from what the directory holds. */
  private void open() throws IOException {
    driver =
        MediaDriver.launch(
            driverContext(
                DriverDirectory.prepare(context, DriverDirectory.bytesOfMember(context))));
    aeron =
        Aeron.connect(
            new Aeron.Context()
                .aeronDirectoryName(driver.aeronDirectoryName())
                .epochClock(SteadyClock.OF_PROCESS)
                .errorHandler(this::onError));
    setAsideWhatIsOfAnotherHistory();
    removeMarks();
    new RecordingRepair(context.archiveDirectory(), context.members().size() > 1).run();
    archive = Archive.launch(archiveContext());
    MappedRoom.take(context.archiveDirectory().resolve(RecordingCatalog.CATALOG));
    takeRoomOfMarks(context.archiveDirectory());
    long trustedLogPosition = trustedLogPosition();
    histories =
        new HistoryKeeper(
            context, state, directory, directory.restoredUpTo(Math.max(0, trustedLogPosition)));
    seeding =
        context.members().size() > 1 ? new MemberSeeding(context, aeron, localArchive()) : null;
    if (seeding != null && seeding.seedIfBehind(trustedLogPosition)) {
      trustedLogPosition = -1;
    }
    service = new StatusService(state, newFeed(), trustedLogPosition, false);
    consensusModule = ConsensusModule.launch(consensusContext());
    container = ClusteredServiceContainer.launch(containerContext());
    takeRoomOfMarks(context.clusterDirectory());
    log =
        new LogGateway(
            this::clientContext, context.map().capacity(), context.idleStrategies().get());
    housekeeper = new Housekeeper(context, this);
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
          settingAside());
      directory.setAside();
    }
  }

  private String settingAside() {
    return "its log is set aside in "
        + context.directory().resolve(DataDirectory.SET_ASIDE)
        + ", and it takes the others' state";
  }

  private FeedPublisher newFeed() {
    return new FeedPublisher(
        aeron, localArchive().aeron(aeron), context.logTermBytes(), () -> freshMillis);
  }

  /**
   * Removes what an earlier process that died left to say that it is alive: the lock says better.
   */
  private void removeMarks() throws IOException {
    removeMarks(context.archiveDirectory());
    removeMarks(context.clusterDirectory());
  }

  private static void removeMarks(Path directory) throws IOException {
    Files.createDirectories(directory);
    for (final Path mark : marks(directory)) {
      Files.delete(mark);
    }
  }

  private static List<Path> marks(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().matches("(archive|cluster)-mark.*"))
          .toList();
    }
  }

  private static void takeRoomOfMarks(Path directory) throws IOException {
    for (final Path mark : marks(directory)) {
      MappedRoom.take(mark);
    }
  }

  /** A thread of the media driver's, the archive's or the cluster's: its end is this node's. */
  private Thread watched(Runnable task) {
    return new Thread(
        () -> {
          try {
            task.run();
          } catch (Throwable e) {
            onError(e);
          } finally {
            onTermination("thread " + Thread.currentThread().getName());
          }
        });
  }

  private MediaDriver.Context driverContext(Path directory) {
    return context
        .newDriverContext(directory)
        .sharedThreadFactory(this::watched)
        .ipcTermBufferLength(context.ipcTermBytes())
        .errorHandler(this::onError);
  }

  private Archive.Context archiveContext() {
    final Archive.Context made =
        new Archive.Context()
            .aeronDirectoryName(driver.aeronDirectoryName())
            .archiveDir(context.archiveDirectory().toFile())
            .threadingMode(ArchiveThreadingMode.SHARED)
            .threadFactory(this::watched)
            .idleStrategySupplier(context.idleStrategies())
            .recordingEventsEnabled(false)
            .segmentFileLength(context.segmentBytes())
            .lowStorageSpaceThreshold(context.lowStorageBytes())
            .maxConcurrentReplays(MAX_REPLAYS)
            .maxConcurrentRecordings(MAX_RECORDINGS)
            .fileSyncLevel(context.fileSyncLevel())
            .catalogFileSyncLevel(context.fileSyncLevel())
            .recordChecksum(Checksums.crc32c())
            .replayChecksum(Checksums.crc32c())
            .authenticatorSupplier(authenticators())
            .epochClock(SteadyClock.OF_PROCESS)
            .errorHandler(this::onError);
    if (context.isAlone()) {
      made.controlChannelEnabled(false)
          .archiveClientContext(
              new AeronArchive.Context().controlResponseChannel(IPC).errorHandler(this::onError))
          .replicationChannel("aeron:udp?endpoint=localhost:0");
    } else {
      made.controlChannel("aeron:udp?endpoint=" + context.self().archive())
          .archiveClientContext(
              new AeronArchive.Context()
                  .controlResponseChannel(
                      "aeron:udp?endpoint=" + HostName.withPort(context.self().host(), 0))
                  .errorHandler(this::onError)
                  .credentialsSupplier(credentials()))
          .replicationChannel("aeron:udp?endpoint=" + context.self().replication());
    }
    return made;
  }

  private AuthenticatorSupplier authenticators() {
    return context.secret() == null ? DefaultAuthenticatorSupplier.INSTANCE : context.secret();
  }

  private CredentialsSupplier credentials() {
    return context.secret() == null ? new NullCredentialsSupplier() : context.secret();
  }

  /** How this process reaches its own archive. */
  AeronArchive.Context localArchive() {
    return new AeronArchive.Context()
        .aeronDirectoryName(driver.aeronDirectoryName())
        .controlRequestChannel(archive.context().localControlChannel())
        .controlRequestStreamId(archive.context().localControlStreamId())
        .controlResponseChannel(IPC)
        .errorHandler(this::onError)
        .credentialsSupplier(credentials());
  }

  private AeronArchive.Context patientArchive() {
    return localArchive().messageTimeoutNs(START_NANOS);
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
        AeronArchive client = AeronArchive.connect(patientArchive().aeron(aeron))) {
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

  private ConsensusModule.Context consensusContext() {
    final String logTerm = "term-length=" + context.logTermBytes();
    return new ConsensusModule.Context()
        .aeronDirectoryName(driver.aeronDirectoryName())
        .clusterDir(context.clusterDirectory().toFile())
        .archiveContext(patientArchive())
        .appVersion(StatusService.appVersion(context.protocol()))
        .clusterMemberId(context.memberId())
        .clusterMembers(context.memberEndpoints())
        .ingressChannel(
            (context.isAlone() ? IPC : "aeron:udp") + "?term-length=" + context.ipcTermBytes())
        .logChannel(
            context.isAlone()
                ? IPC + "?" + logTerm
                : "aeron:udp?" + logTerm + "|mtu=" + context.mtuBytes())
        .consensusChannel("aeron:udp?term-length=64k")
        .replicationChannel(
            "aeron:udp?endpoint="
                + (context.isAlone() ? "localhost" : context.self().host())
                + ":0")
        .leaderHeartbeatIntervalNs(context.heartbeatIntervalNanos())
        .leaderHeartbeatTimeoutNs(context.heartbeatTimeoutNanos())
        .electionTimeoutNs(context.electionTimeoutNanos())
        .electionStatusIntervalNs(context.electionStatusIntervalNanos())
        .startupCanvassTimeoutNs(context.startupCanvassNanos())
        .sessionTimeoutNs(context.sessionTimeoutNanos())
        .maxConcurrentSessions(MAX_SESSIONS)
        .fileSyncLevel(context.fileSyncLevel())
        .threadFactory(this::watched)
        .idleStrategySupplier(context.idleStrategies())
        .authenticatorSupplier(authenticators())
        .epochClock(SteadyClock.OF_PROCESS)
        .clusterClock(SteadyClock.OF_CLUSTER::time)
        .errorHandler(this::onError)
        .terminationHook(() -> onTermination("the consensus module"));
  }

  private ClusteredServiceContainer.Context containerContext() {
    return new ClusteredServiceContainer.Context()
        .aeronDirectoryName(driver.aeronDirectoryName())
        .clusterDir(context.clusterDirectory().toFile())
        .archiveContext(patientArchive())
        .appVersion(StatusService.appVersion(context.protocol()))
        .clusteredService(service)
        .serviceName("status")
        .threadFactory(
            task -> {
              serviceThread = watched(task);
              return serviceThread;
            })
        .idleStrategySupplier(context.idleStrategies())
        .epochClock(SteadyClock.OF_PROCESS)
        .errorHandler((ErrorHandler) this::onError)
        .terminationHook(() -> onTermination("the state machine"));
  }

  private AeronCluster.Context clientContext() {
    final AeronCluster.Context made =
        new AeronCluster.Context()
            .aeron(aeron)
            .ownsAeronClient(false)
            .messageTimeoutNs(SESSION_NANOS)
            .errorHandler(this::onError)
            .credentialsSupplier(credentials());
    if (context.isAlone()) {
      made.ingressChannel(IPC + "?term-length=" + context.ipcTermBytes()).egressChannel(IPC);
    } else {
      made.ingressChannel("aeron:udp?term-length=" + context.ipcTermBytes())
          .ingressEndpoints(context.ingressEndpoints())
          .egressChannel("aeron:udp?endpoint=" + HostName.withPort(context.self().host(), 0));
    }
    return made;
  }

  private void awaitStart() throws IOException {
    while (!service.hasStarted() && failure == null) {
      sleep();
    }
    if (failure != null) {
      throw new IOException(failure);
    }
  }

  private static void sleep() throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while starting", e);
    }
  }

  /** Called by any thread of the node, and waits for none: {@link #close} waits for them all. */
  void onError(Throwable e) {
    if (isClosing || isHandingOver) {
      LOGGER.debug("While closing: {}", e.toString());
      return;
    }
    if (e instanceof DivergedException) {
      // The watch says so, and what is done about it.
      LOGGER.debug("The failure in full", e);
      return;
    }
    if (e instanceof AeronException aeronFault
        && aeronFault.category() == AeronException.Category.WARN) {
      if (isNews(e)) {
        LOGGER.info("{}", e.getMessage());
      }
    } else {
      LOGGER.warn("The cluster reports: {}", describe(e));
      if (StorageFault.isOne(e)) {
        storageFault = StorageFault.describe(context.directory());
      }
      if (service != null && !service.hasStarted() && e.getCause() != null) {
        fail(describe(e));
      }
    }
  }

  /** What was warned of last, and when. */
  private record Warning(String kind, long nanos) {}

  /** While nobody is reached each datagram is warned of; once a second is enough for each kind. */
  private boolean isNews(Throwable e) {
    final String message = String.valueOf(e.getMessage());
    final String kind = message.substring(0, Math.min(message.length(), KIND_OF_WARNING));
    final long nowNanos = System.nanoTime();
    final Warning before = warned.get();
    if (before != null && kind.equals(before.kind()) && nowNanos - before.nanos() < WARNING_NANOS) {
      return false;
    }
    warned.set(new Warning(kind, nowNanos));
    return true;
  }

  private static String describe(Throwable e) {
    final Throwable cause = e.getCause();
    final String own = e.getMessage() == null ? e.toString() : e.getMessage();
    return cause == null || cause.getMessage() == null ? own : own + ": " + cause.getMessage();
  }

  private void onTermination(String part) {
    if (!isClosing && !isHandingOver) {
      fail(part + " has stopped");
    }
  }

  /**
   * Takes no more changes, and tells whoever waits for one. Where the disk is full that is why,
   * whatever else has stopped by it.
   */
  private void fail(String why) {
    synchronized (failing) {
      if (failure != null) {
        return;
      }
      failure = storageFault == null ? why : storageFault;
    }
    LOGGER.error("This node takes no more changes: {}", failure);
    final LogGateway gateway = log;
    if (gateway != null) {
      gateway.fail(failed().getMessage());
    }
  }

  /** Notes whether this node is up to date. */
  private void watch() {
    try {
      final long now = SteadyClock.OF_CLUSTER.time();
      final Optional<String> divergence = service.divergence();
      if (divergence.isPresent() && failure == null) {
        renew(divergence.get());
        return;
      }
      if (service.isBroken()) {
        if (StorageFault.isOne(service.brokenBy())) {
          storageFault = StorageFault.describe(context.directory());
        }
        onTermination("the state machine, by " + service.brokenBy() + ",");
      }
      failWhereBehind();
      // A thread's stack is not looked at with every turn.
      if (turns % TURNS_A_LOOK == 0) {
        failWhereItsLogHasEnded();
      }
      endStandingAside();
      if (isInTouch()) {
        if (service.appliedPosition() >= commitPosition()) {
          freshMillis = now;
        } else {
          freshMillis = Math.max(freshMillis, Math.min(now, state.clusterTimeMillis()));
        }
        hasServed |= now - freshMillis < TimeUnit.SECONDS.toMillis(1);
      }
      hasServed |= isServing();
      if (isRenewing && hasServed) {
        isRenewing = false;
        LOGGER.info("This member has taken the others' state, and answers again");
      }
      histories.look(isLeader(), log::tell);
      answerRequests();
    } catch (IOException | RuntimeException e) {
      LOGGER.warn("The node's watch failed: {}", e.toString());
    }
  }

  /**
   * A member that does not come into touch may need log that the others have removed: it fails, and
   * takes a snapshot of theirs when it is started again. Its map is left as it is meanwhile.
   */
  private void failWhereBehind() {
    final long nowNanos = System.nanoTime();
    if (!isOutOfTouch()) {
      lookedNanos = nowNanos;
      return;
    }
    if (nowNanos - lookedNanos > LOOK_NANOS) {
      if (seeding.isBehind(trustedLogPosition())) {
        fail("the other members no longer have the log that it lacks: start it again");
      }
      lookedNanos = System.nanoTime();
    }
  }

  /** Started again, a member joins the log that there is. */
  private void failWhereItsLogHasEnded() {
    if (!isOutOfTouch()) {
      logWait.reset();
    } else if (logWait.isEndless(serviceThread)) {
      fail("the log that it was joining has ended meanwhile: start it again");
    }
  }

  /**
   * Takes the others' state in the place of its own, which is another than its leader's at the same
   * place of the log. Nothing is answered until it is there.
   */
  private void renew(String how) {
    isRenewing = true;
    hasServed = false;
    if (context.members().size() < 2) {
      fail("its state is not what its own log says: " + how);
      return;
    }
    LOGGER.error("This member's state is not its leader's: {}: {}", how, settingAside());
    isHandingOver = true;
    try {
      log.fail("this member is taking the others' state");
      closeParts();
      state.reset();
      directory.setAside();
      freshMillis = 0;
      open();
    } catch (IOException | RuntimeException e) {
      fail("it could not take the others' state: " + describe(e));
    } finally {
      isHandingOver = false;
    }
  }

  /** Lets this member be a candidate again. */
  private void endStandingAside() {
    if (isStandingAside && (isInTouch() || System.nanoTime() - standsAsideUntilNanos > 0)) {
      consensusModule.context().appointedLeaderId(Aeron.NULL_VALUE);
      isStandingAside = false;
    }
  }

  /** Looks from time to time whether an operator asks for something. */
  private void answerRequests() throws IOException {
    if (++turns % TURNS_A_LOOK != 0) {
      return;
    }
    final Path directory = context.directory();
    if (NodeRequest.SNAPSHOT.take(directory)) {
      snapshotsBefore = snapshots();
      if (requestSnapshot()) {
        isSnapshotAsked = true;
      } else {
        NodeRequest.SNAPSHOT.answer(directory, "refused: this member does not lead");
      }
    }
    if (isSnapshotAsked && snapshots() > snapshotsBefore) {
      isSnapshotAsked = false;
      NodeRequest.SNAPSHOT.answer(directory, "done: a snapshot is taken");
    }
    if (NodeRequest.HAND_OVER.take(directory)) {
      NodeRequest.HAND_OVER.answer(directory, handOver());
    }
  }

  /**
   * Stops leading: leaves the cluster and joins it again, the map untouched. It votes at once, but
   * is no candidate until another leads, or none has for a while.
   */
  private String handOver() {
    if (context.members().size() < 2) {
      return "refused: there is no other member";
    }
    if (!isLeader()) {
      return "refused: this member does not lead";
    }
    isHandingOver = true;
    try {
      CloseHelper.quietCloseAll(container, consensusModule);
      if (!service.isSound() || failure != null) {
        return "refused: this member has failed";
      }
      service = new StatusService(state, newFeed(), Long.MAX_VALUE, true);
      consensusModule = relaunched();
      standsAsideUntilNanos = System.nanoTime() + STAND_ASIDE_NANOS;
      isStandingAside = true;
      container = ClusteredServiceContainer.launch(containerContext());
      return "done: this member leads no more";
    } catch (RuntimeException e) {
      fail("it could not join its cluster again: " + describe(e));
      return "refused: " + failure;
    } finally {
      isHandingOver = false;
    }
  }

  /** The driver takes a moment to forget an earlier consensus module. */
  private ConsensusModule relaunched() {
    final long deadline = System.nanoTime() + RELAUNCH_NANOS;
    while (true) {
      try {
        return ConsensusModule.launch(
            consensusContext()
                .appointedLeaderId((context.memberId() + 1) % context.members().size()));
      } catch (AeronException e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
        LOGGER.debug("Once more: {}", e.getMessage());
        LockSupport.parkNanos(RELAUNCH_PAUSE_NANOS);
      }
    }
  }

  /** Whether this member looks for its cluster, and is not about to end. */
  private boolean isOutOfTouch() {
    return seeding != null && !isInTouch() && failure == null && !isHandingOver && !isClosing;
  }

  private boolean isInTouch() {
    return failure == null
        && !isClosing
        && !isHandingOver
        && value(consensusModule.context().electionStateCounter()) == ElectionState.CLOSED.code()
        && value(consensusModule.context().moduleStateCounter())
            == ConsensusModule.State.ACTIVE.code();
  }

  private static long value(AtomicCounter counter) {
    return counter.isClosed() ? CountersReader.NULL_COUNTER_ID : counter.get();
  }

  long commitPosition() {
    return value(consensusModule.context().commitPositionCounter());
  }

  /** How many elections this member has taken part in since it started. */
  public long elections() {
    return value(consensusModule.context().electionCounter());
  }

  AtomicCounter controlToggle() {
    return consensusModule.context().controlToggleCounter();
  }

  long snapshots() {
    return value(consensusModule.context().snapshotCounter());
  }

  boolean isLeader() {
    return isInTouch() && service.role() == Cluster.Role.LEADER;
  }

  @Override
  public CompletableFuture<List<Applied>> submit(List<StatusCommand> commands) {
    return failure == null ? log.submit(commands) : CompletableFuture.failedFuture(failed());
  }

  @Override
  public CompletableFuture<List<Applied>> submit(Origin origin, List<StatusCommand> commands) {
    return failure == null
        ? log.submit(origin, commands)
        : CompletableFuture.failedFuture(failed());
  }

  @Override
  public CompletableFuture<Applied> submit(DocumentCommand command) {
    return failure == null ? log.submit(command) : CompletableFuture.failedFuture(failed());
  }

  @Override
  public CompletableFuture<List<Applied>> submit(Nonce nonce, List<StatusCommand> commands) {
    return failure == null ? log.submit(nonce, commands) : CompletableFuture.failedFuture(failed());
  }

  @Override
  public CompletableFuture<Applied> submit(Nonce nonce, DocumentCommand command) {
    return failure == null ? log.submit(nonce, command) : CompletableFuture.failedFuture(failed());
  }

  private IllegalStateException failed() {
    return new IllegalStateException("this node takes no changes: " + failure);
  }

  /** What the log has made. */
  public ReplicatedState state() {
    return state;
  }

  long feedPositionAtSnapshot() {
    return service.feedPositionAtSnapshot();
  }

  /**
   * Asks for a snapshot on every member.
   *
   * @return whether this member leads and has taken it up
   */
  public boolean requestSnapshot() {
    return housekeeper.requestSnapshot();
  }

  @Override
  public Documents documents() {
    return state.documents();
  }

  @Override
  public long dataAgeMillis() {
    final long fresh = freshMillis == 0 ? state.clusterTimeMillis() : freshMillis;
    final long age = Math.max(0, SteadyClock.OF_CLUSTER.time() - fresh);
    return isInTouch() && age <= 2 * WATCH_MILLIS ? 0 : age;
  }

  @Override
  public boolean isServing() {
    return !isDiverged() && (hasServed || (service.hasStarted() && service.wasWhole()));
  }

  /** Whether its state was found to be another than its leader's, and is not the others' yet. */
  private boolean isDiverged() {
    return isRenewing || service.divergence().isPresent();
  }

  @Override
  public OptionalLong newestSnapshotMillis() {
    return OptionalLong.of(housekeeper.newestSnapshotMillis());
  }

  @Override
  public Optional<WireCounts> wireCounts() {
    return context.seal().map(WireSeal::counts);
  }

  @Override
  public LogStatus status() {
    final boolean inTouch = isInTouch();
    final String role;
    if (failure != null || isDiverged()) {
      role = "failed";
    } else if (!inTouch) {
      role = "candidate";
    } else if (context.isAlone()) {
      role = "single";
    } else {
      role = service.role() == Cluster.Role.LEADER ? "leader" : "follower";
    }
    final long commit = commitPosition();
    final long applied = service.appliedPosition();
    return new LogStatus(
        role,
        inTouch ? leaderName() : "",
        service.term(),
        commit,
        applied,
        0,
        service.lagMillis(),
        isServing(),
        inTouch && !isDiverged() && log != null && log.isConnected(),
        state.history().toHex(),
        isDiverged() && failure == null);
  }

  private String leaderName() {
    final int leader =
        service.role() == Cluster.Role.LEADER ? context.memberId() : service.leaderId();
    return context.isAlone() || leader < 0
        ? ""
        : leader + " " + context.members().get(leader).host();
  }

  private void awaitWatch() {
    try {
      if (!watch.awaitTermination(5, TimeUnit.SECONDS)) {
        LOGGER.warn("The node's watch does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeParts() {
    CloseHelper.quietCloseAll(log, housekeeper, container, consensusModule, aeron, archive, driver);
    if (driver != null) {
      DriverDirectory.release(Path.of(driver.aeronDirectoryName()));
    }
  }

  /** Applies what was submitted, stops, and closes the map. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    watch.shutdownNow();
    CloseHelper.quietClose(log);
    isClosing = true;
    awaitWatch();
    closeParts();
    StateFile.close(state, service != null && service.isSound() && failure == null);
    CloseHelper.quietClose(lock);
  }
}
