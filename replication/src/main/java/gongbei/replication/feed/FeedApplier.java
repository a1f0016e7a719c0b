package gongbei.replication.feed;

import gongbei.replication.machine.DivergedException;
import gongbei.replication.machine.History;
import gongbei.replication.machine.NewerProtocolException;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.protocol.FeedBatchDecoder;
import gongbei.replication.protocol.FeedMarkDecoder;
import gongbei.replication.protocol.MessageHeaderDecoder;
import gongbei.replication.snapshot.SnapshotReader;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.EpochClock;

/**
 * Applies what the feed and snapshots say to a replica's state: skips what it has, refuses a gap,
 * and makes the state anew where it is of another history than the member's: where the digests of
 * one version differ, or it is further than a member that is up to date. It knows nothing of where
 * they come from. Applying is for one thread; its figures are for any.
 */
public final class FeedApplier {
  /** How young what is known must be before a state that was rebuilt answers. */
  static final long FRESH_MILLIS = 1_000;

  /**
   * How long a member that is up to date all the while may be behind this replica, by the member's
   * clock: one that has just been elected, or knows of the last commit by the next heartbeat alone.
   */
  static final long AHEAD_MILLIS = 5_000;

  private final ReplicatedState state;
  private final EpochClock clock;
  private final MessageHeaderDecoder header = new MessageHeaderDecoder();
  private final FeedBatchDecoder batch = new FeedBatchDecoder();
  private final FeedMarkDecoder mark = new FeedMarkDecoder();
  private boolean wasSound = true;
  private long aheadSinceMillis = -1;
  private volatile boolean isRenewing;
  private volatile boolean isServing;
  private volatile boolean isSound = true;
  private volatile long freshMillis;
  private volatile long lagMillis;
  private volatile long sourceVersion;

  /**
   * @param isWhole whether the state is what it was when the replica was stopped
   */
  public FeedApplier(ReplicatedState state, boolean isWhole, EpochClock clock) {
    this.state = state;
    this.clock = clock;
    this.isServing = isWhole;
    this.freshMillis = isWhole ? state.clusterTimeMillis() : 0;
  }

