package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeText;
import gongbei.codec.model.Region;
import gongbei.codec.translate.Translation;
import gongbei.codec.translate.TranslationRequest;
import gongbei.verifier.access.Role;
import gongbei.verifier.audit.AuditLog;
import gongbei.verifier.http.guard.Authorizer;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.translate.TranslationJson;
import gongbei.verifier.translate.TranslationResult;
import gongbei.verifier.translate.TranslationServiceException;
import gongbei.verifier.translate.Translations;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/**
 * {@code POST /v1/translations}: makes a code of the other region into one of this; and {@code GET
 * /v1/audit}: the last receipts. For any thread.
 */
public final class TranslationResource {
  private static final Set<String> FIELDS = Set.of("code", "target", "requireLink");
  private static final int MAX_CODE_CHARACTERS = 8_192;
  private static final String[] REGIONS =
      Stream.of(Region.values()).map(Region::wireName).toArray(String[]::new);
  private static final String JSON_LINES = "application/jsonl";

  private final Translations translations;
  private final Optional<AuditLog> audit;

  /**
   * @param audit empty where this node neither translates nor looks up
   */
  TranslationResource(Translations translations, Optional<AuditLog> audit) {
    this.translations = translations;
    this.audit = audit;
  }

  /**
   * @param writing where the answer is put together, off the desk's thread
   */
  CompletableFuture<Response> translate(Request question, Executor writing) {
    final JsonBody body = JsonBody.read(question, FIELDS);
    final String code = body.text("code", MAX_CODE_CHARACTERS);
    final String target = REGIONS[body.choice("target", REGIONS)];
    final boolean linkRequired = body.flag("requireLink");
    if (linkRequired) {
      // Its refusal tells who is linked: a checkpoint may know that, whoever holds a code may not.
      Authorizer.require(question.caller(), "requireLink", Set.of(Role.CHECKPOINT));
    }
    return translations
        .translate(new TranslationRequest(CodeText.bytes(code), target, linkRequired))
        .exceptionally(TranslationResource::explain)
        .thenApplyAsync(TranslationResource::answer, writing);
  }

  private static TranslationResult explain(Throwable failure) {
    final Throwable cause =
        failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
    if (cause instanceof TranslationServiceException desk) {
      throw switch (desk.reason()) {
        case NOT_OFFERED -> notOffered(desk.getMessage());
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
        TranslationJson.of(translation)
            .put("version", crossing.version())
            .put("receipt", crossing.receipt());
    return Response.json(201, answer);
  }

  private static Problem notOffered(String why) {
    return Problem.of(501, "no-translation", why);
  }

  /** The last lines of the audit log, which can be checked as an excerpt. */
  Response audit() {
    final List<String> lines =
        audit.orElseThrow(() -> notOffered("this node translates no codes")).recent();
    final String text = lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    return Response.of(JSON_LINES, text.getBytes(StandardCharsets.UTF_8));
  }
}
