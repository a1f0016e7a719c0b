package gongbei.verifier.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.upokecenter.cbor.CBORObject;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.map.StatusMap;
import gongbei.testing.Allocations;
import gongbei.verifier.MadeCode;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the certificates of the WHO's registry at a checkpoint, each by its kind. */
final class WhoCertificatesTest {
  private static final long NOW = 1_767_225_600L; // 2026-01-01T00:00:00Z
  private static final String DVC =
      "{'-6':{'n':'A','dob':'1990-01-01','v':{'dn':'secondDose','tg':'RA01','vp':'XM0','dt':"
          + "'2025-06-01','vls':'2025-06-01','vle':'2030-06-01'}}}";
  private static final String VACCINATION =
      "{'3':{'name':'A','certificate':{'period':{'start':'2025-06-01','end':'2026-06-01'}},"
          + "'vaccination':{'disease':{'code':'840539006','system':'http://snomed.info/sct'},"
          + "'date':'2025-06-01','dose':3,'totalDoses':3}}}";
  private static final String TEST =
      "{'4':{'name':'A','test':{'pathogen':{'code':'XN109'},'type':{'code':'LP6464-4'},"
          + "'date':'2025-12-31T12:00:00Z','result':{'code':'260415000'}}}}";
  private static final String LINK = "{'5':[{'u':'shlink:/eyJ1cmwiOiJodHRwczovL2EuZXhhbXBsZSJ9'}]}";

  /** How many scans allocate less than a byte each. */
  private static final int TIMES = 5_000;

  private final SigningKey key =
      new KeyGeneration()
          .generate("XX", Instant.ofEpochSecond(NOW - 10), Instant.ofEpochSecond(NOW + 10));
  @AutoClose private final StatusMap map = StatusMap.inMemory(10);

  private static Ruleset rules(int testWithinHours, int waivedFromDoses) {
    return new Ruleset(
        "gate",
        1,
        false,
        testWithinHours,
        Ruleset.DEFAULT_TEST_KINDS,
        waivedFromDoses,
        Ruleset.ForeignCodes.ACCEPT,
        60_000,
        Ruleset.WhenStale.ANSWER,
        Ruleset.Replays.IGNORE,
        List.of());
  }

  private Scan scan(String hcert, Long expires, long at, Ruleset rules) throws IOException {
    final CBORObject claims = CBORObject.NewMap().Add(6, NOW - 5);
    if (expires != null) {
      claims.Add(4, (long) expires);
    }
    final CBORObject kinds = CBORObject.NewMap();
    final CBORObject read = CBORObject.FromJSONString(hcert.replace('\'', '"'));
    for (final CBORObject name : read.getKeys()) {
      kinds.Add(Integer.parseInt(name.AsString()), read.get(name));
    }
    claims.Add(-260, kinds);
    final byte[] kid = ByteBuffer.allocate(8).putLong(key.issuerKey().kid()).array();
    final String code =
        MadeCode.of(CodeFormat.HC1, key, key.issuerKey().algorithm(), kid, claims.EncodeToBytes());
    final TrustList trust = new TrustList(List.of(key.issuerKey()));
    final Scan scan = new Scan().text(code).ruleset(rules).atEpochSeconds(at);
    new ScanEvaluator(
            new ScanEvaluator.Context()
                .trust(() -> trust)
                .engine(BouncyCastleEngine::new)
                .statusMap(map)
                .epochSeconds(() -> NOW)
                .batchCapacity(1))
        .evaluate(new Scan[] {scan}, 1);
    return scan;
  }

  private void assertFound(Reason reason, String field, Scan scan) {
    assertEquals(reason, scan.reason(), scan.field() + " " + scan.explanation());
    assertEquals(field, scan.field());
  }

  @Test
  void eachKindSaysWhatItSaysWithoutAnExpiry() throws IOException {
    assertFound(Reason.OK, null, scan(DVC, null, NOW, rules(24, 1)));
    assertFound(Reason.TEST_MISSING, null, scan(DVC, null, NOW, rules(24, 2)));
    assertFound(Reason.OK, null, scan(VACCINATION, null, NOW, rules(24, 3)));
    assertFound(Reason.OK, null, scan(TEST, null, NOW, rules(24, 0)));
    assertFound(Reason.TEST_TOO_OLD, null, scan(TEST, null, NOW + 86_400, rules(24, 0)));
  }

  @Test
  void anExpiryThatIsThereCounts() throws IOException {
    for (final String each : List.of(DVC, VACCINATION, TEST, LINK)) {
      assertFound(Reason.EXPIRED, "exp", scan(each, NOW - 1, NOW, null));
      assertFound(Reason.OK, null, scan(each, NOW, NOW, null));
    }
  }

