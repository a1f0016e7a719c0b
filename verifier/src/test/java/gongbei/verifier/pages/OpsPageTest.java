package gongbei.verifier.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.OneJdk;
import gongbei.verifier.TestNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator page, in a real browser against a running node. */
@OneJdk
final class OpsPageTest {
  @TempDir private static Path directory;
  @AutoClose private static Browser browser;
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    Browser.require();
    browser = new Browser(directory, "en");
  }

  private void scan(TestNode node, String code) throws Exception {
    scan(node, "metro", code);
  }

  private void scan(TestNode node, String checkpoint, String code) throws Exception {
    client.send(
        HttpRequest.newBuilder(URI.create(node.http("/v1/scans")))
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"checkpoint\":\"" + checkpoint + "\",\"code\":\"" + code + "\"}"))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** A foreign code without a record: refused at a gate that takes none, held at a hospital. */
  @Test
  void aReasonThatBringsTwoVerdictsIsListedForEachWithTheVerdictItIsOf() throws Exception {
    try (TestNode node = new TestNode()) {
      browser.openAnew(node.http("/ops"));
      browser.waitForText("#pulse", "live");
      final String foreign =
          node.hcert(
              "{\"ver\":\"1.3.0\",\"dob\":\"1970-01-01\",\"nam\":{\"fnt\":\"A\"},\"v\":[{\"tg\":"
                  + "\"840539006\",\"dn\":3,\"sd\":3,\"dt\":\"2026-01-01\",\"co\":\"XX\"}]}");
      scan(node, "hospital", foreign);
      scan(node, "metro", node.code(TestNode.UNKNOWN));
      browser.waitForText("#reasons", "Holder not on record (Hold)");
      browser.waitForText("#reasons", "Holder not on record (Refuse)");
    }
    browser.leave();
  }

  @Test
  void theFiguresMoveWithTheScansAndStopWithTheNode() throws Exception {
    try (TestNode node = new TestNode()) {
      browser.openAnew(node.http("/ops"));
      browser.waitForText("#pulse", "live");
      assertEquals("2 µs", browser.text("#latency-chart .top"));
      assertEquals("1 µs", browser.text("#latency-chart .half"));
      for (int i = 0; i < 8; i++) {
        scan(node, node.code(i < 6 ? TestNode.GREEN : TestNode.RED));
      }
      scan(node, node.code(TestNode.YELLOW));
      browser.waitForText("#verdicts", "6 · 66.7 %");
      browser.waitForText("#verdicts", "1 · 11.1 %");
      for (final String said :
          List.of("In order (Pass)", "Red code (Refuse)", "Yellow code (Hold)")) {
        browser.waitForText("#reasons", said);
      }
      browser.until(
          "a latency",
          () ->
              browser.text("#latency").matches("(?s)p50\\s+[0-9,.]+ (µs|ms).*p99\\.9\\s+[0-9].*"));
      assertEquals("0 %", browser.text("#ring"));
      assertTrue(browser.text("#log").contains("Single node"));
      assertTrue(browser.text("#map").contains("8"));
      assertTrue(browser.text("#rules").contains("Border, to Macau"));
      assertTrue(browser.text("#trust").matches("3 keys, version [0-9a-f]{8}"));
      for (final String chart : List.of("#rate-chart", "#latency-chart")) {
        final String axes = browser.text(chart);
        assertTrue(axes.matches("(?s)[1-9].*\\n0\\n2 min ago.*now"), axes);
      }
      browser.assertAccessible("live");
      browser.size(Browser.DESK);
      browser.assertAccessible("live, on a desk");
      browser.size(Browser.PHONE);
      browser.language("zh-Hant");
      browser.waitForText("#verdicts", "通過");
      browser.waitForText("#reasons", "紅碼（不予放行）");
      browser.waitForText("#node", "單節點");
      browser.waitForText("#rules", "地鐵");
      browser.language("en");
      browser.assertWellBehaved(node.http(""));
    }
    browser.waitForText("#trouble", "No figures since");
    browser.assertAccessible("out of reach");
    assertEquals("", browser.text("#pulse"));
  }
}
