package gongbei.verifier.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.upokecenter.cbor.CBORObject;
import com.upokecenter.cbor.CBORType;
import gongbei.codec.code.ClaimsJson;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.map.StatusMap;
import gongbei.testing.Allocations;
import gongbei.testing.Seeds;
import gongbei.verifier.ForeignCertificates;
import gongbei.verifier.MadeCode;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetException;
import gongbei.verifier.rules.RulesetReader;
import gongbei.verifier.rules.RulesetStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * That a foreign certificate has one meaning in all the forms that RFC 8949 calls the same, and
 * that what is not understood is never {@code ok}.
 */
final class EqualFormsTest {
  private static final long NOW = 1_767_225_600L;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final SigningKey KEY =
      new KeyGeneration()
          .generate("XX", Instant.ofEpochSecond(NOW - 100), Instant.ofEpochSecond(NOW + 100));
  private static final StatusMap MAP = StatusMap.inMemory(10);
  private static final List<Ruleset> RULESETS = rulesets();

  private static final String RECOVERY =
      ForeignCertificates.of(
          "'r':[{'tg':'840539006','fr':'2025-12-01','df':'2025-12-12','du':'2026-06-01'}]");

  /** A certificate of each kind that some of the rulesets accept, and some that none does. */
  private static final List<String> CERTIFICATES =
      List.of(
          ForeignCertificates.vaccination(3),
          ForeignCertificates.vaccination(1),
          ForeignCertificates.test("LP6464-4", "260415000", "2025-12-31T23:00:00Z"),
          ForeignCertificates.test("LP217198-3", "260415000", "2025-12-31T23:00:00Z"),
          ForeignCertificates.test("LP6464-4", "260373001", "2025-12-31T23:00:00Z"),
          ForeignCertificates.test("LP6464-4", "260415000", "2025-12-20T23:00:00+01:00"),
          ForeignCertificates.test("LP6464-4", "260415000", "2026-01-02T00:00:00Z"),
          ForeignCertificates.test("LP6464-4", "260415000", "2025-02-30T00:00:00Z"),
          ForeignCertificates.test("a test", "", "2025-12-31T23:00:00Z"),
          RECOVERY,
          ForeignCertificates.vaccination(3).replace("840539006", "6142004"),
          ForeignCertificates.of("'v':[]"),
          ForeignCertificates.of("'v':null,'t':null"),
          ForeignCertificates.of("'x':1"));

  private static List<Ruleset> rulesets() {
    final List<Ruleset> rulesets = new ArrayList<>(RulesetStore.shipped().current().all());
    try {
      for (final String settings :
          List.of(
              "{name: open, version: 1, allowedColours: [green], foreignCodes: accept}",
              "{name: any, version: 1, allowedColours: [green], foreignCodes: accept,"
                  + " testWithinHours: 24, testKinds: [naat, rat]}")) {
        rulesets.add(
            RulesetReader.read(
                "test", new ByteArrayInputStream(settings.getBytes(StandardCharsets.UTF_8))));
      }
    } catch (RulesetException e) {
      throw new IllegalStateException(e);
    }
    return rulesets;
  }

