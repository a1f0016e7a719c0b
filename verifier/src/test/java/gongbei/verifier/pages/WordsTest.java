package gongbei.verifier.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.model.AppealReason;
import gongbei.codec.model.AppealRefusal;
import gongbei.codec.translate.TranslationFault;
import gongbei.replication.command.Appeal;
import gongbei.replication.ground.Ground;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.log.LogRole;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.ReasonWords;
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
          "oversight.html",
          "home.html",
          "common.js",
          "checkpoint.js",
          "wallet.js",
          "reserve.js",
          "why.js",
          "visit.js",
          "wards.js",
          "venue.js",
          "venue.html",
          "history-proof.js",
          "ops.js",
          "oversight.js",
          "home.js",
          "verdict.js",
          "history.js",
          "scanner.js",
          "wedge.js");

  private static String resource(String name) throws Exception {
    try (InputStream bytes = WordsTest.class.getResourceAsStream("/gongbei/pages/" + name)) {
      return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static JsonNode words(String language) throws Exception {
    final ObjectNode words =
        (ObjectNode) new ObjectMapper().readTree(resource("words/" + language + ".json"));
    ReasonWords.in(language).forEach(words::put);
    return words;
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
      final String brief = words.path("short." + reason.wireName()).asText();
      assertFalse(brief.isBlank() || !said.add(brief), reason.wireName() + " in short: " + brief);
    }
    for (final LogRole role : LogRole.values()) {
      assertFalse(words.path("role." + role.wireName()).asText().isBlank(), role.wireName());
    }
    for (final Verdict verdict : Verdict.values()) {
      assertTrue(said.add(words.path("verdict." + verdict.wireName()).asText("")));
    }
    for (final TranslationFault fault : TranslationFault.values()) {
      assertFalse(words.path("fault." + fault.wireName()).asText().isBlank(), fault.wireName());
    }
    for (final AppealReason reason : AppealReason.values()) {
      assertTrue(
          said.add(words.path("appeal.reason." + reason.wireName()).asText("")), reason.wireName());
    }
    for (final AppealRefusal refusal : AppealRefusal.values()) {
      assertTrue(
          said.add(words.path("appeal.refusal." + refusal.wireName()).asText("")),
          refusal.wireName());
    }
    for (final Appeal.State state : Appeal.State.values()) {
      assertTrue(
          said.add(words.path("appeal.state." + state.wireName()).asText("")), state.wireName());
    }
    assertTrue(said.add(words.path("appeal.state.overdue").asText("")));
    for (final Ground ground : GroundTable.DEFAULT.grounds()) {
      assertTrue(said.add(words.path("ground." + ground.name()).asText("")), ground.name());
    }
    assertTrue(said.add(words.path("ground." + GroundTable.BEFORE_HISTORY).asText("")));
    for (final String verdict : List.of("good", "bad", "cannot", "none")) {
      assertTrue(said.add(words.path("proof." + verdict).asText("")), verdict);
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

  /** Words that readers of each language have corrected. */
  @Test
  void noWordThatWasCorrectedComesBack() throws Exception {
    final Map<String, List<String>> corrected =
        Map.of(
            "zh-Hans",
            List.of(
                "暂留", "禁止", "本处", "一切正常", "不认识", "签名不符", "忘记我", "秒内有效", "不够新", "被拒收", "数据年龄",
                "询问负责人", "超过时限", "领队一人"),
            "zh-Hant",
            List.of(
                "暫留", "禁止", "本處", "一切正常", "不認識", "簽署", "忘記我", "秒內有效", "不夠新", "被拒收", "標識", "數據",
                "詢問負責人", "超過時限", "領隊一人"),
            "pt",
            List.of(
                "bem formado",
                "falsa",
                "quem se confie",
                "Pergunte",
                "Retido",
                "apaga-se",
                "ravessia",
                "Esquecer-me",
                "faz dele",
                "Quem guia",
                "eitor manual",
                "Memória circular"),
            "en",
            List.of(
                "Nobody who",
                "false",
                "is not known here",
                "Held up",
                "Forget me",
                "exchange nothing",
                "Scans a second",
                "ubject"));
    for (final Map.Entry<String, List<String>> each : corrected.entrySet()) {
      words(each.getKey())
          .properties()
          .forEach(
              said ->
                  each.getValue()
                      .forEach(
                          word ->
                              assertFalse(
                                  said.getValue().asText().contains(word),
                                  each.getKey() + " " + said + " has " + word)));
    }
    assertEquals("暂缓通行", words("zh-Hans").path("verdict.hold").asText());
    assertEquals("暫緩放行", words("zh-Hant").path("verdict.hold").asText());
    assertEquals("Confirmar", words("pt").path("verdict.hold").asText());
    assertEquals("不予通行", words("zh-Hans").path("verdict.refuse").asText());
    assertEquals("不予放行", words("zh-Hant").path("verdict.refuse").asText());
  }

  @Test
  void thePagesSayNothingThatThereAreNoWordsFor() throws Exception {
    final Set<String> known = keys(words("en"));
    final Set<String> used = new TreeSet<>();
    for (final String source : SOURCES) {
      Pattern.compile(
              "(?:data-(?:say|say-label|title)=\"|(?:say|sayCount|tellKey|fact|onNotice)\\('|throw"
                  + " '|words: '|\\? '|: '|\\?\\? '|=== '|= ')([a-z]+\\.[a-zA-Z0-9.-]+)[\"']")
          .matcher(resource(source))
          .results()
          .forEach(use -> used.add(use.group(1)));
    }
    used.removeIf(each -> each.startsWith("gongbei."));
    assertTrue(used.size() > 130, used.toString());
    used.removeAll(known);
    assertEquals(Set.of(), used);
  }
}
