package gongbei.verifier.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import gongbei.verifier.print.QrImage;
import gongbei.verifier.rules.ReasonWords;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The checkpoint page, in a real browser against a running node. */
@OneJdk
final class CheckpointPageTest {
  private static final List<String> LANGUAGES = List.of("zh-Hans", "zh-Hant", "pt", "en");

  @TempDir private static Path directory;
  private static Path film;
  @AutoClose private static TestNode node;
  @AutoClose private static Browser browser;

  @BeforeAll
  static void start() throws Exception {
    Browser.require();
    node = new TestNode();
    film = directory.resolve("camera.y4m");
    CameraFilm.write(film, null);
    browser = new Browser(directory, "zh-HK", film);
  }

  private static JsonNode words(String language) throws Exception {
    try (InputStream json =
        CheckpointPageTest.class.getResourceAsStream(
            "/gongbei/pages/words/" + language + ".json")) {
      final ObjectNode words = (ObjectNode) new ObjectMapper().readTree(json);
      ReasonWords.in(language).forEach(words::put);
      return words;
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
        assertTrue(
            browser.text("#verdict-facts").contains(words.path("kind.metro").asText()),
            browser.text("#verdict-facts"));
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
    assertTrue(browser.text("#verdict-facts").contains("Hospital, version 1"));
    next();
    browser.find("#picture").sendKeys(Files.writeString(picture, "no picture").toString());
    browser.waitForText("#status", "This file is no picture that this browser can open");
    browser.assertWellBehaved(node.http(""));
  }

  @Test
  void aVerdictOnAHolderStaysUntilItIsTappedWhateverComesMeanwhile() throws Exception {
    open();
    browser.language("en");
    browser.script("document.activeElement.blur()");
    browser.scan(node.code(TestNode.POSITIVE));
    browser.waitForVerdict("refuse", "positive-test");
    browser.script("window.shownAt = performance.now()");
    browser.type("" + node.code(TestNode.GREEN) + Keys.ENTER + Keys.ENTER);
    browser.waitForText("#verdict-first", "It has NOT been checked");
    browser.waitForVerdict("refuse", "positive-test");
    browser.assertAccessible("another code came");
    assertTrue(browser.text("#verdict-closes").contains("stays until you tap"));
    // Longer than any verdict that goes off by itself.
    browser.until(
        "nine seconds have gone",
        () -> (boolean) browser.script("return performance.now() - window.shownAt > 9000"));
    browser.waitForVerdict("refuse", "positive-test");
    browser.putOut(() -> browser.type(Keys.ESCAPE));
    browser.scan(node.code(TestNode.GREEN));
    browser.waitForVerdict("pass", "ok");
    browser.putOut(() -> browser.type(Keys.ESCAPE));
    browser.find("#typed").sendKeys("GD1:NOPE" + Keys.ENTER);
    browser.waitForVerdict("again", "malformed");
    browser.putOut(() -> browser.type(Keys.ENTER));
    assertEquals("", browser.find("#typed").getDomProperty("value"));
  }

  @Test
  void whileAVerdictStandsTheCameraPutsNothingInItsPlaceAndGoesOnWhenItIsTapped() throws Exception {
    open();
    browser.language("en");
    browser.scan(node.code(TestNode.YELLOW));
    browser.waitForVerdict("hold", "yellow");
    CameraFilm.write(film, node.code(TestNode.GREEN));
    browser.script("document.getElementById('start').click()");
    browser.waitForText("#verdict-first", "It has NOT been checked");
    browser.waitForVerdict("hold", "yellow");
    browser.until(
        "the code that is still before the camera is judged",
        () -> {
          if ("hold".equals(browser.find("#verdict").getDomAttribute("data-verdict"))) {
            browser.click("#next");
          }
          return "pass".equals(browser.find("#verdict").getDomAttribute("data-verdict"));
        });
    next();
    browser.waitForText("#still", "Still the same code: Pass");
    browser.assertAccessible("still the same code");
    browser.click("#start");
  }

  @Test
  void theSameCodeOnceMoreIsAnsweredOnceMoreAndSaidToBeTheSame() throws Exception {
    open();
    browser.language("en");
    final String code = node.code(TestNode.GREEN);
    browser.scan(code);
    browser.waitForVerdict("pass", "ok");
    assertFalse(browser.find("#verdict-same").isDisplayed());
    browser.scan(code);
    browser.waitForText("#verdict-same", "Same code as ");
    next();
    browser.scan(node.code(TestNode.GREEN));
    browser.waitForVerdict("pass", "ok");
    browser.until("another", () -> !browser.find("#verdict-same").isDisplayed());
    next();
  }

  @Test
  void whatSaysNothingOfAHolderIsShownAgainAndIsNeitherRedNorAVerdictOnThem() throws Exception {
    open();
    browser.language("en");
    final String over = node.code(CodeFormat.GD1, TestNode.GREEN, -70, -10);
    final String longOver = node.code(CodeFormat.GD1, TestNode.GREEN, -7_200, -3_600);
    final String soon = node.code(CodeFormat.GD1, TestNode.GREEN, 45, 105);
    final Map<String, Object> backgrounds = new HashMap<>();
    for (final String[] each :
        new String[][] {
          {"GD1:NOPE", "again", "malformed"},
          {"https://example.org/menu", "again", "unsupported-format"},
          {over, "again", "expired"},
          {soon, "again", "not-yet-valid"},
          {longOver, "refuse", "expired"},
          {node.code(TestNode.YELLOW), "hold", "yellow"},
          {node.code(TestNode.GREEN), "pass", "ok"}
        }) {
      browser.script("document.activeElement.blur()");
      browser.find("#typed").sendKeys(each[0] + Keys.ENTER);
      browser.waitForVerdict(each[1], each[2]);
      final Object background =
          browser.script(
              "return getComputedStyle(document.getElementById('verdict')).backgroundColor");
      assertEquals(background, backgrounds.getOrDefault(each[1], background), each[1]);
      backgrounds.put(each[1], background);
      if (each[0].equals(soon)) {
        assertTrue(
            browser.text("#verdict-reason").matches("This code begins in \\d+ s\\..*"),
            browser.text("#verdict-reason"));
      }
      if (each[0].equals(over)) {
        assertTrue(
            browser.text("#verdict-reason").matches("This code ran out \\d+ s ago\\..*"),
            browser.text("#verdict-reason"));
      }
      browser.assertAccessible(each[1] + " " + each[2]);
      next();
    }
    assertEquals(
        4, backgrounds.values().stream().distinct().count(), "one colour for each: " + backgrounds);
  }

  @Test
  void theLastTwentyVerdictsOfThisDeviceCanBeLookedAtAndNameNobody() throws Exception {
    open();
    browser.language("en");
    browser.script("localStorage.removeItem('gongbei.last')");
    for (int i = 0; i < 22; i++) {
      final boolean isLast = i == 21;
      browser.find("#typed").sendKeys((isLast ? node.code(TestNode.RED) : "GD1:NOPE") + Keys.ENTER);
      browser.waitForVerdict(isLast ? "refuse" : "again", isLast ? "red" : "malformed");
      next();
    }
    browser.click("#open-history");
    assertEquals(20L, browser.script("return document.querySelectorAll('#history li').length"));
    assertTrue(
        browser.text("#history-list li").matches("(?s)Refuse\\s+Red code\\s+.* · (Metro|Hospital)"),
        browser.text("#history-list li"));
    browser.assertAccessible("the last verdicts");
    final String kept =
        (String) browser.script("return JSON.stringify(Object.entries(localStorage))");
    assertFalse(kept.contains(TestNode.RED.toHex()) || kept.contains("GD1:"), kept);
    browser.click("#close-history");
    browser.language("zh-Hans");
    browser.click("#open-history");
    assertTrue(browser.text("#history-list li").contains("不予通行"));
    browser.click("#clear-history");
    browser.waitForText("#history", "尚未查验");
    browser.click("#close-history");
    browser.language("en");
  }

  /** Lets the next start of a camera fail as a browser would have it fail. */
  private static void failCamera(String error) {
    browser.script(
        "navigator.mediaDevices.getUserMedia = () =>"
            + " Promise.reject(new DOMException('no', arguments[0]))",
        error);
  }

  @Test
  void whyThereIsNoCameraIsSaidWhereItsPictureWouldBeWithAButtonToTryAgain() throws Exception {
    open();
    browser.language("en");
    browser.script("window.asked = navigator.mediaDevices.getUserMedia");
    assertEquals("Start camera", browser.text("#start"));
    browser.waitForText("#hint", "Hold a code in front of the camera");
    for (final String[] each :
        new String[][] {
          {"NotAllowedError", "Allow it for this page in the browser"},
          {"NotFoundError", "No camera was found"},
          {"NotReadableError", "Another program may be using it"}
        }) {
      failCamera(each[0]);
      browser.click("#start");
      browser.waitForText("#hint", each[1]);
      browser.waitForText("#start", "Try the camera again");
      browser.assertAccessible(each[0]);
    }
    CameraFilm.write(film, null);
    browser.script("navigator.mediaDevices.getUserMedia = window.asked");
    browser.click("#start");
    browser.waitForText("#start", "Stop camera");
    assertEquals("", browser.text("#hint"));
    browser.click("#start");
  }

  @Test
  void theLightTheChoiceOfCamerasAndTheScreenThatStaysOnAreThereWhereTheDeviceHasThem()
      throws Exception {
    CameraFilm.write(film, null);
    open();
    browser.language("en");
    browser.script(
        """
        window.lights = []; window.awake = [];
        MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
        MediaStreamTrack.prototype.applyConstraints = async (wanted) =>
          window.lights.push(wanted.advanced[0].torch);
        const list = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
        navigator.mediaDevices.enumerateDevices = async () => [...await list(),
          { kind: 'videoinput', deviceId: 'other', label: '' }];
        WakeLock.prototype.request = async (kind) => { window.awake.push(kind);
          const lock = new EventTarget();
          lock.release = async () => window.awake.push('released'); return lock; };
        """);
    assertFalse(browser.find("#torch").isDisplayed());
    assertFalse(browser.find("#which").isDisplayed());
    browser.click("#start");
    browser.until("a choice", () -> browser.find("#which").isDisplayed());
    assertTrue(browser.text("#which-camera").contains("Camera 2"), browser.text("#which"));
    browser.click("#torch");
    browser.until(
        "lit", () -> "true".equals(browser.find("#torch").getDomAttribute("aria-pressed")));
    browser.click("#torch");
    browser.until(
        "off", () -> "false".equals(browser.find("#torch").getDomAttribute("aria-pressed")));
    assertEquals("true,false", browser.script("return window.lights.join()"));
    browser.assertAccessible("camera on");
    browser.click("#start");
    assertFalse(browser.find("#torch").isDisplayed());
    assertEquals("screen,released", browser.script("return window.awake.join()"));
  }

  @Test
  void aPageThatCanBeInstalledOffersItUnderSettingsAndAsksOnlyWhenToldTo() throws Exception {
    open();
    browser.script(
        """
        const offer = new Event('beforeinstallprompt', { cancelable: true });
        window.prompted = 0;
        offer.prompt = () => window.prompted++;
        window.dispatchEvent(offer);
        window.prevented = offer.defaultPrevented;
        """);
    browser.click("#open-settings");
    browser.until("an offer", () -> browser.find("#install").isDisplayed());
    assertEquals(true, browser.script("return window.prevented"));
    browser.click("#install");
    assertEquals(1L, browser.script("return window.prompted"));
    browser.click("#close-settings");
  }

  /** Types a place as a person does. */
  private static void typePlace(String place) {
    browser.script("document.getElementById('place').focus()");
    browser.rest(Browser.PAUSE_MILLIS);
    browser.keys(place, Browser.PERSON_MILLIS);
  }

  @Test
  void aPlaceSaysItsRuleAndWhatIsWrongWithItWhereItIsTyped() throws Exception {
    open();
    browser.language("en");
    assertTrue(browser.text("#place-help").contains("Lower-case letters, digits and hyphens"));
    typePlace("Gate 3");
    browser.waitForText("#place-bad", "Only lower-case letters, digits and hyphens");
    browser.assertAccessible("a wrong place");
    browser.find("#place").clear();
    typePlace("gate-3");
    browser.type(Keys.TAB);
    browser.until("mended", () -> browser.text("#place-bad").isEmpty());
    open();
    assertEquals("gate-3", browser.find("#place").getDomProperty("value"));
    assertEquals("gate-3", browser.script("return document.querySelector('#places option').value"));
    browser.script("localStorage.removeItem('gongbei.place')");
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
    for (final String said :
        List.of(
            "Group of 3",
            "1 green",
            "1 yellow",
            "1 red",
            "Not passing: members 2, 3",
            "1 In order",
            "1 Yellow code\nmember 2",
            "1 Red code\nmember 3")) {
      assertTrue(group.contains(said), group);
    }
    browser.assertAccessible("group");
    next();
    browser.language("pt");
    browser.find("#typed").sendKeys(TestNode.json(made).path("code").asText() + Keys.ENTER);
    browser.waitForText("#verdict-group", "Não passam os n.os 2, 3");
    browser.waitForText("#verdict-group", "1 verde");
    next();
    browser.language("en");
  }

  private void assertReasonInEveryLanguage(String verdict, String reason) throws Exception {
    browser.waitForVerdict(verdict, reason);
    for (final String language : LANGUAGES) {
      browser.language(language);
      assertEquals(
          words(language).path("reason." + reason).asText(), browser.text("#verdict-reason"));
    }
    next();
  }

  @Test
  void inAnOutageThePageSaysInEveryLanguageThatReserveCodesCountAndLetsEachPassOnce()
      throws Exception {
    final AuthorityClient authority =
        new AuthorityClient(URI.create(node.http("/")), node.authority);
    final long now = Instant.now().getEpochSecond();
    final CodeIssuer issuer = new CodeIssuer(CodeFormat.GD1, node.guangdong);
    final String reserve =
        issuer.issue(
            CodeClaims.of(CodeKind.RESERVE, TestNode.GREEN.toBytes())
                .serial(new byte[] {1, 2, 3, 4, 5, 6, 7, 8})
                .validity(now, now + 3_600)
                .notBefore(now)
                .build());
    final String venue =
        issuer.issue(
            CodeClaims.of(CodeKind.VENUE, new byte[Subject.BYTES])
                .venue(new Venue("metro", "Gongbei", "metro", VenueForm.PRINTED, Optional.empty()))
                .serial(new byte[8])
                .validity(now, now + 3_600)
                .build());
    open();
    browser.scan(venue);
    assertReasonInEveryLanguage("refuse", "venue-code");
    browser.scan(reserve);
    assertReasonInEveryLanguage("refuse", "reserve-not-in-force");
    assertFalse(browser.find("#reserve").isDisplayed());
    assertEquals(200, authority.put("/v1/minting", "{\"state\":\"degraded\"}").statusCode());
    browser.until("reserve codes count", () -> browser.find("#reserve").isDisplayed());
    for (final String language : LANGUAGES) {
      browser.language(language);
      assertEquals(words(language).path("checkpoint.reserve").asText(), browser.text("#reserve"));
    }
    browser.assertAccessible("reserve codes count");
    browser.scan(reserve);
    browser.waitForVerdict("pass", "ok");
    next();
    browser.scan(reserve);
    assertReasonInEveryLanguage("refuse", "reserve-used");
    assertEquals(
        200,
        authority.put("/v1/minting", "{\"state\":\"normal\",\"marginSeconds\":0}").statusCode());
    browser.until("they do no longer", () -> !browser.find("#reserve").isDisplayed());
    browser.assertWellBehaved(node.http(""));
  }

  @Test
  void aPassAndWhatIsToBeShownAgainGoOffByThemselves() throws Exception {
    open();
    for (final String[] each :
        new String[][] {
          {"HC1:NOPE", "again", "malformed"}, {node.code(TestNode.GREEN), "pass", "ok"}
        }) {
      browser.find("#typed").sendKeys(each[0] + Keys.ENTER);
      browser.waitForVerdict(each[1], each[2]);
      browser.until("clear", () -> !browser.find("#verdict").isDisplayed());
      browser.until(
          "its word is gone",
          () ->
              ""
                  .equals(
                      browser.script(
                          "return document.getElementById('verdict-word').textContent")));
    }
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
    assertEquals("", browser.text("#status"), "one thing is said");
    assertTrue(browser.text("#kind").contains("Hospital"), "the kinds are kept");
    browser.assertAccessible("out of reach");
    browser.leave();
  }
}
