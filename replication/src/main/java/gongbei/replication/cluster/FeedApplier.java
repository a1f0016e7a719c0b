package gongbei.replication.cluster;

import gongbei.replication.protocol.FeedBatchDecoder;
import gongbei.replication.protocol.FeedMarkDecoder;
import gongbei.replication.protocol.MessageHeaderDecoder;
import gongbei.replication.status.NewerProtocolException;
import gongbei.replication.status.ReplicatedState;
import gongbei.replication.status.SnapshotReader;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.EpochClock;

/**
 * Applies what the feed and snapshots say to a replica's state: skips what it has, refuses a gap,
 * and makes the state anew where its digest is not the member's. It knows nothing of where they
 * come from. Applying is for one thread; its figures are for any.
 */
final class FeedApplier {
  /** How young what is known must be before a state that was made anew answers. */
  static final long FRESH_MILLIS = 1_000;

  private final ReplicatedState state;
  private final EpochClock clock;
  private final MessageHeaderDecoder header = new MessageHeaderDecoder();
  private final FeedBatchDecoder batch = new FeedBatchDecoder();
  private final FeedMarkDecoder mark = new FeedMarkDecoder();
  private boolean wasSound = true;
  private volatile boolean isServing;
  private volatile boolean isSound = true;
  private volatile long freshMillis;
  private volatile long lagMillis;
  private volatile long sourceVersion;

  /**
   * @param isWhole whether the state is what it was when the replica was stopped
   */
  FeedApplier(ReplicatedState state, boolean isWhole, EpochClock clock) {
    this.state = state;
    this.clock = clock;
    this.isServing = isWhole;
    this.freshMillis = isWhole ? state.clusterTimeMillis() : 0;
  }

  /** A feed that does not go on where this state is. */
  static final class GapException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    GapException(String message) {
      super(message);
    }
  }

  /**
   * Takes a frame of the feed.
   *
   * @throws GapException where it is not the one due
   * @throws RuntimeException where it can't be read or applied, or where the digest after it is
   *     another; what was not applied whole is made anew
   */
  void onFrame(DirectBuffer buffer, int offset, int length) {
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
        onMark();
      }
      default -> throw new IllegalStateException("the feed holds an unknown message");
    }
  }

  private void onBatch(DirectBuffer buffer, int offset, int length) {
    final long version = state.map().version();
    if (batch.lastVersion() <= version) {
      return;
    }
    if (batch.firstVersion() != version + 1) {
      throw new GapException(
          "it goes on at version " + batch.firstVersion() + ", the map is at " + version);
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

  private void onMark() {
    final long version = state.map().version();
    sourceVersion = Math.max(sourceVersion, mark.version());
    if (mark.version() > version) {
      throw new GapException("it is at version " + mark.version() + ", the map at " + version);
    }
    if (mark.version() == version) {
      requireDigest(version, mark.digest());
      freshen(clock.time(), mark.clusterTimeMillis());
    }
  }

  private void freshen(long now, long atMillis) {
    freshMillis = Math.max(freshMillis, Math.min(now, atMillis));
    if (!isServing && now - freshMillis < FRESH_MILLIS) {
      isServing = true;
    }
  }

  private void requireDigest(long version, long digest) {
    if (state.map().version() != version || state.map().digest() != digest) {
      makeAnew();
      // Neither digest is named: who reads logs could test guesses of what the map holds by them.
      throw new IllegalStateException(
          "at version " + version + " its digest is not the map's: the map is made anew");
    }
  }

  /** Forgets everything, and answers nothing until there is something to answer from. */
  void makeAnew() {
    isServing = false;
    freshMillis = 0;
    state.reset();
    isSound = true;
  }

  /**
   * Begins to take a snapshot over. Until {@link #endSnapshot} the state is of no one version:
   * where that is never reached, only another snapshot makes it whole.
   */
  SnapshotReader beginSnapshot() {
    wasSound = isSound;
    isSound = false;
    return new SnapshotReader(state);
  }

  /** Gives up a snapshot that is damaged or too old; what it has touched is made anew. */
  void refuseSnapshot(SnapshotReader reader) {
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
  void endSnapshot(SnapshotReader reader) {
    reader.requireDone();
    isSound = true;
  }

  /** Whether the map is that of one version, and may be kept. */
  boolean isSound() {
    return isSound;
  }

  /** Answers nothing from now on. */
  void stopServing() {
    isServing = false;
  }

  /** Whether there is something to answer from. */
  boolean isServing() {
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
