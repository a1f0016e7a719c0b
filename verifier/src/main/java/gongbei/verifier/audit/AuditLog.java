package gongbei.verifier.audit;

import gongbei.codec.file.PrivateFiles;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receipts and look-ups, each chained to the one before, and after every batch a signed head: who
 * trusts the key can tell by the file alone that no receipt was changed, left out or put in before
 * the last head that they have seen. In a file of JSON lines, or in memory, where only the last are
 * kept. For any thread.
 */
public final class AuditLog implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(AuditLog.class);
  private static final int ID_BYTES = 16;

  private final String region;
  private final Path file;
  private final FileChannel channel;
  private final FileChannel lock;
  private final ArrayDeque<String> recent = new ArrayDeque<>();
  private long next;
  private byte[] previous;
  private CodeSigner signer;
  private boolean broken;

  private AuditLog(String region, Path file, FileChannel channel, FileChannel lock) {
    this.region = region;
    this.file = file;
    this.channel = channel;
    this.lock = lock;
  }

  /** Receipts that are gone with the process. */
  public static AuditLog inMemory(String region) {
    final AuditLog log = new AuditLog(region, null, null, null);
    log.begin();
    return log;
  }

  /**
   * Opens a file, or makes it. What follows its last head, as after a power cut, is taken off; all
   * before must be a chain.
   */
  public static AuditLog ofFile(Path file, String region) throws AuditException {
    try {
      if (file.toAbsolutePath().getParent() != null) {
        Files.createDirectories(file.toAbsolutePath().getParent());
      }
      // Another file's, for a lock is lost when its file is read and closed again.
      final FileChannel lock =
          PrivateFiles.open(
              file.resolveSibling(file.getFileName() + ".lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      FileChannel channel = null;
      try {
        requireAlone(lock, file);
        channel =
            PrivateFiles.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        final AuditLog log = new AuditLog(region, file, channel, lock);
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
    final AuditCheck.Summary summary;
    try {
      summary = AuditCheck.resume(file);
    } catch (AuditException e) {
      throw e.reason() == AuditException.Reason.UNREADABLE
          ? e
          : new AuditException(e.reason(), e.line(), e.field(), file + ": " + e.getMessage());
    }
    channel.truncate(summary.bytes());
    channel.position(summary.bytes());
    if (summary.bytes() == 0) {
      begin();
      return;
    }
    if (!region.equals(summary.region())) {
      throw new AuditException(
          AuditException.Reason.MALFORMED_LINE,
          1,
          "region",
          file + " is the audit log of " + summary.region() + ", not of " + region);
    }
    next = summary.lastNumber() + 1;
    previous = summary.lastDigest();
  }

  /** The first line waits for the first receipt, so that no file is without a head. */
  private void begin() {
    next = 0;
    previous = null;
  }

  /**
   * Writes receipts or look-ups and a signed head after them.
   *
   * @param receipts one or more
   * @param key this region's, to sign the head with
   * @return the number of the first receipt; the others follow it
   * @throws AuditException when they can't be written; nothing may be appended after that
   * @throws TokenException when the token that holds the key does not sign; the log is then as it
   *     was before
   */
  public synchronized long append(
      List<? extends AuditEntry> receipts, SigningKey key, long nowEpochSeconds)
      throws AuditException {
    if (broken) {
      throw new AuditException(
          AuditException.Reason.UNREADABLE, 0, null, file + " could not be written before");
    }
    final Chain chain = new Chain(next, previous);
    if (previous == null) {
      final byte[] id = new byte[ID_BYTES];
      new SecureRandom().nextBytes(id);
      chain.add(AuditLines.start(AuditLines.hex(id), region, nowEpochSeconds));
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
      try {
        final ByteBuffer bytes = ByteBuffer.wrap(chain.text().getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      } catch (IOException e) {
        // Half a line may stand there, which nobody may write on after.
        broken = true;
        throw unreadable(file, e);
      }
    }
    next = chain.next;
    previous = chain.previous;
    recent.addAll(chain.lines);
    while (recent.size() > Limits.MAX_AUDIT_LINES_SHOWN) {
      recent.remove();
    }
    return first;
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
