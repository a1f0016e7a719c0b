package gongbei.codec.code;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.cbor.CborReader;
import gongbei.codec.cbor.CborValidator;
import gongbei.codec.cbor.CborWriter;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** That what is written is read as it was, of every pair of writer and reader of codes. */
final class CodecPropertyTest {
  private static final int MINUTES_A_DAY = 1_440;
  private static final int YEARS = 130;

  @Property
  void bytesComeBackFromBase45(@ForAll byte[] bytes) {
    final byte[] text = TestCodes.ascii(Base45.encode(bytes, 0, bytes.length));
    final byte[] back = new byte[bytes.length];
    assertEquals(bytes.length, Base45.decode(text, 0, text.length, back, 0));
    assertArrayEquals(bytes, back);
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings()
        .withChars("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:a")
        .ofMaxLength(30);
  }

  @Property
  void textThatIsBase45IsTheOneWayToWriteItsBytes(@ForAll("texts") String text) {
    final byte[] characters = TestCodes.ascii(text);
    final byte[] bytes = new byte[characters.length];
    final int length = Base45.decode(characters, 0, characters.length, bytes, 0);
    if (length >= 0) {
      assertEquals(text, Base45.encode(bytes, 0, length));
    }
  }

  @Property
  void integersAndStringsComeBackFromCbor(
      @ForAll @Size(max = 20) List<Long> numbers, @ForAll byte[] bytes, @ForAll boolean flag) {
    final CborWriter writer = new CborWriter(new byte[10 * numbers.size() + bytes.length + 40]);
    writer.writeTag(18).writeArrayHeader(numbers.size() + 4);
    numbers.forEach(writer::writeInt);
    writer.writeBytes(bytes).writeText("粤康码").writeBoolean(flag).writeNull();
    final byte[] written = writer.toByteArray();
    assertNull(new CborValidator(4, 4).examine(written, 0, written.length, true));
    final CborReader reader = new CborReader().wrap(written, 0);
    assertEquals(18, reader.next().argument());
    assertEquals(numbers.size() + 4, reader.next().argument());
    for (final long number : numbers) {
      assertTrue(reader.next().isInt());
      assertEquals(number, reader.intValue());
    }
    assertTrue(reader.next().isDefinite(CborReader.BYTES));
    final int end = reader.position() + (int) reader.argument();
    assertArrayEquals(bytes, Arrays.copyOfRange(written, reader.position(), end));
    reader.position(end);
    reader.skip();
    assertEquals(flag ? CborReader.TRUE : CborReader.FALSE, reader.next().argument());
    assertEquals(CborReader.NULL, reader.next().argument());
    assertEquals(written.length, reader.position());
  }

  @Provide
  Arbitrary<CodeClaims> claims() {
    final Arbitrary<byte[]> subjects = Arbitraries.bytes().array(byte[].class).ofSize(16);
    final Arbitrary<byte[]> serials = Arbitraries.bytes().array(byte[].class).ofSize(8);
    final Arbitrary<byte[]> digests = Arbitraries.bytes().array(byte[].class).ofSize(32);
    return Combinators.combine(
            subjects,
            serials,
            digests,
            // What a reserve code and a venue's say besides: CodeIssuerTest, VenueCodeTest.
            Arbitraries.of(CodeKind.PERSON, CodeKind.GROUP, CodeKind.PAPER, CodeKind.TRANSLATED),
            Arbitraries.integers().between(0, 8),
            Arbitraries.integers().between(0, Integer.MAX_VALUE),
            Arbitraries.integers().between(0, 99),
            Arbitraries.longs().between(0, CodeLimits.MAX_EPOCH_SECONDS / 2))
        .as(
            (subject, serial, digest, kind, mix, sample, number, iat) ->
                CodeClaims.of(kind, subject)
                    .colour(Colour.ofNumber(mix % 3))
                    .test(TestResult.ofNumber(mix / 3), mix / 3 == 0 ? 0 : sample)
                    .doses(number)
                    .serial(serial)
                    .origin(kind == CodeKind.TRANSLATED ? "MO" : null)
                    .group(
                        kind == CodeKind.GROUP ? 1 + number : 0,
                        kind == CodeKind.GROUP ? digest : null)
                    .validity(iat, iat + sample)
                    .build());
  }

  @Property(tries = 300)
  void whatACodeSaysIsWhatItsIssuerSaid(
      @ForAll("claims") CodeClaims claims, @ForAll boolean isGuangdong) {
    final CodeFormat format = isGuangdong ? CodeFormat.GD1 : CodeFormat.MO1;
    final byte[] text =
        TestCodes.ascii(new CodeIssuer(format, TestCodes.keyOf(format)).issue(claims));
    final HealthCode code = new HealthCode();
    assertTrue(code.wrap(text, 0, text.length), () -> code.field() + " " + code.explanation());
    assertArrayEquals(claims.subject(), at(code, code.region().subjectOffset(), 16));
    assertArrayEquals(claims.serial(), at(code, code.region().serialOffset(), 8));
    assertEquals(claims.kind(), code.region().kind());
    assertEquals(claims.colour(), code.region().colour());
    assertEquals(claims.result(), code.region().result());
    if (claims.result() != TestResult.NONE) {
      assertEquals(claims.sampleEpochMinutes(), code.region().sampleEpochMinutes());
    }
    assertEquals(claims.doses(), code.region().doses());
    assertEquals(claims.issuedAtEpochSeconds(), code.cwt().issuedAtEpochSeconds());
    assertEquals(claims.expiresAtEpochSeconds(), code.cwt().expiresAtEpochSeconds());
    assertEquals(claims.origin(), code.region().origin());
    if (claims.kind() == CodeKind.GROUP) {
      assertEquals(claims.groupSize(), code.region().groupSize());
      assertArrayEquals(claims.groupDigest(), at(code, code.region().groupDigestOffset(), 32));
    }
  }

  private static byte[] at(HealthCode code, int offset, int length) {
    return Arrays.copyOfRange(code.buffer(), offset, offset + length);
  }

  @Property
  void aDateTimeIsTheMinuteThatJavaSaysItIs(
      @ForAll @IntRange(max = YEARS * 365 * MINUTES_A_DAY) int minutes,
      @ForAll @IntRange(max = 59) int seconds,
      @ForAll @IntRange(min = -18 * 60, max = 18 * 60) int offsetMinutes) {
    final OffsetDateTime time =
        LocalDateTime.ofEpochSecond(60L * minutes + seconds + 2 * 86_400L * 365, 0, ZoneOffset.UTC)
            .atOffset(ZoneOffset.ofTotalSeconds(60 * offsetMinutes));
    final byte[] text = TestCodes.ascii(time.toString());
    assertEquals(
        (int) Math.floorDiv(time.toEpochSecond(), 60L),
        DateTimeText.epochMinutes(text, 0, text.length),
        time.toString());
  }
}
