package gongbei.verifier.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.replication.command.Applied;
import gongbei.replication.command.ChangeOrigin;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.map.Subject;
import gongbei.testing.OneJdk;
import gongbei.verifier.TestNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.support.ui.Select;

/** The auditor's page, in a real browser against a running node. */
@OneJdk
final class OversightPageTest {
  private static final long ZEALOUS = 0x5eaf_0000_0000_0001L;
  private static final long CAREFUL = 0xca4e_0000_0000_0002L;
  private static final int HOLDERS = 250;
  private static final int CEILING = 200;

  @TempDir private static Path directory;
  @AutoClose private static Browser browser;

  @BeforeAll
  static void start() throws Exception {
    Browser.require();
    browser = new Browser(directory, "en");
  }

  private static StatusCommand set(int holder, Colour colour, long authority, int ground) {
    final int now = (int) (Instant.now().getEpochSecond() / 60);
    return StatusCommand.SetStatus.of(new Subject(0xabc, 1_000 + holder))
        .colour(colour)
        .until(colour == Colour.GREEN ? 0 : now + 90)
        .origin(ChangeOrigin.of(authority, ground))
        .build();
  }

  /** One authority turns everybody red, as far as it is let; another one a few yellow. */
  static void change(TestNode node) {
    final List<StatusCommand> commands = new ArrayList<>();
    for (int i = 0; i < HOLDERS; i++) {
      commands.add(set(i, Colour.GREEN, CAREFUL, GroundTable.REGISTRY));
    }
    for (int i = 0; i < CEILING + 10; i++) {
      commands.add(set(i, Colour.RED, ZEALOUS, GroundTable.CLOSE_CONTACT));
    }
    for (int i = CEILING + 10; i < CEILING + 15; i++) {
      commands.add(set(i, Colour.YELLOW, CAREFUL, GroundTable.SELF_REPORT));
    }
    final List<Applied> applied = node.node.resources().log().submit(commands).join();
    assertEquals(
        10,
        applied.stream().filter(each -> each.outcome() == Applied.Outcome.CEILING_REACHED).count());
  }

  @Test
  void whoChangesColoursIsSeenInPicturesAndInNumbers() throws Exception {
    try (TestNode node = new TestNode()) {
      browser.openAnew(node.http("/oversight"));
      browser.waitForText("#pulse", "live");
      browser.waitForText("#ceilings", "1 of 100");
      assertFalse(browser.find("#reached").isDisplayed());
      final String before = browser.text("#force");
      assertTrue(before.startsWith("Red code"), before);
      change(node);
      browser.openAnew(node.http("/oversight"));
      browser.waitForText("#changes-legend", "To red 200");
      assertTrue(browser.text("#changes-legend").contains("To yellow 5"));
      assertTrue(browser.text("#changes-legend").contains("Refused at the ceiling 10"));
      browser.waitForText(
          "#reached",
          "Ceiling reached: 5eaf000000000001 was refused 10 changes on the ground “Close contact of a case”");
      browser.waitForText("#ceilings", "200 of 200");
      browser.waitForText("#ceilings", "200 of 500");
      browser.waitForText("#grounds", "Own report");
      browser.waitForText("#authorities", "To yellow: 5");
      assertEquals("Later: 2 red, 1 yellow", browser.text("#later"), "the residents of the start");
      browser.until(
          "a signed head",
          () ->
              browser
                  .text("#head")
                  .matches("(?s)Version.*Entries in the public log.*[0-9a-f]{64}.*Signed at.*"));
      picturesShowWhatTheNumbersSay();
      choicesLeaveWhatWasChosen();
      browser.assertAccessible("live");
      for (final Dimension size : List.of(Browser.DESK, Browser.PHONE)) {
        browser.size(size);
        browser.assertAccessible("live, " + size);
        assertFalse(
            (boolean)
                browser.script("return document.documentElement.scrollWidth > innerWidth + 1"),
            "nothing is cut off at " + size);
      }
      browser.language("zh-Hant");
      browser.waitForText("#grounds", "密切接觸");
      browser.waitForText("#reached", "已達上限");
      browser.language("zh-Hans");
      browser.waitForText("#changes-legend", "转红 200");
      browser.language("pt");
      browser.waitForText("#reached", "Limite atingido");
      browser.language("en");
      browser.assertWellBehaved(node.http(""));
    }
    browser.waitForText("#trouble", "No figures since");
    assertEquals("", browser.text("#pulse"));
  }

  /** The columns' heights add up to the counts, and their label says these. */
  private static void picturesShowWhatTheNumbersSay() {
    final String label = browser.find("#changes-bars").getDomAttribute("aria-label");
    assertTrue(
        label.contains(
            "200 to red, 5 to yellow, 0 marked deceased, 1 with codes revoked, 0 with doses or test"
                + " removed, 0 to green, 10 refused at the ceiling"),
        label);
    final double red = heightOf("#changes-bars rect.red");
    final double yellow = heightOf("#changes-bars rect.yellow");
    final double refused = heightOf("#changes-bars rect.ceiling");
    assertEquals(CEILING / 5.0, red / yellow, 1);
    assertEquals(CEILING / 10.0, red / refused, 1);
    assertTrue(heightOf("#lapses-bars rect.red") > 0);
    browser.find("#numbers summary").click();
    browser.waitForText("#numbers-body", "5eaf000000000001");
    assertTrue(browser.text("#numbers-body").contains("Registry"));
  }

  private static double heightOf(String rects) {
    return ((Number)
            browser.script(
                "return [...document.querySelectorAll(arguments[0])]"
                    + ".reduce((all, each) => all + Number(each.getAttribute('height')), 0)",
                rects))
        .doubleValue();
  }

  private static void choicesLeaveWhatWasChosen() {
    new Select(browser.find("#ground")).selectByVisibleText("Own report");
    browser.waitForText("#changes-legend", "To red 0");
    browser.waitForText("#changes-legend", "To yellow 5");
    new Select(browser.find("#ground")).selectByVisibleText("All");
    new Select(browser.find("#authority")).selectByVisibleText("5eaf000000000001");
    browser.waitForText("#changes-legend", "To yellow 0");
    new Select(browser.find("#authority")).selectByVisibleText("All");
    new Select(browser.find("#span")).selectByVisibleText("7 days");
    browser.waitForText("#changes-legend", "To yellow 5");
    new Select(browser.find("#span")).selectByVisibleText("24 hours");
  }
}
