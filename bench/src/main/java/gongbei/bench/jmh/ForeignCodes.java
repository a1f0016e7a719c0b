package gongbei.bench.jmh;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.issue.HcertIssuer;
import gongbei.codec.trust.SigningKey;
import gongbei.verifier.national.NationalDocuments;
import gongbei.verifier.national.NationalRuleException;
import gongbei.verifier.national.NationalRules;
import gongbei.verifier.rules.Ruleset;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * Vaccination certificates of full size, and twenty entry rules for them in the manner of the EU's:
 * one kind of event, targets, products and makers in value sets, doses, and windows of days.
 */
final class ForeignCodes {
  /** How many rules apply to each certificate. */
  static final int RULES = 20;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DOSE = "{'var':'payload.v.0'}";
  private static final String NOW = "{'plusTime':[{'var':'external.validationClock'},0,'day']}";

  private ForeignCodes() {}

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text.replace('\'', '"'));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Distinct codes, a hundred days old, valid for an hour. */
  static byte[][] codes(SigningKey key, int count) {
    final HcertIssuer issuer = new HcertIssuer(key);
    final Instant now = Instant.now();
    final String day = now.minusSeconds(100 * 86_400L).toString().substring(0, 10);
    final byte[][] codes = new byte[count][];
    for (int i = 0; i < count; i++) {
      final JsonNode certificate =
          json(
              String.format(
                  Locale.ROOT,
                  """
              {'ver':'1.3.0','dob':'1964-08-12','nam':{'fn':'Musterfrau-Gössinger','fnt':
              'MUSTERFRAU<GOESSINGER','gn':'Gabriele','gnt':'GABRIELE'},'v':[{'tg':'840539006',
              'vp':'1119349007','mp':'EU/1/20/1528','ma':'ORG-100030215','dn':2,'sd':2,
              'dt':'%s','co':'AT','is':'Ministry of Health, Austria',
              'ci':'URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD%03d#B'}]}
              """,
                  day,
                  i % 1_000));
      codes[i] =
          issuer
              .issue(certificate, now.getEpochSecond() - 60, now.getEpochSecond() + 3_600)
              .getBytes(StandardCharsets.US_ASCII);
    }
    return codes;
  }

  /** The rules of a country named FR, compiled. */
  static NationalRules rules() {
    final ArrayNode rules = JSON.createArrayNode();
    add(
        rules,
        "{'===':[{'reduce':[[{'var':'payload.r'},{'var':'payload.t'},{'var':'payload.v'}],"
            + "{'+':[{'var':'accumulator'},{'if':[{'var':'current.0'},1,0]}]},0]},1]}");
    add(rules, "{'!':[{'var':'payload.v.1'}]}");
    add(rules, isIn("tg", "targets"));
    add(rules, isIn("mp", "products"));
    add(rules, isIn("ma", "makers"));
    add(rules, isIn("vp", "kinds"));
    add(rules, "{'>=':[{'var':'payload.v.0.dn'},{'var':'payload.v.0.sd'}]}");
    add(rules, "{'in':[{'extractFromUVCI':[{'var':'payload.v.0.ci'},1]},['AT','DE','FR']]}");
    add(
        rules,
        "{'before':[{'dccDateOfBirth':[{'var':'payload.dob'}]},"
            + "{'plusTime':[{'var':'external.validationClock'},-18,'year']}]}");
    for (int days = 1; rules.size() < RULES; days++) {
      add(
          rules,
          String.format(
              Locale.ROOT,
              "{'not-after':[{'plusTime':[{'var':'payload.v.0.dt'},%d,'day']},%s,"
                  + "{'plusTime':[{'var':'payload.v.0.dt'},%d,'day']}]}",
              days,
              NOW,
              270 + days));
    }
    try {
      final ObjectNode country = JSON.createObjectNode().put("revision", 1);
      country.set("rules", rules);
      return NationalRules.of(
          List.of(
              NationalDocuments.read("FR", country),
              NationalDocuments.read(
                  "value-sets",
                  json(
                      "{'revision':1,'valueSets':{'targets':['840539006'],'products':"
                          + "['EU/1/20/1507','EU/1/21/1529','EU/1/20/1525','EU/1/20/1528','Covishield'],"
                          + "'makers':['ORG-100001699','ORG-100030215','ORG-100001417'],"
                          + "'kinds':['1119305005','1119349007','J07BX03']}}"))));
    } catch (NationalRuleException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String isIn(String claim, String set) {
    return "{'in':[{'var':'payload.v.0." + claim + "'},{'var':'external.valueSets." + set + "'}]}";
  }

  private static void add(ArrayNode rules, String logic) {
    final ObjectNode rule =
        (ObjectNode)
            json(
                """
                {'Type':'Acceptance','Country':'FR','Version':'1.0.0','SchemaVersion':'1.0.0',
                'Engine':'CERTLOGIC','EngineVersion':'1.3.3','CertificateType':'Vaccination',
                'ValidFrom':'2021-07-01T00:00:00Z','ValidTo':'2099-01-01T00:00:00Z',
                'AffectedFields':[],'Description':[{'lang':'en','desc':'A rule.'}]}
                """);
    rule.put("Identifier", String.format(Locale.ROOT, "VR-FR-%04d", rules.size()));
    rule.set("Logic", json("{'if':[" + DOSE + "," + logic + ",true]}"));
    rules.add(rule);
  }

  /** A checkpoint that takes foreign codes by those rules. */
  static Ruleset ruleset() {
    return new Ruleset(
        "border",
        1,
        false,
        0,
        Ruleset.DEFAULT_TEST_KINDS,
        0,
        Ruleset.ForeignCodes.ACCEPT,
        60_000,
        Ruleset.WhenStale.ANSWER,
        Ruleset.Replays.IGNORE,
        List.of("FR"));
  }
}
