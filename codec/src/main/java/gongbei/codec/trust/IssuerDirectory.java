package gongbei.codec.trust;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the issuers of SMART Health Cards and their keys out of JSON: a snapshot of the VCI
 * directory ({@code issuerInfo}), or one issuer's key set with its address beside it ({@code iss},
 * {@code keys}), or an array of these. A key that can't be used is skipped by itself.
 *
 * @param keys the keys that can be used, each for its issuer's cards alone
 * @param skipped the others, each by its name with the reason
 * @param time when the directory says it was made, or empty
 */
public record IssuerDirectory(List<IssuerKey> keys, List<String> skipped, String time) {
  /** The most keys of a directory. */
  public static final int MAX_KEYS = 20_000;

  public IssuerDirectory {
    keys = List.copyOf(keys);
    skipped = List.copyOf(skipped);
  }

  /**
   * Reads a directory.
   *
   * @param source names it in messages
   * @throws TrustException where it is none
   */
  public static IssuerDirectory read(String source, byte[] bytes) throws TrustException {
    final JsonNode json = TrustListFile.tree(source, bytes);
    final List<IssuerKey> keys = new ArrayList<>();
    final List<String> skipped = new ArrayList<>();
    final JsonNode issuers =
        json.isArray() ? json : json.has("issuerInfo") ? json.get("issuerInfo") : null;
    if (issuers == null) {
      if (!json.has("iss") || !json.has("keys")) {
        throw new TrustException(source + ": has neither issuerInfo nor iss and keys");
      }
      read(source, json.get("iss"), json.get("keys"), keys, skipped);
    } else {
      for (final JsonNode issuer : issuers) {
        final JsonNode address =
            issuer.has("iss") ? issuer.get("iss") : issuer.path("issuer").path("iss");
        read(source, address, issuer.path("keys"), keys, skipped);
      }
    }
    return new IssuerDirectory(keys, skipped, json.path("time").asText(""));
  }

  private static void read(
      String source, JsonNode address, JsonNode set, List<IssuerKey> keys, List<String> skipped)
      throws TrustException {
    final String issuer = address.asText("");
    final String name = source + " issuer " + issuer;
    if (!issuer.startsWith("https://") || issuer.endsWith("/")) {
      skipped.add(name + ": iss is no address of https without a slash at its end");
      return;
    }
    for (final JsonNode jwk : set) {
      final String key = name + " key " + jwk.path("kid").asText();
      if (keys.size() == MAX_KEYS) {
        throw new TrustException(source + ": has more than " + MAX_KEYS + " keys");
      }
      try {
        keys.add(JsonWebKeys.healthCardKey(key, issuer, jwk));
      } catch (TrustException e) {
        skipped.add(e.getMessage());
      }
    }
  }
}
