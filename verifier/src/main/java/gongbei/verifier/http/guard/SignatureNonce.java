package gongbei.verifier.http.guard;

import gongbei.verifier.http.api.ChangeWait;
import gongbei.verifier.http.api.StatusResource;
import gongbei.verifier.http.transport.Problem;

import gongbei.replication.command.Applied;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Nonce;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.log.CommandLog;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What tells a signed request from all others: the signer's {@code keyid}, the {@code nonce} and
 * when it was {@code created} (RFC 9421 §2.3). A change that nobody has numbered goes into the log
 * together with it, so that no node, and not this one after a restart, carries the same request out
 * again; and so that a request of which nothing was applied can be sent again as it is.
 *
 * @param createdEpochSeconds when it was signed
 */
public record SignatureNonce(String kid, String nonce, long createdEpochSeconds) {
  /**
   * Submits changes of status once.
   *
   * @return fails with a {@link Problem} where they were made before, or the log takes nothing
   */
  public CompletableFuture<List<Applied>> submit(CommandLog log, List<StatusCommand> commands) {
    return StatusResource.unwrapped(ChangeWait.submit(log, () -> log.submit(logged(), commands)))
        .thenApply(
            applied -> {
              applied.forEach(SignatureNonce::requireFirst);
              return applied;
            });
  }

  /** Submits a change of what stands beside the holders once: see {@link #submit}. */
  public CompletableFuture<Applied> submit(CommandLog log, DocumentCommand command) {
    return StatusResource.unwrapped(ChangeWait.submit(log, () -> log.submit(logged(), command)))
        .thenApply(SignatureNonce::requireFirst);
  }

  private static Applied requireFirst(Applied applied) {
    if (applied.outcome() == Applied.Outcome.TOO_MANY) {
      throw SeenNonces.tooMany(
          "number changes with client and sequence, which needs no nonce, or wait");
    }
    if (applied.outcome() == Applied.Outcome.OUTSIDE_WINDOW) {
      throw Problem.of(
          401, "signature-expired", "the signature's created is too far from the log's clock");
    }
    if (applied.outcome() == Applied.Outcome.REPLAYED) {
      throw applied.version() == 0 ? seenBefore() : appliedBefore(applied.version());
    }
    return applied;
  }

  /** The refusal of a request that is sent again. */
  static Problem seenBefore() {
    return Problem.of(409, "replayed-request", "the signature's nonce has been seen before");
  }

  private static Problem appliedBefore(long version) {
    return Problem.of(
            409,
            "replayed-request",
            "the signature's nonce has been seen before: what it was for was done at version "
                + version)
        .ofVersion(version);
  }

  private String key() {
    return kid + " " + nonce;
  }

  private Nonce logged() {
    return new Nonce(digest(), createdEpochSeconds, Long.parseUnsignedLong(kid, 16));
  }

  private byte[] digest() {
    try {
      return Arrays.copyOf(
          MessageDigest.getInstance("SHA-256").digest(key().getBytes(StandardCharsets.US_ASCII)),
          DocumentCommand.NONCE_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
