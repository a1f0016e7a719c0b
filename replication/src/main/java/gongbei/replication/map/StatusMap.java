package gongbei.replication.map;

import gongbei.codec.file.PrivateFiles;
import gongbei.codec.trust.FileFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.BiConsumer;
import net.openhft.chronicle.hash.Data;
import net.openhft.chronicle.hash.impl.VanillaChronicleHash;
import net.openhft.chronicle.hash.serialization.impl.ByteArraySizedReader;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.map.MapSegmentContext;
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
  private static final double MAX_BLOAT = 4.0;
  private static final Logger LOGGER = LoggerFactory.getLogger(StatusMap.class);

  private static final VarHandle VERSION;
  private static final VarHandle DIGEST;
  private static final VarHandle SIZE;
  private static final VarHandle CHANGES;

  static {
    ChronicleSettings.quieten();
    ConstantBytesAccess.registerName();
    try {
      final MethodHandles.Lookup lookup = MethodHandles.lookup();
      VERSION = lookup.findVarHandle(StatusMap.class, "version", long.class);
      DIGEST = lookup.findVarHandle(StatusMap.class, "digest", long.class);
      SIZE = lookup.findVarHandle(StatusMap.class, "size", long.class);
      CHANGES = lookup.findVarHandle(StatusMap.class, "changes", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final ChronicleMap<byte[], byte[]> map;
  private final long capacity;
  private final Optional<Path> directory;
  private final FileChannel lockChannel;
  private final ThreadLocal<byte[]> keyScratch = ThreadLocal.withInitial(() -> new byte[16]);
  private volatile long version;
  private volatile long digest;
  private volatile long size;
  private long changes;
  private long digestBeside;
  private long logPosition = -1;
  private boolean whole;
  private boolean closed;

  private StatusMap(
      ChronicleMap<byte[], byte[]> map,
      long capacity,
      Optional<Path> directory,
      FileChannel lockChannel) {
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
    try {
      return new StatusMap(
          RootLocale.make(() -> builder(capacity).create()), capacity, Optional.empty(), null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The map of a data directory. One that was closed cleanly, for as many holders, and whose file
   * has not changed since comes back as it was; any other is rebuilt, empty, to be filled from the
   * log: see {@link #isWhole}.
   *
   * @param capacity the most holders
   */
  public static StatusMap persisted(Path directory, long capacity) throws StatusMapException {
    final Path file = directory.resolve(MAP_FILE);
    FileChannel lock = null;
    try {
      PrivateFiles.directory(directory);
      lock = lock(directory.resolve(LOCK_FILE));
      final Path stampFile = directory.resolve(STAMP_FILE);
      final Optional<StatusStamp> stamp = believable(StatusStamp.read(stampFile), file, capacity);
      Files.deleteIfExists(stampFile);
      if (stamp.isEmpty()) {
        Files.deleteIfExists(file);
      }
      final StatusMap opened =
          new StatusMap(
              RootLocale.make(() -> builder(capacity).createPersistedTo(file.toFile())),
              capacity,
              Optional.of(directory),
              lock);
      PrivateFiles.closeToOthers(file);
      if (stamp.isPresent()) {
        opened.take(stamp.get());
      }
      return opened;
    } catch (IOException e) {
      unlock(lock);
      throw new StatusMapException(placeOf(e, file) + " " + FileFault.reasonOf(e));
    } catch (RuntimeException | InternalError e) {
      unlock(lock);
      throw new StatusMapException(file + " can't be opened: " + e);
    } catch (StatusMapException e) {
      unlock(lock);
      throw e;
    }
  }

  private static Object placeOf(IOException e, Path file) {
    return e instanceof FileSystemException fault && fault.getFile() != null
        ? fault.getFile()
        : file;
  }

  /** The stamp where the map's file is what it says. */
  private static Optional<StatusStamp> believable(
      Optional<StatusStamp> stamp, Path file, long capacity) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    final String fault;
    if (stamp.isEmpty()) {
      fault = "was not closed cleanly";
    } else if (stamp.get().capacity() != capacity) {
      fault = "is for " + stamp.get().capacity() + " holders, not " + capacity;
    } else if (FileChecksum.of(file) != stamp.get().fileChecksum()) {
      fault = "is not what its stamp says";
    } else {
      return stamp;
    }
    LOGGER.warn("{} {}: it is rebuilt from the log", file, fault);
    return Optional.empty();
  }

  private void take(StatusStamp stamp) throws StatusMapException {
    if (map.longSize() != stamp.entries()) {
      map.close();
      throw new StatusMapException(
          MAP_FILE + " holds " + map.longSize() + " entries, its stamp says " + stamp.entries());
    }
    version = stamp.version();
    digest = stamp.digest();
    size = stamp.entries();
    logPosition = stamp.logPosition();
    whole = true;
  }

  private static ChronicleMapBuilder<byte[], byte[]> builder(long capacity) {
    return ChronicleMap.of(byte[].class, byte[].class)
        .name("status")
        .constantKeySizeBySample(new byte[Subject.BYTES])
        .constantValueSizeBySample(new byte[StatusRecord.BYTES])
        .keyReaderAndDataAccess(ByteArraySizedReader.INSTANCE, new ConstantBytesAccess())
        .valueReaderAndDataAccess(ByteArraySizedReader.INSTANCE, new ConstantBytesAccess())
        .entries(capacity)
        .maxBloatFactor(MAX_BLOAT)
        .skipCloseOnExitHook(true)
        .putReturnsNull(true)
        .removeReturnsNull(true);
  }

  private static FileChannel lock(Path file) throws IOException, StatusMapException {
    final FileChannel channel =
        PrivateFiles.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
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

  /**
   * Makes what prefetches the memory of lookups that follow.
   *
   * @param capacity the most lookups that are prefetched together
   */
  public LookAhead lookAhead(int capacity) {
    return new LookAhead((VanillaChronicleHash<?, ?, ?, ?>) map, capacity);
  }

  /** Looks a holder up: see {@link #get(byte[], int, StatusRecord)}. Allocates. */
  public boolean get(Subject subject, StatusRecord into) {
    return get(subject.toBytes(), 0, into);
  }

  /**
   * Writes one entry and keeps the digest. For the applier's thread.
   *
   * @param before the entry as it was, or null where there was none
   * @throws IllegalStateException when Chronicle has no room, after which the map can't be what the
   *     log says and must not be used
   */
  public void put(byte[] key, StatusRecord before, StatusRecord after) {
    if (before == null && size >= capacity) {
      throw new IllegalStateException(
          "the status map has room for "
              + capacity
              + " holders, its cluster for more: maxSubjects must be the same on every node");
    }
    map.put(key, after.bytes());
    final long removed = before == null ? 0 : hash(key, 0, before.bytes());
    DIGEST.setRelease(this, digest - removed + hash(key, 0, after.bytes()));
    if (before == null) {
      SIZE.setRelease(this, size + 1);
    }
  }

  /** Takes an entry from a snapshot, over what there is. For the applier's thread. */
  public void putFromSnapshot(byte[] key, StatusRecord scratch, StatusRecord record) {
    put(key, get(key, 0, scratch) ? scratch : null, record);
  }

  public void version(long applied) {
    VERSION.setRelease(this, applied);
  }

  /** Adds to the digest what stands beside the holders. */
  public void addToDigest(long difference) {
    digestBeside += difference;
    DIGEST.setRelease(this, digest + difference);
  }

  /** Forgets everything. */
  public void reset() {
    map.clear();
    whole = false;
    logPosition = -1;
    digestBeside = 0;
    VERSION.setRelease(this, 0L);
    DIGEST.setRelease(this, 0L);
    SIZE.setRelease(this, 0L);
  }

  /** From here to {@link #endChange} version, digest and size may not fit together. */
  public void beginChange() {
    CHANGES.setOpaque(this, changes + 1);
    VarHandle.storeStoreFence();
  }

  public void endChange() {
    CHANGES.setRelease(this, changes + 1);
  }

  /**
   * Version, digest and size that fit together. Waits for a change that is being applied, and so
   * must not be called under a lock that whoever is told of changes takes.
   */
  public Mark mark() {
    while (true) {
      final long before = (long) CHANGES.getAcquire(this);
      if ((before & 1) == 0) {
        final Mark mark = new Mark(version, digest, size);
        VarHandle.loadLoadFence();
        if ((long) CHANGES.getOpaque(this) == before) {
          return mark;
        }
      }
      Thread.onSpinWait();
    }
  }

  /**
   * A moment of the map.
   *
   * @param version the last command applied
   * @param digest the digest at that version
   * @param size the holders at that version
   */
  public record Mark(long version, long digest, long size) {}

  /** Whether the map came back from its file as it was closed. */
  public boolean isWhole() {
    return whole;
  }

  /** The directory that the map is kept in; empty for one in memory. */
  public Optional<Path> directory() {
    return directory;
  }

  /** Where in the log the map is, or was when it was closed; -1 where that is not known. */
  public long logPosition() {
    return logPosition;
  }

  /** Remembers where in the log the map is, for its stamp. For the applier's thread. */
  public void logPosition(long position) {
    logPosition = position;
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
    return sum[0] + digestBeside;
  }

  /** Shows every holder, in no order. The record is only valid in the call. */
  public void forEach(BiConsumer<Subject, StatusRecord> action) {
    final StatusRecord record = new StatusRecord();
    forEachEntry((key, status) -> action.accept(Subject.of(key, 0), status), record);
  }

  /** Shows every entry, in no order; key and record are only valid in the call. */
  public void forEachEntry(EntryAction action, StatusRecord into) {
    final byte[] key = new byte[Subject.BYTES];
    for (int segment = 0; segment < map.segments(); segment++) {
      try (MapSegmentContext<byte[], byte[], ?> context = map.segmentContext(segment)) {
        context.forEachSegmentEntry(
            entry -> {
              final Data<byte[]> keyData = entry.key();
              keyData.bytes().read(keyData.offset(), key, 0, Subject.BYTES);
              final Data<byte[]> valueData = entry.value();
              valueData.bytes().read(valueData.offset(), into.bytes(), 0, StatusRecord.BYTES);
              action.accept(key, into);
            });
      }
    }
  }

  /** Takes one entry. */
  public interface EntryAction {
    void accept(byte[] key, StatusRecord record);
  }

  /** Closes the map; one in a file gets its stamp. */
  @Override
  public void close() {
    close(true);
  }

  /**
   * Closes the map.
   *
   * @param stamped whether one in a file gets its stamp; without, it is rebuilt the next time
   */
  public synchronized void close(boolean stamped) {
    if (closed) {
      return;
    }
    closed = true;
    map.close();
    if (directory.isPresent() && !stamped) {
      unlock(lockChannel);
    } else if (directory.isPresent()) {
      try {
        new StatusStamp(
                version,
                digest - digestBeside,
                size,
                capacity,
                logPosition,
                FileChecksum.of(directory.get().resolve(MAP_FILE)))
            .write(directory.get().resolve(STAMP_FILE));
      } catch (IOException | InternalError e) {
        // A page of the file that has no room on its disk is told as an InternalError.
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

  public static long stir(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static long word(byte[] bytes, int offset) {
    return (long) LittleEndian.LONG.get(bytes, offset);
  }
}
