package gongbei.replication.cluster;

import gongbei.replication.protocol.FeedBatchDecoder;
import gongbei.replication.protocol.FeedMarkDecoder;
import gongbei.replication.protocol.MessageHeaderDecoder;
import io.aeron.Aeron;
import io.aeron.FragmentAssembler;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.archive.client.AeronArchive;
import io.aeron.exceptions.AeronException;
import io.aeron.exceptions.TimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A feed in an archive, and where in it a version stands. Versions only grow along it, and no
 * message crosses the end of a term, so the term that holds a version is found by bisection.
 *
 * @param id the archive's number of the recording
 * @param startPosition where what is kept of it starts, in bytes
 * @param stopPosition where it ends, or {@link AeronArchive#NULL_POSITION} while it goes on
 */
record FeedRecording(
    long id,
    long startPosition,
    long stopPosition,
    int initialTermId,
    int termBytes,
    int mtuBytes) {
  /** The stream of feeds. */
  static final int STREAM_ID = 7_461;

  /** The channel of feeds, as recorded. */
  static final String CHANNEL = "aeron:ipc?alias=feed";

  private static final String CHANNEL_FRAGMENT = "alias=feed";
  private static final int MAX_RECORDINGS = 1_000;
  private static final int REPLAY_STREAM_ID = 7_462;
  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** The newest feed of an archive, or null where there is none. */
  static FeedRecording last(AeronArchive archive) {
    final List<FeedRecording> all = all(archive);
    return all.isEmpty() ? null : all.get(all.size() - 1);
  }

  private static List<FeedRecording> all(AeronArchive archive) {
    final List<FeedRecording> found = new ArrayList<>();
    archive.listRecordingsForUri(
        0,
        MAX_RECORDINGS,
        CHANNEL_FRAGMENT,
        STREAM_ID,
        (controlSessionId,
            correlationId,
            recordingId,
            startTimestamp,
            stopTimestamp,
            startPosition,
            stopPosition,
            initialTermId,
            segmentFileLength,
            termBufferLength,
            mtuLength,
            sessionId,
            streamId,
            strippedChannel,
            originalChannel,
            sourceIdentity) ->
            found.add(
                new FeedRecording(
                    recordingId,
                    startPosition,
                    stopPosition,
                    initialTermId,
                    termBufferLength,
                    mtuLength)));
    return found;
  }

  /** Removes every feed of an archive. */
  static void purgeAll(AeronArchive archive) {
    for (final FeedRecording each : all(archive)) {
      archive.purgeRecording(each.id());
    }
  }

  /** How far it is recorded. */
  long endPosition(AeronArchive archive) {
    return stopPosition == AeronArchive.NULL_POSITION
        ? archive.getMaxRecordedPosition(id)
        : stopPosition;
  }

  /** The last version that the feed tells of; 0 where it tells of none. */
  long lastVersion(AeronArchive archive, Aeron aeron) {
    final long end = endPosition(archive);
    for (long from = termStart(end - 1); ; from -= termBytes) {
      final long start = Math.max(from, startPosition);
      if (start >= end) {
        return 0;
      }
      final long[] last = {-1};
      scan(
          archive,
          aeron,
          "aeron:ipc",
          start,
          end,
          (first, version) -> {
            last[0] = version;
            return true;
          });
      if (last[0] >= 0 || start == startPosition) {
        return Math.max(last[0], 0);
      }
    }
  }

  /**
   * Where to start reading for a version.
   *
   * @param channel where the archive sends what it replays
   * @param version the first version that is wanted
   * @return a position at or before the version's message; -1 where the feed starts after it
   */
  long positionBefore(AeronArchive archive, Aeron aeron, String channel, long version) {
    final long end = endPosition(archive);
    if (end <= startPosition) {
      return startPosition;
    }
    final long firstOfAll = firstVersion(archive, aeron, channel, startPosition, end);
    if (firstOfAll < 0) {
      return startPosition;
    }
    if (firstOfAll > version) {
      return -1;
    }
    long low = termIndex(startPosition);
    long high = termIndex(end - 1);
    while (low < high) {
      final long middle = (low + high + 1) >>> 1;
      final long at = middle * termBytes;
      final long first = firstVersion(archive, aeron, channel, at, end);
      if (first >= 0 && first <= version) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return Math.max(low * termBytes, startPosition);
  }

  private long termIndex(long position) {
    return position / termBytes;
  }

  private long termStart(long position) {
    return Math.max(0, position) / termBytes * termBytes;
  }

  /** The first version told at or after a position; -1 where none is. */
  private long firstVersion(
      AeronArchive archive, Aeron aeron, String channel, long from, long end) {
    final long[] first = {-1};
    if (from < end) {
      scan(
          archive,
          aeron,
          channel,
          from,
          end,
          (firstVersion, version) -> {
            if (first[0] < 0) {
              first[0] = firstVersion;
            }
            return false;
          });
    }
    return first[0];
  }

  private interface Versions {
    /** Returns whether more are wanted. */
    boolean on(long firstVersion, long lastVersion);
  }

  private void scan(
      AeronArchive archive, Aeron aeron, String channel, long from, long end, Versions versions) {
    final MessageHeaderDecoder header = new MessageHeaderDecoder();
    final FeedBatchDecoder batch = new FeedBatchDecoder();
    final FeedMarkDecoder mark = new FeedMarkDecoder();
    final boolean[] more = {true};
    final FragmentAssembler assembler =
        new FragmentAssembler(
            (buffer, offset, length, frame) -> {
              header.wrap(buffer, offset);
              final int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
              if (header.templateId() == FeedBatchDecoder.TEMPLATE_ID) {
                batch.wrap(buffer, body, header.blockLength(), header.version());
                more[0] = versions.on(batch.firstVersion(), batch.lastVersion());
              } else if (header.templateId() == FeedMarkDecoder.TEMPLATE_ID) {
                mark.wrap(buffer, body, header.blockLength(), header.version());
                more[0] = versions.on(mark.version() + 1, mark.version());
              }
            });
    final long session = archive.startReplay(id, from, end - from, channel, REPLAY_STREAM_ID);
    try (Subscription subscription =
        aeron.addSubscription(
            channel + (channel.contains("?") ? "|" : "?") + "session-id=" + (int) session,
            REPLAY_STREAM_ID)) {
      long deadline = System.nanoTime() + TIMEOUT_NANOS;
      Image image = null;
      while (true) {
        if (image == null) {
          image = subscription.imageBySessionId((int) session);
        }
        final int fragments = image == null ? 0 : image.poll(assembler, 64);
        if (!more[0]) {
          stop(archive, session);
          return;
        }
        if (image != null && (image.position() >= end || image.isEndOfStream())) {
          return;
        }
        if (fragments > 0) {
          deadline = System.nanoTime() + TIMEOUT_NANOS;
        } else if (image != null && image.isClosed()) {
          throw new AeronException("the replay of the feed broke off");
        } else if (System.nanoTime() > deadline) {
          throw new TimeoutException("the feed is not replayed");
        } else {
          LockSupport.parkNanos(100_000);
        }
      }
    }
  }

  private static void stop(AeronArchive archive, long session) {
    try {
      archive.stopReplay(session);
    } catch (AeronException e) {
      return;
    }
  }
}
