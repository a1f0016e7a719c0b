package gongbei.verifier.http.api;

import gongbei.codec.model.AppealRefusal;
import gongbei.replication.command.Appeal;
import gongbei.replication.command.Applied;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.log.CommandLog;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * {@code PUT /v1/appeals/{appeal}}: an authority's signed decision. A refusal closes the appeal; a
 * grant is a change of the holder's status, with which the log closes it. For any thread.
 */
public final class AppealDecisionResource {
  private static final Set<String> FIELDS = Set.of("decision", "refusal");
  private static final String[] REFUSALS =
      Arrays.stream(AppealRefusal.values()).map(AppealRefusal::wireName).toArray(String[]::new);

  private final CommandLog log;
  private final LongSupplier epochSeconds;

  AppealDecisionResource(ApiContext<?> context) {
    this.log = context.log();
    this.epochSeconds = context.epochSeconds();
  }

  /**
   * @param number the version of the change that is appealed
   * @param writing where the answer is put together, off the log's thread
   */
  CompletableFuture<Response> decide(Request question, String number, Executor writing) {
    final JsonBody body = JsonBody.read(question, FIELDS);
    body.choice("decision", "refuse");
    final AppealRefusal refusal = AppealRefusal.ofNumber(body.choice("refusal", REFUSALS));
    final Appeal appeal = open(number);
    final Appeal.Decision decision =
        new Appeal.Decision(
            Appeal.State.REFUSED,
            Optional.of(refusal),
            Long.parseUnsignedLong(question.nonce().kid(), 16),
            epochSeconds.getAsLong(),
            0);
    return SignedChange.submit(
            log, question.nonce(), DocumentCommand.appeal(appeal.decided(decision)))
        .thenApplyAsync(applied -> answer(applied, appeal), writing);
  }

  private Appeal open(String number) {
    final long version =
        AppealResource.versionOf(number)
            .orElseThrow(() -> Problem.ofField("appeal", "is no version"));
    final Appeal appeal =
        log.documents()
            .appeals()
            .find(version)
            .orElseThrow(() -> Problem.of(404, "unknown-appeal", "there is no such appeal"));
    if (!appeal.isOpen()) {
      throw decided(appeal);
    }
    return appeal;
  }

  private static Problem decided(Appeal appeal) {
    return Problem.of(
            409,
            "appeal-decided",
            "the appeal was " + appeal.decision().state().wireName() + " already")
        .ofVersion(appeal.decision().version());
  }

  private Response answer(Applied applied, Appeal asked) {
    final Appeal appeal = log.documents().appeals().find(asked.version()).orElse(asked);
    if (applied.outcome() != Applied.Outcome.APPLIED) {
      throw decided(appeal);
    }
    return Response.json(200, AppealJson.of(appeal, epochSeconds.getAsLong()));
  }
}
