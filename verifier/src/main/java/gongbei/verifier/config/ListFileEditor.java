package gongbei.verifier.config;

import gongbei.codec.trust.FileFault;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Changes a {@link ListFile}. A new file takes the old one's place, so that a node reads the one or
 * the other and never half of one; a file beside it, {@code .lock}, keeps two who change it apart.
 *
 * @param path the file, which is made where it is missing
 * @param heading its first line, a comment
 * @param permissions who may read it where it is new, as in {@code rw-r-----}; one that is there
 *     keeps its own
 * @param line writes an entry
 */
public record ListFileEditor<T>(
    Path path, String heading, String permissions, Function<T, String> line) {
  /** Reads the entries that are there. */
  public interface Reader<T> {
    /** All of them, in their order. */
    List<T> read() throws ConfigException;
  }

  /**
   * Changes the entries.
   *
   * @param change returns equal entries where nothing is to change
   * @return whether it did
   * @throws ConfigException when the file can't be read or changed
   */
  public boolean change(Reader<T> reader, UnaryOperator<List<T>> change) throws ConfigException {
    try (FileChannel channel =
            FileChannel.open(
                path.resolveSibling(path.getFileName() + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (!lock.isValid()) {
        throw new ConfigException(path + " is being changed by somebody else");
      }
      final List<T> before = Files.exists(path) ? reader.read() : List.<T>of();
      final List<T> after = change.apply(before);
      if (after.equals(before)) {
        return false;
      }
      write(after);
      return true;
    } catch (NoSuchFileException e) {
      throw new ConfigException(path + " can't be written: its directory is missing");
    } catch (IOException e) {
      throw new ConfigException(path + " " + FileFault.reasonOf(e));
    }
  }

  /** Requires that the file is there, for a change that only takes away. */
  public void requireThere() throws ConfigException {
    if (!Files.exists(path)) {
      throw new ConfigException(path + " does not exist");
    }
  }

  private void write(List<T> entries) throws IOException {
    final StringBuilder text = new StringBuilder(heading).append('\n');
    entries.forEach(entry -> text.append(line.apply(entry)).append('\n'));
    final Path directory = path.toAbsolutePath().getParent();
    final Path written = Files.createTempFile(directory, path.getFileName().toString(), ".new");
    try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
      Files.writeString(written, text, StandardCharsets.US_ASCII);
      channel.force(true);
    }
    if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      // A service that reads the file by its group's rights goes on being able to.
      Files.setPosixFilePermissions(
          written,
          Files.exists(path)
              ? Files.getPosixFilePermissions(path)
              : PosixFilePermissions.fromString(permissions));
    }
    Files.move(written, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
