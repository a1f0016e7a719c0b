package gongbei.codec.cbor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import gongbei.testing.Seeds;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CborValidatorTest {
  private static final int DEPTH = 16;

  private final CborValidator validator = new CborValidator(DEPTH, 64);

  private String examine(String hex, boolean deterministic) {
    return examine(HexFormat.of().parseHex(hex), deterministic);
  }

  private String examine(byte[] bytes, boolean deterministic) {
    return validator.examine(bytes, 0, bytes.length, deterministic);
  }

  /** RFC 8949 appendix A. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "00",
        "17",
        "1818",
        "1903e8",
        "1a000f4240",
        "1b000000e8d4a51000",
        "1bffffffffffffffff",
        "20",
        "3863",
        "3bffffffffffffffff",
        "f4",
        "f6",
        "f7",
        "f0",
        "f8ff",
        "c074323031332d30332d32315432303a30343a30305a",
        "d74401020304",
        "40",
        "4401020304",
        "60",
        "6449455446",
        "62c3bc",
        "63e6b0b4",
        "64f0908591",
        "80",
        "8301820203820405",
        "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
        "a0",
        "a201020304",
        "a26161016162820203",
        "826161a161626163",
        "a56161614161626142616361436164614461656145"
      })
  void acceptsTheWellFormedExamplesInDeterministicForm(String hex) {
    assertNull(examine(hex, true));
    assertNull(examine(hex, false));
  }

  /** RFC 8949 appendix A. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "f90000",
        "f93c00",
        "fa47c35000",
        "fb7e37e43c8800759c",
        "f97e00",
        "5f42010243030405ff",
        "7f657374726561646d696e67ff",
        "9fff",
        "9f018202039f0405ffff",
        "83018202039f0405ff",
        "bf61610161629f0203ffff",
        "bf6346756ef563416d7421ff",
        "1800",
        "190017",
        "1a0000ffff",
        "1b00000000ffffffff",
        "5801ff",
        "a2616201616102"
      })
  void acceptsTheOtherWellFormedItemsOnlyWhereDeterminismIsNotAsked(String hex) {
    assertNull(examine(hex, false));
    assertNotNull(examine(hex, true));
  }

  /** RFC 8949 appendix F. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "18",
        "19",
        "1a",
        "1b",
        "1901",
        "1a0102",
        "1b01020304050607",
        "38",
        "58",
        "78",
        "98",
        "9a01ff00",
        "b8",
        "d8",
        "f8",
        "f900",
        "fa0000",
        "fb000000",
        "41",
        "61",
        "5affffffff00",
        "5bffffffffffffffff010203",
        "7affffffff00",
        "7b7fffffffffffffff010203",
        "81",
        "818181818181818181",
        "8200",
        "a1",
        "a20102",
        "a100",
        "a2000000",
        "c0",
        "5f4100",
        "7f6100",
        "9f",
        "9f0102",
        "bf",
        "bf01020102",
        "819f",
        "9f8000",
        "1c",
        "1d",
        "1e",
        "3c",
        "5c",
        "7c",
        "9c",
        "bc",
        "dc",
        "fc",
        "f800",
        "f818",
        "f81f",
        "5f00ff",
        "5f21ff",
        "5f6100ff",
        "5f80ff",
        "5fa0ff",
        "5fc000ff",
        "5fe0ff",
        "7f4100ff",
        "5f5f4100ffff",
        "7f7f6100ffff",
        "ff",
        "81ff",
        "8200ff",
        "a1ff",
        "a1ff00",
        "a100ff",
        "a20000ff",
        "9f81ff",
        "bf00ff",
        "bf000000ff",
        "1f",
        "3f",
        "df"
      })
  void refusesEveryIllFormedExample(String hex) {
    assertNotNull(examine(hex, false));
    assertNotNull(examine(hex, true));
  }

  @Test
  void refusesBytesAfterTheItem() {
    assertEquals("has bytes after its end", examine("0000", false));
    assertEquals("has bytes after its end", examine("0000", true));
  }

  @Test
  void refusesDuplicateKeysHoweverTheyAreWritten() {
    assertEquals("has a duplicate map key", examine("a201000100", true));
    assertEquals("has a duplicate map key", examine("a201000100", false));
    assertEquals("has a duplicate map key", examine("a20100180100", false));
    assertEquals("has a duplicate map key", examine("bf616100616100ff", false));
    assertEquals("has a duplicate map key", examine("a2616100" + "780161" + "00", false));
    assertEquals("has a duplicate map key", examine("81a26161006161a0", false));
    assertNull(examine("a2010020" + "00", false));
    assertNull(examine("a2a1010000a1010100", false), "maps may be keys, and these two differ");
  }

  @Test
  void refusesKeysThatMeanTheSameInTwoForms() {
    final String duplicate = "has a duplicate map key";
    assertEquals(duplicate, examine("a2" + "616100" + "7f6161ff00", false));
    assertEquals(duplicate, examine("a2" + "7f61706171ff00" + "62707100", false));
    assertEquals(duplicate, examine("a2" + "7f6170606171ff00" + "7f627071ff00", false));
    assertEquals(duplicate, examine("a2" + "f93c0000" + "fa3f80000000", false));
    final String tags = "has map keys that differ in their tags alone";
    assertEquals(tags, examine("a2" + "0100" + "c2410100", false));
    assertEquals(tags, examine("a2" + "c2420001" + "00" + "c25f4101ff00", false));
    assertEquals(tags, examine("a2" + "2000" + "c3410000", false));
    assertEquals(tags, examine("a2" + "616100" + "d9d9f7616100", false));
    assertNull(examine("a2" + "62707100" + "7f61706172ff00", false), "pq and pr");
    assertNull(examine("a2" + "61700062707100", false), "p and pq");
    assertNull(examine("a2" + "0100" + "410100", false), "a number and bytes");
    assertNull(examine("a2" + "0100" + "f93c0000", false), "a number and a float");
    assertNull(examine("a2" + "0100" + "c3410100", false), "1 and -2");
    assertNull(examine("a2" + "f600" + "1600", false), "null and 22");
    assertEquals("is not in deterministic CBOR: a map key is tagged", examine("a1c10100", true));
  }

  @Test
  void refusesTextThatIsNotUtf8() {
    for (final String text :
        new String[] {"6180", "61ff", "62c080", "63eda080", "64f4908080", "62c3c3", "63e28200"}) {
      assertEquals("has text that is not UTF-8", examine(text, false), text);
    }
  }

  /** The oracle is the JDK's decoder, which goes by RFC 3629 too. */
  @Test
  void textIsUtf8WhereTheJdkSaysSo() {
    final int[] next = {0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xF5};
    for (int lead = 0; lead < 256; lead++) {
      for (int length = 1; length <= 4; length++) {
        for (int each = 0; each < Math.pow(next.length, length - 1); each++) {
          // Another item follows, whose bytes might be taken for the text's.
          final byte[] item = new byte[2 + length + 3];
          item[0] = (byte) 0x84;
          item[1] = (byte) (0x60 + length);
          item[2] = (byte) lead;
          int rest = each;
          for (int i = 1; i < length; i++) {
            item[2 + i] = (byte) next[rest % next.length];
            rest /= next.length;
          }
          Arrays.fill(item, 2 + length, item.length, (byte) 0x80);
          final boolean isUtf8 = isUtf8(item, 2, length);
          assertEquals(
              isUtf8 ? null : "has text that is not UTF-8",
              examine(item, true),
              HexFormat.of().formatHex(item));
        }
      }
    }
  }

  private static boolean isUtf8(byte[] bytes, int offset, int length) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /** RFC 8949 §4.2.1. */
  @Test
  void aHeadIsNoLongerThanItsNumberNeeds() {
    for (final String shortest :
        new String[] {"1818", "18ff", "190100", "19ffff", "1a00010000", "1affffffff"}) {
      assertNull(examine(shortest, true), shortest);
    }
    assertNull(examine("1b0000000100000000", true));
    for (final String longer :
        new String[] {"1817", "1900ff", "1a0000ffff", "1b00000000ffffffff"}) {
      assertEquals(
          "is not in deterministic CBOR: a head is longer than need be", examine(longer, true));
      assertNull(examine(longer, false), longer);
    }
    assertEquals("has a reserved CBOR head", examine("f81f", false));
    assertNull(examine("f820", true));
    assertEquals(
        "is not in deterministic CBOR: map keys are out of order", examine("a202000100", true));
  }

  @Test
  void eachMapMayBeFullWhereverItStands() {
    final StringBuilder pairs = new StringBuilder();
    for (int i = 0; i < 64; i++) {
      pairs.append(String.format(Locale.ROOT, "19%04x00", 1_000 + i));
    }
    final String full = "b840" + pairs;
    final String open = "bf" + pairs + "ff";
    for (final String map : new String[] {full, open}) {
      assertNull(examine("83" + map.repeat(3), false), map);
      assertNull(examine("a2" + "00" + map + "01" + map, false), map);
      assertNull(examine("a1" + map + "00", false), map);
    }
    assertNull(examine("a2" + "00" + full + "01" + full, true));
    final String more = pairs + "19fff000";
    assertEquals("has a map of too many pairs", examine("a100" + "b841" + more, true));
    assertEquals("has a map of too many pairs", examine("a100" + "bf" + more + "ff", false));
  }

  @Test
  void nestsToItsDepthAndNoFurther() {
    assertNull(examine("9f".repeat(DEPTH) + "ff".repeat(DEPTH), false));
    assertEquals(
        "is nested too deep", examine("9f".repeat(DEPTH + 1) + "ff".repeat(DEPTH + 1), false));
    assertNull(examine("bf00".repeat(DEPTH - 1) + "bf" + "ff".repeat(DEPTH), false));
    assertEquals(
        "is nested too deep", examine("bf00".repeat(DEPTH) + "bf" + "ff".repeat(DEPTH + 1), false));
    assertNull(examine("c1".repeat(DEPTH) + "00", false));
    assertNull(examine("a100".repeat(DEPTH - 1) + "a0", false));
    assertEquals("is nested too deep", examine("81".repeat(DEPTH) + "5f40ff", false));
    assertNull(examine("81".repeat(DEPTH) + "00", false));
    assertEquals("is nested too deep", examine("81".repeat(DEPTH + 1) + "00", false));
    assertEquals("is nested too deep", examine("c1".repeat(DEPTH + 1) + "00", false));
    assertEquals("is nested too deep", examine("a100".repeat(DEPTH + 1) + "00", false));
    assertEquals("is nested too deep", examine("9f".repeat(DEPTH + 1), false));
    assertEquals("is nested too deep", examine("81".repeat(10_000) + "00", true));
    assertEquals("is nested too deep", examine("bf00".repeat(10_000), false));
  }

  @Test
  void refusesMapsOfTooManyPairs() {
    final StringBuilder map = new StringBuilder("b841");
    for (int i = 0; i < 65; i++) {
      map.append(String.format(Locale.ROOT, "19%04x00", 1000 + i));
    }
    assertEquals("has a map of too many pairs", examine(map.toString(), false));
    assertEquals("has a map of too many pairs", examine(map.toString(), true));
  }

  @Test
  void whatTheWriterWritesIsDeterministicAndTheReaderSkipsAllOfIt() {
    final byte[] buffer = new byte[4_096];
    final Random random = Seeds.random(4);
    for (int i = 0; i < 2_000; i++) {
      final CborWriter writer = new CborWriter(buffer);
      write(writer, random, 0);
      final byte[] written = writer.toByteArray();
      assertNull(examine(written, true), HexFormat.of().formatHex(written));
      final CborReader reader = new CborReader().wrap(written, 0);
      reader.skip();
      assertEquals(written.length, reader.position());
    }
  }

  private static void write(CborWriter writer, Random random, int depth) {
    switch (random.nextInt(depth > 4 ? 5 : 8)) {
      case 0 -> writer.writeInt(random.nextLong() >> random.nextInt(64));
      case 1 -> writer.writeBytes(new byte[random.nextInt(30)]);
      case 2 -> writer.writeText("粤康码".repeat(random.nextInt(12)));
      case 3 -> writer.writeBoolean(random.nextBoolean());
      case 4 -> writer.writeNull();
      case 5 -> {
        final int items = random.nextInt(4);
        writer.writeArrayHeader(items);
        for (int i = 0; i < items; i++) {
          write(writer, random, depth + 1);
        }
      }
      case 6 -> {
        final int pairs = random.nextInt(4);
        writer.writeMapHeader(pairs);
        for (int i = 0; i < pairs; i++) {
          writer.writeInt(i * 20L);
          write(writer, random, depth + 1);
        }
      }
      default -> {
        writer.writeTag(random.nextInt(100_000));
        write(writer, random, depth + 1);
      }
    }
  }

  /** RFC 8949 appendix A, and where a head grows. */
  @Test
  void writesTheShortestHead() {
    final Object[][] written = {
      {0L, "00"},
      {23L, "17"},
      {24L, "1818"},
      {255L, "18ff"},
      {256L, "190100"},
      {65_535L, "19ffff"},
      {65_536L, "1a00010000"},
      {4_294_967_295L, "1affffffff"},
      {4_294_967_296L, "1b0000000100000000"},
      {Long.MAX_VALUE, "1b7fffffffffffffff"},
      {-1L, "20"},
      {-24L, "37"},
      {-25L, "3818"},
      {-1_000L, "3903e7"},
      {Long.MIN_VALUE, "3b7fffffffffffffff"}
    };
    for (final Object[] each : written) {
      assertEquals(
          each[1],
          HexFormat.of()
              .formatHex(new CborWriter(new byte[16]).writeInt((long) each[0]).toByteArray()));
    }
    assertEquals(
        "c11a514b67b0f4f5f6",
        HexFormat.of()
            .formatHex(
                new CborWriter(new byte[16])
                    .writeTag(1)
                    .writeInt(1_363_896_240L)
                    .writeBoolean(false)
                    .writeBoolean(true)
                    .writeNull()
                    .toByteArray()));
  }

  @Test
  void readsNumbersOfEverySize() {
    for (final long value :
        new long[] {
          0,
          23,
          24,
          255,
          256,
          65_535,
          65_536,
          1L << 32,
          Long.MAX_VALUE,
          -1,
          -25,
          -65537,
          Long.MIN_VALUE
        }) {
      final CborWriter writer = new CborWriter(new byte[16]).writeInt(value);
      final CborReader reader = new CborReader().wrap(writer.toByteArray(), 0).next();
      assertEquals(value, reader.intValue());
    }
  }

  /** RFC 8949 appendix A. */
  @Test
  void readsFloatsOfEverySize() {
    assertEquals(1.5, floatOf("f93e00"));
    assertEquals(65504.0, floatOf("f97bff"));
    assertEquals(Math.scalb(1.0, -24), floatOf("f90001"));
    assertEquals(0.00006103515625, floatOf("f90400"));
    assertEquals(-4.0, floatOf("f9c400"));
    assertEquals(Double.POSITIVE_INFINITY, floatOf("f97c00"));
    assertEquals(Double.NaN, floatOf("f97e00"));
    assertEquals(100000.0, floatOf("fa47c35000"));
    assertEquals(1.0e+300, floatOf("fb7e37e43c8800759c"));
  }

  private static double floatOf(String hex) {
    return new CborReader().wrap(HexFormat.of().parseHex(hex), 0).next().floatValue();
  }

  @Test
  void noBytesAtAllMakeItFail() {
    final Random random = Seeds.random(5);
    final byte[] bytes = new byte[64];
    int wellFormed = 0;
    for (int i = 0; i < 300_000; i++) {
      random.nextBytes(bytes);
      final int length = 1 + random.nextInt(bytes.length - 1);
      if (validator.examine(bytes, 0, length, random.nextBoolean()) == null) {
        wellFormed++;
        final CborReader reader = new CborReader().wrap(Arrays.copyOf(bytes, length), 0);
        reader.skip();
        assertEquals(length, reader.position());
      }
    }
    assertEquals(true, wellFormed > 100, "some random bytes are CBOR");
  }
}
