package gongbei.codec.trust;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A published trust list as a trust directory keeps it: one file of JSON, written by the import,
 * with where it is from, its times, its keys and authorities, and what was skipped of it.
 *
 * @param source what it was read as, as in {@code who-did}
 * @param name how it names itself, or its file
 * @param publishedAt when it says it was made; the time of its import where it does not say
 * @param importedAt when it was imported
 * @param expiresAt from when on nobody is trusted for it
 * @param proof whether its signature was verified: {@code verified}, {@code not-verified} or {@code
 *     none}
 * @param keys the keys, of foreign formats alone
 * @param authorities who names the signers of seals
 * @param skipped the keys of it that can't be used, each by its name with the reason
 */
public record TrustListFile(
    String source,
    String name,
    Instant publishedAt,
    Instant importedAt,
    Instant expiresAt,
    String proof,
    List<IssuerKey> keys,
    List<TrustAuthority> authorities,
    List<String> skipped) {
  /** How the file's name ends. */
  public static final String ENDING = ".trustlist.json";

  /** The most bytes of such a file, and of a list that is imported. */
  public static final int MAX_BYTES = 16 << 20;

  private static final String FORMAT = "gongbei-trust-list";
  private static final int VERSION = 1;
  private static final int MAX_DEPTH = 64;

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(1 << 20)
                          .build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  public TrustListFile {
    keys = List.copyOf(keys);
    authorities = List.copyOf(authorities);
    skipped = List.copyOf(skipped);
  }

  /** Writes the list. */
  public byte[] toJson() {
    final ObjectNode json =
        JSON.createObjectNode()
            .put("format", FORMAT)
            .put("version", VERSION)
            .put("source", source)
            .put("name", name)
            .put("publishedAt", publishedAt.toString())
            .put("importedAt", importedAt.toString())
            .put("expiresAt", expiresAt.toString())
            .put("proof", proof);
    final ArrayNode listed = json.putArray("keys");
    keys.forEach(key -> listed.add(IssuerKeyJson.of(key)));
    final ArrayNode named = json.putArray("authorities");
    authorities.forEach(each -> named.add(Base64.getEncoder().encodeToString(each.der())));
    final ArrayNode left = json.putArray("skipped");
    skipped.forEach(left::add);
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
    } catch (IOException e) {
      throw new IllegalStateException("a tree can't be written", e);
    }
  }

  /**
   * Reads a list. A key that can't be used is skipped by itself.
   *
   * @param source names the file in messages
   * @throws TrustException where it is no such list
   */
  public static TrustListFile read(String source, byte[] bytes) throws TrustException {
    final JsonNode json = tree(source, bytes);
    if (!json.path("format").asText().equals(FORMAT)) {
      throw new TrustException(source + ": format is not " + FORMAT);
    }
    if (json.path("version").asInt() != VERSION) {
      throw new TrustException(source + ": version is not " + VERSION);
    }
    final List<String> skipped = new ArrayList<>();
    json.path("skipped").forEach(each -> skipped.add(each.asText()));
    final List<IssuerKey> keys = new ArrayList<>();
    for (final JsonNode each : json.path("keys")) {
      final String name = source + " key " + each.path("kid").asText();
      try {
        keys.add(foreign(name, IssuerKeyJson.read(each)));
      } catch (TrustException e) {
        skipped.add(
            e.getMessage().startsWith(name) ? e.getMessage() : name + ": " + e.getMessage());
      }
    }
    final List<TrustAuthority> authorities = new ArrayList<>();
    for (final JsonNode each : json.path("authorities")) {
      final String name = source + " authority " + (authorities.size() + 1);
      try {
        authorities.add(TrustAuthority.of(name, Base64.getDecoder().decode(each.asText())));
      } catch (IllegalArgumentException | TrustException e) {
        skipped.add(name + ": " + e.getMessage());
      }
    }
    return new TrustListFile(
        json.path("source").asText(),
        json.path("name").asText(),
        time(source, json, "publishedAt"),
        time(source, json, "importedAt"),
        time(source, json, "expiresAt"),
        json.path("proof").asText("none"),
        keys,
        authorities,
        skipped);
  }

  /** A region's keys are those in its format's directory, and no list adds to them. */
  private static IssuerKey foreign(String name, IssuerKey key) throws TrustException {
    if (!key.formats().stream().allMatch(CodeFormat::isForeign)) {
      throw new TrustException(name + ": a list can't make a key trusted for a region's codes");
    }
    return key;
  }

  private static Instant time(String source, JsonNode json, String member) throws TrustException {
    try {
      return Instant.parse(json.path(member).asText());
    } catch (DateTimeException e) {
      throw new TrustException(source + ": " + member + " is missing or no time (RFC 3339)");
    }
  }

  /**
   * Reads JSON within bounds, every name once.
   *
   * @param source names the file in messages
   */
  public static JsonNode tree(String source, byte[] bytes) throws TrustException {
    if (bytes.length > MAX_BYTES) {
      throw new TrustException(source + ": is longer than " + MAX_BYTES + " bytes");
    }
    try {
      final JsonNode json = JSON.readTree(bytes);
      if (json == null || json.isMissingNode()) {
        throw new TrustException(source + ": is empty");
      }
      return json;
    } catch (IOException e) {
      throw new TrustException(source + ": is not JSON");
    }
  }
}
