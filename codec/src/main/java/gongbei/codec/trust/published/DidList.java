package gongbei.codec.trust.published;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HcertClaims;
import gongbei.codec.trust.Certificates;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.JsonWebKeys;
import gongbei.codec.trust.TrustAuthority;
import gongbei.codec.trust.TrustException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;

/**
 * Reads the keys of the WHO's trust list (GDHCN, did.json of both versions): of usage DSC those
 * that sign codes, of usage SCA and CSCA the authorities that must have signed these. Keys of other
 * usages sign no codes. The first version names no usage, and the certificate says which it is.
 */
final class DidList {
  private static final int KID_BYTES = 8;
  private static final int ALL_TYPES =
      HcertClaims.TEST | HcertClaims.VACCINATION | HcertClaims.RECOVERY;

  private final String source;
  private final ListedCertificates certificates;
  private final List<IssuerKey> bareKeys;
  private final Set<String> documents;

  /**
   * @param documents the DIDs of all documents that are read together, to which others may refer
   */
  DidList(
      String source,
      ListedCertificates certificates,
      List<IssuerKey> bareKeys,
      Set<String> documents) {
    this.source = source;
    this.certificates = certificates;
    this.bareKeys = bareKeys;
    this.documents = documents;
  }

  /** Takes all keys of a document. */
  void take(JsonNode document) {
    for (final JsonNode method : document.path("verificationMethod")) {
      if (method.isTextual()) {
        if (!documents.contains(method.asText())) {
          certificates.skip(
              source + ": " + method.asText() + " is another document, which is not there");
        }
      } else {
        final String name = source + " key " + method.path("id").asText();
        try {
          take(name, method);
        } catch (TrustException e) {
          certificates.skip(e.getMessage());
        } catch (IllegalArgumentException e) {
          certificates.skip(name + ": is not Base64 where it has to be");
        }
      }
    }
  }

  private void take(String name, JsonNode method) throws TrustException {
    final JsonNode jwk = method.path("publicKeyJwk");
    final String usage = codeOf(method.path("keyusage"));
    final String country = countryOf(method);
    final boolean isNamedAuthority = usage.equals("SCA") || usage.equals("CSCA");
    if (isNamedAuthority) {
      certificates.expectAuthority(country);
    }
    final List<byte[]> chain = new ArrayList<>();
    for (final JsonNode certificate : jwk.path("x5c")) {
      chain.add(Base64.getMimeDecoder().decode(certificate.asText()));
    }
    final Long kid = kidOf(name, method);
    if (chain.isEmpty()) {
      if (usage.isEmpty() || usage.equals("DSC")) {
        bareKeys.add(bare(name, method, kid));
      }
      return;
    }
    final byte[] der = chain.remove(0);
    final boolean isAuthority =
        usage.isEmpty() ? TrustAuthority.isAuthority(name, der) : isNamedAuthority;
    if (isAuthority) {
      certificates.addAuthority(name, country, der);
    } else if (usage.isEmpty() || usage.equals("DSC")) {
      requireSameKey(name, jwk, der);
      certificates.addSigner(name, country, kid, der, chain);
    }
  }

  /** The numbers beside a certificate must be those of its key (RFC 7517 §4.7). */
  private static void requireSameKey(String name, JsonNode jwk, byte[] der) throws TrustException {
    final AsymmetricKeyParameter said;
    try {
      said = JsonWebKeys.publicKey(name, jwk);
    } catch (TrustException e) {
      return; // a curve that the list can't name; the certificate has it
    }
    if (!Certificates.isKeyOf(name, der, said)) {
      throw new TrustException(name + ": its certificate is of another key than it says");
    }
  }

  private static IssuerKey bare(String name, JsonNode method, Long kid) throws TrustException {
    if (kid == null) {
      throw new TrustException(name + ": has neither a certificate nor a kid of 8 bytes");
    }
    final AsymmetricKeyParameter key = JsonWebKeys.publicKey(name, method.path("publicKeyJwk"));
    return new IssuerKey(
        countryOf(method),
        kid,
        Certificates.algorithmOf(key),
        key,
        Set.of(CodeFormat.HC1),
        ALL_TYPES,
        0,
        Long.MAX_VALUE);
  }

  private static String codeOf(JsonNode coded) {
    final String code = coded.isTextual() ? coded.asText() : coded.path("code").asText("");
    return code.startsWith("#") ? code.substring(1) : code;
  }

  /** As the list names it, or the last part of the DID before the key's name: {@code …:nld#kid}. */
  private static String countryOf(JsonNode method) {
    final String participant = codeOf(method.path("participant"));
    if (!participant.isEmpty()) {
      return participant.toUpperCase(Locale.ROOT);
    }
    final String id = method.path("id").asText("");
    final int fragment = id.indexOf('#');
    final String document = fragment < 0 ? id : id.substring(0, fragment);
    return document.substring(document.lastIndexOf(':') + 1).toUpperCase(Locale.ROOT);
  }

  /** The kid of 8 bytes that the list gives a key, or null where it gives none that codes have. */
  private static Long kidOf(String name, JsonNode method) throws TrustException {
    final String id = method.path("id").asText("");
    final int fragment = id.indexOf('#');
    final String text =
        method
            .path("publicKeyJwk")
            .path("kid")
            .asText(fragment < 0 ? "" : percentDecoded(id.substring(fragment + 1)));
    if (text.isEmpty()) {
      return null;
    }
    final byte[] kid;
    try {
      kid = Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
    } catch (IllegalArgumentException e) {
      throw new TrustException(name + ": kid is not Base64");
    }
    if (kid.length != KID_BYTES) {
      throw new TrustException(name + ": kid is not of 8 bytes");
    }
    return ByteBuffer.wrap(kid).getLong();
  }

  private static String percentDecoded(String text) {
    return text.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
  }
}
