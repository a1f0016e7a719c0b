package gongbei.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.testing.Document;
import gongbei.testing.Prerequisite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The bill of materials (CycloneDX) that the build has made before this module's tests, against the
 * list of what may be shipped.
 */
final class SbomTest {
  private static final Path BILL = Path.of("..", "target", "gongbei-sbom.json");

  private final Map<String, JsonNode> components = new HashMap<>();
  private final Map<String, JsonNode> dependencies = new HashMap<>();

  @BeforeEach
  void read() throws IOException {
    Prerequisite.require(
        Files.exists(BILL), "the bill of materials is made by mvn verify or package");
    final JsonNode bill = new ObjectMapper().readTree(BILL.toFile());
    assertEquals("CycloneDX", bill.path("bomFormat").asText());
    bill.path("components").forEach(each -> components.put(each.path("bom-ref").asText(), each));
    bill.path("dependencies").forEach(each -> dependencies.put(each.path("ref").asText(), each));
  }

  /**
   * Every library that the verifier's jar holds, directly or by another. TeaVM, which makes the
   * pages' script out of ZXing, is listed too, but no class of it or of what it needs is in the
   * jar.
   */
  private Set<String> shipped() {
    final Deque<String> next = new ArrayDeque<>();
    final Set<String> found = new HashSet<>();
    for (final String ref : dependencies.keySet()) {
      if (ref.startsWith("pkg:maven/gongbei/gongbei-verifier@")) {
        next.add(ref);
      }
    }
    assertEquals(1, next.size());
    while (!next.isEmpty()) {
      final String ref = next.remove();
      if (!ref.startsWith("pkg:maven/org.teavm/")
          && found.add(ref)
          && dependencies.containsKey(ref)) {
        dependencies.get(ref).path("dependsOn").forEach(each -> next.add(each.asText()));
      }
    }
    found.removeIf(ref -> ref.startsWith("pkg:maven/gongbei/"));
    return found;
  }

  private static String nameOf(JsonNode component) {
    return component.path("group").asText() + ":" + component.path("name").asText();
  }

  @Test
  void itListsWhatMayBeShippedAndNothingElse() throws IOException {
    final String pom = Files.readString(Path.of("pom.xml"));
    final int start = pom.indexOf("<id>what-is-shipped</id>");
    final Set<String> allowed =
        Pattern.compile("<include>([^<]+)</include>")
            .matcher(pom.substring(start, pom.indexOf("</includes>", start)))
            .results()
            .map(MatchResult::group)
            .map(include -> include.replaceAll("<[^>]+>", ""))
            .filter(name -> !name.startsWith("gongbei:"))
            .collect(Collectors.toCollection(TreeSet::new));
    final Set<String> listed = new TreeSet<>();
    shipped().forEach(ref -> listed.add(nameOf(components.get(ref))));
    assertEquals(allowed, listed);
    assertTrue(allowed.size() > 50, allowed.toString());
  }

  @Test
  void thatNoLibraryWasCheckedForVulnerabilitiesIsSaidWhereTheListIsExplained() throws IOException {
    final String libraries = Document.THREATS.section("Libraries");
    assertTrue(
        libraries.contains("**The libraries were not checked for known vulnerabilities**"),
        libraries);
    assertTrue(
        Files.readString(
                Path.of("../codec/src/testing/java/gongbei/testing/SkippedTestsReport.java"))
            .contains("Not checked: whether a library"),
        "and at the build's end");
  }

  @Test
  void eachHasAVersionALicenceAndADigest() {
    for (final String ref : shipped()) {
      final JsonNode component = components.get(ref);
      assertFalse(component.path("version").asText().isEmpty(), ref);
      assertTrue(component.path("purl").asText().startsWith("pkg:maven/"), ref);
      final JsonNode licence = component.path("licenses").path(0);
      assertFalse(
          licence.path("license").path("id").asText().isEmpty()
              && licence.path("license").path("name").asText().isEmpty()
              && licence.path("expression").asText().isEmpty(),
          ref + " has no licence");
      assertTrue(
          component.path("hashes").findValuesAsText("alg").contains("SHA-256"),
          ref + " has no SHA-256");
    }
  }
}
