package gongbei.replication.recording;

import io.aeron.archive.checksum.Checksums;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.codecs.CatalogHeaderDecoder;
import io.aeron.archive.codecs.RecordingDescriptorDecoder;
import io.aeron.archive.codecs.RecordingDescriptorEncoder;
import io.aeron.archive.codecs.RecordingDescriptorHeaderDecoder;
import io.aeron.archive.codecs.RecordingState;
import io.aeron.logbuffer.LogBufferDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The recordings of an archive's catalog. It is read and written as {@code
 * io.aeron.archive.Catalog} does. For one thread, while no archive runs.
 */
public final class RecordingCatalog implements AutoCloseable {
  /** The catalog's file. */
  public static final String CATALOG = "archive.catalog";

  /** The stream of a cluster's log. */
  public static final int LOG_STREAM_ID = 100;

  private static final int HEADER_BYTES = RecordingDescriptorHeaderDecoder.BLOCK_LENGTH;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private final Optional<FileChannel> channel;
  private final UnsafeBuffer catalog;
  private final List<Entry> entries = new ArrayList<>();
  private boolean hasLogOfMember;

  /**
   * A recording.
   *
   * @param startPosition where what is kept of it starts, in bytes
   * @param stopPosition where it ends, or {@link AeronArchive#NULL_POSITION} where the archive did
   *     not come to say
   * @param offset where in the catalog it stands
   * @param length of what stands there, after its header
   */
  public record Entry(
      long id,
      long startPosition,
      long stopPosition,
      int initialTermId,
      int segmentBytes,
      int termBytes,
      int offset,
      int length) {
    /** Whether the archive has said where it ends. */
    boolean isFinished() {
      return stopPosition != AeronArchive.NULL_POSITION;
    }

    /** The number of the term that a position of it is in. */
    int termIdAt(long position) {
      return LogBufferDescriptor.computeTermIdFromPosition(
          position, LogBufferDescriptor.positionBitsToShift(termBytes), initialTermId);
    }
  }

  private RecordingCatalog(FileChannel channel) throws IOException {
    this.channel = Optional.of(channel);
    final ByteBuffer bytes =
        ByteBuffer.allocateDirect(Math.toIntExact(Math.min(channel.size(), Integer.MAX_VALUE)));
    while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) > 0) {
      // Until all is read.
    }
    catalog = new UnsafeBuffer(bytes);
    if (catalog.capacity() >= CatalogHeaderDecoder.BLOCK_LENGTH) {
      readEntries();
    }
  }

  /** Opens the catalog of a directory; there are none where there is no catalog. */
  public static RecordingCatalog of(Path archiveDirectory) throws IOException {
    final Path file = archiveDirectory.resolve(CATALOG);
    if (!Files.exists(file)) {
      return new RecordingCatalog();
    }
    final FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      return new RecordingCatalog(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private RecordingCatalog() {
    channel = Optional.empty();
    catalog = new UnsafeBuffer();
  }

  private void readEntries() {
    final int alignment =
        new CatalogHeaderDecoder()
            .wrap(
                catalog, 0, CatalogHeaderDecoder.BLOCK_LENGTH, CatalogHeaderDecoder.SCHEMA_VERSION)
            .alignment();
    if (!BitUtil.isPowerOfTwo(alignment)) {
      return;
    }
    final RecordingDescriptorHeaderDecoder header = new RecordingDescriptorHeaderDecoder();
    final RecordingDescriptorDecoder descriptor = new RecordingDescriptorDecoder();
    int at = CatalogHeaderDecoder.BLOCK_LENGTH;
    while (at + HEADER_BYTES < catalog.capacity()) {
      header.wrap(catalog, at, HEADER_BYTES, RecordingDescriptorHeaderDecoder.SCHEMA_VERSION);
      final int length = header.length();
      if (length <= 0 || length > catalog.capacity() - at - HEADER_BYTES) {
        return;
      }
      descriptor.wrap(
          catalog,
          at + HEADER_BYTES,
          RecordingDescriptorDecoder.BLOCK_LENGTH,
          RecordingDescriptorDecoder.SCHEMA_VERSION);
      if (header.state() == RecordingState.VALID) {
        hasLogOfMember |= descriptor.streamId() == LOG_STREAM_ID && isUdp(descriptor);
        entries.add(
            new Entry(
                descriptor.recordingId(),
                descriptor.startPosition(),
                descriptor.stopPosition(),
                descriptor.initialTermId(),
                descriptor.segmentFileLength(),
                descriptor.termBufferLength(),
                at,
                length));
      }
      at += BitUtil.align(HEADER_BYTES + length, alignment);
    }
  }

  private static boolean isUdp(RecordingDescriptorDecoder descriptor) {
    try {
      return descriptor.strippedChannel().startsWith("aeron:udp");
    } catch (IndexOutOfBoundsException e) {
      return false;
    }
  }

  /** Whether it has the log of a cluster's member: that of a node by itself is never on UDP. */
  public boolean hasLogOfMember() {
    return hasLogOfMember;
  }

  /** All of them. */
  public List<Entry> entries() {
    return List.copyOf(entries);
  }

  /** Writes down where one ends. */
  void finish(Entry entry, long stopPosition, long nowMillis) throws IOException {
    final int body = entry.offset() + HEADER_BYTES;
    catalog.putLong(
        body + RecordingDescriptorEncoder.stopPositionEncodingOffset(), stopPosition, ORDER);
    catalog.putLong(
        body + RecordingDescriptorEncoder.stopTimestampEncodingOffset(), nowMillis, ORDER);
    catalog.putInt(
        entry.offset() + RecordingDescriptorHeaderDecoder.checksumEncodingOffset(),
        Checksums.crc32c().compute(catalog.addressOffset(), body, entry.length()),
        ORDER);
    final FileChannel file = channel.orElseThrow();
    final ByteBuffer bytes = catalog.byteBuffer().duplicate();
    bytes.limit(body + entry.length()).position(entry.offset());
    while (bytes.hasRemaining()) {
      file.write(bytes, bytes.position());
    }
  }

  @Override
  public void close() throws IOException {
    if (channel.isPresent()) {
      channel.get().close();
    }
  }
}
