package gongbei.codec.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TextFileTest {
  @TempDir private Path directory;

  @Test
  void theMarkBeforeTheTextIsNoPartOfIt() throws Exception {
    final Path file = directory.resolve("a.txt");
    Files.writeString(file, "\ufeffa\r\n\u7ca4\n\nb");
    assertEquals(List.of("a", "\u7ca4", "", "b"), TextFile.lines(file));
    Files.writeString(file, "a\ufeff");
    assertEquals("a\ufeff", TextFile.read(file), "elsewhere it is");
    Files.writeString(file, "");
    assertEquals("", TextFile.read(file));
  }

  @Test
  void whatIsNotUtf8IsAFault() throws Exception {
    final Path file = directory.resolve("a.txt");
    Files.write(file, "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    final CharacterCodingException fault =
        assertThrows(CharacterCodingException.class, () -> TextFile.read(file));
    assertEquals("holds bytes that are not text", FileFault.reasonOf(fault));
  }
}
