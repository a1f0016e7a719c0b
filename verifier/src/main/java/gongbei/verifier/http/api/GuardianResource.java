package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.replication.command.Applied;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Guardianship;
import gongbei.replication.log.CommandLog;
import gongbei.replication.machine.GuardianBook;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * {@code PUT} and {@code GET /v1/subjects/{subject}/guardians}: who may show the codes of a ward.
 * An authority signs the link, and the guardian consents to it by a fresh code of their own. For
 * any thread.
 */
final class GuardianResource {
  private static final Set<String> FIELDS = Set.of("code", "guardian", "withdrawnAt");

  private final CommandLog log;
  private final StatusMap map;
  private final HolderProof holders;
  private final LongSupplier epochSeconds;

  GuardianResource(ApiContext<?> context, HolderProof holders) {
    this.log = context.log();
    this.map = context.statusMap();
    this.holders = holders;
    this.epochSeconds = context.epochSeconds();
  }

  private GuardianBook book() {
    return log.documents().guardians();
  }

  /**
   * Links a guardian to a ward, or ends the link.
   *
   * @param subject the ward's, 32 hexadecimal digits
   * @param writing where the answer is put together, off the log's thread
   */
  CompletableFuture<Response> put(Request question, String subject, Executor writing) {
    final JsonBody body = JsonBody.read(question, FIELDS);
    final Subject ward = StatusResource.subject(body, subject);
    final DocumentCommand command =
        body.has("withdrawnAt") || body.has("guardian") ? end(body, ward) : link(body, ward);
    return SignedChange.submit(log, question.nonce(), command)
        .thenApplyAsync(
            applied -> {
              if (applied.outcome() == Applied.Outcome.CEILING_REACHED) {
                throw overLimit();
              }
              return Response.json(200, StatusResource.json(applied));
            },
            writing);
  }

  private static Problem overLimit() {
    return Problem.unprocessable(
        "guardian-limit",
        "code",
        "is of a guardian who has " + Guardianship.MAX_WARDS + " wards, as many as one may");
  }

  /** The link that a guardian's own code consents to, at the second at which it was minted. */
  private DocumentCommand link(JsonBody body, Subject ward) {
    final HolderProof.Holder guardian = holders.require(body, "code");
    if (guardian.subject().equals(ward)) {
      throw Problem.unprocessable("own-guardian", "code", "is the ward's own");
    }
    final StatusRecord status = new StatusRecord();
    if (!map.get(ward, status)) {
      throw Problem.of(404, "unknown-subject", "the map knows no such subject");
    }
    if (!book().wardsOf(guardian.subject()).contains(ward)
        && book().wardsOf(guardian.subject()).size() >= Guardianship.MAX_WARDS) {
      throw overLimit();
    }
    return DocumentCommand.guardianship(
        new Guardianship(guardian.subject(), ward, guardian.issuedAtEpochSeconds()));
  }

  private DocumentCommand end(JsonBody body, Subject ward) {
    if (body.has("code")) {
      throw body.ofField("code", "does not go with withdrawnAt");
    }
    final Subject guardian;
    try {
      guardian = Subject.ofHex(body.text("guardian", 2 * Subject.BYTES));
    } catch (IllegalArgumentException e) {
      throw body.ofField("guardian", "is not 32 hexadecimal digits");
    }
    final long at = body.epochSeconds("withdrawnAt");
    final long now = epochSeconds.getAsLong();
    if (at > now + Limits.SIGNATURE_AHEAD_SECONDS) {
      throw body.ofField("withdrawnAt", "is in the future");
    }
    return DocumentCommand.guardianshipEnd(guardian, ward, Math.min(at, now));
  }

  /**
   * Tells a holder, or who mints for them, whose guardian they are and who theirs is.
   *
   * @param subject the holder's, 32 hexadecimal digits
   */
  Response get(Request question, String subject) {
    final Subject holder = holders.require(question, subject).subject();
    final ObjectNode json = JsonNodeFactory.instance.objectNode().put("subject", holder.toHex());
    put(json.putArray("wards"), book().wardsOf(holder));
    put(json.putArray("guardians"), book().guardiansOf(holder));
    return Response.json(200, json.put("maxWards", Guardianship.MAX_WARDS));
  }

  private static void put(ArrayNode array, Set<Subject> subjects) {
    subjects.forEach(each -> array.add(each.toHex()));
  }

  /** Refuses who asks for a ward's code by a code that is not the ward's guardian's own. */
  void requireGuardian(JsonBody body, Subject ward) {
    final Subject guardian = holders.require(body, "guardian").subject();
    if (!book().wardsOf(guardian).contains(ward)) {
      throw Problem.ofHeader(
          403,
          "not-guardian",
          "guardian",
          "is the code of somebody who is not this ward's guardian");
    }
  }
}
