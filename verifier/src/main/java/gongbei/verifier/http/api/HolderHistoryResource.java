package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.model.Colour;
import gongbei.codec.transparency.HistoryEntry;
import gongbei.codec.transparency.Proof;
import gongbei.codec.transparency.ProvenChanges;
import gongbei.codec.transparency.SignedHead;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustStore;
import gongbei.replication.history.InclusionProver;
import gongbei.replication.history.PublishedHistory;
import gongbei.replication.history.PublishedHistory.Placed;
import gongbei.replication.log.CommandLog;
import gongbei.replication.map.StatusRecord;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.transport.MediaChoice;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * {@code GET /v1/subjects/{subject}/history}: who has changed a holder's colour, when, on what
 * ground and until when, each with the proof that it is in the public log, and their appeals; for
 * whoever shows the holder's own fresh code or has the role issuer. Entries and proofs alone come
 * as bytes too, in which a proof is shorter. For any thread.
 */
public final class HolderHistoryResource {
  private static final int SECONDS_PER_MINUTE = 60;
  private static final String BYTES = "application/octet-stream";

  private final CommandLog log;
  private final HolderProof holders;
  private final HolderChanges changes;
  private final Optional<TrustStore> authorities;
  private final LongSupplier epochSeconds;

  HolderHistoryResource(ApiContext<?> context, HolderProof holders, HolderChanges changes) {
    this.log = context.log();
    this.holders = holders;
    this.changes = changes;
    this.authorities = context.authorities();
    this.epochSeconds = context.epochSeconds();
  }

  /**
   * @param subject the holder's, 32 hexadecimal digits
   */
  Response get(Request question, String subject) {
    final String media =
        MediaChoice.of(question.headers().getAll(HttpHeaderNames.ACCEPT), Response.JSON, BYTES);
    if (media == null) {
      throw Problem.of(
          406, "not-acceptable", "a holder's history comes as " + Response.JSON + " or " + BYTES);
    }
    final HolderProof.Holder holder = holders.require(question, subject);
    final long now = epochSeconds.getAsLong();
    final StatusRecord status = holder.status();
    final List<Placed> walked = changes.of(holder, Limits.MAX_CHANGES_TOLD + 1);
    if (media.equals(BYTES)) {
      return Response.of(BYTES, proven(walked).toBytes()).with("Vary", "Accept");
    }
    final int colour = status.colourAt(now / SECONDS_PER_MINUTE);
    final ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("subject", holder.subject().toHex())
            .put("colour", Colour.ofNumber(colour).wireName())
            .put("version", status.version())
            .put("appealable", colour != StatusRecord.GREEN && !isAppealed(holder, walked));
    final long greenFrom = status.greenFromEpochMinutes();
    if (colour != StatusRecord.GREEN && greenFrom != Long.MAX_VALUE) {
      json.put("greenFrom", minute(greenFrom));
    }
    putChanges(json, walked);
    final ArrayNode appeals = json.putArray("appeals");
    log.documents()
        .appeals()
        .of(holder.subject())
        .forEach(each -> appeals.add(AppealJson.of(each, log.documents().grounds(), now)));
    return Response.json(200, json).with("Vary", "Accept");
  }

  private ProvenChanges proven(List<Placed> walked) {
    final Optional<SignedHead> head = newestHead();
    final Optional<InclusionProver> prover = prover(head);
    return new ProvenChanges(
        head.map(SignedHead::note).orElse(""),
        walked.stream()
            .limit(Limits.MAX_CHANGES_TOLD)
            .map(
                each -> new ProvenChanges.Change(each.version(), each.entry(), proof(each, prover)))
            .toList());
  }

  private Optional<SignedHead> newestHead() {
    return changes.history().flatMap(PublishedHistory::newestHead);
  }

  private Optional<InclusionProver> prover(Optional<SignedHead> head) {
    return head.flatMap(
        signed -> changes.history().flatMap(kept -> kept.prover(signed.head().size())));
  }

  /** What says nothing of the colour is not proven: a proof takes hundreds of hashes. */
  private static Optional<Proof> proof(Placed placed, Optional<InclusionProver> prover) {
    final HistoryEntry entry = placed.entry();
    return prover
        .filter(any -> entry.isBeforeHistory() || HolderChanges.setsColour(entry))
        .flatMap(known -> known.inclusion(placed.version()));
  }

  private boolean isAppealed(HolderProof.Holder holder, List<Placed> walked) {
    final List<Placed> told = walked.subList(0, Math.min(walked.size(), Limits.MAX_CHANGES_TOLD));
    return log.documents()
        .appeals()
        .find(HolderChanges.changeOf(holder, told).version())
        .isPresent();
  }

  private void putChanges(ObjectNode json, List<Placed> walked) {
    final Optional<SignedHead> head = newestHead();
    final Optional<InclusionProver> prover = prover(head);
    head.ifPresent(signed -> json.put("head", signed.note()));
    json.put("complete", isComplete(walked));
    final ArrayNode array = json.putArray("changes");
    walked.stream().limit(Limits.MAX_CHANGES_TOLD).forEach(each -> array.add(change(each, prover)));
  }

  /** Whether the walk has come to the first that was known of the holder. */
  private static boolean isComplete(List<Placed> walked) {
    if (walked.isEmpty() || walked.size() > Limits.MAX_CHANGES_TOLD) {
      return false;
    }
    final HistoryEntry oldest = walked.get(walked.size() - 1).entry();
    return !oldest.isBeforeHistory() && !oldest.wasKnown();
  }

  private ObjectNode change(Placed placed, Optional<InclusionProver> prover) {
    final HistoryEntry entry = placed.entry();
    final ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("version", placed.version())
            .put("ground", log.documents().grounds().nameOf(entry.ground()))
            .put("entry", Base64.getEncoder().encodeToString(entry.bytes()));
    if (!entry.isBeforeHistory()) {
      json.put("at", Instant.ofEpochSecond(entry.epochSeconds()).toString())
          .put("colour", Colour.ofNumber(entry.colourAfter()).wireName());
      if (entry.wasKnown()) {
        json.put("before", Colour.ofNumber(entry.colourBefore()).wireName());
      }
      if (entry.untilEpochMinutes() != 0) {
        json.put("until", minute(entry.untilEpochMinutes()))
            .put("next", Colour.ofNumber(entry.nextColour()).wireName());
      }
      putAuthority(json, "authority", entry.authority());
      putAuthority(json, "secondAuthority", entry.secondAuthority());
      json.put("setsColour", HolderChanges.setsColour(entry));
    }
    proof(placed, prover)
        .ifPresent(
            proof -> {
              final ArrayNode path = json.putArray("proof");
              proof.path().forEach(node -> path.add(Base64.getEncoder().encodeToString(node)));
            });
    return json;
  }

  /** A key by its id, and by the name on its certificate where that is known here. */
  private void putAuthority(ObjectNode json, String field, long kid) {
    if (kid == 0) {
      return;
    }
    json.put(field, HexFormat.of().toHexDigits(kid));
    authorities
        .flatMap(store -> Optional.ofNullable(store.current().find(kid)))
        .map(IssuerKey::issuer)
        .filter(name -> !name.equals(IssuerKey.NO_NAME))
        .ifPresent(name -> json.put(field + "Name", name));
  }

  private static String minute(long epochMinutes) {
    return Instant.ofEpochSecond(epochMinutes * SECONDS_PER_MINUTE).toString();
  }
}
