package gongbei.verifier.venue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Derives, by HMAC-SM3 under a key of the region, the word that a venue's screen and its visitors'
 * phones show in one minute, and the digest that a venue's code has of its PIN. All nodes of a
 * region derive the same, and nobody without the key can. For any thread.
 */
public final class VenueWords {
  private static final long SECONDS_A_MINUTE = 60;
  private static final byte WORD = 1;
  private static final byte PIN = 2;
  private static final String CONSONANTS = "BDFGHJKLMNPRSTVZ";
  private static final String VOWELS = "AEIO";
  private static final int SYLLABLES = 3;
  private static final int PIN_DIGEST_BYTES = 8;

  private final KeyParameter key;

  /**
   * @param key of the region, the same on all of its nodes
   */
  public VenueWords(byte[] key) {
    this.key = new KeyParameter(key);
  }

  /** Counts the minutes since 1970 to a second. */
  public static long minuteOf(long epochSeconds) {
    return Math.floorDiv(epochSeconds, SECONDS_A_MINUTE);
  }

  /**
   * Derives the word of a venue in the minute of a second: six Latin letters, of which every second
   * is a vowel, so that it can be read aloud in any language.
   *
   * @param serial of the venue's codes, 8 bytes
   */
  public String word(byte[] serial, long epochSeconds) {
    final byte[] mac =
        mac(WORD, serial, ByteBuffer.allocate(Long.BYTES).putLong(minuteOf(epochSeconds)).array());
    final StringBuilder word = new StringBuilder(2 * SYLLABLES);
    for (int i = 0; i < SYLLABLES; i++) {
      word.append(CONSONANTS.charAt(mac[2 * i] & 0xF)).append(VOWELS.charAt(mac[2 * i + 1] & 3));
    }
    return word.toString();
  }

  /** Derives the digest of a PIN, 8 bytes, which differs from venue to venue. */
  public byte[] pinDigest(byte[] serial, String pin) {
    return Arrays.copyOf(mac(PIN, serial, pin.getBytes(StandardCharsets.UTF_8)), PIN_DIGEST_BYTES);
  }

  private byte[] mac(byte purpose, byte[] serial, byte[] text) {
    final HMac hmac = new HMac(new SM3Digest());
    hmac.init(key);
    hmac.update(purpose);
    hmac.update(serial, 0, serial.length);
    hmac.update(text, 0, text.length);
    final byte[] mac = new byte[hmac.getMacSize()];
    hmac.doFinal(mac, 0);
    return mac;
  }
}
