package gongbei.verifier.http;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Signs codes with whatever key of this region is due. For any thread. */
final class CodeMint {
  private static final int MAX_REMEMBERED_ISSUERS = 64;

  private final CodeFormat format;
  private final SigningKeys keys;
  private final Map<SigningKey, CodeIssuer> issuers = new ConcurrentHashMap<>();
  private final SecureRandom random = new SecureRandom();
  private final LongAdder minted = new LongAdder();
  private final LongAdder mintingNanos = new LongAdder();

  /**
   * @param keys what to sign with, or null where this node mints nothing
   */
  CodeMint(CodeFormat format, SigningKeys keys) {
    this.format = format;
    this.keys = keys;
  }

  /** The format of the codes. */
  CodeFormat format() {
    return format;
  }

  /** Throws a {@link Problem} where this node mints nothing. */
  void require() {
    if (keys == null) {
      throw Problem.of(501, "no-minting", "this node mints no codes");
    }
  }

  /** The key to sign with; throws a {@link Problem} where there is none. */
  SigningKey key(long now) {
    final SigningKey key = keys.current(format, now);
    if (key == null) {
      throw Problem.of(503, "no-signing-key", "this node has no key for " + format + " valid now");
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
    mintingNanos.add(System.nanoTime() - startedNanos);
    minted.increment();
    return code;
  }

  /** How many codes were signed. */
  long minted() {
    return minted.sum();
  }

  /** How long their encoding and signing took in all. */
  long mintingNanos() {
    return mintingNanos.sum();
  }
}
