package gongbei.verifier.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Venue;
import gongbei.codec.model.VenueForm;
import gongbei.replication.map.Subject;
import gongbei.testing.OneJdk;
import gongbei.verifier.TestNode;
import gongbei.verifier.client.AuthorityClient;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;

/**
 * Every page at every size in every language: what must be seen is seen, and nothing is cut off.
 */
@OneJdk
final class PageLayoutTest {
  /** What a verdict that has only just come shows: its first words. */
  private static final String SCROLL_BACK =
      "document.getElementById('verdict-body').scrollTop = 0;"
          + "document.getElementById('verdict').scrollTop = 0";

  @TempDir private static Path directory;
  @AutoClose private static TestNode node;
  @AutoClose private static Browser browser;
  private static String group;

  @BeforeAll
  static void start() throws Exception {
    Browser.require();
    node = new TestNode();
    browser = new Browser(directory, "en");
    group = groupCode();
  }

  /** A code of a group that has many reasons not to pass. */
  private static String groupCode() throws Exception {
    final String members =
        List.of(
                TestNode.GREEN,
                TestNode.YELLOW,
                TestNode.RED,
                TestNode.UNTESTED,
                TestNode.LONG_AGO,
                TestNode.POSITIVE)
            .stream()
            .map(Subject::toHex)
            .collect(Collectors.joining("\",\"", "{\"members\":[\"", "\"]}"));
    return TestNode.json(
            new AuthorityClient(URI.create(node.http("/")), node.authority)
                .post("/v1/groups", members)
                .body())
        .path("code")
        .asText();
  }

  private static String named(Dimension size) {
    return size.getWidth() + "x" + size.getHeight();
  }

  /**
   * Every size in the language of the longest words, every language at the size where most scrolls:
   * what axe finds depends on words or on room, and it takes longer than all else here together.
   */
  private static boolean isLookedAtByAxe(String language, Dimension size) {
    return language.equals("pt") || size.equals(Browser.MAGNIFIED);
  }

  private static void assertVerdictIsSeen(String state) {
    browser.assertWhollyVisible("#verdict-word", state);
    browser.assertWhollyVisible("#next", state);
    browser.script("document.getElementById('verdict-body').scrollTop = 1e6");
    browser.script("document.getElementById('verdict').scrollTop = 1e6");
    browser.assertWhollyVisible("#verdict-word", state + ", scrolled");
    browser.assertWhollyVisible("#verdict-shape", state + ", scrolled");
    browser.assertFits(state);
  }

  private static void openCheckpoint(Browser in, String language) {
    in.openAnew(node.http("/checkpoint"));
    in.until("kinds", () -> in.find("#kind").getText().length() > 4);
    in.language(language);
    in.script("document.activeElement.blur()");
  }

  private static Map<String, String> codes() {
    final Map<String, String> codes = new LinkedHashMap<>();
    codes.put("pass ok", node.code(TestNode.GREEN));
    codes.put("hold yellow", node.code(TestNode.YELLOW));
    codes.put("again malformed", "HC1:NOPE");
    codes.put("refuse positive-test", group);
    return codes;
  }

  @ParameterizedTest
  @ValueSource(strings = {"zh-Hans", "zh-Hant", "pt", "en"})
  void theVerdictsWordIsWhollySeenAtEverySizeHoweverMuchThereIsToSay(String language)
      throws Exception {
    openCheckpoint(browser, language);
    for (final Map.Entry<String, String> each : codes().entrySet()) {
      final String[] verdict = each.getKey().split(" ", -1);
      browser.scan(each.getValue());
      browser.waitForVerdict(verdict[0], verdict[1]);
      for (final Dimension size : Browser.SIZES) {
        browser.size(size);
        final String state = String.join(" ", each.getKey(), language, named(size));
        assertVerdictIsSeen(state);
        if (isLookedAtByAxe(language, size)) {
          browser.assertAccessible(state);
        }
        browser.script(SCROLL_BACK);
      }
      browser.putOut(() -> browser.type(Keys.ESCAPE));
    }
  }

