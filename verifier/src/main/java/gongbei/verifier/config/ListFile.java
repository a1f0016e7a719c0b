package gongbei.verifier.config;

import gongbei.codec.file.FaultyFile;
import gongbei.codec.file.FileContent;
import gongbei.codec.trust.FileFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * A file that has one entry a line, of which empty lines and those that open with {@code #} are
 * none. A line at fault is left out and named, so that an entry that was taken out of the file
 * counts no more, whatever is beside it.
 *
 * @param entries in their order
 * @param faults the lines that can't be read
 */
public record ListFile<T>(List<T> entries, List<FaultyFile> faults) {
  public ListFile {
    entries = List.copyOf(entries);
    faults = List.copyOf(faults);
  }

  /**
   * Reads a file.
   *
   * @param parser makes an entry of a line, or throws an {@link IllegalArgumentException} that says
   *     why it can't
   * @param id two entries must not share it
   * @param what names an entry in messages
   * @throws ConfigException when the file can't be read, or none of its lines can
   */
  public static <T> ListFile<T> read(
      FileContent content, Function<String, T> parser, Function<T, String> id, String what)
      throws ConfigException {
    final byte[] bytes;
    try {
      bytes = content.orThrow();
    } catch (IOException e) {
      throw new ConfigException(content.path() + " " + FileFault.reasonOf(e));
    }
    final List<T> entries = new ArrayList<>();
    final List<FaultyFile> faults = new ArrayList<>();
    final Set<String> ids = new HashSet<>();
    final List<String> lines =
        new String(bytes, StandardCharsets.UTF_8)
            .replaceFirst("^\\uFEFF", "")
            .lines()
            .map(String::strip)
            .toList();
    for (int i = 0; i < lines.size(); i++) {
      final String line = lines.get(i);
      if (!line.isEmpty() && !line.startsWith("#")) {
        try {
          requireAscii(line);
          final T entry = parser.apply(line);
          if (!ids.add(id.apply(entry))) {
            throw new IllegalArgumentException("names a " + what + " that stands above");
          }
          entries.add(entry);
        } catch (IllegalArgumentException e) {
          faults.add(
              new FaultyFile(
                  content.path(), content.path() + " line " + (i + 1) + " " + e.getMessage()));
        }
      }
    }
    if (entries.isEmpty() && !faults.isEmpty()) {
      throw new ConfigException(faults.get(0).message());
    }
    return new ListFile<>(entries, faults);
  }

  private static void requireAscii(String line) {
    if (line.chars().anyMatch(character -> character > 0x7E)) {
      throw new IllegalArgumentException("holds characters that are not ASCII");
    }
  }

  /**
   * This file, where no line is at fault.
   *
   * @throws ConfigException which names the first that is
   */
  public ListFile<T> orThrow() throws ConfigException {
    if (!faults.isEmpty()) {
      throw new ConfigException(faults.get(0).message());
    }
    return this;
  }
}
