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
import gongbei.codec.signature.BouncyCastleEngine;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class CodeIssuerTest {
  private static final byte[] SERIAL = {1, 2, 3, 4, 5, 6, 7, 8};

  private static CodeClaims greatest(int kind) {
    return new CodeClaims(
        filled(16),
        kind,
        2,
        2,
        Integer.MAX_VALUE,
        CodeLimits.MAX_DOSES,
        filled(8),
        kind == HealthCode.KIND_TRANSLATED ? "MO" : null,
        kind == HealthCode.KIND_GROUP ? CodeLimits.MAX_GROUP_SIZE : 0,
        kind == HealthCode.KIND_GROUP ? filled(32) : null,
        4_294_967_295L,
        4_294_967_295L);
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
    for (final int kind :
        new int[] {HealthCode.KIND_PERSON, HealthCode.KIND_PAPER, HealthCode.KIND_TRANSLATED}) {
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
    for (int kind = 0; kind <= HealthCode.KIND_TRANSLATED; kind++) {
      final byte[] text = TestCodes.ascii(issuer.issue(greatest(kind)));
      assertTrue(code.wrap(text, 0, text.length), code.field() + " " + code.explanation());
      assertEquals(kind, code.region().kind());
      assertEquals(Integer.MAX_VALUE, code.region().sampleEpochMinutes());
      assertEquals(
          kind == HealthCode.KIND_GROUP ? CodeLimits.MAX_GROUP_SIZE : HealthCode.ABSENT,
          code.region().groupSize());
      assertEquals(kind == HealthCode.KIND_TRANSLATED ? "MO" : null, code.region().origin());
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
    for (int round = 1; round <= CodeBatch.MAX_CAPACITY; round += 21) {
      batch.clear();
      for (int i = 0; i < round; i++) {
        if (i % 5 == 4) {
          assertEquals(
              i, batch.addPerson(filled(16), 0, 0, 2, 1, 90, 3, filled(9), 1, 100, 200 + i));
        } else {
          assertEquals(i, batch.add(greatest(i % 5)));
        }
      }
      batch.sign();
      assertEquals(round, batch.size());
      for (int i = 0; i < round; i++) {
        final byte[] text = TestCodes.ascii(batch.text(i));
        assertTrue(code.wrap(text, 0, text.length), code.field() + " " + code.explanation());
        assertEquals(i % 5 == 4 ? HealthCode.KIND_PERSON : i % 5, code.region().kind());
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
          assertEquals(issuer.issue(greatest(i % 5)), batch.text(i), "ES256 has no chance in it");
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
          () -> batch.addPerson(new byte[16], 0, 0, 0, 0, 0, 0, SERIAL, 0, times[0], times[1]));
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