  @Test
  void theWordIsSeenWhereNothingWasCheckedAndWhereAnotherCodeCame() throws Exception {
    openCheckpoint(browser, "pt");
    browser.scan(group);
    browser.waitForVerdict("refuse", "positive-test");
    browser.scan(node.code(TestNode.GREEN));
    browser.waitForText("#verdict-first", "NÃO foi verificado");
    for (final Dimension size : Browser.SIZES) {
      browser.size(size);
      assertVerdictIsSeen("another code came, " + named(size));
      browser.script("document.getElementById('verdict-body').scrollTop = 0");
      browser.assertWhollyVisible("#verdict-first", named(size));
    }
    browser.putOut(() -> browser.type(Keys.ESCAPE));
    browser.script(
        "document.getElementById('place').value = 'Wrong Place';"
            + "document.getElementById('place').dispatchEvent(new Event('input'));");
    for (final Dimension size : Browser.SIZES) {
      browser.size(size);
      browser.scan(node.code(TestNode.GREEN));
      browser.waitForVerdict("none", "error");
      assertVerdictIsSeen("nothing checked, " + named(size));
      browser.putOut(() -> browser.type(Keys.ESCAPE));
    }
  }

  /** Somebody who has set letters twice as large in their browser. */
  @Test
  void theBrowsersSizeOfLettersCountsAndCutsNothingOff() throws Exception {
    try (Browser large = new Browser(directory, "pt", CameraFilm.empty(directory), 32)) {
      openCheckpoint(large, "pt");
      assertEquals(
          "34px",
          large.script("return getComputedStyle(document.documentElement).fontSize"),
          "106.25 % of what the user has set");
      large.scan(group);
      large.waitForVerdict("refuse", "positive-test");
      for (final Dimension size : Browser.SIZES) {
        large.size(size);
        large.assertWhollyVisible("#verdict-word", named(size));
        large.assertWhollyVisible("#next", named(size));
      }
    }
  }

  /** Opens a state of a page, by its name. */
  private static void openState(String state) {
    final String path = "/" + state.split(" ", -1)[0].replace("home", "");
    browser.openAnew(node.http(path));
    switch (state) {
      case "checkpoint history" -> browser.click("#open-history");
      case "checkpoint settings", "wallet settings", "ops settings" ->
          browser.click("#open-settings");
      case "wallet code" -> {
        browser.find("#subject").sendKeys(TestNode.YELLOW.toHex() + Keys.ENTER);
        browser.until(
            "a code",
            () ->
                (boolean)
                    browser.script("return document.querySelector('#mine-card .code') !== null"));
      }
      case "wallet visit" -> browser.click("[data-view=visit]");
      case "venue screen" -> {
        browser.script("document.getElementById('licence').value = arguments[0]", licence());
        browser.click("#venue-form [type=submit]");
        browser.until(
            "a code",
            () ->
                (boolean)
                    browser.script(
                        "return document.querySelector('#venue-card [data-code]') !== null"));
      }
      case "wallet group" -> browser.click("[data-view=group]");
      case "wallet cross" -> browser.click("[data-view=cross]");
      case "oversight" -> browser.until("live", () -> !browser.text("#ceilings").isEmpty());
      case "ops" -> browser.until("live", () -> !browser.text("#verdicts").isEmpty());
      default ->
          assertTrue(List.of("home", "checkpoint", "wallet", "venue").contains(state), state);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "home",
        "checkpoint",
        "checkpoint history",
        "checkpoint settings",
        "wallet",
        "wallet code",
        "wallet group",
        "wallet visit",
        "wallet cross",
        "venue",
        "venue screen",
        "ops",
        "ops settings",
        "oversight"
      })
  void everyPageFitsEverySizeInEveryLanguageLightAndDark(String state) throws Exception {
    browser.size(Browser.PHONE);
    openState(state);
    for (final String language : List.of("zh-Hans", "zh-Hant", "pt", "en")) {
      browser.script(
          "const choice = document.getElementById('language'); choice.value = arguments[0];"
              + "choice.dispatchEvent(new Event('change'))",
          language);
      browser.until(
          language, () -> language.equals(browser.script("return document.documentElement.lang")));
      for (final Dimension size : Browser.SIZES) {
        browser.size(size);
        final String where = String.join(" ", state, language, named(size));
        browser.assertFits(where);
        if (isLookedAtByAxe(language, size)) {
          browser.assertAccessible(where);
        }
      }
    }
    browser.dark(true);
    browser.assertAccessible(state + " in the dark");
    browser.dark(false);
    browser.script("sessionStorage.clear(); localStorage.removeItem('gongbei.venue')");
  }

