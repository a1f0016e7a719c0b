package gongbei.verifier.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.issue.HcertIssuer;
import gongbei.codec.trust.KeyGeneration;
import gongbei.testing.OneJdk;
import gongbei.testing.TestCorpora;
import gongbei.verifier.TestNode;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The border desk: whom a foreign code is of, on the checkpoint page and nowhere else. */
@OneJdk
final class BorderDeskPageTest {
  private static final String NAME = "D'ARSØNS-<b>VAN</b> HALEN";
  private static final String CERTIFICATE =
      "{\"ver\":\"1.3.0\",\"dob\":\"1964-08-12\",\"nam\":{\"fn\":\"D'ARSØNS-<b>VAN</b>\",\"fnt\":"
          + "\"DARSONS<VAN\",\"gn\":\"HALEN\",\"gnt\":\"HALEN\"},\"t\":[{\"tg\":\"840539006\",\"tt\":"
          + "\"LP6464-4\",\"tr\":\"260415000\",\"sc\":\"2021-06-01T12:00:00Z\"}]}";

  @TempDir private static Path directory;
  @AutoClose private static TestNode node;
  @AutoClose private static Browser browser;

  @BeforeAll
  static void start() throws Exception {
    Browser.require();
    node = new TestNode();
    browser = new Browser(directory, "en-US");
  }

  private static void open(String kind) throws Exception {
    browser.openAnew(node.http("/checkpoint"));
    browser.language("en");
    browser.until("kinds", () -> browser.find("#kind").getText().length() > 4);
    browser.script(
        "document.getElementById('kind').value = '"
            + kind
            + "';document.getElementById('kind').dispatchEvent(new Event('change'));"
            + "document.activeElement.blur()");
  }

  private static void check(String code, String verdict, String reason) {
    browser.find("#typed").sendKeys(code + Keys.ENTER);
    browser.waitForVerdict(verdict, reason);
  }

  private static void next() {
    browser.putOut(() -> browser.click("#next"));
  }

  private static boolean isHolderShown() {
    return browser.find("#verdict-holder").isDisplayed();
  }

  private static String word(String language, String key) throws Exception {
    try (InputStream json =
        BorderDeskPageTest.class.getResourceAsStream(
            "/gongbei/pages/words/" + language + ".json")) {
      return new ObjectMapper().readTree(json).path(key).asText();
    }
  }

  @Test
  void whomAForeignCodeIsOfStandsLargeBesideTheVerdictAndIsKeptNowhere() throws Exception {
    open("border-to-macau");
    check(node.hcert(CERTIFICATE), "refuse", "test-too-old");
    assertTrue(isHolderShown());
    for (final String language : List.of("zh-Hans", "zh-Hant", "pt", "en")) {
      browser.language(language);
      assertEquals(NAME, browser.text("#holder-name"));
      assertEquals("1964-08-12", browser.text("#holder-birth"));
      assertEquals(word(language, "checkpoint.holder"), browser.text("#holder-title"));
      browser.assertAccessible("border desk in " + language);
    }
    assertTrue(
        (Boolean)
            browser.script(
                "return parseFloat(getComputedStyle(document.getElementById('holder-name'))"
                    + ".fontSize) >= 25"));
    next();
    final String kept =
        (String)
            browser.script(
                "return document.documentElement.outerHTML + JSON.stringify(localStorage)"
                    + " + JSON.stringify(sessionStorage)");
    assertFalse(kept.contains("HALEN"), "the name is still there");
    assertFalse(kept.contains("1964-08-12"), "the date is still there");
    browser.assertWellBehaved(node.http(""));
  }

  @Test
  void nobodyIsNamedWhereTheRulesSaySoOrTheCodeIsNoForeignOneThatIsGenuine() throws Exception {
    open("metro");
    check(node.hcert(CERTIFICATE), "refuse", "test-too-old");
    assertFalse(isHolderShown(), "metro hides names");
    next();
    open("border-to-macau");
    check(node.code(TestNode.RED), "refuse", "red");
    assertFalse(isHolderShown());
    next();
    final Instant now = Instant.now();
    final String forged =
        new HcertIssuer(
                new KeyGeneration().generate("XX", now.minusSeconds(60), now.plusSeconds(600)))
            .issue(
                new ObjectMapper().readTree(CERTIFICATE),
                now.getEpochSecond() - 10,
                now.getEpochSecond() + 60);
    check(forged, "refuse", "unknown-issuer");
    assertFalse(isHolderShown(), "nobody who is trusted says so");
    next();
  }

  @Test
  void theBrowserReadsTheHoldersOfEveryForeignFormat() throws Exception {
    open("border-to-macau");
    final Path corpus = TestCorpora.require("gdhcn");
    final JsonNode seal = holder(Files.readString(corpus.resolve("ICAOAUQR1Contents.txt")));
    assertEquals("CITIZEN  JANE SUE", seal.path("name").asText());
    assertEquals("1961-05-15", seal.path("birthDate").asText());
    final JsonNode card = holder(Files.readString(corpus.resolve("SHCQR1Contents.txt")));
    assertEquals("Anyperson John B.", card.path("name").asText());
    assertEquals("1951-01-20", card.path("birthDate").asText());
    final JsonNode dvc = holder(Files.readString(corpus.resolve("DVCTestQR.txt")));
    assertEquals("Aulo Agerio", dvc.path("name").asText());
    assertEquals("1905-08-23", dvc.path("birthDate").asText());
    assertTrue(holder("HC1:NOPE").isNull());
  }

  private static JsonNode holder(String code) throws Exception {
    browser.script(
        "window.read = null; const code = arguments[0]; import('/pages/holder.js')"
            + ".then((page) => page.holderOf(code))"
            + ".then((found) => { window.read = JSON.stringify(found); })",
        code.strip());
    browser.until("the code is read", () -> browser.script("return window.read") != null);
    return new ObjectMapper().readTree((String) browser.script("return window.read"));
  }
}
