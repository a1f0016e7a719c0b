package gongbei.verifier.translate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.file.FileContent;
import gongbei.codec.file.FollowedFiles;
import gongbei.codec.file.Reloadable;
import gongbei.codec.file.YamlFault;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.DocumentType;
import gongbei.codec.model.Region;
import gongbei.codec.translate.TranslationTable;
import gongbei.codec.translate.TranslationTable.DocumentPair;
import gongbei.codec.trust.FileFault;
import gongbei.verifier.config.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Holds the table by which codes of the other region become codes of this one, and reads it anew
 * when its file changes: as a whole or not at all. {@link #current} is for any thread; reading anew
 * is for one.
 */
public final class TranslationTables {
  private static final Set<String> KEYS =
      Set.of(
          "from",
          "to",
          "version",
          "colours",
          "kinds",
          "freshWithinSeconds",
          "maxLifeSeconds",
          "testValidHours",
          "maxDoses",
          "documents");
  private static final int MINUTES_PER_HOUR = 60;
  private static final ObjectReader YAML =
      new YAMLMapper(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .reader();

  private final Reloadable<TranslationTable, TableException> reloadable;

  private TranslationTables(Reloadable<TranslationTable, TableException> reloadable) {
    this.reloadable = reloadable;
  }

  /** The table that Gongbei ships for the codes that a region makes, which never changes. */
  public static TranslationTables shipped(CodeFormat target) {
    final String resource = "/gongbei/translations/" + name(target) + ".yaml";
    try (InputStream yaml = TranslationTables.class.getResourceAsStream(resource)) {
      return new TranslationTables(Reloadable.fixed(read(resource, yaml.readAllBytes(), target)));
    } catch (IOException | TableException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The table of a directory for the codes that a region makes, as in {@code gd-to-mo.yaml}. */
  public static TranslationTables ofDirectory(Path directory, CodeFormat target)
      throws TableException {
    final Path file = directory.resolve(name(target) + ".yaml");
    final TranslationTables tables =
        new TranslationTables(
            Reloadable.of(
                FollowedFiles.of(List.of(file), Limits.MAX_TRANSLATION_TABLE_BYTES),
                (files, before) -> read(files.get(0), target, before),
                fault -> new TableException(file + " " + FileFault.reasonOf(fault)),
                null));
    tables.reloadIfChanged();
    return tables;
  }

  private static TranslationTable read(
      FileContent content, CodeFormat target, TranslationTable before) throws TableException {
    final Path file = content.path();
    try {
      final TranslationTable read = read(file.toString(), content.orThrow(), target);
      if (before != null && !before.equals(read) && before.version() >= read.version()) {
        throw new TableException(
            file + ": version must be over " + before.version() + ", for the table has changed");
      }
      return read;
    } catch (IOException e) {
      throw new TableException(file + " " + FileFault.reasonOf(e));
    }
  }

  private static String name(CodeFormat target) {
    return TranslationTable.name(
        source(target).region().orElseThrow(), target.region().orElseThrow());
  }

  private static CodeFormat source(CodeFormat target) {
    return target == CodeFormat.GD1 ? CodeFormat.MO1 : CodeFormat.GD1;
  }

  /** The table in force. */
  public TranslationTable current() {
    return reloadable.current();
  }

  /**
   * Reads the file again if it has changed.
   *
   * @return whether another table is in force
   * @throws TableException when it can't be used; the one before stays in force
   */
  public boolean reloadIfChanged() throws TableException {
    return reloadable.reloadIfChanged();
  }

  /**
   * Reads a table.
   *
   * @param source names the file in messages
   * @param target whose codes it must make
   */
  public static TranslationTable read(String source, byte[] yaml, CodeFormat target)
      throws TableException {
    if (yaml.length > Limits.MAX_TRANSLATION_TABLE_BYTES) {
      throw new TableException(
          source + " is longer than " + Limits.MAX_TRANSLATION_TABLE_BYTES + " bytes");
    }
    try {
      final JsonNode root = YAML.readTree(yaml);
      if (root == null || !root.isObject()) {
        throw new TableException(source + " is not a map of settings");
      }
      final TranslationTable table = table(root);
      if (!table.label().startsWith(name(target) + "@")) {
        throw new IllegalArgumentException("to is " + table.to() + ", not " + target.issuer());
      }
      return table;
    } catch (JsonProcessingException e) {
      throw new TableException(source + " is not YAML: " + YamlFault.inOneLine(e));
    } catch (IOException e) {
      throw new TableException(source + " " + FileFault.reasonOf(e));
    } catch (IllegalArgumentException e) {
      throw new TableException(source + ": " + e.getMessage());
    }
  }

  private static TranslationTable table(JsonNode root) {
    for (final Map.Entry<String, JsonNode> entry : root.properties()) {
      if (!KEYS.contains(entry.getKey())) {
        throw new IllegalArgumentException(entry.getKey() + " is not a setting of a table");
      }
    }
    return new TranslationTable(
        region(root, "from"),
        region(root, "to"),
        number(root, "version", Integer.MAX_VALUE),
        colours(root.path("colours")),
        kinds(root.path("kinds")),
        number(root, "freshWithinSeconds", TranslationTable.MAX_SECONDS),
        number(root, "maxLifeSeconds", TranslationTable.MAX_SECONDS),
        MINUTES_PER_HOUR
            * number(
                root, "testValidHours", TranslationTable.MAX_TEST_VALID_MINUTES / MINUTES_PER_HOUR),
        number(root, "maxDoses", Integer.MAX_VALUE),
        documents(root.path("documents")));
  }

  private static Region region(JsonNode root, String key) {
    return Region.ofWireName(root.path(key).asText())
        .orElseThrow(() -> new IllegalArgumentException(key + " is neither GD nor MO"));
  }

  private static int number(JsonNode root, String key, int greatest) {
    final JsonNode node = root.path(key);
    if (!node.isIntegralNumber()
        || !node.canConvertToInt()
        || node.intValue() < 0
        || node.intValue() > greatest) {
      throw new IllegalArgumentException(key + " is not a whole number from 0 to " + greatest);
    }
    return node.intValue();
  }

  private static Map<Colour, Colour> colours(JsonNode node) {
    if (!node.isObject()) {
      throw new IllegalArgumentException("colours is not a map from colour to colour");
    }
    final Map<Colour, Colour> colours = new EnumMap<>(Colour.class);
    for (final Colour colour : Colour.values()) {
      final JsonNode becomes = node.path(colour.wireName());
      if (!becomes.isMissingNode()) {
        colours.put(
            colour,
            Colour.ofWireName(becomes.asText())
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            "colours makes " + colour.wireName() + " into no colour")));
      }
    }
    for (final Map.Entry<String, JsonNode> entry : node.properties()) {
      if (Colour.ofWireName(entry.getKey()).isEmpty()) {
        throw new IllegalArgumentException("colours names other than green, yellow, red");
      }
    }
    return colours;
  }

  private static Set<CodeKind> kinds(JsonNode node) {
    if (!node.isArray()) {
      throw new IllegalArgumentException("kinds is not a list");
    }
    final Set<CodeKind> kinds = EnumSet.noneOf(CodeKind.class);
    for (final JsonNode kind : node) {
      kinds.add(
          CodeKind.ofWireName(kind.asText())
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "kinds holds other than person, paper, translated")));
    }
    return kinds;
  }

  private static Set<DocumentPair> documents(JsonNode node) {
    if (!node.isArray()) {
      throw new IllegalArgumentException("documents is not a list");
    }
    final Set<DocumentPair> pairs = new HashSet<>();
    for (final JsonNode pair : node) {
      if (!pair.isObject() || pair.size() != 2) {
        throw new IllegalArgumentException("documents holds other than pairs of from and to");
      }
      pairs.add(
          new DocumentPair(
              document(pair.path("from").asText()), document(pair.path("to").asText())));
    }
    return pairs;
  }

  private static DocumentType document(String name) {
    for (final DocumentType type : DocumentType.values()) {
      if (type.wireName().equals(name)) {
        return type;
      }
    }
    throw new IllegalArgumentException("documents names '" + name + "', which is no document");
  }
}
