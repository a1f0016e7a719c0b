package gongbei.replication.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files by which Aeron's archive and cluster say that a process holds their directory. */
final class MarkFiles {
  private MarkFiles() {}

  /** Removes those that an earlier process left when it died: the node's lock says better. */
  static void remove(Path directory) throws IOException {
    Files.createDirectories(directory);
    for (final Path mark : in(directory)) {
      Files.delete(mark);
    }
  }

  /**
   * Gives each all the room on its disk that it will take.
   *
   * @throws IOException where there is not enough
   */
  static void takeRoom(Path directory) throws IOException {
    for (final Path mark : in(directory)) {
      MappedRoom.take(mark);
    }
  }

  private static List<Path> in(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().matches("(archive|cluster)-mark.*"))
          .toList();
    }
  }
}
