package gongbei.verifier.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.ClaimsJson;
import gongbei.codec.trust.SubjectSecret;
import gongbei.codec.trust.SubjectSecret.DocumentType;
import gongbei.replication.status.CommandLog;
import gongbei.replication.status.StatusMap;
import gongbei.replication.status.StatusRecord;
import gongbei.replication.status.Subject;
import gongbei.verifier.config.Limits;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.scan.ScanMetrics;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * {@code POST /v1/lookups}: judges a holder who has a document and no code, for a checkpoint that
 * may ask so. The document's number is made into a subject at once; it is neither kept nor logged.
 * For any thread.
 */
final class LookupResource {
  private static final Set<String> FIELDS = Set.of("documentType", "documentNumber", "checkpoint");
  private static final List<DocumentType> TYPES = List.of(DocumentType.values());
  private static final String[] TYPE_NAMES =
      TYPES.stream().map(DocumentType::wireName).toArray(String[]::new);
  private static final int MAX_NUMBER_CHARACTERS = 64;

  private final SubjectSecret secret;
  private final StatusMap statusMap;
  private final CommandLog log;
  private final RulesetStore rulesets;
  private final ScanMetrics metrics;
  private final LongSupplier epochSeconds;

  /**
   * @param secret this region's, or null where this node knows no documents
   */
  LookupResource(
      SubjectSecret secret,
      StatusMap statusMap,
      CommandLog log,
      RulesetStore rulesets,
      ScanMetrics metrics,
      LongSupplier epochSeconds) {
    this.secret = secret;
    this.statusMap = statusMap;
    this.log = log;
    this.rulesets = rulesets;
    this.metrics = metrics;
    this.epochSeconds = epochSeconds;
  }

  HttpAnswer lookUp(HttpQuestion question) {
    final long startedNanos = System.nanoTime();
    final JsonBody body = JsonBody.read(question, FIELDS);
    final DocumentType type = TYPES.get(body.choice("documentType", TYPE_NAMES));
    final String number = body.text("documentNumber", MAX_NUMBER_CHARACTERS);
    final Ruleset ruleset =
        rulesets.current().find(body.text("checkpoint", Limits.MAX_CHECKPOINT_CHARACTERS));
    if (ruleset == null) {
      throw Problem.ofField("unknown-checkpoint", "checkpoint", "is of no kind that has a ruleset");
    }
    if (secret == null) {
      throw Problem.of(501, "no-lookups", "this node knows no documents");
    }
    final Subject subject = subject(type, number);
    final StatusRecord status = new StatusRecord();
    final long ageMillis = log.dataAgeMillis();
    final long version = statusMap.version();
    final boolean isKnown = statusMap.get(subject, status);
    if (!log.isServing()) {
      throw Problem.busy("the node's map is being made anew; ask another");
    }
    final Reason reason;
    if (!isKnown) {
      reason = Reason.UNKNOWN_SUBJECT;
    } else if ((status.flags() & StatusRecord.DECEASED) != 0) {
      reason = Reason.REVOKED;
    } else {
      reason = ruleset.judge(status, epochSeconds.getAsLong(), ageMillis);
    }
    metrics.record(reason.verdict(), reason, System.nanoTime() - startedNanos);
    final ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("verdict", reason.verdict().wireName())
            .put("reason", reason.wireName());
    if (isKnown) {
      answer.put("colour", ClaimsJson.colourName(status.colour()));
    }
    return HttpAnswer.json(
        200,
        answer
            .put("ruleset", ruleset.label())
            .put("version", version)
            .put("dataAgeMillis", ageMillis)
            .put("stale", ruleset.isStale(ageMillis)));
  }

  private Subject subject(DocumentType type, String number) {
    try {
      return Subject.of(secret.subject(type, number), 0);
    } catch (IllegalArgumentException e) {
      throw Problem.ofField("documentNumber", "is not 1 to 64 characters");
    }
  }
}
