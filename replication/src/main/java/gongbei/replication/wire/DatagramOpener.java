package gongbei.replication.wire;

import static gongbei.replication.wire.SealedDatagram.HEADER_BYTES;
import static gongbei.replication.wire.SealedDatagram.NONCE_BYTES;
import static gongbei.replication.wire.SealedDatagram.OVERHEAD_BYTES;
import static gongbei.replication.wire.SealedDatagram.TAG_BYTES;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Opens the datagrams that one endpoint receives, in place, and remembers whom they came from. For
 * the one thread of that endpoint.
 */
final class DatagramOpener {
  /** The most senders that an endpoint remembers. */
  static final int MAX_SENDERS = 1_024;

  private final WireSeal seal;
  private final SealedDatagram.Direction direction;
  private final int maxBytes;
  private final NanoClock clock;
  private final byte[] header = new byte[HEADER_BYTES];
  private final byte[] ciphertext;
  private final byte[] plain;
  private final byte[] nonce = new byte[NONCE_BYTES];
  private final ByteBuffer nonceBuffer = ByteBuffer.wrap(nonce).order(LITTLE_ENDIAN);
  private final Long2ObjectHashMap<SenderState> senders = new Long2ObjectHashMap<>();
  private SenderState sender;
  private int kind;
  private long sequence;
  private int length;

  /**
   * @param maxBytes the most bytes of a datagram before it is sealed
   */
  DatagramOpener(WireSeal seal, SealedDatagram.Direction direction, int maxBytes, NanoClock clock) {
    this.seal = seal;
    this.direction = direction;
    this.maxBytes = maxBytes;
    this.clock = clock;
    ciphertext = new byte[maxBytes + TAG_BYTES];
    plain = new byte[maxBytes + TAG_BYTES];
  }

  /** The kind of what was opened last. */
  int kind() {
    return kind;
  }

  /** The bytes of what was opened last. */
  int length() {
    return length;
  }

  long sequence() {
    return sequence;
  }

  SenderState sender() {
    return sender;
  }

  /** The plain text of what was opened last; it is overwritten by the next. */
  byte[] plain() {
    return plain;
  }

  /**
   * Opens a datagram: what it held is put at the start of the buffer.
   *
   * @return whether it opened; what did not is counted
   */
  boolean open(UnsafeBuffer buffer, int datagramLength) {
    final int cipherLength = datagramLength - HEADER_BYTES;
    if (datagramLength < OVERHEAD_BYTES
        || datagramLength > maxBytes + OVERHEAD_BYTES
        || buffer.getByte(SealedDatagram.VERSION_OFFSET) != SealedDatagram.VERSION
        || buffer.getByte(SealedDatagram.CIPHER_OFFSET) != seal.cipher().code()
        || buffer.getByte(SealedDatagram.DIRECTION_OFFSET) != direction.code()) {
      return refuse(Refusal.MALFORMED);
    }
    final SenderState known = senderOf(buffer);
    if (known == null) {
      return refuse(Refusal.UNKNOWN_SENDER);
    }
    final long given = buffer.getLong(SealedDatagram.SEQUENCE_OFFSET, LITTLE_ENDIAN);
    if (known.hasSeen(given)) {
      return refuse(Refusal.REPLAYED);
    }
    buffer.getBytes(0, header);
    buffer.getBytes(HEADER_BYTES, ciphertext, 0, cipherLength);
    nonceBuffer.putLong(NONCE_BYTES - Long.BYTES, given);
    length = known.cipher.apply(nonce, header, ciphertext, cipherLength, plain);
    if (length == DatagramCipher.FORGED) {
      return refuse(Refusal.FORGED);
    }
    kind = header[SealedDatagram.KIND_OFFSET];
    sequence = given;
    sender = known;
    known.see(given);
    known.usedNanos = clock.nanoTime();
    if (known != senders.get(known.high)) {
      remember(known);
    }
    buffer.putBytes(0, plain, 0, length);
    return true;
  }

  private boolean refuse(Refusal reason) {
    seal.counts().count(reason);
    return false;
  }

  /** Whom a datagram says it is from; null where that was not made with a secret valid here. */
  private SenderState senderOf(UnsafeBuffer buffer) {
    final long high = buffer.getLong(SealedDatagram.SENDER_HIGH_OFFSET, LITTLE_ENDIAN);
    final long low = buffer.getLong(SealedDatagram.SENDER_LOW_OFFSET, LITTLE_ENDIAN);
    final SenderState known = senders.get(high);
    if (known != null && known.low == low) {
      return seal.isValid(known.key) ? known : null;
    }
    final long tag = buffer.getLong(SealedDatagram.SENDER_TAG_OFFSET, LITTLE_ENDIAN);
    for (final WireKey key : seal.openingKeys()) {
      if (key.senderTag(high, low) == tag) {
        return new SenderState(
            high, low, key, key.cipher(seal.cipher(), WireCipher.Way.OPEN, direction, high, low));
      }
    }
    return null;
  }

  private void remember(SenderState newcomer) {
    if (senders.size() >= MAX_SENDERS) {
      senders.remove(leastNeeded().high);
    }
    senders.put(newcomer.high, newcomer);
  }

  /** Whoever is not proven goes before those who are, so that recordings push nobody out. */
  private SenderState leastNeeded() {
    SenderState least = null;
    for (final SenderState one : senders.values()) {
      if (least == null
          || (least.isProven() && !one.isProven())
          || (least.isProven() == one.isProven() && one.usedNanos - least.usedNanos < 0)) {
        least = one;
      }
    }
    return least;
  }
}
