package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.model.Colour;
import gongbei.replication.map.StatusRecord;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.http.transport.ScanRequest;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.rules.CheckpointName;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.rules.Verdict;
import gongbei.verifier.scan.GroupFindings;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.scan.ScanListener;
import gongbei.verifier.scan.ScanMetrics;
import gongbei.verifier.scan.ScanPipeline;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code POST /v1/scans} and {@code POST /v1/scans/batch}. For any thread. */
public final class ScanResource {
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

  /**
   * @param writing where the answer is put together, off the workers
   */
  CompletableFuture<Response> scan(Request question, Executor writing) {
    final JsonBody body = JsonBody.read(question, ONE);
    final String code = body.text("code", Limits.MAX_HTTP_BODY_BYTES);
    final Asked asked = new Asked(1);
    if (!submit(code, ruleset(body), place(body), at(body), asked, 0)) {
      throw shed();
    }
    return asked.done.thenApplyAsync(
        found -> {
          if (found[0].reason() == Reason.BUSY) {
            throw shed();
          }
          return Response.json(200, found[0].json());
        },
        writing);
  }

  /**
   * @param writing where the answer is put together, off the workers
   */
  CompletableFuture<Response> scanBatch(Request question, Executor writing) {
    final JsonBody body = JsonBody.read(question, BATCH);
    final JsonNode codes = body.array("codes", Limits.MAX_SCANS_A_BATCH);
    for (int i = 0; i < codes.size(); i++) {
      if (!codes.get(i).isTextual()) {
        throw Problem.ofField("codes[" + i + "]", "is not text");
      }
    }
    final Ruleset ruleset = ruleset(body);
    final String place = place(body);
    final long at = at(body);
    final Asked asked = new Asked(codes.size());
    for (int i = 0; i < codes.size(); i++) {
      if (!submit(codes.get(i).textValue(), ruleset, place, at, asked, i)) {
        asked.put(i, Found.busy(ruleset));
      }
    }
    return asked.done.thenApplyAsync(ScanResource::answerOf, writing);
  }

  private static Response answerOf(Found[] found) {
    final ObjectNode answer = JsonNodeFactory.instance.objectNode();
    final ArrayNode results = answer.putArray("results");
    boolean allShed = found.length > 0;
    for (final Found each : found) {
      allShed &= each.reason() == Reason.BUSY;
      results.add(each.json());
    }
    if (allShed) {
      throw shed();
    }
    return Response.json(200, answer);
  }

  /** What came of a scan, as JSON. */
  public static ObjectNode json(Scan scan) {
    return Found.of(scan).json();
  }

  /** Whether a checkpoint is of a kind that has a ruleset. */
  public boolean knows(String checkpoint) {
    return rulesets.current().find(checkpoint) != null;
  }

  /**
   * Has a code judged at a checkpoint that is known, for an event loop.
   *
   * @return false where the node is at its limit
   */
  public boolean submit(ScanRequest request, ScanListener listener, int correlationId) {
    final Ruleset ruleset = rulesets.current().find(request.checkpoint());
    return ruleset != null
        && submit(request.code(), ruleset, request.checkpoint(), Scan.NOW, listener, correlationId);
  }

  public static Problem shed() {
    return Problem.busy("the node is at its limit; try again");
  }

