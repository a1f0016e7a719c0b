package gongbei.verifier.revocation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where revocation lists come from: one import of them after the other. Immutable.
 *
 * @param name of small letters, digits and hyphens, 16 at most
 * @param format in which it publishes
 * @param importedAtEpochSeconds when it was imported last
 * @param expiresAtEpochSeconds from when on it is too old to rely on; 0 for never
 */
public record RevocationSource(
    String name, RevocationFormat format, long importedAtEpochSeconds, long expiresAtEpochSeconds) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,15}");
  private static final Pattern LIST = Pattern.compile("[a-z][a-z0-9-]{0,15}\\.[A-Za-z0-9_-]{1,47}");
  private static final Set<String> FIELDS = Set.of("format", "importedAt", "expiresAt");
  private static final ObjectReader JSON =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  /** Whether a name is that of a source, as in {@code eu}. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** Whether a name is that of a list of a source, as in {@code eu.3f0c…}. */
  public static boolean isListName(String name) {
    return LIST.matcher(name).matches();
  }

  /** The source of a list of that name. */
  public static String ofList(String name) {
    return name.substring(0, name.indexOf('.'));
  }

  /** Reads what the log keeps of a source. */
  public static RevocationSource read(String name, byte[] content) throws RevocationException {
    final JsonNode json;
    try {
      json = JSON.readTree(content);
    } catch (IOException e) {
      throw new RevocationException(name, "content", "is not JSON");
    }
    return read(name, json);
  }

  /** Reads a source from JSON strictly. */
  public static RevocationSource read(String name, JsonNode json) throws RevocationException {
    for (final Map.Entry<String, JsonNode> field : json.properties()) {
      if (!FIELDS.contains(field.getKey())) {
        throw new RevocationException(name, field.getKey(), "is not a field of a source");
      }
    }
    final RevocationFormat format =
        RevocationFormat.ofWireName(json.path("format").asText(""))
            .orElseThrow(
                () ->
                    new RevocationException(
                        name, "format", "is none of " + RevocationFormat.wireNames()));
    return new RevocationSource(
        name, format, seconds(name, json, "importedAt"), seconds(name, json, "expiresAt"));
  }

  private static long seconds(String name, JsonNode json, String field) throws RevocationException {
    final JsonNode seconds = json.path(field);
    if (!seconds.isIntegralNumber()
        || !seconds.canConvertToLong()
        || seconds.longValue() < 0
        || seconds.longValue() > CodeLimits.MAX_EPOCH_SECONDS) {
      throw new RevocationException(name, field, "is not in whole seconds since 1970");
    }
    return seconds.longValue();
  }

  /** The source as it is read. */
  public ObjectNode json() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("format", format.wireName())
        .put("importedAt", importedAtEpochSeconds)
        .put("expiresAt", expiresAtEpochSeconds);
  }

  /** The source as the log keeps it. */
  public byte[] content() {
    return json().toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Whether it is too old to rely on at a time. */
  public boolean isExpired(long atEpochSeconds) {
    return expiresAtEpochSeconds != 0 && expiresAtEpochSeconds <= atEpochSeconds;
  }
}
