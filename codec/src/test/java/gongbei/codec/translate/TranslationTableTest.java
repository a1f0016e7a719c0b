package gongbei.codec.translate;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeLimits;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.Region;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

final class TranslationTableTest {
  private static final Set<CodeKind> PEOPLE = Set.of(CodeKind.PERSON);

  private static Executable table(int version, int fresh, int life, int valid, int doses) {
    return () ->
        new TranslationTable(
            Region.GUANGDONG,
            Region.MACAU,
            version,
            Regions.SAME_COLOURS,
            PEOPLE,
            fresh,
            life,
            valid,
            doses,
            Set.of());
  }

  private static Executable table(
      Region from, Region to, Map<Colour, Colour> colours, Set<CodeKind> kinds) {
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
    for (final Colour from : Colour.values()) {
      for (final Colour to : Colour.values()) {
        final Executable making = table(Region.GUANGDONG, Region.MACAU, Map.of(from, to), PEOPLE);
        if (to.number() >= from.number()) {
          assertDoesNotThrow(making);
        } else {
          assertRefused("colours", making);
        }
      }
    }
  }

  @Test
  void peopleAndPaperAreTranslatedAndGroupsReserveCodesAndVenuesAreNot() {
    for (final CodeKind kind : CodeKind.values()) {
      final Executable making =
          table(
              Region.GUANGDONG,
              Region.MACAU,
              Regions.SAME_COLOURS,
              EnumSet.of(CodeKind.PERSON, kind));
      if (EnumSet.of(CodeKind.GROUP, CodeKind.RESERVE, CodeKind.VENUE).contains(kind)) {
        assertRefused("kinds", making);
      } else {
        assertDoesNotThrow(making);
      }
    }
  }

  @Test
  void aTableIsOfTwoRegionsAndNamedByThem() {
    assertRefused("to", table(Region.GUANGDONG, Region.GUANGDONG, Regions.SAME_COLOURS, PEOPLE));
    final TranslationTable table =
        new TranslationTable(
            Region.GUANGDONG,
            Region.MACAU,
            7,
            Map.of(Colour.GREEN, Colour.YELLOW, Colour.RED, Colour.RED),
            PEOPLE,
            1,
            1,
            0,
            0,
            Set.of());
    assertEquals("gd-to-mo@7", table.label());
    assertEquals(Colour.YELLOW, table.colour(Colour.GREEN));
    assertNull(table.colour(Colour.YELLOW));
    assertEquals(Colour.RED, table.colour(Colour.RED));
  }
}
