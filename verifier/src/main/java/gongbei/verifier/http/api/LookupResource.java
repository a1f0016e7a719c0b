package gongbei.verifier.http.api;

import gongbei.codec.model.DocumentType;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.verifier.audit.AuditException;
import gongbei.verifier.audit.AuditLog;
import gongbei.verifier.audit.KnownDocuments;
import gongbei.verifier.audit.LookupRecord;
import gongbei.verifier.http.guard.LookupQuota;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.http.transport.VerdictJson;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.metrics.NodeMetrics.LookupOutcome;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.venue.VenueFeed;
import gongbei.verifier.venue.VenueWords;
import gongbei.verifier.venue.VisitNotice;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /v1/lookups}: judges a holder who has a document and no code, for a checkpoint that
 * may ask so. The document's number is made into a subject at once; it is neither kept nor logged.
 * Every lookup that is answered has left a line in the audit log: by which key, when, of what type
 * of document, and whether somebody was found. For any thread.
 */
public final class LookupResource {
  private static final Set<String> FIELDS =
      Set.of("documentType", "documentNumber", "checkpoint", "venue");
  private static final List<DocumentType> TYPES = List.of(DocumentType.values());
  private static final String[] TYPE_NAMES =
      TYPES.stream().map(DocumentType::wireName).toArray(String[]::new);
  private static final int MAX_NUMBER_CHARACTERS = 64;
  private static final Logger LOGGER = LoggerFactory.getLogger(LookupResource.class);

  private final ApiContext<?> context;
  private final LookupQuota quota;
  private final VenueCodes venues;
  private final VenueFeed feed;
  private final Optional<VenueWords> words;

  LookupResource(ApiContext<?> context, VenueCodes venues, VenueFeed feed) {
    this.context = context;
    this.venues = venues;
    this.feed = feed;
    this.words = VenueResource.wordsOf(context);
    this.quota =
        new LookupQuota(
            context.lookupsPerMinute(), context.unknownLookupsPerHour(), System::nanoTime);
  }

  Response lookUp(Request question) {
    final long startedNanos = System.nanoTime();
    final JsonBody body = JsonBody.read(question, FIELDS);
    final DocumentType type = TYPES.get(body.choice("documentType", TYPE_NAMES));
    final String number = body.text("documentNumber", MAX_NUMBER_CHARACTERS);
    if (body.has("venue") && body.has("checkpoint")) {
      throw body.ofField("checkpoint", "does not go with venue");
    }
    final Optional<VenueCodes.Shown> venue =
        body.has("venue") ? Optional.of(venue(body)) : Optional.empty();
    final Ruleset ruleset =
        venue.isPresent()
            ? VisitResource.rulesetOf(context.rulesets(), venue.get())
            : ruleset(body);
    final KnownDocuments documents =
        context
            .documents()
            .orElseThrow(() -> Problem.of(501, "no-lookups", "this node knows no documents"));
    final Subject subject = subject(documents, type, number);
    final String kid = question.nonce().kid();
    final SigningKey key = signingKey();
    take(kid);
    final StatusRecord status = new StatusRecord();
    final long ageMillis = context.log().dataAgeMillis();
    final long version = context.statusMap().version();
    final boolean isKnown = context.statusMap().get(subject, status);
    if (!context.log().isServing()) {
      throw Problem.rebuilding();
    }
    final long now = context.epochSeconds().getAsLong();
    status.lapse(now);
    final Reason reason;
    if (!isKnown) {
      reason = Reason.UNKNOWN_SUBJECT;
    } else if ((status.flags() & StatusRecord.DECEASED) != 0) {
      reason = Reason.REVOKED;
    } else {
      reason = ruleset.judge(status, now, ageMillis);
    }
    record(documents.audit(), new LookupRecord(kid, type, ruleset.label(), isKnown), key);
    if (isKnown) {
      quota.known(kid);
    }
    context.scanMetrics().record(reason.verdict(), reason, System.nanoTime() - startedNanos);
    venue.ifPresent(visited -> tell(visited, reason, now));
    return Response.of(
        Response.JSON,
        new VerdictJson()
            .write(
                reason,
                isKnown ? status.colour() : Scan.COLOUR_UNKNOWN,
                ruleset,
                version,
                ageMillis)
            .toBytes());
  }

  /** A venue at which a helper has the document of a holder who has no phone. */
  private VenueCodes.Shown venue(JsonBody body) {
    final VenueCodes.Shown shown = venues.require(body, "venue");
    VisitResource.requireShown(shown);
    if (shown.isOver(context.epochSeconds().getAsLong())) {
      throw Problem.unprocessable("venue-code-expired", "venue", "is past its end");
    }
    return shown;
  }

  private void tell(VenueCodes.Shown venue, Reason reason, long now) {
    context.nodeMetrics().countVisit(venue.venue().checkpoint(), reason.verdict());
    words.ifPresent(
        own ->
            feed.visited(
                venue.number(),
                new VisitNotice(reason.verdict(), reason, now, own.word(venue.serial(), now))));
  }

  private Ruleset ruleset(JsonBody body) {
    final Ruleset ruleset =
        context
            .rulesets()
            .current()
            .find(body.text("checkpoint", ClientLimits.MAX_CHECKPOINT_CHARACTERS));
    if (ruleset == null) {
      throw Problem.ofField("unknown-checkpoint", "checkpoint", "is of a kind without a ruleset");
    }
    return ruleset;
  }

  /** What signs the line that every lookup leaves: where it can't be signed, nobody is found. */
  private SigningKey signingKey() {
    return context
        .signingKeys()
        .map(keys -> keys.current(context.format(), context.epochSeconds().getAsLong()))
        .orElseThrow(
            () ->
                Problem.of(
                    503,
                    "no-signing-key",
                    "this node has no valid key to sign the audit line of a lookup"));
  }

  private void take(String kid) {
    try {
      quota.take(kid);
    } catch (Problem e) {
      context.nodeMetrics().countLookup(LookupOutcome.OVER_QUOTA);
      throw e;
    }
  }

  private void record(AuditLog audit, LookupRecord lookup, SigningKey key) {
    try {
      audit.append(List.of(lookup), key, context.epochSeconds().getAsLong());
    } catch (AuditException e) {
      LOGGER.error(
          "A lookup can't be recorded in the audit log and is refused: {}", e.getMessage());
      throw Problem.of(503, "audit-failed", "lookups can't be recorded at the moment");
    }
    context
        .nodeMetrics()
        .countLookup(lookup.isKnown() ? LookupOutcome.KNOWN : LookupOutcome.UNKNOWN);
  }

  private static Subject subject(KnownDocuments documents, DocumentType type, String number) {
    try {
      return Subject.of(documents.secret().subject(type, number), 0);
    } catch (IllegalArgumentException e) {
      throw Problem.ofField("documentNumber", "is not 1 to 64 characters");
    }
  }
}
