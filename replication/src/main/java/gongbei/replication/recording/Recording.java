package gongbei.replication.recording;

import gongbei.replication.protocol.FeedBatchDecoder;
import gongbei.replication.protocol.FeedMarkDecoder;
import gongbei.replication.protocol.MessageHeaderDecoder;
import io.aeron.FragmentAssembler;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.client.RecordingDescriptorConsumer;
import java.util.ArrayList;
import java.util.List;

/**
 * A recording in an archive and, of a feed, where in it a version stands. Versions only grow along
 * a feed, and no message crosses the end of a term, so the term that holds a version is found by
 * bisection.
 *
 * @param id the archive's number of the recording
 * @param startPosition where what is kept of it starts, in bytes
 * @param stopPosition where it ends, or {@link AeronArchive#NULL_POSITION} while it goes on
 */
public record Recording(
    long id,
    long startPosition,
    long stopPosition,
    int initialTermId,
    int termBytes,
    int mtuBytes) {
  /** The stream of feeds. */
  public static final int FEED_STREAM_ID = 7_461;

  /** The channel of feeds, as recorded. */
  public static final String FEED_CHANNEL = "aeron:ipc?alias=feed";

  private static final String FEED_CHANNEL_FRAGMENT = "alias=feed";
  private static final int MAX_FEEDS = 1_000;

  /** The newest feed of an archive, or null where there is none. */
  public static Recording lastFeed(AeronArchive archive) {
    final List<Recording> all = all(archive);
    return all.isEmpty() ? null : all.get(all.size() - 1);
  }

  private static List<Recording> all(AeronArchive archive) {
    return list(archive, MAX_FEEDS, FEED_CHANNEL_FRAGMENT, FEED_STREAM_ID);
  }

  /** The first so many recordings of a stream whose channels contain the fragment. */
  public static List<Recording> list(
      AeronArchive archive, int most, String channelFragment, int ofStream) {
    final List<Recording> found = new ArrayList<>();
    archive.listRecordingsForUri(0, most, channelFragment, ofStream, into(found));
    return found;
  }

  /** The first so many recordings of whatever stream. */
  public static List<Recording> list(AeronArchive archive, int most) {
    final List<Recording> found = new ArrayList<>();
    archive.listRecordings(0, most, into(found));
    return found;
  }

  private static RecordingDescriptorConsumer into(List<Recording> found) {
    return (controlSessionId,
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
            new Recording(
                recordingId,
                startPosition,
                stopPosition,
                initialTermId,
                termBufferLength,
                mtuLength));
  }

  /** Removes every feed of an archive. */
  public static void purgeAll(AeronArchive archive) {
    for (final Recording each : all(archive)) {
      archive.purgeRecording(each.id());
    }
  }

  /** How far it is recorded. */
  public long endPosition(AeronArchive archive) {
    return stopPosition == AeronArchive.NULL_POSITION
        ? archive.getMaxRecordedPosition(id)
        : stopPosition;
  }

  /** The last version that the feed tells of; 0 where it tells of none. */
  public long lastVersion(AeronArchive archive, ReplayPort port) {
    final long end = endPosition(archive);
    for (long from = termStart(end - 1); ; from -= termBytes) {
      final long start = Math.max(from, startPosition);
      if (start >= end) {
        return 0;
      }
      final long[] last = {-1};
      scan(
          archive,
          port,
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
   * @param port where the archive sends what it replays
   * @param version the first version that is wanted
   * @return a position at or before the version's message; -1 where the feed starts after it
   */
  public long positionBefore(AeronArchive archive, ReplayPort port, long version) {
    final long end = endPosition(archive);
    if (end <= startPosition) {
      return startPosition;
    }
    final long firstOfAll = firstVersion(archive, port, startPosition, end);
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
      final long first = firstVersion(archive, port, at, end);
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
  private long firstVersion(AeronArchive archive, ReplayPort port, long from, long end) {
    final long[] first = {-1};
    if (from < end) {
      scan(
          archive,
          port,
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

  private void scan(AeronArchive archive, ReplayPort port, long from, long end, Versions versions) {
    final MessageHeaderDecoder header = new MessageHeaderDecoder();
    final FeedBatchDecoder batch = new FeedBatchDecoder();
    final FeedMarkDecoder mark = new FeedMarkDecoder();
    final boolean[] isEnough = {false};
    final FragmentAssembler assembler =
        new FragmentAssembler(
            (buffer, offset, length, frame) -> {
              header.wrap(buffer, offset);
              final int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
              if (header.templateId() == FeedBatchDecoder.TEMPLATE_ID) {
                batch.wrap(buffer, body, header.blockLength(), header.version());
                isEnough[0] = !versions.on(batch.firstVersion(), batch.lastVersion());
              } else if (header.templateId() == FeedMarkDecoder.TEMPLATE_ID) {
                mark.wrap(buffer, body, header.blockLength(), header.version());
                isEnough[0] = !versions.on(mark.version() + 1, mark.version());
              }
            });
    try (ReplayPort.Replay replay = port.start(archive, id, from, end - from)) {
      replay.read(end, assembler, () -> isEnough[0]);
    }
  }
}
