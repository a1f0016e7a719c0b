package gongbei.verifier.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.OneJdk;
import gongbei.verifier.TestNode;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hand scanners that type like a keyboard, wherever the focus happens to be. */
@OneJdk
final class WedgeScannerTest {
  @TempDir private static Path directory;
  @AutoClose private static TestNode node;
  @AutoClose private static Browser browser;

  @BeforeAll
  static void start() throws Exception {
    Browser.require();
    node = new TestNode();
    browser = new Browser(directory, "en");
  }

  private static void open() {
    browser.openAnew(node.http("/checkpoint"));
    browser.until("kinds", () -> browser.find("#kind").getText().length() > 4);
    browser.script("localStorage.removeItem('gongbei.place'); document.activeElement.blur()");
    browser.script(
        "const ask = window.fetch; window.asked = [];"
            + "window.fetch = (path, options) => {"
            + "if (path === '/v1/scans') window.asked.push(JSON.parse(options.body));"
            + "return ask(path, options); }");
  }

  private static void focus(String selector) {
    browser.script("document.querySelector(arguments[0]).focus()", selector);
  }

  private static Object value(String selector) {
    return browser.script("return document.querySelector(arguments[0]).value", selector);
  }

  private static Object asked(String field) {
    return browser.script("return window.asked.map((each) => each[arguments[0]]).join()", field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"#kind", "#place", "#language", "#typed", "#start", "#main"})
  void aCodeIsJudgedAndNoFieldTakesAnyOfIt(String focused) throws Exception {
    for (final String before : new String[] {"", "]Q1"}) {
      open();
      final String code = node.code(TestNode.POSITIVE);
      focus(focused);
      browser.keys(before + code + "\n", Browser.SCANNER_MILLIS);
      browser.waitForVerdict("refuse", "positive-test");
      assertEquals("metro", value("#kind"));
      assertEquals("", value("#place"));
      assertEquals("en", value("#language"));
      assertEquals("", value("#typed"));
      assertEquals(code, asked("code"));
      assertEquals("metro", asked("checkpoint"));
      assertNull(browser.script("return localStorage.getItem('gongbei.place')"));
    }
  }

  @Test
  void aCodeThatIsTypedIntoTheKeysFieldIsJudgedAndIsNoKey() throws Exception {
    open();
    browser.click("#open-settings");
    focus("#api-key");
    browser.keys(node.code(TestNode.GREEN) + "\n", Browser.SCANNER_MILLIS);
    browser.waitForVerdict("pass", "ok");
    assertNull(browser.script("return localStorage.getItem('gongbei.key.checkpoint')"));
  }

  @Test
  void anotherQrCodeIsJudgedAndIsNotThePlace() {
    open();
    focus("#place");
    browser.keys("g", Browser.PERSON_MILLIS);
    browser.rest(Browser.PAUSE_MILLIS);
    browser.keys("https://example.org/menu\n", Browser.SCANNER_MILLIS);
    browser.waitForVerdict("again", "unsupported-format");
    assertEquals("g", value("#place"));
    assertEquals("https://example.org/menu", asked("code"));
  }

  @Test
  void whatAPersonTypesIsThePlaceAndGoesWithEveryScan() throws Exception {
    open();
    focus("#place");
    browser.rest(Browser.PAUSE_MILLIS);
    browser.keys("gate-3", Browser.PERSON_MILLIS);
    assertEquals("gate-3", value("#place"));
    browser.rest(Browser.PAUSE_MILLIS);
    browser.keys(node.code(TestNode.GREEN) + "\n", Browser.SCANNER_MILLIS);
    browser.waitForVerdict("pass", "ok");
    assertEquals("gate-3", value("#place"));
    assertEquals("metro/gate-3", asked("checkpoint"));
  }

