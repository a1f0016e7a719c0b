package gongbei.replication.cluster;

import io.aeron.archive.checksum.Checksum;
import io.aeron.archive.checksum.Checksums;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.protocol.DataHeaderFlyweight;
import io.aeron.protocol.HeaderFlyweight;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds where each recording ends that an archive did not come to close, by the checksum of every
 * frame of its last file, before the archive is started. What a write has left that was cut short,
 * as by a full disk, is removed: the archive had not counted it as recorded, so nobody was told
 * that it is.
 *
 * <p>Aeron's own recovery ({@code io.aeron.archive.Catalog}) looks at the last frame alone, and
 * only where it crosses a page: it refuses a file whose last write was cut there, and takes one for
 * whole that was cut within a page, as on a file system with blocks of 1 KiB. For one thread.
 */
final class RecordingRepair {
  private static final Logger LOGGER = LoggerFactory.getLogger(RecordingRepair.class);
  private static final String SEGMENT_SUFFIX = ".rec";

  /** What is written to a disk is cut at multiples of this. */
  private static final int SECTOR_BYTES = 512;

  private final Path archiveDirectory;
  private final boolean othersHaveIt;
  private final Checksum checksum = Checksums.crc32c();

  /**
   * @param othersHaveIt whether what counts of these recordings is at other members too, so that a
   *     last frame that is damaged in any way can go
   */
  RecordingRepair(Path archiveDirectory, boolean othersHaveIt) {
    this.archiveDirectory = archiveDirectory;
    this.othersHaveIt = othersHaveIt;
  }

  /**
   * Mends what there is to mend.
   *
   * @return how many bytes were removed
   * @throws IOException where a file can't be read, or is damaged so that nobody can say what was
   *     acknowledged; the message names the file
   */
  long run() throws IOException {
    long removed = 0;
    try (UnfinishedRecordings recordings = UnfinishedRecordings.of(archiveDirectory)) {
      for (final UnfinishedRecordings.Entry recording : recordings.entries()) {
        final Path file = lastFile(recording);
        long stopPosition = recording.startPosition();
        if (file != null) {
          final Tail tail = tailOf(recording, file);
          if (tail.cutBytes() > 0) {
            remove(file, tail);
            removed += tail.cutBytes();
          }
          stopPosition = Math.max(stopPosition, basePosition(file) + tail.end());
        }
        recordings.finish(recording, stopPosition, System.currentTimeMillis());
      }
    }
    return removed;
  }

  private Path lastFile(UnfinishedRecordings.Entry recording) throws IOException {
    final String prefix = recording.id() + "-";
    Path last = null;
    try (Stream<Path> files = Files.list(archiveDirectory)) {
      for (final Path file : files.toList()) {
        final String name = file.getFileName().toString();
        if (name.startsWith(prefix)
            && name.endsWith(SEGMENT_SUFFIX)
            && (last == null || basePosition(file) > basePosition(last))) {
          last = file;
        }
      }
    }
    return last;
  }

  private static long basePosition(Path file) throws IOException {
    final String name = file.getFileName().toString();
    try {
      return Long.parseLong(
          name, name.indexOf('-') + 1, name.length() - SEGMENT_SUFFIX.length(), 10);
    } catch (NumberFormatException e) {
      throw new IOException(file + " is no file of a recording", e);
    }
  }

  /**
   * How a file ends.
   *
   * @param end after the last frame that is whole, in bytes from the file's start
   * @param cutBytes what follows it of a frame that was cut short; 0 where nothing does
   */
  private record Tail(int end, int cutBytes) {}

  private Tail tailOf(UnfinishedRecordings.Entry recording, Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      final int limit = (int) Math.min(recording.segmentBytes(), channel.size());
      if (limit < DataHeaderFlyweight.HEADER_LENGTH) {
        return new Tail(0, 0);
      }
      final MappedByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, limit);
      try {
        return tailOf(recording, file, new UnsafeBuffer(bytes));
      } finally {
        BufferUtil.free(bytes);
      }
    }
  }

  private Tail tailOf(UnfinishedRecordings.Entry recording, Path file, UnsafeBuffer bytes)
      throws IOException {
    final long base = basePosition(file);
    final int startOffset = (int) (recording.startPosition() & (recording.termBytes() - 1));
    int at = base == recording.startPosition() - startOffset ? startOffset : 0;
    while (at < bytes.capacity()) {
      final int frameBytes =
          BitUtil.align(FrameDescriptor.frameLength(bytes, at), FrameDescriptor.FRAME_ALIGNMENT);
      if (frameBytes <= 0) {
        break;
      }
      if (!isHeaderOf(recording, bytes, base, at) || frameBytes > bytes.capacity() - at) {
        throw damaged(file, at);
      }
      final int next = at + frameBytes;
      if (!isWhole(bytes, at, frameBytes)) {
        if (lengthWithoutZeros(bytes, next, bytes.capacity()) > next) {
          LOGGER.warn("{} is damaged at byte {}: what is to be read there is refused", file, at);
        } else if (othersHaveIt || isCutShort(bytes, at, next)) {
          return new Tail(at, frameBytes);
        } else {
          throw damaged(file, at);
        }
      }
      at = next;
    }
    return new Tail(at, 0);
  }

  private static boolean isHeaderOf(
      UnfinishedRecordings.Entry recording, UnsafeBuffer bytes, long base, int at) {
    final long position = base + at;
    final int type = FrameDescriptor.frameType(bytes, at);
    return FrameDescriptor.frameVersion(bytes, at) == HeaderFlyweight.CURRENT_VERSION
        && (type == HeaderFlyweight.HDR_TYPE_DATA || type == HeaderFlyweight.HDR_TYPE_PAD)
        && DataHeaderFlyweight.termId(bytes, at) == recording.termIdAt(position)
        && DataHeaderFlyweight.termOffset(bytes, at)
            == (int) (position & (recording.termBytes() - 1));
  }

  /** Of padding the header alone is written; a recorded frame has its checksum for its session. */
  private boolean isWhole(UnsafeBuffer bytes, int at, int frameBytes) {
    return FrameDescriptor.isPaddingFrame(bytes, at)
        || checksum.compute(
                bytes.addressOffset(),
                at + DataHeaderFlyweight.HEADER_LENGTH,
                frameBytes - DataHeaderFlyweight.HEADER_LENGTH)
            == FrameDescriptor.frameSessionId(bytes, at);
  }

  /** Whether the end of a frame was never written: whole sectors of it are zero up to its end. */
  private static boolean isCutShort(UnsafeBuffer bytes, int at, int end) {
    return BitUtil.align(lengthWithoutZeros(bytes, at, end), SECTOR_BYTES) < end;
  }

  /** Where the zeros begin that reach up to the end. */
  private static int lengthWithoutZeros(UnsafeBuffer bytes, int from, int end) {
    int at = end;
    while (at > from && bytes.getByte(at - 1) == 0) {
      at--;
    }
    return at;
  }

  private static IOException damaged(Path file, int at) {
    return new IOException(
        file
            + " is damaged at byte "
            + at
            + ", and not by a write that was cut short: restore a backup, or what the other members"
            + " have");
  }

  /** The file stays as long as before, as the archive wants it. */
  private static void remove(Path file, Tail tail) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      final long length = bytes.length();
      bytes.setLength(tail.end());
      bytes.setLength(length);
    }
    LOGGER.warn(
        "{}: {} bytes of a write that was cut short, as by a full disk, are removed; they were"
            + " never acknowledged",
        file,
        tail.cutBytes());
  }
}
