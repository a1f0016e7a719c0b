package gongbei.replication.cluster;

import gongbei.codec.file.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lock by which a node holds its data directory for as long as it runs. */
final class NodeLock {
  private static final Logger LOGGER = LoggerFactory.getLogger(NodeLock.class);
  private static final String FILE = "node.lock";

  private NodeLock() {}

  /**
   * Locks a directory until the channel is closed.
   *
   * @throws IOException when another node holds it
   */
  static FileChannel take(Path directory) throws IOException {
    final FileChannel channel =
        PrivateFiles.open(
            directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      LOGGER.debug("{} is locked by this process", directory);
    }
    channel.close();
    throw new IOException(directory + " is in use by another node");
  }

  /** Whether a node holds a directory. */
  static boolean isHeld(Path directory) throws IOException {
    if (Files.notExists(directory.resolve(FILE))) {
      return false;
    }
    try (FileChannel channel =
        FileChannel.open(directory.resolve(FILE), StandardOpenOption.WRITE)) {
      return channel.tryLock() == null;
    } catch (OverlappingFileLockException e) {
      return true;
    }
  }
}
