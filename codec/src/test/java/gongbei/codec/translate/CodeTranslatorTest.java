package gongbei.codec.translate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.cbor.CborWriter;
import gongbei.codec.code.Base45;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.TestCodes;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.Region;
import gongbei.codec.model.TestResult;
import gongbei.codec.signature.CodeSigner;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.junit.jupiter.api.Test;

final class CodeTranslatorTest {
  private static final byte[] SUBJECT = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int MINUTES = (int) (Regions.NOW / 60);

  private final Regions regions = new Regions();

  private static CodeClaims claims(CodeKind kind, int colour, long iat, long exp) {
    return CodeClaims.of(kind, SUBJECT)
        .colour(Colour.ofNumber(colour))
        .test(TestResult.NEGATIVE, MINUTES - 60)
        .doses(2)
        .serial(new byte[8])
        .validity(iat, exp)
        .build();
  }

  private static String guangdong(CodeKind kind, int colour, int fromNow, int untilFromNow) {
    return Regions.issue(
        CodeFormat.GD1, claims(kind, colour, Regions.NOW + fromNow, Regions.NOW + untilFromNow));
  }

  private static String fresh() {
    return guangdong(CodeKind.PERSON, 0, 0, 60);
  }

  private void assertFault(TranslationFault fault, String field, boolean verified, String code) {
    final Translation translation = regions.translate(code, CodeFormat.MO1, Regions.NOW);
    assertEquals(fault, translation.fault());
    assertEquals(field, translation.field());
    assertEquals(verified, translation.verified());
    assertFalse(translation.explanation().isBlank());
  }

  @Test
  void everyBadInputHasItsOwnFaultAndField() {
    assertFault(TranslationFault.MALFORMED_CODE, "cose", false, "GD1:BB8");
    assertFault(TranslationFault.MALFORMED_CODE, "code", false, "GD1:" + "A".repeat(4_300));
    assertFault(TranslationFault.UNSUPPORTED_CODE, "prefix", false, "XX1:ABC");
    assertFault(
        TranslationFault.OWN_REGION_CODE,
        "code",
        false,
        Regions.issue(CodeFormat.MO1, claims(CodeKind.PERSON, 0, Regions.NOW, Regions.NOW + 60)));
    final String other =
        new CodeIssuer(CodeFormat.GD1, Regions.key("GD"))
            .issue(claims(CodeKind.PERSON, 0, Regions.NOW, Regions.NOW + 60));
    assertFault(TranslationFault.UNKNOWN_CODE_ISSUER, "kid", false, other);
    final String code = fresh();
    final int at = code.length() - 3;
    final String tampered =
        code.substring(0, at) + (code.charAt(at) == '0' ? '1' : '0') + code.substring(at + 1);
    assertFault(TranslationFault.BAD_CODE_SIGNATURE, "signature", false, tampered);
    assertFault(
        TranslationFault.CODE_NOT_YET_VALID, "iat", true, guangdong(CodeKind.PERSON, 0, 60, 120));
    assertFault(TranslationFault.EXPIRED_CODE, "exp", true, guangdong(CodeKind.PERSON, 0, -60, 0));
    assertFault(
        TranslationFault.CODE_NOT_FRESH, "iat", true, guangdong(CodeKind.PERSON, 0, -301, 60));
    assertFault(TranslationFault.NOT_IN_TABLE, "kind", true, guangdong(CodeKind.PAPER, 0, 0, 60));
    final CodeClaims group =
        CodeClaims.of(CodeKind.GROUP, SUBJECT)
            .colour(Colour.GREEN)
            .serial(new byte[8])
            .group(2, new byte[32])
            .validity(Regions.NOW, Regions.NOW + 60)
            .build();
    assertFault(TranslationFault.NOT_IN_TABLE, "kind", true, Regions.issue(CodeFormat.GD1, group));
  }

  @Test
  void aReserveCodeIsNeverTranslatedNotEvenInItsTime() {
    final CodeClaims reserve =
        CodeClaims.of(CodeKind.RESERVE, SUBJECT)
            .serial(new byte[8])
            .notBefore(Regions.NOW)
            .validity(Regions.NOW, Regions.NOW + 60)
            .build();
    assertFault(
        TranslationFault.UNSUPPORTED_CODE, "kind", false, Regions.issue(CodeFormat.GD1, reserve));
  }

  @Test
  void aCodeIssuedOutsideItsKeysPeriodIsRefused() {
    final TranslationFault fault =
        new Regions(
                new TranslationTable(
                    Region.GUANGDONG,
                    Region.MACAU,
                    1,
                    Regions.SAME_COLOURS,
                    Set.of(CodeKind.PERSON),
                    86_400,
                    3_600,
                    60,
                    3,
                    Set.of()),
                Regions.TO_GUANGDONG)
            .translate(
                Regions.issue(
                    CodeFormat.GD1,
                    claims(CodeKind.PERSON, 0, Regions.NOW + 100_001, Regions.NOW + 100_100)),
                CodeFormat.MO1,
                Regions.NOW + 100_050)
            .fault();
    assertEquals(TranslationFault.REVOKED_CODE, fault);
  }

