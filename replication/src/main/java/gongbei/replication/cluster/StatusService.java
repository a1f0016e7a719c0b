package gongbei.replication.cluster;

import gongbei.replication.context.SteadyClock;
import gongbei.replication.feed.FeedPublisher;
import gongbei.replication.machine.DivergedException;
import gongbei.replication.machine.NewerProtocolException;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.snapshot.SnapshotReader;
import gongbei.replication.snapshot.SnapshotWriter;
import gongbei.replication.snapshot.StateFile;
import io.aeron.ExclusivePublication;
import io.aeron.FragmentAssembler;
import io.aeron.Image;
import io.aeron.Publication;
import io.aeron.cluster.codecs.CloseReason;
import io.aeron.cluster.service.ClientSession;
import io.aeron.cluster.service.Cluster;
import io.aeron.cluster.service.ClusteredService;
import io.aeron.logbuffer.Header;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.SemanticVersion;
import org.agrona.concurrent.IdleStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state machine as Aeron Cluster runs it: applies what is committed, answers its client, tells
 * the feed, writes and reads snapshots. Runs on the container's thread; its few figures are for
 * any.
 */
final class StatusService implements ClusteredService {
  private static final Logger LOGGER = LoggerFactory.getLogger(StatusService.class);
  private static final int FRAGMENTS_A_POLL = 64;
  private static final int REPLY_ATTEMPTS = 200;

  private final ReplicatedState state;
  private final Optional<FeedPublisher> feed;
  private final long trustedLogPosition;
  private final boolean isLive;
  private Cluster cluster;
  private IdleStrategy idleStrategy;
  private long skipTo = -1;
  private boolean isSkipping;
  private volatile Cluster.Role role = Cluster.Role.FOLLOWER;
  private volatile boolean hasStarted;
  private volatile long appliedPosition = -1;
  private volatile long term = -1;
  private volatile int leaderId = -1;
  private volatile long lagMillis;
  private volatile Optional<Throwable> fault = Optional.empty();
  private volatile String divergence;
  private volatile boolean wasWhole;
  private volatile long feedPositionAtSnapshot = -1;

  /**
   * @param feed where what is applied is told, if anywhere
   * @param trustedLogPosition how far the log that this node has goes: a map that is further is of
   *     another log
   * @param isLive whether the state is that of this process, which has left its cluster for a
   *     moment
   */
  StatusService(
      ReplicatedState state,
      Optional<FeedPublisher> feed,
      long trustedLogPosition,
      boolean isLive) {
    this.isLive = isLive;
    this.state = state;
    this.feed = feed;
    this.trustedLogPosition = trustedLogPosition;
  }

  @Override
  public void onStart(Cluster starting, Image snapshotImage) {
    cluster = starting;
    idleStrategy = starting.idleStrategy();
    role = starting.role();
    recover(
        starting.logPosition(),
        snapshotImage == null ? null : reader -> read(snapshotImage, reader));
    feed.ifPresent(each -> each.start(state.map().version(), idleStrategy));
    hasStarted = true;
  }

  /**
   * Makes the state what it was at some position of the log: as the map's file has it, where that
   * can be trusted, else from a snapshot.
   *
   * @param start where the log that is to be applied starts
   * @param snapshot reads the snapshot of that position; null where there is none, at the log's
   *     beginning
   */
  void recover(long start, Consumer<SnapshotReader> snapshot) {
    final long mapPosition = state.map().logPosition();
    final boolean isWhole = isLive || StateFile.reopen(state);
    if (isWhole && mapPosition >= start && mapPosition <= trustedLogPosition) {
      skipTo = mapPosition;
      isSkipping = mapPosition > start;
      wasWhole = true;
      LOGGER.info(
          "The status map is whole at version {}; the log is skipped from {} to {}",
          state.map().version(),
          start,
          mapPosition);
    } else {
      if (isWhole) {
        LOGGER.warn(
            "The status map is of log position {}, the log starts at {} and ends at {}: it"
                + " is rebuilt",
            mapPosition,
            start,
            trustedLogPosition);
      }
      if (state.map().version() != 0) {
        state.reset();
      }
      if (snapshot != null) {
        final SnapshotReader reader = new SnapshotReader(state);
        snapshot.accept(reader);
        reader.requireDone();
      }
      state.map().logPosition(start);
    }
    appliedPosition = Math.max(start, skipTo);
  }

  private void read(Image image, SnapshotReader reader) {
    final long startedNanos = System.nanoTime();
    final RuntimeException[] fault = new RuntimeException[1];
    final FragmentAssembler assembler =
        new FragmentAssembler(
            (buffer, offset, length, header) -> {
              if (!reader.isDone() && fault[0] == null) {
                try {
                  reader.onMessage(buffer, offset, length);
                } catch (RuntimeException e) {
                  fault[0] = e;
                }
              }
            });
    while (!reader.isDone()) {
      if (fault[0] != null) {
        throw fault[0];
      }
      final int fragments = image.poll(assembler, FRAGMENTS_A_POLL);
      if (fragments == 0 && (image.isClosed() || image.isEndOfStream())) {
        break;
      }
      idleStrategy.idle(fragments);
    }
    reader.requireDone();
    LOGGER.info(
        "A snapshot of {} holders at version {} was read in {} ms",
        state.map().size(),
        state.map().version(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos));
  }