  /** A feed that does not go on where this state is. */
  public static final class GapException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    GapException(String message) {
      super(message);
    }
  }

  /** Another member is followed from now on. */
  void beginFollowing() {
    aheadSinceMillis = -1;
  }

  /**
   * Takes a frame of the feed.
   *
   * @param isLive whether the member has told it since it is followed; of what it told before,
   *     marks may be of an earlier history
   * @throws GapException where it is not the one due
   * @throws DivergedException where the state is of another history than the member's: it was
   *     forgotten, and nothing is answered until it is rebuilt
   * @throws RuntimeException where it can't be read or applied; what was not applied whole is made
   *     anew
   */
  public void onFrame(DirectBuffer buffer, int offset, int length, boolean isLive) {
    header.wrap(buffer, offset);
    NewerProtocolException.requireKnown("the feed", header.version());
    final int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
    switch (header.templateId()) {
      case FeedBatchDecoder.TEMPLATE_ID -> {
        batch.wrap(buffer, body, header.blockLength(), header.version());
        final int opening = MessageHeaderDecoder.ENCODED_LENGTH + header.blockLength();
        onBatch(buffer, offset + opening, length - opening);
      }
      case FeedMarkDecoder.TEMPLATE_ID -> {
        mark.wrap(buffer, body, header.blockLength(), header.version());
        onMark(isLive);
      }
      default -> throw new IllegalStateException("the feed holds an unknown message");
    }
  }

  private void onBatch(DirectBuffer buffer, int offset, int length) {
    final long version = state.map().version();
    if (batch.lastVersion() <= version) {
      if (batch.lastVersion() == version) {
        requireDigest(version, batch.digestAfter());
      }
      return;
    }
    if (batch.firstVersion() > version + 1) {
      throw new GapException(
          "it goes on at version " + batch.firstVersion() + ", the map is at " + version);
    }
    if (batch.firstVersion() <= version) {
      throw diverged("a change that it has whole stands at versions " + versions());
    }
    final long lastVersion = batch.lastVersion();
    final long digest = batch.digestAfter();
    final long clusterTimeMillis = batch.clusterTimeMillis();
    sourceVersion = Math.max(sourceVersion, lastVersion);
    state.clusterTimeMillis(clusterTimeMillis);
    try {
      state.applyFed(buffer, offset, length);
    } catch (NewerProtocolException e) {
      throw e;
    } catch (RuntimeException e) {
      makeAnew();
      throw e;
    }
    requireDigest(lastVersion, digest);
    final long now = clock.time();
    lagMillis = Math.max(0, now - clusterTimeMillis);
    freshen(now, clusterTimeMillis);
  }

  private String versions() {
    return batch.firstVersion() + " to " + batch.lastVersion();
  }

  private void onMark(boolean isLive) {
    final long version = state.map().version();
    final History told =
        header.version() < ReplicatedState.HISTORY_PROTOCOL
            ? History.NONE
            : new History(mark.historyHigh(), mark.historyLow());
    sourceVersion = Math.max(sourceVersion, mark.version());
    if (mark.version() > version) {
      throw new GapException("it is at version " + mark.version() + ", the map at " + version);
    }
    if (mark.version() == version) {
      requireDigest(version, mark.digest());
      aheadSinceMillis = -1;
      if (!told.isNone() && !told.equals(state.history())) {
        // What is held is the same, so that it is as well of the history that goes on from here.
        state.history(told, -1);
      }
      freshen(clock.time(), mark.clusterTimeMillis());
    } else if (isLive) {
      requireNotAhead(version, told);
    }
  }

  /** The member is behind: on the same history it soon is no more. */
  private void requireNotAhead(long version, History told) {
    final History own = state.history();
    if (!told.isNone() && !own.isNone() && !told.equals(own)) {
      throw diverged(
          "it is at version "
              + version
              + " of history "
              + own.toHex()
              + ", the member at version "
              + mark.version()
              + " of "
              + told.toHex());
    }
    if (aheadSinceMillis < 0) {
      aheadSinceMillis = mark.clusterTimeMillis();
    } else if (mark.clusterTimeMillis() - aheadSinceMillis >= AHEAD_MILLIS) {
      throw diverged(
          "it is at version "
              + version
              + ", and the member, which is up to date, at "
              + mark.version());
    }
  }

  private DivergedException diverged(String how) {
    isRenewing = true;
    makeAnew();
    return new DivergedException(how);
  }

  private void freshen(long now, long atMillis) {
    freshMillis = Math.max(freshMillis, Math.min(now, atMillis));
    if (!isServing && now - freshMillis < FRESH_MILLIS) {
      isServing = true;
      isRenewing = false;
    }
  }

  private void requireDigest(long version, long digest) {
    if (state.map().version() != version || state.map().digest() != digest) {
      // Neither digest is named: who reads logs could test guesses of what the map holds by them.
      throw diverged("at version " + version + " it has another digest");
    }
  }

  /** Forgets everything, and answers nothing until there is something to answer from. */
  public void makeAnew() {
    isServing = false;
    freshMillis = 0;
    aheadSinceMillis = -1;
    sourceVersion = 0;
    state.reset();
    isSound = true;
  }

  /**
   * Begins to take a snapshot over. Until {@link #endSnapshot} the state is of no one version:
   * where that is never reached, only another snapshot makes it whole.
   */
  public SnapshotReader beginSnapshot() {
    wasSound = isSound;
    isSound = false;
    return new SnapshotReader(state);
  }

  /** Gives up a snapshot that is damaged or too old; what it has touched is rebuilt. */
  public void refuseSnapshot(SnapshotReader reader) {
    if (reader.hasStarted()) {
      makeAnew();
    } else {
      isSound = wasSound;
    }
  }

  /**
   * Ends it.
   *
   * @throws IllegalStateException where the snapshot was cut short
   */
  public void endSnapshot(SnapshotReader reader) {
    reader.requireDone();
    isSound = true;
  }

  /** Whether the map is that of one version, and may be kept. */
  public boolean isSound() {
    return isSound;
  }

  /** Answers nothing from now on. */
  void stopServing() {
    isServing = false;
  }

  /** Whether the state was of another history, and is being rebuilt. */
  boolean isRenewing() {
    return isRenewing;
  }

  /** Whether there is something to answer from. */
  public boolean isServing() {
    return isServing;
  }

  /** When the state was last known to be up to date, in milliseconds since 1970. */
  long freshMillis() {
    return freshMillis;
  }

  /** How many versions the map is known to be behind. */
  long lagVersions() {
    return Math.max(0, sourceVersion - state.map().version());
  }

  /** From the leader's clock when a command entered the log to this node's when it was applied. */
  long lagMillis() {
    return lagMillis;
  }
}
