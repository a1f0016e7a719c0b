package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.replication.command.Appeal;
import gongbei.replication.ground.GroundTable;
import java.time.Instant;
import java.util.HexFormat;

/** Writes appeals as JSON. */
final class AppealJson {
  private AppealJson() {}

  /**
   * What is told of an appeal.
   *
   * @param grounds names the ground of the change that is appealed
   * @param epochSeconds the time by which it is overdue or not
   */
  static ObjectNode of(Appeal appeal, GroundTable grounds, long epochSeconds) {
    final ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("appeal", appeal.version())
            .put("subject", appeal.subject().toHex());
    if (appeal.cause().authority() != 0) {
      json.put("authority", HexFormat.of().toHexDigits(appeal.cause().authority()));
    }
    if (appeal.cause().ground() != 0) {
      json.put("ground", grounds.nameOf(appeal.cause().ground()));
    }
    json.put("reason", appeal.reason().wireName())
        .put("opened", time(appeal.term().openedEpochSeconds()))
        .put("due", time(appeal.term().dueEpochSeconds()))
        .put("state", appeal.decision().state().wireName())
        .put("overdue", appeal.isOverdueAt(epochSeconds));
    if (!appeal.isOpen()) {
      json.put("decided", time(appeal.decision().epochSeconds()))
          .put("decidedBy", HexFormat.of().toHexDigits(appeal.decision().authority()))
          .put("version", appeal.decision().version());
    }
    appeal.decision().refusal().ifPresent(why -> json.put("refusal", why.wireName()));
    return json;
  }

  private static String time(long epochSeconds) {
    return Instant.ofEpochSecond(epochSeconds).toString();
  }
}
