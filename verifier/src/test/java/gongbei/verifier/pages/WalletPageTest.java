package gongbei.verifier.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.replication.map.Subject;
import gongbei.testing.OneJdk;
import gongbei.verifier.TestNode;
import gongbei.verifier.cli.Gongbei;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.print.QrImage;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Year;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The wallet page, in a real browser against a running node. */
@OneJdk
final class WalletPageTest {
  private static final double[] DISTANCES = {1, 0.7, 1.3, 0.5, 0.85};

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
    browser = new Browser(directory, "en", film);
  }

  private static String shownCode(String card) {
    browser.until("a code", () -> browser.attribute(card + " .code", "data-code") != null);
    return browser.attribute(card + " .code", "data-code");
  }

  /** Whether somebody else's camera reads off the screen what is said to be shown there. */
  private static boolean readsAsItSays(String card) {
    try {
      final BufferedImage screen =
          ImageIO.read(new ByteArrayInputStream(browser.picture(card + " .code")));
      for (final double distance : DISTANCES) {
        if (shownCode(card).equals(readFrom(distance, screen))) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String readFrom(double distance, BufferedImage screen) throws IOException {
    final int width = (int) (screen.getWidth() / distance);
    final int height = (int) (screen.getHeight() / distance);
    final BufferedImage seen = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    final Graphics2D lens = seen.createGraphics();
    lens.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    lens.drawImage(screen, 0, 0, width, height, null);
    lens.dispose();
    final ByteArrayOutputStream picture = new ByteArrayOutputStream();
    ImageIO.write(seen, "png", picture);
    try {
      return QrImage.read(new ByteArrayInputStream(picture.toByteArray()));
    } catch (QrImage.UnreadableException e) {
      return null;
    }
  }

  private static String reasonOf(String url, String code) throws Exception {
    final String body = "{\"checkpoint\":\"border-to-macau\",\"code\":\"" + code + "\"}";
    return TestNode.json(
            HttpClient.newHttpClient()
                .send(
                    HttpRequest.newBuilder(URI.create(url + "/v1/scans"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                    HttpResponse.BodyHandlers.ofString())
                .body())
        .path("reason")
        .asText();
  }

  private static String fragment(String code) {
    return URLEncoder.encode(code, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Test
  void oneTapShowsACodeThatIsRenewedBeforeItExpires() throws Exception {
    browser.openAnew(node.http("/wallet"));
    browser.assertAccessible("nobody yet");
    browser.find("#subject").sendKeys("no subject" + Keys.ENTER);
    browser.waitForText("#subject-bad", "not 32 hexadecimal digits");
    browser.find("#subject").clear();
    browser.find("#subject").sendKeys(TestNode.UNKNOWN.toHex() + Keys.ENTER);
    browser.waitForText("#subject-bad", "not on record in Guangdong");
    assertEquals(
        TestNode.UNKNOWN.toHex(),
        browser.script("return document.getElementById('subject').value"),
        "it can be corrected");
    browser.find("#subject").clear();
    browser.find("#subject").sendKeys(TestNode.GREEN.toHex());
    browser.click("#subject-form [type=submit]");
    final String first = shownCode("#mine-card");
    browser.until("it can be read", () -> readsAsItSays("#mine-card"));
    assertEquals("ok", reasonOf(node.http(""), first));
    assertTrue(browser.text("#mine-card .time").matches("Valid for (60|5\\d) s"));
    browser.assertAccessible("a code");
    browser.script("window.aheadMillis = 50000");
    browser.until("another code", () -> !first.equals(shownCode("#mine-card")));
    browser.script("window.aheadMillis = 0");
    browser.until("it is shown", () -> readsAsItSays("#mine-card"));
    final String second = shownCode("#mine-card");
    browser.click("#refresh");
    browser.until("a third code", () -> !second.equals(shownCode("#mine-card")));
    browser.click("#forget");
    browser.until("forgotten", () -> browser.find("#subject-form").isDisplayed());
    browser.openAnew(node.http("/wallet"));
    assertFalse(browser.find("#mine-card").isDisplayed());
    browser.assertWellBehavedApartFrom(node.http(""), "404");
  }

  /** Presses the button below what a link has filled in. */
  private static void accept(String form) {
    browser.until("it is offered", () -> browser.find("#brought").isDisplayed());
    browser.click(form + " [type=submit]");
    browser.until("taken", () -> !browser.find("#brought").isDisplayed());
  }

  /** The requests other than for the page itself that the node has answered, by its own count. */
  private static double posted() throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(node.http("/metrics"))).build(),
            HttpResponse.BodyHandlers.ofString())
        .body()
        .lines()
        .filter(
            line ->
                line.startsWith("gongbei_codes_minted_total ")
                    || line.startsWith("gongbei_translations_total{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  /** A link of somebody's: in a message, or a page that opens the wallet in a frame of its own. */
  @Test
  void whatALinkBringsIsNeitherSentNorKeptBeforeItsHolderSaysSo() throws Exception {
    final String stranger = "/wallet#subject=" + TestNode.YELLOW.toHex();
    final String code = node.code(CodeFormat.MO1, TestNode.GREEN, 0, 60);
    browser.openAnew(node.http("/wallet"));
    browser.script("sessionStorage.clear()");
    final double before = posted();
    for (final String link :
        new String[] {
          stranger, "/wallet#code=" + fragment(code), "/wallet#group=" + fragment(code)
        }) {
      browser.openAnew(node.http(link));
      browser.until("it is offered", () -> browser.find("#brought").isDisplayed());
      browser.waitForText("#brought", "Nothing has been sent yet");
      browser.script("window.aheadMillis = 46000");
      browser.assertAccessible("offered");
      assertEquals(node.http("/wallet"), browser.url());
      assertEquals(before, posted(), link);
      assertEquals(0L, browser.script("return sessionStorage.length"));
    }
    browser.openAnew(node.http(stranger));
    accept("#subject-form");
    shownCode("#mine-card");
    assertTrue(posted() > before);
    // A link does not take the place of who is there.
    browser.openAnew(node.http("/wallet#subject=" + TestNode.GREEN.toHex()));
    browser.until("it is offered", () -> browser.find("#brought").isDisplayed());
    assertEquals(
        TestNode.YELLOW.toHex(),
        browser.script("return sessionStorage.getItem('gongbei.subject')"));
    browser.script("sessionStorage.clear()");
    browser.leave();
  }

  @Test
  void whereNoServerGivesAnotherAReserveCodeIsShownAsOneAndNothingWhenThoseAreOver()
      throws Exception {
    try (TestNode brief = new TestNode()) {
      browser.openAnew(brief.http("/wallet#subject=" + TestNode.GREEN.toHex()));
      accept("#subject-form");
      shownCode("#mine-card");
      assertEquals(brief.http("/wallet"), browser.url());
    }
    browser.script("window.aheadMillis = 50000");
    browser.waitForText("#trouble", "out of reach");
    assertTrue(browser.text("#trouble").contains("good until it expires"));
    final String own = browser.attribute("#mine-card .code", "data-code");
    assertNotEquals(null, own);
    assertEquals(0L, browser.script("return document.querySelectorAll('.reserve').length"));
    browser.script("window.aheadMillis = 61000");
    browser.waitForText("#mine-card .reserve", "Reserve code");
    final String reserve = shownCode("#mine-card");
    assertNotEquals(own, reserve);
    browser.until("one thing is said", () -> browser.text("#trouble").isEmpty());
    browser.assertAccessible("a reserve code");
    browser.script("window.aheadMillis = 661000");
    browser.until("the next reserve code", () -> !reserve.equals(shownCode("#mine-card")));
    browser.script("window.aheadMillis = 13 * 3600000");
    browser.waitForText("#mine-card .time", "Expired");
    assertEquals(null, browser.attribute("#mine-card .code", "data-code"));
    assertTrue(browser.text("#mine-card .code").contains("no longer valid"));
    browser.assertAccessible("expired");
    browser.leave();
  }

  /** The page's clock runs faster than the world's, so that a told hour takes no hour. */
  @Test
  void aWalletThatIsRefusedComesAgainNotBeforeItWasToldHoweverOftenItsHolderTaps()
      throws Exception {
    browser.openAnew(node.http("/wallet"));
    browser.script(
        """
        window.asked = [];
        window.refusals = 3;
        window.toldSeconds = 20;
        const reach = window.fetch;
        window.fetch = (path, options) => {
          if (path !== '/v1/codes') {
            return reach(path, options);
          }
          window.asked.push(Date.now());
          if (window.asked.length > window.refusals) {
            clearInterval(window.running);
            window.aheadMillis = 0;
            return reach(path, options);
          }
          return Promise.resolve(new Response('{"type":"/problems/busy","detail":"at its limit"}',
            { status: 503, headers: { 'Retry-After': String(window.toldSeconds) } }));
        };
        window.running = setInterval(() => { window.aheadMillis += 200; }, 20);
        """);
    browser.find("#subject").sendKeys(TestNode.GREEN.toHex() + Keys.ENTER);
    shownCode("#mine-card");
    assertEquals(
        true,
        browser.script(
            """
            const asked = window.asked.slice(0, 4);
            return asked.length === 4
              && asked.slice(1).every((at, i) => at - asked[i] >= 20000);
            """));
    browser.script("window.refusals = Infinity; window.toldSeconds = 3600; window.asked = [];");
    browser.click("#refresh");
    browser.waitForText("#trouble", "at its limit");
    browser.click("#refresh");
    browser.click("#refresh");
    assertEquals(1L, browser.script("return window.asked.length"));
    browser.script("window.aheadMillis += 3600 * 1000; window.refusals = 0;");
    browser.click("#refresh");
    browser.until("no more trouble", () -> !browser.find("#trouble").isDisplayed());
    browser.leave();
  }

  @Test
  void walletsThatWereRefusedTogetherComeApart() {
    browser.openAnew(node.http("/wallet"));
    assertEquals(
        List.of(),
        browser.script(
            """
            return import('/pages/next-code.js').then(({ Backoff, drawsOf }) => {
              const faults = [];
              const waits = (seed) => {
                const backoff = new Backoff(drawsOf(seed));
                return [1, 2, 3, 4, 5, 6, 7].map(() => backoff.refused(1000));
              };
              [3, 6, 12, 24, 48, 48, 48].forEach((seconds, refusal) => {
                const inPart = [0, 0, 0];
                for (let seed = 1; seed <= 3000; seed += 1) {
                  const late = waits(seed)[refusal] - 1000;
                  inPart[Math.floor(late / (seconds * 1000 / 3))] += 1;
                }
                if (!inPart.every((count) => count > 850 && count < 1150) || inPart.length !== 3) {
                  faults.push(`refusal ${refusal + 1}: ${inPart}`);
                }
              });
              if (String(waits(7)) !== String(waits(7))) {
                faults.push('a seed decides nothing');
              }
              const served = new Backoff(() => 0.999);
              served.refused(1000);
              served.refused(1000);
              served.served();
              if (served.refused(1000) !== 3997) {
                faults.push('a code that came is forgotten');
              }
              return faults;
            });
            """));
    browser.leave();
  }

  @Test
  void aGroupsCodeIsTakenFromAPictureAndShown() throws Exception {
    final String members =
        "{\"members\":[\"" + TestNode.GREEN.toHex() + "\",\"" + TestNode.YELLOW.toHex() + "\"]}";
    final String code =
        TestNode.json(
                new AuthorityClient(URI.create(node.http("/")), node.authority)
                    .post("/v1/groups", members)
                    .body())
            .path("code")
            .asText();
    browser.openAnew(node.http("/wallet"));
    browser.click("[data-view=group]");
    browser.find("#group textarea").sendKeys(node.code(TestNode.GREEN));
    browser.click("#group [type=submit]");
    browser.waitForText("#group .fault", "not a group code");
    browser.assertAccessible("not a group code");
    final Path picture = Files.write(directory.resolve("group.png"), QrImage.png(code));
    browser.find("#group [type=file]").sendKeys(picture.toString());
    assertEquals(code, shownCode("#group-card"));
    browser.until("it can be read", () -> readsAsItSays("#group-card"));
    assertTrue(browser.text("#group-card").contains("Group of 2"));
    browser.assertAccessible("a group's code");
    browser.click("#group-remove");
    browser.until("taken away", () -> browser.find("#group textarea").isDisplayed());
    browser.assertWellBehaved(node.http(""));
  }

  @Test
  void aCodeOfTheOtherRegionIsTakenByTheCameraAndMadeIntoOneOfThis() throws Exception {
    CameraFilm.write(film, node.code(CodeFormat.MO1, TestNode.GREEN, 0, 60));
    browser.openAnew(node.http("/wallet"));
    browser.click("[data-view=cross]");
    browser.click("#cross .take-camera");
    final String made = shownCode("#cross-card");
    assertTrue(made.startsWith("GD1:"), made);
    assertEquals(made, shownCode("#cross-card"));
    browser.until("it can be read", () -> readsAsItSays("#cross-card"));
    assertTrue(browser.text("#cross-card").contains("Made from a Macau code"));
    browser.assertAccessible("crossed");
    browser.assertWellBehaved(node.http(""));
  }

  @Test
  void aCodeThatCannotCrossIsRefusedInTheHoldersWords() throws Exception {
    browser.openAnew(
        node.http("/wallet#code=" + fragment(node.code(CodeFormat.MO1, TestNode.GREEN, -90, -30))));
    accept("#cross");
    browser.waitForText("#cross .fault", "has expired");
    browser.openAnew(node.http("/wallet#code=" + fragment(node.code(TestNode.GREEN))));
    accept("#cross");
    browser.waitForText("#cross .fault", "a code of this region already");
    browser.language("zh-Hans");
    browser.click("#cross [type=submit]");
    browser.waitForText("#cross .fault", "这已经是本地区的码");
    browser.assertAccessible("refused");
    browser.language("en");
    browser.assertWellBehavedApartFrom(node.http(""), "422");
  }

  @Test
  void theCodeHasItsColourTheDateAndTimeAndMotionThatAPictureOfTheScreenLacks() throws Exception {
    browser.openAnew(node.http("/wallet"));
    browser.script("sessionStorage.clear(); localStorage.removeItem('gongbei.holder')");
    browser.openAnew(node.http("/wallet"));
    browser.script(
        """
        window.awake = [];
        WakeLock.prototype.request = async (kind) => { window.awake.push(kind);
          const lock = new EventTarget();
          lock.release = async () => window.awake.push('released'); return lock; };
        """);
    browser.find("#subject").sendKeys(TestNode.YELLOW.toHex() + Keys.ENTER);
    shownCode("#mine-card");
    assertEquals("Yellow code", browser.text("#mine-card .band"));
    assertEquals(
        "rgb(255, 184, 28)",
        browser.script(
            "return getComputedStyle(document.querySelector('#mine-card .band')).backgroundColor"));
    assertTrue(browser.text("#mine-card").contains("brightness"), browser.text("#mine-card"));
    final String now = browser.text("#mine-card .now");
    assertTrue(now.contains(String.valueOf(Year.now(ZoneOffset.UTC))), now);
    browser.until("the clock goes on", () -> !now.equals(browser.text("#mine-card .now")));
    assertEquals(
        true,
        browser.script(
            "return document.querySelector('#mine-card .band').getAnimations().some((each) =>"
                + " each.playState === 'running' && each.effect.getTiming().iterations ==="
                + " Infinity)"));
    browser.assertAccessible("yellow");
    browser.click("[data-view=group]");
    browser.click("[data-view=mine]");
    assertEquals("screen", browser.script("return window.awake.join()"), "the screen stays on");
    browser.click("#forget");
    browser.until(
        "it may go off",
        () -> "screen,released".equals(browser.script("return window.awake.join()")));
    browser.find("#subject").sendKeys(TestNode.GREEN.toHex() + Keys.ENTER);
    shownCode("#mine-card");
    assertEquals("Green code", browser.text("#mine-card .band"));
    browser.language("zh-Hant");
    assertEquals("綠碼", browser.text("#mine-card .band"));
    assertTrue(browser.text("#mine-card .time").matches("剩餘 (60|5\\d) 秒"));
    browser.language("en");
    browser.click("#forget");
  }

  @Test
  void aHolderIsRememberedOnTheirDeviceOnlyWhereTheySaySoAndUntilTheySignOut() throws Exception {
    browser.openAnew(node.http("/wallet"));
    browser.script("sessionStorage.clear(); localStorage.removeItem('gongbei.holder')");
    browser.openAnew(node.http("/wallet"));
    browser.find("#subject").sendKeys(TestNode.GREEN.toHex() + Keys.ENTER);
    shownCode("#mine-card");
    // Another tab, or the same after it was closed.
    browser.script("sessionStorage.clear()");
    browser.openAnew(node.http("/wallet"));
    assertTrue(browser.find("#subject-form").isDisplayed());
    browser.click("#remember");
    browser.find("#subject").sendKeys(TestNode.GREEN.toHex() + Keys.ENTER);
    shownCode("#mine-card");
    browser.script("sessionStorage.clear()");
    browser.openAnew(node.http("/wallet"));
    shownCode("#mine-card");
    browser.click("#forget");
    assertFalse(
        ((String) browser.script("return JSON.stringify([localStorage, sessionStorage])"))
            .contains(TestNode.GREEN.toHex()));
    browser.openAnew(node.http("/wallet"));
    assertTrue(browser.find("#subject-form").isDisplayed());
  }

  @Test
  void aHolderWhoIsRedAppealsAndSeesWhatComesOfItInTheirLanguage() throws Exception {
    browser.openAnew(node.http("/wallet"));
    browser.script("sessionStorage.clear()");
    browser.openAnew(node.http("/wallet"));
    browser.find("#subject").sendKeys(TestNode.RED.toHex() + Keys.ENTER);
    shownCode("#mine-card");
    assertFalse(browser.find("#why").isDisplayed(), "nothing is asked before its holder asks");
    browser.click("#why-open");
    browser.until("it can be appealed", () -> browser.find("#appeal-form").isDisplayed());
    browser.assertAccessible("before an appeal");
    browser.script("document.getElementById('appeal-reason').value = 'not-in-area'");
    browser.click("#appeal-form [type=submit]");
    browser.waitForText("#why-appeals", "I was not in the area.");
    browser.waitForText("#why-appeals .state", "Not decided yet.");
    assertFalse(browser.find("#appeal-form").isDisplayed(), "there is one a change");
    browser.assertAccessible("an appeal");
    for (final String[] language :
        new String[][] {
          {"zh-Hans", "我没有到过该区域。"}, {"zh-Hant", "我沒有到過該區域。"}, {"pt", "Não estive na zona."}
        }) {
      browser.language(language[0]);
      browser.waitForText("#why-appeals", language[1]);
    }
    browser.language("en");

    final long appeal =
        TestNode.json(
                HttpClient.newHttpClient()
                    .send(
                        HttpRequest.newBuilder(URI.create(node.http("/v1/appeals"))).build(),
                        HttpResponse.BodyHandlers.ofString())
                    .body())
            .at("/appeals/0/appeal")
            .longValue();
    new AuthorityClient(URI.create(node.http("/")), node.authority)
        .put("/v1/appeals/" + appeal, "{\"decision\":\"refuse\",\"refusal\":\"area-confirmed\"}");
    browser.click("#why-open");
    browser.waitForText("#why-appeals .state", "Refused on");
    browser.waitForText("#why-appeals .state", "You were in the area.");
    browser.click("#why-close");
    assertFalse(browser.find("#why").isDisplayed());
    browser.click("#why-open");
    browser.until("shown again", () -> browser.find("#why").isDisplayed());
    browser.click("#forget");
    browser.until("forgotten", () -> !browser.find("#why").isDisplayed());
    browser.assertWellBehaved(node.http(""));
    browser.leave();
  }

  @Test
  void aHolderSeesWhoChangedTheirColourAndTheBrowserChecksTheProof() throws Exception {
    final Subject holder = new Subject(44, 44);
    final AuthorityClient authority =
        new AuthorityClient(URI.create(node.http("/")), node.authority);
    final String status = "/v1/subjects/" + holder.toHex() + "/status";
    authority.put(status, "{\"colour\":\"green\"}");
    authority.put(status, "{\"colour\":\"yellow\"}");
    browser.openAnew(node.http("/wallet"));
    browser.script("sessionStorage.clear()");
    browser.openAnew(node.http("/wallet"));
    browser.find("#subject").sendKeys(holder.toHex() + Keys.ENTER);
    shownCode("#mine-card");
    browser.until(
        "it is in a signed head",
        () -> {
          browser.click("#why-open");
          return browser.text("#why-changes .proof").contains("your browser has checked");
        });
    browser.waitForText("#why-changes", "Yellow code since");
    browser.waitForText("#why-changes", "By: " + node.authority.issuerKey().kidHex());
    browser.waitForText("#why-changes", "Ground: Registry of residents");
    browser.waitForText("#why-changes", "then Green code");
    assertEquals(
        2L,
        browser.script(
            "return document.querySelectorAll('#why-changes > li > .proof.good').length"));
    browser.assertAccessible("why");
    for (final String[] language :
        new String[][] {
          {"zh-Hans", "依据：居民登记"},
          {"zh-Hant", "依據：居民登記"},
          {"pt", "Fundamento: Registo de residentes"}
        }) {
      browser.language(language[0]);
      browser.waitForText("#why-changes", language[1]);
    }
    browser.language("en");
    // A node that tells of another authority, or another's entry, is found out.
    for (final String lie :
        new String[] {
          "each.entry = btoa(atob(each.entry).replace(/^.{24}./s, (x) => x.slice(0, 24) + '!'))",
          "each.proof[0] = btoa('x'.repeat(32))",
          "each.version += 1"
        }) {
      browser.script(
          "window.honest ??= window.fetch; window.fetch = async (...asked) => {"
              + " const answer = await window.honest(...asked);"
              + " if (!String(asked[0]).endsWith('/history')) return answer;"
              + " const body = await answer.json(); const [each] = body.changes; "
              + lie
              + "; return new Response(JSON.stringify(body), answer); }");
      browser.click("#why-open");
      browser.waitForText("#why-changes li:first-child .proof", "does NOT hold");
    }
    browser.click("#forget");
    browser.leave();
  }

  @Test
  void theDemosTravellerCrossesInTheirLanguageAndComesBackForAFreshCode() throws Exception {
    final StringWriter said = new StringWriter();
    final Thread demo =
        new Thread(
            () ->
                Gongbei.commandLine()
                    .setOut(new PrintWriter(said, true))
                    .execute(
                        "demo", "--residents=1000", "--rate=20", "--http-port=0", "--tcp-port=0"));
    demo.start();
    final Pattern address = Pattern.compile("(http://[0-9.:]+)/wallet#subject=([0-9a-f]{32})");
    browser.until("the demo is up", () -> said.toString().contains("Ask Guangdong"));
    final Matcher wallets = address.matcher(said.toString());
    assertTrue(wallets.find(), said.toString());
    final String guangdong = wallets.group(1);
    final String holder = wallets.group(2);
    assertTrue(wallets.find(), said.toString());
    final String macau = wallets.group(1);
    browser.openAnew(guangdong + "/wallet");
    browser.language("pt");
    browser.click("[data-view=cross]");
    browser.waitForText("#cross-need", "Para ir a Macau, mostre primeiro o seu código.");
    assertFalse(browser.find("#cross-link").isDisplayed());
    browser.assertAccessible("no code to cross with");
    browser.click("#cross-show");
    browser.find("#subject").sendKeys(holder + Keys.ENTER);
    final String first = crossOver(macau);
    browser.script("window.aheadMillis = 61000");
    browser.waitForText("#cross-card .time", "Expirado");
    browser.waitForText("#cross-renew", "ir à carteira de Guangdong");
    browser.assertAccessible("crossed, and over");
    browser.click("#cross-renew");
    browser.until("Guangdong's wallet", () -> browser.url().startsWith(guangdong));
    final String second = crossOver(macau);
    assertNotEquals(first, second);
    assertEquals("ok", reasonOf(macau, second));
    demo.interrupt();
    demo.join();
    browser.leave();
  }

  /** Follows the link to Macau, in Portuguese, and says yes to the code that it brings. */
  private static String crossOver(String macau) {
    browser.until("a way across", () -> browser.find("#cross-link").isDisplayed());
    assertEquals("Ir para Macau", browser.text("#cross-link"));
    browser.click("#cross-link");
    browser.until("Macau's wallet", () -> browser.url().startsWith(macau));
    browser.until(
        "it has its words",
        () -> "true".equals(browser.script("return document.body.dataset.ready")));
    assertEquals("pt", browser.script("return document.documentElement.lang"));
    browser.waitForText("#cross-back", "Voltar à carteira de Guangdong");
    accept("#cross");
    final String made = shownCode("#cross-card");
    assertTrue(made.startsWith("MO1:"), made);
    assertEquals(macau + "/wallet", browser.url());
    return made;
  }
}
