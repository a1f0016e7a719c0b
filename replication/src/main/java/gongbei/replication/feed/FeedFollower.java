package gongbei.replication.feed;

import gongbei.replication.context.ClusterContext;
import gongbei.replication.context.HostName;
import gongbei.replication.context.MemberAddress;
import gongbei.replication.context.SteadyClock;
import gongbei.replication.context.StorageFault;
import gongbei.replication.context.StorageRoom;
import gongbei.replication.feed.FeedApplier.GapException;
import gongbei.replication.machine.DivergedException;
import gongbei.replication.machine.NewerProtocolException;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.protocol.FeedBatchDecoder;
import gongbei.replication.protocol.MessageHeaderDecoder;
import gongbei.replication.recording.Recording;
import gongbei.replication.recording.RemoteArchive;
import gongbei.replication.recording.ReplayPort;
import gongbei.replication.snapshot.SnapshotReader;
import io.aeron.Aeron;
import io.aeron.FragmentAssembler;
import io.aeron.archive.client.AeronArchive;
import io.aeron.exceptions.AeronException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.agrona.CloseHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the feed: from the last version that the map has, at one member, and where it breaks off
 * at the next; where a member's feed starts later than that, from its newest snapshot. Runs on a
 * thread of its own; its figures are for any.
 */
