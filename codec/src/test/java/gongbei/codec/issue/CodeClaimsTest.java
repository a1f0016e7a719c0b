package gongbei.codec.issue;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeLimits;
import gongbei.codec.code.HealthCode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

final class CodeClaimsTest {
  private static final int PERSON = HealthCode.KIND_PERSON;
  private static final int GROUP = HealthCode.KIND_GROUP;
  private static final int TRANSLATED = HealthCode.KIND_TRANSLATED;

  private static Executable person(
      int subject, int kind, int colour, int result, int sample, int doses, int serial) {
    return () ->
        CodeClaims.ofPerson(
            new byte[subject], kind, colour, result, sample, doses, new byte[serial], 0, 0);
  }

  private static Executable times(long iat, long exp) {
    return () -> CodeClaims.ofPerson(new byte[16], PERSON, 0, 0, 0, 0, new byte[8], iat, exp);
  }

  private static Executable other(int kind, String origin, int size, byte[] digest) {
    return () ->
        new CodeClaims(new byte[16], kind, 0, 0, 0, 0, new byte[8], origin, size, digest, 0, 0);
  }

  private static void assertRefused(String claim, Executable making) {
    final String message = assertThrows(IllegalArgumentException.class, making, claim).getMessage();
    assertTrue(message.startsWith(claim + " "), message);
  }

  @Test
  void everyClaimIsTakenUpToItsBoundsAndNamedBeyond() {
    assertDoesNotThrow(person(16, 0, 0, 0, 0, 0, 8));
    assertDoesNotThrow(person(16, 2, 2, 2, Integer.MAX_VALUE, CodeLimits.MAX_DOSES, 8));
    assertRefused("subject", person(15, 0, 0, 0, 0, 0, 8));
    assertRefused("subject", person(17, 0, 0, 0, 0, 0, 8));
    assertRefused("kind", person(16, -1, 0, 0, 0, 0, 8));
    assertRefused("kind", person(16, 4, 0, 0, 0, 0, 8));
    assertRefused("colour", person(16, 0, -1, 0, 0, 0, 8));
    assertRefused("colour", person(16, 0, 3, 0, 0, 0, 8));
    assertRefused("result", person(16, 0, 0, -1, 0, 0, 8));
    assertRefused("result", person(16, 0, 0, 3, 0, 0, 8));
    assertRefused("sampleEpochMinutes", person(16, 0, 0, 0, -1, 0, 8));
    assertRefused("doses", person(16, 0, 0, 0, 0, -1, 8));
    assertRefused("doses", person(16, 0, 0, 0, 0, CodeLimits.MAX_DOSES + 1, 8));
    assertRefused("serial", person(16, 0, 0, 0, 0, 0, 7));
    assertRefused("serial", person(16, 0, 0, 0, 0, 0, 9));
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
