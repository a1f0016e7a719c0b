package gongbei.verifier.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Copies part of an audit log so that the copy can be checked by itself. */
public final class AuditExport {
  private AuditExport() {}

  /**
   * Copies the lines from one number to another, and those after it up to the next signed head.
   *
   * @param files the log's, the oldest first
   * @return how many lines were copied
   * @throws AuditException where a line can't be read, or there is none of those numbers
   */
  public static long copy(List<Path> files, long fromNumber, long toNumber, Writer into)
      throws AuditException, IOException {
    long copied = 0;
    boolean signed = false;
    for (final Path file : files) {
      long line = 0;
      try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
        String text;
        while (!signed && (text = lines.readLine()) != null) {
          line++;
          final var node = AuditLines.read(text);
          final long number = node.path("n").asLong(-1);
          if (number >= fromNumber) {
            into.write(text);
            into.write('\n');
            copied++;
            signed = number >= toNumber && node.path("kind").asText().equals(AuditLines.HEAD);
          }
        }
      } catch (JsonProcessingException e) {
        throw new AuditException(
            AuditException.Reason.MALFORMED_LINE,
            line,
            null,
            (files.size() == 1 ? "" : file + ": ") + "line " + line + " is not JSON");
      }
    }
    into.flush();
    if (copied == 0) {
      throw new AuditException(
          AuditException.Reason.MISSING_HEAD,
          0,
          "from",
          "the log has no line of number " + fromNumber + " or more");
    }
    return copied;
  }
}