  private boolean submit(
      String code, Ruleset ruleset, String place, long at, ScanListener asked, int index) {
    final long sequence = pipeline.claim();
    if (sequence == ScanPipeline.BUSY) {
      metrics.recordShed();
      return false;
    }
    try {
      final Scan scan = pipeline.scan(sequence);
      scan.text(code)
          .ruleset(ruleset)
          .place(place)
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

  /** The ruleset that is named, bare or with its version, or else that of the checkpoint. */
  private Ruleset ruleset(JsonBody body) {
    final String checkpoint = body.text("checkpoint", ClientLimits.MAX_CHECKPOINT_CHARACTERS);
    final String fault = CheckpointName.fault(checkpoint);
    if (fault != null) {
      throw body.ofField("checkpoint", fault);
    }
    final String named = body.text("ruleset", ClientLimits.MAX_CHECKPOINT_CHARACTERS, null);
    if (named == null) {
      final Ruleset ruleset = rulesets.current().find(checkpoint);
      if (ruleset == null) {
        throw Problem.ofField(
            "unknown-checkpoint", "checkpoint", "is of no kind that has a ruleset");
      }
      return ruleset;
    }
    for (final Ruleset ruleset : rulesets.current().all()) {
      if (ruleset.name().equals(named) || ruleset.label().equals(named)) {
        return ruleset;
      }
    }
    throw Problem.ofField("unknown-ruleset", "ruleset", "is none that is in force");
  }

  private static String place(JsonBody body) {
    return body.text("checkpoint", ClientLimits.MAX_CHECKPOINT_CHARACTERS);
  }

  private static long at(JsonBody body) {
    return body.has("at") ? body.epochSeconds("at") : Scan.NOW;
  }

  /** What came of one scan. */
  private record Found(
      Verdict verdict,
      Reason reason,
      String field,
      int colour,
      String ruleset,
      long version,
      long dataAgeMillis,
      boolean stale,
      ObjectNode group) {
    static Found of(Scan scan) {
      return new Found(
          scan.verdict(),
          scan.reason(),
          scan.field(),
          scan.colour(),
          scan.ruleset().label(),
          scan.mapVersion(),
          scan.dataAgeMillis(),
          scan.stale(),
          scan.group() == null ? null : json(scan.group()));
    }

    static Found busy(Ruleset ruleset) {
      return new Found(
          Reason.BUSY.verdict(),
          Reason.BUSY,
          null,
          Scan.COLOUR_UNKNOWN,
          ruleset.label(),
          0,
          0,
          false,
          null);
    }

    private static ObjectNode json(GroupFindings findings) {
      final ObjectNode group = JsonNodeFactory.instance.objectNode();
      group.put("size", findings.size());
      final ObjectNode colours = group.putObject("colours");
      for (int colour = StatusRecord.GREEN; colour <= StatusRecord.RED; colour++) {
        colours.put(Colour.ofNumber(colour).wireName(), findings.colour(colour));
      }
      colours.put("unknown", findings.unknown());
      final ObjectNode reasons = group.putObject("reasons");
      for (final Reason reason : Reason.values()) {
        if (findings.reason(reason) > 0) {
          reasons.put(reason.wireName(), findings.reason(reason));
        }
      }
      final ArrayNode heldUpBy = group.putArray("heldUpBy");
      final ObjectNode heldUpFor = group.putObject("heldUpFor");
      for (int i = 0; i < findings.heldUpByCount(); i++) {
        heldUpBy.add(findings.heldUpBy(i));
        heldUpFor.withArray(findings.heldUpFor(i).wireName()).add(findings.heldUpBy(i));
      }
      return group;
    }

    ObjectNode json() {
      final ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("verdict", verdict.wireName()).put("reason", reason.wireName());
      if (field != null) {
        json.put("field", field);
      }
      if (colour != Scan.COLOUR_UNKNOWN) {
        json.put("colour", Colour.ofNumber(colour).wireName());
      }
      json.put("ruleset", ruleset)
          .put("version", version)
          .put("dataAgeMillis", dataAgeMillis)
          .put("stale", stale);
      if (group != null) {
        json.set("group", group);
      }
      return json;
    }
  }

  /** Gathers what came of the scans of one request. */
  private static final class Asked implements ScanListener {
    private final Found[] found;
    private final AtomicInteger awaited;
    private final CompletableFuture<Found[]> done = new CompletableFuture<>();

    Asked(int scans) {
      found = new Found[scans];
      awaited = new AtomicInteger(scans);
      if (scans == 0) {
        done.complete(found);
      }
    }

    @Override
    public void onVerdict(Scan scan) {
      put((int) scan.correlationId(), Found.of(scan));
    }

    @Override
    public void onBatchEnd() {
      // Each request is answered when its own last verdict is in.
    }

    void put(int index, Found each) {
      found[index] = each;
      if (awaited.decrementAndGet() == 0) {
        done.complete(found);
      }
    }
  }
}
