package gongbei.verifier.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import gongbei.verifier.protocol.BooleanCode;
import gongbei.verifier.protocol.ColourCode;
import gongbei.verifier.protocol.GoodbyeCode;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.protocol.RejectionCode;
import gongbei.verifier.protocol.TranslationFaultCode;
import gongbei.verifier.protocol.VerdictCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** That every message of the scanner protocol is read from its frame as it was written. */
final class ScannerFramesPropertyTest {
  private static final int MAX_GROUP = 20;
  private static final int MAX_UINT16 = 65_534;

  private static final Arbitrary<JsonNode> LONGS =
      Arbitraries.longs().between(Long.MIN_VALUE + 1, Long.MAX_VALUE).map(LongNode::valueOf);
  private static final Arbitrary<JsonNode> INTS =
      Arbitraries.integers()
          .between(Integer.MIN_VALUE + 1, Integer.MAX_VALUE)
          .map(IntNode::valueOf);
  private static final Arbitrary<JsonNode> UINT16S =
      Arbitraries.integers().between(0, MAX_UINT16).map(IntNode::valueOf);
  private static final Arbitrary<JsonNode> TIMES =
      LONGS.injectNull(0.2).map(ScannerFramesPropertyTest::orNull);

  private final ScannerFrames frames = new ScannerFrames();
  private final ScannerFields fields = new ScannerFields();

  private record Message(String name, JsonNode fields) {}

  private static JsonNode orNull(JsonNode node) {
    return node == null ? NullNode.instance : node;
  }

  private static Arbitrary<JsonNode> ascii(int least, int most) {
    return Arbitraries.strings()
        .withCharRange(' ', '~')
        .ofMinLength(least)
        .ofMaxLength(most)
        .map(TextNode::valueOf);
  }

  private static Arbitrary<JsonNode> hex(int most) {
    return Arbitraries.bytes()
        .array(byte[].class)
        .ofMaxSize(most)
        .map(bytes -> TextNode.valueOf(HexFormat.of().formatHex(bytes)));
  }

  private static Arbitrary<JsonNode> oneOf(Enum<?>... values) {
    return Arbitraries.of(
            Arrays.stream(values)
                .map(Enum::name)
                .filter(name -> !name.equals("NULL_VAL") && !name.equals("SBE_UNKNOWN"))
                .toList())
        .map(TextNode::valueOf);
  }

  private static Arbitrary<JsonNode> group(Arbitrary<JsonNode> items) {
    return items
        .list()
        .ofMaxSize(MAX_GROUP)
        .map(list -> JsonNodeFactory.instance.arrayNode().addAll(list));
  }

  private static Arbitrary<JsonNode> object(Map<String, Arbitrary<JsonNode>> members) {
    final List<String> names = List.copyOf(members.keySet());
    return Combinators.combine(List.copyOf(members.values()))
        .as(
            values -> {
              final ObjectNode object = JsonNodeFactory.instance.objectNode();
              for (int i = 0; i < names.size(); i++) {
                object.set(names.get(i), values.get(i));
              }
              return object;
            });
  }

