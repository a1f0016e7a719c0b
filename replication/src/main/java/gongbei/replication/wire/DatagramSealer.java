package gongbei.replication.wire;

import static gongbei.replication.wire.SealedDatagram.HEADER_BYTES;
import static gongbei.replication.wire.SealedDatagram.NONCE_BYTES;
import static gongbei.replication.wire.SealedDatagram.OVERHEAD_BYTES;
import static gongbei.replication.wire.SealedDatagram.TAG_BYTES;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;

/**
 * Seals the datagrams of one endpoint, under a sender id of its own. For the one thread of that
 * endpoint.
 */
final class DatagramSealer {
  private final WireSeal seal;
  private final SealedDatagram.Direction direction;
  private final byte[] plain;
  private final byte[] header = new byte[HEADER_BYTES];
  private final byte[] ciphertext;
  private final byte[] nonce = new byte[NONCE_BYTES];
  private final ByteBuffer headerBuffer = ByteBuffer.wrap(header).order(LITTLE_ENDIAN);
  private final ByteBuffer nonceBuffer = ByteBuffer.wrap(nonce).order(LITTLE_ENDIAN);
  private final ByteBuffer out;
  private WireKey key;
  private DatagramCipher cipher;
  private long senderHigh;
  private long senderLow;
  private long sequence;

  /**
   * @param maxBytes the most bytes of a datagram before it is sealed
   */
  DatagramSealer(WireSeal seal, SealedDatagram.Direction direction, int maxBytes) {
    this.seal = seal;
    this.direction = direction;
    plain = new byte[maxBytes];
    ciphertext = new byte[maxBytes + TAG_BYTES];
    out = ByteBuffer.allocateDirect(maxBytes + OVERHEAD_BYTES);
  }

  /** Whether a challenge for a sender id is for this sealer as it is now. */
  boolean isMeant(long high, long low) {
    return key != null && senderHigh == high && senderLow == low;
  }

  /**
   * Seals what remains in a buffer, whose position moves to its limit.
   *
   * @return the sealed datagram; the same buffer each time
   */
  ByteBuffer seal(int kind, ByteBuffer datagram) {
    if (key != seal.sealingKey()) {
      takeKey();
    }
    final int length = datagram.remaining();
    datagram.get(plain, 0, length);
    sequence++;
    headerBuffer.put(SealedDatagram.KIND_OFFSET, (byte) kind);
    headerBuffer.putLong(SealedDatagram.SEQUENCE_OFFSET, sequence);
    nonceBuffer.putLong(NONCE_BYTES - Long.BYTES, sequence);
    final int bytes = cipher.apply(nonce, header, plain, length, ciphertext);
    seal.counts().countSealed();
    return out.clear().put(header).put(ciphertext, 0, bytes).flip();
  }

  private void takeKey() {
    key = seal.sealingKey();
    senderHigh = seal.randomLong();
    senderLow = seal.randomLong();
    sequence = 0;
    cipher = key.cipher(seal.cipher(), WireCipher.Way.SEAL, direction, senderHigh, senderLow);
    headerBuffer
        .put(SealedDatagram.VERSION_OFFSET, (byte) SealedDatagram.VERSION)
        .put(SealedDatagram.CIPHER_OFFSET, (byte) seal.cipher().code())
        .put(SealedDatagram.DIRECTION_OFFSET, (byte) direction.code())
        .putLong(SealedDatagram.SENDER_HIGH_OFFSET, senderHigh)
        .putLong(SealedDatagram.SENDER_LOW_OFFSET, senderLow)
        .putLong(SealedDatagram.SENDER_TAG_OFFSET, key.senderTag(senderHigh, senderLow));
  }
}
