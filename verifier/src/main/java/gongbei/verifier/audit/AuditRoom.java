package gongbei.verifier.audit;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much of a disk an audit log may take.
 *
 * @param maxBytes the most bytes of its file
 * @param leaveFreeBytes what it leaves free of its disk, for others who write there
 */
public record AuditRoom(long maxBytes, long leaveFreeBytes) {
  /** All that there is. */
  public static final AuditRoom UNBOUNDED = new AuditRoom(Long.MAX_VALUE, 0);

  /**
   * Lets a log take so much, and leave what another needs where both write to one disk.
   *
   * @param file the audit log's
   * @param other where the other writes; null where there is none
   * @param otherNeedsBytes what it is left there
   */
  public static AuditRoom beside(long maxBytes, Path file, Path other, long otherNeedsBytes) {
    return new AuditRoom(maxBytes, other != null && isOneDisk(file, other) ? otherNeedsBytes : 0);
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