  @Test
  void aPlaceThatTheNodeWouldRefuseIsNeitherSentNorKept() throws Exception {
    open();
    focus("#place");
    browser.rest(Browser.PAUSE_MILLIS);
    browser.keys("Gate 3", Browser.PERSON_MILLIS);
    browser.until("the letter that was held back", () -> "Gate 3".equals(value("#place")));
    assertEquals("true", browser.find("#place").getDomAttribute("aria-invalid"));
    browser.rest(Browser.PAUSE_MILLIS);
    browser.keys(node.code(TestNode.GREEN) + "\n", Browser.SCANNER_MILLIS);
    browser.waitForVerdict("none", "error");
    assertTrue(browser.text("#verdict-reason").contains("Place"), browser.text("#verdict"));
    assertEquals("", asked("code"));
    assertNull(browser.script("return localStorage.getItem('gongbei.place')"));
    browser.script("localStorage.setItem('gongbei.place', 'HC1:6BF')");
    open();
    assertEquals("", value("#place"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"#kind", "#place", "#typed", "#main"})
  void aPauseInTheMiddleOfACodeIsNoEndOfIt(String focused) throws Exception {
    open();
    final String code = node.code(TestNode.GREEN);
    focus(focused);
    browser.keys(code.substring(0, 90), Browser.SCANNER_MILLIS);
    browser.waitForText("#status", "Waiting for the rest");
    assertEquals("", asked("code"));
    browser.rest(Browser.PAUSE_MILLIS);
    browser.keys(code.substring(90) + "\n", Browser.SCANNER_MILLIS);
    browser.waitForVerdict("pass", "ok");
    assertEquals(code, asked("code"));
  }

  @Test
  void aWholeCodeAfterAFragmentIsJudgedAlone() throws Exception {
    open();
    browser.keys(node.code(TestNode.RED).substring(0, 90), Browser.SCANNER_MILLIS);
    browser.waitForText("#status", "Waiting for the rest");
    browser.rest(Browser.PAUSE_MILLIS);
    final String code = node.code(TestNode.GREEN);
    browser.keys("]Q1" + code + "\n", Browser.SCANNER_MILLIS);
    browser.waitForVerdict("pass", "ok");
    assertEquals(code, asked("code"));
  }

  @Test
  void aFragmentIsDroppedWithAWordWhenSomebodyTouchesThePage() throws Exception {
    open();
    browser.keys(node.code(TestNode.RED).substring(0, 90), Browser.SCANNER_MILLIS);
    browser.waitForText("#status", "Waiting for the rest");
    browser.click("h1");
    browser.waitForText("#status", "incomplete code was discarded");
    assertEquals("", asked("code"));
    browser.rest(Browser.PAUSE_MILLIS);
    browser.keys(node.code(TestNode.GREEN) + "\n", Browser.SCANNER_MILLIS);
    browser.waitForVerdict("pass", "ok");
  }

  @Test
  void aScannerWithoutEnterLeavesItsCodeInTheFieldForCodes() throws Exception {
    open();
    final String code = node.code(TestNode.GREEN);
    focus("#typed");
    browser.keys(code, Browser.SCANNER_MILLIS);
    browser.until("the code", () -> code.equals(value("#typed")));
    browser.click("#typed-form button");
    browser.waitForVerdict("pass", "ok");
    assertEquals(code, asked("code"));
  }

  @Test
  void capsLockTurnsNoCodeIntoAnother() throws Exception {
    open();
    final String code = node.code(TestNode.GREEN);
    browser.keys(code.toLowerCase(java.util.Locale.ROOT) + "\n", Browser.SCANNER_MILLIS);
    browser.waitForVerdict("pass", "ok");
    assertEquals(code, asked("code"));
  }

  @Test
  void theWalletTakesACodeWhereCodesAreTakenAndNowhereElse() throws Exception {
    browser.openAnew(node.http("/wallet"));
    focus("#subject");
    browser.keys(node.code(TestNode.GREEN) + "\n", Browser.SCANNER_MILLIS);
    assertEquals("", value("#subject"));
    browser.click(".tabs [data-view=group]");
    focus("#group textarea");
    browser.rest(Browser.PAUSE_MILLIS);
    browser.keys("]Q1" + node.code(TestNode.GREEN) + "\n", Browser.SCANNER_MILLIS);
    browser.waitForText("#group .fault", "not a group code");
  }
}
