package gongbei.codec.issue;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeLimits;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

final class CodeClaimsTest {
  private static final CodeKind PERSON = CodeKind.PERSON;
  private static final CodeKind GROUP = CodeKind.GROUP;
  private static final CodeKind TRANSLATED = CodeKind.TRANSLATED;

  private static Executable person(int subject, int sample, int doses, int serial) {
    return () ->
        CodeClaims.of(PERSON, new byte[subject])
            .test(TestResult.POSITIVE, sample)
            .doses(doses)
            .serial(new byte[serial])
            .validity(0, 0)
            .build();
  }

  private static Executable times(long iat, long exp) {
    return () ->
        CodeClaims.of(PERSON, new byte[16])
            .colour(Colour.GREEN)
            .serial(new byte[8])
            .validity(iat, exp)
            .build();
  }

  private static Executable other(CodeKind kind, String origin, int size, byte[] digest) {
    return () ->
        CodeClaims.of(kind, new byte[16])
            .colour(Colour.GREEN)
            .serial(new byte[8])
            .origin(origin)
            .group(size, digest)
            .validity(0, 0)
            .build();
  }

  private static void assertRefused(String claim, Executable making) {
    final String message = assertThrows(IllegalArgumentException.class, making, claim).getMessage();
    assertTrue(message.startsWith(claim + " "), message);
  }

  @Test
  void everyClaimIsTakenUpToItsBoundsAndNamedBeyond() {
    assertDoesNotThrow(person(16, 0, 0, 8));
    assertDoesNotThrow(person(16, Integer.MAX_VALUE, CodeLimits.MAX_DOSES, 8));
    assertRefused("subject", person(15, 0, 0, 8));
    assertRefused("subject", person(17, 0, 0, 8));
    assertRefused("sampleEpochMinutes", person(16, -1, 0, 8));
    assertRefused("doses", person(16, 0, -1, 8));
    assertRefused("doses", person(16, 0, CodeLimits.MAX_DOSES + 1, 8));
    assertRefused("serial", person(16, 0, 0, 7));
    assertRefused("serial", person(16, 0, 0, 9));
  }

  @Test
  void kindsColoursAndResultsHaveTheNumbersThatCodesHave() {
    for (int number = 0; number <= 5; number++) {
      assertEquals(number, CodeKind.ofNumber(number).number());
    }
    for (int number = 0; number <= 2; number++) {
      assertEquals(number, Colour.ofNumber(number).number());
      assertEquals(number, TestResult.ofNumber(number).number());
    }
    for (final int number : new int[] {-1, 3}) {
      assertRefused("colour", () -> Colour.ofNumber(number));
      assertRefused("result", () -> TestResult.ofNumber(number));
    }
    assertRefused("kind", () -> CodeKind.ofNumber(-1));
    assertRefused("kind", () -> CodeKind.ofNumber(6));
  }

  @Test
  void aCodeDoesNotEndBeforeItBegins() {
    final long last = CodeLimits.MAX_EPOCH_SECONDS;
    assertDoesNotThrow(times(5, 5));
    assertDoesNotThrow(times(last, last));
    assertRefused("iat", times(-1, 5));
    assertRefused("iat", times(last + 1, last + 1));
    assertRefused("exp", times(5, 4));
    assertRefused("exp", times(5, last + 1));
  }

  private static Executable reserve(CodeKind kind, long nbf) {
    return () ->
        CodeClaims.of(kind, new byte[16]).serial(new byte[8]).notBefore(nbf).validity(5, 9).build();
  }

  @Test
  void aReserveCodeBeginsBetweenItsIssueAndItsEndAndNoOtherKindHasABeginning() {
    assertDoesNotThrow(reserve(CodeKind.RESERVE, 5));
    assertDoesNotThrow(reserve(CodeKind.RESERVE, 9));
    assertRefused("nbf", reserve(CodeKind.RESERVE, 4));
    assertRefused("nbf", reserve(CodeKind.RESERVE, 10));
    assertRefused("nbf", reserve(CodeKind.RESERVE, 0));
    assertRefused("nbf", reserve(PERSON, 6));
  }

  @Test
  void anOriginGoesWithATranslatedCodeAlone() {
    assertDoesNotThrow(other(TRANSLATED, "MO", 0, null));
    assertRefused("origin", other(TRANSLATED, null, 0, null));
    assertRefused("origin", other(PERSON, "MO", 0, null));
    for (final String origin : List.of("", "M", "mo", "MOO")) {
      assertRefused("origin", other(TRANSLATED, origin, 0, null));
    }
  }

  @Test
  void aSizeAndADigestGoWithAGroupAlone() {
    assertDoesNotThrow(other(GROUP, null, 1, new byte[32]));
    assertDoesNotThrow(other(GROUP, null, CodeLimits.MAX_GROUP_SIZE, new byte[32]));
    assertRefused("groupSize", other(GROUP, null, 0, new byte[32]));
    assertRefused("groupSize", other(GROUP, null, CodeLimits.MAX_GROUP_SIZE + 1, new byte[32]));
    assertRefused("groupDigest", other(GROUP, null, 1, null));
    assertRefused("groupDigest", other(GROUP, null, 1, new byte[31]));
    assertRefused("groupSize", other(PERSON, null, 1, null));
    assertRefused("groupSize", other(PERSON, null, 0, new byte[32]));
  }
}