  @Test
  void aCodesTimesHoldToTheSecond() {
    for (final int[] taken : new int[][] {{5, 60}, {-300, 60}, {-60, 1}}) {
      final Translation translation =
          regions.translate(
              guangdong(CodeKind.PERSON, 0, taken[0], taken[1]), CodeFormat.MO1, Regions.NOW);
      assertTrue(translation.isTranslated(), () -> Arrays.toString(taken));
      assertEquals(Regions.NOW, translation.claims().issuedAtEpochSeconds());
      assertEquals(Regions.NOW + taken[1], translation.claims().expiresAtEpochSeconds());
    }
    assertFault(
        TranslationFault.CODE_NOT_YET_VALID, "iat", true, guangdong(CodeKind.PERSON, 0, 6, 60));
    assertTrue(
        regions.translate(notBefore(Regions.NOW + 5), CodeFormat.MO1, Regions.NOW).isTranslated());
    assertFault(TranslationFault.CODE_NOT_YET_VALID, "nbf", true, notBefore(Regions.NOW + 6));
  }

  /** A person's code of Guangdong's with an {@code nbf} besides. */
  private static String notBefore(long second) {
    final byte[] header =
        new CborWriter(new byte[64])
            .writeMapHeader(2)
            .writeInt(1)
            .writeInt(Regions.GUANGDONG.issuerKey().algorithm().coseIdentifier())
            .writeInt(4)
            .writeBytes(ByteBuffer.allocate(8).putLong(Regions.GUANGDONG.issuerKey().kid()).array())
            .toByteArray();
    final byte[] payload =
        new CborWriter(new byte[256])
            .writeMapHeader(5)
            .writeInt(1)
            .writeText("GD")
            .writeInt(4)
            .writeInt(Regions.NOW + 60)
            .writeInt(5)
            .writeInt(second)
            .writeInt(6)
            .writeInt(Regions.NOW)
            .writeInt(-65537)
            .writeMapHeader(4)
            .writeInt(1)
            .writeBytes(SUBJECT)
            .writeInt(2)
            .writeInt(CodeKind.PERSON.number())
            .writeInt(3)
            .writeInt(0)
            .writeInt(7)
            .writeBytes(new byte[8])
            .toByteArray();
    final byte[] signed = TestCodes.toBeSigned(header, payload);
    final byte[] cose =
        new CborWriter(new byte[512])
            .writeArrayHeader(4)
            .writeBytes(header)
            .writeMapHeader(0)
            .writeBytes(payload)
            .writeBytes(new CodeSigner(Regions.GUANGDONG).sign(signed, 0, signed.length))
            .toByteArray();
    return "GD1:" + Base45.encode(cose, 0, cose.length);
  }

  @Test
  void digestsAreOfBothTextsAndASerialFollowsFromItsSources() {
    final Set<String> serials = new HashSet<>();
    for (int i = 0; i < 40; i++) {
      final String code = withSerial(i);
      final Translation[] translations =
          regions.translate(
              CodeFormat.MO1,
              List.of(Regions.request(code, "MO", false), Regions.request(code, "MO", false)),
              Regions.NOW);
      for (final Translation translation : translations) {
        assertArrayEquals(sm3(code), translation.sourceDigest());
        assertArrayEquals(sm3(translation.code()), translation.targetDigest());
        serials.add(HexFormat.of().formatHex(translation.claims().serial()));
        assertArrayEquals(
            translation.claims().serial(),
            Arrays.copyOfRange(
                Regions.decoded(translation.code()).buffer(),
                Regions.decoded(translation.code()).region().serialOffset(),
                Regions.decoded(translation.code()).region().serialOffset() + 8));
      }
    }
    assertEquals(40, serials.size(), "one for each source, however often it is translated");
    assertFalse(serials.contains("0".repeat(16)));
    assertFalse(
        Arrays.equals(
            regions.translate(fresh(), CodeFormat.MO1, Regions.NOW).claims().serial(),
            new Regions().translate(fresh(), CodeFormat.MO1, Regions.NOW).claims().serial()),
        "a region with another secret gives another");
  }

  private static String withSerial(long serial) {
    return Regions.issue(
        CodeFormat.GD1,
        CodeClaims.of(CodeKind.PERSON, SUBJECT)
            .colour(Colour.GREEN)
            .test(TestResult.NEGATIVE, MINUTES - 60)
            .doses(2)
            .serial(ByteBuffer.allocate(8).putLong(serial).array())
            .validity(Regions.NOW, Regions.NOW + 60)
            .build());
  }

  @Test
  void aSourceIsTheSameWhicheverWayItIsSigned() {
    final Translation one = regions.translate(fresh(), CodeFormat.MO1, Regions.NOW);
    final Translation other = regions.translate(fresh(), CodeFormat.MO1, Regions.NOW);
    assertFalse(Arrays.equals(one.sourceDigest(), other.sourceDigest()), "signed by chance");
    assertArrayEquals(one.source().identity(), other.source().identity());
    assertEquals(Optional.of(Region.GUANGDONG), one.from());
    assertEquals(Regions.NOW, one.source().issuedAtEpochSeconds());
    assertFalse(
        Arrays.equals(
            one.source().identity(),
            regions.translate(withSerial(1), CodeFormat.MO1, Regions.NOW).source().identity()));
  }

