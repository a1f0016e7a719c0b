package gongbei.verifier.ground;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import gongbei.codec.file.YamlFault;
import gongbei.codec.model.Colour;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.ground.Ground;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.ground.Signers;
import gongbei.verifier.config.Limits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads a table of grounds from YAML, of which JSON is a part, strictly: a key that is not known is
 * a fault, not a comment. What a field may hold is the table's own rule ({@link Ground}); that it
 * is there and of its type is checked here.
 */
public final class GroundTableReader {
  static final String REVISION = "revision";
  static final String GROUNDS = "grounds";
  static final String NAME = "name";
  static final String NUMBER = "number";
  static final String COLOURS = "colours";
  static final String LONGEST_MINUTES = "longestMinutes";
  static final String MISSING_UNTIL = "missingUntil";
  static final String HOURLY = "hourly";
  static final String DAILY = "daily";
  static final String FIRST_REGISTRATIONS = "firstRegistrations";
  static final String SIGNATURES = "signatures";
  static final String NEEDS = "needs";
  static final String AUTHORITIES = "authorities";

  /** Words of {@link #MISSING_UNTIL}. */
  static final String FILL = "fill";

  static final String REFUSE = "refuse";

  /** Words of {@link #FIRST_REGISTRATIONS}. */
  static final String COUNT = "count";

  static final String FREE = "free";

  /** What a table has. */
  public static final Set<String> KEYS = Set.of(REVISION, GROUNDS);

  private static final Set<String> GROUND_KEYS =
      Set.of(
          NAME,
          NUMBER,
          COLOURS,
          LONGEST_MINUTES,
          MISSING_UNTIL,
          HOURLY,
          DAILY,
          FIRST_REGISTRATIONS,
          SIGNATURES,
          NEEDS,
          AUTHORITIES);
  private static final Pattern KEY_ID = Pattern.compile("[0-9a-f]{16}");
  private static final String TABLES_OWN_LONGEST = "longest ";
  private static final ObjectReader YAML =
      new YAMLMapper(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .reader();

  private final JsonNode node;
  private final String prefix;

  private GroundTableReader(JsonNode node, String prefix) {
    this.node = node;
    this.prefix = prefix;
  }

  /** Reads a table from the text of a file. */
  public static GroundTable read(byte[] yaml) throws GroundTableException {
    return read(tree(yaml));
  }

  /** The text of a file as it stands there, before it is looked at. */
  public static JsonNode tree(byte[] yaml) throws GroundTableException {
    if (yaml.length > Limits.MAX_GROUND_TABLE_BYTES) {
      throw new GroundTableException(
          "", "is longer than " + Limits.MAX_GROUND_TABLE_BYTES + " bytes");
    }
    try {
      return YAML.readTree(yaml);
    } catch (JsonProcessingException e) {
      throw new GroundTableException("", "is not YAML: " + YamlFault.inOneLine(e));
    } catch (IOException e) {
      throw new GroundTableException("", "is not text");
    }
  }

  /** Reads a table from an object. */
  public static GroundTable read(JsonNode root) throws GroundTableException {
    if (root == null || !root.isObject()) {
      throw new GroundTableException("", "is not a map of " + REVISION + " and " + GROUNDS);
    }
    final GroundTableReader reader = new GroundTableReader(root, "");
    reader.requireKeys(KEYS, "a table of grounds");
    final long revision = reader.number(REVISION, Long.MAX_VALUE);
    final List<Ground> grounds = reader.grounds();
    final GroundTable table;
    try {
      table = GroundTable.of(revision, grounds);
    } catch (IllegalArgumentException e) {
      throw reader.ofTable(e, GROUNDS);
    }
    if (table.toBytes().length > DocumentCommand.MAX_CONTENT_BYTES) {
      throw reader.fault(GROUNDS, "take more than " + DocumentCommand.MAX_CONTENT_BYTES + " bytes");
    }
    return table;
  }

  private List<Ground> grounds() throws GroundTableException {
    final JsonNode list = node.path(GROUNDS);
    if (!list.isArray() || list.isEmpty()) {
      throw fault(GROUNDS, "is not a list of grounds");
    }
    final List<Ground> grounds = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      final String place = GROUNDS + "[" + i + "]";
      if (!list.get(i).isObject()) {
        throw new GroundTableException(place, "is not a map of settings");
      }
      grounds.add(new GroundTableReader(list.get(i), place + ".").ground());
    }
    return grounds;
  }

