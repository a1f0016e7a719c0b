package gongbei.verifier.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeText;
import gongbei.codec.code.HealthCode;
import gongbei.replication.map.Subject;
import gongbei.testing.OneJdk;
import gongbei.verifier.TestNode;
import gongbei.verifier.client.AuthorityClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** A venue's screen and a visitor's wallet, in real browsers against a running node. */
@OneJdk
final class VenuePageTest {
  private static final String PLACE = "拱北口岸 7";

  @TempDir private static Path directory;
  private static TestNode node;
  private static Browser phone;
  private static Browser screen;
  private static String printed;

  @BeforeAll
  static void start() throws Exception {
    Browser.require();
    node = new TestNode();
    printed = issue(venue("printed"));
    final Path film = directory.resolve("camera.y4m");
    CameraFilm.write(film, printed);
    phone = new Browser(directory, "en", film);
    screen = new Browser(directory, "en", film);
    screen.size(Browser.DESK);
  }

  @AfterAll
  static void stop() {
    for (final Browser each : new Browser[] {phone, screen}) {
      if (each != null) {
        each.close();
      }
    }
    if (node != null) {
      node.close();
    }
  }

  private static ObjectNode venue(String form) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("checkpoint", "metro")
        .put("place", PLACE)
        .put("form", form);
  }

  private static JsonNode post(String path, ObjectNode body) throws Exception {
    return TestNode.json(
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(node.http(path)))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body());
  }

  private static String issue(ObjectNode venue) throws Exception {
    return post("/v1/venues", venue).path("code").asText();
  }

  private static String code(Browser in, String card) {
    in.until(
        "a code",
        () ->
            (boolean)
                in.script(
                    "return document.querySelector(arguments[0] + ' [data-code]') !== null", card));
    return in.attribute(card + " [data-code]", "data-code");
  }

  private static void signIn(String subject) {
    phone.openAnew(node.http("/wallet"));
    phone.script("sessionStorage.clear(); localStorage.clear()");
    phone.openAnew(node.http("/wallet"));
    phone.language("en");
    phone.find("#subject").sendKeys(subject + Keys.ENTER);
    code(phone, "#mine-card");
    phone.click("[data-view=visit]");
  }

  private static void enter(String code) {
    phone.script("document.querySelector('#visit-taker textarea').value = arguments[0]", code);
    phone.click("#visit-taker [type=submit]");
  }

  private static void openScreen(String licence) {
    screen.openAnew(node.http("/venue"));
    screen.script("localStorage.clear()");
    screen.openAnew(node.http("/venue"));
    screen.language("en");
    screen.script("document.getElementById('licence').value = arguments[0]", licence);
    screen.click("#venue-form [type=submit]");
  }

  @Test
  void aVisitorScansTheScreenAndBothShowTheSameWord() throws Exception {
    openScreen(issue(venue("screen")));
    signIn(TestNode.GREEN.toHex());
    enter(code(screen, "#venue-card"));
    phone.waitForText("#visit-card .band", "Pass");
    phone.waitForText("#visit-card", PLACE);
    screen.waitForText("#visits-list .pass", "Pass");
    assertEquals(phone.text("#visit-card .word"), screen.text("#visits-list .pass .word"));
    assertTrue(phone.text("#visit-card .word").matches("([BDFGHJKLMNPRSTVZ][AEIO]){3}"));
    assertEquals(
        "move",
        phone.script(
            "return getComputedStyle(document.querySelector('#visit-card .band')).animationName"));
    phone.assertAccessible("a visit");
    screen.assertAccessible("a venue's screen");
    for (final String[] each :
        new String[][] {{"zh-Hans", "通过"}, {"zh-Hant", "通過"}, {"pt", "Pode passar"}}) {
      phone.language(each[0]);
      phone.waitForText("#visit-card .band", each[1]);
    }
    phone.language("en");
    phone.script("window.aheadMillis = 75000");
    phone.waitForText("#visit-card", "More than a minute has passed");
    assertFalse(phone.text("#visit-card").matches("(?s).*([BDFGHJKLMNPRSTVZ][AEIO]){3}.*"));
    phone.script("window.aheadMillis = 0");
    phone.click("#visit-again");
    phone.until("room for another", () -> phone.find("#visit-taker").isDisplayed());
    phone.assertWellBehavedApartFrom(node.http(""), "422");
    screen.assertWellBehaved(node.http(""));
  }

  @Test
  void aScreenIsToldOfARefusalAndShowsNothingOfItsHolder() throws Exception {
    final String licence = issue(venue("screen"));
    openScreen(licence);
    signIn(TestNode.RED.toHex());
    enter(code(screen, "#venue-card"));
    phone.waitForText("#visit-card .band", "Refuse");
    screen.waitForText("#visits-list .refuse", "Refuse");
    assertFalse(
        ((String) screen.script("return document.documentElement.outerHTML"))
            .contains(TestNode.RED.toHex()));
    screen.openAnew(node.http("/venue"));
    code(screen, "#venue-card");
    screen.click("#venue-remove");
    assertTrue(screen.find("#venue-form").isDisplayed());
    assertEquals(null, screen.script("return localStorage.getItem('gongbei.venue')"));
  }

  @Test
  void thePhonesCameraReadsAPrintedCode() {
    signIn(TestNode.YELLOW.toHex());
    phone.click("#visit-taker .take-camera");
    phone.waitForText("#visit-card .band", "Hold");
    phone.waitForText("#visit-card", PLACE);
  }

  @Test
  void whatIsNoVenuesCodeOrGoesWithoutTheHoldersIsRefusedInWords() throws Exception {
    signIn(TestNode.GREEN.toHex());
    enter(node.code(TestNode.GREEN));
    phone.waitForText("#visit-taker .fault", "This is not the code of a place.");
    enter(issue(venue("screen")));
    phone.waitForText("#visit-taker .fault", "This is the licence of a screen.");
    enter(issue(venue("printed").put("pin", "2580")));
    phone.until("the PIN is asked for", () -> phone.find("#visit-pin-form").isDisplayed());
    phone.assertAccessible("a PIN");
    phone.find("#visit-pin").sendKeys("1111" + Keys.ENTER);
    phone.waitForText("#visit-taker .fault", "The PIN is not right.");
    phone.script("document.getElementById('visit-pin').value = ''");
    phone.find("#visit-pin").sendKeys("2580" + Keys.ENTER);
    phone.waitForText("#visit-card .band", "Pass");
    phone.click("#visit-again");
    phone.click("[data-view=mine]");
    phone.click("#forget");
    phone.click("[data-view=visit]");
    enter(printed);
    phone.waitForText("#visit-taker .fault", "show your own code first");
  }

  @Test
  void aGuardiansPhoneShowsAWardsCodeAndItsOwn() throws Exception {
    final AuthorityClient authority =
        new AuthorityClient(URI.create(node.http("/")), node.authority);
    final String path = "/v1/subjects/" + TestNode.UNTESTED + "/guardians";
    final HttpResponse<String> linked =
        authority.put(path, "{\"code\":\"" + node.code(TestNode.LONG_AGO) + "\"}");
    assertEquals(200, linked.statusCode(), linked.body());
    signIn(TestNode.LONG_AGO.toHex());
    phone.click("[data-view=mine]");
    phone.until("a ward", () -> phone.find("#wards").isDisplayed());
    phone.assertAccessible("wards");
    phone.click("#wards-list button:nth-child(2)");
    final String wards = code(phone, "#ward-card");
    assertFalse(phone.find("#mine-card").isDisplayed(), "one code at a time");
    final HealthCode read = new HealthCode();
    final byte[] text = CodeText.bytes(wards);
    assertTrue(read.wrap(text, 0, text.length));
    assertEquals(
        TestNode.UNTESTED, Subject.of(read.buffer(), read.region().subjectOffset()), "the ward's");
    phone.click("#wards-list button:nth-child(1)");
    assertTrue(phone.find("#mine-card").isDisplayed());
    assertFalse(phone.find("#ward-card").isDisplayed());
    phone.click("#forget");
    assertFalse(phone.find("#wards").isDisplayed());
  }

  @Test
  void aPrintedVenuesScreenShowsItsWordAndACodeThatIsNoneIsRefused() {
    openScreen(printed);
    screen.until("a word", () -> !screen.text("#venue-card .word").isEmpty());
    screen.waitForText("#venue-card", "is printed");
    screen.click("#venue-remove");
    for (final String wrong : List.of("HELLO", node.code(TestNode.GREEN))) {
      screen.script("document.getElementById('licence').value = arguments[0]", wrong);
      screen.click("#venue-form [type=submit]");
      screen.waitForText("#licence-bad", "This is not the code of a place.");
    }
  }
}
