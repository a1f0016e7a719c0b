package gongbei.verifier.http.guard;

import gongbei.verifier.config.Limits;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.SignatureNonce;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The nonces of signed requests that change nothing, as this node has seen them, for as long as
 * their signatures hold. Each signer has so many and takes none of another's. For any thread.
 */
public final class SeenNonces {
  private static final String RETRY_AFTER_SECONDS = "60";

  private final Map<String, LinkedHashMap<String, Long>> ofSigners = new HashMap<>();

  /** Takes a nonce that was not seen; throws a {@link Problem} where it was, or has no room. */
  synchronized void take(SignatureNonce nonce, long nowEpochSeconds) {
    final LinkedHashMap<String, Long> seen =
        ofSigners.computeIfAbsent(nonce.kid(), kid -> new LinkedHashMap<>());
    final long past = nowEpochSeconds - 2L * Limits.SIGNATURE_WINDOW_SECONDS;
    final Iterator<Long> oldest = seen.values().iterator();
    while (oldest.hasNext() && oldest.next() < past) {
      oldest.remove();
    }
    if (seen.containsKey(nonce.nonce())) {
      throw seenBefore();
    }
    if (seen.size() >= Limits.MAX_NONCES_OF_SIGNER) {
      throw tooMany("wait");
    }
    seen.put(nonce.nonce(), Math.max(nonce.createdEpochSeconds(), nowEpochSeconds));
  }

  /** Forgets a nonce whose request came to nothing. */
  synchronized void forget(SignatureNonce nonce) {
    final LinkedHashMap<String, Long> seen = ofSigners.get(nonce.kid());
    if (seen != null) {
      seen.remove(nonce.nonce());
    }
  }

  /** The refusal of a request that is sent again. */
  public static Problem seenBefore() {
    return Problem.of(409, "replayed-request", "the signature's nonce has been seen before");
  }

  /** The refusal of a signer who has signed too many requests. */
  public static Problem tooMany(String advice) {
    return Problem.of(
            429,
            "too-many-signatures",
            "this key has signed more requests in the last minutes than are remembered: " + advice)
        .with("Retry-After", RETRY_AFTER_SECONDS);
  }
}
