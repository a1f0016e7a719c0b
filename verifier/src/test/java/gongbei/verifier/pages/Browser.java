package gongbei.verifier.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.testing.Patience;
import gongbei.testing.Prerequisite;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.Select;
import org.openqa.selenium.support.ui.WebDriverWait;

/** Debian's Chromium without a screen, whose camera is a file. */
final class Browser implements AutoCloseable {
  static final Dimension PHONE = new Dimension(360, 740);
  static final Dimension DESK = new Dimension(1280, 800);

  /** The desk at 400 %. */
  static final Dimension MAGNIFIED = new Dimension(320, 200);

  /** Telephones upright and on their side, a small one, a desk, and that desk magnified. */
  static final List<Dimension> SIZES =
      List.of(
          new Dimension(390, 844),
          new Dimension(844, 390),
          new Dimension(320, 568),
          DESK,
          MAGNIFIED);

  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
  private static final String CHROME_OPTIONS = "goog:chromeOptions";

  /** Between two keys of a hand scanner, and between two of a person. */
  static final int SCANNER_MILLIS = 6;

  static final int PERSON_MILLIS = 160;

  /** Longer than any pause within a code. */
  static final int PAUSE_MILLIS = 2_500;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Notes what is played and felt, and lets the test put the clock forward. */
  private static final String INSTRUMENTS =
      """
      window.felt = [];
      window.played = [];
      window.violations = [];
      window.aheadMillis = 0;
      navigator.vibrate = (pattern) => window.felt.push([pattern].flat());
      const start = OscillatorNode.prototype.start;
      OscillatorNode.prototype.start = function (...at) {
        window.played.push(this.frequency.value);
        return start.apply(this, at);
      };
      const now = Date.now;
      Date.now = () => now() + window.aheadMillis;
      document.addEventListener('securitypolicyviolation', (event) =>
        window.violations.push(event.violatedDirective + ' ' + event.blockedURI));
      """;

  private final ChromeDriver driver;
  private final DevTools tools;
  private final Path profile;
  private long keyMillis = System.currentTimeMillis();

