package gongbei.replication.feed;

import gongbei.replication.context.SteadyClock;
import gongbei.replication.machine.History;
import gongbei.replication.protocol.FeedBatchEncoder;
import gongbei.replication.protocol.FeedMarkEncoder;
import gongbei.replication.protocol.MessageHeaderEncoder;
import gongbei.replication.recording.Recording;
import gongbei.replication.recording.ReplayPort;
import io.aeron.Aeron;
import io.aeron.ChannelUriStringBuilder;
import io.aeron.CommonContext;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.codecs.SourceLocation;
import io.aeron.exceptions.AeronException;
import java.util.function.LongSupplier;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes applied commands to the feed, a recording in this node's archive that replicas read:
 * one recording that goes on over restarts, its versions without a gap. For the applier's thread.
 */
public final class FeedPublisher implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(FeedPublisher.class);
  static final int MARK_INTERVAL_MILLIS = 200;

  private final Aeron aeron;
  private final AeronArchive.Context archiveContext;
  private final int termBytes;
  private final LongSupplier freshMillis;
  private final MessageHeaderEncoder header = new MessageHeaderEncoder();
  private final FeedBatchEncoder batch = new FeedBatchEncoder();
  private final FeedMarkEncoder mark = new FeedMarkEncoder();
  private final UnsafeBuffer buffer =
      new UnsafeBuffer(
          new byte
              [MessageHeaderEncoder.ENCODED_LENGTH
                  + Math.max(FeedBatchEncoder.BLOCK_LENGTH, FeedMarkEncoder.BLOCK_LENGTH)]);
  private IdleStrategy idleStrategy;
  private AeronArchive archive;
  private volatile ExclusivePublication publication;
  private long lastVersion;
  private long lastMarkMillis;
  private boolean isBroken;

  /**
   * @param freshMillis when this node last knew itself up to date, in milliseconds since 1970
   */
  public FeedPublisher(
      Aeron aeron, AeronArchive.Context archiveContext, int termBytes, LongSupplier freshMillis) {
    this.aeron = aeron;
    this.archiveContext = archiveContext;
    this.termBytes = termBytes;
    this.freshMillis = freshMillis;
  }

  /** Goes on with the recording where it fits the state, else starts another. */
  public void start(long stateVersion, IdleStrategy idle) {
    idleStrategy = idle;
    try {
      archive = AeronArchive.connect(archiveContext.clone());
      final Recording recording = lastStopped();
      if (recording != null) {
        final long tail = lastVersion(recording);
        if (tail >= stateVersion && recording.termBytes() == termBytes) {
          lastVersion = tail;
          open(recording);
          return;
        }
        LOGGER.info(
            "The feed ends at version {}, the map is at {}: a new feed starts", tail, stateVersion);
        Recording.purgeAll(archive);
      }
      lastVersion = stateVersion;
      open(null);
    } catch (AeronException e) {
      fail(e.getMessage());
    }
  }

  /** The newest feed, which an earlier publisher of this process may be about to leave. */
  private Recording lastStopped() {
    final long deadline = System.nanoTime() + archiveContext.messageTimeoutNs();
    while (true) {
      final Recording recording = Recording.lastFeed(archive);
      if (recording == null || recording.stopPosition() != AeronArchive.NULL_POSITION) {
        return recording;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new AeronException("an earlier feed is still being recorded");
      }
      idleStrategy.idle(0);
    }
  }

  private long lastVersion(Recording recording) {
    try (ReplayPort port = ReplayPort.ofOwnArchive(aeron)) {
      return recording.lastVersion(archive, port);
    }
  }

  private void open(Recording recording) {
    final ChannelUriStringBuilder channel =
        new ChannelUriStringBuilder()
            .media(CommonContext.IPC_MEDIA)
            .alias("feed")
            .termLength(termBytes);
    if (recording != null) {
      channel.mtu(recording.mtuBytes());
      channel.initialPosition(
          recording.stopPosition(), recording.initialTermId(), recording.termBytes());
    }
    publication = aeron.addExclusivePublication(channel.build(), Recording.FEED_STREAM_ID);
    final String recorded = Recording.FEED_CHANNEL + "|session-id=" + publication.sessionId();
    if (recording == null) {
      archive.startRecording(recorded, Recording.FEED_STREAM_ID, SourceLocation.LOCAL, true);
    } else {
      archive.extendRecording(
          recording.id(), recorded, Recording.FEED_STREAM_ID, SourceLocation.LOCAL, true);
    }
    final long deadline = System.nanoTime() + archiveContext.messageTimeoutNs();
    while (!publication.isConnected()) {
      if (System.nanoTime() > deadline) {
        throw new AeronException("the feed is not being recorded");
      }
      idleStrategy.idle(0);
    }
  }

  /** Publishes what has been applied, as the log has it. */
  public void publish(
      long firstVersion,
      long version,
      long digest,
      long clusterTimeMillis,
      DirectBuffer message,
      int offset,
      int length) {
    if (isBroken || version <= lastVersion) {
      return;
    }
    batch
        .wrapAndApplyHeader(buffer, 0, header)
        .firstVersion(firstVersion)
        .lastVersion(version)
        .digestAfter(digest)
        .clusterTimeMillis(clusterTimeMillis);
    final int opening = MessageHeaderEncoder.ENCODED_LENGTH + FeedBatchEncoder.BLOCK_LENGTH;
    while (true) {
      final long result = publication.offer(buffer, 0, opening, message, offset, length);
      if (result > 0) {
        lastVersion = version;
        return;
      }
      if (isFinal(result)) {
        fail(Publication.errorString(result));
        return;
      }
      idleStrategy.idle(0);
    }
  }

  /** Tells from time to time where this node is, also while much is new. */
  public int mark(long version, long digest, History history) {
    final long now = SteadyClock.OF_CLUSTER.time();
    if (isBroken || publication == null || now - lastMarkMillis < MARK_INTERVAL_MILLIS) {
      return 0;
    }
    if (version < lastVersion) {
      return 0;
    }
    lastMarkMillis = now;
    mark.wrapAndApplyHeader(buffer, 0, header)
        .version(version)
        .digest(digest)
        .clusterTimeMillis(freshMillis.getAsLong())
        .historyHigh(history.high())
        .historyLow(history.low());
    final long result =
        publication.offer(
            buffer, 0, MessageHeaderEncoder.ENCODED_LENGTH + FeedMarkEncoder.BLOCK_LENGTH);
    if (isFinal(result)) {
      fail(Publication.errorString(result));
    }
    return 1;
  }

  /** How far the feed goes, in bytes; -1 where there is none. For any thread. */
  public long position() {
    final ExclusivePublication current = publication;
    return current == null ? -1 : current.position();
  }

  private static boolean isFinal(long result) {
    return result == Publication.CLOSED
        || result == Publication.NOT_CONNECTED
        || result == Publication.MAX_POSITION_EXCEEDED;
  }

  private void fail(String why) {
    isBroken = true;
    LOGGER.error("This node's feed has stopped, replicas go to another: {}", why);
    close();
  }

  @Override
  public void close() {
    CloseHelper.quietCloseAll(publication, archive);
  }
}
