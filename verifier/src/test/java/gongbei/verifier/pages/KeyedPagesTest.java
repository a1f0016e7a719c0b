package gongbei.verifier.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.Subject;
import gongbei.testing.OneJdk;
import gongbei.verifier.access.ApiKey;
import gongbei.verifier.access.ApiKeys;
import gongbei.verifier.access.Role;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The pages of a node that asks for API keys, in a real browser. */
@OneJdk
final class KeyedPagesTest {
  private static final Subject HOLDER = new Subject(1, 2);
  private static final String MISSING = "needs an API key";
  private static final String UNKNOWN = "does not know this API key";

  @TempDir private static Path directory;
  @AutoClose private static Browser browser;
  @AutoClose private static Node node;
  private static SigningKey guangdong;
  private static String checkpointKey;
  private static String operatorKey;
  private static String issuerKey;

  @BeforeAll
  static void start() throws Exception {
    Browser.require();
    final Instant from = Instant.now().minus(Duration.ofDays(1));
    guangdong = new KeyGeneration().generate("GD", from, from.plus(Duration.ofDays(2)));
    KeyGeneration.write(guangdong, "gd", directory.resolve("keys"));
    checkpointKey = keyOf(Role.CHECKPOINT);
    operatorKey = keyOf(Role.OPERATOR);
    issuerKey = keyOf(Role.ISSUER);
    Files.writeString(
        directory.resolve("node.yaml"),
        """
        region: GD
        trustDirectory: keys
        signingKeyDirectory: keys
        maxSubjects: 100
        http: {host: 127.0.0.1, port: 0}
        tcp: {host: 127.0.0.1, port: 0}
        access: {apiKeyFile: apikeys, addressRequestsPerSecond: 0}
        """);
    node = Node.start(NodeConfig.read(directory.resolve("node.yaml")));
    final int minutes = (int) (Instant.now().getEpochSecond() / 60);
    node.resources()
        .log()
        .submit(
            List.of(
                StatusCommand.SetStatus.of(HOLDER)
                    .colour(Colour.GREEN)
                    .test(TestResult.NEGATIVE, minutes - 60)
                    .doses(2)
                    .build()))
        .join();
    browser = new Browser(directory, "en");
  }

  /** A key that ends as a code begins: the page must not wait for the rest of one. */
  private static String keyOf(Role role) throws Exception {
    ApiKey.Made made = ApiKey.make(role.wireName(), Set.of(role), null);
    while (!made.text().endsWith("g") && !made.text().endsWith("M")) {
      made = ApiKey.make(role.wireName(), Set.of(role), null);
    }
    ApiKeys.add(directory.resolve("apikeys"), made.key());
    return made.text();
  }

  private static String http(String path) {
    return "http://127.0.0.1:" + node.httpPort() + path;
  }

  /** Gives the page a key as its user does. */
  private static void enter(String key) {
    browser.click("#open-settings");
    browser.find("#api-key").clear();
    browser.find("#api-key").sendKeys(key);
    browser.click("#close-settings");
    browser.script("document.activeElement.blur()");
  }

  /** That a key which was entered is where nobody sees it. */
  private static void assertHidden(String key) {
    assertFalse(
        ((String) browser.script("return document.documentElement.outerHTML")).contains(key));
    assertFalse(browser.url().contains(key));
  }

  private static void openWithoutKey(String path) {
    browser.openAnew(http(path));
    browser.script("localStorage.clear()");
    browser.openAnew(http(path));
  }

  @Test
  void theOperatorPageShowsNoFigureUntilItHasAnOperatorsKey() throws Exception {
    openWithoutKey("/ops");
    browser.waitForText("#key-fault", MISSING);
    browser.assertAccessible("without a key");
    enter("no key of this node");
    browser.waitForText("#key-fault", UNKNOWN);
    enter(checkpointKey);
    browser.waitForText("#key-fault", "lacks the role “operator”");
    browser.assertAccessible("a key for something else");
    enter(operatorKey);
    browser.waitForText("#pulse", "live");
    assertHidden(operatorKey);
    browser.until("no trouble", () -> !browser.find("#key-fault").isDisplayed());
    browser.openAnew(http("/ops"));
    browser.waitForText("#pulse", "live");
    enter("");
    browser.waitForText("#key-fault", MISSING);
  }

