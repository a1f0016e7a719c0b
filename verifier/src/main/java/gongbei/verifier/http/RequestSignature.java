package gongbei.verifier.http;

import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustStore;
import gongbei.verifier.client.SignatureBase;
import gongbei.verifier.config.Limits;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks that an authority has signed a request: HTTP Message Signatures (RFC 9421) by
 * ecdsa-p256-sha256 over {@code @method}, {@code @path} and {@code content-digest} (RFC 9530), made
 * within a few minutes and never seen before. For any thread.
 */
final class RequestSignature {
  private static final Pattern INPUT =
      Pattern.compile(
          "([a-z][a-z0-9_.-]{0,31})=(\\(\"@method\" \"@path\" \"content-digest\"\\)"
              + ";created=([0-9]{1,12});keyid=\"([0-9a-f]{16})\""
              + ";nonce=\"([A-Za-z0-9_-]{16,64})\""
              + "(?:;alg=\"ecdsa-p256-sha256\")?)");
  private static final int SIGNATURE_BYTES = 64;

  private final TrustStore authorities;
  private final LongSupplier epochSeconds;
  private final BouncyCastleEngine engine = new BouncyCastleEngine();
  private final Map<String, Long> seen = new LinkedHashMap<>();

  /**
   * @param authorities the certificates of those who may sign, or null where nobody may
   */
  RequestSignature(TrustStore authorities, LongSupplier epochSeconds) {
    this.authorities = authorities;
    this.epochSeconds = epochSeconds;
  }

  /** Returns where the request is an authority's, and throws a {@link Problem} where not. */
  synchronized void require(HttpQuestion question) {
    if (authorities == null) {
      throw Problem.of(403, "no-authorities", "this node takes no changes of status");
    }
    final String digest = header(question, "Content-Digest");
    if (!digest.equals(SignatureBase.contentDigest(question.body()))) {
      throw unauthorized("Content-Digest is not the body's SHA-256");
    }
    final Matcher input = INPUT.matcher(header(question, "Signature-Input"));
    if (!input.matches()) {
      throw unauthorized(
          "Signature-Input does not cover @method, @path and content-digest with created, keyid"
              + " and nonce");
    }
    final long created = Long.parseLong(input.group(3));
    final long now = epochSeconds.getAsLong();
    if (Math.abs(now - created) > Limits.SIGNATURE_WINDOW_SECONDS) {
      throw unauthorized(
          "the signature's created is over " + Limits.SIGNATURE_WINDOW_SECONDS + " seconds away");
    }
    final IssuerKey key = authorities.current().find(Long.parseUnsignedLong(input.group(4), 16));
    if (key == null || key.algorithm() != SignatureAlgorithm.ES256 || !key.isValidAt(now)) {
      throw unauthorized("keyid names no authority that is valid now");
    }
    final byte[] signature = signature(header(question, "Signature"), input.group(1));
    final byte[] base =
        SignatureBase.of(question.method(), question.path(), digest, input.group(2))
            .getBytes(StandardCharsets.US_ASCII);
    if (!engine.verify(key, base, 0, base.length, signature, 0, signature.length)) {
      throw unauthorized("the signature is not the authority's");
    }
    requireNew(input.group(4) + " " + input.group(5), created, now);
  }

  private void requireNew(String nonce, long created, long now) {
    final Iterator<Long> oldest = seen.values().iterator();
    while (oldest.hasNext() && oldest.next() < now - 2L * Limits.SIGNATURE_WINDOW_SECONDS) {
      oldest.remove();
    }
    if (seen.containsKey(nonce)) {
      throw Problem.of(409, "replayed-request", "the signature's nonce has been seen before");
    }
    if (seen.size() >= Limits.MAX_REMEMBERED_NONCES) {
      throw Problem.busy("too many signed requests at once");
    }
    seen.put(nonce, Math.max(created, now));
  }

  private static String header(HttpQuestion question, String name) {
    final String value = question.headers().get(name);
    if (value == null) {
      throw unauthorized(name + " is missing");
    }
    return value;
  }

  private static byte[] signature(String header, String label) {
    final String start = label + "=:";
    if (header.startsWith(start) && header.endsWith(":") && header.length() > start.length()) {
      try {
        final byte[] signature =
            Base64.getDecoder().decode(header.substring(start.length(), header.length() - 1));
        if (signature.length == SIGNATURE_BYTES) {
          return signature;
        }
      } catch (IllegalArgumentException e) {
        throw unauthorized("Signature is not base64");
      }
    }
    throw unauthorized("Signature is not one of 64 bytes under the label of Signature-Input");
  }

  private static Problem unauthorized(String detail) {
    return Problem.of(401, "unauthorized", detail);
  }
}
