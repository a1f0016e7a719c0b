package gongbei.verifier.mint;

import gongbei.codec.signature.Sm3;
import gongbei.replication.map.Subject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The serials of reserve codes. One follows from holder, begin and life alone: whoever fetches a
 * strip twice, at two nodes or on two phones, has the same codes twice, of which each counts once.
 * For one thread.
 */
final class ReserveSerials {
  private static final byte[] DOMAIN = "gongbei reserve code 1".getBytes(StandardCharsets.US_ASCII);

  private final Sm3 sm3 = new Sm3();
  private final byte[] window = new byte[Long.BYTES + Integer.BYTES];
  private final ByteBuffer windowBuffer = ByteBuffer.wrap(window);
  private final byte[] digest = new byte[Sm3.DIGEST_BYTES];

  /**
   * Computes the serial of a code. Allocates nothing.
   *
   * @param subject 16 bytes
   * @return holds it in its first 8 bytes, until the next call
   */
  byte[] serial(byte[] subject, long startEpochSeconds, int lifeSeconds) {
    windowBuffer.putLong(0, startEpochSeconds).putInt(Long.BYTES, lifeSeconds);
    sm3.update(DOMAIN, 0, DOMAIN.length);
    sm3.update(subject, 0, Subject.BYTES);
    sm3.update(window, 0, window.length);
    sm3.digest(digest, 0);
    return digest;
  }
}
