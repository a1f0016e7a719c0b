package gongbei.verifier.http.api;

import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustStore;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.log.CommandLog;
import gongbei.verifier.ground.GroundTableException;
import gongbei.verifier.ground.GroundTableJson;
import gongbei.verifier.ground.GroundTableReader;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * {@code GET /v1/grounds} and {@code PUT /v1/grounds}: on what grounds colours may be changed, the
 * same on every node. Where the node knows more than one authority, two of them must sign a new
 * table: nobody lifts the ceilings that bind them alone. For any thread.
 */
public final class GroundResource {
  private final CommandLog log;
  private final Optional<TrustStore> authorities;
  private final LongSupplier epochSeconds;

  /**
   * @param authorities who may sign, empty where nobody may
   */
  GroundResource(CommandLog log, Optional<TrustStore> authorities, LongSupplier epochSeconds) {
    this.log = log;
    this.authorities = authorities;
    this.epochSeconds = epochSeconds;
  }

  /** The table that counts. */
  Response get() {
    return Response.json(200, GroundTableJson.of(log.documents().grounds()));
  }

  /**
   * @param writing where the answer is put together, off the log's thread
   */
  CompletableFuture<Response> put(Request question, Executor writing) {
    final GroundTable table;
    try {
      table = GroundTableReader.read(JsonBody.read(question, GroundTableReader.KEYS).copy());
      requireNames(table);
    } catch (GroundTableException e) {
      throw e.field().isEmpty()
          ? Problem.of(400, "malformed-json", "the table " + e.reason())
          : Problem.ofField(e.field(), e.reason());
    }
    if (question.nonce().secondKid().isEmpty() && knowsSeveral()) {
      throw GroundRefusals.secondSignatureMissing(
          "a table of grounds is signed by two authorities");
    }
    return SignedChange.submit(log, question.nonce(), DocumentCommand.grounds(table))
        .thenApplyAsync(
            applied -> Response.json(200, StatusResource.json(StatusResource.done(applied))),
            writing);
  }

  private void requireNames(GroundTable table) {
    try {
      table.requireNamesOf(log.documents().grounds());
    } catch (IllegalArgumentException e) {
      throw Problem.ofField("grounds", "can't be: " + e.getMessage());
    }
  }

  private boolean knowsSeveral() {
    final long now = epochSeconds.getAsLong();
    return authorities.stream()
            .flatMap(store -> store.current().keys().stream())
            .filter(key -> key.isValidAt(now))
            .mapToLong(IssuerKey::kid)
            .distinct()
            .limit(2)
            .count()
        == 2;
  }
}
