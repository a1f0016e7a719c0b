package gongbei.verifier.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Names the files of an audit log: the one that is written, as {@code audit.jsonl}, and beside it
 * those that were closed, as {@code audit-20260102T030405Z-000000001234.jsonl}, by the time (UTC)
 * at which each was closed and the number of its last line. Their names sort in the order of the
 * chain.
 *
 * @param written the file that is written
 */
record AuditFiles(Path written) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private String stem() {
    final String name = written.getFileName().toString();
    final int dot = name.lastIndexOf('.');
    return dot < 1 ? name : name.substring(0, dot);
  }

  private String ending() {
    return written.getFileName().toString().substring(stem().length());
  }

  /**
   * Names the file to close the written one under.
   *
   * @param lastNumber the number of its last line
   */
  Path closedUnder(long lastNumber, long nowEpochSeconds) {
    return written.resolveSibling(
        stem()
            + "-"
            + TIME.format(Instant.ofEpochSecond(nowEpochSeconds))
            + String.format(Locale.ROOT, "-%012d", lastNumber)
            + ending());
  }

  /** Lists the closed files that are still beside the written one, in their order. */
  List<Path> closed() throws IOException {
    final Pattern name =
        Pattern.compile(
            Pattern.quote(stem()) + "-[0-9]{8}T[0-9]{6}Z-[0-9]{12,}" + Pattern.quote(ending()));
    try (Stream<Path> files = Files.list(written.toAbsolutePath().getParent())) {
      return files
          .filter(file -> name.matcher(file.getFileName().toString()).matches())
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Finds the file that was closed last, where it is still there. */
  Optional<Path> lastClosed() throws IOException {
    final List<Path> closed = closed();
    return closed.isEmpty() ? Optional.empty() : Optional.of(closed.get(closed.size() - 1));
  }

  /** Sums the bytes of the closed files that are still there. */
  long closedBytes() throws IOException {
    long bytes = 0;
    for (final Path file : closed()) {
      bytes += sizeOf(file);
    }
    return bytes;
  }

  /** A closed file's size, or 0 where it was moved away meanwhile. */
  private static long sizeOf(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }
}