  /** Skips the tests where there is no Chromium, but not where everything must be tested. */
  static void require() {
    Prerequisite.require(
        Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER),
        CHROMIUM + " and " + DRIVER + " are not both here");
  }

  /** One whose camera sees no code. */
  Browser(Path directory, String language) throws Exception {
    this(directory, language, CameraFilm.empty(directory));
  }

  /**
   * @param language what the user reads, as in {@code zh-HK}
   * @param camera a video in Y4M that the camera sees
   */
  Browser(Path directory, String language, Path camera) throws Exception {
    this(directory, language, camera, 16);
  }

  /**
   * @param fontPixels the size of letters that the user has set in the browser
   */
  Browser(Path directory, String language, Path camera, int fontPixels) throws Exception {
    profile = Files.createTempDirectory(directory, "chromium");
    final LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    final ChromeOptions options = new ChromeOptions();
    options.setBinary(CHROMIUM.toString());
    options.addArguments(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-default-apps",
        "--disable-extensions",
        "--hide-scrollbars",
        "--lang=" + language,
        "--user-data-dir=" + profile,
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        "--use-file-for-fake-video-capture=" + camera);
    options.setExperimentalOption(
        "prefs",
        Map.of("intl.accept_languages", language, "webkit.webprefs.default_font_size", fontPixels));
    // Of what a page does, what it asks for is looked at, and not what it draws.
    options.setExperimentalOption("perfLoggingPrefs", Map.of("enablePage", false));
    options.setCapability("goog:loggingPrefs", logs);
    driver =
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(DRIVER.toFile()).build(),
            options);
    driver.executeCdpCommand(
        "Page.addScriptToEvaluateOnNewDocument", Map.of("source", INSTRUMENTS));
    driver.manage().timeouts().scriptTimeout(Patience.DURATION);
    tools = new DevTools(debuggerAddress());
    size(PHONE);
    leave();
  }

  private String debuggerAddress() {
    final Map<?, ?> chromium = (Map<?, ?>) driver.getCapabilities().getCapability(CHROME_OPTIONS);
    return String.valueOf(chromium.get("debuggerAddress"));
  }

  /** Makes the page so large, in the pixels of a style sheet. */
  void size(Dimension wanted) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of(
            "width",
            wanted.getWidth(),
            "height",
            wanted.getHeight(),
            "deviceScaleFactor",
            1,
            "mobile",
            wanted.getWidth() < 600));
  }

  /** Lets the user like dark pages, or not. */
  void dark(boolean isDark) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", isDark ? "dark" : "light"))));
  }

  /** Opens a page and waits until it has its words. */
  void open(String url) {
    keyMillis = Math.max(keyMillis, System.currentTimeMillis());
    driver.get(url);
    until("the page is ready", () -> "true".equals(script("return document.body.dataset.ready")));
  }

  /** Opens a page anew even where only what is behind the # differs. */
  void openAnew(String url) {
    driver.get("about:blank");
    open(url);
  }

  void language(String tag) {
    new Select(find("#language")).selectByValue(tag);
    until(tag, () -> tag.equals(script("return document.documentElement.lang")));
  }

  WebElement find(String selector) {
    return driver.findElement(By.cssSelector(selector));
  }

  void click(String selector) {
    find(selector).click();
  }

  /** Types where the focus happens to be. */
  void type(CharSequence keys) {
    driver.switchTo().activeElement().sendKeys(keys);
  }

  /**
   * Types as a hand scanner or a person does, into whatever has the focus: the page is told that so
   * many milliseconds are between two keys, however fast the machine is. A line feed is Enter.
   */
  void keys(String text, int gapMillis) {
    final List<Map<String, Object>> events = new ArrayList<>();
    for (int i = 0; i < text.length(); i++) {
      keyMillis += gapMillis;
      final String key = text.substring(i, i + 1);
      final boolean isEnter = key.equals("\n");
      events.add(
          isEnter
              ? Map.of(
                  "type",
                  "keyDown",
                  "key",
                  "Enter",
                  "code",
                  "Enter",
                  "text",
                  "\r",
                  "windowsVirtualKeyCode",
                  13,
                  "timestamp",
                  keyMillis / 1_000.0)
              : Map.of(
                  "type", "keyDown", "key", key, "text", key, "timestamp", keyMillis / 1_000.0));
      events.add(
          Map.of(
              "type", "keyUp", "key", isEnter ? "Enter" : key, "timestamp", keyMillis / 1_000.0));
    }
    tools.each("Input.dispatchKeyEvent", events);
  }

  /** Types a text and Enter as a hand scanner does, some time after whatever was typed before. */
  void scan(String text) {
    keyMillis = Math.max(keyMillis + PAUSE_MILLIS, System.currentTimeMillis());
    keys(text + "\n", SCANNER_MILLIS);
  }

  /** Lets the keys that come next be of so much later. */
  void rest(int millis) {
    keyMillis += millis;
  }

  /** What a promise of a script comes to. */
  Object await(String promise, Object... arguments) {
    return driver.executeAsyncScript(
        "const done = arguments[arguments.length - 1]; (async () => { "
            + promise
            + " })().then(done, (failure) => done('failed: ' + failure));",
        arguments);
  }

  String text(String selector) {
    return find(selector).getText();
  }

  Object script(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  String url() {
    return driver.getCurrentUrl();
  }

  byte[] picture(String selector) {
    return find(selector).getScreenshotAs(OutputType.BYTES);
  }

  byte[] picture() {
    return driver.getScreenshotAs(OutputType.BYTES);
  }

  /** Something that becomes so. */
  interface Condition {
    boolean holds();
  }

  /** An attribute of the first that a selector finds, at one moment; null where it has none. */
  String attribute(String selector, String name) {
    return (String)
        script(
            "return document.querySelector(arguments[0])?.getAttribute(arguments[1])",
            selector,
            name);
  }

  void until(String what, Condition condition) {
    new WebDriverWait(driver, Patience.DURATION, Duration.ofMillis(50))
        .ignoring(StaleElementReferenceException.class)
        .withMessage(() -> what + " at " + url() + ": " + text("body"))
        .until(any -> condition.holds());
  }

  void waitForText(String selector, String text) {
    until(selector + " says " + text, () -> text(selector).contains(text));
  }

  /** Waits until the checkpoint page shows a verdict. */
  void waitForVerdict(String verdict, String reason) {
    until(
        verdict + " " + reason,
        () ->
            (verdict + " " + reason)
                .equals(
                    script(
                        "const shown = document.getElementById('verdict').dataset;"
                            + "return shown.verdict + ' ' + shown.reason")));
  }

  /** That an element is wholly in the window, with nothing over it at its corners or middle. */
  void assertWhollyVisible(String selector, String state) {
    assertEquals(
        "",
        script(
            """
            const element = document.querySelector(arguments[0]);
            const range = document.createRange();
            range.selectNodeContents(element);
            const text = range.getBoundingClientRect();
            const box = element.getBoundingClientRect();
            if (text.width === 0 || text.height === 0) {
              return 'has no extent';
            }
            const out = [box, text].filter((each) => each.left < -0.5 || each.top < -0.5
              || each.right > innerWidth + 0.5 || each.bottom > innerHeight + 0.5);
            if (out.length > 0) {
              return 'is out of ' + innerWidth + ' x ' + innerHeight + ': ' + JSON.stringify(out);
            }
            const points = [0.02, 0.5, 0.98].flatMap((x) => [0.1, 0.5, 0.9].map((y) =>
              [text.left + x * text.width, text.top + y * text.height]));
            const over = points.map(([x, y]) => document.elementFromPoint(x, y))
              .filter((each) => each === null || !(element.contains(each)
                || each.contains(element)));
            return over.length === 0 ? '' : 'is covered by ' + over[0]?.outerHTML.slice(0, 120);
            """,
            selector),
        selector + ", " + state);
  }

  /** That a page is not wider than the window. */
  void assertFits(String state) {
    assertEquals(
        "",
        script(
            """
            const page = document.documentElement;
            return page.scrollWidth <= innerWidth ? '' : page.scrollWidth + ' in ' + innerWidth
              + ': ' + [...document.querySelectorAll('body *')].filter((each) =>
              each.getBoundingClientRect().right > innerWidth + 1).map((each) =>
              each.tagName + '#' + each.id).join();
            """),
        state);
  }

  /** A verdict that has only just come is not put out, so whoever wants it to go tries again. */
  void putOut(Runnable attempt) {
    until(
        "clear",
        () -> {
          if (!find("#verdict").isDisplayed()) {
            return true;
          }
          attempt.run();
          return false;
        });
  }

  /** That axe finds nothing against WCAG 2.2 AA, nor its own best practices, in what is shown. */
  void assertAccessible(String state) throws IOException {
    if (Boolean.FALSE.equals(script("return 'axe' in window"))) {
      try (InputStream axe = Browser.class.getResourceAsStream("/axe.min.js")) {
        driver.executeScript(new String(axe.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    final Object found =
        driver.executeAsyncScript(
            """
            const done = arguments[arguments.length - 1];
            axe.run({resultTypes: ['violations'],
                     runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
                               'best-practice']})
              .then((result) => done(JSON.stringify(result.violations.flatMap((each) =>
                each.nodes.map((node) => each.id + ' ' + node.html + ' ' + node.failureSummary)))))
              .catch((failure) => done(JSON.stringify([String(failure)])));
            """);
    final List<String> faults = new ArrayList<>();
    JSON.readTree(String.valueOf(found)).forEach(each -> faults.add(each.asText()));
    assertEquals(List.of(), faults, state);
  }

  /** That the page asked no other server, broke no policy and logged no error since the last. */
  void assertWellBehaved(String origin) throws IOException {
    assertWellBehavedApartFrom(origin, null);
  }

  /**
   * The same, where the server was meant to refuse something.
   *
   * @param status the refusal's status, which the browser logs as an error, or null
   */
  void assertWellBehavedApartFrom(String origin, String status) throws IOException {
    assertEquals(List.of(), script("return window.violations"));
    final TreeSet<String> elsewhere = new TreeSet<>();
    driver
        .manage()
        .logs()
        .get(LogType.PERFORMANCE)
        .forEach(
            entry -> {
              final JsonNode message = parse(entry.getMessage()).path("message");
              if (message.path("method").asText().equals("Network.requestWillBeSent")) {
                final String url = message.at("/params/request/url").asText();
                final boolean isOfTheBrowser = url.startsWith("chrome:");
                if (!isOfTheBrowser
                    && !url.startsWith(origin + "/")
                    && !url.startsWith("blob:" + origin + "/")) {
                  elsewhere.add(url);
                }
              }
            });
    elsewhere.remove("about:blank");
    assertEquals(new TreeSet<String>(), elsewhere);
    assertEquals(
        List.of(),
        driver.manage().logs().get(LogType.BROWSER).getAll().stream()
            .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
            .map(entry -> entry.getMessage())
            .filter(message -> status == null || !message.contains("status of " + status))
            .toList());
  }

  /**
   * Leaves the page, which goes on asking while it is open, and drops what it has logged so far.
   */
  void leave() {
    driver.get("about:blank");
    driver.manage().logs().get(LogType.PERFORMANCE);
    driver.manage().logs().get(LogType.BROWSER);
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    tools.close();
    driver.quit();
  }
}
