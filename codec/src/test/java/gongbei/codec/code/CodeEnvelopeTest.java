package gongbei.codec.code;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.cbor.CborWriter;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.signature.CodeSigner;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A {@code GD1} code's COSE_Sign1 and claims, each field in turn at its bounds and at fault. */
final class CodeEnvelopeTest {
  private static final int SM2 = SignatureAlgorithm.SM2.coseIdentifier();
  private static final byte[] KID = {1, 2, 3, 4, 5, 6, 7, 8};
  private static final byte[] SIGNATURE = new byte[64];
  private static final byte[] NO_HEADER = {(byte) 0xA0};

  private final HealthCode code = new HealthCode();

  private static byte[] cbor(Consumer<CborWriter> content) {
    final CborWriter writer = new CborWriter(new byte[4_096]);
    content.accept(writer);
    return writer.toByteArray();
  }

  private static byte[] header() {
    return cbor(w -> w.writeMapHeader(2).writeInt(1).writeInt(SM2).writeInt(4).writeBytes(KID));
  }

  /** Claims of the CWT, with the body under Gongbei's own. */
  private static byte[] payload(Consumer<CborWriter> body) {
    return payload(2, 1, body);
  }

  private static byte[] payload(long exp, long iat, Consumer<CborWriter> body) {
    return cbor(
        w -> {
          w.writeMapHeader(4).writeInt(1).writeText("GD").writeInt(4).writeInt(exp);
          w.writeInt(6).writeInt(iat).writeInt(-65537);
          body.accept(w);
        });
  }

  private static void person(CborWriter writer) {
    body(writer, 4, 0, 8);
  }

  /** The first claims of a body: subject, kind, colour, and serial with the rest before it. */
  private static void body(CborWriter writer, int pairs, int kind, int serialBytes) {
    writer.writeMapHeader(pairs).writeInt(1).writeBytes(new byte[16]).writeInt(2).writeInt(kind);
    writer.writeInt(3).writeInt(0).writeInt(7).writeBytes(new byte[serialBytes]);
  }

  private static String text(byte[] cose) {
    return "GD1:" + Base45.encode(cose, 0, cose.length);
  }

  private static String envelope(byte[] header, byte[] unprotected, byte[] payload, byte[] signed) {
    final byte[] head = cbor(w -> w.writeArrayHeader(4).writeBytes(header));
    final byte[] tail = cbor(w -> w.writeBytes(payload).writeBytes(signed));
    final byte[] cose = Arrays.copyOf(head, head.length + unprotected.length + tail.length);
    System.arraycopy(unprotected, 0, cose, head.length, unprotected.length);
    System.arraycopy(tail, 0, cose, head.length + unprotected.length, tail.length);
    return text(cose);
  }

  private static String withHeader(byte[] header) {
    return envelope(header, NO_HEADER, payload(CodeEnvelopeTest::person), SIGNATURE);
  }

  private static String withPayload(byte[] payload) {
    return envelope(header(), NO_HEADER, payload, SIGNATURE);
  }

  private static String withBody(Consumer<CborWriter> body) {
    return withPayload(payload(body));
  }

  private void assertTaken(String text) {
    final byte[] ascii = TestCodes.ascii(text);
    assertTrue(code.wrap(ascii, 0, ascii.length), () -> code.field() + " " + code.explanation());
  }

  private void assertRefused(String field, String explanation, String text) {
    final byte[] ascii = TestCodes.ascii(text);
    assertFalse(code.wrap(ascii, 0, ascii.length), field + " " + explanation);
    assertEquals(field + " " + explanation, code.field() + " " + code.explanation());
  }

