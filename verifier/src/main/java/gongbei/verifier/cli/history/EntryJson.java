package gongbei.verifier.cli.history;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.model.Colour;
import gongbei.codec.transparency.HistoryEntry;
import java.time.Instant;
import java.util.HexFormat;

/** An entry as a command writes it. */
final class EntryJson {
  private static final int SECONDS_PER_MINUTE = 60;

  private EntryJson() {}

  static ObjectNode of(long version, HistoryEntry entry) {
    final ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("version", version)
            .put("ground", entry.ground())
            .put("authority", HexFormat.of().toHexDigits(entry.authority()))
            .put("at", Instant.ofEpochSecond(entry.epochSeconds()).toString());
    if (entry.isKnown()) {
      json.put("colour", Colour.ofNumber(entry.colourAfter()).wireName());
    }
    entry.effect().ifPresent(effect -> json.put("effect", effect.wireName()));
    if (entry.untilEpochMinutes() != 0) {
      json.put(
          "until",
          Instant.ofEpochSecond(entry.untilEpochMinutes() * SECONDS_PER_MINUTE).toString());
    }
    return json;
  }
}
