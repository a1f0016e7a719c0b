package gongbei.codec.signature;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gongbei.testing.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.junit.jupiter.api.Test;

final class Sm3Test {
  private final Sm3 sm3 = new Sm3();
  private final Random random = Seeds.random(7);

  private byte[] hash(byte[] message) {
    sm3.update(message, 0, message.length);
    final byte[] hash = new byte[Sm3.DIGEST_BYTES];
    sm3.digest(hash, 0);
    return hash;
  }

  private static byte[] expected(byte[] message, int offset, int length) {
    final SM3Digest digest = new SM3Digest();
    digest.update(message, offset, length);
    final byte[] hash = new byte[Sm3.DIGEST_BYTES];
    digest.doFinal(hash, 0);
    return hash;
  }

  /** GB/T 32905-2016, appendix A. */
  @Test
  void hashesTheStandardsOwnExamples() {
    assertEquals(
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
        HexFormat.of().formatHex(hash("abc".getBytes(StandardCharsets.US_ASCII))));
    assertEquals(
        "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
        HexFormat.of().formatHex(hash("abcd".repeat(16).getBytes(StandardCharsets.US_ASCII))));
  }

  @Test
  void agreesWithTheLibraryAtEveryLengthOneAfterAnother() {
    for (int length = 0; length <= 300; length++) {
      final byte[] message = new byte[length];
      random.nextBytes(message);
      assertArrayEquals(expected(message, 0, length), hash(message), "length " + length);
    }
  }

  @Test
  void takesAMessageInPiecesOfAnySizeFromAnywhere() {
    for (int i = 0; i < 2_000; i++) {
      final byte[] buffer = new byte[600];
      random.nextBytes(buffer);
      final int start = random.nextInt(100);
      final int end = start + random.nextInt(500);
      int at = start;
      while (at < end) {
        final int length = Math.min(end - at, random.nextInt(150));
        sm3.update(buffer, at, length);
        at += length;
      }
      final byte[] hash = new byte[40];
      sm3.digest(hash, 5);
      final byte[] around = new byte[40];
      System.arraycopy(expected(buffer, start, end - start), 0, around, 5, Sm3.DIGEST_BYTES);
      assertArrayEquals(around, hash);
    }
  }
}
