package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.model.Colour;
import gongbei.replication.log.CommandLog;
import gongbei.replication.map.StatusRecord;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import java.util.function.LongSupplier;

/**
 * {@code GET /v1/subjects/{subject}/history}: what a holder may know of their colour, for whoever
 * shows the holder's own fresh code or has the role issuer. For any thread.
 */
public final class HolderHistoryResource {
  private static final int SECONDS_PER_MINUTE = 60;

  private final CommandLog log;
  private final HolderProof holders;
  private final AppealCauses causes;
  private final LongSupplier epochSeconds;

  HolderHistoryResource(ApiContext<?> context, HolderProof holders, AppealCauses causes) {
    this.log = context.log();
    this.holders = holders;
    this.causes = causes;
    this.epochSeconds = context.epochSeconds();
  }

  /**
   * @param subject the holder's, 32 hexadecimal digits
   */
  Response get(Request question, String subject) {
    final HolderProof.Holder holder = holders.require(question, subject);
    final long now = epochSeconds.getAsLong();
    final ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("subject", holder.subject().toHex())
            .put("colour", Colour.ofNumber(colourAt(holder, now)).wireName())
            .put("version", holder.status().version())
            .put("appealable", isAppealable(holder, now));
    final ArrayNode appeals = json.putArray("appeals");
    log.documents()
        .appeals()
        .of(holder.subject())
        .forEach(each -> appeals.add(AppealJson.of(each, now)));
    return Response.json(200, json);
  }

  private boolean isAppealable(HolderProof.Holder holder, long epochSeconds) {
    return colourAt(holder, epochSeconds) != StatusRecord.GREEN
        && log.documents().appeals().find(causes.of(holder).version()).isEmpty();
  }

  private static int colourAt(HolderProof.Holder holder, long epochSeconds) {
    return holder.status().colourAt(epochSeconds / SECONDS_PER_MINUTE);
  }
}
