package gongbei.replication.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Vectors of RFC 8998, appendix A.1, and of the GCM specification (McGrew, Viega), case 16. */
final class DatagramCipherTest {
  private static final byte[] HEADER = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  @ParameterizedTest
  @CsvSource({
    "SM4_GCM, 0123456789abcdeffedcba9876543210, 00001234567800000000abcd,"
        + " aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
        + "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa,"
        + " 17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        + "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        + "83de3541e4c2b58177e065a9bf7b62ec",
    "AES_256_GCM, feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308,"
        + " cafebabefacedbaddecaf888,"
        + " d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39,"
        + " 522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        + "76fc6ece0f4e1768cddf8853bb2d551b"
  })
  void aDatagramIsSealedAsTheStandardSaysAndOpensOnlyAsItIs(
      WireCipher cipher, String key, String nonce, String plain, String sealed) {
    final DatagramCipher sealer = cipher.newCipher(WireCipher.Way.SEAL, hex(key));
    final DatagramCipher opener = cipher.newCipher(WireCipher.Way.OPEN, hex(key));
    final byte[] out = new byte[256];
    final byte[] another = hex(nonce);
    another[0] ^= 1;
    for (int i = 0; i < 2; i++) {
      final int sealedBytes = sealer.apply(hex(nonce), HEADER, hex(plain), plain.length() / 2, out);
      assertArrayEquals(hex(sealed), Arrays.copyOf(out, sealedBytes));
      final int bytes = opener.apply(hex(nonce), HEADER, hex(sealed), sealed.length() / 2, out);
      assertArrayEquals(hex(plain), Arrays.copyOf(out, bytes));
      sealer.apply(another, HEADER, hex(plain), plain.length() / 2, out);
    }
    for (int bit = 0; bit < sealed.length() * 4; bit++) {
      final byte[] forged = hex(sealed);
      forged[bit / 8] ^= (byte) (1 << bit % 8);
      assertEquals(
          DatagramCipher.FORGED, opener.apply(hex(nonce), HEADER, forged, forged.length, out));
    }
    assertEquals(
        DatagramCipher.FORGED,
        opener.apply(another, HEADER, hex(sealed), sealed.length() / 2, out));
    final byte[] header = HEADER.clone();
    header[0] ^= 1;
    assertEquals(
        DatagramCipher.FORGED,
        opener.apply(hex(nonce), header, hex(sealed), sealed.length() / 2, out));
    assertEquals(DatagramCipher.FORGED, opener.apply(hex(nonce), HEADER, hex(sealed), 15, out));
  }
}