  @Test
  void aCodeIsOneCoseSign1OfFourParts() {
    assertTaken(withBody(CodeEnvelopeTest::person));
    assertFalse(code.isUnsupported());
    final String four = "is not a COSE_Sign1 array of four";
    assertRefused("cose", four, text(cbor(w -> w.writeInt(4))));
    assertRefused("cose", four, text(cbor(w -> w.writeMapHeader(0))));
    final Consumer<CborWriter> three = w -> w.writeBytes(KID).writeMapHeader(0).writeBytes(KID);
    assertRefused("cose", four, text(cbor(w -> three.accept(w.writeArrayHeader(3)))));
    assertRefused(
        "cose",
        four,
        text(
            cbor(
                w -> {
                  three.accept(w.writeArrayHeader(5));
                  w.writeInt(1).writeInt(1);
                })));
    assertRefused(
        "cose",
        "is tagged as something other than COSE_Sign1",
        text(cbor(w -> three.accept(w.writeTag(98).writeArrayHeader(3)))));
    assertRefused(
        "cose",
        "is tagged as something other than COSE_Sign1",
        text(cbor(w -> three.accept(w.writeTag(61).writeTag(18).writeArrayHeader(3)))));
    assertRefused("cose", four, text(cbor(w -> three.accept(w.writeTag(18).writeArrayHeader(3)))));
    assertRefused(
        "protected",
        "is not a byte string",
        text(cbor(w -> w.writeArrayHeader(4).writeInt(1).writeInt(1).writeInt(1).writeInt(1))));
    assertRefused(
        "unprotected",
        "is not a map",
        text(cbor(w -> w.writeArrayHeader(4).writeBytes(KID).writeInt(1).writeInt(1).writeInt(1))));
    assertRefused(
        "payload",
        "is not a byte string",
        text(
            cbor(
                w ->
                    w.writeArrayHeader(4)
                        .writeBytes(KID)
                        .writeMapHeader(0)
                        .writeInt(1)
                        .writeInt(1))));
    assertRefused(
        "signature",
        "is not a byte string",
        text(
            cbor(
                w -> {
                  three.accept(w.writeArrayHeader(4));
                  w.writeInt(1);
                })));
    assertRefused(
        "unprotected",
        "is not empty",
        envelope(
            header(),
            cbor(w -> w.writeMapHeader(1).writeInt(9).writeInt(9)),
            payload(CodeEnvelopeTest::person),
            SIGNATURE));
    for (final int length : new int[] {0, 63, 65}) {
      assertRefused(
          "signature",
          "is not of 64 bytes",
          envelope(header(), NO_HEADER, payload(CodeEnvelopeTest::person), new byte[length]));
    }
  }

  @Test
  void theProtectedHeaderNamesTheAlgorithmAndAKeyOfEightBytes() {
    assertRefused("protected", "is not a map", withHeader(cbor(w -> w.writeInt(1))));
    assertRefused("protected", "is cut short", withHeader(cbor(w -> w.writeMapHeader(1))));
    assertRefused("alg", "is missing", withHeader(new byte[0]));
    assertRefused("alg", "is missing", withHeader(NO_HEADER));
    assertRefused(
        "alg",
        "is missing",
        withHeader(cbor(w -> w.writeMapHeader(1).writeInt(4).writeBytes(KID))));
    assertFalse(code.isUnsupported());
    assertRefused(
        "alg",
        "is not a number",
        withHeader(cbor(w -> w.writeMapHeader(1).writeInt(1).writeText("SM2"))));
    assertTrue(code.isUnsupported());
    for (final int other : new int[] {0, -7, -37, 1}) {
      assertRefused(
          "alg",
          "is not one that this format allows",
          withHeader(cbor(w -> w.writeMapHeader(1).writeInt(1).writeInt(other))));
      assertTrue(code.isUnsupported());
    }
    assertRefused(
        "kid", "is missing", withHeader(cbor(w -> w.writeMapHeader(1).writeInt(1).writeInt(SM2))));
    assertFalse(code.isUnsupported());
    final String[] faults = {"is not of 8 bytes", "is longer than 64 bytes"};
    for (final int length : new int[] {0, 7, 9, 64, 65}) {
      assertRefused(
          "kid",
          faults[length > 64 ? 1 : 0],
          withHeader(
              cbor(
                  w ->
                      w.writeMapHeader(2)
                          .writeInt(1)
                          .writeInt(SM2)
                          .writeInt(4)
                          .writeBytes(new byte[length]))));
      assertFalse(code.cose().hasKid());
    }
    assertRefused(
        "kid",
        "is not a byte string",
        withHeader(
            cbor(w -> w.writeMapHeader(2).writeInt(1).writeInt(SM2).writeInt(4).writeText("k"))));
    assertTaken(withHeader(header()));
    assertTrue(code.cose().hasKid());
    assertEquals(0x0102030405060708L, code.cose().kid());
    assertArrayEquals(KID, code.cose().kidBytes());
  }

