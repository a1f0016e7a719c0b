package gongbei.replication.cluster;

import gongbei.codec.file.PrivateFiles;
import gongbei.replication.context.ClusterContext;
import gongbei.replication.recording.RecordingCatalog;
import io.aeron.cluster.RecordingLog;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.agrona.IoUtil;

/**
 * A copy of the log of one node that is alone, which takes no ports that {@link ClusterBackupCopy}
 * could ask. A node that runs takes a snapshot first, and goes on writing while its files are
 * copied: what refers to others is copied before them (the list of terms and snapshots, then the
 * archive's catalog, then the recordings), so that whatever is named is there, and where a
 * recording ends is found by the checksums of its frames when the restored node starts.
 */
public final class LoneBackup {
  private static final int ATTEMPTS = 5;

  private LoneBackup() {}

  /**
   * Makes a backup that {@link ClusterBackupCopy#restore} takes.
   *
   * @param data the node's data directory, on this machine; the node may run
   * @param into a directory that is empty or not there
   * @param patience how long the node's snapshot is waited for
   * @return how far the log of the backup goes at least
   * @throws IOException when there is no backup; the message says why
   */
  public static long make(Path data, Path into, Duration patience)
      throws IOException, InterruptedException {
    if (!Files.isDirectory(data)) {
      throw new IOException(
          data + (Files.exists(data) ? " is not a directory" : " does not exist"));
    }
    if (!Files.exists(data.resolve("cluster").resolve(RecordingLog.RECORDING_LOG_FILE_NAME))) {
      throw new IOException(data + " holds no log: no node has written there");
    }
    ClusterBackupCopy.requireEmpty(into);
    final Optional<FileChannel> lock = lockOfStopped(data);
    if (lock.isPresent()) {
      try {
        copyAll(data, into);
        return positionOf(into, true);
      } finally {
        lock.get().close();
      }
    }
    final String answer = NodeRequest.SNAPSHOT.send(data, patience);
    if (!answer.startsWith("done")) {
      throw new IOException("no snapshot was taken: " + answer);
    }
    copyAll(data, into);
    return positionOf(into, false);
  }

  /** The lock of a data directory that no node uses; none where one does. */
  private static Optional<FileChannel> lockOfStopped(Path data) {
    try {
      return Optional.of(NodeLock.take(data));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Copies again where a file went meanwhile: a node that runs removes recordings that are old. */
  private static void copyAll(Path data, Path into) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        copy(data, into);
        return;
      } catch (NoSuchFileException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        IoUtil.delete(into.toFile(), false);
      }
    }
  }

  private static void copy(Path data, Path into) throws IOException {
    PrivateFiles.directory(into);
    // The history first, its heads before its entries: what it has is in the log that follows.
    for (final String part : List.of(ClusterContext.HISTORY, "cluster", "archive")) {
      final Path from = data.resolve(part);
      if (part.equals(ClusterContext.HISTORY) && !Files.exists(from)) {
        continue;
      }
      final Path to = Files.createDirectories(into.resolve(part));
      final List<Path> files;
      try (Stream<Path> all = Files.list(from)) {
        files =
            all.filter(Files::isRegularFile)
                .filter(file -> !ClusterBackupCopy.isMark(file))
                .sorted(
                    Comparator.comparing(LoneBackup::isNamedByOthers)
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
      }
      for (final Path file : files) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  /** Recordings come last; what names them comes first. */
  private static boolean isNamedByOthers(Path file) {
    return file.getFileName().toString().endsWith(".rec");
  }

  /**
   * How far the log goes: as far as the newest snapshot, or as the archive has said where it ends.
   *
   * @throws IOException where the log has nothing
   */
  private static long positionOf(Path backup, boolean isStopped) throws IOException {
    long position = 0;
    final long log;
    try (RecordingLog terms = new RecordingLog(backup.resolve("cluster").toFile(), false)) {
      log = terms.findLastTermRecordingId();
      for (final RecordingLog.Entry entry : terms.entries()) {
        if (entry.isValid && entry.type == RecordingLog.ENTRY_TYPE_SNAPSHOT) {
          position = Math.max(position, entry.logPosition);
        }
      }
    }
    try (RecordingCatalog catalog = RecordingCatalog.of(backup.resolve("archive"))) {
      for (final RecordingCatalog.Entry entry : catalog.entries()) {
        if (entry.id() == log) {
          position = Math.max(position, entry.stopPosition());
        }
      }
    }
    if (position <= 0) {
      throw new IOException(
          "there is no backup: the log of the node has nothing"
              + (isStopped ? "; start the node once" : ""));
    }
    return position;
  }
}
