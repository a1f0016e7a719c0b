package gongbei.codec.translate;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeLimits;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

final class TranslationTableTest {
  private static final int NONE = TranslationTable.NOT_TRANSLATED;

  private static Executable table(int version, int fresh, int life, int valid, int doses) {
    return () ->
        new TranslationTable(
            "GD", "MO", version, List.of(0, 1, 2), Set.of(0), fresh, life, valid, doses, Set.of());
  }

  private static Executable table(
      String from, String to, List<Integer> colours, Set<Integer> kinds) {
    return () -> new TranslationTable(from, to, 1, colours, kinds, 1, 1, 0, 0, Set.of());
  }

  private static void assertRefused(String setting, Executable making) {
    final String message =
        assertThrows(IllegalArgumentException.class, making, setting).getMessage();
    assertTrue(message.startsWith(setting + " "), message);
  }

  @Test
  void everySettingIsTakenUpToItsBoundsAndNamedBeyond() {
    final int day = TranslationTable.MAX_SECONDS;
    final int month = TranslationTable.MAX_TEST_VALID_MINUTES;
    assertEquals(86_400, day);
    assertEquals(43_200, month);
    assertDoesNotThrow(table(1, 1, 1, 0, 0));
    assertDoesNotThrow(table(Integer.MAX_VALUE, day, day, month, CodeLimits.MAX_DOSES));
    assertRefused("version", table(0, 1, 1, 0, 0));
    assertRefused("freshWithinSeconds", table(1, 0, 1, 0, 0));
    assertRefused("freshWithinSeconds", table(1, day + 1, 1, 0, 0));
    assertRefused("maxLifeSeconds", table(1, 1, 0, 0, 0));
    assertRefused("maxLifeSeconds", table(1, 1, day + 1, 0, 0));
    assertRefused("testValidMinutes", table(1, 1, 1, -1, 0));
    assertRefused("testValidMinutes", table(1, 1, 1, month + 1, 0));
    assertRefused("maxDoses", table(1, 1, 1, 0, -1));
    assertRefused("maxDoses", table(1, 1, 1, 0, CodeLimits.MAX_DOSES + 1));
  }

  @Test
  void noColourBecomesAGreenerOne() {
    for (int green = -2; green <= 3; green++) {
      for (int yellow = -2; yellow <= 3; yellow++) {
        for (int red = -2; red <= 3; red++) {
          final Executable making = table("GD", "MO", List.of(green, yellow, red), Set.of(0));
          if (isNoGreener(green, 0) && isNoGreener(yellow, 1) && isNoGreener(red, 2)) {
            assertDoesNotThrow(making);
          } else {
            assertRefused("colours", making);
          }
        }
      }
    }
    assertRefused("colours", table("GD", "MO", List.of(0, 1), Set.of(0)));
    assertRefused("colours", table("GD", "MO", List.of(0, 1, 2, 2), Set.of(0)));
  }

  private static boolean isNoGreener(int becomes, int colour) {
    return becomes == NONE || (becomes >= colour && becomes <= 2);
  }

  @Test
  void peopleAndPaperAreTranslatedAndGroupsAreNot() {
    assertDoesNotThrow(table("GD", "MO", List.of(0, 1, 2), Set.of(0, 2, 3)));
    for (final int kind : List.of(-1, 1, 4)) {
      assertRefused("kinds", table("GD", "MO", List.of(0, 1, 2), Set.of(0, kind)));
    }
  }

  @Test
  void aTableIsOfTwoRegionsAndNamedByThem() {
    assertRefused("from", table("gd", "MO", List.of(0, 1, 2), Set.of(0)));
    assertRefused("from", table(null, "MO", List.of(0, 1, 2), Set.of(0)));
    assertRefused("to", table("GD", "MAC", List.of(0, 1, 2), Set.of(0)));
    assertRefused("to", table("GD", "GD", List.of(0, 1, 2), Set.of(0)));
    final TranslationTable table =
        new TranslationTable("GD", "MO", 7, List.of(1, NONE, 2), Set.of(0), 1, 1, 0, 0, Set.of());
    assertEquals("gd-to-mo@7", table.label());
    assertEquals(1, table.colour(0));
    assertEquals(NONE, table.colour(1));
    assertEquals(2, table.colour(2));
  }
}
