package gongbei.verifier.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.testing.OneJdk;
import gongbei.testing.Patience;
import gongbei.verifier.ForeignCertificates;
import gongbei.verifier.TestNode;
import gongbei.verifier.client.AuthorityClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/**
 * What the checkpoint page says, in the user's language, of the rule that a foreign code does not
 * keep, and of a file that it can't open.
 */
@OneJdk
final class EntryRulePageTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What the rule says by the language of the page; there is no text in Portuguese. */
  private static final Map<String, String[]> TEXTS = texts();

  private static final String RULES =
      """
      {"revision": 1, "rules": [{"Identifier": "VR-FR-0007", "Type": "Acceptance",
        "Country": "FR", "Version": "1.2.0", "SchemaVersion": "1.0.0", "Engine": "CERTLOGIC",
        "EngineVersion": "0.7.5", "CertificateType": "Vaccination",
        "ValidFrom": "2022-01-01T00:00:00Z", "ValidTo": "2099-01-01T00:00:00Z",
        "AffectedFields": ["v.0.dn"],
        "Description": [{"lang": "en", "desc": "At least <b>two</b> doses."},
          {"lang": "fr", "desc": "Au moins deux doses."},
          {"lang": "zh-Hans", "desc": "至少接种两剂。"}, {"lang": "zh-Hant", "desc": "至少接種兩劑。"}],
        "Logic": {">=": [{"var": "payload.v.0.dn"}, 2]}}]}
      """;

  @TempDir private static Path directory;
  @AutoClose private static TestNode node;
  @AutoClose private static Browser browser;

  private static Map<String, String[]> texts() {
    final Map<String, String[]> texts = new LinkedHashMap<>();
    texts.put("zh-Hans", new String[] {"zh-hans", "至少接种两剂。"});
    texts.put("zh-Hant", new String[] {"zh-hant", "至少接種兩劑。"});
    texts.put("pt", new String[] {"en", "At least <b>two</b> doses."});
    texts.put("en", new String[] {"en", "At least <b>two</b> doses."});
    return texts;
  }

  @BeforeAll
  static void start() throws Exception {
    Browser.require();
    node = new TestNode();
    put(
        "/v1/rulesets/metro",
        "{\"version\":2,\"allowedColours\":[\"green\"],\"foreignCodes\":\"accept\","
            + "\"foreignRules\":[\"FR\"]}");
    put("/v1/foreign-rules/FR", RULES);
    Patience.await(
        "the rule is in force",
        () -> node.node.resources().rulesets().current().national().all().size() == 1);
    browser = new Browser(directory, "en-US");
  }

  private static void put(String path, String document) throws Exception {
    final HttpResponse<String> answer =
        new AuthorityClient(URI.create(node.http("/")), node.authority).put(path, document);
    assertEquals(200, answer.statusCode(), answer.body());
  }

  private static void open(String language) {
    browser.openAnew(node.http("/checkpoint"));
    browser.language(language);
    browser.until("kinds", () -> browser.find("#kind").getText().length() > 4);
    browser.script(
        "document.getElementById('kind').value = 'metro';"
            + "document.getElementById('kind').dispatchEvent(new Event('change'));"
            + "document.activeElement.blur()");
  }

  private static JsonNode words(String language) throws IOException {
    try (InputStream json =
        EntryRulePageTest.class.getResourceAsStream("/gongbei/pages/words/" + language + ".json")) {
      return JSON.readTree(json);
    }
  }

  @Test
  void theRuleThatIsNotKeptIsNamedAndToldInTheUsersLanguage() throws Exception {
    for (final Map.Entry<String, String[]> each : TEXTS.entrySet()) {
      final String language = each.getKey();
      open(language);
      browser.find("#typed").sendKeys(node.hcert(ForeignCertificates.vaccination(1)) + Keys.ENTER);
      browser.waitForVerdict("refuse", "rule");
      final JsonNode words = words(language);
      assertEquals(words.path("verdict.refuse").asText(), browser.text("#verdict-word"));
      assertEquals(
          List.of(
              words.path("checkpoint.rule").asText(),
              words.path("checkpoint.rules").asText(),
              words.path("checkpoint.time").asText()),
          browser.script(
              "return [...document.querySelectorAll('#verdict-facts dt')].map((each) =>"
                  + " each.textContent)"));
      assertTrue(
          browser.text("#verdict-facts").contains("VR-FR-0007 " + each.getValue()[1]),
          browser.text("#verdict-facts"));
      assertEquals(
          each.getValue()[0],
          browser.script("return document.querySelector('#verdict-facts [lang]').lang"),
          "what a screen reader reads it as");
      browser.assertAccessible("a broken rule in " + language);
      browser.assertFits("a broken rule in " + language);
      browser.putOut(() -> browser.click("#next"));
    }
    browser.assertWellBehaved(node.http(""));
  }

  @Test
  void whoHasTheDosesPassesByTheSameRule() throws Exception {
    open("en");
    browser.find("#typed").sendKeys(node.hcert(ForeignCertificates.vaccination(2)) + Keys.ENTER);
    browser.waitForVerdict("pass", "ok");
    assertFalse(browser.text("#verdict-facts").contains("VR-FR-0007"));
    browser.putOut(() -> browser.click("#next"));
  }

  @Test
  void aFileThatThePageCantOpenIsRefusedByItsKindInEveryLanguage() throws Exception {
    final Path pdf = directory.resolve("certificate.pdf");
    try (PDDocument document = new PDDocument()) {
      document.addPage(new PDPage());
      document.save(pdf.toFile());
    }
    final Path heic = directory.resolve("photograph.heic");
    Files.write(heic, "\0\0\0\u0018ftypheic\0\0\0\0mif1heic".getBytes(StandardCharsets.ISO_8859_1));
    final Path text = Files.writeString(directory.resolve("note.txt"), "no picture");
    final Map<Path, String> kinds = new LinkedHashMap<>();
    kinds.put(pdf, "checkpoint.picture.pdf");
    kinds.put(heic, "checkpoint.picture.heic");
    kinds.put(text, "checkpoint.picture.unknown");
    for (final String language : TEXTS.keySet()) {
      open(language);
      for (final Map.Entry<Path, String> kind : kinds.entrySet()) {
        browser.find("#picture").sendKeys(kind.getKey().toString());
        final String said = words(language).path(kind.getValue()).asText();
        assertFalse(said.isEmpty(), kind.getValue());
        browser.waitForText("#status", said);
        assertFalse(browser.find("#verdict").isDisplayed(), "nothing was judged");
      }
      browser.assertAccessible("a file that is no picture in " + language);
    }
    browser.assertWellBehaved(node.http(""));
  }
}
