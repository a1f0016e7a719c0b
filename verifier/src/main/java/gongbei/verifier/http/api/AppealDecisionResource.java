package gongbei.verifier.http.api;

import gongbei.codec.model.AppealRefusal;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.replication.command.Appeal;
import gongbei.replication.command.Applied;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.log.CommandLog;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import java.util.Arrays;
import java.util.List;
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
  private static final Set<String> FIELDS = Set.of("decision", "refusal", "colour", "until");
  private static final Set<String> GRANT = Set.of("colour", "until");
  private static final int SECONDS_PER_MINUTE = 60;
  private static final String[] REFUSALS =
      Arrays.stream(AppealRefusal.values()).map(AppealRefusal::wireName).toArray(String[]::new);

  private final StatusMap map;
  private final CommandLog log;
  private final AppealCauses causes;
  private final LongSupplier epochSeconds;

  AppealDecisionResource(ApiContext<?> context, AppealCauses causes) {
    this.map = context.statusMap();
    this.log = context.log();
    this.causes = causes;
    this.epochSeconds = context.epochSeconds();
  }

  /**
   * @param number the version of the change that is appealed
   * @param writing where the answer is put together, off the log's thread
   */
  CompletableFuture<Response> decide(Request question, String number, Executor writing) {
    final JsonBody body = JsonBody.read(question, FIELDS);
    final boolean isGrant = body.choice("decision", "grant", "refuse") == 0;
    return isGrant
        ? grant(question, number, body, writing)
        : refuse(question, number, body, writing);
  }

  private CompletableFuture<Response> refuse(
      Request question, String number, JsonBody body, Executor writing) {
    for (final String field : GRANT) {
      if (body.has(field)) {
        throw body.ofField(field, "does not go with a refusal");
      }
    }
    final AppealRefusal refusal = AppealRefusal.ofNumber(body.choice("refusal", REFUSALS));
    final Appeal appeal = open(number);
    final long authority = authority(question);
    final Appeal.Decision decision =
        new Appeal.Decision(
            Appeal.State.REFUSED, Optional.of(refusal), authority, epochSeconds.getAsLong(), 0);
    final DocumentCommand closing =
        DocumentCommand.appeal(appeal.decided(decision))
            .withOrigin(SignedChange.origin(question.nonce(), GroundTable.APPEAL));
    return SignedChange.submit(log, question.nonce(), closing)
        .thenApplyAsync(applied -> answer(applied, appeal), writing);
  }

  private static long authority(Request question) {
    return Long.parseUnsignedLong(question.nonce().kid(), 16);
  }

  /** Changes the colour alone: whatever else is known of the holder stays as it is. */
  private CompletableFuture<Response> grant(
      Request question, String number, JsonBody body, Executor writing) {
    if (body.has("refusal")) {
      throw body.ofField("refusal", "does not go with a grant");
    }
    final Colour colour =
        body.has("colour")
            ? Colour.ofNumber(
                body.choice("colour", Colour.GREEN.wireName(), Colour.YELLOW.wireName()))
            : Colour.GREEN;
    if (body.has("until") != (colour != Colour.GREEN)) {
      throw body.ofField("until", "goes with a colour that is not green, and only with one");
    }
    final int until =
        body.has("until") ? (int) (body.epochSeconds("until") / SECONDS_PER_MINUTE) : 0;
    final Appeal appeal = open(number);
    final StatusRecord status = status(appeal);
    // Whatever is known of the holder is said again: so only if nobody has said something else.
    final StatusCommand correction =
        StatusCommand.SetStatus.of(appeal.subject())
            .colour(colour)
            .until(until)
            .test(TestResult.ofNumber(status.result()), status.sampleEpochMinutes())
            .doses(status.doses())
            .lastDoseEpochDay(status.lastDoseEpochDay())
            .flags(status.flags() & StatusRecord.ALL_FLAGS)
            .origin(SignedChange.origin(question.nonce(), GroundTable.APPEAL))
            .ifVersion(status.version())
            .build();
    return SignedChange.submit(log, question.nonce(), List.of(correction))
        .thenApplyAsync(
            applied -> {
              requireAllowed(applied.get(0), correction);
              return answer(applied.get(0), appeal);
            },
            writing);
  }

  private void requireAllowed(Applied applied, StatusCommand correction) {
    final Optional<Problem> refusal =
        GroundRefusals.problem(applied.outcome(), correction, () -> log.documents().grounds());
    if (refusal.isPresent()) {
      throw refusal.get().ofVersion(applied.version());
    }
    if (applied.outcome() == Applied.Outcome.CHANGED_MEANWHILE) {
      throw Problem.of(
              409,
              GroundRefusals.typeOf(applied.outcome()),
              "the holder's status has changed meanwhile: read it again, then decide")
          .ofVersion(applied.version());
    }
  }

  /** The status that is to be corrected, where it is the one that was appealed. */
  private StatusRecord status(Appeal appeal) {
    final StatusRecord status = new StatusRecord();
    final boolean isKnown = map.get(appeal.subject(), status);
    if (!log.isServing()) {
      throw Problem.rebuilding();
    }
    if (!isKnown) {
      throw Problem.of(404, "unknown-subject", "the map knows no such subject");
    }
    final AppealCauses.Change change = causes.of(new HolderProof.Holder(appeal.subject(), status));
    if (change.isKnown() && change.version() != appeal.version()) {
      throw Problem.of(409, "status-changed", "the holder's colour has changed since the appeal")
          .ofVersion(change.version());
    }
    return status;
  }

  private Appeal open(String number) {
    final long version =
        AppealResource.versionOf(number)
            .orElseThrow(() -> Problem.ofField("appeal", "is not a version"));
    final Appeal appeal =
        log.documents()
            .appeals()
            .find(version)
            .orElseThrow(() -> Problem.of(404, "unknown-appeal", "no such appeal exists"));
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
    switch (applied.outcome()) {
      case APPLIED -> {}
      case SUPERSEDED, UNKNOWN_SUBJECT -> throw decided(appeal);
      default ->
          throw Problem.of(422, "invalid-field", "the log has found a field out of its range")
              .ofVersion(applied.version());
    }
    return Response.json(
        200, AppealJson.of(appeal, log.documents().grounds(), epochSeconds.getAsLong()));
  }
}
