package gongbei.replication.cluster;

import gongbei.codec.file.PrivateFiles;
import gongbei.replication.command.Applied;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Nonce;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.context.ClusterContext;
import gongbei.replication.context.SteadyClock;
import gongbei.replication.log.CommandLog;
import gongbei.replication.log.LogRole;
import gongbei.replication.log.LogStatus;
import gongbei.replication.machine.Documents;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.snapshot.StateFile;
import gongbei.replication.wire.WireCounts;
import gongbei.replication.wire.WireSeal;
import io.aeron.cluster.service.Cluster;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.agrona.CloseHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of a cluster in one process: media driver, archive, consensus module, the state
 * machine's container, the way into the log, and a housekeeper. One member alone is a cluster too.
 * For any thread.
 */
public final class ClusterNode implements CommandLog {
  private static final Logger LOGGER = LoggerFactory.getLogger(ClusterNode.class);
  private static final Pattern TAKEN =
      Pattern.compile("Address already in use.*?endpoint=([^|,\\s]+)", Pattern.DOTALL);

  private final ClusterContext context;
  private final ReplicatedState state;
  private final FileChannel lock;
  private final MemberHealth health;
  private final Freshness freshness = new Freshness();
  private final MemberParts parts;
  private final StorageRecovery recovery;
  private final MemberWatch watch;
  private final ScheduledExecutorService scheduler =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            final Thread thread = new Thread(task, "gongbei-watch");
            thread.setDaemon(true);
            return thread;
          });
  private boolean closed;

  /**
   * Starts a member. Its map is there when this returns; whether it may be asked is for {@link
   * CommandLog#status}.
   *
   * @throws IOException when it can't be started; the message says why
   */
  public static ClusterNode launch(ClusterContext context) throws IOException {
    return launch(context, new LogWait());
  }

  /** Starts a member that joins its cluster again after a wait: see {@link #launch}. */
  static ClusterNode launch(ClusterContext context, LogWait logWait) throws IOException {
    requireRoom(context);
    final FileChannel lock = NodeLock.take(context.directory());
    final ClusterNode node;
    try {
      node = new ClusterNode(context, lock, DataDirectory.claim(context, false), logWait);
    } catch (IOException | RuntimeException e) {
      CloseHelper.quietClose(lock);
      throw e;
    }
    try {
      node.start();
      return node;
    } catch (IOException | RuntimeException e) {
      node.health.failStart(e);
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

  private ClusterNode(
      ClusterContext context, FileChannel lock, DataDirectory directory, LogWait logWait) {
    this.context = context;
    this.lock = lock;
    state = new ReplicatedState(context.map(), context.historySink());
    health = new MemberHealth(context.directory());
    parts = new MemberParts(context, state, directory, health, freshness);
    health.listener(parts);
    recovery = new StorageRecovery(context, state, parts, health, freshness);
    final HandOver handOver = new HandOver(context, parts, health);
    watch =
        new MemberWatch(
            parts,
            health,
            freshness,
            new MemberWatch.Repairs(
                new StateRenewal(context, state, directory, parts, health, freshness),
                recovery,
                new LogRejoin(parts, health, logWait)),
            new OperatorRequests(context.directory(), parts, handOver));
  }

  private void start() throws IOException {
    parts.open(false);
    final var unused =
        scheduler.scheduleWithFixedDelay(watch, 0, MemberWatch.MILLIS, TimeUnit.MILLISECONDS);
    final var unusedToo =
        scheduler.scheduleWithFixedDelay(() -> parts.housekeeper().run(), 1, 1, TimeUnit.SECONDS);
    awaitStart();
  }

  private void awaitStart() throws IOException {
    while (!parts.service().hasStarted() && !health.hasFailed()) {
      sleep();
    }
    if (health.hasFailed()) {
      throw new IOException(health.failure().orElse(""));
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

  /** What the member runs of. */
  MemberParts parts() {
    return parts;
  }

  /** Whether it runs, and takes its errors. */
  MemberHealth health() {
    return health;
  }

  /** How many elections this member has taken part in since it started. */
  public long elections() {
    return parts.elections();
  }

  @Override
  public CompletableFuture<List<Applied>> submit(List<StatusCommand> commands) {
    return whereWell(log -> log.submit(commands));
  }

  @Override
  public CompletableFuture<List<Applied>> submit(Origin origin, List<StatusCommand> commands) {
    return whereWell(log -> log.submit(origin, commands));
  }

  @Override
  public CompletableFuture<Applied> submit(DocumentCommand command) {
    return whereWell(log -> log.submit(command));
  }

  @Override
  public CompletableFuture<List<Applied>> submit(Nonce nonce, List<StatusCommand> commands) {
    return whereWell(log -> log.submit(nonce, commands));
  }

  @Override
  public CompletableFuture<Applied> submit(Nonce nonce, DocumentCommand command) {
    return whereWell(log -> log.submit(nonce, command));
  }

  private <T> CompletableFuture<T> whereWell(Function<LogGateway, CompletableFuture<T>> submit) {
    return health.hasFailed()
        ? CompletableFuture.failedFuture(health.refusal())
        : submit.apply(parts.log());
  }

  /** What the log has made. */
  public ReplicatedState state() {
    return state;
  }

  /**
   * Asks for a snapshot on every member.
   *
   * @return whether this member leads and has taken it up
   */
  public boolean requestSnapshot() {
    return parts.housekeeper().requestSnapshot();
  }

  @Override
  public Documents documents() {
    return state.documents();
  }

  @Override
  public long dataAgeMillis() {
    final long fresh = freshness.millis() == 0 ? state.clusterTimeMillis() : freshness.millis();
    final long age = Math.max(0, SteadyClock.OF_CLUSTER.time() - fresh);
    return parts.isInTouch() && age <= 2 * MemberWatch.MILLIS ? 0 : age;
  }

  @Override
  public boolean isServing() {
    return parts.isServing();
  }

  @Override
  public Optional<String> failure() {
    return health.failure();
  }

  @Override
  public long recoveries() {
    return recovery.recoveries();
  }

  @Override
  public OptionalLong newestSnapshotMillis() {
    return OptionalLong.of(parts.housekeeper().newestSnapshotMillis());
  }

  @Override
  public Optional<WireCounts> wireCounts() {
    return context.seal().map(WireSeal::counts);
  }

  @Override
  public LogStatus status() {
    final boolean inTouch = parts.isInTouch();
    final StatusService service = parts.service();
    return new LogStatus(
        role(inTouch),
        inTouch ? leaderName(service) : "",
        service.term(),
        parts.commitPosition(),
        service.appliedPosition(),
        0,
        service.lagMillis(),
        isServing(),
        parts.isWriting(),
        state.history().toHex(),
        parts.isDiverged() && !health.hasFailed());
  }

  private LogRole role(boolean inTouch) {
    if (health.hasFailed() || parts.isDiverged()) {
      return LogRole.FAILED;
    }
    if (!inTouch) {
      return LogRole.CANDIDATE;
    }
    if (context.isAlone()) {
      return LogRole.SINGLE;
    }
    return parts.service().role() == Cluster.Role.LEADER ? LogRole.LEADER : LogRole.FOLLOWER;
  }

  private String leaderName(StatusService service) {
    final int leader =
        service.role() == Cluster.Role.LEADER ? context.memberId() : service.leaderId();
    return context.isAlone() || leader < 0
        ? ""
        : leader + " " + context.members().get(leader).host();
  }

  private void awaitWatch() {
    try {
      if (!scheduler.awaitTermination(5, TimeUnit.SECONDS)) {
        LOGGER.warn("The node's watch does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Applies what was submitted, stops, and closes the map. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    scheduler.shutdownNow();
    parts.closeLog();
    health.closing();
    awaitWatch();
    parts.close();
    StateFile.close(state, parts.isSound() && !health.hasFailed());
    CloseHelper.quietClose(lock);
  }
}