  @Test
  void theEusCertificateNeverLacksOne() throws IOException {
    assertFound(
        Reason.MALFORMED, "exp", scan("{'1':{'v':[{'tg':'840539006'}]}}", null, NOW, rules(0, 0)));
  }

  @ParameterizedTest
  @CsvSource({
    "2030-06-02T11:59:59Z, ok",
    "2030-06-02T12:00:00Z, expired",
    "2025-12-31T23:59:55Z, ok"
  })
  void aVaccinationCertificateHoldsThroughItsDaysEverywhereOnEarth(String at, String reason)
      throws IOException {
    final Scan scan = scan(DVC, null, Instant.parse(at).getEpochSecond(), rules(0, 0));
    assertEquals(reason, scan.reason().wireName());
    assertEquals(reason.equals("ok") ? null : "valid-until", scan.field());
  }

  @Test
  void aPeriodThatHasNotBegunIsNotYetValid() throws IOException {
    assertFound(
        Reason.NOT_YET_VALID,
        "valid-from",
        scan(DVC.replace("'vls':'2025", "'vls':'2027"), null, NOW, rules(0, 0)));
    assertFound(
        Reason.EXPIRED,
        "valid-until",
        scan(VACCINATION.replace("2026-06-01", "2025-12-01"), null, NOW, rules(0, 0)));
  }

  @Test
  void anotherDiseaseALinkAndAnUnknownKindAreNeverOk() throws IOException {
    final Ruleset open = rules(0, 0);
    assertFound(Reason.TEST_MISSING, "tg", scan(DVC.replace("RA01", "1D47"), null, NOW, open));
    assertFound(Reason.TEST_MISSING, "tg", scan(TEST.replace("XN109", "XN1"), null, NOW, open));
    assertFound(Reason.TEST_MISSING, "hcert", scan(LINK, null, NOW, open));
    assertFound(Reason.UNSUPPORTED_FORMAT, "hcert", scan("{'7':{'v':{}}}", null, NOW, open));
    assertFound(
        Reason.POSITIVE_TEST, null, scan(TEST.replace("260415000", "260373001"), null, NOW, open));
    assertFound(Reason.MALFORMED, "tr", scan(TEST.replace("260415000", "1"), null, NOW, open));
  }

  @ParameterizedTest
  @CsvSource({
    "'tg':'RA01'|'x':0, tg",
    "'dt':'2025-06-01'|'x':0, dt",
    "'dt':'2025-06-01'|'dt':'soon', dt",
    "'vle':'2030-06-01'|'vle':5, vle",
    "'v':|'w':, v"
  })
  void aFormThatIsNotUnderstoodIsMalformed(String change, String field) throws IOException {
    final String[] parts = change.split("\\|", -1);
    assertFound(
        Reason.MALFORMED, field, scan(DVC.replace(parts[0], parts[1]), null, NOW, rules(0, 0)));
  }

  /** Each kind of certificate in CBOR, by its number in the registry of hcert kinds. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 5, -6})
  void noKindAllocatesFromItsTextToItsVerdict(int kind) throws IOException {
    final String dcc =
        "{'1':{'ver':'1.3.0','dob':'1970-01-01','nam':{'fnt':'A'},'v':[{'tg':'840539006','dn':3,"
            + "'sd':3,'dt':'2021-06-01','co':'XX'}]}}";
    final String hcert =
        switch (kind) {
          case 1 -> dcc;
          case 3 -> VACCINATION;
          case 4 -> TEST;
          case 5 -> LINK;
          default -> DVC;
        };
    assertTrue(hcert.startsWith("{'" + kind + "':"), hcert);
    final Scan made = scan(hcert, NOW + 60, NOW, rules(24, 1));
    final Reason expected = made.reason();
    final byte[] text = Arrays.copyOf(made.text(), made.length());
    final Scan[] batch = {
      new Scan().text(text, 0, text.length).ruleset(rules(24, 1)).atEpochSeconds(NOW)
    };
    final TrustList trust = new TrustList(List.of(key.issuerKey()));
    final ScanEvaluator evaluator =
        new ScanEvaluator(
            new ScanEvaluator.Context()
                .trust(() -> trust)
                .engine(Believer::new)
                .statusMap(map)
                .epochSeconds(() -> NOW)
                .batchCapacity(1));
    Allocations.assertNone("scans", TIMES, () -> evaluate(evaluator, batch));
    assertEquals(expected, batch[0].reason());
    assertEquals(kind != 5, expected == Reason.OK, "a link to a card says nothing by itself");
  }

  private static void evaluate(ScanEvaluator evaluator, Scan[] batch) {
    for (int i = 0; i < TIMES; i++) {
      evaluator.evaluate(batch, 1);
    }
  }
}
