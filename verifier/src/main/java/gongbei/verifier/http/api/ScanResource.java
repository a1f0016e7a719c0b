package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.http.transport.VerdictJson;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.rules.CheckpointName;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.scan.ScanListener;
import gongbei.verifier.server.ScanAdmission;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code POST /v1/scans} and {@code POST /v1/scans/batch}. For any thread. */
public final class ScanResource {
  private static final Set<String> ONE = Set.of("code", "checkpoint", "ruleset", "at");
  private static final Set<String> BATCH = Set.of("codes", "checkpoint", "ruleset", "at");

  private static final byte[] RESULTS_START = "{\"results\":[".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] RESULTS_END = "]}".getBytes(StandardCharsets.US_ASCII);

  private final ScanAdmission admission;
  private final RulesetStore rulesets;

  ScanResource(ScanAdmission admission, RulesetStore rulesets) {
    this.admission = admission;
    this.rulesets = rulesets;
  }

  /**
   * @param writing where the answer is put together, off the workers
   */
  CompletableFuture<Response> scan(Request question, Executor writing) {
    final JsonBody body = JsonBody.read(question, ONE);
    final String code = body.text("code", Limits.MAX_HTTP_BODY_BYTES);
    final Asked asked = new Asked(1);
    if (!admission.submit(code, terms(question, body), asked, 0)) {
      throw Problem.shed();
    }
    return asked.done.thenApplyAsync(
        found -> {
          if (found[0].isShed()) {
            throw Problem.shed();
          }
          return Response.of(Response.JSON, found[0].json());
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
    final ScanAdmission.Terms terms = terms(question, body);
    final Asked asked = new Asked(codes.size());
    for (int i = 0; i < codes.size(); i++) {
      if (!admission.submit(codes.get(i).textValue(), terms, asked, i)) {
        asked.put(i, Found.busy(terms.ruleset()));
      }
    }
    return asked.done.thenApplyAsync(ScanResource::answerOf, writing);
  }

  private static Response answerOf(Found[] found) {
    if (found.length > 0 && Arrays.stream(found).allMatch(Found::isShed)) {
      throw Problem.shed();
    }
    final ByteArrayOutputStream answer = new ByteArrayOutputStream();
    answer.writeBytes(RESULTS_START);
    for (int i = 0; i < found.length; i++) {
      if (i > 0) {
        answer.write(',');
      }
      answer.writeBytes(found[i].json());
    }
    answer.writeBytes(RESULTS_END);
    return Response.of(Response.JSON, answer.toByteArray());
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
        throw Problem.ofField("unknown-checkpoint", "checkpoint", "is of a kind without a ruleset");
      }
      return ruleset;
    }
    for (final Ruleset ruleset : rulesets.current().all()) {
      if (ruleset.name().equals(named) || ruleset.label().equals(named)) {
        return ruleset;
      }
    }
    throw Problem.ofField("unknown-ruleset", "ruleset", "is not the name of a ruleset in force");
  }

  private ScanAdmission.Terms terms(Request question, JsonBody body) {
    return new ScanAdmission.Terms(
        ruleset(body),
        body.text("checkpoint", ClientLimits.MAX_CHECKPOINT_CHARACTERS),
        body.has("at") ? body.epochSeconds("at") : Scan.NOW,
        question.languages());
  }

  /**
   * What came of one scan.
   *
   * @param isShed whether it was not evaluated
   */
  private record Found(boolean isShed, byte[] json) {
    static Found of(Scan scan) {
      return new Found(scan.reason() == Reason.BUSY, new VerdictJson().write(scan).toBytes());
    }

    static Found busy(Ruleset ruleset) {
      return new Found(true, new VerdictJson().writeBusy(ruleset).toBytes());
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
