package gongbei.codec.curve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gongbei.testing.Seeds;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class WordsTest {
  private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);

  private final Random random = Seeds.random(1);

  private List<BigInteger> numbers() {
    final List<BigInteger> numbers = new ArrayList<>();
    for (int bit = 0; bit <= 256; bit += 32) {
      final BigInteger power = BigInteger.ONE.shiftLeft(bit);
      for (int near = -2; near <= 2; near++) {
        numbers.add(power.add(BigInteger.valueOf(near)).mod(MODULUS));
      }
    }
    for (int i = 0; i < 30; i++) {
      numbers.add(new BigInteger(256, random));
    }
    return numbers;
  }

  @Test
  void sumsDifferencesAndOrderAreThoseOfIntegers() {
    final long[] result = new long[6];
    for (final BigInteger a : numbers()) {
      for (final BigInteger b : numbers()) {
        final long[] aWords = ReferenceCurve.words(a);
        final long[] bWords = ReferenceCurve.words(b);
        final long carry = Words.add(result, 2, aWords, 0, bWords, 0);
        assertEquals(a.add(b), ReferenceCurve.number(result, 2).add(carried(carry)));
        final long borrow = Words.subtract(result, 2, aWords, 0, bWords, 0);
        assertEquals(a.subtract(b), ReferenceCurve.number(result, 2).subtract(carried(borrow)));
        assertEquals(
            a.compareTo(b), Integer.signum(Words.compare(aWords, 0, bWords, 0)), a + " " + b);
        Words.add(aWords, 0, aWords, 0, bWords, 0);
        assertEquals(a.add(b).mod(MODULUS), ReferenceCurve.number(aWords, 0), "in place");
        Words.subtract(aWords, 0, aWords, 0, bWords, 0);
        assertEquals(a, ReferenceCurve.number(aWords, 0), "in place");
      }
    }
  }

  private static BigInteger carried(long carry) {
    return BigInteger.valueOf(carry).shiftLeft(256);
  }

  @Test
  void bytesAreBigEndianBothWays() {
    for (final BigInteger a : numbers()) {
      final byte[] bytes = new byte[40];
      final byte[] expected = new byte[40];
      final byte[] content = a.toByteArray();
      for (int i = 0; i < 32 && i < content.length; i++) {
        expected[34 - i] = content[content.length - 1 - i];
      }
      Words.write(bytes, 3, ReferenceCurve.words(a), 0);
      assertArrayEquals(expected, bytes, "the bytes around are left alone");
      final long[] words = new long[5];
      Words.read(words, 1, bytes, 3);
      assertEquals(a, ReferenceCurve.number(words, 1));
      assertEquals(a.signum() == 0, Words.isZero(words, 1));
    }
  }
}
