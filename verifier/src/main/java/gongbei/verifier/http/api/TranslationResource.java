package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeText;
import gongbei.codec.translate.Translation;
import gongbei.codec.translate.TranslationRequest;
import gongbei.verifier.access.Role;
import gongbei.verifier.audit.AuditLog;
import gongbei.verifier.http.guard.Authorizer;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.translate.TranslationResult;
import gongbei.verifier.translate.TranslationService;
import gongbei.verifier.translate.TranslationServiceException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * {@code POST /v1/translations}: makes a code of the other region into one of this; and {@code GET
 * /v1/audit}: the last receipts. For any thread.
 */
public final class TranslationResource {
  private static final Set<String> FIELDS = Set.of("code", "target", "requireLink");
  private static final int MAX_CODE_CHARACTERS = 8_192;
  private static final String JSON_LINES = "application/jsonl";

  private final TranslationService desk;
  private final AuditLog audit;

  /**
   * @param desk null where this node translates nothing
   * @param audit null where this node neither translates nor looks up
   */
  TranslationResource(TranslationService desk, AuditLog audit) {
    this.desk = desk;
    this.audit = audit;
  }

  private static Problem notOffered() {
    return Problem.of(501, "no-translation", "this node translates no codes");
  }

  /**
   * @param writing where the answer is put together, off the desk's thread
   */
  CompletableFuture<Response> translate(Request question, Executor writing) {
    final JsonBody body = JsonBody.read(question, FIELDS);
    final String code = body.text("code", MAX_CODE_CHARACTERS);
    final String[] regions = {"GD", "MO"};
    final String target = regions[body.choice("target", regions)];
    final boolean linkRequired = body.flag("requireLink");
    if (linkRequired) {
      // Its refusal tells who is linked: a checkpoint may know that, whoever holds a code may not.
      Authorizer.require(question.caller(), "requireLink", Set.of(Role.CHECKPOINT));
    }
    if (desk == null) {
      throw notOffered();
    }
    return desk.translate(new TranslationRequest(CodeText.bytes(code), target, linkRequired))
        .exceptionally(TranslationResource::explain)
        .thenApplyAsync(TranslationResource::answer, writing);
  }

  private static TranslationResult explain(Throwable failure) {
    final Throwable cause =
        failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
    if (cause instanceof TranslationServiceException desk) {
      throw switch (desk.reason()) {
        case BUSY -> Problem.busy(desk.getMessage());
        case NO_SIGNING_KEY -> Problem.of(503, "no-signing-key", desk.getMessage());
        case LOG_CLOSED -> Problem.of(503, "log-closed", desk.getMessage());
        case MAP_FULL -> Problem.of(503, "map-full", desk.getMessage());
        case NO_GROUND ->
            Problem.ofHeader(
                403, "ground-not-yours", "code", "can't be taken: " + desk.getMessage());
        case AUDIT_FAILED -> Problem.of(503, "audit-failed", desk.getMessage());
      };
    }
    throw new CompletionException(cause);
  }

  private static Response answer(TranslationResult crossing) {
    final Translation translation = crossing.translation();
    if (!translation.isTranslated()) {
      throw Problem.unprocessable(
          translation.fault().wireName(), translation.field(), translation.explanation());
    }
    final ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("code", translation.code())
            .put(
                "expires",
                Instant.ofEpochSecond(translation.claims().expiresAtEpochSeconds()).toString())
            .put("from", translation.from())
            .put("colour", translation.claims().colour().wireName())
            .put("table", translation.table())
            .put("version", crossing.version())
            .put("receipt", crossing.receipt());
    return Response.json(201, answer);
  }

  /** The last lines of the audit log, which can be checked as an excerpt. */
  Response audit() {
    if (audit == null) {
      throw notOffered();
    }
    final List<String> lines = audit.recent();
    final String text = lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    return Response.of(JSON_LINES, text.getBytes(StandardCharsets.UTF_8));
  }
}
