package gongbei.codec.trust.published;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.trust.TrustException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * Reads the EU gateway's trust list: JSON of certificates, each with {@code certificateType},
 * {@code country}, {@code kid}, {@code thumbprint} and {@code rawData}, in an array or under {@code
 * certificates}. Of type DSC are those that sign codes, of type CSCA the authorities that must have
 * signed these; those of other types sign no codes.
 */
final class GatewayList {
  private static final int KID_BYTES = 8;

  private GatewayList() {}

  /** Takes all certificates of a list. */
  static void take(String source, JsonNode json, ListedCertificates certificates)
      throws TrustException {
    final JsonNode entries = json.isArray() ? json : json.path("certificates");
    if (!entries.isArray()) {
      throw new TrustException(source + ": is neither an array nor has one of certificates");
    }
    for (final JsonNode entry : entries) {
      final String country = entry.path("country").asText("").toUpperCase(Locale.ROOT);
      final String name =
          source + " certificate " + entry.path("kid").asText("") + " of " + country;
      try {
        take(name, country, entry, certificates);
      } catch (TrustException e) {
        certificates.skip(e.getMessage());
      } catch (IllegalArgumentException e) {
        certificates.skip(name + ": is not Base64 where it has to be");
      }
    }
  }

  private static void take(
      String name, String country, JsonNode entry, ListedCertificates certificates)
      throws TrustException {
    final String type = entry.path("certificateType").asText("");
    if (!type.equals("DSC") && !type.equals("CSCA")) {
      return;
    }
    if (type.equals("CSCA")) {
      certificates.expectAuthority(country);
    }
    final byte[] der = Base64.getMimeDecoder().decode(entry.path("rawData").asText(""));
    final String thumbprint = entry.path("thumbprint").asText("").toLowerCase(Locale.ROOT);
    if (!thumbprint.isEmpty() && !thumbprint.equals(sha256(der))) {
      throw new TrustException(name + ": thumbprint is not that of its certificate");
    }
    if (type.equals("CSCA")) {
      certificates.addAuthority(name, country, der);
      return;
    }
    final String kid = entry.path("kid").asText("");
    final byte[] bytes = Base64.getDecoder().decode(kid);
    if (!kid.isEmpty() && bytes.length != KID_BYTES) {
      throw new TrustException(name + ": kid is not of 8 bytes");
    }
    certificates.addSigner(
        name, country, kid.isEmpty() ? null : ByteBuffer.wrap(bytes).getLong(), der, List.of());
  }

  private static String sha256(byte[] der) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }
}
