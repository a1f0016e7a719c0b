package gongbei.replication.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.macs.SipHash;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * What is derived from one secret of a cluster, by HKDF with SHA-256 (RFC 5869). Immutable; for any
 * thread.
 */
final class WireKey {
  private static final byte[] SALT = "gongbei wire 1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TAG_LABEL = "sender tag".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TRAFFIC_LABEL = "traffic".getBytes(StandardCharsets.US_ASCII);
  private static final int SIP_KEY_BYTES = 16;

  private final byte[] pseudoRandomKey;
  private final byte[] tagKey;

  WireKey(byte[] secret) {
    pseudoRandomKey = new HKDFBytesGenerator(new SHA256Digest()).extractPRK(SALT, secret);
    tagKey = expand(TAG_LABEL, SIP_KEY_BYTES);
  }

  boolean isOfSameSecret(WireKey other) {
    return MessageDigest.isEqual(pseudoRandomKey, other.pseudoRandomKey);
  }

  private byte[] expand(byte[] info, int bytes) {
    final HKDFBytesGenerator generator = new HKDFBytesGenerator(new SHA256Digest());
    generator.init(HKDFParameters.skipExtractParameters(pseudoRandomKey, info));
    final byte[] out = new byte[bytes];
    generator.generateBytes(out, 0, bytes);
    return out;
  }

  /** The tag of a sender id that was made with this key's secret. */
  long senderTag(long senderHigh, long senderLow) {
    final SipHash hash = new SipHash();
    hash.init(new KeyParameter(tagKey));
    final byte[] id = new byte[2 * Long.BYTES];
    ByteBuffer.wrap(id).order(ByteOrder.LITTLE_ENDIAN).putLong(senderHigh).putLong(senderLow);
    hash.update(id, 0, id.length);
    return hash.doFinal();
  }

  /** The cipher of one sender's datagrams of one direction. */
  DatagramCipher cipher(
      WireCipher cipher,
      WireCipher.Way way,
      SealedDatagram.Direction direction,
      long senderHigh,
      long senderLow) {
    final ByteBuffer info =
        ByteBuffer.allocate(TRAFFIC_LABEL.length + 2 + 2 * Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(TRAFFIC_LABEL)
            .put((byte) cipher.code())
            .put((byte) direction.code())
            .putLong(senderHigh)
            .putLong(senderLow);
    final byte[] key = expand(info.array(), cipher.keyBytes());
    try {
      return cipher.newCipher(way, key);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }
}
