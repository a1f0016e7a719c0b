package gongbei.verifier.http.api;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.mint.MintMetrics;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Signs codes one by one with whatever key of this region is due. For any thread. */
public final class CodeMint {
  private static final int MAX_REMEMBERED_ISSUERS = 64;

  private final CodeFormat format;
  private final Optional<SigningKeys> keys;
  private final Map<SigningKey, CodeIssuer> issuers = new ConcurrentHashMap<>();
  private final SecureRandom random = new SecureRandom();
  private final MintMetrics metrics;

  /**
   * @param keys what to sign with, empty where this node mints nothing
   */
  CodeMint(CodeFormat format, Optional<SigningKeys> keys, MintMetrics metrics) {
    this.format = format;
    this.keys = keys;
    this.metrics = metrics;
  }

  /** The format of the codes. */
  CodeFormat format() {
    return format;
  }

  /** Throws a {@link Problem} where this node mints nothing. */
  void require() {
    final var unused = keys.orElseThrow(CodeMint::notOffered);
  }

  static Problem notOffered() {
    return Problem.of(501, "no-minting", "this node mints no codes");
  }

  /** The key to sign with; throws a {@link Problem} where there is none. */
  SigningKey key(long now) {
    final SigningKey key = keys.orElseThrow(CodeMint::notOffered).current(format, now);
    if (key == null) {
      metrics.recordFailed(1);
      throw Problem.noSigningKey(format);
    }
    return key;
  }

  /** A new code's serial. */
  byte[] serial() {
    final byte[] serial = new byte[CodeLimits.SERIAL_BYTES];
    random.nextBytes(serial);
    return serial;
  }

  /** Signs a code. */
  String issue(SigningKey key, CodeClaims claims) {
    if (issuers.size() > MAX_REMEMBERED_ISSUERS) {
      issuers.clear();
    }
    final CodeIssuer issuer =
        issuers.computeIfAbsent(key, signing -> new CodeIssuer(format, signing));
    final long startedNanos = System.nanoTime();
    final String code = issuer.issue(claims);
    metrics.record(1, System.nanoTime() - startedNanos);
    return code;
  }
}
