package gongbei.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Writes secrets as whoever keeps them should: readable by their owner alone. */
public final class SecretFile {
  private SecretFile() {}

  /** Writes a text over what there is, and returns the file. */
  public static Path write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }
}
