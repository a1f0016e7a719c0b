package gongbei.verifier.national;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.verifier.limits.ClientLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * The forms in which national rules and value sets are kept and handed on: JSON, and in the log the
 * same deflated (RFC 1950).
 */
public final class NationalDocuments {
  /** The name of the document that holds all value sets; no country's. */
  public static final String VALUE_SETS = "value-sets";

  private static final Pattern COUNTRY = Pattern.compile("[A-Z]{2}");
  private static final ObjectReader JSON =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  private NationalDocuments() {}

  /** Whether a name is that of a country: two capitals. */
  public static boolean isCountry(String name) {
    return COUNTRY.matcher(name).matches();
  }

  /**
   * Reads JSON strictly: a member that is given twice is a fault.
   *
   * @param source names it in a refusal
   */
  public static JsonNode json(String source, byte[] utf8) throws NationalRuleException {
    if (utf8.length > ClientLimits.MAX_NATIONAL_RULES_BYTES) {
      throw new NationalRuleException(
          source, "JSON", "is longer than " + ClientLimits.MAX_NATIONAL_RULES_BYTES + " bytes");
    }
    try {
      return JSON.readTree(utf8);
    } catch (JsonProcessingException e) {
      throw new NationalRuleException(source, "JSON", "is none: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new NationalRuleException(source, "JSON", "can't be read");
    }
  }

  /**
   * Reads the rules of a country.
   *
   * @param json an array of rules, each as the EU's gateway has it
   */
  private static List<NationalRule> rules(String source, String country, JsonNode json)
      throws NationalRuleException {
    if (!json.isArray()) {
      throw new NationalRuleException(source, "rules", "is not an array");
    }
    final List<NationalRule> rules = new ArrayList<>();
    for (int i = 0; i < json.size(); i++) {
      final NationalRule rule = NationalRule.read(source + "[" + i + "]", json.get(i));
      if (!rule.country().equals(country)) {
        throw new NationalRuleException(source + "[" + i + "]", "Country", "is not " + country);
      }
      rules.add(rule);
    }
    return rules;
  }

  /** A document as it is read. */
  public static ObjectNode json(NationalDocument document) {
    final ObjectNode json =
        JsonNodeFactory.instance.objectNode().put("revision", document.revision());
    if (document.name().equals(VALUE_SETS)) {
      json.set("valueSets", json(document.valueSets()));
    } else {
      json.set("rules", json(document.rules()));
    }
    return json;
  }

  /** Rules as they are read. */
  private static ArrayNode json(List<NationalRule> rules) {
    final ArrayNode all = JsonNodeFactory.instance.arrayNode();
    rules.forEach(rule -> all.add(rule.json()));
    return all;
  }

  /** Value sets as they are read. */
  private static ObjectNode json(ValueSets sets) {
    final ObjectNode all = JsonNodeFactory.instance.objectNode();
    sets.byName().forEach((name, values) -> values.forEach(all.putArray(name)::add));
    return all;
  }

  /** JSON as it is kept in the log. */
  public static byte[] deflate(JsonNode json) {
    final Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
    try {
      deflater.setInput(json.toString().getBytes(StandardCharsets.UTF_8));
      deflater.finish();
      final ByteArrayOutputStream deflated = new ByteArrayOutputStream();
      final byte[] part = new byte[8_192];
      while (!deflater.finished()) {
        deflated.write(part, 0, deflater.deflate(part));
      }
      return deflated.toByteArray();
    } finally {
      deflater.end();
    }
  }

  private static byte[] inflate(String source, byte[] deflated) throws NationalRuleException {
    final Inflater inflater = new Inflater();
    try {
      inflater.setInput(deflated);
      final byte[] inflated = new byte[ClientLimits.MAX_NATIONAL_RULES_BYTES + 1];
      int length = 0;
      int more = -1;
      while (!inflater.finished() && more != 0) {
        more = inflater.inflate(inflated, length, inflated.length - length);
        length += more;
      }
      if (!inflater.finished()) {
        throw new NationalRuleException(source, "document", "is cut short or too long");
      }
      return Arrays.copyOf(inflated, length);
    } catch (DataFormatException e) {
      throw new NationalRuleException(source, "document", "is not deflated");
    } finally {
      inflater.end();
    }
  }

  /**
   * Reads one document: {@code revision}, and {@code rules} or {@code valueSets}.
   *
   * @param name a country, or {@link #VALUE_SETS}
   */
  public static NationalDocument read(String name, JsonNode json) throws NationalRuleException {
    final String member = name.equals(VALUE_SETS) ? "valueSets" : "rules";
    final JsonNode revision = json.path("revision");
    if (!revision.isIntegralNumber() || !revision.canConvertToLong() || revision.longValue() < 1) {
      throw new NationalRuleException("", "revision", "is not a whole number from 1");
    }
    return name.equals(VALUE_SETS)
        ? new NationalDocument(
            name, revision.longValue(), List.of(), ValueSets.read("", json.path(member)))
        : new NationalDocument(
            name, revision.longValue(), rules(member, name, json.path(member)), ValueSets.NONE);
  }

  /**
   * Reads and compiles what the log has.
   *
   * @param documents by their names
   * @throws NationalRuleException where one can't be used: then none is
   */
  public static NationalRules compile(Map<String, byte[]> documents) throws NationalRuleException {
    final List<NationalDocument> read = new ArrayList<>();
    for (final Map.Entry<String, byte[]> document : documents.entrySet()) {
      final String source = document.getKey() + " of the log";
      read.add(read(document.getKey(), json(source, inflate(source, document.getValue()))));
    }
    return read.isEmpty() ? NationalRules.NONE : NationalRules.of(read);
  }
}
