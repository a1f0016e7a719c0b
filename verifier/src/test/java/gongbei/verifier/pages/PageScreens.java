package gongbei.verifier.pages;

import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.verifier.TestNode;
import gongbei.verifier.cli.Gongbei;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;

/**
 * Draws the pictures of the pages in {@code verifier/docs/images}. Not run by a build: {@code mvn
 * -pl verifier -am test -Dtest=PageScreens -Dsurefire.failIfNoSpecifiedTests=false}.
 */
final class PageScreens {
  private static final Path DOCS = Path.of("docs", "images");
  private static final Dimension OPS = new Dimension(1240, 800);

  @TempDir private Path directory;

  private static void draw(Browser browser, String name) throws Exception {
    Files.write(DOCS.resolve(name + ".png"), browser.picture());
  }

  @Test
  void drawTheCheckpointAndTheWallet() throws Exception {
    final Path film = directory.resolve("camera.y4m");
    CameraFilm.write(film, null);
    try (TestNode node = new TestNode();
        Browser browser = new Browser(directory, "en", film)) {
      browser.openAnew(node.http("/checkpoint"));
      browser.until("kinds", () -> browser.find("#kind").getText().length() > 4);
      browser.script(
          "localStorage.setItem('gongbei.place', 'gate-3');"
              + "document.getElementById('place').value = 'gate-3';"
              + "document.activeElement.blur()");
      for (final String[] each :
          new String[][] {
            {"zh-Hans", node.code(TestNode.GREEN), "pass", "ok"},
            {"zh-Hant", node.code(TestNode.YELLOW), "hold", "yellow"},
            {"pt", node.code(TestNode.RED), "refuse", "red"},
            {"en", "HTTPS://EXAMPLE.ORG/MENU", "again", "unsupported-format"}
          }) {
        browser.language(each[0]);
        browser.script("document.activeElement.blur()");
        browser.scan(each[1]);
        browser.waitForVerdict(each[2], each[3]);
        browser.until(
            "it stands still",
            () ->
                (boolean)
                    browser.script(
                        "return document.getElementById('verdict-shape').getAnimations().length"
                            + " === 0"));
        draw(browser, "checkpoint-" + each[2]);
        browser.putOut(() -> browser.type(Keys.ESCAPE));
      }
      browser.click("#open-settings");
      draw(browser, "settings");
      browser.click("#close-settings");
      CameraFilm.write(film, node.code(TestNode.GREEN));
      browser.language("zh-Hans");
      browser.click("#start");
      browser.waitForVerdict("pass", "ok");
      browser.putOut(() -> browser.click("#next"));
      browser.until("still the same", () -> browser.find("#still").isDisplayed());
      draw(browser, "checkpoint");
      browser.openAnew(node.http("/wallet"));
      browser.find("#subject").sendKeys(TestNode.GREEN.toHex() + Keys.ENTER);
      browser.waitForText("#mine-card", "广东健康码");
      draw(browser, "wallet");
      CameraFilm.write(film, node.code(CodeFormat.MO1, TestNode.GREEN, 0, 60));
      browser.language("zh-Hant");
      browser.click("[data-view=cross]");
      browser.click("#cross .take-camera");
      browser.until("crossed", () -> browser.find("#cross-card").isDisplayed());
      draw(browser, "wallet-crossed");
    }
  }

  @Test
  void drawTheAuditorsPage() throws Exception {
    try (TestNode node = new TestNode();
        Browser browser = new Browser(directory, "en")) {
      OversightPageTest.change(node);
      browser.openAnew(node.http("/oversight"));
      browser.size(OPS);
      browser.waitForText("#changes-legend", "To red 200");
      draw(browser, "oversight");
    }
  }

  @Test
  void drawTheOperatorsPage() throws Exception {
    final StringWriter said = new StringWriter();
    final Thread demo =
        new Thread(
            () ->
                Gongbei.commandLine()
                    .setOut(new PrintWriter(said, true))
                    .execute(
                        "demo",
                        "--residents=20000",
                        "--rate=250",
                        "--http-port=0",
                        "--tcp-port=0",
                        "--seconds=60"));
    demo.start();
    final Path film = directory.resolve("ops.y4m");
    CameraFilm.write(film, null);
    try (Browser browser = new Browser(directory, "en", film)) {
      browser.until("the demo is up", () -> said.toString().contains("Ask Guangdong"));
      final Matcher page = Pattern.compile("http://[0-9.:]+/ops").matcher(said.toString());
      assertTrue(page.find(), said.toString());
      browser.openAnew(page.group());
      browser.size(OPS);
      browser.script("window.openedAt = performance.now()");
      for (int seconds = 25; seconds <= 50; seconds += 25) {
        final int wanted = seconds * 1_000;
        browser.until(
            seconds + " s",
            () ->
                (boolean)
                    browser.script(
                        "return performance.now() - window.openedAt > arguments[0]", wanted));
      }
      draw(browser, "ops");
    }
    demo.join();
  }
}