  private Ground ground() throws GroundTableException {
    requireKeys(GROUND_KEYS, "a ground");
    final String name = text(NAME);
    final int number = (int) number(NUMBER, Ground.MAX_NUMBER);
    final Set<Colour> colours = colours();
    final boolean isGreenAlone = colours.equals(EnumSet.of(Colour.GREEN));
    final int longest =
        isGreenAlone && !node.has(LONGEST_MINUTES)
            ? 0
            : (int) number(LONGEST_MINUTES, Ground.MAX_LONGEST_MINUTES);
    final boolean fills = !isGreenAlone && isFirst(MISSING_UNTIL, FILL, REFUSE);
    final int hourly = optional(HOURLY);
    final int daily = optional(DAILY);
    final boolean countsFirst =
        !node.has(FIRST_REGISTRATIONS) || isFirst(FIRST_REGISTRATIONS, COUNT, FREE);
    final boolean wantsSecond = node.has(SIGNATURES) && wantsSecond();
    final Ground.Evidence needs = needs();
    final List<Long> authorities = authorities();
    try {
      return new Ground(
          number,
          name,
          colours,
          new Ground.Term(longest, fills, needs),
          Signers.of(authorities, wantsSecond),
          new Ground.Ceiling(hourly, daily, countsFirst));
    } catch (IllegalArgumentException e) {
      throw ofTable(e, NAME);
    }
  }

  private Set<Colour> colours() throws GroundTableException {
    final Set<Colour> colours = EnumSet.noneOf(Colour.class);
    for (final JsonNode name : node.path(COLOURS)) {
      colours.add(
          Colour.ofWireName(name.asText())
              .orElseThrow(() -> fault(COLOURS, "holds other than green, yellow and red")));
    }
    if (!node.path(COLOURS).isArray() || colours.size() != node.path(COLOURS).size()) {
      throw fault(COLOURS, "is not a list of colours, each once");
    }
    return colours;
  }

  private List<Long> authorities() throws GroundTableException {
    if (!node.has(AUTHORITIES)) {
      return List.of();
    }
    if (!node.path(AUTHORITIES).isArray()) {
      throw fault(AUTHORITIES, "is not a list of key ids");
    }
    final List<Long> ids = new ArrayList<>();
    for (final JsonNode id : node.path(AUTHORITIES)) {
      if (!id.isTextual() || !KEY_ID.matcher(id.textValue()).matches()) {
        throw fault(
            AUTHORITIES,
            "holds other than key ids: 16 hexadecimal digits each, in quotation marks");
      }
      ids.add(Long.parseUnsignedLong(id.textValue(), 16));
    }
    return ids;
  }

  private Ground.Evidence needs() throws GroundTableException {
    return node.has(NEEDS)
        ? Ground.Evidence.ofWireName(text(NEEDS))
            .orElseThrow(() -> fault(NEEDS, "is neither nothing nor positive-test"))
        : Ground.Evidence.NOTHING;
  }

  private boolean wantsSecond() throws GroundTableException {
    final JsonNode count = node.path(SIGNATURES);
    if (!count.isInt() || count.intValue() < 1 || count.intValue() > 2) {
      throw fault(SIGNATURES, "is neither 1 nor 2");
    }
    return count.intValue() == 2;
  }

  private boolean isFirst(String key, String one, String other) throws GroundTableException {
    final String word = text(key);
    if (!word.equals(one) && !word.equals(other)) {
      throw fault(key, "is neither " + one + " nor " + other);
    }
    return word.equals(one);
  }

  private int optional(String key) throws GroundTableException {
    return node.has(key) ? (int) number(key, Ground.MAX_CEILING) : 0;
  }

  private long number(String key, long greatest) throws GroundTableException {
    final JsonNode number = require(key);
    if (!number.isIntegralNumber()
        || !number.canConvertToLong()
        || number.longValue() < 0
        || number.longValue() > greatest) {
      throw fault(key, "is not a whole number from 0 to " + greatest);
    }
    return number.longValue();
  }

  private String text(String key) throws GroundTableException {
    final JsonNode text = require(key);
    if (!text.isTextual()) {
      throw fault(key, "is not text");
    }
    return text.textValue();
  }

  private JsonNode require(String key) throws GroundTableException {
    if (!node.has(key)) {
      throw fault(key, "is missing");
    }
    return node.path(key);
  }

  private void requireKeys(Set<String> known, String what) throws GroundTableException {
    for (final Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!known.contains(entry.getKey())) {
        throw fault(entry.getKey(), "is not a setting of " + what);
      }
    }
  }

  private GroundTableException fault(String key, String reason) {
    return new GroundTableException(prefix + key, reason);
  }

  /** A fault that the table itself has found; its message opens with the field, mostly. */
  private GroundTableException ofTable(IllegalArgumentException e, String otherwise) {
    final String message =
        e.getMessage().startsWith(TABLES_OWN_LONGEST)
            ? LONGEST_MINUTES + " " + e.getMessage().substring(TABLES_OWN_LONGEST.length())
            : e.getMessage();
    final int space = message.indexOf(' ');
    final String key = message.substring(0, Math.max(space, 0));
    return KEYS.contains(key) || GROUND_KEYS.contains(key)
        ? fault(key, message.substring(space + 1))
        : fault(otherwise, "of " + message);
  }
}
