package gongbei.verifier.audit;

import gongbei.codec.file.PrivateFiles;
import gongbei.verifier.audit.AuditException.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;

/**
 * Tells whether the file that an audit log has open still is the one of its name, and opens that
 * again: the same file, as when its disk was gone for a while, or none or an empty one, as when it
 * was moved away, in which the chain goes on.
 */
final class AuditPlace {
  private AuditPlace() {}

  /** Names the file whose lock says that a log is in use. */
  static Path lockOf(Path file) {
    return file.resolveSibling(file.getFileName() + ".lock");
  }

  /** Tells which file it is, whatever its name. */
  static Object keyOf(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  /** Whether the file of that name is the one with that key. */
  static boolean isThere(Path file, Object key) throws IOException {
    try {
      return keyOf(file).equals(key);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /**
   * Opens the file of a log that is running, ready to be written after its last head.
   *
   * @param next the number of the line that is to be written next
   * @param previous the digest of the line before, or null where there is none
   * @throws AuditException where the file that is there is another log's, or this one's of before
   * @throws IOException where it can't be opened, or its directory is not the one it was in, as a
   *     disk that is not mounted
   */
  static FileChannel openAgain(Path file, long next, byte[] previous)
      throws IOException, AuditException {
    if (!Files.exists(lockOf(file))) {
      throw new NoSuchFileException(lockOf(file).toString());
    }
    final FileChannel fresh =
        PrivateFiles.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      final AuditCheck.Summary there = AuditCheck.resume(file);
      if (there.bytes() > 0
          && (there.lastNumber() + 1 != next || !Arrays.equals(there.lastDigest(), previous))) {
        throw new AuditException(
            Reason.UNREADABLE,
            0,
            null,
            file
                + " is not the file that this node wrote, which goes on at number "
                + next
                + ": put that back, or move this one away");
      }
      fresh.truncate(there.bytes());
      fresh.position(there.bytes());
      return fresh;
    } catch (IOException | AuditException e) {
      fresh.close();
      throw e;
    }
  }
}
