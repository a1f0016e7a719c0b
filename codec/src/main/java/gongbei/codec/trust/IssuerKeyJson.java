package gongbei.codec.trust;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.SignatureAlgorithm;
import java.io.IOException;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;

/** Issuers' keys as JSON, without their certificates: for lists that are signed as a whole. */
public final class IssuerKeyJson {
  private IssuerKeyJson() {}

  /** A key, its public part as a SubjectPublicKeyInfo (RFC 5280) in base64. */
  public static ObjectNode of(IssuerKey key) {
    final ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("issuer", key.issuer())
            .put("kid", key.kidHex())
            .put("algorithm", key.algorithm().name())
            .put("hcertTypes", key.hcertTypes())
            .put("notBefore", key.notBeforeEpochSeconds())
            .put("notAfter", key.notAfterEpochSeconds());
    final ArrayNode formats = json.putArray("formats");
    key.formats().stream().sorted().map(CodeFormat::name).forEach(formats::add);
    try {
      return json.put(
          "key",
          Base64.getEncoder()
              .encodeToString(
                  SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(key.publicKey())
                      .getEncoded()));
    } catch (IOException e) {
      throw new IllegalStateException("key " + key.kidHex() + " has no encoding", e);
    }
  }

  /** The key that JSON says. */
  public static IssuerKey read(JsonNode json) throws TrustException {
    try {
      final Set<CodeFormat> formats = EnumSet.noneOf(CodeFormat.class);
      for (final JsonNode format : json.path("formats")) {
        formats.add(CodeFormat.valueOf(format.asText()));
      }
      final AsymmetricKeyParameter key =
          Certificates.publicKey(
              "key",
              SubjectPublicKeyInfo.getInstance(
                  Base64.getDecoder().decode(json.path("key").asText())));
      final SignatureAlgorithm algorithm =
          SignatureAlgorithm.valueOf(json.path("algorithm").asText());
      if (algorithm != Certificates.algorithmOf(key)) {
        throw new TrustException("an issuer's key does not sign by " + algorithm);
      }
      return new IssuerKey(
          json.path("issuer").asText(),
          Long.parseUnsignedLong(json.path("kid").asText(), 16),
          algorithm,
          key,
          formats,
          json.path("hcertTypes").asInt(),
          json.path("notBefore").asLong(),
          json.path("notAfter").asLong());
    } catch (RuntimeException e) {
      throw new TrustException("an issuer's key can't be read");
    }
  }
}