  @Override
  public void onSessionMessage(
      ClientSession session,
      long timestamp,
      DirectBuffer buffer,
      int offset,
      int length,
      Header header) {
    if (isBroken()) {
      return;
    }
    final long position = header.position();
    if (isSkipping) {
      if (position <= skipTo) {
        return;
      }
      isSkipping = false;
    }
    final long firstVersion = state.map().version() + 1;
    final int versions;
    state.clusterTimeMillis(timestamp);
    try {
      versions = state.apply(position, buffer, offset, length);
    } catch (DivergedException e) {
      divergence = e.getMessage();
      fault = Optional.of(e);
      throw e;
    } catch (RuntimeException | Error e) {
      fault = Optional.of(e);
      throw e;
    }
    state.map().logPosition(position);
    appliedPosition = position;
    if (versions > 0) {
      lagMillis = Math.max(0, SteadyClock.OF_CLUSTER.time() - timestamp);
      if (feed.isPresent()) {
        feed.get()
            .publish(
                firstVersion,
                state.map().version(),
                state.map().digest(),
                timestamp,
                buffer,
                offset,
                length);
      }
    }
    reply(session);
  }

  private void reply(ClientSession session) {
    if (session == null || role != Cluster.Role.LEADER) {
      return;
    }
    for (int attempt = 0; attempt < REPLY_ATTEMPTS; attempt++) {
      final long result = session.offer(state.reply(), 0, state.replyLength());
      if (result > 0 || result == Publication.CLOSED || result == Publication.NOT_CONNECTED) {
        return;
      }
      idleStrategy.idle(0);
    }
    LOGGER.debug("A client takes no replies; it will ask again");
  }

  @Override
  public void onTakeSnapshot(ExclusivePublication publication) {
    if (isBroken()) {
      throw new IllegalStateException("there is no state to take a snapshot of");
    }
    final long startedNanos = System.nanoTime();
    new SnapshotWriter(
            state, (buffer, offset, length) -> offer(publication, buffer, offset, length))
        .write(cluster.logPosition(), cluster.time(), true);
    state.map().logPosition(cluster.logPosition());
    feedPositionAtSnapshot = feed.map(FeedPublisher::position).orElse(-1L);
    LOGGER.info(
        "A snapshot of {} holders at version {} was written in {} ms",
        state.map().size(),
        state.map().version(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos));
  }

  private void offer(
      ExclusivePublication publication, DirectBuffer buffer, int offset, int length) {
    while (true) {
      final long result = publication.offer(buffer, offset, length);
      if (result > 0) {
        return;
      }
      if (result == Publication.CLOSED
          || result == Publication.NOT_CONNECTED
          || result == Publication.MAX_POSITION_EXCEEDED) {
        throw new IllegalStateException(
            "the snapshot can't be written: " + Publication.errorString(result));
      }
      idleStrategy.idle(0);
    }
  }

  @Override
  public void onNewLeadershipTermEvent(
      long leadershipTermId,
      long logPosition,
      long timestamp,
      long termBaseLogPosition,
      int leaderMemberId,
      int logSessionId,
      TimeUnit timeUnit,
      int appVersion) {
    term = leadershipTermId;
    leaderId = leaderMemberId;
    try {
      state.protocol(SemanticVersion.minor(appVersion));
    } catch (NewerProtocolException e) {
      fault = Optional.of(e);
      LOGGER.error("No further command is applied: {}", e.getMessage());
    }
  }

  /** The application's version by which Aeron tells in the log what protocol the leader speaks. */
  static int appVersion(int protocol) {
    return SemanticVersion.compose(0, protocol, 1);
  }

  @Override
  public void onRoleChange(Cluster.Role newRole) {
    role = newRole;
    LOGGER.info("This member is {} now", newRole);
  }

  @Override
  public int doBackgroundWork(long nowNs) {
    appliedPosition = cluster.logPosition();
    return feed.isEmpty()
        ? 0
        : feed.get().mark(state.map().version(), state.map().digest(), state.history());
  }

  @Override
  public void onSessionOpen(ClientSession session, long timestamp) {
    LOGGER.debug("Session {} opened", session.id());
  }

  @Override
  public void onSessionClose(ClientSession session, long timestamp, CloseReason closeReason) {
    LOGGER.debug("Session {} closed: {}", session.id(), closeReason);
  }

  @Override
  public void onTimerEvent(long correlationId, long timestamp) {
    LOGGER.debug("No timer is set");
  }

  @Override
  public void onTerminate(Cluster terminating) {
    feed.ifPresent(FeedPublisher::close);
  }

  /** Whether the state is there, as of the last stop or snapshot. */
  boolean hasStarted() {
    return hasStarted;
  }

  /**
   * How far this node's feed went when the last snapshot was taken, in bytes: a replica that needs
   * what is before can take the snapshot; -1 where none has been taken since the start.
   */
  long feedPositionAtSnapshot() {
    return feedPositionAtSnapshot;
  }

  /** Whether the state came back as it was when this node was stopped. */
  boolean wasWhole() {
    return wasWhole;
  }

  /** Whether a message could not be applied, nor any after it. */
  boolean isBroken() {
    return fault.isPresent();
  }

  /** Why a message could not be applied, nor any after it; empty where all were. */
  Optional<Throwable> fault() {
    return fault;
  }

  /** Describes why: what this node refuses by itself needs no class name. */
  static String describe(Throwable fault) {
    return fault instanceof DivergedException || fault instanceof NewerProtocolException
        ? fault.getMessage()
        : fault.toString();
  }

  /** How the state was found to be another than the leader's; empty where it was not. */
  Optional<String> divergence() {
    return Optional.ofNullable(divergence);
  }

  /** Whether the state is what the log says, and may be kept. */
  boolean isSound() {
    return hasStarted && !isBroken();
  }

  Cluster.Role role() {
    return role;
  }

  long term() {
    return term;
  }

  int leaderId() {
    return leaderId;
  }

  long appliedPosition() {
    return appliedPosition;
  }

  /** From the leader's clock when a command entered the log to this node's when it was applied. */
  long lagMillis() {
    return lagMillis;
  }
}
