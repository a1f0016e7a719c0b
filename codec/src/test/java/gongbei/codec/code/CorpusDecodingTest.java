package gongbei.codec.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The 278 codes of the EU's test data, decoded. */
final class CorpusDecodingTest {
  /**
   * Rows whose JSON is not what is in the code: FR's has other times of day than the code that was
   * signed; PL's two are of other people than their codes.
   */
  private static final Set<String> JSON_OF_ANOTHER_CODE =
      Set.of(
          "FR/2DCode/raw/test_pcr_ok.json",
          "PL/1.3.0/2DCode/raw/1.json",
          "PL/1.3.0/2DCode/raw/5.json");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HealthCode code = new HealthCode();

  private boolean wrap(JsonNode row) {
    final byte[] text = TestCodes.ascii(row.get("code").textValue());
    return code.wrap(text, 0, text.length);
  }

  @Test
  void everyCodeThatShouldDecodeDoes() throws Exception {
    int stated = 0;
    final List<String> faults = new ArrayList<>();
    for (final JsonNode row : TestCodes.corpus()) {
      final JsonNode expected = row.get("expected");
      final boolean decodes =
          expected.path("EXPECTEDB45DECODE").asBoolean()
              || expected.path("EXPECTEDDECODE").asBoolean();
      if (decodes) {
        stated++;
        if (!wrap(row)) {
          faults.add(row.get("file") + " " + code.field() + " " + code.explanation());
        }
      }
      if (!expected.path("EXPECTEDUNPREFIX").asBoolean(true)) {
        assertFalse(wrap(row));
        assertEquals("prefix", code.field());
      }
      if (!expected.path("EXPECTEDCOMPRESSION").asBoolean(true)) {
        assertFalse(wrap(row));
        assertEquals("zlib", code.field());
      }
    }
    assertEquals(259, stated);
    assertEquals(List.of(), faults);
  }

  @Test
  void theClaimsAreTheJsonOfTheirRow() throws Exception {
    final Set<String> different = new TreeSet<>();
    int compared = 0;
    for (final JsonNode row : TestCodes.corpus()) {
      if (row.path("json").isObject() && wrap(row)) {
        compared++;
        final JsonNode shown = JSON.readTree(ClaimsJson.of(code).get("hcert").toString());
        if (!shown.equals(row.get("json"))) {
          different.add(row.get("file").textValue());
        }
      }
    }
    assertTrue(compared > 250, "compared " + compared);
    assertEquals(new TreeSet<>(JSON_OF_ANOTHER_CODE), different);
  }
}
