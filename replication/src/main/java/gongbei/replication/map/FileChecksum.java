package gongbei.replication.map;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;
import org.agrona.IoUtil;

/**
 * The checksum of a whole file: the CRC-32C of each 64 MiB of it, stirred together. All processors
 * take part, so that a map of many gigabytes is checked at the speed of memory.
 */
final class FileChecksum {
  private static final long PART_BYTES = 64L << 20;
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private FileChecksum() {}

  static long of(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      final long length = channel.size();
      final long parts = (length + PART_BYTES - 1) / PART_BYTES;
      final long sum =
          LongStream.range(0, parts)
              .parallel()
              .map(part -> (part + 1) * MULTIPLIER * (crcOf(channel, part, length) + 1))
              .sum();
      return sum ^ length;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static long crcOf(FileChannel channel, long part, long length) {
    final long from = part * PART_BYTES;
    try {
      final MappedByteBuffer bytes =
          channel.map(FileChannel.MapMode.READ_ONLY, from, Math.min(PART_BYTES, length - from));
      try {
        final CRC32C crc = new CRC32C();
        crc.update(bytes);
        return crc.getValue();
      } finally {
        IoUtil.unmap(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
