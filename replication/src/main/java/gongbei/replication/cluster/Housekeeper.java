package gongbei.replication.cluster;

import gongbei.replication.context.ClusterContext;
import gongbei.replication.recording.Recording;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.client.ArchiveException;
import io.aeron.cluster.ClusterControl;
import io.aeron.cluster.RecordingLog;
import io.aeron.exceptions.AeronException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes snapshots when the log has grown, and removes what no node needs any more: snapshots but
 * the last two, the log before the older of them, the feed before its bound. Runs on the watch's
 * thread.
 */
final class Housekeeper implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(Housekeeper.class);
  private static final int SNAPSHOTS_KEPT = 2;

  private final ClusterContext context;
  private final MemberParts parts;
  private final Set<Long> purged = new HashSet<>();
  private AeronArchive archive;
  private long lastSnapshotPosition = -1;
  private volatile long newestSnapshotMillis;
  private long snapshotAskedAt = -1;
  private boolean isFailing;

  Housekeeper(ClusterContext context, MemberParts parts) {
    this.context = context;
    this.parts = parts;
  }

  /** One round. */
  void run() {
    try {
      if (archive == null) {
        archive = AeronArchive.connect(parts.localArchive().aeron(parts.aeron()));
      }
      purgeLog();
      purgeFeed();
      snapshotWhereDue();
      isFailing = false;
    } catch (AeronException | IllegalStateException e) {
      if (!isFailing) {
        LOGGER.info("Old recordings could not be purged: {}", e.getMessage());
      }
      isFailing = true;
      close();
    }
  }

  private void snapshotWhereDue() {
    final long committed = parts.commitPosition();
    if (context.snapshotLogBytes() > 0
        && committed - Math.max(lastSnapshotPosition, 0) >= context.snapshotLogBytes()
        && committed - snapshotAskedAt >= context.snapshotLogBytes() / 2
        && requestSnapshot()) {
      snapshotAskedAt = committed;
    }
  }

  /** Asks for a snapshot on every member. Returns whether this member leads and has taken it up. */
  boolean requestSnapshot() {
    return parts.isLeader() && ClusterControl.ToggleState.SNAPSHOT.toggle(parts.controlToggle());
  }

  /** When the newest snapshot's state was, in milliseconds since 1970; 0 where there is none. */
  long newestSnapshotMillis() {
    return newestSnapshotMillis;
  }

  private void purgeLog() {
    final List<RecordingLog.Entry> snapshots = new ArrayList<>();
    final long logRecordingId;
    try (RecordingLog recordingLog = new RecordingLog(context.clusterDirectory().toFile(), false)) {
      logRecordingId = recordingLog.findLastTermRecordingId();
      for (final RecordingLog.Entry entry : recordingLog.entries()) {
        if (entry.isValid && entry.type == RecordingLog.ENTRY_TYPE_SNAPSHOT) {
          snapshots.add(entry);
          newestSnapshotMillis = Math.max(newestSnapshotMillis, entry.timestamp);
        }
      }
    }
    final TreeSet<Long> positions = new TreeSet<>(Comparator.reverseOrder());
    snapshots.forEach(entry -> positions.add(entry.logPosition));
    if (positions.isEmpty()) {
      return;
    }
    lastSnapshotPosition = positions.first();
    final List<Long> kept = positions.stream().limit(SNAPSHOTS_KEPT).toList();
    if (kept.size() < SNAPSHOTS_KEPT) {
      return;
    }
    final long oldestKept = kept.get(kept.size() - 1);
    for (final RecordingLog.Entry entry : snapshots) {
      if (entry.logPosition < oldestKept && purged.add(entry.recordingId)) {
        purgeSnapshot(entry.recordingId);
      }
    }
    purgeBefore(logRecordingId, oldestKept);
  }

  private void purgeSnapshot(long recordingId) {
    try {
      archive.purgeRecording(recordingId);
    } catch (ArchiveException e) {
      if (e.errorCode() != ArchiveException.UNKNOWN_RECORDING) {
        purged.remove(recordingId);
        throw e;
      }
    }
  }

  private void purgeFeed() {
    final long feedAtSnapshot = parts.service().feedPositionAtSnapshot();
    final Recording feed = feedAtSnapshot < 0 ? null : Recording.lastFeed(archive);
    if (feed != null) {
      purgeBefore(
          feed.id(), Math.min(feedAtSnapshot, feed.endPosition(archive) - context.feedBytes()));
    }
  }

  /** Removes the files of a recording that are wholly before a position. */
  private void purgeBefore(long recordingId, long position) {
    final long start = archive.getStartPosition(recordingId);
    if (position - start < context.segmentBytes()) {
      return;
    }
    final long base =
        AeronArchive.segmentFileBasePosition(
            start, position, context.logTermBytes(), context.segmentBytes());
    if (base > start) {
      try {
        final long files = archive.purgeSegments(recordingId, base);
        LOGGER.info("{} files of recording {} were removed", files, recordingId);
      } catch (ArchiveException e) {
        LOGGER.debug("Recording {} is still being read: {}", recordingId, e.getMessage());
      }
    }
  }

  @Override
  public void close() {
    if (archive != null) {
      archive.close();
      archive = null;
    }
  }
}