  @Test
  void otherHeadersArePassedOverUnlessTheyMustBeUnderstood() {
    assertRefused(
        "crit",
        "names header parameters that must be understood",
        withHeader(
            cbor(
                w ->
                    w.writeMapHeader(3)
                        .writeInt(1)
                        .writeInt(SM2)
                        .writeInt(2)
                        .writeArrayHeader(1)
                        .writeInt(9)
                        .writeInt(4)
                        .writeBytes(KID))));
    assertTrue(code.isUnsupported());
    final byte[] well = header();
    final byte[] more =
        cbor(
            w ->
                w.writeMapHeader(6)
                    .writeInt(1)
                    .writeInt(SM2)
                    .writeInt(4)
                    .writeBytes(KID)
                    .writeBytes(new byte[2])
                    .writeInt(1)
                    .writeText("x")
                    .writeArrayHeader(2)
                    .writeInt(1)
                    .writeInt(2)
                    .writeArrayHeader(2)
                    .writeInt(4)
                    .writeInt(1)
                    .writeBytes(new byte[3])
                    .writeMapHeader(1)
                    .writeInt(1)
                    .writeInt(4)
                    .writeInt(1));
    assertTaken(withHeader(well));
    assertTaken(withHeader(more));
    assertEquals(0x0102030405060708L, code.cose().kid());
    assertRefused(
        "protected",
        "is not in deterministic CBOR: a map key is tagged",
        withHeader(
            cbor(
                w ->
                    w.writeMapHeader(3)
                        .writeInt(1)
                        .writeInt(SM2)
                        .writeInt(4)
                        .writeBytes(KID)
                        .writeTag(55_799)
                        .writeInt(2)
                        .writeNull())));
    assertRefused(
        "alg",
        "is not a number",
        withHeader(
            cbor(
                w ->
                    w.writeMapHeader(2)
                        .writeInt(1)
                        .writeTag(55_799)
                        .writeInt(SM2)
                        .writeInt(4)
                        .writeBytes(KID))));
  }

  @Test
  void theClaimsOfTheCwtAreThereAndOfTheirTypes() {
    assertRefused("payload", "is cut short", withPayload(new byte[0]));
    assertRefused(
        "iss",
        "is missing",
        withPayload(
            cbor(w -> w.writeMapHeader(2).writeInt(4).writeInt(2).writeInt(6).writeInt(1))));
    for (final String other : new String[] {"", "G", "GDX", "GE", "HD", "MO"}) {
      assertRefused(
          "iss",
          "is not the issuer of this format",
          withPayload(
              cbor(w -> w.writeMapHeader(2).writeInt(1).writeText(other).writeInt(4).writeInt(2))));
    }
    assertRefused(
        "iss",
        "is not text",
        withPayload(cbor(w -> w.writeMapHeader(1).writeInt(1).writeBytes(KID))));
    assertRefused(
        "iat",
        "is missing",
        withPayload(
            cbor(w -> w.writeMapHeader(2).writeInt(1).writeText("GD").writeInt(4).writeInt(2))));
    for (final int claim : new int[] {4, 5, 6}) {
      final String name = new String[] {"exp", "nbf", "iat"}[claim - 4];
      for (final long wrong : new long[] {-1, CodeLimits.MAX_EPOCH_SECONDS + 1, Long.MAX_VALUE}) {
        assertRefused(
            name,
            "is not a time",
            withPayload(cbor(w -> w.writeMapHeader(1).writeInt(claim).writeInt(wrong))));
      }
      assertRefused(
          name,
          "is not a time",
          withPayload(cbor(w -> w.writeMapHeader(1).writeInt(claim).writeText("1"))));
      assertRefused(
          name,
          "is not a time",
          withPayload(cbor(w -> w.writeMapHeader(1).writeInt(claim).writeTag(1).writeInt(1))));
    }
    assertRefused("exp", "is before iat", withPayload(payload(4, 5, CodeEnvelopeTest::person)));
    assertTaken(withPayload(payload(5, 5, CodeEnvelopeTest::person)));
    assertTaken(withPayload(payload(0, 0, CodeEnvelopeTest::person)));
    assertEquals(0, code.cwt().expiresAtEpochSeconds());
    final long last = CodeLimits.MAX_EPOCH_SECONDS;
    assertTaken(withPayload(payload(last, last, CodeEnvelopeTest::person)));
    assertEquals(last, code.cwt().issuedAtEpochSeconds());
    assertEquals(HealthCode.ABSENT, code.cwt().notBeforeEpochSeconds());
    assertTaken(
        withPayload(
            cbor(
                w -> {
                  w.writeMapHeader(6).writeInt(1).writeText("GD").writeInt(4).writeInt(9);
                  w.writeInt(5).writeInt(7).writeInt(6).writeInt(8).writeInt(-65537);
                  person(w);
                  w.writeText("z").writeArrayHeader(1).writeInt(4);
                })));
    assertEquals(7, code.cwt().notBeforeEpochSeconds());
    assertEquals(8, code.cwt().issuedAtEpochSeconds());
    assertEquals(9, code.cwt().expiresAtEpochSeconds());
  }