  /** The fields of each message, in their order. */
  private static Map<String, Map<String, Arbitrary<JsonNode>>> schema() {
    final Map<String, Map<String, Arbitrary<JsonNode>>> messages = new LinkedHashMap<>();
    messages.put("Hello", members("deviceId", ascii(0, 64), "credential", hex(64)));
    messages.put(
        "Welcome",
        members(
            "serverTimeEpochMillis",
            LONGS,
            "maxFrameBytes",
            INTS,
            "maxInFlight",
            INTS,
            "maxBatch",
            INTS,
            "idleSeconds",
            INTS,
            "rulesets",
            group(object(members("version", INTS, "name", ascii(0, 32))))));
    messages.put(
        "Scan",
        members(
            "correlationId",
            LONGS,
            "atEpochSeconds",
            TIMES,
            "checkpoint",
            ascii(0, 64),
            "code",
            ascii(0, 600)));
    messages.put(
        "ScanBatch",
        members(
            "atEpochSeconds",
            TIMES,
            "scans",
            group(object(members("correlationId", LONGS, "code", ascii(0, 300)))),
            "checkpoint",
            ascii(0, 64)));
    messages.put(
        "Verdict",
        members(
            "correlationId",
            LONGS,
            "mapVersion",
            LONGS,
            "dataAgeMillis",
            LONGS,
            "rulesetVersion",
            INTS,
            "verdict",
            oneOf(VerdictCode.values()),
            "reason",
            oneOf(ReasonCode.values()),
            "colour",
            oneOf(ColourCode.values()),
            "stale",
            oneOf(BooleanCode.values()),
            "field",
            ascii(0, 40)));
    messages.put("Busy", members("correlationId", LONGS, "retryAfterMillis", INTS));
    messages.put(
        "Rejected", members("correlationId", LONGS, "rejection", oneOf(RejectionCode.values())));
    messages.put(
        "Translate",
        members(
            "correlationId",
            LONGS,
            "target",
            ascii(2, 2),
            "linkRequired",
            oneOf(BooleanCode.values()),
            "code",
            ascii(0, 300)));
    messages.put(
        "Translated",
        members(
            "correlationId",
            LONGS,
            "expiresEpochSeconds",
            LONGS,
            "mapVersion",
            LONGS,
            "receipt",
            LONGS,
            "colour",
            oneOf(ColourCode.values()),
            "linked",
            oneOf(BooleanCode.values()),
            "code",
            ascii(0, 300)));
    messages.put(
        "NotTranslated",
        members(
            "correlationId",
            LONGS,
            "fault",
            oneOf(TranslationFaultCode.values()),
            "field",
            ascii(0, 40)));
    messages.put(
        "GroupFindings",
        members(
            "correlationId",
            LONGS,
            "size",
            UINT16S,
            "green",
            UINT16S,
            "yellow",
            UINT16S,
            "red",
            UINT16S,
            "reasons",
            group(object(members("reason", oneOf(ReasonCode.values()), "members", UINT16S))),
            "heldUpBy",
            group(object(members("ordinal", UINT16S)))));
    messages.put(
        "OfflineCounts",
        members(
            "correlationId",
            LONGS,
            "packVersion",
            LONGS,
            "packAgeSeconds",
            LONGS,
            "pass",
            LONGS,
            "hold",
            LONGS,
            "refuse",
            LONGS));
    messages.put("OfflineCountsTaken", members("correlationId", LONGS));
    messages.put("Ping", members("echo", LONGS));
    messages.put("Pong", members("echo", LONGS, "serverTimeEpochMillis", LONGS));
    messages.put("Goodbye", members("reason", oneOf(GoodbyeCode.values())));
    return messages;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Arbitrary<JsonNode>> members(Object... namesAndValues) {
    final Map<String, Arbitrary<JsonNode>> members = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      members.put((String) namesAndValues[i], (Arbitrary<JsonNode>) namesAndValues[i + 1]);
    }
    return members;
  }

  @Provide
  Arbitrary<Message> messages() {
    final List<Arbitrary<Message>> each = new ArrayList<>();
    schema()
        .forEach(
            (name, members) -> each.add(object(members).map(values -> new Message(name, values))));
    return Arbitraries.oneOf(each);
  }

  @Property(tries = 2_000)
  void aMessageIsReadAsItWasWritten(@ForAll("messages") Message message) {
    final byte[] frame = frames.encode(message.name(), message.fields());
    final ScannerFields.Read read = fields.read(frame);
    assertEquals(message.name(), read.message());
    assertEquals(message.fields(), read.fields());
    assertEquals(frame.length, read.end(), "the message ends where its frame does");
  }

  @Example
  void everyMessageThatHasAnExampleIsWrittenAndRead() {
    final Set<String> shown =
        ScannerVectors.shipped().examples().stream()
            .map(ScannerVectors.Example::message)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(shown, new TreeSet<>(schema().keySet()));
    for (final ScannerVectors.Example example : ScannerVectors.shipped().examples()) {
      final ScannerFields.Read read = fields.read(HexFormat.of().parseHex(example.frame()));
      assertEquals(example.message(), read.message(), example.name());
      assertEquals(example.fields().toString(), read.fields().toString(), example.name());
    }
  }
}
