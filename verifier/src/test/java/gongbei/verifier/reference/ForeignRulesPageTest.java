package gongbei.verifier.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.certlogic.CertLogicLimits;
import gongbei.testing.Document;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetReader;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page on foreign rules against what is in force. */
final class ForeignRulesPageTest {
  private static String block(String language) {
    final MatchResult block =
        Pattern.compile("(?s)```" + language + "\n(.*?)```")
            .matcher(Document.FOREIGN_RULES.text())
            .results()
            .findFirst()
            .orElseThrow();
    return block.group(1);
  }

  @Test
  void theRulesetOfThePageIsOne() throws Exception {
    final Ruleset ruleset =
        RulesetReader.read(
            "page", new ByteArrayInputStream(block("yaml").getBytes(StandardCharsets.UTF_8)));
    assertEquals(List.of("EU", "FR"), ruleset.foreignRules());
  }

  @Test
  void theVerdictOfThePageHasTheMembersThatAreWritten() throws Exception {
    final JsonNode verdict = new ObjectMapper().readTree(block("json"));
    assertEquals(Reason.RULE.wireName(), verdict.path("reason").asText());
    assertEquals(Reason.RULE.verdict().wireName(), verdict.path("verdict").asText());
    assertEquals(verdict.path("field"), verdict.path("rule").path("id"));
    assertEquals(4, verdict.path("rule").size());
  }

  @Test
  void theBoundsOfThePageAreThoseInForce() {
    final List<String> bounds =
        Pattern.compile("(?m)^\\| [^|`]+ \\| ([0-9,]+) \\|$")
            .matcher(Document.FOREIGN_RULES.section("CertLogic"))
            .results()
            .map(row -> row.group(1).replace(",", ""))
            .toList();
    assertEquals(
        List.of(
            "" + CertLogicLimits.MAX_DEPTH,
            "" + CertLogicLimits.MAX_EXPRESSIONS,
            "" + CertLogicLimits.MAX_TEXT_BYTES,
            "" + ClientLimits.MAX_NATIONAL_RULES,
            "" + ClientLimits.MAX_NATIONAL_RULES_BYTES,
            "" + CertLogicLimits.MAX_STEPS),
        bounds);
    assertTrue(
        Document.FOREIGN_RULES
            .section("CertLogic")
            .contains("Version " + CertLogicLimits.SPECIFICATION + " of the specification"));
  }
}
