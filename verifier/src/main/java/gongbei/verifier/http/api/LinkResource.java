package gongbei.verifier.http.api;

import gongbei.codec.model.DocumentType;
import gongbei.codec.translate.TranslationTable.DocumentPair;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Link;
import gongbei.replication.log.CommandLog;
import gongbei.replication.map.Subject;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.translate.TranslationTables;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * {@code PUT /v1/links/{subject}}: links a subject of the other region to one of this, with the
 * holder's consent, or takes the link away. For any thread.
 */
public final class LinkResource {
  private static final Set<String> FIELDS =
      Set.of("subject", "otherDocument", "document", "consentedAt", "withdrawnAt");
  private static final Set<String> GRANT = Set.of("subject", "otherDocument", "document");
  private static final List<DocumentType> TYPES = List.of(DocumentType.values());
  private static final String[] DOCUMENTS =
      TYPES.stream().map(DocumentType::wireName).toArray(String[]::new);

  private final CommandLog log;
  private final TranslationTables tables;
  private final LongSupplier epochSeconds;

  LinkResource(CommandLog log, TranslationTables tables, LongSupplier epochSeconds) {
    this.log = log;
    this.tables = tables;
    this.epochSeconds = epochSeconds;
  }

  /**
   * @param other the other region's subject
   * @param writing where the answer is put together, off the log's thread
   */
  CompletableFuture<Response> put(Request question, String other, Executor writing) {
    final JsonBody body = JsonBody.read(question, FIELDS);
    return SignedChange.submit(
            log, question.nonce(), command(body, StatusResource.subject(body, other)))
        .thenApplyAsync(applied -> Response.json(200, StatusResource.json(applied)), writing);
  }

  private DocumentCommand command(JsonBody body, Subject other) {
    if (body.has("withdrawnAt")) {
      for (final String field : GRANT) {
        if (body.has(field)) {
          throw body.ofField(field, "does not go with withdrawnAt");
        }
      }
      if (body.has("consentedAt")) {
        throw body.ofField("consentedAt", "does not go with withdrawnAt");
      }
      return DocumentCommand.withdrawal(other, past(body, "withdrawnAt"));
    }
    final Subject own = StatusResource.subject(body, body.text("subject", 2 * Subject.BYTES));
    final DocumentType otherDocument = document(body, "otherDocument");
    final DocumentType document = document(body, "document");
    final long consentedAt = past(body, "consentedAt");
    if (!tables.current().documents().contains(new DocumentPair(otherDocument, document))) {
      throw Problem.unprocessable(
          "not-in-table",
          "document",
          "is not one that " + tables.current().label() + " lets be linked to a " + otherDocument);
    }
    return DocumentCommand.link(
        other, new Link(own, consentedAt, otherDocument.number(), document.number()));
  }

  private static DocumentType document(JsonBody body, String field) {
    return TYPES.get(body.choice(field, DOCUMENTS));
  }

  /**
   * What an authority's clock is ahead counts as now, or no withdrawal would follow for so long.
   */
  private long past(JsonBody body, String field) {
    final long seconds = body.epochSeconds(field);
    final long now = epochSeconds.getAsLong();
    if (seconds > now + Limits.SIGNATURE_AHEAD_SECONDS) {
      throw body.ofField(field, "is in the future");
    }
    return Math.min(seconds, now);
  }
}