  private static JsonNode json(String certificate) {
    try {
      return JSON.readTree(certificate);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static IssuerKey keyThatSigns(int hcertTypes) {
    final IssuerKey key = KEY.issuerKey();
    return new IssuerKey(
        key.issuer(),
        key.kid(),
        key.algorithm(),
        key.publicKey(),
        key.formats(),
        hcertTypes,
        key.notBeforeEpochSeconds(),
        key.notAfterEpochSeconds());
  }

  private static String code(byte[] payload) {
    try {
      final byte[] kid = ByteBuffer.allocate(8).putLong(KEY.issuerKey().kid()).array();
      return MadeCode.of(CodeFormat.HC1, KEY, KEY.issuerKey().algorithm(), kid, payload);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What becomes of a code where nothing but its signature counts, and under each ruleset. */
  private static List<String> verdicts(byte[] payload, int hcertTypes) {
    final TrustList trust = new TrustList(List.of(keyThatSigns(hcertTypes)));
    final ScanEvaluator evaluator =
        new ScanEvaluator(
            new ScanEvaluator.Context()
                .trust(() -> trust)
                .engine(BouncyCastleEngine::new)
                .statusMap(MAP)
                .epochSeconds(() -> NOW)
                .batchCapacity(1));
    final String code = code(payload);
    final List<String> verdicts = new ArrayList<>();
    verdicts.add(verdict(evaluator, code, null));
    for (final Ruleset rules : RULESETS) {
      verdicts.add(verdict(evaluator, code, rules));
    }
    return verdicts;
  }

  private static String verdict(ScanEvaluator evaluator, String code, Ruleset rules) {
    final Scan scan = new Scan().text(code).ruleset(rules).atEpochSeconds(Scan.NOW);
    evaluator.evaluate(new Scan[] {scan}, 1);
    return (rules == null ? "none" : rules.name())
        + ": "
        + scan.verdict().wireName()
        + " "
        + scan.reason().wireName()
        + " "
        + scan.field();
  }

  private static byte[] payload(JsonNode certificate, Random random) {
    final byte[] inner =
        random == null ? EqualForms.plain(certificate) : EqualForms.any(certificate, random);
    return EqualForms.claims(inner, NOW - 60, NOW + 60, random);
  }

  @Property(tries = 150)
  void everyFormOfACertificateHasTheSameVerdicts(@ForAll long seed) {
    final Random random = Seeds.random(seed);
    final JsonNode certificate = json(CERTIFICATES.get(random.nextInt(CERTIFICATES.size())));
    final int types = random.nextInt(8);
    final byte[] formed = payload(certificate, random);
    assertEquals(
        verdicts(payload(certificate, null), types),
        verdicts(formed, types),
        () -> "seed " + seed + ": " + HexFormat.of().formatHex(formed));
  }

  @Property(tries = 150)
  void everyFormOfACertificateIsTheSameJsonToUsAndToAnIndependentReader(@ForAll long seed) {
    final Random random = Seeds.random(seed);
    final JsonNode certificate = json(CERTIFICATES.get(random.nextInt(11)));
    final byte[] formed = payload(certificate, random);
    final byte[] text = code(formed).getBytes(StandardCharsets.US_ASCII);
    final HealthCode code = new HealthCode();
    final boolean reads = code.wrap(text, 0, text.length);
    if (reads) {
      assertEquals(certificate, compact(ClaimsJson.of(code).get("hcert")), () -> "seed " + seed);
      assertEquals("XX", code.cwt().issuer());
      assertEquals(NOW - 60, code.cwt().issuedAtEpochSeconds());
      assertEquals(NOW + 60, code.cwt().expiresAtEpochSeconds());
    } else {
      assertEquals("sc", code.field(), () -> "seed " + seed);
    }
    final CBORObject claims = plain(CBORObject.DecodeFromBytes(formed));
    final CBORObject hcert = claims.get(CBORObject.FromObject(-260)).get(CBORObject.FromObject(1));
    assertEquals(certificate, json(hcert.ToJSONString()), () -> "seed " + seed);
  }

  /** Numbers of one width, for Jackson tells an int and a long of one value apart. */
  private static JsonNode compact(JsonNode node) {
    return json(node.toString());
  }

  /** Without tags, and what stands for an integer as one. */
  private static CBORObject plain(CBORObject item) {
    final CBORObject bare =
        item.HasMostOuterTag(2) || item.HasMostOuterTag(3) ? item : item.UntagOne();
    if (bare.isTagged() && !bare.equals(item)) {
      return plain(bare);
    }
    if (bare.isTagged() || bare.getType() == CBORType.Integer) {
      return CBORObject.FromObject(integer(bare));
    }
    if (bare.getType() == CBORType.Array) {
      final CBORObject array = CBORObject.NewArray();
      bare.getValues().forEach(each -> array.Add(plain(each)));
      return array;
    }
    if (bare.getType() == CBORType.Map) {
      final CBORObject map = CBORObject.NewMap();
      for (final Map.Entry<CBORObject, CBORObject> each : bare.getEntries()) {
        map.Add(plain(each.getKey()), plain(each.getValue()));
      }
      return map;
    }
    return bare;
  }

  private static long integer(CBORObject number) {
    return number.AsNumber().ToInt64Checked();
  }

  private static JsonNode raw(String hex) {
    return JsonNodeFactory.instance.pojoNode(HexFormat.of().parseHex(hex));
  }

  /** What stands for nothing that a claim of text, of a number or of a date may be. */
  private static final List<JsonNode> NEVER_A_CLAIM =
      List.of(
          raw("f6"),
          raw("f7"),
          raw("f4"),
          raw("80"),
          raw("a0"),
          raw("9fff"),
          raw("7fff"),
          raw("60"),
          raw("42" + "3033"),
          raw("d818" + "4103"),
          raw("fb4008000000000000"),
          raw("f94200"),
          raw("20"),
          raw("c24a" + "01000000000000000003"),
          raw("c249" + "010000000000000003"),
          raw("c203"),
          raw("1bffffffffffffffff"),
          raw("1a00000064"),
          JsonNodeFactory.instance.textNode("840539006 "),
          JsonNodeFactory.instance.textNode("LP6464-5"),
          JsonNodeFactory.instance.textNode("x".repeat(200)));

  /** A certificate that passes, the name of its array, and the claims that rules go by. */
  private record Good(String certificate, String name, List<String> claims) {}

  private static final List<Good> GOOD =
      List.of(
          new Good(ForeignCertificates.vaccination(3), "v", List.of("tg", "dn", "sd", "dt")),
          new Good(
              ForeignCertificates.test("LP6464-4", "260415000", "2025-12-31T23:00:00Z"),
              "t",
              List.of("tg", "tt", "tr", "sc")),
          new Good(
              ForeignCertificates.test("LP217198-3", "260415000", "2025-12-31T23:00:00Z"),
              "t",
              List.of("tg", "tt", "tr", "sc")),
          new Good(RECOVERY, "r", List.of("tg", "fr")));

  @Property(tries = 250)
  void whatIsNotUnderstoodIsNeverOk(@ForAll long seed) {
    final Random random = Seeds.random(seed);
    final Good good = GOOD.get(random.nextInt(GOOD.size()));
    final ObjectNode certificate = (ObjectNode) json(good.certificate);
    final String changed = change(certificate, good, random);
    for (final String verdict :
        verdicts(payload(certificate, random), 7).subList(1, 1 + RULESETS.size())) {
      assertTrue(
          !verdict.contains(" " + Reason.OK.wireName() + " ") && !verdict.contains(": pass"),
          () -> "seed " + seed + ", " + changed + ": " + verdict + " " + certificate);
    }
  }

  @Property(tries = 20)
  void whatIsUnderstoodIsOkSomewhere(@ForAll long seed) {
    final Random random = Seeds.random(seed);
    final JsonNode certificate = json(GOOD.get(random.nextInt(GOOD.size())).certificate);
    final List<String> verdicts = verdicts(payload(certificate, random), 7);
    assertTrue(verdicts.contains("none: pass ok null"), () -> "seed " + seed + ": " + verdicts);
    assertTrue(verdicts.contains("open: pass ok null"), () -> "seed " + seed + ": " + verdicts);
    assertNotEquals("hospital: pass ok null", verdicts.get(2), "it takes no foreign codes");
  }

  @Example
  void aCertificateInAnyFormIsReadAndJudgedWithoutAllocation() {
    final Random random = Seeds.random(17);
    final byte[][] texts = new byte[8][];
    for (int i = 0; i < texts.length; i++) {
      final JsonNode certificate = json(GOOD.get(i % GOOD.size()).certificate);
      texts[i] = code(payload(certificate, random)).getBytes(StandardCharsets.US_ASCII);
    }
    final HealthCode code = new HealthCode();
    Allocations.assertNone("certificates", 2_400, () -> judge(code, texts, 300));
  }

  private static void judge(HealthCode code, byte[][] texts, int times) {
    final Ruleset metro = RULESETS.get(0);
    for (int i = 0; i < times; i++) {
      for (final byte[] text : texts) {
        assertTrue(code.wrap(text, 0, text.length));
        assertTrue(metro.judgeForeign(code.facts(), NOW).reason() != Reason.MALFORMED);
      }
    }
  }

  private static String change(ObjectNode certificate, Good good, Random random) {
    final JsonNode never = NEVER_A_CLAIM.get(random.nextInt(NEVER_A_CLAIM.size()));
    final ObjectNode entry = (ObjectNode) certificate.get(good.name).get(0);
    final String claim = good.claims.get(random.nextInt(good.claims.size()));
    switch (random.nextInt(6)) {
      case 0 -> {
        entry.remove(claim);
        return "without " + claim;
      }
      case 1 -> {
        certificate.set(good.name, never);
        return good.name + " is another item";
      }
      case 2 -> {
        certificate.putArray(good.name).add(never);
        return "the entry is another item";
      }
      case 3 -> {
        final String other = good.name.equals("v") ? "r" : "v";
        certificate.set(other, random.nextBoolean() ? certificate.get(good.name) : raw("80"));
        return other + " stands beside it";
      }
      default -> {
        entry.set(claim, never);
        return claim + " is another item";
      }
    }
  }
}
