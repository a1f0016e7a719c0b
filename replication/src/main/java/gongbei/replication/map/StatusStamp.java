package gongbei.replication.map;

import gongbei.codec.file.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a map file was when it was closed cleanly. It stands in a file beside the map's, one line
 * with a checksum, and is removed while the map is open: so where it can be read, the map is whole.
 *
 * @param version the last command applied
 * @param digest the map's digest
 * @param entries how many holders there are
 * @param capacity how many holders the map was made for
 * @param logPosition where in the log the map was; -1 where there is no such log
 * @param fileChecksum {@link FileChecksum} of the map's file
 */
public record StatusStamp(
    long version, long digest, long entries, long capacity, long logPosition, long fileChecksum) {
  private static final String MAGIC = "gongbei-status-2";
  private static final int MAX_BYTES = 256;

  /** Reads the stamp, empty where there is none or it is damaged. */
  static Optional<StatusStamp> read(Path file) throws IOException {
    final String line;
    try {
      if (Files.size(file) > MAX_BYTES) {
        return Optional.empty();
      }
      line = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).strip();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    return parse(line);
  }

  /** The stamp of a line, empty where it is damaged. */
  public static Optional<StatusStamp> parse(String line) {
    final String[] parts = line.split(" ", -1);
    if (parts.length != 8 || !parts[0].equals(MAGIC)) {
      return Optional.empty();
    }
    try {
      final StatusStamp stamp =
          new StatusStamp(
              Long.parseLong(parts[1]),
              Long.parseUnsignedLong(parts[2], 16),
              Long.parseLong(parts[3]),
              Long.parseLong(parts[4]),
              Long.parseLong(parts[5]),
              Long.parseUnsignedLong(parts[6], 16));
      return stamp.line().equals(line) ? Optional.of(stamp) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Writes the stamp so that it is there whole or not at all. */
  void write(Path file) throws IOException {
    PrivateFiles.replace(file, line().getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The stamp as it is written. */
  public String line() {
    final String content =
        String.format(
            Locale.ROOT,
            "%s %d %016x %d %d %d %016x",
            MAGIC,
            version,
            digest,
            entries,
            capacity,
            logPosition,
            fileChecksum);
    final CRC32C checksum = new CRC32C();
    checksum.update(content.getBytes(StandardCharsets.ISO_8859_1));
    return String.format(Locale.ROOT, "%s %08x", content, checksum.getValue());
  }
}
