package gongbei.codec.trust;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.file.FollowedFiles;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Says by where a certificate lies which format its key may sign: the one place for that rule. A
 * directory of issuers has a directory for each format, named as the format is: {@code GD1}, {@code
 * MO1}, {@code HC1}. What lies beside them may sign {@code HC1} alone, which no region issues. What
 * a certificate says of itself can take from that, and add nothing.
 */
final class FormatFolders {
  private static final Set<String> NAMES =
      Arrays.stream(CodeFormat.values()).map(CodeFormat::name).collect(Collectors.toSet());

  private static final String JSON_ENDING = ".json";

  private FormatFolders() {}

  /** Follows the key files of a directory and of its formats' directories. */
  static FollowedFiles followed(Path directory) {
    return KeyFile.followed(directory).andFolders(NAMES);
  }

  /** Follows these and the trust lists and issuers' key sets beside them, which are JSON. */
  static FollowedFiles followedWithLists(Path directory) {
    final Set<String> endings = new HashSet<>(KeyFile.ENDINGS);
    endings.add(JSON_ENDING);
    return FollowedFiles.ofDirectory(directory, endings, KeyFile.MAX_FILES, TrustListFile.MAX_BYTES)
        .andFolders(NAMES);
  }

  /** Whether a file is JSON by its name. */
  static boolean isJson(Path file) {
    return file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(JSON_ENDING);
  }

  /** The format whose directory a file lies in, or null where it lies in none of them. */
  static CodeFormat of(Path directory, Path file) {
    for (final CodeFormat format : CodeFormat.values()) {
      if (under(directory, format).equals(file.getParent())) {
        return format;
      }
    }
    return null;
  }

  /** Where a key of a format belongs below a directory. */
  static Path under(Path directory, CodeFormat format) {
    return format == null ? directory : directory.resolve(format.name());
  }
}
