package gongbei.replication.context;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a node whose disk was full may go on: where there is twice the room below which nothing
 * is recorded, so that it does not stop again at once. For any thread.
 *
 * @param directory on that disk
 * @param bytes of room that are enough
 */
public record StorageRoom(Path directory, long bytes) {
  private static final Logger LOGGER = LoggerFactory.getLogger(StorageRoom.class);

  /** What a node needs. */
  public static StorageRoom of(ClusterContext context) {
    return new StorageRoom(context.directory(), 2 * context.lowStorageBytes());
  }

  /** Whether there is room now. */
  public boolean isThere() {
    try {
      return Files.getFileStore(directory).getUsableSpace() > bytes;
    } catch (IOException e) {
      LOGGER.debug("The room of {} is not known: {}", directory, e.toString());
      return false;
    }
  }
}
