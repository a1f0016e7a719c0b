package gongbei.verifier.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.Colour;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TranslationTablesTest {
  @TempDir private Path directory;

  private static String shipped() throws Exception {
    try (InputStream yaml =
        TranslationTablesTest.class.getResourceAsStream("/gongbei/translations/gd-to-mo.yaml")) {
      return new String(yaml.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void assertFault(String fault, String before, String after) throws Exception {
    final String yaml = shipped();
    assertTrue(yaml.contains(before), before);
    final String message =
        assertThrows(
                TableException.class,
                () ->
                    TranslationTables.read(
                        "t.yaml",
                        yaml.replace(before, after).getBytes(StandardCharsets.UTF_8),
                        CodeFormat.MO1))
            .getMessage();
    assertTrue(message.contains(fault), message);
  }

  @Test
  void theTablesThatAreShippedAreTheFirst() throws Exception {
    assertEquals("gd-to-mo@1", TranslationTables.shipped(CodeFormat.MO1).current().label());
    assertEquals("mo-to-gd@1", TranslationTables.shipped(CodeFormat.GD1).current().label());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "colours makes 2 into 0 | red: red | red: green",
        "colours makes red into no colour | red: red | red: pink",
        "colours names other | red: red | red: red, pink: red",
        "kinds holds other | kinds: [person, | kinds: [group,",
        "version is | version: 1 | version: 0",
        "freshWithinSeconds is not | freshWithinSeconds: 300 | freshWithinSeconds: x",
        "maxLifeSeconds is | maxLifeSeconds: 3600 | maxLifeSeconds: 0",
        "documents names 'id' | from: mainland-id | from: id",
        "documents holds other | {from: mainland-id, to: macau-bir} | {from: passport}",
        "to is GD | to: MO | to: GD",
        "to is neither GD nor MO | to: MO | to: HK",
        "speed is not a setting | maxDoses: 99 | 'maxDoses: 99\nspeed: 1'",
        "is not YAML | colours: { | colours: {{{"
      })
  void aTableThatMayNotBeIsRefusedByItsSetting(String fault, String before, String after)
      throws Exception {
    assertFault(fault, before, after);
  }

  @Test
  void aFileThatChangesMustRaiseItsVersionAndIsTakenAsAWhole() throws Exception {
    final Path file = directory.resolve("gd-to-mo.yaml");
    Files.writeString(file, shipped());
    final TranslationTables tables = TranslationTables.ofDirectory(directory, CodeFormat.MO1);
    assertFalse(tables.reloadIfChanged());
    Files.writeString(file, shipped().replace("green: green", "green: yellow"));
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
    assertThrows(TableException.class, tables::reloadIfChanged);
    assertEquals(Colour.GREEN, tables.current().colour(Colour.GREEN));
    Files.writeString(
        file,
        shipped().replace("green: green", "green: yellow").replace("version: 1", "version: 2"));
    Files.setLastModifiedTime(file, FileTime.fromMillis(2_000));
    assertTrue(tables.reloadIfChanged());
    assertEquals(Colour.YELLOW, tables.current().colour(Colour.GREEN));
    assertEquals("gd-to-mo@2", tables.current().label());
    assertThrows(
        TableException.class, () -> TranslationTables.ofDirectory(directory, CodeFormat.GD1));
  }
}