  /** A body whose one claim beside those that must be is this one. */
  private static String with(int claim, Consumer<CborWriter> value) {
    return withBody(
        w -> {
          w.writeMapHeader(5).writeInt(1).writeBytes(new byte[16]).writeInt(2).writeInt(0);
          w.writeInt(3).writeInt(0);
          if (claim > 7) {
            w.writeInt(7).writeBytes(new byte[8]);
          }
          value.accept(w.writeInt(claim));
          if (claim < 7) {
            w.writeInt(7).writeBytes(new byte[8]);
          }
        });
  }

  /** A positive test behind a tag, or under a key behind one, is not left out. */
  @Test
  void aRegionsClaimsStandAsTheFormatHasThemAndNoOther() {
    assertRefused("result", "is not a number from 0 to 2", with(4, w -> w.writeTag(1).writeInt(2)));
    assertRefused(
        "payload",
        "is not in deterministic CBOR: a map key is tagged",
        withBody(
            w -> {
              w.writeMapHeader(5).writeInt(1).writeBytes(new byte[16]).writeInt(2).writeInt(0);
              w.writeInt(3).writeInt(0).writeInt(7).writeBytes(new byte[8]);
              w.writeTag(55_799).writeInt(4).writeInt(2);
            }));
  }

  @Test
  void eachClaimIsTakenUpToItsBoundsAndNamedBeyond() {
    assertRefused("claim -65537", "is not a map", withBody(w -> w.writeInt(1)));
    assertRefused("serial", "is not 8 bytes", withBody(w -> body(w, 4, 0, 7)));
    assertRefused("serial", "is not 8 bytes", withBody(w -> body(w, 4, 0, 9)));
    assertRefused("result", "is not a number from 0 to 2", with(4, w -> w.writeInt(3)));
    assertRefused("result", "is not a number from 0 to 2", with(4, w -> w.writeInt(-1)));
    assertRefused("result", "is not a number from 0 to 2", with(4, w -> w.writeText("no")));
    assertRefused("sampleTime", "is missing", with(4, w -> w.writeInt(1)));
    assertTaken(with(4, w -> w.writeInt(0)));
    assertRefused("sampleTime", "is not epoch minutes", with(5, w -> w.writeInt(-1)));
    assertRefused("sampleTime", "is not epoch minutes", with(5, w -> w.writeInt(1L << 31)));
    assertTaken(with(5, w -> w.writeInt(Integer.MAX_VALUE)));
    assertEquals(Integer.MAX_VALUE, code.region().sampleEpochMinutes());
    assertRefused("doses", "is not a number from 0 to 99", with(6, w -> w.writeInt(100)));
    assertTaken(with(6, w -> w.writeInt(99)));
    assertEquals(99, code.region().doses());
    for (final String origin : new String[] {"", "M", "MOO", "mo", "M0", "é"}) {
      assertRefused(
          "origin", "is not text of 2 capital letters", with(8, w -> w.writeText(origin)));
    }
    assertRefused(
        "origin", "is not text of 2 capital letters", with(8, w -> w.writeBytes(new byte[2])));
    assertTaken(with(8, w -> w.writeText("MO")));
    assertEquals("MO", code.region().origin());
    assertRefused("groupSize", "is not a number from 1 to 500", with(9, w -> w.writeInt(0)));
    assertRefused("groupSize", "is not a number from 1 to 500", with(9, w -> w.writeInt(501)));
    assertTaken(with(9, w -> w.writeInt(500)));
    assertEquals(500, code.region().groupSize());
    assertRefused("groupDigest", "is not 32 bytes", with(10, w -> w.writeBytes(new byte[31])));
    assertRefused("groupDigest", "is not 32 bytes", with(10, w -> w.writeBytes(new byte[33])));
    assertTaken(with(10, w -> w.writeBytes(new byte[32])));
    assertTaken(with(11, w -> w.writeBytes(new byte[3])));
    assertEquals(HealthCode.ABSENT, code.region().groupDigestOffset());
    assertTaken(
        withBody(
            w -> {
              w.writeMapHeader(6).writeInt(0).writeBytes(new byte[3]);
              w.writeInt(1).writeBytes(new byte[16]).writeInt(2).writeInt(0);
              w.writeInt(3).writeInt(0).writeInt(7).writeBytes(new byte[8]);
              w.writeText("z").writeMapHeader(1).writeInt(3).writeInt(2);
            }));
    assertEquals(Colour.GREEN, code.region().colour());
  }

