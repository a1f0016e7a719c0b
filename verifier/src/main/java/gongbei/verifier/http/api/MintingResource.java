package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.model.DegradedMinting;
import gongbei.replication.command.Applied;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.MintingSwitch;
import gongbei.replication.command.MintingSwitch.Author;
import gongbei.replication.log.CommandLog;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.outage.MintingWatch;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * {@code GET /v1/minting} and {@code PUT /v1/minting}: whether minting is degraded, as the log says
 * on every node of the region, and whether this node mints. For any thread.
 */
final class MintingResource {
  private static final Set<String> FIELDS = Set.of("state", "since", "marginSeconds");
  private static final String DEGRADED = "degraded";
  private static final String NORMAL = "normal";

  private final CommandLog log;
  private final Optional<MintingWatch> watch;
  private final LongSupplier epochSeconds;

  MintingResource(ApiContext<?> context) {
    this.log = context.log();
    this.watch = context.mintingWatch();
    this.epochSeconds = context.epochSeconds();
  }

  /** What the log says, and what this node does. */
  Response get() {
    final ObjectNode answer = json(log.documents().minting());
    answer.put("mints", watch.map(MintingWatch::isOwnWorking).orElse(false));
    return Response.json(200, answer);
  }

  private ObjectNode json(MintingSwitch minting) {
    final DegradedMinting period = minting.period();
    final ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("state", minting.isDegraded() ? DEGRADED : NORMAL)
            .put("reservesCount", period.covers(epochSeconds.getAsLong()));
    if (period.sinceEpochSeconds() != 0) {
      answer
          .put("since", Instant.ofEpochSecond(period.sinceEpochSeconds()).toString())
          .put("by", minting.author().name().toLowerCase(Locale.ROOT));
    }
    if (period.untilEpochSeconds() != 0) {
      answer
          .put("until", Instant.ofEpochSecond(period.untilEpochSeconds()).toString())
          .put("marginSeconds", period.marginSeconds());
    }
    return answer.put("revision", minting.revision());
  }

  /**
   * @param writing where the answer is put together, off the log's thread
   */
  CompletableFuture<Response> put(Request question, Executor writing) {
    final JsonBody body = JsonBody.read(question, FIELDS);
    final boolean isDegraded = body.choice("state", DEGRADED, NORMAL) == 0;
    final MintingSwitch now = log.documents().minting();
    final MintingSwitch next = isDegraded ? degraded(body, now) : restored(body, now);
    return SignedChange.submit(log, question.nonce(), DocumentCommand.minting(next))
        .thenApplyAsync(applied -> done(applied), writing);
  }

  private MintingSwitch degraded(JsonBody body, MintingSwitch now) {
    if (body.has("marginSeconds")) {
      throw body.ofField("marginSeconds", "goes with the state normal alone");
    }
    final long clock = epochSeconds.getAsLong();
    final long since = body.has("since") ? body.epochSeconds("since") : clock;
    if (since < 1 || since > clock + MintingSwitch.MAX_SKEW_SECONDS) {
      throw body.ofField("since", "is in the future, or no time");
    }
    return now.degraded(Author.AUTHORITY, since);
  }

  private MintingSwitch restored(JsonBody body, MintingSwitch now) {
    if (body.has("since")) {
      throw body.ofField("since", "goes with the state degraded alone");
    }
    final int margin =
        body.number(
            "marginSeconds",
            0,
            DegradedMinting.MAX_MARGIN_SECONDS,
            watch.map(MintingWatch::marginSeconds).orElse(Limits.DEFAULT_RESERVE_MARGIN_SECONDS));
    if (!now.isDegraded()) {
      throw Problem.of(
          409, "minting-not-degraded", "the log does not say that minting is degraded");
    }
    return now.restored(Author.AUTHORITY, epochSeconds.getAsLong(), margin);
  }

  private Response done(Applied applied) {
    if (applied.outcome() == Applied.Outcome.SUPERSEDED) {
      throw Problem.of(
              409,
              "minting-changed",
              "another change of the minting state came first: read the state, and send the change"
                  + " again")
          .ofVersion(applied.version());
    }
    final ObjectNode answer = StatusResource.json(StatusResource.done(applied));
    answer.setAll(json(log.documents().minting()));
    return Response.json(200, answer);
  }
}
