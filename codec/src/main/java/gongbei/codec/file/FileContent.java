package gongbei.codec.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/**
 * One file as it was when it was looked at: its bytes, or why they can't be had.
 *
 * @param path the file
 * @param bytes the whole content, never to be changed; empty where there is a fault
 * @param fault why the file can't be read, or null where it was
 */
public record FileContent(Path path, byte[] bytes, IOException fault) {
  private static final byte[] NOTHING = {};

  public FileContent {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(bytes, "bytes");
  }

  /**
   * Reads a file; what stands in the way becomes its {@link #fault}. Only regular files are opened,
   * so that no pipe or device is waited for.
   *
   * @param maxBytes a longer file is a fault
   */
  public static FileContent read(Path path, int maxBytes) {
    try {
      if (!Files.readAttributes(path, BasicFileAttributes.class).isRegularFile()) {
        throw new FileSystemException(path.toString(), null, "it is not a regular file");
      }
      try (InputStream in = Files.newInputStream(path)) {
        final byte[] bytes = in.readNBytes(maxBytes + 1);
        if (bytes.length > maxBytes) {
          throw new FileSystemException(
              path.toString(), null, "it is longer than " + maxBytes + " bytes");
        }
        return new FileContent(path, bytes, null);
      }
    } catch (IOException e) {
      return new FileContent(path, NOTHING, e);
    }
  }

  /**
   * The bytes.
   *
   * @throws IOException the fault, where there is one
   */
  public byte[] orThrow() throws IOException {
    if (fault != null) {
      throw fault;
    }
    return bytes;
  }

  /** The same by identity alone: contents are large, and nobody compares them so. */
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return path.hashCode();
  }

  @Override
  public String toString() {
    return path + (fault == null ? " of " + bytes.length + " bytes" : ": " + fault);
  }
}
