package gongbei.replication.recording;

import io.aeron.archive.checksum.Checksum;
import io.aeron.archive.checksum.Checksums;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.protocol.DataHeaderFlyweight;
import io.aeron.protocol.HeaderFlyweight;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.agrona.BitUtil;
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
public final class RecordingRepair {
  private static final Logger LOGGER = LoggerFactory.getLogger(RecordingRepair.class);
  private static final String SEGMENT_SUFFIX = ".rec";

  /** What is written to a disk is cut at multiples of this. */
  private static final int SECTOR_BYTES = 512;

  /** More than any frame that is recorded, which is a datagram at most. */
  private static final int WINDOW_BYTES = 1 << 20;

  private static final int CHUNK_BYTES = 1 << 16;

  private final Path archiveDirectory;
  private final boolean othersHaveIt;
  private final Checksum checksum = Checksums.crc32c();
  private final ByteBuffer window = ByteBuffer.allocateDirect(WINDOW_BYTES);
  private final UnsafeBuffer frame = new UnsafeBuffer(window);
  private FileChannel loadedOf;
  private long loadedFrom;
  private int offset;

  /**
   * @param othersHaveIt whether what counts of these recordings is at other members too, so that a
   *     last frame that is damaged in any way can go
   */
  public RecordingRepair(Path archiveDirectory, boolean othersHaveIt) {
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
  public long run() throws IOException {
    long removed = 0;
    try (RecordingCatalog catalog = RecordingCatalog.of(archiveDirectory)) {
      for (final RecordingCatalog.Entry recording : catalog.entries()) {
        removed +=
            recording.isFinished() ? mendFinished(recording) : mendUnfinished(catalog, recording);
      }
    }
    return removed;
  }

  /**
   * Removes what stands after the end of a recording that the archive has closed when a write
   * failed: it would not be covered whole by what follows when the recording goes on.
   */
  private long mendFinished(RecordingCatalog.Entry recording) throws IOException {
    final Path file = lastFile(recording);
    final long end = file == null ? 0 : recording.stopPosition() - basePosition(file);
    if (file == null || end < 0 || end > recording.segmentBytes()) {
      return 0;
    }
    final long past;
    try (FileChannel channel = FileChannel.open(file)) {
      past = endWithoutZeros(channel, end) - end;
    }
    if (past > 0) {
      remove(file, end, past);
    }
    return past;
  }

  private long mendUnfinished(RecordingCatalog catalog, RecordingCatalog.Entry recording)
      throws IOException {
    final Path file = lastFile(recording);
    long stopPosition = recording.startPosition();
    long removed = 0;
    if (file != null) {
      final Tail tail = tailOf(recording, file);
      if (tail.cutBytes() > 0) {
        remove(file, tail.end(), tail.cutBytes());
        removed = tail.cutBytes();
      }
      stopPosition = Math.max(stopPosition, basePosition(file) + tail.end());
    }
    catalog.finish(recording, stopPosition, System.currentTimeMillis());
    return removed;
  }

  private Path lastFile(RecordingCatalog.Entry recording) throws IOException {
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
  private record Tail(long end, long cutBytes) {}

  private Tail tailOf(RecordingCatalog.Entry recording, Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      final long base = basePosition(file);
      final long limit = Math.min(recording.segmentBytes(), channel.size());
      final int startOffset = (int) (recording.startPosition() & (recording.termBytes() - 1));
      long at = base == recording.startPosition() - startOffset ? startOffset : 0;
      while (limit - at >= DataHeaderFlyweight.HEADER_LENGTH) {
        load(channel, at, DataHeaderFlyweight.HEADER_LENGTH);
        final int length = FrameDescriptor.frameLength(frame, offset);
        if (length <= 0) {
          break;
        }
        final long frameBytes = BitUtil.align(length, FrameDescriptor.FRAME_ALIGNMENT);
        if (!isHeaderOf(recording, base + at) || frameBytes > limit - at) {
          throw damaged(file, at);
        }
        final long next = at + frameBytes;
        if (!FrameDescriptor.isPaddingFrame(frame, offset)
            && !isWhole(channel, file, at, (int) frameBytes)) {
          if (endWithoutZeros(channel, next) > next) {
            LOGGER.warn("{} is damaged at byte {}: what is to be read there is refused", file, at);
          } else if (othersHaveIt || isCutShort(at, (int) frameBytes)) {
            return new Tail(at, frameBytes);
          } else {
            throw damaged(file, at);
          }
        }
        at = next;
      }
      return new Tail(at, 0);
    }
  }

  /**
   * Sees to it that so many bytes of the file are at hand, at {@link #offset} of {@link #frame}. A
   * file is read and not mapped: to look at a hole of a mapped one takes room on a tmpfs.
   */
  private void load(FileChannel channel, long at, int bytes) throws IOException {
    if (at < loadedFrom || at + bytes > loadedFrom + window.limit() || loadedOf != channel) {
      window.clear();
      while (window.hasRemaining() && channel.read(window, at + window.position()) > 0) {
        // Until it is full, or the file ends.
      }
      window.flip();
      loadedFrom = at;
      loadedOf = channel;
    }
    offset = (int) (at - loadedFrom);
  }

  private boolean isHeaderOf(RecordingCatalog.Entry recording, long position) {
    final int type = FrameDescriptor.frameType(frame, offset);
    return FrameDescriptor.frameVersion(frame, offset) == HeaderFlyweight.CURRENT_VERSION
        && (type == HeaderFlyweight.HDR_TYPE_DATA || type == HeaderFlyweight.HDR_TYPE_PAD)
        && DataHeaderFlyweight.termId(frame, offset) == recording.termIdAt(position)
        && DataHeaderFlyweight.termOffset(frame, offset)
            == (int) (position & (recording.termBytes() - 1));
  }

  /** A recorded frame has its checksum for its session. */
  private boolean isWhole(FileChannel channel, Path file, long at, int frameBytes)
      throws IOException {
    if (frameBytes > window.capacity()) {
      throw damaged(file, at);
    }
    load(channel, at, frameBytes);
    return checksum.compute(
            frame.addressOffset(),
            offset + DataHeaderFlyweight.HEADER_LENGTH,
            frameBytes - DataHeaderFlyweight.HEADER_LENGTH)
        == FrameDescriptor.frameSessionId(frame, offset);
  }

  /** Whether the end of a frame was never written: whole sectors of it are zero up to its end. */
  private boolean isCutShort(long at, int frameBytes) {
    int written = frameBytes;
    while (written > 0 && frame.getByte(offset + written - 1) == 0) {
      written--;
    }
    return BitUtil.align(at + written, SECTOR_BYTES) < at + frameBytes;
  }

  /** After the last byte of a file that is not zero; where there is none, the place to start at. */
  private static long endWithoutZeros(FileChannel channel, long from) throws IOException {
    final ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
    long end = from;
    long at = from;
    while (true) {
      chunk.clear();
      final int read = channel.read(chunk, at);
      if (read <= 0) {
        return end;
      }
      for (int i = read - 1; i >= 0; i--) {
        if (chunk.get(i) != 0) {
          end = at + i + 1;
          break;
        }
      }
      at += read;
    }
  }

  private static IOException damaged(Path file, long at) {
    return new IOException(
        file
            + " is damaged at byte "
            + at
            + ", and not by a write that was cut short: restore a backup, or what the other members"
            + " have");
  }

  /** The file stays as long as before, as the archive wants it. */
  private static void remove(Path file, long end, long bytesRemoved) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      final long length = bytes.length();
      bytes.setLength(end);
      bytes.setLength(length);
    }
    LOGGER.warn(
        "{}: {} bytes of a write that was cut short, as by a full disk, are removed; they were"
            + " never acknowledged",
        file,
        bytesRemoved);
  }
}
