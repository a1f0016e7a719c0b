package gongbei.replication.status;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.BiConsumer;
import net.openhft.chronicle.hash.ChronicleHashRecoveryFailedException;
import net.openhft.chronicle.hash.serialization.impl.ByteArraySizedReader;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every holder's status, off the heap in a Chronicle Map, in memory or in a memory-mapped file.
 * Reading is for any number of threads and allocates nothing; writing is for the one thread that
 * applies commands.
 *
 * <p>Beside the holders it keeps the <em>version</em>, the place in the order of the last command
 * applied, and the <em>digest</em>: the sum modulo 2⁶⁴ of a hash of each entry, which does not
 * depend on their order and is kept up with every change. Two maps of the same version must show
 * the same digest.
 */
public final class StatusMap implements AutoCloseable {
  /** The file of holders in a data directory. */
  static final String MAP_FILE = "status.map";

  /** The file beside it that says the map was closed cleanly. */
  static final String STAMP_FILE = "status.stamp";

  private static final String LOCK_FILE = "status.lock";
  private static final String HEADER_TYPE = "VanillaChronicleMap";
  private static final int HEADER_BYTES = 4_096;
  private static final Logger LOGGER = LoggerFactory.getLogger(StatusMap.class);

  static {
    ChronicleSettings.quieten();
  }

  private final ChronicleMap<byte[], byte[]> map;
  private final long capacity;
  private final Path directory;
  private final FileChannel lockChannel;
  private final ThreadLocal<byte[]> keyScratch = ThreadLocal.withInitial(() -> new byte[16]);
  private volatile long version;
  private volatile long digest;
  private volatile long size;
  private boolean closed;

  private StatusMap(
      ChronicleMap<byte[], byte[]> map, long capacity, Path directory, FileChannel lockChannel) {
    this.map = map;
    this.capacity = capacity;
    this.directory = directory;
    this.lockChannel = lockChannel;
  }

  /**
   * An empty map in memory.
   *
   * @param capacity the most holders
   */
  public static StatusMap inMemory(long capacity) {
    return new StatusMap(builder(capacity).create(), capacity, null, null);
  }

  /**
   * The map of a data directory, made if there is none. A map that was not closed cleanly is gone
   * through entry by entry, and refused if an entry is unsound.
   *
   * @param capacity the most holders; a map once made keeps its own
   */
  public static StatusMap persisted(Path directory, long capacity) throws StatusMapException {
    final Path file = directory.resolve(MAP_FILE);
    FileChannel lock = null;
    try {
      Files.createDirectories(directory);
      lock = lock(directory.resolve(LOCK_FILE));
      final Path stampFile = directory.resolve(STAMP_FILE);
      final Optional<StatusStamp> stamp = StatusStamp.read(stampFile);
      final boolean fresh = !Files.exists(file);
      if (fresh && stamp.isPresent()) {
        throw new StatusMapException(file + " is missing, though its stamp is there");
      }
      final StatusMap opened;
      if (fresh) {
        opened =
            new StatusMap(
                builder(capacity).createPersistedTo(file.toFile()), capacity, directory, lock);
      } else {
        opened = reopen(file, stamp, capacity, directory, lock);
      }
      Files.deleteIfExists(stampFile);
      return opened;
    } catch (IOException | RuntimeException e) {
      unlock(lock);
      throw new StatusMapException(file + " can't be opened: " + e);
    } catch (StatusMapException e) {
      unlock(lock);
      throw e;
    }
  }

  private static StatusMap reopen(
      Path file, Optional<StatusStamp> stamp, long capacity, Path directory, FileChannel lock)
      throws IOException, StatusMapException {
    final ChronicleMapBuilder<byte[], byte[]> builder = builder(capacity);
    if (stamp.isPresent()) {
      final StatusMap map =
          new StatusMap(
              builder.createPersistedTo(file.toFile()), stamp.get().capacity(), directory, lock);
      map.version = stamp.get().version();
      map.digest = stamp.get().digest();
      map.size = stamp.get().entries();
      if (map.map.longSize() != map.size) {
        map.map.close();
        throw new StatusMapException(
            file + " holds " + map.map.longSize() + " entries, its stamp says " + map.size);
      }
      return map;
    }
    requireHeader(file);
    LOGGER.warn("{} was not closed cleanly: every entry is gone through", file);
    final StatusMap map;
    try {
      map =
          new StatusMap(builder.recoverPersistedTo(file.toFile(), true), capacity, directory, lock);
    } catch (ChronicleHashRecoveryFailedException e) {
      throw new StatusMapException(file + " can't be recovered: " + e.getMessage());
    }
    try {
      map.goThrough(file);
      return map;
    } catch (StatusMapException e) {
      map.map.close();
      throw e;
    }
  }

  /** Chronicle would wait a minute for a file without a header, and then make it an empty map. */
  private static void requireHeader(Path file) throws IOException, StatusMapException {
    final byte[] start;
    try (InputStream bytes = Files.newInputStream(file)) {
      start = bytes.readNBytes(HEADER_BYTES);
    }
    if (!new String(start, StandardCharsets.ISO_8859_1).contains(HEADER_TYPE)) {
      throw new StatusMapException(file + " is not a status map: it has no header");
    }
  }