  @Test
  void theCheckpointPageJudgesNothingUntilItHasACheckpointsKey() throws Exception {
    openWithoutKey("/checkpoint");
    browser.waitForText("#key-fault", MISSING);
    browser.script("document.activeElement.blur()");
    wedge();
    browser.waitForVerdict("none", "error");
    browser.waitForText("#verdict", MISSING);
    browser.putOut(() -> browser.click("#next"));
    enter("no key of this node");
    browser.waitForText("#key-fault", UNKNOWN);
    browser.click("#key-fault button");
    browser.waitForText("#key-bad", UNKNOWN);
    browser.assertAccessible("the key's field says what is wrong with it");
    browser.click("#close-settings");
    // A key that may something else is said to be so before anybody stands at the gate.
    enter(operatorKey);
    browser.waitForText("#key-fault", "lacks the role “checkpoint”");
    browser.language("zh-Hant");
    browser.waitForText("#key-fault", "沒有「查驗」權限");
    browser.language("en");
    enter(checkpointKey);
    browser.until("no trouble", () -> !browser.find("#key-fault").isDisplayed());
    browser.until("kinds", () -> browser.find("#kind").getText().length() > 4);
    assertFalse(browser.text("body").contains("API key"), browser.text("body"));
    wedge();
    browser.waitForVerdict("pass", "ok");
    assertHidden(checkpointKey);
  }

  @Test
  void theWalletSaysWhatIsWrongWithItsKeyAndNoMoreOnceThatIsMended() throws Exception {
    openWithoutKey("/wallet");
    assertFalse(browser.find("#key-fault").isDisplayed(), "nothing was asked that takes a key");
    browser.find("#subject").sendKeys(HOLDER.toHex() + Keys.ENTER);
    browser.waitForText("#key-fault", MISSING);
    enter(operatorKey);
    browser.waitForText("#key-fault", "lacks the role “issuer”");
    browser.assertAccessible("a key for something else");
    enter(issuerKey);
    browser.waitForText("#mine-card", "Guangdong health code");
    browser.until("no trouble", () -> !browser.find("#key-fault").isDisplayed());
    browser.click("#forget");
    browser.leave();
  }

  @Test
  void aKeyServesThePageThatItWasEnteredOnAndNoOther() {
    openWithoutKey("/ops");
    browser.script("localStorage.setItem('gongbei.key', 'of before')");
    browser.openAnew(http("/ops"));
    enter(operatorKey);
    browser.waitForText("#pulse", "live");
    browser.openAnew(http("/checkpoint"));
    browser.waitForText("#key-fault", MISSING);
    enter(checkpointKey);
    browser.until("kinds", () -> browser.find("#kind").getText().length() > 4);
    browser.openAnew(http("/ops"));
    browser.waitForText("#pulse", "live");
    browser.openAnew(http("/wallet"));
    browser.click("#open-settings");
    assertEquals("", browser.find("#api-key").getDomProperty("value"));
    browser.click("#close-settings");
    assertEquals(null, browser.script("return localStorage.getItem('gongbei.key')"));
    browser.leave();
  }

  private static void wedge() {
    final long now = Instant.now().getEpochSecond();
    browser.type(
        new CodeIssuer(CodeFormat.GD1, guangdong)
                .issue(
                    CodeClaims.of(CodeKind.PERSON, HOLDER.toBytes())
                        .colour(Colour.GREEN)
                        .serial(new byte[8])
                        .validity(now, now + 60)
                        .build())
            + Keys.ENTER);
  }
}
