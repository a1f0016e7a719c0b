package gongbei.verifier.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.issue.QrImage;
import gongbei.replication.status.Subject;
import gongbei.verifier.TestNode;
import gongbei.verifier.client.AuthorityClient;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The checkpoint page, in a real browser against a running node. */
final class CheckpointPageTest {
  private static final List<String> LANGUAGES = List.of("zh-Hans", "zh-Hant", "pt", "en");

  @TempDir private static Path directory;
  private static Path film;
  private static TestNode node;
  private static Browser browser;

  @BeforeAll
  static void start() throws Exception {
    Browser.require();
    node = new TestNode();
    film = directory.resolve("camera.y4m");
    CameraFilm.write(film, null);
    browser = new Browser(directory, "zh-HK", film);
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
    if (node != null) {
      node.close();
    }
  }

  private static JsonNode words(String language) throws Exception {
    try (InputStream json =
        CheckpointPageTest.class.getResourceAsStream(
            "/gongbei/pages/words/" + language + ".json")) {
      return new ObjectMapper().readTree(json);
    }
  }

  private static void open() throws Exception {
    browser.openAnew(node.http("/checkpoint"));
    browser.until("kinds", () -> browser.find("#kind").getText().length() > 4);
    browser.script("document.activeElement.blur()");
  }

  private static void next() {
    browser.putOut(() -> browser.click("#next"));
  }

  @Test
  void theCameraSeesACodeAndThePageSaysPassHoldOrRefuseInEveryLanguage() throws Exception {
    final Map<Subject, String[]> expected =
        Map.of(
            TestNode.GREEN, new String[] {"pass", "ok"},
            TestNode.YELLOW, new String[] {"hold", "yellow"},
            TestNode.RED, new String[] {"refuse", "red"});
    final Map<String, Object> tones = new HashMap<>();
    final Map<String, Object> pulses = new HashMap<>();
    open();
    for (final Map.Entry<Subject, String[]> each : expected.entrySet()) {
      final String verdict = each.getValue()[0];
      final String reason = each.getValue()[1];
      CameraFilm.write(film, node.code(each.getKey()));
      for (final String language : LANGUAGES) {
        final JsonNode words = words(language);
        browser.language(language);
        browser.script("window.played.length = 0; window.felt.length = 0;");
        browser.click("#start");
        browser.waitForVerdict(verdict, reason);
        assertEquals(words.path("verdict." + verdict).asText(), browser.text("#verdict-word"));
        assertEquals(words.path("reason." + reason).asText(), browser.text("#verdict-reason"));
        assertTrue(browser.text("#verdict-facts").contains("metro@1"));
        assertEquals(
            words.path("verdict." + verdict).asText()
                + ". "
                + words.path("reason." + reason).asText(),
            browser.script("return document.getElementById('verdict-said').textContent"));
        assertFalse(
            ((String) browser.script("return document.documentElement.outerHTML"))
                .contains(each.getKey().toHex()));
        tones.put(verdict, browser.script("return window.played.join()"));
        pulses.put(verdict, browser.script("return window.felt.join()"));
        if (language.equals("en") || language.equals("zh-Hant")) {
          browser.assertAccessible(verdict + " in " + language);
        }
        next();
        browser.click("#start");
      }
    }
    assertEquals(3, tones.values().stream().distinct().count(), tones.toString());
    assertEquals(3, pulses.values().stream().distinct().count(), pulses.toString());
    browser.assertWellBehaved(node.http(""));
  }

  @Test
  void theLanguageIsTheBrowsersUntilAnotherIsChosen() throws Exception {
    browser.openAnew(node.http("/checkpoint"));
    browser.script("localStorage.clear()");
    open();
    assertEquals("zh-Hant", browser.script("return document.documentElement.lang"));
    assertTrue(browser.text("h1").contains("查驗"));
    browser.language("pt");
    open();
    assertEquals("pt", browser.script("return document.documentElement.lang"));
    browser.assertAccessible("ready");
  }

  @Test
  void aPictureIsReadAndOneWithoutACodeIsSaidToHaveNone() throws Exception {
    open();
    browser.language("en");
    final Path picture = directory.resolve("code.png");
    Files.write(picture, QrImage.png(node.code(TestNode.LONG_AGO)));
    browser.script(
        "document.getElementById('kind').value = 'hospital';"
            + "document.getElementById('kind').dispatchEvent(new Event('change'))");
    browser.find("#picture").sendKeys(picture.toString());
    browser.waitForVerdict("refuse", "test-too-old");
    assertTrue(browser.text("#verdict-facts").contains("hospital@1"));
    next();
    browser.find("#picture").sendKeys(Files.writeString(picture, "no picture").toString());
    browser.waitForText("#status", "No QR code was found");
    browser.assertWellBehaved(node.http(""));
  }

