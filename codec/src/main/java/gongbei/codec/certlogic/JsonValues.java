package gongbei.codec.certlogic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import gongbei.codec.cbor.CborReader;
import gongbei.codec.cbor.CborWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** JSON to the CBOR that programs are evaluated over, and values to JSON; for tools and tests. */
public final class JsonValues {
  private static final int MAX_BYTES_A_CHARACTER = 9;
  private static final DateTimeFormatter DATE_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private JsonValues() {}

  /** The same in CBOR, but for a number without decimals, which is an integer. */
  public static byte[] toCbor(JsonNode json) {
    final CborWriter cbor =
        new CborWriter(new byte[MAX_BYTES_A_CHARACTER * (json.toString().length() + 1)]);
    write(json, cbor);
    return cbor.toByteArray();
  }

  private static void write(JsonNode json, CborWriter cbor) {
    switch (json.getNodeType()) {
      case BOOLEAN -> cbor.writeBoolean(json.booleanValue());
      case STRING -> cbor.writeText(json.textValue());
      case NUMBER -> {
        if (json.canConvertToLong() && json.canConvertToExactIntegral()) {
          cbor.writeInt(json.longValue());
        } else {
          cbor.writeFloat(json.doubleValue());
        }
      }
      case ARRAY -> {
        cbor.writeArrayHeader(json.size());
        json.forEach(item -> write(item, cbor));
      }
      case OBJECT -> {
        cbor.writeMapHeader(json.size());
        for (final Map.Entry<String, JsonNode> member : json.properties()) {
          cbor.writeText(member.getKey());
          write(member.getValue(), cbor);
        }
      }
      default -> cbor.writeNull();
    }
  }

  /**
   * What an expression has evaluated to; date-times are texts.
   *
   * @param expression one that has a value: {@link Evaluation#evaluate} did not fail
   */
  public static JsonNode valueOf(Evaluation evaluation, int expression) {
    return value(evaluation, evaluation.valueCell(expression));
  }

  /** The same JSON as {@link #valueOf} would give it, for comparison with it. */
  public static JsonNode normal(JsonNode json) {
    return json(new CborReader().wrap(toCbor(json), 0));
  }

  private static JsonNode value(Evaluation evaluation, int cell) {
    final Cells cells = evaluation.cells();
    return switch (cells.kind(cell)) {
      case Cells.FALSE -> BooleanNode.FALSE;
      case Cells.TRUE -> BooleanNode.TRUE;
      case Cells.INTEGER -> LongNode.valueOf(cells.number(cell));
      case Cells.TEXT ->
          TextNode.valueOf(new String(evaluation.textOf(cell), StandardCharsets.UTF_8));
      case Cells.TIME ->
          TextNode.valueOf(DATE_TIME.format(Instant.ofEpochMilli(cells.number(cell))));
      case Cells.ITEMS -> {
        final ArrayNode items = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < cells.length(cell); i++) {
          items.add(value(evaluation, cells.offset(cell) + i));
        }
        yield items;
      }
      case Cells.ARRAY, Cells.OBJECT ->
          json(new CborReader().wrap(cells.bytes(cell), cells.offset(cell)));
      default -> NullNode.instance;
    };
  }

  private static JsonNode json(CborReader reader) {
    final int start = reader.position();
    reader.nextUntagged();
    switch (reader.major()) {
      case CborReader.ARRAY -> {
        final ArrayNode items = JsonNodeFactory.instance.arrayNode();
        for (long left = reader.count(); reader.hasMore(left); left--) {
          items.add(json(reader));
        }
        return items;
      }
      case CborReader.MAP -> {
        final ObjectNode members = JsonNodeFactory.instance.objectNode();
        for (long left = reader.count(); reader.hasMore(left); left--) {
          final String name = json(reader).asText();
          members.set(name, json(reader));
        }
        return members;
      }
      case CborReader.TEXT -> {
        reader.position(start);
        final byte[] text = new byte[CertLogicLimits.MAX_JOINED_BYTES];
        final int length = Math.min(reader.text(text), text.length);
        return TextNode.valueOf(new String(text, 0, length, StandardCharsets.UTF_8));
      }
      case CborReader.SIMPLE -> {
        return reader.isFloat() ? DoubleNode.valueOf(reader.floatValue()) : simple(reader);
      }
      default -> {
        reader.position(start);
        return LongNode.valueOf(reader.integer());
      }
    }
  }

  private static JsonNode simple(CborReader reader) {
    return switch ((int) reader.argument()) {
      case CborReader.FALSE -> BooleanNode.FALSE;
      case CborReader.TRUE -> BooleanNode.TRUE;
      default -> NullNode.instance;
    };
  }
}
