package gongbei.verifier.national;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.HealthCode;
import gongbei.codec.issue.HcertIssuer;
import gongbei.codec.time.Rfc3339;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.testing.TestCorpora;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.national.NationalJudge.Finding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How national rules are read, selected and applied. */
final class NationalRulesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long NOW = Rfc3339.epochSeconds("2022-03-01T12:00:00Z");
  private static final SigningKey KEY =
      new KeyGeneration()
          .generate("IT", Instant.ofEpochSecond(NOW), Instant.ofEpochSecond(NOW + 9));

  private final NationalJudge judge = new NationalJudge();

  private static ObjectNode rule(String changes) throws IOException {
    final ObjectNode rule =
        (ObjectNode)
            JSON.readTree(
                """
                {"Identifier":"VR-FR-0001","Type":"Acceptance","Country":"FR","Version":"1.0.0",
                "SchemaVersion":"1.0.0","Engine":"CERTLOGIC","EngineVersion":"1.3.3",
                "CertificateType":"Vaccination","ValidFrom":"2022-01-01T00:00:00Z",
                "ValidTo":"2023-01-01T00:00:00+01:00","AffectedFields":["v.0"],
                "Description":[{"lang":"en","desc":"Two doses."},{"lang":"fr","desc":"Deux\\n\\"doses\\" é."}],
                "Logic":{">=":[{"var":"payload.v.0.dn"},2]}}
                """);
    rule.setAll((ObjectNode) JSON.readTree(changes.replace('\'', '"')));
    rule.properties().removeIf(each -> each.getValue().isNull());
    return rule;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'Identifier':'XX-FR-0001'} | Identifier | is not as VR-FR-0001 is",
        "{'Identifier':'VR-DE-0001'} | Identifier | does not begin with VR-FR-, as its type has it",
        "{'CertificateType':'Test'} | Identifier | does not begin with TR-FR-, as its type has it",
        "{'Type':'Invalidation'} | Identifier | does not begin with IR-FR-, as its type has it",
        "{'Identifier':null} | Identifier | is missing",
        "{'Type':'Booster'} | Type | is none of Acceptance, Invalidation",
        "{'Country':'fr'} | Country | is not two capitals",
        "{'Region':'by'} | Region | is no region",
        "{'Version':'1.0'} | Version | is not a version of three numbers",
        "{'Version':1} | Version | is no text",
        "{'SchemaVersion':'2.0.0'} | SchemaVersion | is newer than 1.3.2, the newest that is known",
        "{'Engine':'JSONLOGIC'} | Engine | is none of CERTLOGIC",
        "{'EngineVersion':'1.3.4'} | EngineVersion | is newer than 1.3.3, the newest that is known",
        "{'EngineVersion':'10.0.0'} | EngineVersion | is newer than 1.3.3, the newest that is known",
        "{'CertificateType':'Booster'} | CertificateType | is none of General, Recovery, Test, Vaccination",
        "{'ValidFrom':'2022-02-30T00:00:00Z'} | ValidFrom | is not an RFC 3339 date-time",
        "{'ValidTo':'2021-01-01T00:00:00Z'} | ValidTo | is not after ValidFrom",
        "{'Description':[]} | Description | is not an array with a text in English (en)",
        "{'Description':[{'lang':'fr','desc':'a'}]} | Description | is not an array with a text in English (en)",
        "{'Description':[{'lang':'EN','desc':'a'}]} | Description | holds other than lang and desc",
        "{'AffectedFields':'v'} | AffectedFields | is no array of up to 256 texts",
        "{'AffectedFields':[1]} | AffectedFields | holds other than texts",
        "{'Logic':true} | Logic | is not an object",
        "{'Logic':{'or':[1,2]}} | Logic | has an operation that CertLogic has not",
        "{'Logic':{'if':[{'var':1},1,2]}} | Logic.if[0].var | is not a path in a text",
        "{'Logik':1} | Logik | is not a field of a rule"
      })
  void aRuleThatIsBrokenFromTheFutureOrOfAnotherEngineIsRefusedByField(
      String changes, String field, String reason) throws Exception {
    final ObjectNode broken = rule(changes);
    final NationalRuleException refusal =
        assertThrows(
            NationalRuleException.class,
            () -> NationalDocuments.read("FR", document(List.of(rule("{}"), broken))));
    assertEquals("rules[1]." + field, refusal.path());
    assertEquals(reason, refusal.reason());
  }

  private static ObjectNode document(List<ObjectNode> rules) {
    final ObjectNode document = JsonNodeFactory.instance.objectNode().put("revision", 1);
    document.putArray("rules").addAll(rules);
    return document;
  }

  private static NationalRules rules(String... changes) throws Exception {
    final List<NationalDocument> documents = new ArrayList<>();
    for (final String each : changes) {
      final ObjectNode rule = rule(each);
      documents.add(
          NationalDocuments.read(rule.get("Country").textValue(), document(List.of(rule))));
    }
    return NationalRules.of(documents);
  }

  private static HealthCode vaccination(int doses) throws IOException {
    return code(
        "{'ver':'1.3.0','dob':'1970-01-01','nam':{'fnt':'A'},'v':[{'tg':'840539006','dn':"
            + doses
            + ",'sd':2,'dt':'2022-02-01','co':'IT'}]}");
  }

  private static HealthCode code(String certificate) throws IOException {
    final byte[] text =
        new HcertIssuer(KEY)
            .issue(JSON.readTree(certificate.replace('\'', '"')), NOW, NOW + 9)
            .getBytes(StandardCharsets.US_ASCII);
    final HealthCode code = new HealthCode();
    assertTrue(code.wrap(text, 0, text.length), code::field);
    return code;
  }

  private Finding apply(NationalRules rules, HealthCode code, long at, String... countries) {
    return judge.apply(rules, List.of(countries), code, "IT", at);
  }

  @Test
  void aRuleIsKeptOrBrokenAndWhichIsTold() throws Exception {
    final NationalRules rules = rules("{}");
    assertEquals(Finding.KEPT, apply(rules, vaccination(2), NOW, "FR"));
    assertNull(judge.broken());
    assertEquals(Finding.BROKEN, apply(rules, vaccination(1), NOW, "FR"));
    assertEquals("VR-FR-0001", judge.broken().identifier());
  }

  @Test
  void aCountryWithoutARuleForTheCertificateLetsNobodyIn() throws Exception {
    final NationalRules rules = rules("{}");
    assertEquals(Finding.NO_RULES, apply(rules, vaccination(2), NOW, "DE"));
    assertEquals(Finding.NO_RULES, apply(rules, vaccination(2), NOW, "FR", "DE"));
    assertEquals(Finding.NO_RULES, apply(NationalRules.NONE, vaccination(2), NOW, "FR"));
    final HealthCode recovery =
        code(
            "{'ver':'1.3.0','dob':'1970','nam':{'fnt':'A'},'r':[{'tg':'840539006','fr':'2022-01-01'}]}");
    assertEquals(Finding.NO_RULES, apply(rules, recovery, NOW, "FR"));
    final NationalRules general =
        rules("{'Identifier':'GR-FR-0001','CertificateType':'General','Logic':{'!':[false]}}");
    assertEquals(Finding.KEPT, apply(general, recovery, NOW, "FR"));
  }

  @Test
  void ofTheVersionsInForceTheNewestCounts() throws Exception {
    final ObjectNode old = rule("{}");
    final ObjectNode newer =
        rule(
            "{'Version':'1.0.10','ValidFrom':'2022-03-02T00:00:00Z','Logic':{'>=':[{'var':'payload.v.0.dn'},3]}}");
    final ObjectNode between = rule("{'Version':'1.0.9','ValidTo':'2022-03-01T12:00:00Z'}");
    final NationalRules rules =
        NationalRules.of(
            List.of(NationalDocuments.read("FR", document(List.of(old, newer, between)))));
    assertEquals(Finding.KEPT, apply(rules, vaccination(2), NOW, "FR"));
    assertEquals(Finding.BROKEN, apply(rules, vaccination(1), NOW, "FR"));
    assertEquals("1.0.0", judge.broken().version(), "1.0.9 has ended at this second");
    assertEquals(Finding.BROKEN, apply(rules, vaccination(1), NOW - 1, "FR"));
    assertEquals("1.0.9", judge.broken().version());
    final long begins = Rfc3339.epochSeconds("2022-03-02T00:00:00Z");
    assertEquals(Finding.KEPT, apply(rules, vaccination(2), begins - 1, "FR"));
    assertEquals(Finding.BROKEN, apply(rules, vaccination(2), begins, "FR"));
    assertEquals("1.0.10", judge.broken().version());
    final long ended = Rfc3339.epochSeconds("2022-12-31T23:00:00Z");
    assertEquals(Finding.BROKEN, apply(rules, vaccination(2), ended - 1, "FR"));
    assertEquals(Finding.NO_RULES, apply(rules, vaccination(2), ended, "FR"));
  }

  @Test
  void aRegionsRulesAreForThatRegionAndTheCountrysForAll() throws Exception {
    final ObjectNode all = rule("{}");
    final ObjectNode region =
        rule("{'Identifier':'VR-FR-0002','Region':'COR','Logic':{'===':[1,2]}}");
    final NationalRules rules =
        NationalRules.of(List.of(NationalDocuments.read("FR", document(List.of(all, region)))));
    assertEquals(Finding.KEPT, apply(rules, vaccination(2), NOW, "FR"));
    assertEquals(Finding.KEPT, apply(rules, vaccination(2), NOW, "FR-BRE"));
    assertEquals(Finding.BROKEN, apply(rules, vaccination(2), NOW, "FR-COR"));
    assertEquals("VR-FR-0002", judge.broken().identifier());
  }

  @Test
  void theIssuingCountrysInvalidationRulesCountWhereverACodeIsShown() throws Exception {
    final String withdrawn =
        "{'Identifier':'IR-IT-0001','Type':'Invalidation','Country':'IT','Logic':{'and':[{'var':'payload.v.0'},{'===':[{'var':'payload.v.0.dn'},1]}]}}";
    final NationalRules rules = rules("{'Logic':{'!':[false]}}", withdrawn);
    assertEquals(Finding.KEPT, apply(rules, vaccination(2), NOW, "FR"));
    assertEquals(Finding.BROKEN, apply(rules, vaccination(1), NOW, "FR"));
    assertEquals("IR-IT-0001", judge.broken().identifier());
    assertEquals(
        Finding.KEPT, judge.apply(rules, List.of("FR"), vaccination(1), "ES", NOW), "of another");
    assertEquals(Finding.NO_RULES, apply(rules, vaccination(2), NOW, "IT"), "they let nobody in");
    final NationalRules failing =
        rules(
            "{'Logic':{'!':[false]}}",
            "{'Identifier':'IR-IT-0001','Type':'Invalidation','Country':'IT','Logic':{'+':[{'var':'payload.v.0.dt'},1]}}");
    assertEquals(Finding.BROKEN, apply(failing, vaccination(2), NOW, "FR"));
  }

  @Test
  void whatIsNoBooleanOrCannotBeEvaluatedLetsNobodyIn() throws Exception {
    for (final String logic :
        List.of(
            "{'var':'payload.v.0'}",
            "{'var':'payload.v.0.dn'}",
            "{'plusTime':['2022',0,'day']}",
            "{'+':[{'var':'payload.v.0.dt'},1]}",
            "{'in':['a',{'var':'external.valueSets.unknown'}]}")) {
      assertEquals(
          Finding.BROKEN,
          apply(rules("{'Logic':" + logic + "}"), vaccination(2), NOW, "FR"),
          logic);
    }
  }

  @Test
  void aRuleKnowsTheTimeTheCountriesAndTheValueSets() throws Exception {
    final List<NationalDocument> documents = new ArrayList<>();
    documents.add(
        NationalDocuments.read(
            "value-sets",
            JSON.readTree(
                """
                {"revision":7,"valueSets":{"targets":["840539006"],
                "published":{"valueSetId":"published","valueSetDate":"2022-01-01",
                "valueSetValues":{"IT":{"display":"Italy","lang":"en","active":true}}}}}
                """)));
    final ArrayNode all = JSON.createArrayNode();
    final String[] logics = {
      "{'===':[{'var':'external.validationClock'},'2022-03-01T12:00:00Z']}",
      "{'===':[{'var':'external.countryCode'},'FR']}",
      "{'===':[{'var':'external.issuerCountryCode'},'IT']}",
      "{'in':[{'var':'payload.v.0.tg'},{'var':'external.valueSets.targets'}]}",
      "{'in':[{'var':'payload.v.0.co'},{'var':'external.valueSets.published'}]}"
    };
    for (int i = 0; i < logics.length; i++) {
      all.add(rule("{'Identifier':'VR-FR-000" + i + "','Logic':" + logics[i] + "}"));
    }
    final ObjectNode french = JSON.createObjectNode().put("revision", 1);
    french.set("rules", all);
    documents.add(NationalDocuments.read("FR", french));
    final NationalRules rules = NationalRules.of(documents);
    final Finding finding = apply(rules, vaccination(2), NOW, "FR");
    assertEquals(Finding.KEPT, finding, () -> judge.broken().toString());
  }

  private NationalRules rulesOf(List<String> logics) throws Exception {
    final List<ObjectNode> all = new ArrayList<>();
    for (final String logic : logics) {
      all.add(rule("{'Identifier':'VR-FR-000" + all.size() + "','Logic':" + logic + "}"));
    }
    return NationalRules.of(List.of(NationalDocuments.read("FR", document(all))));
  }

  @Test
  void aRuleKnowsTheSignaturesTimesItsKeyAndTheRegionThatIsAskedFor() throws Exception {
    final String kid =
        Base64.getEncoder()
            .encodeToString(ByteBuffer.allocate(8).putLong(KEY.issuerKey().kid()).array());
    final List<String> all =
        List.of(
            "{'===':[{'var':'external.exp'},'2022-03-01T12:00:09Z']}",
            "{'===':[{'var':'external.iat'},'2022-03-01T12:00:00Z']}",
            "{'===':[{'var':'external.kid'},'" + kid + "']}",
            "{'before':[{'plusTime':[{'var':'external.validationClock'},0,'day']},"
                + "{'plusTime':[{'var':'external.exp'},0,'day']}]}");
    final Finding finding = apply(rulesOf(all), vaccination(2), NOW, "FR");
    assertEquals(Finding.KEPT, finding, () -> judge.broken().toString());
    final NationalRules ofRegion = rulesOf(List.of("{'===':[{'var':'external.region'},'COR']}"));
    assertEquals(Finding.KEPT, apply(ofRegion, vaccination(2), NOW, "FR-COR"));
    assertEquals(Finding.BROKEN, apply(ofRegion, vaccination(2), NOW, "FR"));
    assertEquals(Finding.BROKEN, apply(ofRegion, vaccination(2), NOW, "FR-COR", "FR-BRE"));
    final NationalRules ofNone = rulesOf(List.of("{'!':[{'var':'external.region'}]}"));
    assertEquals(Finding.KEPT, apply(ofNone, vaccination(2), NOW, "FR"));
  }

  /** The kid is eight bytes of whatever bits; Java's own Base64 says what they are as text. */
  @Test
  void aKeysIdentifierIsTheTextThatBase64HasOfIt() throws Exception {
    for (final byte each : new byte[] {0, 1, 0x3F, 0x55, (byte) 0xAA, (byte) 0xFB, (byte) 0xFF}) {
      final byte[] bytes = new byte[8];
      Arrays.fill(bytes, each);
      bytes[7] = (byte) ~each;
      final HealthCode code = vaccination(2);
      // The certificate's own bytes hold the kid: these are others, in the same place.
      final byte[] kid = code.cose().kidBytes();
      final byte[] buffer = code.buffer();
      int at = 0;
      while (!Arrays.equals(kid, Arrays.copyOfRange(buffer, at, at + kid.length))) {
        at++;
      }
      System.arraycopy(bytes, 0, buffer, at, bytes.length);
      assertEquals(ByteBuffer.wrap(bytes).getLong(), code.cose().kid());
      final String text = Base64.getEncoder().encodeToString(bytes);
      final NationalRules rules =
          rulesOf(List.of("{'===':[{'var':'external.kid'},'" + text + "']}"));
      assertEquals(Finding.KEPT, apply(rules, code, NOW, "FR"), text);
    }
  }

  @Test
  void whatARuleSaysIsToldInTheFirstLanguageThatThereIs() throws Exception {
    final RuleTexts texts = rules("{}").all().get(0).texts();
    assertEquals("Two doses.", texts.in("").text());
    assertEquals("Two doses.", texts.in("pt, zh-Hant").text());
    assertEquals("fr", texts.in("fr").language());
    assertEquals("fr", texts.in("pt;q=1, FR-be;q=0.9, en").language());
    assertEquals("en", texts.in("en-GB,fr").language());
    assertEquals("en", texts.in("fra,f,").language());
    assertEquals("Deux\\n\\\"doses\\\" \\u00e9.", texts.in("fr").ascii());
    assertEquals(
        texts.in("fr").text(),
        JSON.readTree('"' + texts.in("fr").ascii() + '"').textValue(),
        "the same in JSON");
  }

  @Test
  void ofTwoTextsInOneLanguageTheOneThatIsWrittenAsAskedForIsTold() throws Exception {
    final RuleTexts texts =
        RuleTexts.read(
            "test",
            "Description",
            JSON.readTree(
                """
                [{"lang": "en", "desc": "Doses."}, {"lang": "zh-Hans", "desc": "两剂。"},
                 {"lang": "zh-Hant", "desc": "兩劑。"}, {"lang": "pt-PT", "desc": "Doses!"}]
                """));
    assertEquals("zh-hant", texts.in("zh-Hant").language());
    assertEquals("zh-hant", texts.in("fr, ZH-HANT;q=0.5").language());
    assertEquals("zh-hans", texts.in("zh-Hans-CN").language());
    assertEquals("zh-hans", texts.in("zh").language());
    assertEquals("pt-pt", texts.in("pt").language());
    assertEquals("pt-pt", texts.in("pt-BR").language());
    assertEquals("en", texts.in("p, z, zhx, zh_Hant").language());
  }

  @Test
  void whatIsPutIsReadBackFromTheLogAsAWhole() throws Exception {
    final ObjectNode french = document(List.of(rule("{}")));
    final Map<String, byte[]> documents =
        Map.of(
            "FR",
            NationalDocuments.deflate(french),
            "value-sets",
            NationalDocuments.deflate(
                JSON.readTree("{\"revision\":2,\"valueSets\":{\"a\":[\"b\"]}}")));
    final NationalRules read = NationalDocuments.compile(documents);
    assertEquals(List.of("VR-FR-0001@1.0.0"), read.all().stream().map(Object::toString).toList());
    for (final NationalDocument each : read.documents()) {
      final JsonNode again = NationalDocuments.json(each);
      assertEquals(again, NationalDocuments.json(NationalDocuments.read(each.name(), again)));
    }
    assertSame(NationalRules.NONE, NationalDocuments.compile(Map.of()));
    final byte[] cut = Arrays.copyOf(documents.get("FR"), 40);
    for (final byte[] bad : List.of(cut, new byte[0], new byte[] {1, 2, 3})) {
      assertThrows(NationalRuleException.class, () -> NationalDocuments.compile(Map.of("FR", bad)));
    }
    final String bomb = "[" + " ".repeat(ClientLimits.MAX_NATIONAL_RULES_BYTES) + "]";
    final Deflater deflater = new Deflater();
    deflater.setInput(bomb.getBytes(StandardCharsets.US_ASCII));
    deflater.finish();
    final byte[] deflated = new byte[10_000];
    final int length = deflater.deflate(deflated);
    deflater.end();
    final byte[] whole = Arrays.copyOf(deflated, length);
    assertThrows(NationalRuleException.class, () -> NationalDocuments.compile(Map.of("FR", whole)));
  }

  @Test
  void oneVersionOfARuleIsThereOnce() {
    final NationalRuleException refusal =
        assertThrows(
            NationalRuleException.class,
            () ->
                NationalRules.of(
                    List.of(
                        NationalDocuments.read("FR", document(List.of(rule("{}"), rule("{}")))))));
    assertEquals("Version", refusal.field());
  }

  /** All that others have published, in one program, put and read as a node does. */
  @Test
  void theRulesOfAllCountriesAreTakenAsTheyArePublished() throws Exception {
    final Map<String, List<ObjectNode>> byCountry = new TreeMap<>();
    for (final String line : Files.readAllLines(TestCorpora.require("dcc-rules/rules.jsonl"))) {
      final ObjectNode rule = (ObjectNode) JSON.readTree(line);
      byCountry
          .computeIfAbsent(rule.get("Country").textValue(), none -> new ArrayList<>())
          .add(rule);
    }
    final Map<String, byte[]> documents = new TreeMap<>();
    byCountry.forEach(
        (country, all) -> documents.put(country, NationalDocuments.deflate(document(all))));
    final NationalRules rules = NationalDocuments.compile(documents);
    assertEquals(129, rules.all().size());
    documents.forEach(
        (country, content) -> assertTrue(content.length < 20_000, country + content.length));
  }
}