  @Test
  void aHandScannerTypesWhereverTheFocusIsAndAVerdictGivesWayToTheNext() throws Exception {
    open();
    browser.language("en");
    browser.script("document.activeElement.blur()");
    browser.type(node.code(TestNode.POSITIVE) + Keys.ENTER);
    browser.waitForVerdict("refuse", "positive-test");
    browser.type("" + node.code(TestNode.GREEN) + Keys.ENTER + Keys.ENTER);
    browser.waitForVerdict("pass", "ok");
    assertTrue(browser.find("#verdict").isDisplayed(), "a second Enter puts out what just came");
    browser.putOut(() -> browser.type(Keys.ESCAPE));
    browser.find("#typed").sendKeys("GD1:NOPE" + Keys.ENTER);
    browser.waitForVerdict("refuse", "malformed");
    browser.putOut(() -> browser.type(Keys.ENTER));
    assertEquals("", browser.find("#typed").getDomProperty("value"));
  }

  @Test
  void aGroupsCodeSaysHowManyThereAreAndWhoHoldsThemUp() throws Exception {
    final String made =
        new AuthorityClient(URI.create(node.http("/")), node.authority)
            .post(
                "/v1/groups",
                "{\"members\":[\""
                    + TestNode.GREEN.toHex()
                    + "\",\""
                    + TestNode.YELLOW.toHex()
                    + "\",\""
                    + TestNode.RED.toHex()
                    + "\"]}")
            .body();
    open();
    browser.language("en");
    browser.find("#typed").sendKeys(TestNode.json(made).path("code").asText() + Keys.ENTER);
    browser.waitForVerdict("refuse", "red");
    final String group = browser.text("#verdict-group");
    for (final String said : List.of("Group of 3", "1 green", "1 yellow", "1 red", "places 2, 3")) {
      assertTrue(group.contains(said), group);
    }
    browser.assertAccessible("group");
    next();
  }

  @Test
  void aVerdictGoesOffByItself() throws Exception {
    open();
    browser.find("#typed").sendKeys("HC1:NOPE" + Keys.ENTER);
    browser.waitForVerdict("refuse", "malformed");
    browser.until("clear", () -> !browser.find("#verdict").isDisplayed());
    browser.until(
        "its word is gone",
        () ->
            ""
                .equals(
                    browser.script("return document.getElementById('verdict-word').textContent")));
  }

  @Test
  void anApiKeyGivenUnderSettingsGoesWithEveryRequest() throws Exception {
    open();
    browser.script(
        "const ask = window.fetch; window.sent = [];window.fetch = (path, options) =>"
            + " {window.sent.push(options?.headers?.Authorization ?? ''); return ask(path,"
            + " options); }");
    browser.click("#open-settings");
    browser.find("#api-key").sendKeys("gate-3");
    browser.assertAccessible("settings");
    browser.click("#close-settings");
    browser.until(
        "the key is sent",
        () -> Boolean.TRUE.equals(browser.script("return window.sent.includes('Bearer gate-3')")));
    browser.script("localStorage.removeItem('gongbei.key.checkpoint')");
  }

  @Test
  void withoutTheServerThePageOpensAndSaysThatNothingIsChecked() throws Exception {
    final String code;
    final String page;
    try (TestNode brief = new TestNode()) {
      page = brief.http("/checkpoint");
      browser.openAnew(page);
      browser.language("en");
      browser.until(
          "the page is kept",
          () ->
              Boolean.TRUE.equals(
                  browser.script("return navigator.serviceWorker.controller !== null")));
      code = brief.code(TestNode.GREEN);
      browser.find("#typed").sendKeys(code + Keys.ENTER);
      browser.waitForVerdict("pass", "ok");
      next();
    }
    browser.find("#typed").sendKeys(code + Keys.ENTER);
    browser.waitForVerdict("none", "unreachable");
    assertEquals("Not checked", browser.text("#verdict-word"));
    assertTrue(browser.text("#verdict-reason").contains("NOT been checked"));
    browser.assertAccessible("not checked");
    next();
    assertTrue(browser.text("#lost").contains("out of reach since"));
    browser.openAnew(page);
    browser.waitForText("#lost", "out of reach since");
    browser.assertAccessible("out of reach");
    browser.forgetLogs();
  }
}
