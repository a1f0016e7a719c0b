package gongbei.verifier.http.guard;

import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustStore;
import gongbei.verifier.client.Audience;
import gongbei.verifier.client.SignatureBase;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.http.transport.SignatureNonce;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Checks that an authority has signed a request: HTTP Message Signatures (RFC 9421) by
 * ecdsa-p256-sha256 over {@code @method}, {@code @path} and {@code content-digest} (RFC 9530), made
 * for this region and cluster ({@code tag}), within a few minutes. A second authority may sign the
 * same request, over the first one's input too, so that its signature holds beside no other.
 * Whether it was carried out before is for the log to say, or, where it changes nothing, for {@link
 * #once}. For any thread.
 */
public final class RequestSignature {
  private static final Pattern KID = Pattern.compile("[0-9a-f]{16}");
  private static final Pattern NONCE = Pattern.compile("[A-Za-z0-9_+/=-]{16,64}");
  private static final Pattern TAG = Pattern.compile("[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]{1,128}");
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}");
  private static final String ALGORITHM = "ecdsa-p256-sha256";

  private final Optional<TrustStore> authorities;
  private final String what;
  private final Audience audience;
  private final LongSupplier epochSeconds;
  // Changes come by the thousand in one request, so that its one signature needs no tables.
  private final BouncyCastleEngine engine = new BouncyCastleEngine();
  private final SeenNonces seen = new SeenNonces();

  /**
   * @param authorities the certificates of those who may sign, empty where nobody may
   * @param what they may do, as in {@code changes of status}
   * @param audience whom they must have signed for
   */
  public RequestSignature(
      Optional<TrustStore> authorities, String what, Audience audience, LongSupplier epochSeconds) {
    this.authorities = authorities;
    this.what = what;
    this.audience = audience;
    this.epochSeconds = epochSeconds;
  }

  /** Returns where the request is an authority's, and throws a {@link Problem} where not. */
  public SignatureNonce require(Request question) {
    final TrustStore trusted =
        authorities.orElseThrow(
            () -> Problem.of(403, "no-authorities", "this node takes no " + what));
    final String digest = header(question, "Content-Digest");
    final String signatureInput = header(question, "Signature-Input");
    final String signatureField = header(question, "Signature");
    if (!List.of(digest.split(", *", -1)).contains(SignatureBase.contentDigest(question.body()))) {
      throw unauthorized("digest-mismatch", "Content-Digest is not the body's SHA-256");
    }
    final List<SignatureFields> signatures;
    try {
      signatures = SignatureFields.read(signatureInput, signatureField);
    } catch (IllegalArgumentException e) {
      throw malformed(e.getMessage());
    }
    final Map<String, String> values =
        SignatureBase.covered(question.method(), question.path(), digest);
    final SignatureFields first = signatures.get(0);
    final SignatureNonce nonce = require(trusted, first, values);
    if (signatures.size() == 1) {
      return nonce;
    }
    values.put(SignatureBase.firstInput(first.label()), first.input());
    final String second = require(trusted, signatures.get(1), values).kid();
    if (second.equals(nonce.kid())) {
      throw Problem.of(
          403, "same-authority", "the second signature is by the same authority as the first");
    }
    return nonce.seconded(second);
  }

  /**
   * Returns by whom a signature is, and throws a {@link Problem} where it is not an authority's.
   */
  private SignatureNonce require(
      TrustStore trusted, SignatureFields fields, Map<String, String> values) {
    final Map<String, String> parameters = fields.parameters();
    final String kid = parameter(parameters, "keyid", KID);
    final String nonce = parameter(parameters, "nonce", NONCE);
    if (!parameters.getOrDefault("alg", ALGORITHM).equals(ALGORITHM)) {
      throw malformed("alg is not " + ALGORITHM);
    }
    if (!parameter(parameters, "tag", TAG).equals(audience.tag())) {
      throw unauthorized(
          "other-cluster",
          "the signature's tag is not "
              + audience.tag()
              + ": the request is for another region or cluster than this node's, "
              + audience);
    }
    final long now = epochSeconds.getAsLong();
    final long created = Long.parseLong(parameter(parameters, "created", SECONDS));
    requireTimely(created, now);
    if (parameters.containsKey("expires")
        && Long.parseLong(parameter(parameters, "expires", SECONDS)) < now) {
      throw unauthorized("signature-expired", "the signature's expires is past");
    }
    final IssuerKey key = trusted.current().find(Long.parseUnsignedLong(kid, 16));
    if (key == null || key.algorithm() != SignatureAlgorithm.ES256 || !key.isValidAt(now)) {
      throw Problem.of(403, "unknown-authority", "keyid names no authority that is valid now");
    }
    requireGenuine(
        key, fields.base(values).getBytes(StandardCharsets.US_ASCII), fields.signature());
    return SignatureNonce.of(kid, nonce, created);
  }

  /** What a signature may be ahead of this clock is taken from the window in which it holds. */
  private void requireTimely(long created, long now) {
    if (created - now > Limits.SIGNATURE_AHEAD_SECONDS) {
      throw unauthorized(
          "signature-expired",
          "the signature's created is over "
              + Limits.SIGNATURE_AHEAD_SECONDS
              + " seconds ahead of the node's clock");
    }
    final long old = Limits.SIGNATURE_WINDOW_SECONDS - Limits.SIGNATURE_AHEAD_SECONDS;
    if (now - created > old) {
      throw unauthorized(
          "signature-expired",
          "the signature's created is over " + old + " seconds before the node's clock");
    }
  }

  /**
   * Answers a request that changes nothing, once at this node. Where the node could not answer it,
   * the same request may come again.
   *
   * @return fails with a {@link Problem} where it has been answered before
   */
  public CompletableFuture<Response> once(
      SignatureNonce nonce, Supplier<CompletableFuture<Response>> answering) {
    seen.take(nonce, epochSeconds.getAsLong());
    final CompletableFuture<Response> answer;
    try {
      answer = answering.get();
    } catch (RuntimeException | Error e) {
      forgetUnanswered(nonce, e);
      throw e;
    }
    return answer.whenComplete(
        (given, failure) -> {
          if (failure != null) {
            forgetUnanswered(nonce, failure);
          }
        });
  }

  private void forgetUnanswered(SignatureNonce nonce, Throwable failure) {
    final Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (!(cause instanceof Problem problem) || problem.status() >= 500) {
      seen.forget(nonce);
    }
  }

  private synchronized void requireGenuine(IssuerKey key, byte[] base, byte[] signature) {
    if (!engine.verify(key, base, 0, base.length, signature, 0, signature.length)) {
      throw unauthorized("bad-signature", "the signature is not the authority's");
    }
  }

  private String parameter(Map<String, String> parameters, String name, Pattern form) {
    final String value = parameters.get(name);
    if (value == null) {
      throw malformed("Signature-Input has no " + name);
    }
    if (!form.matcher(value).matches()) {
      throw malformed(name + " is not of the form " + form);
    }
    return value;
  }

  private String header(Request question, String name) {
    final List<String> values = question.headers().getAll(name);
    if (values.isEmpty()) {
      throw unauthorized("signature-missing", name + " is missing");
    }
    return String.join(", ", values);
  }

  private Problem malformed(String detail) {
    return unauthorized("malformed-signature", detail);
  }

  /** Says what is asked for, by RFC 9110 §11.6.1 and RFC 9421 §5.1. */
  private Problem unauthorized(String type, String detail) {
    return Problem.of(401, type, detail)
        .with("WWW-Authenticate", "Signature")
        .with(
            "Accept-Signature",
            "sig1="
                + SignatureBase.COMPONENTS
                + ";created;keyid;nonce;alg=\""
                + ALGORITHM
                + "\";tag=\""
                + audience.tag()
                + "\"");
  }
}
