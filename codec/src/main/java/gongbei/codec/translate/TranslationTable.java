package gongbei.codec.translate;

import gongbei.codec.code.CodeLimits;
import gongbei.codec.code.HealthCode;
import gongbei.codec.trust.SubjectSecret.DocumentType;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What one region's claims become in the other: data, checked when made so that no table can say
 * more than its source. A fault is an {@link IllegalArgumentException} that names the setting.
 * Immutable, for any thread.
 *
 * @param from the region whose codes are read, as in {@code GD}
 * @param to the region whose codes are made
 * @param version grows with every edit; each receipt names it
 * @param colours what green, yellow and red become, in this order: the same or worse, or {@link
 *     #NOT_TRANSLATED}
 * @param kinds the kinds of code that are translated, {@code KIND_} constants of {@link HealthCode}
 * @param freshWithinSeconds how old a code may be, from its {@code iat}
 * @param maxLifeSeconds the longest life of a translated code, which never outlives its source
 * @param testValidMinutes how old a negative test may be; an older one is left out
 * @param maxDoses the most vaccine doses that count
 * @param documents which documents of the two regions may be linked
 */
public record TranslationTable(
    String from,
    String to,
    int version,
    List<Integer> colours,
    Set<Integer> kinds,
    int freshWithinSeconds,
    int maxLifeSeconds,
    int testValidMinutes,
    int maxDoses,
    Set<DocumentPair> documents) {
  /** In {@link #colours}: a code of that colour is not translated. */
  public static final int NOT_TRANSLATED = -1;

  /** The greatest {@code freshWithinSeconds} and {@code maxLifeSeconds}: a day. */
  public static final int MAX_SECONDS = 86_400;

  /** The greatest {@code testValidMinutes}: 30 days. */
  public static final int MAX_TEST_VALID_MINUTES = 30 * 1_440;

  private static final int COLOURS = 3;

  /** A document of the region that a code is from, and one of the region that it becomes one of. */
  public record DocumentPair(DocumentType from, DocumentType to) {}

  public TranslationTable {
    requireRegion("from", from);
    requireRegion("to", to);
    if (from.equals(to)) {
      throw new IllegalArgumentException("to is " + to + ", which from is too");
    }
    requireRange("version", version, 1, Integer.MAX_VALUE);
    colours = List.copyOf(colours);
    if (colours.size() != COLOURS) {
      throw new IllegalArgumentException("colours are " + colours.size() + ", not " + COLOURS);
    }
    for (int colour = 0; colour < COLOURS; colour++) {
      final int becomes = colours.get(colour);
      if (becomes != NOT_TRANSLATED && (becomes < colour || becomes >= COLOURS)) {
        throw new IllegalArgumentException(
            "colours makes " + colour + " into " + becomes + ", which is greener or no colour");
      }
    }
    kinds = Set.copyOf(kinds);
    for (final int kind : kinds) {
      if (kind < HealthCode.KIND_PERSON
          || kind > HealthCode.KIND_TRANSLATED
          || kind == HealthCode.KIND_GROUP) {
        throw new IllegalArgumentException("kinds holds other than person, paper, translated");
      }
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
  public static String name(String from, String to) {
    return (from + "-to-" + to).toLowerCase(Locale.ROOT);
  }

  /** What a colour becomes, or {@link #NOT_TRANSLATED}. */
  public int colour(int source) {
    return colours.get(source);
  }

  private static void requireRegion(String setting, String region) {
    if (region == null || !region.matches("[A-Z]{2}")) {
      throw new IllegalArgumentException(setting + " is not two capital letters");
    }
  }

  private static void requireRange(String setting, int value, int least, int greatest) {
    if (value < least || value > greatest) {
      throw new IllegalArgumentException(
          setting + " is " + value + ", not from " + least + " to " + greatest);
    }
  }
}
