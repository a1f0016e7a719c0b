package gongbei.codec.translate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class CodeTranslatorTest {
  private static final byte[] SUBJECT = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int MINUTES = (int) (Regions.NOW / 60);

  private final Regions regions = new Regions();

  private static CodeClaims claims(int kind, int colour, long iat, long exp) {
    return CodeClaims.ofPerson(
        SUBJECT, kind, colour, HealthCode.RESULT_NEGATIVE, MINUTES - 60, 2, new byte[8], iat, exp);
  }

  private static String guangdong(int kind, int colour, int fromNow, int untilFromNow) {
    return Regions.issue(
        CodeFormat.GD1, claims(kind, colour, Regions.NOW + fromNow, Regions.NOW + untilFromNow));
  }

  private static String fresh() {
    return guangdong(HealthCode.KIND_PERSON, 0, 0, 60);
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
        Regions.issue(
            CodeFormat.MO1, claims(HealthCode.KIND_PERSON, 0, Regions.NOW, Regions.NOW + 60)));
    final String other =
        new CodeIssuer(CodeFormat.GD1, Regions.key("GD"))
            .issue(claims(HealthCode.KIND_PERSON, 0, Regions.NOW, Regions.NOW + 60));
    assertFault(TranslationFault.UNKNOWN_CODE_ISSUER, "kid", false, other);
    final String code = fresh();
    final int at = code.length() - 3;
    final String tampered =
        code.substring(0, at) + (code.charAt(at) == '0' ? '1' : '0') + code.substring(at + 1);
    assertFault(TranslationFault.BAD_CODE_SIGNATURE, "signature", false, tampered);
    assertFault(
        TranslationFault.CODE_NOT_YET_VALID,
        "iat",
        true,
        guangdong(HealthCode.KIND_PERSON, 0, 60, 120));
    assertFault(
        TranslationFault.EXPIRED_CODE, "exp", true, guangdong(HealthCode.KIND_PERSON, 0, -60, 0));
    assertFault(
        TranslationFault.CODE_NOT_FRESH,
        "iat",
        true,
        guangdong(HealthCode.KIND_PERSON, 0, -301, 60));
    assertFault(
        TranslationFault.NOT_IN_TABLE, "kind", true, guangdong(HealthCode.KIND_PAPER, 0, 0, 60));
    final CodeClaims group =
        new CodeClaims(
            SUBJECT,
            HealthCode.KIND_GROUP,
            0,
            0,
            0,
            0,
            new byte[8],
            null,
            2,
            new byte[32],
            Regions.NOW,
            Regions.NOW + 60);
    assertFault(TranslationFault.NOT_IN_TABLE, "kind", true, Regions.issue(CodeFormat.GD1, group));
  }

  @Test
  void aCodeIssuedOutsideItsKeysPeriodIsRefused() {
    final TranslationFault fault =
        new Regions(
                new TranslationTable(
                    "GD",
                    "MO",
                    1,
                    List.of(0, 1, 2),
                    Set.of(HealthCode.KIND_PERSON),
                    86_400,
                    3_600,
                    60,
                    3,
                    Set.of()),
                Regions.TO_GUANGDONG)
            .translate(
                Regions.issue(
                    CodeFormat.GD1,
                    claims(
                        HealthCode.KIND_PERSON, 0, Regions.NOW + 100_001, Regions.NOW + 100_100)),
                CodeFormat.MO1,
                Regions.NOW + 100_050)
            .fault();
    assertEquals(TranslationFault.REVOKED_CODE, fault);
  }

  @Test
  void aColourWithoutAnEntryIsRefused() {
    final Translation translation =
        new Regions(
                Regions.table("GD", "MO", List.of(0, 2, TranslationTable.NOT_TRANSLATED)),
                Regions.TO_GUANGDONG)
            .translate(guangdong(HealthCode.KIND_PERSON, 2, 0, 60), CodeFormat.MO1, Regions.NOW);
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
    for (final int[] each : new int[][] {{1, 72 * 60, 1}, {1, 72 * 60 + 1, 0}, {2, 99_999, 2}}) {
      final CodeClaims claims =
          CodeClaims.ofPerson(
              SUBJECT,
              HealthCode.KIND_PERSON,
              0,
              each[0],
              MINUTES - each[1],
              9,
              new byte[8],
              Regions.NOW,
              Regions.NOW + 60);
      final CodeClaims translated =
          regions
              .translate(Regions.issue(CodeFormat.GD1, claims), CodeFormat.MO1, Regions.NOW)
              .claims();
      assertEquals(each[2], translated.result());
      assertEquals(3, translated.doses());
    }
  }
}
