package gongbei.verifier.http;

import gongbei.replication.status.Applied;
import gongbei.replication.status.CommandLog;
import gongbei.replication.status.DocumentCommand;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * What tells a signed request from all others: the signer's {@code keyid}, the {@code nonce} and
 * when it was {@code created} (RFC 9421 §2.3).
 *
 * @param createdEpochSeconds when it was signed
 */
record SignatureNonce(String kid, String nonce, long createdEpochSeconds) {
  /**
   * Carries a change out once in the whole region: the log takes the nonce first, so that no node,
   * and not this one after a restart, carries the same request out again. For changes that neither
   * are numbered nor have a revision that keeps what is older from coming back.
   *
   * @return fails with a {@link Problem} where the nonce has been taken, or the log takes nothing
   */
  <T> CompletableFuture<T> once(CommandLog log, Supplier<CompletableFuture<T>> change) {
    return StatusResource.unwrapped(
            log.submit(DocumentCommand.nonce(digest(), createdEpochSeconds)))
        .thenCompose(
            taken -> {
              if (taken.outcome() != Applied.Outcome.APPLIED) {
                throw seenBefore();
              }
              return change.get();
            });
  }

  /** The refusal of a request that is sent again. */
  static Problem seenBefore() {
    return Problem.of(409, "replayed-request", "the signature's nonce has been seen before");
  }

  private byte[] digest() {
    try {
      return Arrays.copyOf(
          MessageDigest.getInstance("SHA-256")
              .digest((kid + " " + nonce).getBytes(StandardCharsets.US_ASCII)),
          DocumentCommand.NONCE_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
