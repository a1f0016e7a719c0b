package gongbei.verifier.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Holds JSON against the schemas of an OpenAPI 3.1 document: as much of them as ours uses. */
final class JsonSchemaCheck {
  private static final Set<String> KNOWN =
      Set.of(
          "$ref",
          "type",
          "enum",
          "const",
          "oneOf",
          "required",
          "properties",
          "additionalProperties",
          "items",
          "contains",
          "maxItems",
          "minItems",
          "uniqueItems",
          "minimum",
          "maximum",
          "maxLength",
          "pattern",
          "format",
          "default",
          "description",
          "examples");

  private final JsonNode document;

  JsonSchemaCheck(JsonNode document) {
    this.document = document;
  }

  /** What a reference leads to, or the node itself. */
  JsonNode resolve(JsonNode node) {
    if (!node.has("$ref")) {
      return node;
    }
    final JsonNode target = document.at(node.get("$ref").textValue().substring(1));
    if (target.isMissingNode()) {
      throw new IllegalStateException(node + " leads nowhere");
    }
    return resolve(target);
  }

  /** The faults of a value, each with its place; none where it is as the schema says. */
  List<String> faults(JsonNode schema, JsonNode value) {
    final List<String> faults = new ArrayList<>();
    check(schema, value, "$", faults);
    return faults;
  }

  private void check(JsonNode reference, JsonNode value, String at, List<String> faults) {
    final JsonNode schema = resolve(reference);
    schema
        .fieldNames()
        .forEachRemaining(
            keyword -> {
              if (!KNOWN.contains(keyword)) {
                throw new IllegalStateException("unknown keyword " + keyword + " at " + at);
              }
            });
    if (schema.has("type") && !isOfType(schema.get("type").textValue(), value)) {
      faults.add(at + " is not of type " + schema.get("type").textValue());
      return;
    }
    if (schema.has("const") && !schema.get("const").equals(value)) {
      faults.add(at + " is not " + schema.get("const"));
    }
    if (schema.has("enum") && !contains(schema.get("enum"), value)) {
      faults.add(at + " is " + value + ", none of " + schema.get("enum"));
    }
    if (schema.has("oneOf")) {
      int fitting = 0;
      for (final JsonNode each : schema.get("oneOf")) {
        fitting += faults(each, value).isEmpty() ? 1 : 0;
      }
      if (fitting != 1) {
        faults.add(at + " fits " + fitting + " of oneOf");
      }
    }
    if (value.isObject()) {
      checkObject(schema, value, at, faults);
    } else if (value.isArray()) {
      checkArray(schema, value, at, faults);
    } else if (value.isTextual()) {
      checkText(schema, value.textValue(), at, faults);
    } else if (value.isNumber()) {
      checkNumber(schema, value, at, faults);
    }
  }

  private static boolean isOfType(String type, JsonNode value) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "integer" -> value.isIntegralNumber();
      case "boolean" -> value.isBoolean();
      default -> throw new IllegalStateException(type);
    };
  }

  private static boolean contains(JsonNode array, JsonNode value) {
    for (final JsonNode each : array) {
      if (each.equals(value)) {
        return true;
      }
    }
    return false;
  }

  private void checkObject(JsonNode schema, JsonNode value, String at, List<String> faults) {
    for (final JsonNode name : schema.path("required")) {
      if (!value.has(name.textValue())) {
        faults.add(at + "." + name.textValue() + " is missing");
      }
    }
    final JsonNode properties = schema.path("properties");
    for (final Map.Entry<String, JsonNode> each : value.properties()) {
      if (properties.has(each.getKey())) {
        check(properties.get(each.getKey()), each.getValue(), at + "." + each.getKey(), faults);
      } else if (!schema.path("additionalProperties").asBoolean(true)) {
        faults.add(at + "." + each.getKey() + " is not in the document");
      }
    }
  }

  private void checkArray(JsonNode schema, JsonNode value, String at, List<String> faults) {
    if (value.size() > schema.path("maxItems").asInt(Integer.MAX_VALUE)) {
      faults.add(at + " has too many items");
    }
    if (value.size() < schema.path("minItems").asInt(0)) {
      faults.add(at + " has too few items");
    }
    if (schema.path("uniqueItems").asBoolean() && Set.copyOf(list(value)).size() < value.size()) {
      faults.add(at + " has an item twice");
    }
    if (schema.has("contains")) {
      boolean isThere = false;
      for (final JsonNode each : value) {
        isThere |= faults(schema.get("contains"), each).isEmpty();
      }
      if (!isThere) {
        faults.add(at + " contains no " + schema.get("contains"));
      }
    }
    for (int i = 0; schema.has("items") && i < value.size(); i++) {
      check(schema.get("items"), value.get(i), at + "[" + i + "]", faults);
    }
  }

  private static List<JsonNode> list(JsonNode array) {
    final List<JsonNode> items = new ArrayList<>();
    array.forEach(items::add);
    return items;
  }

  private static void checkText(JsonNode schema, String value, String at, List<String> faults) {
    if (value.length() > schema.path("maxLength").asInt(Integer.MAX_VALUE)) {
      faults.add(at + " is too long");
    }
    if (schema.has("pattern")
        && !Pattern.compile(schema.get("pattern").textValue()).matcher(value).find()) {
      faults.add(at + " does not match " + schema.get("pattern"));
    }
    try {
      switch (schema.path("format").asText()) {
        case "date-time" -> OffsetDateTime.parse(value);
        case "date" -> LocalDate.parse(value);
        default -> {
          // Any text.
        }
      }
    } catch (DateTimeException e) {
      faults.add(at + " is no " + schema.path("format").asText());
    }
  }

  private static void checkNumber(JsonNode schema, JsonNode value, String at, List<String> faults) {
    if (schema.has("minimum") && value.longValue() < schema.get("minimum").longValue()) {
      faults.add(at + " is under the minimum");
    }
    if (schema.has("maximum") && value.longValue() > schema.get("maximum").longValue()) {
      faults.add(at + " is over the maximum");
    }
  }
}
