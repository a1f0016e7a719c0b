package gongbei;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Regions, colours, test results, verdicts, roles and documents have types of their own: no text
 * and no number stands for one in a signature or a field, outside of what reads and writes bytes.
 */
final class DomainTypesTest {
  private static final List<String> MODULES =
      List.of("codec", "replication", "verifier", "verifier/client", "bench");

  /** A region's name, or a list of colours. */
  private static final Pattern TEXT_FOR_A_TYPE =
      Pattern.compile("\"(GD|MO)\"|\"green\",\\s*\"yellow\"");

  private static final String NAMES =
      "(?:colour|\\w*Colour|region|\\w+Region|result|\\w*[tT]estResult|verdict|\\w*Verdict|codeKind"
          + "|documentType|\\w+DocumentType|role|\\w*Role|(?:colour|result|region)\\w+)";

  private static final String PRIMITIVES = "(?:int|byte|short|Integer|String)\\s+";

  /**
   * A parameter, a record's component, a method's return or a field with such a name and no type.
   */
  private static final Pattern NUMBER_OR_TEXT_FOR_A_TYPE =
      Pattern.compile(
          "[(,]\\s*(?:final\\s+)?(?:@\\w+\\s+)?"
              + PRIMITIVES
              + NAMES
              + "(?=\\s*[,)])|\\b"
              + PRIMITIVES
              + NAMES
              + "\\(|\\bprivate\\s+(?:(?:static|final|volatile)\\s+)*"
              + PRIMITIVES
              + NAMES
              + "\\s*[;=]");

  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\n]*");

  private static final String FLYWEIGHT = "a flyweight over bytes";
  private static final String SCAN_PATH = "the scan path's inner loop";
  private static final String TYPED = "options as they are typed, which the node or a type checks";
  private static final String ANSWER = "a node's answer, which is printed as it came";
  private static final String FOREIGN = "of another country's code, certificate or rule";

  /** Where a number or a text stands for such a value nevertheless. */
  private static final Map<String, String> SIGNATURES =
      Map.ofEntries(
          Map.entry("HolderStatus", "what flyweights of a holder's status have in common"),
          Map.entry("HistoryEntry", FLYWEIGHT),
          Map.entry("StatusRecord", FLYWEIGHT),
          Map.entry("OfflineCheckpoint", FLYWEIGHT),
          Map.entry("GroundRules", FLYWEIGHT),
          Map.entry("ChangeRing", "the applier's inner loop"),
          Map.entry("StatusStateMachine", "the applier's inner loop"),
          Map.entry("Scan", SCAN_PATH),
          Map.entry("GroupFindings", SCAN_PATH),
          Map.entry("VerdictJson", SCAN_PATH),
          Map.entry("VerdictFrames", SCAN_PATH),
          Map.entry("FhirBundle", FOREIGN),
          Map.entry("VdsSeal", FOREIGN),
          Map.entry("Certificates", FOREIGN),
          Map.entry("ExternalValues", FOREIGN),
          Map.entry("NationalJudge", FOREIGN),
          Map.entry("NationalRule", FOREIGN),
          Map.entry("NationalRules", FOREIGN),
          Map.entry("AuditCheck", "a file's text before it is compared"),
          Map.entry("Audience", "reads names as they are typed"),
          Map.entry("LookupCommand", TYPED),
          Map.entry("AppealsCommand", TYPED),
          Map.entry("HolderCommand", TYPED),
          Map.entry("KeygenCommand", TYPED),
          Map.entry("NodeAccess", TYPED),
          Map.entry("HolderHistory", ANSWER),
          Map.entry("HolderView", ANSWER),
          Map.entry("ClusterCommand", ANSWER),
          Map.entry("NodeFigures", ANSWER),
          Map.entry("NodeStatus", ANSWER),
          Map.entry("VerdictView", ANSWER),
          Map.entry("DemoVenue", ANSWER),
          Map.entry("OutageGates", ANSWER),
          Map.entry("ChaosScanner", ANSWER),
          Map.entry("DemoCodes", "is written into a page as it stands"),
          Map.entry("BarPlot", "a colour of a picture"));

  /** Where such a text is something else. */
  private static final Map<String, String> EXCEPTIONS =
      Map.of(
          "Region", "the names themselves",
          "Certificates", "countries, as certificates name them",
          "Audience", "an annotation's value, which must be a constant");

  @Test
  void namesOfRegionsAndListsOfColoursStandOnlyInTheModel() throws IOException {
    final Map<String, String> found = found(TEXT_FOR_A_TYPE);
    found.keySet().removeAll(EXCEPTIONS.keySet());
    assertEquals(Map.of(), found);
  }

  @Test
  void noSignatureAndNoFieldHasANumberOrATextWhereThereIsAType() throws IOException {
    final Map<String, String> found = found(NUMBER_OR_TEXT_FOR_A_TYPE);
    found.keySet().removeAll(SIGNATURES.keySet());
    assertEquals(Map.of(), found);
  }

  @Test
  void everyExceptionIsNeeded() throws IOException {
    final var unneeded = new TreeSet<>(EXCEPTIONS.keySet());
    unneeded.removeAll(found(TEXT_FOR_A_TYPE).keySet());
    assertEquals(List.of(), List.copyOf(unneeded));
    final var unneededOfSignatures = new TreeSet<>(SIGNATURES.keySet());
    unneededOfSignatures.removeAll(found(NUMBER_OR_TEXT_FOR_A_TYPE).keySet());
    assertEquals(List.of(), List.copyOf(unneededOfSignatures));
  }

  @Test
  void everyWayOfWritingItIsFound() {
    for (final String written :
        List.of(
            "boolean sets(int colour)",
            "record Answer(\n    String verdict, int colour, long version)",
            "  private final String region;",
            "int resultBefore() {",
            "void put(ObjectNode json, @Nullable String documentType)")) {
      assertTrue(NUMBER_OR_TEXT_FOR_A_TYPE.matcher(written).find(), written);
    }
    for (final String written :
        List.of("boolean sets(Colour colour)", "final int colour = 1;", "f(colour, result)")) {
      assertFalse(NUMBER_OR_TEXT_FOR_A_TYPE.matcher(written).find(), written);
    }
  }

  private static Map<String, String> found(Pattern rule) throws IOException {
    final Map<String, String> found = new TreeMap<>();
    int read = 0;
    for (final String module : MODULES) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
        for (final Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          read++;
          final var text = rule.matcher(COMMENT.matcher(Files.readString(file)).replaceAll(""));
          if (text.find()) {
            found.put(file.getFileName().toString().replace(".java", ""), text.group());
          }
        }
      }
    }
    assertTrue(read > 400, read + " files");
    return found;
  }
}
