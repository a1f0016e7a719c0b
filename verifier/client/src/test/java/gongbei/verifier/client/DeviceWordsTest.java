package gongbei.verifier.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.protocol.VerdictCode;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.ReasonWords;
import gongbei.verifier.rules.Verdict;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The words that a device shows. */
final class DeviceWordsTest {
  private static final Path PAGES =
      Path.of("..", "src", "main", "resources", "gongbei", "pages", "words");

  @ParameterizedTest
  @ValueSource(strings = {"zh-Hans", "zh-Hant", "pt", "en"})
  void aDeviceSaysEachVerdictAndReasonAsThePagesDo(String language) throws Exception {
    final ObjectNode pages =
        (ObjectNode) new ObjectMapper().readTree(PAGES.resolve(language + ".json").toFile());
    ReasonWords.in(language).forEach(pages::put);
    final DeviceWords words = DeviceWords.in(language);
    final Set<String> said = new HashSet<>();
    for (final Verdict verdict : Verdict.values()) {
      final String text = words.of(VerdictCode.valueOf(verdict.name()));
      assertEquals(pages.path("verdict." + verdict.wireName()).textValue(), text);
      assertTrue(said.add(text), text);
    }
    for (final Reason reason : Reason.values()) {
      final String text = words.of(ReasonCode.valueOf(reason.name()));
      assertEquals(pages.path("reason." + reason.wireName()).textValue(), text);
      assertTrue(said.add(text), text);
    }
    assertEquals(pages.path("reason.unreachable").textValue(), words.unreachable());
  }

  @Test
  void whatANewerServerSaysIsNeverSaidToPass() {
    final DeviceWords words = DeviceWords.in("en");
    assertEquals(words.of(VerdictCode.HOLD), words.of(VerdictCode.SBE_UNKNOWN));
    assertEquals(words.of(VerdictCode.HOLD), words.of(VerdictCode.NULL_VAL));
    assertFalse(words.of(ReasonCode.SBE_UNKNOWN).isBlank());
    assertFalse(words.of(ReasonCode.SBE_UNKNOWN).equals(words.of(ReasonCode.OK)));
    assertThrows(IllegalArgumentException.class, () -> DeviceWords.in("fr"));
  }

  @Test
  void theFileGivesEachReasonTheNumberOfTheProtocolAndItsVerdict() throws Exception {
    final JsonNode file;
    try (InputStream json = DeviceWords.class.getResourceAsStream("/gongbei/device-words.json")) {
      file = new ObjectMapper().readTree(json);
    }
    assertEquals(Reason.values().length, file.path("reasons").size());
    for (final Reason reason : Reason.values()) {
      final JsonNode said = file.path("reasons").path(reason.wireName());
      assertEquals(ReasonCode.valueOf(reason.name()).value(), said.path("number").intValue());
      assertEquals(reason.verdict().wireName(), said.path("verdict").textValue());
      assertEquals(DeviceWords.LANGUAGES.size(), said.path("words").size());
    }
    assertEquals(1, file.path("verdicts").path("pass").path("number").intValue());
  }
}
