package gongbei.verifier.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.translate.TranslationFault;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.rules.Verdict;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The words of the pages in each language. */
final class WordsTest {
  private static final List<String> SOURCES =
      List.of(
          "checkpoint.html",
          "wallet.html",
          "ops.html",
          "common.js",
          "checkpoint.js",
          "wallet.js",
          "ops.js",
          "scanner.js",
          "wedge.js");

  private static String resource(String name) throws Exception {
    try (InputStream bytes = WordsTest.class.getResourceAsStream("/gongbei/pages/" + name)) {
      return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static JsonNode words(String language) throws Exception {
    return new ObjectMapper().readTree(resource("words/" + language + ".json"));
  }

  private static Set<String> keys(JsonNode words) {
    return words.properties().stream()
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> places(String text) {
    return Pattern.compile("\\{\\w+}")
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @ValueSource(strings = {"zh-Hans", "zh-Hant", "pt", "en"})
  void everyReasonVerdictFaultAndKindOfCheckpointHasWordsOfItsOwn(String language)
      throws Exception {
    final JsonNode words = words(language);
    final Set<String> said = new HashSet<>();
    for (final Reason reason : Reason.values()) {
      final String text = words.path("reason." + reason.wireName()).asText();
      assertFalse(text.isBlank(), reason.wireName());
      assertTrue(said.add(text), "said before: " + text);
    }
    for (final Verdict verdict : Verdict.values()) {
      assertTrue(said.add(words.path("verdict." + verdict.wireName()).asText("")));
    }
    for (final TranslationFault fault : TranslationFault.values()) {
      assertFalse(words.path("fault." + fault.wireName()).asText().isBlank(), fault.wireName());
    }
    for (final Ruleset ruleset : RulesetStore.shipped().current().all()) {
      assertFalse(words.path("kind." + ruleset.name()).asText().isBlank(), ruleset.name());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"zh-Hans", "zh-Hant", "pt"})
  void everyLanguageSaysTheSameThingsWithTheSameValuesInThem(String language) throws Exception {
    final JsonNode english = words("en");
    final JsonNode words = words(language);
    assertEquals(keys(english), keys(words));
    for (final String key : keys(english)) {
      assertEquals(places(english.get(key).asText()), places(words.get(key).asText()), key);
      assertFalse(words.get(key).asText().isBlank(), key);
    }
  }

  @Test
  void thePagesSayNothingThatThereAreNoWordsFor() throws Exception {
    final Set<String> known = keys(words("en"));
    final Set<String> used = new TreeSet<>();
    for (final String source : SOURCES) {
      Pattern.compile(
              "(?:data-(?:say|say-label|title)=\"|(?:say|sayKey|tellKey|fact|onNotice)\\('|throw '|detailKey: '|Error: ')"
                  + "([a-z]+\\.[a-zA-Z0-9.-]+)[\"']")
          .matcher(resource(source))
          .results()
          .forEach(use -> used.add(use.group(1)));
    }
    assertTrue(used.size() > 90, used.toString());
    used.removeAll(known);
    assertEquals(Set.of(), used);
  }
}
