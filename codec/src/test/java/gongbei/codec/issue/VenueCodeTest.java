package gongbei.codec.issue;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.cbor.CborWriter;
import gongbei.codec.code.Base45;
import gongbei.codec.code.ClaimsJson;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Venue;
import gongbei.codec.model.VenueForm;
import gongbei.codec.signature.CodeSigner;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The codes of venues, from what they say to their text and back. */
final class VenueCodeTest {
  private static final Instant FROM = Instant.ofEpochSecond(1_700_000_000);
  private static final SigningKey KEY =
      new KeyGeneration().generate("GD", FROM, FROM.plusSeconds(86_400));
  private static final byte[] SERIAL = {1, 2, 3, 4, 5, 6, 7, 8};
  private static final byte[] DIGEST = {8, 7, 6, 5, 4, 3, 2, 1};

  private static CodeClaims.Builder claims(CodeKind kind) {
    return CodeClaims.of(kind, new byte[16])
        .serial(SERIAL)
        .validity(FROM.getEpochSecond(), FROM.getEpochSecond() + 60);
  }

  private static String issue(Venue venue) {
    return new CodeIssuer(CodeFormat.GD1, KEY).issue(claims(CodeKind.VENUE).venue(venue).build());
  }

  private static HealthCode wrapped(String text) {
    final HealthCode code = new HealthCode();
    final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    assertTrue(code.wrap(bytes, 0, bytes.length), () -> code.field() + " " + code.explanation());
    return code;
  }

  @ParameterizedTest
  @EnumSource(VenueForm.class)
  void aVenueIsReadAsItWasWritten(VenueForm form) {
    final String longest = "拱".repeat(26) + "ab";
    final Venue venue = new Venue("metro", longest, "metro", form, Optional.of(DIGEST));
    final HealthCode code = wrapped(issue(venue));
    assertEquals(CodeKind.VENUE, code.region().kind());
    final Venue read = code.region().venue().venue();
    assertEquals("metro", read.checkpoint());
    assertEquals(longest, read.place());
    assertEquals("metro", read.ruleset());
    assertEquals(form, read.form());
    assertArrayEquals(DIGEST, read.pinDigest().orElseThrow());
    assertEquals(form.wireName(), ClaimsJson.of(code).path("form").asText());
    assertTrue(ClaimsJson.of(code).path("asksForPin").asBoolean());
  }

  @Test
  void aFlyweightForgetsTheVenueOfTheCodeBefore() {
    final HealthCode code =
        wrapped(issue(new Venue("a", "b", "c", VenueForm.PRINTED, Optional.of(DIGEST))));
    final byte[] other =
        issue(new Venue("d", "e", "f", VenueForm.SCREEN, Optional.empty()))
            .getBytes(StandardCharsets.US_ASCII);
    assertTrue(code.wrap(other, 0, other.length));
    assertEquals("d", code.region().venue().venue().checkpoint());
    assertTrue(code.region().venue().venue().pinDigest().isEmpty());
    final byte[] person =
        new CodeIssuer(CodeFormat.GD1, KEY)
            .issue(claims(CodeKind.PERSON).build())
            .getBytes(StandardCharsets.US_ASCII);
    assertTrue(code.wrap(person, 0, person.length));
    assertEquals(null, code.region().venue().form());
  }

  @ParameterizedTest
  @CsvSource({
    "checkpoint, '', b, c",
    "checkpoint, aaaaaaaaaabbbbbbbbbbccccccccccddd, b, c",
    "place, a, '', c",
    "place, a, 'b\tb', c",
    "ruleset, a, b, ''"
  })
  void whatAVenueMayNotSayIsRefusedByName(
      String claim, String checkpoint, String place, String ruleset) {
    final Venue venue = new Venue(checkpoint, place, ruleset, VenueForm.PRINTED, Optional.empty());
    final String message =
        assertThrows(
                IllegalArgumentException.class, () -> claims(CodeKind.VENUE).venue(venue).build())
            .getMessage();
    assertTrue(message.startsWith(claim + " "), message);
  }

  @Test
  void aVenueGoesWithTheKindAndOnlyWithIt() {
    final Venue venue = new Venue("a", "b", "c", VenueForm.PRINTED, Optional.empty());
    assertThrows(IllegalArgumentException.class, () -> claims(CodeKind.VENUE).build());
    assertThrows(
        IllegalArgumentException.class, () -> claims(CodeKind.PERSON).venue(venue).build());
  }

  /** A code that is signed, and says of its venue what a writer has it say. */
  private static String madeCode(int venueClaims, Consumer<CborWriter> venue) {
    final CborWriter payload = new CborWriter(new byte[512]);
    payload
        .writeMapHeader(4)
        .writeInt(1)
        .writeText("GD")
        .writeInt(4)
        .writeInt(FROM.getEpochSecond() + 60)
        .writeInt(6)
        .writeInt(FROM.getEpochSecond())
        .writeInt(-65537)
        .writeMapHeader(4 + venueClaims)
        .writeInt(1)
        .writeBytes(new byte[16])
        .writeInt(2)
        .writeInt(CodeKind.VENUE.number())
        .writeInt(3)
        .writeInt(0)
        .writeInt(7)
        .writeBytes(SERIAL);
    venue.accept(payload);
    final byte[] bytes = payload.toByteArray();
    final byte[] signed = new CoseSign1Writer(new CodeSigner(KEY)).sign(bytes, bytes.length);
    return "GD1:" + Base45.encode(signed, 0, signed.length);
  }

  private static void assertMalformed(String field, String text) {
    final HealthCode code = new HealthCode();
    final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    assertFalse(code.wrap(bytes, 0, bytes.length));
    assertEquals(field, code.field());
  }

  @Test
  void aClaimThatIsMissingOrOfAnotherShapeIsNamed() {
    assertMalformed("checkpoint", madeCode(0, payload -> {}));
    assertMalformed("place", madeCode(1, payload -> payload.writeInt(11).writeText("metro")));
    assertMalformed(
        "form",
        madeCode(
            4,
            payload ->
                payload
                    .writeInt(11)
                    .writeText("metro")
                    .writeInt(12)
                    .writeText("here")
                    .writeInt(13)
                    .writeText("metro")
                    .writeInt(14)
                    .writeInt(3)));
    assertMalformed(
        "checkpoint",
        madeCode(
            4,
            payload ->
                payload
                    .writeInt(11)
                    .writeInt(1)
                    .writeInt(12)
                    .writeText("here")
                    .writeInt(13)
                    .writeText("metro")
                    .writeInt(14)
                    .writeInt(0)));
    assertMalformed(
        "pinDigest",
        madeCode(
            5,
            payload ->
                payload
                    .writeInt(11)
                    .writeText("metro")
                    .writeInt(12)
                    .writeText("here")
                    .writeInt(13)
                    .writeText("metro")
                    .writeInt(14)
                    .writeInt(0)
                    .writeInt(15)
                    .writeBytes(new byte[7])));
  }
}
