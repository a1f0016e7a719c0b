package gongbei.codec.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import com.google.zxing.qrcode.decoder.Mode;
import com.google.zxing.qrcode.encoder.Encoder;
import com.google.zxing.qrcode.encoder.QRCode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.code.HealthCode;
import gongbei.codec.code.TestCodes;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.signature.BouncyCastleEngine;
import java.util.Arrays;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class CodeIssuerTest {
  private static final byte[] SERIAL = {1, 2, 3, 4, 5, 6, 7, 8};

  private static CodeClaims greatest(CodeKind kind) {
    return CodeClaims.of(kind, filled(16))
        .colour(Colour.RED)
        .test(TestResult.POSITIVE, Integer.MAX_VALUE)
        .doses(CodeLimits.MAX_DOSES)
        .serial(filled(8))
        .origin(kind == CodeKind.TRANSLATED ? "MO" : null)
        .group(
            kind == CodeKind.GROUP ? CodeLimits.MAX_GROUP_SIZE : 0,
            kind == CodeKind.GROUP ? filled(32) : null)
        .notBefore(kind == CodeKind.RESERVE ? 4_294_967_295L : 0)
        .validity(4_294_967_295L, 4_294_967_295L)
        .build();
  }

  private static byte[] filled(int length) {
    final byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 0xFF);
    return bytes;
  }

  @ParameterizedTest
  @EnumSource(
      value = CodeFormat.class,
      names = {"GD1", "MO1"})
  void aPersonsCodeFitsAQrCodeOfVersionNineAtItsGreatest(CodeFormat format) throws Exception {
    final CodeIssuer issuer = new CodeIssuer(format, TestCodes.keyOf(format));
    for (final CodeKind kind :
        new CodeKind[] {CodeKind.PERSON, CodeKind.PAPER, CodeKind.TRANSLATED, CodeKind.RESERVE}) {
      final String code = issuer.issue(greatest(kind));
      assertTrue(
          code.length() <= CodeLimits.MAX_PERSON_CODE_CHARACTERS, kind + ": " + code.length());
      final QRCode qr = Encoder.encode(code, ErrorCorrectionLevel.M);
      assertEquals(Mode.ALPHANUMERIC, qr.getMode());
      assertTrue(qr.getVersion().getVersionNumber() <= 9, "version " + qr.getVersion());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = CodeFormat.class,
      names = {"GD1", "MO1"})
  void everyKindIsReadBackAsIssued(CodeFormat format) {
    final CodeIssuer issuer = new CodeIssuer(format, TestCodes.keyOf(format));
    final HealthCode code = new HealthCode();
    for (final CodeKind kind : EnumSet.complementOf(EnumSet.of(CodeKind.VENUE))) {
      final byte[] text = TestCodes.ascii(issuer.issue(greatest(kind)));
      assertTrue(code.wrap(text, 0, text.length), code.field() + " " + code.explanation());
      assertEquals(kind, code.region().kind());
      assertEquals(
          kind == CodeKind.RESERVE ? 4_294_967_295L : HealthCode.ABSENT,
          code.cwt().notBeforeEpochSeconds());
      assertEquals(Integer.MAX_VALUE, code.region().sampleEpochMinutes());
      assertEquals(
          kind == CodeKind.GROUP ? CodeLimits.MAX_GROUP_SIZE : HealthCode.ABSENT,
          code.region().groupSize());
      assertEquals(kind == CodeKind.TRANSLATED ? "MO" : null, code.region().origin());
      assertEquals(TestCodes.keyOf(format).issuerKey().kid(), code.cose().kid());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = CodeFormat.class,
      names = {"GD1", "MO1"})
  void whatIsIssuedTogetherIsReadBackAsIssued(CodeFormat format) {
    final CodeBatch batch = new CodeBatch(format, TestCodes.keyOf(format), CodeBatch.MAX_CAPACITY);
    final CodeIssuer issuer = new CodeIssuer(format, TestCodes.keyOf(format));
    final HealthCode code = new HealthCode();
    final CodeClaims.Builder person = new CodeClaims.Builder();
    for (int round = 1; round <= CodeBatch.MAX_CAPACITY; round += 21) {
      batch.clear();
      for (int i = 0; i < round; i++) {
        if (i % 5 == 4) {
          assertEquals(
              i,
              batch.add(
                  person
                      .kind(CodeKind.PERSON)
                      .subject(filled(16), 0)
                      .colour(Colour.RED)
                      .test(TestResult.NEGATIVE, 90)
                      .doses(3)
                      .serial(filled(9), 1)
                      .validity(100, 200 + i)));
        } else {
          assertEquals(i, batch.add(greatest(CodeKind.ofNumber(i % 5))));
        }
      }
      batch.sign();
      assertEquals(round, batch.size());
      for (int i = 0; i < round; i++) {
        final byte[] text = TestCodes.ascii(batch.text(i));
        assertTrue(code.wrap(text, 0, text.length), code.field() + " " + code.explanation());
        assertEquals(i % 5 == 4 ? CodeKind.PERSON : CodeKind.ofNumber(i % 5), code.region().kind());
        assertEquals(i % 5 == 4 ? 200 + i : 4_294_967_295L, code.cwt().expiresAtEpochSeconds());
        assertTrue(
            new BouncyCastleEngine()
                .verify(
                    batch.key().issuerKey(),
                    code.cose().signed(),
                    0,
                    code.cose().signedLength(),
                    code.buffer(),
                    code.cose().signatureOffset(),
                    code.cose().signatureLength()));
        if (format == CodeFormat.MO1 && i % 5 != 4) {
          assertEquals(
              issuer.issue(greatest(CodeKind.ofNumber(i % 5))),
              batch.text(i),
              "ES256 has no chance in it");
        }
      }
    }
  }

  @Test
  void aBatchRefusesTimesThatNoCodeHas() {
    final CodeBatch batch = new CodeBatch(CodeFormat.GD1, TestCodes.GD, 1);
    for (final long[] times : new long[][] {{-1, 5}, {5, 4}, {5, Long.MAX_VALUE}}) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              batch.add(
                  CodeClaims.of(CodeKind.PERSON, new byte[16])
                      .serial(SERIAL)
                      .validity(times[0], times[1])));
    }
    assertEquals(0, batch.size());
  }

  @Test
  void aKeyDoesNotIssueAnotherRegionsCodes() {
    assertThrows(
        IllegalArgumentException.class, () -> new CodeIssuer(CodeFormat.GD1, TestCodes.MO));
    assertThrows(
        IllegalArgumentException.class, () -> new CodeIssuer(CodeFormat.MO1, TestCodes.XX));
    assertThrows(
        IllegalArgumentException.class, () -> new CodeIssuer(CodeFormat.HC1, TestCodes.XX));
  }
}
