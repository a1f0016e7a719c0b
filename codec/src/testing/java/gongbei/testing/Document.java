package gongbei.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The documents of this project that tests hold to the truth, each by its path from the project's
 * root. No test names a document's path by itself.
 */
public enum Document {
  README("README.md"),
  CONTRIBUTING(".github/CONTRIBUTING.md"),
  CHANGELOG("verifier/docs/CHANGELOG.md"),

  START_DEMO("verifier/docs/start/demo.md"),
  START_CODES("verifier/docs/start/codes.md"),
  START_NODE("verifier/docs/start/node.md"),
  START_ACCESS("verifier/docs/start/access.md"),
  FIRST_HOUR("verifier/docs/start/first-hour.md"),

  ALERTS("verifier/docs/operate/alerts.md"),
  BACKUP("verifier/docs/operate/backup.md"),
  CONTAINER("verifier/docs/operate/container.md"),
  FAULTS("verifier/docs/operate/faults.md"),
  INSTALL("verifier/docs/operate/install.md"),
  LOGS("verifier/docs/operate/logs.md"),
  NETWORK("verifier/docs/operate/network.md"),
  RUNNING("verifier/docs/operate/running.md"),
  SIZING("verifier/docs/operate/sizing.md"),

  APPEALS("verifier/docs/reference/appeals.md"),
  CLI("verifier/docs/reference/cli.md"),
  CODE_FORMATS("verifier/docs/reference/codes.md"),
  CONFIGURATION("verifier/docs/reference/configuration.md"),
  HISTORY("verifier/docs/reference/history.md"),
  HTTP("verifier/docs/reference/http.md"),
  OVERSIGHT("verifier/docs/reference/oversight.md"),
  FOREIGN_RULES("verifier/docs/reference/foreign-rules.md"),
  LIMITS("verifier/docs/reference/limits.md"),
  REVOCATIONS("verifier/docs/reference/revocations.md"),
  SCANNER_PROTOCOL("verifier/docs/reference/scanner-protocol.md"),
  GROUNDS("verifier/docs/reference/grounds.md"),
  SIGNED_CHANGES("verifier/docs/reference/signed-changes.md"),
  RESERVE_CODES("verifier/docs/reference/reserve-codes.md"),
  SUBJECTS("verifier/docs/reference/subjects.md"),
  VENUES("verifier/docs/reference/venues.md"),
  VERDICTS("verifier/docs/reference/verdicts.md"),

  ARCHITECTURE("verifier/docs/internals/architecture.md"),
  WALKS("verifier/docs/internals/walks.md"),
  RINGS("verifier/docs/internals/rings.md"),
  LOG("verifier/docs/internals/log.md"),
  THREATS("verifier/docs/internals/threats.md"),

  MEASUREMENTS("verifier/docs/measurements/README.md");

  private static final int DEPTH = 6;

  private final String path;

  Document(String path) {
    this.path = path;
  }

  /** Returns the path from the project's root, with slashes. */
  public String path() {
    return path;
  }

  /** Returns the whole text. */
  public String text() {
    return read(root().resolve(path));
  }

  /** Returns the lines of the text. */
  public List<String> lines() {
    return text().lines().toList();
  }

  /**
   * Returns a section of the second level, from its heading to the next of that level.
   *
   * @throws IllegalArgumentException if the document has no such section
   */
  public String section(String title) {
    final String text = text();
    final int start = text.indexOf("\n## " + title + "\n");
    if (start < 0) {
      throw new IllegalArgumentException(path + " has no section " + title);
    }
    final int end = text.indexOf("\n## ", start + 1);
    return text.substring(start, end < 0 ? text.length() : end);
  }

  /** Returns the paths of all documents of the project, whether or not they are named here. */
  public static List<Path> all() {
    final Path root = root();
    try (Stream<Path> files = Files.walk(root, DEPTH)) {
      return files
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> isSource(root.relativize(file)))
          .sorted()
          .collect(Collectors.toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isSource(Path file) {
    for (final Path name : file) {
      if (name.toString().equals("target")) {
        return false;
      }
    }
    return !file.toString().startsWith(".") || file.startsWith(".github");
  }

  /** Returns the text of any document. */
  public static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the anchor that a page shows a heading under. */
  public static String anchor(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-');
  }

  /** Returns the project's root, from the directory of the module in which the tests run. */
  public static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(directory.resolve(".mvn"))) {
      directory = directory.getParent();
      if (directory == null) {
        throw new IllegalStateException("no directory above the tests' has .mvn");
      }
    }
    return directory;
  }
}
