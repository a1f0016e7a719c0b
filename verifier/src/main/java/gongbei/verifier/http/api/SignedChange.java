package gongbei.verifier.http.api;

import gongbei.replication.command.Applied;
import gongbei.replication.command.ChangeOrigin;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Nonce;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.log.CommandLog;
import gongbei.verifier.http.guard.SeenNonces;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.SignatureNonce;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Submits a change that nobody has numbered, once. It goes into the log together with the nonce of
 * its request's signature, so that no node, and not this one after a restart, carries the same
 * request out again; and so that a request of which nothing was applied can be sent again as it is.
 */
final class SignedChange {
  /** The number of a ground that is not stated. */
  static final int NO_GROUND = 0;

  private SignedChange() {}

  /** Who answers for what a signed request asks for, and on what ground. */
  static ChangeOrigin origin(SignatureNonce nonce, int ground) {
    return new ChangeOrigin(
        keyId(nonce.kid()), ground, nonce.secondKid().map(SignedChange::keyId).orElse(0L));
  }

  private static long keyId(String kid) {
    return Long.parseUnsignedLong(kid, 16);
  }

  /**
   * Submits changes of status once.
   *
   * @return fails with a {@link Problem} where they were made before, or the log takes nothing
   */
  static CompletableFuture<List<Applied>> submit(
      CommandLog log, SignatureNonce nonce, List<StatusCommand> commands) {
    return StatusResource.unwrapped(
            ChangeWait.submit(log, () -> log.submit(logged(nonce), commands)))
        .thenApply(
            applied -> {
              applied.forEach(SignedChange::requireFirst);
              return applied;
            });
  }

  /**
   * Submits a change of what stands beside the holders once, for which whoever signed answers, on
   * the ground that it names: see {@link #submit}.
   */
  static CompletableFuture<Applied> submit(
      CommandLog log, SignatureNonce nonce, DocumentCommand command) {
    final DocumentCommand own = command.withOrigin(origin(nonce, command.origin().ground()));
    return StatusResource.unwrapped(ChangeWait.submit(log, () -> log.submit(logged(nonce), own)))
        .thenApply(SignedChange::requireFirst);
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
      throw applied.version() == 0 ? SeenNonces.seenBefore() : appliedBefore(applied.version());
    }
    return applied;
  }

  private static Problem appliedBefore(long version) {
    return Problem.of(
            409,
            "replayed-request",
            "the signature's nonce has been seen before: what it was for was done at version "
                + version)
        .ofVersion(version);
  }

  private static Nonce logged(SignatureNonce nonce) {
    return new Nonce(digest(nonce), nonce.createdEpochSeconds(), keyId(nonce.kid()));
  }

  private static byte[] digest(SignatureNonce nonce) {
    try {
      return Arrays.copyOf(
          MessageDigest.getInstance("SHA-256")
              .digest((nonce.kid() + " " + nonce.nonce()).getBytes(StandardCharsets.US_ASCII)),
          DocumentCommand.NONCE_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
