package gongbei.verifier.audit;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How much of a disk an audit log may take.
 *
 * @param maxBytes the most bytes of its files, those that were closed and are still there included
 * @param leaveFreeBytes what it leaves free of its disk, for others who write there
 * @param fileBytes the bytes from which on its file is closed and another begun
 */
public record AuditRoom(long maxBytes, long leaveFreeBytes, long fileBytes) {
  /** All that there is, in one file. */
  public static final AuditRoom UNBOUNDED = new AuditRoom(Long.MAX_VALUE, 0);

  /** So much in one file: see {@link #AuditRoom(long, long, long)}. */
  public AuditRoom(long maxBytes, long leaveFreeBytes) {
    this(maxBytes, leaveFreeBytes, Long.MAX_VALUE);
  }

  /** Returns the same room in files of about so many bytes. */
  public AuditRoom inFilesOf(long bytes) {
    return new AuditRoom(maxBytes, leaveFreeBytes, bytes);
  }

  /**
   * Lets a log take so much, and leave what another needs where both write to one disk.
   *
   * @param file the audit log's
   * @param other where the other writes, if there is one
   * @param otherNeedsBytes what it is left there
   */
  public static AuditRoom beside(
      long maxBytes, Path file, Optional<Path> other, long otherNeedsBytes) {
    final boolean isShared = other.isPresent() && isOneDisk(file, other.get());
    return new AuditRoom(maxBytes, isShared ? otherNeedsBytes : 0);
  }

  private static boolean isOneDisk(Path one, Path other) {
    try {
      return storeOf(one).equals(storeOf(other));
    } catch (IOException e) {
      return true;
    }
  }

  /** The disk that a file is, or will be, on. */
  static FileStore storeOf(Path file) throws IOException {
    Path there = file.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    return Files.getFileStore(there);
  }
}
