package gongbei.verifier.cli.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.trust.FileFault;
import gongbei.verifier.cli.exit.CommandException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * How far the load of a file got, in {@code FILE.progress}: how many rows, the SHA-256 of what they
 * hold, and to where. It stays when the load is through, so that a load that goes on finds that
 * there is nothing to do; rows that were not loaded yet may be corrected meanwhile, and more added.
 * For one thread.
 */
final class LoadProgress {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final Path data;
  private final String target;
  private final MessageDigest digest = sha256();
  private long loadedBefore;
  private String expectedDigest;
  private long rows;

  /**
   * @param data the file that is loaded
   * @param target where it is loaded to, as it stands in the file
   */
  LoadProgress(Path data, String target) {
    this.data = data;
    this.target = target;
    this.file = data.resolveSibling(data.getFileName() + ".progress");
  }

  /** Goes on where an earlier load got to; from the beginning where there was none. */
  void resume() throws IOException {
    final String text;
    try {
      text = Files.readString(file).strip();
    } catch (NoSuchFileException e) {
      return;
    }
    if (text.matches("[0-9]{1,18} [0-9]{1,18}")) {
      resumeOld(text.split(" ", -1));
      return;
    }
    final JsonNode progress;
    try {
      progress = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw damaged();
    }
    if (!progress.path("rows").canConvertToLong()
        || progress.path("rows").longValue() < 0
        || !progress.path("sha256").asText().matches("[0-9a-f]{64}")) {
      throw damaged();
    }
    if (!progress.path("target").asText().equals(target)) {
      throw CommandException.refused(
          file
              + " is of a load to "
              + progress.path("target").asText()
              + ", not to "
              + target
              + ": load without --resume");
    }
    loadedBefore = progress.path("rows").longValue();
    expectedDigest = progress.path("sha256").asText();
  }

  /** As earlier releases wrote it: rows and the file's size. */
  private void resumeOld(String[] parts) throws IOException {
    if (Long.parseLong(parts[1]) != Files.size(data)) {
      throw CommandException.refused(file + " is of another file");
    }
    loadedBefore = Long.parseLong(parts[0]);
  }

  private CommandException damaged() {
    return CommandException.refused(file + " is damaged: load without --resume");
  }

  /**
   * Takes note of the next row.
   *
   * @return whether it was loaded before
   */
  boolean wasLoaded(ResidentRows row) {
    for (final String column : ResidentRow.COLUMNS) {
      note(row.get(column));
    }
    for (final String column : ResidentRow.MORE_COLUMNS) {
      // A file without them has the digest that earlier releases wrote.
      if (!row.get(column).isEmpty()) {
        note(column + "=" + row.get(column));
      }
    }
    rows++;
    if (rows == loadedBefore) {
      requireSame();
    }
    return rows <= loadedBefore;
  }

  private void note(String value) {
    digest.update(value.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) '\n');
  }

  /** Sees, at the file's end, that all rows that were loaded before are still there. */
  void end() {
    if (rows < loadedBefore) {
      throw CommandException.refused(
          file + " is of another file: it says " + loadedBefore + " rows, and there are " + rows);
    }
  }

  private void requireSame() {
    if (expectedDigest != null && !expectedDigest.equals(digestSoFar())) {
      throw CommandException.refused(
          file
              + " is of another file: its first "
              + loadedBefore
              + " rows were others; load without --resume");
    }
  }

  private String digestSoFar() {
    try {
      return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes down that all rows so far are loaded. */
  void write() throws IOException {
    final Path draft = file.resolveSibling(file.getFileName() + ".draft");
    try {
      Files.writeString(
          draft,
          JSON.createObjectNode()
                  .put("rows", rows)
                  .put("sha256", digestSoFar())
                  .put("target", target)
              + "\n");
      Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw CommandException.unreachable(
          file
              + " "
              + FileFault.reasonOf(e)
              + ": "
              + rows
              + " rows are loaded, and --resume can't know it");
    }
  }

  /** How many rows there have been. */
  long rows() {
    return rows;
  }

  /** How many of them were loaded before. */
  long loadedBefore() {
    return Math.min(rows, loadedBefore);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
