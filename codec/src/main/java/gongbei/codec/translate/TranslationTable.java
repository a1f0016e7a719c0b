package gongbei.codec.translate;

import gongbei.codec.code.CodeLimits;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.DocumentType;
import gongbei.codec.model.Region;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What one region's claims become in the other: data, checked when made so that no table can say
 * more than its source. A fault is an {@link IllegalArgumentException} that names the setting.
 * Immutable, for any thread.
 *
 * @param from the region whose codes are read, as in {@code GD}
 * @param to the region whose codes are made
 * @param version grows with every edit; each receipt names it
 * @param colours what each colour becomes: the same or a worse one; a code of a colour that has no
 *     entry is not translated
 * @param kinds the kinds of code that are translated, all but groups and reserve codes
 * @param freshWithinSeconds how old a code may be, from its {@code iat}
 * @param maxLifeSeconds the longest life of a translated code, which never outlives its source
 * @param testValidMinutes how old a negative test may be; an older one is left out
 * @param maxDoses the most vaccine doses that count
 * @param documents which documents of the two regions may be linked
 */
public record TranslationTable(
    Region from,
    Region to,
    int version,
    Map<Colour, Colour> colours,
    Set<CodeKind> kinds,
    int freshWithinSeconds,
    int maxLifeSeconds,
    int testValidMinutes,
    int maxDoses,
    Set<DocumentPair> documents) {
  /** The greatest {@code freshWithinSeconds} and {@code maxLifeSeconds}: a day. */
  public static final int MAX_SECONDS = 86_400;

  /** The greatest {@code testValidMinutes}: 30 days. */
  public static final int MAX_TEST_VALID_MINUTES = 30 * 1_440;

  /** A document of the region that a code is from, and one of the region that it becomes one of. */
  public record DocumentPair(DocumentType from, DocumentType to) {}

  public TranslationTable {
    if (from == to) {
      throw new IllegalArgumentException("to is " + to + ", which from is too");
    }
    requireRange("version", version, 1, Integer.MAX_VALUE);
    colours = Map.copyOf(colours);
    colours.forEach(
        (colour, becomes) -> {
          if (becomes.compareTo(colour) < 0) {
            throw new IllegalArgumentException(
                "colours makes "
                    + colour.number()
                    + " into "
                    + becomes.number()
                    + ", which is greener or no colour");
          }
        });
    kinds = Set.copyOf(kinds);
    if (kinds.contains(CodeKind.GROUP)
        || kinds.contains(CodeKind.RESERVE)
        || kinds.contains(CodeKind.VENUE)) {
      throw new IllegalArgumentException("kinds holds other than person, paper, translated");
    }
    requireRange("freshWithinSeconds", freshWithinSeconds, 1, MAX_SECONDS);
    requireRange("maxLifeSeconds", maxLifeSeconds, 1, MAX_SECONDS);
    requireRange("testValidMinutes", testValidMinutes, 0, MAX_TEST_VALID_MINUTES);
    requireRange("maxDoses", maxDoses, 0, CodeLimits.MAX_DOSES);
    documents = Set.copyOf(documents);
  }

  /** Names the table and its version, as in {@code gd-to-mo@1}. */
  public String label() {
    return name(from, to) + "@" + version;
  }

  /** The name of the table of a direction, as in {@code gd-to-mo}. */
  public static String name(Region from, Region to) {
    return (from.wireName() + "-to-" + to.wireName()).toLowerCase(Locale.ROOT);
  }

  /** What a colour becomes, or null where a code of it is not translated. */
  public Colour colour(Colour source) {
    return colours.get(source);
  }

  private static void requireRange(String setting, int value, int least, int greatest) {
    if (value < least || value > greatest) {
      throw new IllegalArgumentException(
          setting + " is " + value + ", not from " + least + " to " + greatest);
    }
  }
}
