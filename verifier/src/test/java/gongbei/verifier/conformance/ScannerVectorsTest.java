package gongbei.verifier.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Document;
import gongbei.verifier.config.Limits;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.protocol.DeviceId;
import gongbei.verifier.protocol.GoodbyeCode;
import gongbei.verifier.protocol.MessageHeaderDecoder;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.protocol.RejectionCode;
import gongbei.verifier.protocol.TranslationFaultCode;
import gongbei.verifier.rules.Reason;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The vectors and the page about the scanner protocol against the schema and its encoders. */
final class ScannerVectorsTest {
  private final ScannerVectors vectors = ScannerVectors.shipped();
  private final String page = Document.SCANNER_PROTOCOL.text();

  private static List<Element> schemaElements(String tag) throws Exception {
    try (InputStream xml =
        ScannerVectorsTest.class.getResourceAsStream("/gongbei/scanner-protocol.xml")) {
      final org.w3c.dom.Document schema =
          DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(xml);
      final NodeList found = schema.getElementsByTagName(tag);
      final List<Element> elements = new ArrayList<>();
      for (int i = 0; i < found.getLength(); i++) {
        elements.add((Element) found.item(i));
      }
      return elements;
    }
  }

  @Test
  void everyExampleIsWhatTheGeneratedEncodersMake() {
    final ScannerFrames frames = new ScannerFrames();
    for (final ScannerVectors.Example example : vectors.examples()) {
      assertEquals(
          example.frame(),
          HexFormat.of().formatHex(frames.encode(example.message(), example.fields())),
          example.name());
    }
  }

  @Test
  void everyMessageAndEveryReasonHasAnExample() throws Exception {
    final Set<String> shown = new TreeSet<>();
    final Set<String> values = new HashSet<>();
    for (final ScannerVectors.Example example : vectors.examples()) {
      shown.add(example.message());
      for (final String field : List.of("reason", "rejection", "fault")) {
        if (example.fields().hasNonNull(field)) {
          values.add(example.message() + " " + example.fields().get(field).textValue());
        }
      }
    }
    final Set<String> messages = new TreeSet<>();
    schemaElements("sbe:message").forEach(each -> messages.add(each.getAttribute("name")));
    assertEquals(messages, shown);
    final Set<String> expected = new HashSet<>();
    // A reason that is still to be released has none yet.
    schemaElements("validValue").stream()
        .filter(ScannerVectorsTest::isReason)
        .filter(each -> !each.getAttribute("description").startsWith("Not released"))
        .forEach(each -> expected.add("Verdict " + each.getAttribute("name")));
    constants(GoodbyeCode.values()).forEach(each -> expected.add("Goodbye " + each));
    constants(RejectionCode.values()).forEach(each -> expected.add("Rejected " + each));
    constants(TranslationFaultCode.values()).forEach(each -> expected.add("NotTranslated " + each));
    assertEquals(expected, values);
  }

  private static Stream<String> constants(Enum<?>[] values) {
    return Stream.of(values)
        .map(Enum::name)
        .filter(name -> !name.equals("NULL_VAL") && !name.equals("SBE_UNKNOWN"));
  }

  @Test
  void theyAreOfTheSchemaThatIsInForceAndNamedOnce() {
    assertEquals(MessageHeaderDecoder.SCHEMA_ID, vectors.schemaId());
    assertEquals(MessageHeaderDecoder.SCHEMA_VERSION, vectors.schemaVersion());
    final List<String> names =
        Stream.of(
                vectors.examples().stream().map(ScannerVectors.Example::name),
                vectors.exchanges().stream().map(each -> "exchange " + each.name()),
                vectors.streams().stream().map(each -> "stream " + each.name()))
            .flatMap(each -> each)
            .toList();
    assertEquals(names.size(), new HashSet<>(names).size());
    for (final ScannerVectors.Stream stream : vectors.streams()) {
      stream.messages().forEach(name -> assertNotNull(vectors.example(name)));
    }
  }

  @Test
  void everyRequestAndEveryFaultThatADeviceCanMakeIsInAnExchange() {
    final String all =
        vectors.exchanges().stream()
            .flatMap(exchange -> exchange.steps().stream())
            .flatMap(step -> Stream.of(step.receive(), step.receiveInAnyOrder()))
            .filter(each -> each != null)
            .flatMap(List::stream)
            .collect(Collectors.joining("\n"));
    for (final String example :
        List.of(
            "goodbye-normal",
            "goodbye-unsupported-protocol",
            "goodbye-frame-too-long",
            "goodbye-frame-too-short",
            "goodbye-malformed-message",
            "goodbye-unexpected-message",
            "goodbye-batch-too-long")) {
      assertTrue(all.contains(vectors.example(example).frame()), example);
    }
  }

