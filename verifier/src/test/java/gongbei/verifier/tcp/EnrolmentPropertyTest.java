package gongbei.verifier.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.verifier.protocol.DeviceId;
import java.time.Instant;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

/** That a line of the file of devices says what was enrolled. */
final class EnrolmentPropertyTest {
  private static final long LAST_SECOND = 253_402_300_799L;

  @Provide
  Arbitrary<String> ids() {
    return Arbitraries.strings()
        .withCharRange('a', 'z')
        .withCharRange('A', 'Z')
        .withCharRange('0', '9')
        .withChars("._:/@-")
        .ofMinLength(1)
        .ofMaxLength(64);
  }

  @Property(tries = 300)
  void anEnrolmentIsReadAsItWasWritten(
      @ForAll("ids") String id,
      @ForAll byte[] credential,
      @ForAll byte[] other,
      @ForAll @LongRange(max = LAST_SECOND) long since,
      @ForAll boolean isRevoked) {
    Enrolment enrolment = Enrolment.of(id, credential, Instant.ofEpochSecond(since));
    if (isRevoked) {
      enrolment = enrolment.revokedAt(Instant.ofEpochSecond(since / 2));
    }
    final Enrolment read = Enrolment.parse(enrolment.line());
    assertEquals(enrolment, read);
    assertTrue(read.isCredential(credential));
    Assume.that(!Arrays.equals(credential, other));
    assertFalse(read.isCredential(other));
  }

  @Property
  void whatIsNoIdIsNotRead(@ForAll String id) {
    Assume.that(!DeviceId.isValid(id));
    final String line = Enrolment.of("gate", new byte[4], Instant.EPOCH).line();
    assertThrows(
        IllegalArgumentException.class,
        () -> Enrolment.parse(id + line.substring(line.indexOf(' '))));
  }
}
