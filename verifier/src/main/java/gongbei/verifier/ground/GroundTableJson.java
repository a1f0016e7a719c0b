package gongbei.verifier.ground;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.model.Colour;
import gongbei.replication.ground.Ground;
import gongbei.replication.ground.GroundTable;
import java.util.HexFormat;

/** Writes a table of grounds as {@link GroundTableReader} reads it. */
public final class GroundTableJson {
  private GroundTableJson() {}

  /** The whole table. */
  public static ObjectNode of(GroundTable table) {
    final ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put(GroundTableReader.REVISION, table.revision());
    final ArrayNode grounds = json.putArray(GroundTableReader.GROUNDS);
    table.grounds().forEach(ground -> write(ground, grounds.addObject()));
    return json;
  }

  private static void write(Ground ground, ObjectNode json) {
    json.put(GroundTableReader.NAME, ground.name()).put(GroundTableReader.NUMBER, ground.number());
    final ArrayNode colours = json.putArray(GroundTableReader.COLOURS);
    ground.colours().stream().map(Colour::wireName).forEach(colours::add);
    if (ground.term().longestMinutes() != 0) {
      json.put(GroundTableReader.LONGEST_MINUTES, ground.term().longestMinutes())
          .put(
              GroundTableReader.MISSING_UNTIL,
              ground.term().fills() ? GroundTableReader.FILL : GroundTableReader.REFUSE);
    }
    json.put(GroundTableReader.HOURLY, ground.ceiling().hourly())
        .put(GroundTableReader.DAILY, ground.ceiling().daily())
        .put(
            GroundTableReader.FIRST_REGISTRATIONS,
            ground.ceiling().countsFirst() ? GroundTableReader.COUNT : GroundTableReader.FREE)
        .put(GroundTableReader.SIGNATURES, ground.signers().wantsSecond() ? 2 : 1)
        .put(GroundTableReader.NEEDS, ground.term().needs().wireName());
    final ArrayNode authorities = json.putArray(GroundTableReader.AUTHORITIES);
    ground.signers().authorities().forEach(id -> authorities.add(HexFormat.of().toHexDigits(id)));
  }
}
