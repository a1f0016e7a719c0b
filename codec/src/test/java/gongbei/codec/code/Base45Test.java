package gongbei.codec.code;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gongbei.testing.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class Base45Test {
  private static int decode(String text, byte[] out) {
    final byte[] ascii = text.getBytes(StandardCharsets.ISO_8859_1);
    return Base45.decode(ascii, 0, ascii.length, out, 0);
  }

  @ParameterizedTest
  @CsvSource({"AB,BB8", "Hello!!,%69 VD92EX0", "base-45,UJCLQE7W581", "ietf!,QED8WEX0"})
  void encodesAndDecodesTheExamplesOfTheRfc(String plain, String encoded) {
    final byte[] bytes = plain.getBytes(StandardCharsets.US_ASCII);
    assertEquals(encoded, Base45.encode(bytes, 0, bytes.length));
    final byte[] out = new byte[bytes.length];
    assertEquals(bytes.length, decode(encoded, out));
    assertArrayEquals(bytes, out);
  }

  @Test
  void refusesWhatIsNotBase45() {
    final byte[] out = new byte[100];
    assertEquals(Base45.BAD_LENGTH, decode("A", out));
    assertEquals(Base45.BAD_LENGTH, decode("BB8A", out));
    assertEquals(Base45.BAD_CHARACTER, decode("bb8", out));
    assertEquals(Base45.BAD_CHARACTER, decode("BB\u00e9", out));
    assertEquals(Base45.BAD_CHARACTER, decode("B,", out));
    assertEquals(Base45.BAD_VALUE, decode("GGW", out), "65536, an example of RFC 9285");
    assertEquals(Base45.BAD_VALUE, decode(":::", out));
    assertEquals(Base45.BAD_VALUE, decode("::", out));
    assertEquals(Base45.BAD_VALUE, decode("V5", out), "256");
    assertEquals(2, decode("FGW", out), "65535, the greatest of three");
    assertEquals(1, decode("U5", out), "255, the greatest of two");
    assertEquals(0, decode("", out));
  }

  @Test
  void anyBytesComeBack() {
    final Random random = Seeds.random(3);
    for (int i = 0; i < 5_000; i++) {
      final byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      final byte[] out = new byte[bytes.length + 1];
      assertEquals(bytes.length, decode(Base45.encode(bytes, 0, bytes.length), out));
      assertArrayEquals(bytes, Arrays.copyOf(out, bytes.length));
    }
  }
}