  @Test
  void everyHexDumpOfThePageIsAnExample() {
    final Matcher dumps = Pattern.compile("(?s)```frame (\\S+)\n(.*?)```").matcher(page);
    final Set<String> shown = new TreeSet<>();
    while (dumps.find()) {
      final StringBuilder bytes = new StringBuilder();
      for (final String line : dumps.group(2).split("\n", -1)) {
        final Matcher hex = Pattern.compile("^((?:[0-9a-f]{2} ?)+)(?: .*)?$").matcher(line);
        if (hex.matches()) {
          bytes.append(hex.group(1).replace(" ", ""));
        } else {
          assertEquals("", line);
        }
      }
      final ScannerVectors.Example example = vectors.example(dumps.group(1));
      assertEquals(example.frame(), bytes.toString(), dumps.group(1));
      shown.add(example.message());
    }
    assertEquals(
        vectors.examples().stream()
            .map(ScannerVectors.Example::message)
            .collect(Collectors.toCollection(TreeSet::new)),
        shown);
  }

  @Test
  void thePageNamesEveryMessageFieldAndValue() throws Exception {
    for (final Element message : schemaElements("sbe:message")) {
      assertTrue(
          page.contains("### " + message.getAttribute("name") + " (" + message.getAttribute("id")),
          message.getAttribute("name"));
    }
    for (final String tag : List.of("field", "data", "group")) {
      for (final Element field : schemaElements(tag)) {
        assertTrue(
            page.contains("`" + field.getAttribute("name") + "`"), field.getAttribute("name"));
      }
    }
    for (final Element value : schemaElements("validValue")) {
      final String name = value.getAttribute("name");
      assertTrue(
          name.equals("NO")
              || name.equals("YES")
              || isReason(value)
              || page.contains(value.getTextContent() + " `" + name + "`"),
          value.getTextContent() + " " + name);
    }
    assertTrue(page.contains("schema version " + MessageHeaderDecoder.SCHEMA_VERSION + "."));
  }

  private static boolean isReason(Element value) {
    return ((Element) value.getParentNode()).getAttribute("name").equals("ReasonCode");
  }

  @Test
  void thePageSaysWhatToDoOnEachReasonWithTheVerdictThatItBrings() {
    final String table =
        page.substring(page.indexOf("\n## What to do\n"), page.indexOf("\n## Words\n"));
    final String reasons = Document.VERDICTS.section("Reasons");
    for (final Reason reason : Reason.values()) {
      final Matcher row =
          Pattern.compile(
                  "(?m)^\\| `"
                      + reason.wireName()
                      + "` \\| ([a-z]+) \\|[^|]*\\| (\\d+) \\| [^|]{6,} \\| [^|]{6,} \\|$")
              .matcher(reasons);
      assertTrue(row.find(), reason.name());
      assertEquals(reason.verdict().wireName(), row.group(1), reason.name());
      assertEquals("" + ReasonCode.valueOf(reason.name()).value(), row.group(2), reason.name());
    }
    for (final String each : List.of("Busy", "Rejected", "Goodbye")) {
      assertTrue(table.contains("\n| `" + each + "`"), each);
    }
  }

  @Test
  void thePageSaysWhichCharactersADevicesIdMayHave() {
    assertTrue(page.contains("1 to 64 letters, digits and `. _ : / @ -`"));
    assertEquals("is not 1 to 64 letters, digits and . _ : / @ -", DeviceId.FAULT);
  }

  @Test
  void thePagesLimitsAreThoseInForce() {
    final String limits = page.substring(page.indexOf("\n## Limits\n"));
    for (final String row :
        List.of(
            String.format(
                Locale.ROOT,
                "| a frame to the server | %,d bytes, %d s",
                ClientLimits.MAX_FRAME_BYTES,
                ClientLimits.FRAME_SECONDS),
            String.format(
                Locale.ROOT,
                "| a frame to the device | %,d bytes",
                ClientLimits.MAX_DEVICE_ANSWER_BYTES),
            String.format(Locale.ROOT, "in flight | %,d a connection", Limits.MAX_IN_FLIGHT),
            String.format(Locale.ROOT, "| a batch | %,d scans", Limits.MAX_SCANS_A_BATCH),
            String.format(Locale.ROOT, "| `Hello` | within %d s", ClientLimits.HELLO_SECONDS),
            String.format(
                Locale.ROOT, "| silence with nothing in flight | %d s", Limits.TCP_IDLE_SECONDS),
            String.format(
                Locale.ROOT,
                "| a device's id | %d characters",
                ClientLimits.MAX_DEVICE_ID_CHARACTERS),
            String.format(
                Locale.ROOT,
                "| a checkpoint | %d characters",
                ClientLimits.MAX_CHECKPOINT_CHARACTERS),
            String.format(
                Locale.ROOT, "| connections | %,d a server", Limits.MAX_TCP_CONNECTIONS))) {
      assertTrue(limits.contains(row), row);
    }
  }
}
