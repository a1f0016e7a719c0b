package gongbei;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Leaves out what an earlier build compiled of sources that are gone or have moved since: Maven
 * keeps such classes until the next {@code clean}, and rules of today would be broken by them.
 */
public final class SourceIsThere implements ImportOption {
  private static final Pattern COMPILED =
      Pattern.compile("(.*/)target/(?:test-)?classes/([^$]*?)(?:\\$.*)?\\.class");

  private static final List<String> PLACES =
      List.of(
          "src/main/java",
          "src/test/java",
          "src/testing/java",
          "src/testing-properties/java",
          "target/generated-sources/sbe",
          "target/generated-sources/annotations");

  @Override
  public boolean includes(Location location) {
    final String path = location.asURI().getPath();
    final Matcher compiled = COMPILED.matcher(path == null ? "" : path);
    return !compiled.matches()
        || PLACES.stream()
            .map(place -> Path.of(compiled.group(1), place, compiled.group(2) + ".java"))
            .anyMatch(Files::exists);
  }
}