public final class FeedFollower implements Runnable {
  private static final Logger LOGGER = LoggerFactory.getLogger(FeedFollower.class);
  private static final int SNAPSHOT_STREAM_ID = 106;
  private static final int MAX_RECORDINGS = 10_000;
  private static final int FRAGMENTS_A_POLL = 32;
  private static final long CONNECT_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long SILENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);
  private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long MIN_PARK_NANOS = 10_000;
  private static final long ROOM_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** After following for so long, what keeps it from following is news again. */
  private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final int MAX_TOLD = 1_000;

  private final ClusterContext context;
  private final String host;
  private final Supplier<Aeron> clients;
  private final ReplicatedState state;
  private final MessageHeaderDecoder header = new MessageHeaderDecoder();
  private final FeedApplier applier;
  private final Set<String> told = new HashSet<>();
  private Aeron aeron;
  private RuntimeException fault;
  private volatile boolean isStopping;
  private volatile Optional<String> failure = Optional.empty();
  private final AtomicLong recoveries = new AtomicLong();
  private volatile String source = "";
  private final AtomicInteger snapshotsTaken = new AtomicInteger();

  /**
   * @param clients makes a client of the media driver; another where one was closed because this
   *     process stood still for too long
   * @param isWhole whether the map is what it was when the replica was stopped
   */
  public FeedFollower(
      ClusterContext context,
      String host,
      Supplier<Aeron> clients,
      ReplicatedState state,
      boolean isWhole) {
    this.context = context;
    this.host = host;
    this.clients = clients;
    this.state = state;
    this.applier = new FeedApplier(state, isWhole, SteadyClock.OF_CLUSTER);
  }

  @Override
  public void run() {
    int next = 0;
    while (!isStopping) {
      final MemberAddress member = context.members().get(next);
      try {
        if (aeron == null || aeron.isClosed()) {
          aeron = clients.get();
        }
        follow(member);
      } catch (NewerProtocolException e) {
        applier.stopServing();
        fail(e.getMessage());
        break;
      } catch (DivergedException e) {
        LOGGER.error(
            "This replica is of another history than member {}, as after a backup was restored: {}."
                + " It answers nothing until it has taken the members' state",
            member.id(),
            e.getMessage());
      } catch (AeronException | GapException e) {
        if (isNews(member, e.getMessage())) {
          LOGGER.info("Member {}'s feed is left: {}", member.id(), e.getMessage());
        }
      } catch (RuntimeException e) {
        if (isNews(member, e.toString())) {
          LOGGER.error("Member {}'s feed is left: {}", member.id(), e.toString());
        }
      } catch (Error e) {
        if (!StorageFault.isOne(e)) {
          fail(e.toString());
          throw e;
        }
        fail(StorageFault.describe(context.directory()));
        awaitRoom();
      }
      source = "";
      next = (next + 1) % context.members().size();
      if (!isStopping) {
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
    CloseHelper.quietClose(aeron);
  }

  private void fail(String why) {
    failure = Optional.of(why);
    LOGGER.error("This replica follows no member any more: {}", why);
  }

  /** Waits until there is room on the disk, and begins anew then: a change is there in part. */
  private void awaitRoom() {
    final StorageRoom room = StorageRoom.of(context);
    while (!isStopping && !room.isThere()) {
      LockSupport.parkNanos(ROOM_NANOS);
    }
    if (!isStopping) {
      LOGGER.info("There is room on the disk again: this replica takes the members' state");
      applier.makeAnew();
      failure = Optional.empty();
      recoveries.incrementAndGet();
    }
  }

  /** Whether that has not been said of a member since one was followed for a while. */
  private boolean isNews(MemberAddress member, String message) {
    if (told.size() >= MAX_TOLD) {
      told.clear();
    }
    return told.add(member.id() + " " + message);
  }

  public void stop() {
    isStopping = true;
  }

  private void follow(MemberAddress member) {
    try (AeronArchive archive = RemoteArchive.connect(archiveOf(member));
        ReplayPort port = ReplayPort.at(aeron, host)) {
      final Recording feed = Recording.lastFeed(archive);
      if (feed == null) {
        throw new GapException("it has none yet");
      }
      long position =
          applier.isSound() ? feed.positionBefore(archive, port, state.map().version() + 1) : -1;
      if (position < 0) {
        if (isNews(member, "starts after " + state.map().version())) {
          LOGGER.info(
              "Member {}'s feed starts after version {}, or a snapshot broke off: its snapshot is"
                  + " taken",
              member.id(),
              state.map().version());
        }
        takeSnapshot(archive, port);
        position = feed.positionBefore(archive, port, state.map().version() + 1);
        if (position < 0) {
          throw new GapException("its feed starts after its snapshot");
        }
      }
      read(member, archive, port, feed, position);
    }
  }

  private AeronArchive.Context archiveOf(MemberAddress member) {
    final AeronArchive.Context made =
        new AeronArchive.Context()
            .aeron(aeron)
            .messageTimeoutNs(CONNECT_NANOS)
            .controlRequestChannel("aeron:udp?endpoint=" + member.archive())
            .controlResponseChannel("aeron:udp?endpoint=" + HostName.withPort(host, 0));
    return made.credentialsSupplier(context.credentials());
  }

  /** Reads on and on: the replay of a recording that goes on follows it. */
  private void read(
      MemberAddress member, AeronArchive archive, ReplayPort port, Recording feed, long position) {
    fault = null;
    applier.beginFollowing();
    final long liveFrom = feed.endPosition(archive);
    final FragmentAssembler assembler =
        new FragmentAssembler(
            (buffer, offset, length, frame) -> {
              if (fault == null) {
                try {
                  applier.onFrame(buffer, offset, length, frame.position() > liveFrom);
                } catch (RuntimeException e) {
                  fault = e;
                }
              }
            });
    try (ReplayPort.Replay replay = port.start(archive, feed.id(), position, Long.MAX_VALUE)) {
      source = member.id() + " " + member.host();
      if (isNews(member, "is followed from " + state.map().version())) {
        LOGGER.info(
            "Member {}'s feed is followed from version {}", member.id(), state.map().version());
      }
      final long began = System.nanoTime();
      long heard = began;
      long checked = heard;
      long park = MIN_PARK_NANOS;
      while (!isStopping && fault == null) {
        final int fragments = replay.image().poll(assembler, FRAGMENTS_A_POLL);
        final long now = System.nanoTime();
        if (fragments > 0) {
          heard = now;
          park = MIN_PARK_NANOS;
        } else {
          if (replay.image().isClosed() || now - heard > SILENCE_NANOS) {
            throw new GapException("nothing comes any more");
          }
          LockSupport.parkNanos(park);
          park = Math.min(2 * park, context.maxParkNanos());
        }
        if (now - checked > CHECK_NANOS) {
          checked = now;
          if (now - began > SETTLED_NANOS) {
            told.clear();
          }
          archive.checkForErrorResponse();
        }
      }
      if (fault != null) {
        throw fault;
      }
    }
  }

  private void takeSnapshot(AeronArchive archive, ReplayPort port) {
    final List<Recording> recordings =
        Recording.list(archive, MAX_RECORDINGS, "alias=snapshot", SNAPSHOT_STREAM_ID);
    recordings.removeIf(recording -> recording.stopPosition() == AeronArchive.NULL_POSITION);
    for (int i = recordings.size() - 1; i >= 0; i--) {
      try {
        read(archive, port, recordings.get(i).id(), recordings.get(i).stopPosition());
        return;
      } catch (NewerProtocolException e) {
        throw e;
      } catch (IllegalStateException e) {
        LOGGER.warn("Snapshot {} is skipped: {}", recordings.get(i).id(), e.getMessage());
      }
    }
    if (!applier.isSound()) {
      applier.makeAnew();
    }
    throw new GapException("it has no snapshot that is whole");
  }

  private void read(AeronArchive archive, ReplayPort port, long recordingId, long end) {
    final SnapshotReader reader = applier.beginSnapshot();
    final RuntimeException[] failure = new RuntimeException[1];
    final FragmentAssembler assembler =
        new FragmentAssembler(
            (buffer, offset, length, frame) -> {
              header.wrap(buffer, offset);
              if (failure[0] == null
                  && !reader.isDone()
                  && header.schemaId() == FeedBatchDecoder.SCHEMA_ID) {
                try {
                  reader.onMessage(buffer, offset, length);
                } catch (RuntimeException e) {
                  failure[0] = e;
                }
              }
            });
    try (ReplayPort.Replay replay = port.start(archive, recordingId, 0, end)) {
      replay.read(end, assembler, () -> failure[0] != null || reader.isDone() || isStopping);
    }
    if (failure[0] != null) {
      applier.refuseSnapshot(reader);
      throw failure[0];
    }
    applier.endSnapshot(reader);
    snapshotsTaken.incrementAndGet();
    LOGGER.info(
        "A snapshot of {} holders at version {} was taken over",
        state.map().size(),
        state.map().version());
  }

  /** Whether the map is that of one version, and may be kept. */
  public boolean isSound() {
    return applier.isSound() && !hasFailed();
  }

  /** Whether it follows nobody: by a fault of memory or disk, or by a newer protocol. */
  public boolean hasFailed() {
    return failure.isPresent();
  }

  /** Why it follows nobody; empty while it does. */
  public Optional<String> failure() {
    return failure;
  }

  /** How often it went on by itself after its disk was full. */
  public long recoveries() {
    return recoveries.get();
  }

  public boolean isServing() {
    return applier.isServing();
  }

  /** Whether what it held was of another history, and it is taking the members' state. */
  public boolean isRenewing() {
    return applier.isRenewing();
  }

  public int snapshotsTaken() {
    return snapshotsTaken.get();
  }

  public String source() {
    return source;
  }

  /** How old the map may be, in milliseconds. */
  public long dataAgeMillis() {
    final long age = Math.max(0, SteadyClock.OF_CLUSTER.time() - applier.freshMillis());
    return source.isEmpty() || age > FeedApplier.FRESH_MILLIS ? age : applier.lagMillis();
  }

  /** How many versions the map is known to be behind. */
  public long lagVersions() {
    return applier.lagVersions();
  }

  /** From the leader's clock when a command entered the log to this node's when it was applied. */
  public long lagMillis() {
    return applier.lagMillis();
  }
}
