package gongbei.verifier.audit;

import gongbei.codec.file.PrivateFiles;
import gongbei.codec.model.Region;
import gongbei.codec.signature.CodeSigner;
import gongbei.codec.trust.FileFault;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TokenException;
import gongbei.verifier.config.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receipts and lookups, each chained to the one before, and after every batch a signed head: who
 * trusts the key can tell by the file alone that no receipt was changed, left out or put in before
 * the last head that they have seen. In a file of JSON lines, which is closed under another name
 * and followed by the next when it has grown ({@link AuditFiles}), or in memory, where only the
 * last are kept. Where it can't write, as on a full disk, it stays as it was, and goes on once it
 * can; where its file was closed or moved away under it, it opens the one that is there. For any
 * thread.
 */
public final class AuditLog implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(AuditLog.class);
  private static final int ID_BYTES = 16;

  /** About what a receipt takes, and a head, or the start. */
  private static final int LINE_BYTES = 512;

  /** Short enough to be taken for a line that was cut short, and taken off, at the next start. */
  private static final int TRIAL_BYTES = 1_024;

  /** How often the closed files that are still there are looked at. */
  private static final long LOOK_NANOS = 1_000_000_000L;

  private final Region region;
  private final Path file;
  private final Optional<AuditFiles> files;
  private final FileChannel lock;
  private final AuditRoom room;
  private final ArrayDeque<String> recent = new ArrayDeque<>();
  private FileStore store;
  private FileChannel channel;
  private Object fileKey;
  private volatile long bytes;
  private volatile long closedBytes;
  private volatile long closedLookNanos;
  private boolean hasFailed;
  private boolean cannotRotate;
  private long next;
  private byte[] previous;
  private CodeSigner signer;

  private AuditLog(Region region) {
    this.region = region;
    this.file = null;
    this.files = Optional.empty();
    this.lock = null;
    this.room = AuditRoom.UNBOUNDED;
    this.store = null;
  }

  private AuditLog(Region region, Path file, FileChannel channel, FileChannel lock, AuditRoom room)
      throws IOException {
    this.region = region;
    this.file = file;
    this.files = Optional.of(new AuditFiles(file));
    this.channel = channel;
    this.lock = lock;
    this.room = room;
    this.store = AuditRoom.storeOf(file);
    this.fileKey = AuditPlace.keyOf(file);
  }

  /** Receipts that are gone with the process. */
  public static AuditLog inMemory(Region region) {
    final AuditLog log = new AuditLog(region);
    log.begin();
    return log;
  }

  /** Opens a file, or makes it, that may take all of its disk. */
  public static AuditLog ofFile(Path file, Region region) throws AuditException {
    return ofFile(file, region, AuditRoom.UNBOUNDED);
  }

  /**
   * Opens a file, or makes it. What follows its last head, as after a power cut, is taken off; all
   * before must be a chain. One without any line goes on from the file that was closed last, where
   * that is still beside it.
   *
   * @param room how much it may take
   */
  public static AuditLog ofFile(Path file, Region region, AuditRoom room) throws AuditException {
    try {
      if (file.toAbsolutePath().getParent() != null) {
        Files.createDirectories(file.toAbsolutePath().getParent());
      }
      // Another file's, for a lock is lost when its file is read and closed again.
      final FileChannel lock =
          PrivateFiles.open(
              AuditPlace.lockOf(file), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileChannel channel = null;
      try {
        requireAlone(lock, file);
        channel =
            PrivateFiles.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        final AuditLog log = new AuditLog(region, file, channel, lock, room);
        log.resume();
        return log;
      } catch (IOException | AuditException e) {
        lock.close();
        if (channel != null) {
          channel.close();
        }
        throw e;
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** Two that append to one file would break its chain. */
  private static void requireAlone(FileChannel lock, Path file) throws IOException, AuditException {
    FileLock held = null;
    try {
      held = lock.tryLock();
    } catch (OverlappingFileLockException e) {
      LOGGER.debug("{} is locked by this process", file);
    }
    if (held == null) {
      throw new AuditException(
          AuditException.Reason.UNREADABLE, 0, null, file + " is in use by another node");
    }
  }

  private void resume() throws IOException, AuditException {
    final AuditCheck.Summary summary = resume(file);
    channel.truncate(summary.bytes());
    channel.position(summary.bytes());
    bytes = summary.bytes();
    lookAtClosed();
    if (summary.bytes() > 0) {
      goOn(file, summary);
      return;
    }
    final Optional<Path> closed = files.orElseThrow().lastClosed();
    if (closed.isPresent()) {
      final AuditCheck.Summary before = resume(closed.get());
      if (before.bytes() > 0) {
        goOn(closed.get(), before);
        return;
      }
    }
    begin();
  }

  private static AuditCheck.Summary resume(Path from) throws AuditException {
    try {
      return AuditCheck.resume(from);
    } catch (AuditException e) {
      throw e.reason() == AuditException.Reason.UNREADABLE ? e : e.in(from);
    }
  }

  private void goOn(Path from, AuditCheck.Summary summary) throws AuditException {
    if (!region.wireName().equals(summary.region())) {
      throw new AuditException(
          AuditException.Reason.MALFORMED_LINE,
          1,
          "region",
          from + " is the audit log of " + summary.region() + ", not of " + region);
    }
    next = summary.lastNumber() + 1;
    previous = summary.lastDigest();
  }

  private void lookAtClosed() throws IOException {
    closedLookNanos = System.nanoTime();
    closedBytes = files.orElseThrow().closedBytes();
  }

  /** The first line waits for the first receipt, so that no file is without a head. */
  private void begin() {
    next = 0;
    previous = null;
  }

  /**
   * Requires that receipts and a head can be written now.
   *
   * @throws AuditException when they can't: the file has all that it may have, its disk is full but
   *     for what others are left, or it still can't be written after it could not
   */
  public synchronized void requireRoom(int receipts) throws AuditException {
    if (channel == null) {
      return;
    }
    final long needed = (receipts + 2L) * LINE_BYTES;
    requireInPlace();
    requireWithin(needed);
    try {
      final long free = store.getUsableSpace();
      if (free - needed < room.leaveFreeBytes()) {
        throw new AuditException(
            AuditException.Reason.FULL,
            0,
            null,
            file
                + ": its disk has "
                + free
                + " bytes of room left, "
                + (room.leaveFreeBytes() == 0
                    ? "too few"
                    : room.leaveFreeBytes() + " of them for the log (lowStorageBytes)")
                + ": make room");
      }
      if (hasFailed) {
        takeBack();
        final ByteBuffer trial = ByteBuffer.allocate(TRIAL_BYTES);
        while (trial.hasRemaining()) {
          channel.write(trial);
        }
        takeBack();
        hasFailed = false;
      }
    } catch (IOException e) {
      hasFailed = true;
      throw unreadable(file, e);
    }
  }

  private void requireWithin(long more) throws AuditException {
    if (more <= room.maxBytes() - bytes - closedBytes) {
      return;
    }
    try {
      lookAtClosed();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    if (more > room.maxBytes() - bytes - closedBytes) {
      throw new AuditException(
          AuditException.Reason.FULL,
          0,
          null,
          file
              + " has "
              + (bytes + closedBytes)
              + " bytes of "
              + room.maxBytes()
              + " (translation.auditMebibytes), "
              + closedBytes
              + " of them in files that are closed: move those away, or raise it");
    }
  }

  /** Opens the file again where it was closed or moved away since: see {@link AuditPlace}. */
  private void requireInPlace() throws AuditException {
    try {
      if (channel.isOpen() && AuditPlace.isThere(file, fileKey)) {
        return;
      }
      final FileChannel fresh = AuditPlace.openAgain(file, next, previous);
      channel.close();
      channel = fresh;
      bytes = fresh.position();
      fileKey = AuditPlace.keyOf(file);
      store = AuditRoom.storeOf(file);
      LOGGER.warn("{} was closed or moved away: it is open again, at number {}", file, next);
    } catch (IOException e) {
      hasFailed = true;
      throw unreadable(file, e);
    }
  }

  /** Takes off what was written after the last head. */
  private void takeBack() throws IOException {
    channel.truncate(bytes);
    channel.position(bytes);
  }

  /**
   * Writes receipts or lookups and a signed head after them.
   *
   * @param receipts one or more
   * @param key this region's, to sign the head with
   * @return the number of the first receipt; the others follow it
   * @throws AuditException when they can't be written; the log is then as it was before
   * @throws TokenException when the token that holds the key does not sign; the log is then as it
   *     was before
   */
  public synchronized long append(
      List<? extends AuditEntry> receipts, SigningKey key, long nowEpochSeconds)
      throws AuditException {
    if (channel != null) {
      requireInPlace();
    }
    if (channel != null && bytes >= room.fileBytes()) {
      rotate(nowEpochSeconds);
    }
    final Chain chain = new Chain(next, previous);
    if (previous == null) {
      final byte[] id = new byte[ID_BYTES];
      new SecureRandom().nextBytes(id);
      chain.add(AuditLines.start(AuditLines.hex(id), region, nowEpochSeconds));
    } else if (channel != null && bytes == 0) {
      chain.add(AuditLines.continued(chain.next, chain.previous, region, nowEpochSeconds));
    }
    final long first = chain.next;
    for (final AuditEntry receipt : receipts) {
      chain.add(receipt.line(chain.next, chain.previous, nowEpochSeconds));
    }
    if (signer == null || !signer.key().equals(key)) {
      signer = new CodeSigner(key);
    }
    final byte[] signed =
        AuditLines.signedByHead(
            chain.next, AuditLines.hex(chain.previous), AuditLines.time(nowEpochSeconds));
    chain.add(
        AuditLines.head(
            chain.next,
            chain.previous,
            nowEpochSeconds,
            key.issuerKey().kidHex(),
            signer.sign(signed, 0, signed.length)));
    if (channel != null) {
      write(chain.text().getBytes(StandardCharsets.UTF_8));
    }
    next = chain.next;
    previous = chain.previous;
    recent.addAll(chain.lines);
    while (recent.size() > Limits.MAX_AUDIT_LINES_SHOWN) {
      recent.remove();
    }
    return first;
  }

  /**
   * Closes the file under another name and begins the next. Where that can't be done the file is
   * gone on with: receipts count for more than the size of a file.
   */
  private void rotate(long nowEpochSeconds) {
    final Path closed = files.orElseThrow().closedUnder(next - 1, nowEpochSeconds);
    try {
      if (hasFailed) {
        takeBack();
      }
      channel.force(true);
      Files.move(file, closed, StandardCopyOption.ATOMIC_MOVE);
      try {
        final FileChannel fresh =
            PrivateFiles.open(
                file,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        channel.close();
        channel = fresh;
        fileKey = AuditPlace.keyOf(file);
      } catch (IOException e) {
        Files.move(closed, file, StandardCopyOption.ATOMIC_MOVE);
        throw e;
      }
      final long closedBefore = closedBytes;
      closedBytes = closedBefore + bytes;
      bytes = 0;
      cannotRotate = false;
      LOGGER.info("The audit file is closed as {}; {} goes on from it", closed, file);
    } catch (IOException e) {
      if (!cannotRotate) {
        cannotRotate = true;
        LOGGER.warn(
            "The audit file grows past its size, for it can't be closed as {}: {}",
            closed,
            FileFault.reasonOf(e));
      }
    }
  }

  private void write(byte[] lines) throws AuditException {
    requireWithin(lines.length);
    try {
      if (hasFailed) {
        takeBack();
      }
      final ByteBuffer text = ByteBuffer.wrap(lines);
      while (text.hasRemaining()) {
        channel.write(text);
      }
      bytes = channel.position();
      hasFailed = false;
    } catch (IOException e) {
      hasFailed = true;
      try {
        takeBack();
      } catch (IOException again) {
        LOGGER.debug("What was written in part stays until it can be taken off", again);
      }
      throw unreadable(file, e);
    }
  }

  /** Lines that are to follow what is written. */
  private static final class Chain {
    private final List<String> lines = new ArrayList<>();
    private long next;
    private byte[] previous;

    Chain(long next, byte[] previous) {
      this.next = next;
      this.previous = previous;
    }

    void add(String line) {
      lines.add(line);
      previous = AuditLines.digest(line);
      next++;
    }

    String text() {
      return String.join("\n", lines) + "\n";
    }
  }

  /** The last lines written by this process, up to {@link Limits#MAX_AUDIT_LINES_SHOWN}. */
  public synchronized List<String> recent() {
    return List.copyOf(recent);
  }

  /** The bytes of the file and of those closed that are still beside it; 0 in memory. */
  public long bytes() {
    if (files.isPresent() && System.nanoTime() - closedLookNanos > LOOK_NANOS) {
      try {
        lookAtClosed();
      } catch (IOException e) {
        LOGGER.debug("The closed audit files can't be listed", e);
      }
    }
    return bytes + closedBytes;
  }

  /** The most bytes of all its files. */
  public long maxBytes() {
    return room.maxBytes();
  }

  /** Lines written so far: start, receipts and heads. */
  public synchronized long lines() {
    return next;
  }

  static AuditException unreadable(Path file, IOException e) {
    return new AuditException(
        AuditException.Reason.UNREADABLE, 0, null, file + " " + FileFault.reasonOf(e));
  }

  @Override
  public synchronized void close() {
    if (channel != null && channel.isOpen()) {
      try {
        channel.force(true);
        channel.close();
        lock.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
