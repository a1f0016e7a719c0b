package gongbei.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The files of a node that runs, which come, change their names and go while they are looked at.
 */
public final class LiveFiles {
  private LiveFiles() {}

  /**
   * Copies what a running node has on disk: what kill -9 would leave. Where a file goes meanwhile,
   * for it was renamed, all is looked at again.
   *
   * @param to a directory that isn't there, or is empty
   */
  public static void copy(Path from, Path to) throws IOException, InterruptedException {
    Patience.await("a copy of " + from + " while none of its files goes", () -> copyOnce(from, to));
  }

  /** Lists what is in a directory, and in those in it. */
  public static List<Path> under(Path directory) throws IOException, InterruptedException {
    final List<Path> found = new ArrayList<>();
    Patience.await(
        "a list of " + directory + " while none of its files goes",
        () -> {
          try {
            found.addAll(walk(directory));
            return true;
          } catch (NoSuchFileException e) {
            return false;
          }
        });
    return found;
  }

  private static boolean copyOnce(Path from, Path to) throws IOException {
    final Set<Path> copies = new HashSet<>();
    try {
      for (final Path file : walk(from)) {
        final Path copy = to.resolve(from.relativize(file).toString());
        copies.add(copy);
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        }
      }
      for (final Path copy : walk(to)) {
        if (!copies.contains(copy)) {
          Files.delete(copy);
        }
      }
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static List<Path> walk(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
