package gongbei.verifier.http.transport;

import gongbei.codec.code.CodeLimits;
import gongbei.codec.time.UtcText;
import gongbei.verifier.mint.Minting;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Writes a minted code as JSON, in the one form that it has in HTTP's answers, into a buffer that
 * is used again and again. A code is of QR's alphanumeric characters, none of which JSON escapes.
 * Allocates nothing once made. For one thread at a time.
 */
public final class CodeJson {
  private static final byte[] CODE = ascii("{\"code\":\"");
  private static final byte[] EXPIRES = ascii("\",\"expires\":\"");
  private static final byte[] REFRESH_AT = ascii("\",\"refreshAt\":\"");
  private static final byte[] END = ascii("\"}");

  /** A time with three digits of a second. */
  private static final int MILLIS_BYTES = UtcText.BYTES + 4;

  private static final int AROUND_BYTES =
      CODE.length + EXPIRES.length + UtcText.BYTES + REFRESH_AT.length + MILLIS_BYTES + END.length;
  private static final long MILLIS = TimeUnit.SECONDS.toMillis(1);

  private byte[] bytes = new byte[AROUND_BYTES + CodeLimits.MAX_PERSON_CODE_CHARACTERS];
  private int length;

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Writes a code that was minted. */
  public CodeJson write(Minting minting) {
    if (bytes.length < AROUND_BYTES + minting.length()) {
      bytes = new byte[AROUND_BYTES + minting.length()];
    }
    length = 0;
    put(CODE, CODE.length);
    put(minting.textBytes(), minting.length());
    put(EXPIRES, EXPIRES.length);
    UtcText.write(minting.expiresAtEpochSeconds(), bytes, length);
    length += UtcText.BYTES;
    put(REFRESH_AT, REFRESH_AT.length);
    putMillis(minting.refreshAtEpochMillis());
    put(END, END.length);
    return this;
  }

  private void put(byte[] from, int count) {
    System.arraycopy(from, 0, bytes, length, count);
    length += count;
  }

  private void putMillis(long epochMillis) {
    UtcText.write(Math.floorDiv(epochMillis, MILLIS), bytes, length);
    length += UtcText.BYTES - 1;
    final int millis = (int) Math.floorMod(epochMillis, MILLIS);
    bytes[length++] = '.';
    bytes[length++] = (byte) ('0' + millis / 100);
    bytes[length++] = (byte) ('0' + millis / 10 % 10);
    bytes[length++] = (byte) ('0' + millis % 10);
    bytes[length++] = 'Z';
  }

  /** The buffer that was written to, from its start. */
  public byte[] bytes() {
    return bytes;
  }

  /** How many bytes were written. */
  public int length() {
    return length;
  }
}
