package gongbei.verifier.national;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.codec.certlogic.CertLogicLimits;
import gongbei.codec.certlogic.JsonValues;
import gongbei.verifier.limits.ClientLimits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The values that rules compare with, under the names of their sets, as in {@code
 * vaccines-covid-19-names}. Immutable, for any thread.
 *
 * @param byName the values of each set
 */
public record ValueSets(Map<String, List<String>> byName) {
  /** None. */
  public static final ValueSets NONE = new ValueSets(Map.of());

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

  public ValueSets {
    byName = Collections.unmodifiableMap(new TreeMap<>(byName));
  }

  /**
   * Reads value sets: of an object, each member an array of values, or the object that the EU
   * publishes, whose {@code valueSetValues} are an object of what each value means.
   *
   * @param source names them in a refusal
   */
  public static ValueSets read(String source, JsonNode json) throws NationalRuleException {
    if (!json.isObject() || json.size() > ClientLimits.MAX_VALUE_SETS) {
      throw new NationalRuleException(
          source,
          "valueSets",
          "is not an object of up to " + ClientLimits.MAX_VALUE_SETS + " sets");
    }
    final Map<String, List<String>> sets = new TreeMap<>();
    for (final Map.Entry<String, JsonNode> set : json.properties()) {
      if (!NAME.matcher(set.getKey()).matches()) {
        throw new NationalRuleException(
            source,
            "valueSets",
            "has a name that is not of lower-case letters, digits and hyphens");
      }
      sets.put(set.getKey(), values(source, "valueSets." + set.getKey(), set.getValue()));
    }
    return new ValueSets(sets);
  }

  private static List<String> values(String source, String field, JsonNode set)
      throws NationalRuleException {
    final List<String> values = new ArrayList<>();
    if (set.path("valueSetValues").isObject()) {
      set.path("valueSetValues").fieldNames().forEachRemaining(values::add);
    } else if (set.isArray()) {
      for (final JsonNode value : set) {
        if (!value.isTextual()) {
          throw new NationalRuleException(source, field, "holds other than texts");
        }
        values.add(value.textValue());
      }
    } else {
      throw new NationalRuleException(source, field, "is neither an array nor has valueSetValues");
    }
    if (values.size() > ClientLimits.MAX_VALUES_A_SET
        || values.stream().anyMatch(value -> value.length() > CertLogicLimits.MAX_TEXT_BYTES / 3)) {
      throw new NationalRuleException(
          source,
          field,
          "is of more than " + ClientLimits.MAX_VALUES_A_SET + " values, or has one too long");
    }
    return List.copyOf(values);
  }

  /** The sets by the paths on which rules find them, in CBOR. */
  Map<List<String>, byte[]> named() {
    final Map<List<String>, byte[]> named = new HashMap<>();
    byName.forEach(
        (name, values) -> {
          final ArrayNode array = JsonNodeFactory.instance.arrayNode();
          values.forEach(array::add);
          named.put(List.of("external", "valueSets", name), JsonValues.toCbor(array));
        });
    return named;
  }
}
