package gongbei.verifier.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ListFileEditorTest {
  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("list");
  }

  private ListFileEditor<String> editor() {
    return new ListFileEditor<>(file, "# words", "rw-r-----", word -> word);
  }

  private boolean add(String word) throws Exception {
    return editor()
        .change(
            () -> lines(file).filter(line -> !line.startsWith("#")).toList(),
            before -> {
              final Set<String> after = new TreeSet<>(before);
              after.add(word);
              return new ArrayList<>(after);
            });
  }

  private static Stream<String> lines(Path file) throws ConfigException {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new ConfigException(e.getMessage());
    }
  }

  private String rights() throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void aFileThatIsMissingIsMadeWithItsHeadingAndRights() throws Exception {
    assertThrows(ConfigException.class, () -> editor().requireThere());
    assertTrue(add("b"));
    editor().requireThere();
    assertEquals(List.of("# words", "b"), Files.readAllLines(file));
    assertEquals("rw-r-----", rights());
  }

  @Test
  void aFileThatIsThereKeepsItsRightsAndWhatIsWrittenBesideItIsGone() throws Exception {
    assertTrue(add("b"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertTrue(add("a"));
    assertEquals(List.of("# words", "a", "b"), Files.readAllLines(file));
    assertEquals("rw-------", rights());
    try (Stream<Path> all = Files.list(directory)) {
      assertEquals(
          Set.of("list", "list.lock"),
          Set.copyOf(all.map(each -> each.getFileName().toString()).toList()));
    }
  }

  @Test
  void aChangeThatChangesNothingWritesNothing() throws Exception {
    assertTrue(add("b"));
    final Object before = Files.readAttributes(file, "unix:ino").get("ino");
    assertFalse(add("b"));
    assertEquals(before, Files.readAttributes(file, "unix:ino").get("ino"));
  }

  @Test
  void aDirectoryThatIsMissingIsNamed() {
    file = directory.resolve("nowhere/list");
    final ConfigException fault = assertThrows(ConfigException.class, () -> add("b"));
    assertEquals(file + " can't be written: its directory is missing", fault.getMessage());
  }
}
