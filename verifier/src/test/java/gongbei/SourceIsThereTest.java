package gongbei;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.importer.Location;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SourceIsThereTest {
  @TempDir private Path directory;

  private boolean isIncluded(String compiled) throws Exception {
    final Path file = directory.resolve(compiled);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "");
    return new SourceIsThere().includes(Location.of(file));
  }

  private void source(String name) throws Exception {
    final Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "");
  }

  @Test
  void classesOfSourcesThatAreThereCountAndOthersDoNot() throws Exception {
    source("src/main/java/a/Here.java");
    source("src/test/java/a/HereTest.java");
    source("target/generated-sources/sbe/a/Generated.java");
    assertEquals(true, isIncluded("target/classes/a/Here.class"));
    assertEquals(true, isIncluded("target/classes/a/Here$Inner$1.class"));
    assertEquals(true, isIncluded("target/classes/a/Generated.class"));
    assertEquals(true, isIncluded("target/test-classes/a/HereTest.class"));
    assertEquals(false, isIncluded("target/classes/a/Gone.class"));
    assertEquals(false, isIncluded("target/classes/b/Here.class"), "it has moved");
    assertEquals(false, isIncluded("target/test-classes/a/GoneTest$Inner.class"));
  }

  @Test
  void whatIsNotOfABuildOfMavensCounts() throws Exception {
    assertEquals(true, isIncluded("elsewhere/a/Gone.class"));
    assertEquals(
        true,
        new SourceIsThere()
            .includes(Location.of(java.net.URI.create("jar:file:///a.jar!/A.class"))));
  }
}
