package gongbei.verifier.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.ClaimsJson;
import gongbei.codec.code.CodeLimits;
import gongbei.verifier.config.Limits;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.rules.Verdict;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.scan.ScanListener;
import gongbei.verifier.scan.ScanMetrics;
import gongbei.verifier.scan.ScanPipeline;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code POST /v1/scans} and {@code POST /v1/scans/batch}. For any thread. */
final class ScanResource {
  private static final Set<String> ONE = Set.of("code", "checkpoint", "ruleset", "at");
  private static final Set<String> BATCH = Set.of("codes", "checkpoint", "ruleset", "at");

  private final ScanPipeline pipeline;
  private final RulesetStore rulesets;
  private final ScanMetrics metrics;

  ScanResource(ScanPipeline pipeline, RulesetStore rulesets, ScanMetrics metrics) {
    this.pipeline = pipeline;
    this.rulesets = rulesets;
    this.metrics = metrics;
  }

  CompletableFuture<HttpAnswer> scan(HttpQuestion question) {
    final JsonBody body = JsonBody.read(question, ONE);
    final String code = body.text("code", Limits.MAX_HTTP_BODY_BYTES);
    final Asked asked = new Asked(1);
    if (!submit(code, ruleset(body), at(body), asked, 0)) {
      throw Problem.busy("the node is at its limit; try again");
    }
    return asked.done.thenApply(verdicts -> HttpAnswer.json(200, verdicts[0]));
  }

  CompletableFuture<HttpAnswer> scanBatch(HttpQuestion question) {
    final JsonBody body = JsonBody.read(question, BATCH);
    final JsonNode codes = body.array("codes", Limits.MAX_SCANS_A_BATCH);
    for (int i = 0; i < codes.size(); i++) {
      if (!codes.get(i).isTextual()) {
        throw Problem.ofField("codes[" + i + "]", "is not text");
      }
    }
    final Ruleset ruleset = ruleset(body);
    final long at = at(body);
    final Asked asked = new Asked(codes.size());
    for (int i = 0; i < codes.size(); i++) {
      if (!submit(codes.get(i).textValue(), ruleset, at, asked, i)) {
        asked.shed(i, ruleset);
      }
    }
    return asked.done.thenApply(
        verdicts -> {
          final ObjectNode answer = JsonNodeFactory.instance.objectNode();
          final ArrayNode results = answer.putArray("results");
          for (final ObjectNode verdict : verdicts) {
            results.add(verdict);
          }
          return HttpAnswer.json(200, answer);
        });
  }

  private boolean submit(String code, Ruleset ruleset, long at, Asked asked, int index) {
    final long sequence = pipeline.claim();
    if (sequence == ScanPipeline.BUSY) {
      metrics.recordShed();
      return false;
    }
    try {
      final Scan scan = pipeline.scan(sequence);
      if (code.length() > CodeLimits.MAX_TEXT_CHARACTERS) {
        scan.length(code.length());
      } else {
        scan.text(code);
      }
      scan.ruleset(ruleset)
          .atEpochSeconds(at)
          .correlationId(index)
          .connectionId(0)
          .acceptedNanos(System.nanoTime())
          .listener(asked);
    } finally {
      pipeline.publish(sequence);
    }
    return true;
  }

  private Ruleset ruleset(JsonBody body) {
    final String checkpoint = body.text("checkpoint", Limits.MAX_CHECKPOINT_CHARACTERS);
    final String named = body.text("ruleset", Limits.MAX_CHECKPOINT_CHARACTERS, null);
    final Ruleset ruleset = rulesets.current().find(named == null ? checkpoint : named);
    if (ruleset == null) {
      throw Problem.ofField(
          named == null ? "checkpoint" : "ruleset", "is of no kind that has a ruleset");
    }
    return ruleset;
  }

  private static long at(JsonBody body) {
    return body.has("at") ? body.epochSeconds("at") : Scan.NOW;
  }

  /** Gathers the verdicts of one request. */
  private static final class Asked implements ScanListener {
    private final ObjectNode[] verdicts;
    private final AtomicInteger awaited;
    private final CompletableFuture<ObjectNode[]> done = new CompletableFuture<>();

    Asked(int scans) {
      verdicts = new ObjectNode[scans];
      awaited = new AtomicInteger(scans);
      if (scans == 0) {
        done.complete(verdicts);
      }
    }

    @Override
    public void onVerdict(Scan scan) {
      put(
          (int) scan.correlationId(),
          json(
              scan.verdict(),
              scan.reason(),
              scan.field(),
              scan.colour(),
              scan.ruleset(),
              scan.mapVersion(),
              scan.dataAgeMillis(),
              scan.stale()));
    }

    @Override
    public void onBatchEnd() {
      // Each request is answered when its own last verdict is in.
    }

    void shed(int index, Ruleset ruleset) {
      put(
          index,
          json(
              Reason.BUSY.verdict(), Reason.BUSY, null, Scan.COLOUR_UNKNOWN, ruleset, 0, 0, false));
    }

    private void put(int index, ObjectNode verdict) {
      verdicts[index] = verdict;
      if (awaited.decrementAndGet() == 0) {
        done.complete(verdicts);
      }
    }

    private static ObjectNode json(
        Verdict verdict,
        Reason reason,
        String field,
        int colour,
        Ruleset ruleset,
        long version,
        long dataAgeMillis,
        boolean stale) {
      final ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("verdict", verdict.wireName()).put("reason", reason.wireName());
      if (field != null) {
        json.put("field", field);
      }
      if (colour != Scan.COLOUR_UNKNOWN) {
        json.put("colour", ClaimsJson.colourName(colour));
      }
      return json.put("ruleset", ruleset.label())
          .put("version", version)
          .put("dataAgeMillis", dataAgeMillis)
          .put("stale", stale);
    }
  }
}