  private static ChronicleMapBuilder<byte[], byte[]> builder(long capacity) {
    return ChronicleMap.of(byte[].class, byte[].class)
        .name("status")
        .constantKeySizeBySample(new byte[Subject.BYTES])
        .constantValueSizeBySample(new byte[StatusRecord.BYTES])
        .keyReaderAndDataAccess(ByteArraySizedReader.INSTANCE, new ConstantBytesAccess())
        .valueReaderAndDataAccess(ByteArraySizedReader.INSTANCE, new ConstantBytesAccess())
        .entries(capacity)
        .putReturnsNull(true)
        .removeReturnsNull(true);
  }

  private static FileChannel lock(Path file) throws IOException, StatusMapException {
    final FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock held = null;
    try {
      held = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      LOGGER.debug("{} is locked by this process", file);
    }
    if (held == null) {
      channel.close();
      throw new StatusMapException(file.getParent() + " is in use by another node");
    }
    return channel;
  }

  private static void unlock(FileChannel lock) {
    if (lock != null) {
      try {
        lock.close();
      } catch (IOException e) {
        LOGGER.warn("A lock could not be released: {}", e.toString());
      }
    }
  }

  /** Finds version, digest and size by the entries themselves. */
  private void goThrough(Path file) throws StatusMapException {
    final StatusRecord record = new StatusRecord();
    final long[] totals = new long[3];
    final boolean[] sound = {true};
    map.forEach(
        (key, value) -> {
          System.arraycopy(value, 0, record.bytes(), 0, StatusRecord.BYTES);
          sound[0] &= record.isSound();
          totals[0] = Math.max(totals[0], record.version());
          totals[1] += hash(key, 0, value);
          totals[2]++;
        });
    if (!sound[0]) {
      throw new StatusMapException(file + " holds an entry with a field out of its range");
    }
    version = totals[0];
    digest = totals[1];
    size = totals[2];
  }

  /**
   * Looks a holder up.
   *
   * @param buffer holds the 16 bytes of the subject at the offset
   * @param into takes the holder's status; its content is undefined where there is none
   * @return whether the holder is known
   */
  public boolean get(byte[] buffer, int offset, StatusRecord into) {
    final byte[] key = keyScratch.get();
    System.arraycopy(buffer, offset, key, 0, Subject.BYTES);
    return map.getUsing(key, into.bytes()) != null;
  }

  /** Looks a holder up: see {@link #get(byte[], int, StatusRecord)}. Allocates. */
  public boolean get(Subject subject, StatusRecord into) {
    return get(subject.toBytes(), 0, into);
  }

  /**
   * Writes one entry and keeps the digest. For the applier's thread.
   *
   * @param before the entry as it was, or null where there was none
   * @return false where there is no room
   */
  boolean put(byte[] key, StatusRecord before, StatusRecord after) {
    if (before == null && size >= capacity) {
      return false;
    }
    try {
      map.put(key, after.bytes());
    } catch (IllegalStateException e) {
      LOGGER.warn("The status map has no room: {}", e.getMessage());
      return false;
    }
    final long removed = before == null ? 0 : hash(key, 0, before.bytes());
    final long digestBefore = digest;
    digest = digestBefore - removed + hash(key, 0, after.bytes());
    if (before == null) {
      final long sizeBefore = size;
      size = sizeBefore + 1;
    }
    return true;
  }

  void version(long applied) {
    version = applied;
  }

  /** The place in the order of the last command applied; 0 before the first. */
  public long version() {
    return version;
  }

  /** The digest of all entries. */
  public long digest() {
    return digest;
  }

  /** How many holders there are. */
  public long size() {
    return size;
  }

  /** The most holders there can be. */
  public long capacity() {
    return capacity;
  }

  /** The memory or file that the map takes, in bytes. */
  public long memoryBytes() {
    return map.offHeapMemoryUsed();
  }

  /** The digest computed anew from every entry, which takes a while. */
  public long recomputeDigest() {
    final long[] sum = new long[1];
    map.forEach((key, value) -> sum[0] += hash(key, 0, value));
    return sum[0];
  }

  /** Shows every holder, in no order. The record is only valid in the call. */
  public void forEach(BiConsumer<Subject, StatusRecord> action) {
    final StatusRecord record = new StatusRecord();
    map.forEach(
        (key, value) -> {
          System.arraycopy(value, 0, record.bytes(), 0, StatusRecord.BYTES);
          action.accept(Subject.of(key, 0), record);
        });
  }

  /** Closes the map; one in a file gets its stamp. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    map.close();
    if (directory != null) {
      try {
        new StatusStamp(version, digest, size, capacity).write(directory.resolve(STAMP_FILE));
      } catch (IOException e) {
        LOGGER.error("The status map's stamp could not be written: {}", e.toString());
      } finally {
        unlock(lockChannel);
      }
    }
  }

  /** A 64-bit hash of an entry: its six words, each stirred in by SplitMix64's finaliser. */
  private static long hash(byte[] key, int offset, byte[] value) {
    long hash = 0x9E3779B97F4A7C15L;
    hash = stir(hash ^ word(key, offset));
    hash = stir(hash ^ word(key, offset + 8));
    for (int at = 0; at < StatusRecord.BYTES; at += 8) {
      hash = stir(hash ^ word(value, at));
    }
    return hash;
  }

  private static long stir(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static long word(byte[] bytes, int offset) {
    return (long) LittleEndian.LONG.get(bytes, offset);
  }
}
