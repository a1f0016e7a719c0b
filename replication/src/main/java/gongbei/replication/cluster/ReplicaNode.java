package gongbei.replication.cluster;

import gongbei.codec.file.PrivateFiles;
import gongbei.replication.command.Applied;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Nonce;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.context.ClusterContext;
import gongbei.replication.context.DriverDirectory;
import gongbei.replication.context.SteadyClock;
import gongbei.replication.feed.FeedFollower;
import gongbei.replication.log.CommandLog;
import gongbei.replication.log.LogRole;
import gongbei.replication.log.LogStatus;
import gongbei.replication.machine.Documents;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.snapshot.StateFile;
import gongbei.replication.wire.WireCounts;
import gongbei.replication.wire.WireSeal;
import io.aeron.Aeron;
import io.aeron.driver.MediaDriver;
import io.aeron.exceptions.AeronException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A read replica: follows the feed of one member after another into a map of its own, and takes no
 * changes. For any thread.
 */
public final class ReplicaNode implements CommandLog {
  private static final Logger LOGGER = LoggerFactory.getLogger(ReplicaNode.class);
  private static final long CLOSE_SECONDS = 10;

  private final ClusterContext context;
  private final FileChannel lock;
  private final MediaDriver driver;
  private final ReplicatedState state;
  private final FeedFollower follower;
  private final Thread thread;
  private volatile boolean isClosing;
  private boolean closed;

  /**
   * Starts a replica.
   *
   * @param host where the members reach this process
   * @throws IOException when it can't be started; the message says why
   */
  public static ReplicaNode launch(ClusterContext context, String host) throws IOException {
    PrivateFiles.directory(context.directory());
    final FileChannel lock = NodeLock.take(context.directory());
    try {
      DataDirectory.claim(context, true);
      return new ReplicaNode(context, host, lock);
    } catch (IOException | RuntimeException e) {
      CloseHelper.quietClose(lock);
      context.map().close(false);
      throw new IOException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    }
  }

  private ReplicaNode(ClusterContext context, String host, FileChannel lock) throws IOException {
    this.context = context;
    this.lock = lock;
    driver =
        MediaDriver.launch(
            context
                .newDriverContext(
                    DriverDirectory.prepare(context, DriverDirectory.bytesOfReplica(context)))
                .errorHandler(this::onError));
    state = new ReplicatedState(context.map(), context.historySink());
    final boolean isWhole = StateFile.reopen(state);
    if (!isWhole && state.map().version() != 0) {
      state.reset();
    }
    follower = new FeedFollower(context, host, this::connect, state, isWhole);
    thread = new Thread(follower, "gongbei-feed");
    thread.setDaemon(true);
    thread.start();
  }

  private Aeron connect() {
    return Aeron.connect(
        new Aeron.Context()
            .aeronDirectoryName(driver.aeronDirectoryName())
            .epochClock(SteadyClock.OF_PROCESS)
            .errorHandler(this::onError));
  }

  private void onError(Throwable e) {
    if (isClosing
        || (e instanceof AeronException fault
            && fault.category() == AeronException.Category.WARN)) {
      LOGGER.debug("{}", e.toString());
    } else {
      LOGGER.warn("The replica's driver reports: {}", e.toString());
    }
  }

  /** What the feed has made. */
  public ReplicatedState state() {
    return state;
  }

  @Override
  public CompletableFuture<List<Applied>> submit(List<StatusCommand> commands) {
    return refused();
  }

  @Override
  public CompletableFuture<List<Applied>> submit(Origin origin, List<StatusCommand> commands) {
    return refused();
  }

  @Override
  public CompletableFuture<Applied> submit(DocumentCommand command) {
    return refused();
  }

  @Override
  public CompletableFuture<List<Applied>> submit(Nonce nonce, List<StatusCommand> commands) {
    return refused();
  }

  @Override
  public CompletableFuture<Applied> submit(Nonce nonce, DocumentCommand command) {
    return refused();
  }

  private static <T> CompletableFuture<T> refused() {
    return CompletableFuture.failedFuture(
        new IllegalStateException("a replica takes no changes: send them to a member"));
  }

  @Override
  public Documents documents() {
    return state.documents();
  }

  @Override
  public long dataAgeMillis() {
    return follower.dataAgeMillis();
  }

  @Override
  public boolean isServing() {
    return follower.isServing();
  }

  @Override
  public Optional<String> failure() {
    return follower.failure();
  }

  @Override
  public long recoveries() {
    return follower.recoveries();
  }

  /** How many snapshots were taken over because a feed did not reach back to the map's version. */
  public int snapshotsTaken() {
    return follower.snapshotsTaken();
  }

  @Override
  public Optional<WireCounts> wireCounts() {
    return context.seal().map(WireSeal::counts);
  }

  @Override
  public LogStatus status() {
    return new LogStatus(
        follower.hasFailed() || follower.isRenewing() ? LogRole.FAILED : LogRole.REPLICA,
        follower.source(),
        -1,
        -1,
        -1,
        follower.lagVersions(),
        follower.lagMillis(),
        follower.isServing(),
        false,
        state.history().toHex(),
        follower.isRenewing() && !follower.hasFailed());
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    isClosing = true;
    follower.stop();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    final boolean isSound = !thread.isAlive() && follower.isSound();
    CloseHelper.quietClose(driver);
    DriverDirectory.release(Path.of(driver.aeronDirectoryName()));
    StateFile.close(state, isSound);
    CloseHelper.quietClose(lock);
    LOGGER.debug("{} is closed", context.directory());
  }
}