  @Test
  void aGroupHasASizeAndADigest() {
    assertRefused(
        "groupDigest",
        "is missing",
        withBody(
            w -> {
              body(w, 5, CodeKind.GROUP.number(), 8);
              w.writeInt(9).writeInt(3);
            }));
    assertTaken(
        withBody(
            w -> {
              body(w, 6, CodeKind.GROUP.number(), 8);
              w.writeInt(9).writeInt(3).writeInt(10).writeBytes(new byte[32]);
            }));
    assertEquals(3, code.region().groupSize());
    assertEquals(
        "{\"iss\":\"GD\",\"iat\":1,\"exp\":2,\"subject\":\""
            + "0".repeat(32)
            + "\",\"kind\":\"group\",\"colour\":\"green\",\"result\":\"none\",\"doses\":0,"
            + "\"serial\":\""
            + "0".repeat(16)
            + "\",\"groupSize\":3,\"groupDigest\":\""
            + "0".repeat(64)
            + "\"}",
        ClaimsJson.of(code).toString());
  }

  @Test
  void whatACodeSaysIsShownAsJson() {
    assertTaken(TestCodes.valid(CodeFormat.GD1));
    assertEquals(
        "{\"iss\":\"GD\",\"iat\":1767225600,\"exp\":1767225660,"
            + "\"subject\":\"f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff\",\"kind\":\"person\","
            + "\"colour\":\"yellow\",\"result\":\"negative\",\"sampleEpochMinutes\":29453000,"
            + "\"doses\":3,\"serial\":\"0102030405060708\"}",
        ClaimsJson.of(code).toString());
    assertTaken(with(8, w -> w.writeText("MO")));
    assertEquals("MO", ClaimsJson.of(code).get("origin").textValue());
    assertEquals("red", Colour.ofNumber(2).wireName());
  }

  @Test
  void aTextOfTheGreatestLengthIsReadAndALongerOneIsNot() {
    assertRefused("base45", "has a group whose value is too great", "GD1:" + ":".repeat(4_292));
    assertRefused("code", "is longer than 4296 characters", "GD1:" + ":".repeat(4_293));
  }

  /** Heads of every length: what is signed is put together anew (RFC 9052 §4.4). */
  @Test
  void whatIsSignedIsWhatWasSignedWhateverItsLength() {
    final BouncyCastleEngine engine = new BouncyCastleEngine();
    for (int each = 0; each < 260; each++) {
      final int padding = each;
      final byte[] header =
          cbor(
              w -> {
                w.writeMapHeader(3)
                    .writeInt(1)
                    .writeInt(SM2)
                    .writeInt(4)
                    .writeBytes(kidOfGuangdong());
                w.writeInt(5).writeBytes(new byte[padding]);
              });
      final byte[] payload =
          payload(
              w -> {
                body(w, 5, 0, 8);
                w.writeInt(11).writeBytes(new byte[padding]);
              });
      final byte[] signed = TestCodes.toBeSigned(header, payload);
      final byte[] signature = new CodeSigner(TestCodes.GD).sign(signed, 0, signed.length);
      assertTaken(envelope(header, NO_HEADER, payload, signature));
      assertArrayEquals(signed, Arrays.copyOf(code.cose().signed(), code.cose().signedLength()));
      assertTrue(
          engine.verify(
              TestCodes.GD.issuerKey(),
              code.cose().signed(),
              0,
              code.cose().signedLength(),
              code.buffer(),
              code.cose().signatureOffset(),
              code.cose().signatureLength()));
    }
  }

  private static byte[] kidOfGuangdong() {
    return ByteBuffer.allocate(8).putLong(TestCodes.GD.issuerKey().kid()).array();
  }
}