  private static String licence() {
    final long now = Instant.now().getEpochSecond();
    return new CodeIssuer(CodeFormat.GD1, node.guangdong)
        .issue(
            CodeClaims.of(CodeKind.VENUE, new byte[16])
                .venue(
                    new Venue("metro", "拱北口岸出入境大厅", "metro", VenueForm.LICENCE, Optional.empty()))
                .validity(now, now + 86_400)
                .build());
  }

  @Test
  void theLanguageIsThatOfTheBrowserByItsScriptElseByItsRegion() {
    browser.openAnew(node.http("/"));
    final Map<String, String> expected = new LinkedHashMap<>();
    expected.put("zh-Hans-MO", "zh-Hans");
    expected.put("zh-Hant-CN", "zh-Hant");
    expected.put("zh-MO", "zh-Hant");
    expected.put("zh-HK", "zh-Hant");
    expected.put("zh-TW", "zh-Hant");
    expected.put("zh-CN", "zh-Hans");
    expected.put("zh-SG", "zh-Hans");
    expected.put("zh", "zh-Hans");
    expected.put("yue-HK", "zh-Hant");
    expected.put("yue", "zh-Hant");
    expected.put("yue-Hans-CN", "zh-Hans");
    expected.put("cmn-Hans", "zh-Hans");
    expected.put("zh-yue", "zh-Hant");
    expected.put("nan-TW", "zh-Hant");
    expected.put("pt-MO", "pt");
    expected.put("pt-BR", "pt");
    expected.put("en-GB", "en");
    expected.put("fr-FR", "none");
    expected.put("not a tag", "none");
    expected.forEach(
        (tag, language) ->
            assertEquals(
                language,
                browser.await(
                    "const { languageOf } = await import('/pages/common.js');"
                        + "return languageOf(arguments[0]) ?? 'none';",
                    tag),
                tag));
  }

  @Test
  void numbersDatesAndWordsAreWrittenAsTheBrowsersCountryWritesThem() throws Exception {
    try (Browser elsewhere = new Browser(directory, "yue-HK")) {
      elsewhere.openAnew(node.http("/"));
      assertEquals("zh-Hant", elsewhere.script("return document.documentElement.lang"));
      assertEquals("廣東健康碼", elsewhere.text("#region"));
    }
    try (Browser elsewhere = new Browser(directory, "pt-PT")) {
      elsewhere.openAnew(node.http("/"));
      assertEquals(
          "12 345,7",
          ((String)
                  elsewhere.await(
                      "const { number } = await import('/pages/common.js');"
                          + "return number(12345.67, 1);"))
              .replace('\u00a0', ' '));
      assertEquals(
          "28/11/26, 23:05",
          elsewhere.await(
              "const { dateAndTime } = await import('/pages/common.js');"
                  + "return dateAndTime(new Date(2026, 10, 28, 23, 5),"
                  + " { dateStyle: 'short', timeStyle: 'short' });"));
    }
  }
}
