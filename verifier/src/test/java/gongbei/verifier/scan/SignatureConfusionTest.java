package gongbei.verifier.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import gongbei.codec.cbor.CborWriter;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.signature.FixedBaseEngine;
import gongbei.codec.signature.KeyTables;
import gongbei.codec.signature.SignatureEngine;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.verifier.MadeCode;
import gongbei.verifier.rules.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Every key signs every format under every algorithm's name and every issuer's, all of them trusted
 * at once, an authority's and a checkpoint's by mistake: only a region's own key makes its codes.
 */
final class SignatureConfusionTest {
  private static final long NOW = 1_767_225_600L;
  private static final Instant FROM = Instant.ofEpochSecond(NOW - 1_000);
  private static final Instant UNTIL = Instant.ofEpochSecond(NOW + 1_000);
  private static final int CLAIM_GONGBEI = -65537;

  private final SigningKey guangdong = new KeyGeneration().generate("GD", FROM, UNTIL);
  private final SigningKey macau = new KeyGeneration().generate("MO", FROM, UNTIL);
  private final SigningKey foreign = new KeyGeneration().generate("XX", FROM, UNTIL);
  private final SigningKey authority = new KeyGeneration().generateAuthority("CDC", FROM, UNTIL);
  private final SigningKey checkpoint = new KeyGeneration().generateAuthority("Gate", FROM, UNTIL);
  private final List<SigningKey> keys = List.of(guangdong, macau, foreign, authority, checkpoint);
  private final TrustList trust = new TrustList(keys.stream().map(SigningKey::issuerKey).toList());

  private Reason judge(String code, Supplier<SignatureEngine> engine) {
    final ScanEvaluator evaluator =
        new ScanEvaluator(
            new ScanEvaluator.Context()
                .trust(() -> trust)
                .engine(engine)
                .epochSeconds(() -> NOW)
                .batchCapacity(1));
    final Scan scan = new Scan().text(code).ruleset(null).atEpochSeconds(Scan.NOW);
    evaluator.evaluate(new Scan[] {scan}, 1);
    return scan.reason();
  }

  /**
   * A code as somebody would make it who has a key and wants it to be taken for another's.
   *
   * @param by who signs
   * @param kid whose key it says it is
   */
  private static String code(
      CodeFormat format, SigningKey by, SigningKey kid, SignatureAlgorithm algorithm, String issuer)
      throws IOException {
    final byte[] payload =
        new CborWriter(new byte[256])
            .writeMapHeader(4)
            .writeInt(1)
            .writeText(issuer)
            .writeInt(4)
            .writeInt(NOW + 50)
            .writeInt(6)
            .writeInt(NOW - 5)
            .writeInt(CLAIM_GONGBEI)
            .writeMapHeader(6)
            .writeInt(1)
            .writeBytes(new byte[16])
            .writeInt(2)
            .writeInt(0)
            .writeInt(3)
            .writeInt(0)
            .writeInt(4)
            .writeInt(0)
            .writeInt(6)
            .writeInt(0)
            .writeInt(7)
            .writeBytes(new byte[8])
            .toByteArray();
    return MadeCode.of(
        format,
        by,
        algorithm,
        ByteBuffer.allocate(8).putLong(kid.issuerKey().kid()).array(),
        payload);
  }

  @Test
  void onlyARegionsOwnKeyMakesItsCodes() throws IOException {
    final KeyTables tables = KeyTables.of(trust);
    int good = 0;
    for (final CodeFormat format : CodeFormat.values()) {
      for (final SigningKey by : keys) {
        for (final SigningKey kid : keys) {
          for (final SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
            for (final String issuer : List.of("GD", "MO", "XX")) {
              final boolean isOwn =
                  by.equals(kid)
                      && ((format == CodeFormat.GD1
                              && by.equals(guangdong)
                              && algorithm == SignatureAlgorithm.SM2
                              && issuer.equals("GD"))
                          || (format == CodeFormat.MO1
                              && by.equals(macau)
                              && algorithm == SignatureAlgorithm.ES256
                              && issuer.equals("MO")));
              good += isOwn ? 1 : 0;
              final String code = code(format, by, kid, algorithm, issuer);
              final String what =
                  format + " by " + by.issuerKey().issuer() + " as " + issuer + " " + algorithm;
              final Reason reason = judge(code, BouncyCastleEngine::new);
              assertEquals(reason, judge(code, () -> new FixedBaseEngine(tables)), what);
              if (isOwn) {
                assertEquals(Reason.OK, reason, what);
              } else {
                assertNotEquals(Reason.OK, reason, what);
              }
            }
          }
        }
      }
    }
    assertEquals(2, good);
  }

  @Test
  void theTextOfAMacauCodeIsNoGuangdongCode() throws IOException {
    final String code =
        code(CodeFormat.MO1, macau, macau, SignatureAlgorithm.ES256, "MO")
            .substring(CodeFormat.PREFIX_LENGTH);
    assertEquals(Reason.OK, judge("MO1:" + code, BouncyCastleEngine::new));
    assertEquals(Reason.UNSUPPORTED_FORMAT, judge("GD1:" + code, BouncyCastleEngine::new));
    assertNotEquals(Reason.OK, judge("HC1:" + code, BouncyCastleEngine::new));
  }
}