  @Test
  void aCodeThatIsOlderThanOneThatIsKnownIsNotFreshAndOneOfTheSameSecondIs() {
    regions.knowCodesUpTo(Regions.NOW - 10);
    final String older = guangdong(CodeKind.PERSON, 0, -11, 60);
    assertFault(TranslationFault.CODE_NOT_FRESH, "iat", true, older);
    assertEquals(
        "is before that of another code of this holder, known here",
        regions.translate(older, CodeFormat.MO1, Regions.NOW).explanation());
    assertTrue(
        regions
            .translate(guangdong(CodeKind.PERSON, 0, -10, 60), CodeFormat.MO1, Regions.NOW)
            .isTranslated());
    assertFault(
        TranslationFault.CODE_NOT_FRESH, "iat", true, guangdong(CodeKind.PAPER, 0, -11, 60));
  }

  /** Bouncy Castle's. */
  private static byte[] sm3(String text) {
    final SM3Digest digest = new SM3Digest();
    final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    digest.update(bytes, 0, bytes.length);
    final byte[] out = new byte[32];
    digest.doFinal(out, 0);
    return out;
  }

  @Test
  void aColourWithoutAnEntryIsRefused() {
    final Translation translation =
        new Regions(
                Regions.table(
                    Region.GUANGDONG,
                    Region.MACAU,
                    Map.of(Colour.GREEN, Colour.GREEN, Colour.YELLOW, Colour.RED)),
                Regions.TO_GUANGDONG)
            .translate(guangdong(CodeKind.PERSON, 2, 0, 60), CodeFormat.MO1, Regions.NOW);
    assertEquals(TranslationFault.NOT_IN_TABLE, translation.fault());
    assertEquals("colour", translation.field());
  }

  @Test
  void theWrongDirectionIsNamedByTheTarget() {
    final Translation translation =
        regions
            .translate(CodeFormat.MO1, List.of(Regions.request(fresh(), "GD", false)), Regions.NOW)[
            0];
    assertEquals(TranslationFault.WRONG_DIRECTION, translation.fault());
    assertEquals("target", translation.field());
  }

  @Test
  void aLinkDecidesWhoTheHolderIsAndMayBeRequired() {
    final Translation[] without =
        regions.translate(
            CodeFormat.MO1,
            List.of(Regions.request(fresh(), "MO", true), Regions.request(fresh(), "MO", false)),
            Regions.NOW);
    assertEquals(TranslationFault.UNLINKED, without[0].fault());
    assertEquals("subject", without[0].field());
    assertFalse(without[1].linked());
    final byte[] own = new byte[16];
    regions.link(SUBJECT, own);
    final Translation with =
        regions
            .translate(CodeFormat.MO1, List.of(Regions.request(fresh(), "MO", true)), Regions.NOW)[
            0];
    assertTrue(with.linked());
    assertArrayEquals(own, with.claims().subject());
  }

  @Test
  void oneVisitorIsTheSameEachTimeAndNotTheSourcesSubject() {
    final byte[] first = regions.translate(fresh(), CodeFormat.MO1, Regions.NOW).claims().subject();
    final byte[] again = regions.translate(fresh(), CodeFormat.MO1, Regions.NOW).claims().subject();
    assertArrayEquals(first, again);
    assertFalse(Arrays.equals(SUBJECT, first));
  }

  @Test
  void badCodesInABatchTouchNoOthers() {
    final Translation[] translations =
        regions.translate(
            CodeFormat.MO1,
            List.of(
                Regions.request("GD1:BB8", "MO", false),
                Regions.request(fresh(), "MO", false),
                Regions.request("", "MO", false),
                Regions.request(fresh(), "MO", false)),
            Regions.NOW);
    assertFalse(translations[0].isTranslated());
    assertTrue(translations[1].isTranslated());
    assertFalse(translations[2].isTranslated());
    assertTrue(translations[3].isTranslated());
  }

  @Test
  void aNegativeTestIsTakenWhileItIsValidAndAPositiveOneAlways() {
    final int[][] tests = {
      {1, 72 * 60, 1}, {1, 72 * 60 + 1, 0}, {2, 99_999, 2}, {0, MINUTES, 0}, {1, -5, 1}, {1, -6, 0}
    };
    for (final int[] each : tests) {
      final CodeClaims claims =
          CodeClaims.of(CodeKind.PERSON, SUBJECT)
              .colour(Colour.GREEN)
              .test(TestResult.ofNumber(each[0]), MINUTES - each[1])
              .doses(9)
              .serial(new byte[8])
              .validity(Regions.NOW, Regions.NOW + 60)
              .build();
      final CodeClaims translated =
          regions
              .translate(Regions.issue(CodeFormat.GD1, claims), CodeFormat.MO1, Regions.NOW)
              .claims();
      assertEquals(TestResult.ofNumber(each[2]), translated.result());
      assertEquals(3, translated.doses());
    }
  }
}
