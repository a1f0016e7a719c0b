package gongbei.codec.code;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.cbor.CborWriter;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.trust.IssuerKey;
import gongbei.testing.Allocations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class HealthCodeTest {
  private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

  private final HealthCode code = new HealthCode();
  private final BouncyCastleEngine engine = new BouncyCastleEngine();

  private boolean wrap(String text) {
    final byte[] ascii = TestCodes.ascii(text);
    return code.wrap(ascii, 0, ascii.length);
  }

  private boolean verifies(CodeFormat format) {
    final IssuerKey key = TestCodes.keyOf(format).issuerKey();
    return code.cose().kid() == key.kid()
        && engine.verify(
            key,
            code.cose().signed(),
            0,
            code.cose().signedLength(),
            code.buffer(),
            code.cose().signatureOffset(),
            code.cose().signatureLength());
  }

  private void assertRefused(String text, String field, String explanation) {
    assertFalse(wrap(text), text);
    assertEquals(field, code.field(), text);
    assertEquals(explanation, code.explanation(), text);
  }

  @ParameterizedTest
  @EnumSource(
      value = CodeFormat.class,
      names = {"GD1", "MO1"})
  void readsWhatWasIssued(CodeFormat format) {
    assertTrue(wrap(TestCodes.valid(format)), code.explanation());
    assertEquals(format, code.format());
    assertEquals(format.issuer(), code.cwt().issuer());
    assertEquals(TestCodes.IAT, code.cwt().issuedAtEpochSeconds());
    assertEquals(TestCodes.EXP, code.cwt().expiresAtEpochSeconds());
    assertArrayEquals(
        TestCodes.subject(),
        Arrays.copyOfRange(
            code.buffer(), code.region().subjectOffset(), code.region().subjectOffset() + 16));
    assertEquals(CodeKind.PERSON, code.region().kind());
    assertEquals(Colour.YELLOW, code.region().colour());
    assertEquals(TestResult.NEGATIVE, code.region().result());
    assertEquals(29_453_000, code.region().sampleEpochMinutes());
    assertEquals(3, code.region().doses());
    assertTrue(verifies(format));
  }

  @Test
  void readsAnHcertsTest() {
    assertTrue(wrap(TestCodes.valid(CodeFormat.HC1)), code.explanation());
    final ForeignFacts claims = code.facts();
    assertEquals(HcertClaims.TEST, claims.types());
    assertTrue(claims.isOfThisDisease() && claims.isOfKnownKind());
    assertFalse(claims.isPositive());
    assertEquals(
        1_767_182_400 / 60,
        claims.negativeSampleEpochMinutes(TestKind.NAAT),
        "2025-12-31T12:00:00Z");
    assertEquals(HealthCode.ABSENT, claims.negativeSampleEpochMinutes(TestKind.RAT));
    assertTrue(verifies(CodeFormat.HC1));
  }

  @Test
  void refusesWhatIsNoCodeAndSaysWhy() {
    assertRefused("", "code", "is empty");
    assertRefused("G", "prefix", "is none of GD1:, MO1:, HC1:, shc:/ and { of JSON");
    assertRefused("GD1", "prefix", "is none of GD1:, MO1:, HC1:, shc:/ and { of JSON");
    assertTrue(code.isUnsupported());
    assertRefused("gd1:BB8", "prefix", "is none of GD1:, MO1:, HC1:, shc:/ and { of JSON");
    assertRefused("HC2:BB8", "prefix", "is none of GD1:, MO1:, HC1:, shc:/ and { of JSON");
    assertRefused("GD1:A", "base45", "has a length that Base45 cannot have");
    assertRefused("GD1:bb8", "base45", "has a character outside the Base45 alphabet");
    assertRefused("GD1::::", "base45", "has a group whose value is too great");
    assertFalse(code.isUnsupported());
    assertRefused("GD1:", "cose", "is cut short");
    assertRefused("HC1:", "zlib", "is cut short");
    assertRefused("HC1:BB8", "zlib", "is not zlib data");
    assertRefused("GD1:" + "0".repeat(4_293), "code", "is longer than 4296 characters");
    final String lower = TestCodes.valid(CodeFormat.GD1).replace('A', 'a').replace('B', 'b');
    assertRefused(lower, "base45", "has a character outside the Base45 alphabet");
  }

  @ParameterizedTest
  @EnumSource(
      value = CodeFormat.class,
      names = {"GD1", "MO1", "HC1"})
  void refusesEveryTruncation(CodeFormat format) {
    final String valid = TestCodes.valid(format);
    for (int length = 0; length < valid.length(); length++) {
      assertFalse(wrap(valid.substring(0, length)), "of " + length);
      assertNotNull(code.field());
      assertNotNull(code.explanation());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = CodeFormat.class,
      names = {"GD1", "MO1"})
  void noChangeOfOneCharacterVerifies(CodeFormat format) {
    final byte[] valid = TestCodes.ascii(TestCodes.valid(format));
    for (int at = 0; at < valid.length; at++) {
      final byte before = valid[at];
      for (int i = 0; i < ALPHABET.length(); i++) {
        valid[at] = (byte) ALPHABET.charAt(i);
        if (valid[at] != before && code.wrap(valid, 0, valid.length)) {
          assertFalse(code.format() == format && verifies(format), "at " + at);
        }
      }
      valid[at] = before;
    }
    assertTrue(code.wrap(valid, 0, valid.length) && verifies(format));
  }

  @ParameterizedTest
  @EnumSource(
      value = CodeFormat.class,
      names = {"GD1", "MO1", "HC1"})
  void everyChangeOfOneByteIsAnsweredWithoutFailing(CodeFormat format) {
    final byte[] valid = TestCodes.ascii(TestCodes.valid(format));
    for (int at = 0; at < valid.length; at++) {
      final byte before = valid[at];
      for (int value = 0; value < 256; value++) {
        valid[at] = (byte) value;
        if (!code.wrap(valid, 0, valid.length)) {
          assertNotNull(code.field());
          assertNotNull(code.explanation());
        }
      }
      valid[at] = before;
    }
  }

  @Test
  void refusesAZlibBombAtItsLimit() throws IOException {
    assertRefused(hc1(new byte[65_537]), "zlib", "inflates to more than 65536 bytes");
    assertRefused(hc1(new byte[2_000_000]), "zlib", "inflates to more than 65536 bytes");
    assertFalse(wrap(hc1(new byte[65_536])));
    assertEquals("cose", code.field(), "the limit itself is let through to the next layer");
  }

  @Test
  void refusesDamagedZlib() throws IOException {
    final byte[] compressed = compress(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    assertRefused(text(Arrays.copyOf(compressed, compressed.length - 1)), "zlib", "is cut short");
    assertRefused(
        text(Arrays.copyOf(compressed, compressed.length + 1)), "zlib", "has bytes after its end");
    final Deflater deflater = new Deflater();
    deflater.setDictionary(new byte[] {1, 2, 3});
    deflater.setInput(new byte[] {1, 2, 3});
    deflater.finish();
    final byte[] out = new byte[100];
    final int length = deflater.deflate(out);
    deflater.end();
    assertRefused(text(Arrays.copyOf(out, length)), "zlib", "needs a dictionary");
  }

  @Test
  void refusesDeepAndDuplicateAndIndefiniteCborInEveryFormat() throws IOException {
    final byte[] deep = new byte[2_000];
    Arrays.fill(deep, (byte) 0x81);
    assertRefused("GD1:" + Base45.encode(deep, 0, deep.length), "cose", "is nested too deep");
    final byte[] deeper = new byte[10_000];
    Arrays.fill(deeper, (byte) 0x81);
    assertRefused(hc1(deeper), "cose", "is nested too deep");
    final byte[] indefinite = {(byte) 0x9F, 0x40, (byte) 0xA0, 0x40, 0x40, (byte) 0xFF};
    assertRefused(
        "MO1:" + Base45.encode(indefinite, 0, indefinite.length),
        "cose",
        "has an item of indefinite length");
    assertRefused(
        gd1(claims -> claims.writeMapHeader(2).writeInt(1).writeText("GD").writeInt(1).writeInt(2)),
        "payload",
        "has a duplicate map key");
  }

  @Test
  void namesTheClaimThatIsAtFault() {
    assertRefused(gd1(claims -> claims.writeInt(1)), "payload", "is not a map of claims");
    assertRefused(gd1(claims -> claims.writeMapHeader(0)), "exp", "is missing");
    assertRefused(
        gd1(claims -> claims.writeMapHeader(1).writeInt(4).writeText("x")), "exp", "is not a time");
    assertRefused(
        gd1(claims -> head(claims, "MO", 2, 1)), "iss", "is not the issuer of this format");
    assertRefused(gd1(claims -> head(claims, "GD", 1, 2)), "exp", "is before iat");
    assertRefused(gd1(claims -> head(claims, "GD", 2, 1)), "claim -65537", "is missing");
    assertRefused(body(0, claims -> {}), "subject", "is missing");
    assertRefused(
        body(1, claims -> claims.writeInt(1).writeBytes(new byte[15])),
        "subject",
        "is not 16 bytes");
    assertRefused(
        body(2, claims -> subject(claims).writeInt(2).writeInt(6)),
        "kind",
        "is not a number from 0 to 5");
    assertRefused(body(1, claims -> subject(claims)), "kind", "is missing");
    assertRefused(
        body(2, claims -> subject(claims).writeInt(2).writeInt(0)), "colour", "is missing");
    assertRefused(
        body(3, claims -> kind(claims, 0).writeInt(3).writeInt(3)),
        "colour",
        "is not a number from 0 to 2");
    assertRefused(
        body(3, claims -> kind(claims, 0).writeInt(3).writeInt(0)), "serial", "is missing");
    assertRefused(
        body(
            5,
            claims ->
                colour(claims, 0).writeInt(4).writeInt(1).writeInt(7).writeBytes(new byte[8])),
        "sampleTime",
        "is missing");
    assertRefused(
        body(4, claims -> colour(claims, 3).writeInt(7).writeBytes(new byte[8])),
        "origin",
        "is missing");
    assertRefused(
        body(4, claims -> colour(claims, 1).writeInt(7).writeBytes(new byte[8])),
        "groupSize",
        "is missing");
    assertRefused(
        body(4, claims -> colour(claims, 0).writeInt(6).writeInt(100)),
        "doses",
        "is not a number from 0 to 99");
  }

  @Test
  void claimsThatAreNotKnownYetArePassedOver() {
    final String text =
        body(
            5,
            claims ->
                colour(claims, 0)
                    .writeInt(7)
                    .writeBytes(new byte[8])
                    .writeInt(4_294_967_297L)
                    .writeBytes(new byte[3]));
    assertTrue(wrap(text), code.explanation());
  }

  private static CborWriter head(CborWriter claims, String issuer, long exp, long iat) {
    return claims
        .writeMapHeader(3)
        .writeInt(1)
        .writeText(issuer)
        .writeInt(4)
        .writeInt(exp)
        .writeInt(6)
        .writeInt(iat);
  }

  private static CborWriter subject(CborWriter claims) {
    return claims.writeInt(1).writeBytes(new byte[16]);
  }

  private static CborWriter kind(CborWriter claims, int kind) {
    return subject(claims).writeInt(2).writeInt(kind);
  }

  private static CborWriter colour(CborWriter claims, int kind) {
    return kind(claims, kind).writeInt(3).writeInt(0);
  }

  private static String body(int pairs, Consumer<CborWriter> content) {
    return gd1(
        claims -> {
          claims
              .writeMapHeader(4)
              .writeInt(1)
              .writeText("GD")
              .writeInt(4)
              .writeInt(2)
              .writeInt(6)
              .writeInt(1)
              .writeInt(-65537)
              .writeMapHeader(pairs);
          content.accept(claims);
        });
  }

  /** A GD1 code of those claims with a signature of zeros, which decoding does not look at. */
  private static String gd1(Consumer<CborWriter> content) {
    final CborWriter header =
        new CborWriter(new byte[64])
            .writeMapHeader(2)
            .writeInt(1)
            .writeInt(-65537)
            .writeInt(4)
            .writeBytes(new byte[8]);
    final CborWriter payload = new CborWriter(new byte[256]);
    content.accept(payload);
    final byte[] cose =
        new CborWriter(new byte[512])
            .writeArrayHeader(4)
            .writeBytes(header.toByteArray())
            .writeMapHeader(0)
            .writeBytes(payload.toByteArray())
            .writeBytes(new byte[64])
            .toByteArray();
    return "GD1:" + Base45.encode(cose, 0, cose.length);
  }

  private static String hc1(byte[] content) throws IOException {
    return text(compress(content));
  }

  private static String text(byte[] compressed) {
    return "HC1:" + Base45.encode(compressed, 0, compressed.length);
  }

  private static byte[] compress(byte[] content) throws IOException {
    final ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (DeflaterOutputStream zlib = new DeflaterOutputStream(compressed)) {
      zlib.write(content);
    }
    return compressed.toByteArray();
  }

  @ParameterizedTest
  @EnumSource(
      value = CodeFormat.class,
      names = {"GD1", "MO1", "HC1"})
  void decodingAllocatesNothing(CodeFormat format) {
    final byte[] valid = TestCodes.ascii(TestCodes.valid(format));
    Allocations.assertNone("codes", 20_000, () -> assertEquals(20_000, decode(valid, 20_000)));
  }

  private int decode(byte[] text, int times) {
    int decoded = 0;
    for (int i = 0; i < times; i++) {
      if (code.wrap(text, 0, text.length)) {
        decoded++;
      }
    }
    return decoded;
  }
}
