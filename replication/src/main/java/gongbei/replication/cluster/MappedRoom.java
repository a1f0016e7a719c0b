package gongbei.replication.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Gives a sparse file that is mapped into memory all the room on its disk that it will take. Where
 * a mapped page has none when it is first stored to, the thread that stores ends by an {@link
 * InternalError}, and Aeron's do so when they note that the disk is full.
 */
final class MappedRoom {
  /** The smallest block of a file system that is in use. */
  private static final int BLOCK_BYTES = 1_024;

  private MappedRoom() {}

  /**
   * Takes the room of a file, where it is there.
   *
   * @throws IOException where there is not enough
   */
  static void take(Path file) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      final ByteBuffer one = ByteBuffer.allocate(1);
      for (long at = BLOCK_BYTES - 1; at < channel.size(); at += BLOCK_BYTES) {
        one.clear();
        if (channel.read(one, at) == 1 && one.get(0) == 0) {
          one.flip();
          channel.write(one, at);
        }
      }
    }
  }
}
