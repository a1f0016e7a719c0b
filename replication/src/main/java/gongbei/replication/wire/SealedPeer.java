package gongbei.replication.wire;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The sealed side of one endpoint: seals, opens, and has each new sender prove that it is there
 * now, so that what was recorded earlier, before this endpoint was opened too, is worth nothing: a
 * frame of an unproven sender is answered by a challenge, and its proof holds the challenge's
 * random token. For the one thread of the endpoint.
 */
final class SealedPeer {
  private static final long CHALLENGE_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /** Hands a sealed datagram to the network. */
  interface Transmitter {
    void transmit(ByteBuffer datagram, InetSocketAddress to, int transportIndex);
  }

  private final WireSeal seal;
  private final DatagramSealer sealer;
  private final DatagramOpener opener;
  private final Transmitter transmitter;
  private final NanoClock clock;
  private final ByteBuffer control =
      ByteBuffer.allocate(SealedDatagram.CHALLENGE_BYTES).order(LITTLE_ENDIAN);
  private UnsafeBuffer released;

  /**
   * @param direction which way this endpoint sends
   * @param maxBytes the most bytes of a datagram before it is sealed
   */
  SealedPeer(
      WireSeal seal,
      SealedDatagram.Direction direction,
      int maxBytes,
      NanoClock clock,
      Transmitter transmitter) {
    this.seal = seal;
    this.transmitter = transmitter;
    this.clock = clock;
    sealer = new DatagramSealer(seal, direction, maxBytes);
    opener = new DatagramOpener(seal, direction.opposite(), maxBytes, clock);
  }

  /** Seals a frame of Aeron's; the buffer that is returned is the same each time. */
  ByteBuffer seal(ByteBuffer frame) {
    return sealer.seal(SealedDatagram.FRAME, frame);
  }

  /** Opens a datagram in place; whether there is something in it for {@link #admits}. */
  boolean open(UnsafeBuffer buffer, int length) {
    return opener.open(buffer, length);
  }

  /** Whether what was opened last is a frame of Aeron's. */
  boolean isFrame() {
    return opener.kind() == SealedDatagram.FRAME;
  }

  /** The bytes of what was opened last. */
  int length() {
    return opener.length();
  }

  /**
   * Looks at what was opened last.
   *
   * @param isWorthHolding whether a frame that comes too early is handled when its sender is proven
   * @return whether it is a frame that Aeron may handle
   */
  boolean admits(
      UnsafeBuffer frame, InetSocketAddress source, int transportIndex, boolean isWorthHolding) {
    switch (opener.kind()) {
      case SealedDatagram.FRAME -> {
        final SenderState sender = opener.sender();
        if (sender.isProven()) {
          seal.counts().countOpened();
          return true;
        }
        seal.counts().count(Refusal.UNPROVEN);
        if (isWorthHolding) {
          sender.hold(frame, opener.length());
        }
        challenge(sender, source, transportIndex);
      }
      case SealedDatagram.CHALLENGE -> prove(source, transportIndex);
      case SealedDatagram.PROOF -> takeProof();
      default -> seal.counts().count(Refusal.MALFORMED);
    }
    return false;
  }

  /** The frame that was held until its sender was proven just now; null where there is none. */
  UnsafeBuffer takeReleased() {
    final UnsafeBuffer frame = released;
    released = null;
    return frame;
  }

  private void challenge(SenderState sender, InetSocketAddress source, int transportIndex) {
    if (sender.isChallengeDue(clock.nanoTime(), CHALLENGE_INTERVAL_NANOS)) {
      control.clear().put(sender.token(seal)).putLong(sender.high).putLong(sender.low).flip();
      transmitter.transmit(sealer.seal(SealedDatagram.CHALLENGE, control), source, transportIndex);
    }
  }

  private void prove(InetSocketAddress source, int transportIndex) {
    if (opener.length() != SealedDatagram.CHALLENGE_BYTES) {
      seal.counts().count(Refusal.MALFORMED);
      return;
    }
    final ByteBuffer challenge = ByteBuffer.wrap(opener.plain()).order(LITTLE_ENDIAN);
    if (sealer.isMeant(
        challenge.getLong(SealedDatagram.TOKEN_BYTES),
        challenge.getLong(SealedDatagram.TOKEN_BYTES + Long.BYTES))) {
      final SenderState challenger = opener.sender();
      control
          .clear()
          .put(opener.plain(), 0, SealedDatagram.TOKEN_BYTES)
          .putLong(challenger.high)
          .putLong(challenger.low)
          .flip();
      transmitter.transmit(sealer.seal(SealedDatagram.PROOF, control), source, transportIndex);
    }
  }

  private void takeProof() {
    final byte[] plain = opener.plain();
    final ByteBuffer proof = ByteBuffer.wrap(plain).order(LITTLE_ENDIAN);
    if (opener.length() == SealedDatagram.CHALLENGE_BYTES
        && sealer.isMeant(
            proof.getLong(SealedDatagram.TOKEN_BYTES),
            proof.getLong(SealedDatagram.TOKEN_BYTES + Long.BYTES))
        && opener
            .sender()
            .prove(Arrays.copyOf(plain, SealedDatagram.TOKEN_BYTES), opener.sequence())) {
      released = opener.sender().takeHeld();
    }
  }
}
