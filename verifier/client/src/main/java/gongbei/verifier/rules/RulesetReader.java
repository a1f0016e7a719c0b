package gongbei.verifier.rules;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import gongbei.codec.code.TestKind;
import gongbei.codec.file.YamlFault;
import gongbei.codec.trust.FileFault;
import gongbei.verifier.limits.ClientLimits;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads one ruleset from YAML, strictly: a key that is not known is a fault, not a comment. */
public final class RulesetReader {
  /** Every setting that a ruleset may have. */
  public static final Set<String> KEYS =
      Set.of(
          "name",
          "version",
          "allowedColours",
          "testWithinHours",
          "testKinds",
          "testWaivedFromDoses",
          "foreignCodes",
          "staleAfterSeconds",
          "whenStale",
          "replays",
          "foreignRules",
          "holderNames",
          "whenRevocationsExpire");

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");
  private static final Pattern COUNTRY = Pattern.compile("[A-Z]{2}(-[A-Z0-9]{1,16})?");
  private static final int DEFAULT_STALE_AFTER_SECONDS = 60;
  private static final ObjectReader YAML =
      new YAMLMapper(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .reader();

  private final String source;
  private final JsonNode root;

  private RulesetReader(String source, JsonNode root) {
    this.source = source;
    this.root = root;
  }

  /**
   * Reads a ruleset.
   *
   * @param source names the file in messages
   */
  public static Ruleset read(String source, InputStream yaml) throws RulesetException {
    final JsonNode root;
    try {
      final byte[] bytes = yaml.readNBytes(ClientLimits.MAX_RULESET_BYTES + 1);
      if (bytes.length > ClientLimits.MAX_RULESET_BYTES) {
        throw new RulesetException(source + " is longer than " + ClientLimits.MAX_RULESET_BYTES);
      }
      root = YAML.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new RulesetException(source + " is not YAML: " + YamlFault.inOneLine(e));
    } catch (IOException e) {
      throw new RulesetException(source + " " + FileFault.reasonOf(e));
    }
    if (root == null || !root.isObject()) {
      throw new RulesetException(source + " is not a map of settings");
    }
    return new RulesetReader(source, root).ruleset();
  }

  private Ruleset ruleset() throws RulesetException {
    for (final Map.Entry<String, JsonNode> entry : root.properties()) {
      if (!KEYS.contains(entry.getKey())) {
        throw fault(entry.getKey(), "is not a setting of a ruleset");
      }
    }
    return new Ruleset(
        name(),
        number("version", 1, Integer.MAX_VALUE, null),
        yellowAllowed(),
        number("testWithinHours", 0, ClientLimits.MAX_TEST_WITHIN_HOURS, 0),
        testKinds(),
        number("testWaivedFromDoses", 0, 99, 0),
        choice("foreignCodes", Ruleset.ForeignCodes.class, Ruleset.ForeignCodes.HOLD),
        1000L
            * number(
                "staleAfterSeconds",
                1,
                ClientLimits.MAX_STALE_AFTER_SECONDS,
                DEFAULT_STALE_AFTER_SECONDS),
        choice("whenStale", Ruleset.WhenStale.class, Ruleset.WhenStale.ANSWER),
        choice("replays", Ruleset.Replays.class, Ruleset.Replays.IGNORE),
        foreignRules(),
        choice("holderNames", Ruleset.HolderNames.class, Ruleset.HolderNames.SHOW),
        choice("whenRevocationsExpire", Ruleset.WhenStale.class, Ruleset.WhenStale.HOLD));
  }

  private String name() throws RulesetException {
    final JsonNode node = root.path("name");
    if (!node.isTextual() || !NAME.matcher(node.textValue()).matches()) {
      throw fault("name", "is not 1 to 32 lower-case letters, digits and hyphens");
    }
    return node.textValue();
  }

  private boolean yellowAllowed() throws RulesetException {
    final JsonNode node = root.path("allowedColours");
    boolean green = false;
    boolean yellow = false;
    for (final JsonNode colour : node) {
      switch (colour.asText()) {
        case "green" -> green = true;
        case "yellow" -> yellow = true;
        default -> throw fault("allowedColours", "may hold green and yellow, nothing else");
      }
    }
    if (!node.isArray() || !green) {
      throw fault("allowedColours", "is not a list that holds green");
    }
    return yellow;
  }

  private Set<TestKind> testKinds() throws RulesetException {
    final JsonNode node = root.path("testKinds");
    if (node.isMissingNode()) {
      return Ruleset.DEFAULT_TEST_KINDS;
    }
    final Set<TestKind> kinds = EnumSet.noneOf(TestKind.class);
    for (final JsonNode each : node) {
      kinds.add(testKind(each));
    }
    if (!node.isArray() || kinds.isEmpty()) {
      throw fault("testKinds", "is not a list of naat, rat or both");
    }
    return kinds;
  }

  private TestKind testKind(JsonNode name) throws RulesetException {
    for (final TestKind kind : TestKind.values()) {
      if (kind.wireName().equals(name.textValue())) {
        return kind;
      }
    }
    throw fault("testKinds", "may hold naat and rat, nothing else");
  }

  private List<String> foreignRules() throws RulesetException {
    final JsonNode node = root.path("foreignRules");
    if (node.isMissingNode()) {
      return List.of();
    }
    final List<String> countries = new ArrayList<>();
    for (final JsonNode each : node) {
      if (!each.isTextual()
          || !COUNTRY.matcher(each.textValue()).matches()
          || countries.contains(each.textValue())) {
        throw fault("foreignRules", "may hold countries, as in FR or DE-BY, each once");
      }
      countries.add(each.textValue());
    }
    if (!node.isArray() || countries.size() > ClientLimits.MAX_FOREIGN_RULES) {
      throw fault(
          "foreignRules",
          "is not a list of up to " + ClientLimits.MAX_FOREIGN_RULES + " countries");
    }
    return countries;
  }

  private int number(String key, int least, int greatest, Integer preset) throws RulesetException {
    final JsonNode node = root.path(key);
    if (node.isMissingNode() && preset != null) {
      return preset;
    }
    if (!node.canConvertToInt()
        || !node.isIntegralNumber()
        || node.intValue() < least
        || node.intValue() > greatest) {
      throw fault(key, "is not a whole number from " + least + " to " + greatest);
    }
    return node.intValue();
  }

  private <E extends Enum<E>> E choice(String key, Class<E> type, E preset)
      throws RulesetException {
    final JsonNode node = root.path(key);
    if (node.isMissingNode()) {
      return preset;
    }
    for (final E constant : type.getEnumConstants()) {
      if (constant.name().toLowerCase(Locale.ROOT).equals(node.asText())) {
        return constant;
      }
    }
    throw fault(key, "is not one of its choices");
  }

  private RulesetException fault(String key, String reason) {
    return new RulesetException(source, key, reason);
  }
}
