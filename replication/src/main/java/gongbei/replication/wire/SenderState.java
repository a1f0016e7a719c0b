package gongbei.replication.wire;

import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/** What an endpoint knows of one sender whose datagrams open. For one thread. */
final class SenderState {
  final long high;
  final long low;
  final WireKey key;
  final DatagramCipher cipher;
  private ReplayWindow window;
  private byte[] token;
  private long challengedNanos;
  private UnsafeBuffer held;
  long usedNanos;

  SenderState(long high, long low, WireKey key, DatagramCipher cipher) {
    this.high = high;
    this.low = low;
    this.key = key;
    this.cipher = cipher;
  }

  /** Whether it has answered a challenge of this endpoint's. */
  boolean isProven() {
    return window != null;
  }

  /** Whether a sequence may have been received before; unknown until it is proven. */
  boolean hasSeen(long sequence) {
    return window != null && !window.isNew(sequence);
  }

  void see(long sequence) {
    if (window != null) {
      window.add(sequence);
    }
  }

  /** Whether it is time to challenge it, which is noted. */
  boolean isChallengeDue(long nowNanos, long intervalNanos) {
    if (token != null && nowNanos - challengedNanos < intervalNanos) {
      return false;
    }
    challengedNanos = nowNanos;
    return true;
  }

  /** The token of its challenge, drawn when it is first asked for. */
  byte[] token(WireSeal seal) {
    if (token == null) {
      token = seal.randomBytes(SealedDatagram.TOKEN_BYTES);
    }
    return token;
  }

  /** Keeps a copy of a frame until the sender is proven; a later one replaces it. */
  void hold(UnsafeBuffer frame, int length) {
    final byte[] copy = new byte[length];
    frame.getBytes(0, copy);
    held = new UnsafeBuffer(copy);
  }

  /**
   * Takes a proof.
   *
   * @return whether it is right; then what the proof's sequence is and all before it count as seen
   */
  boolean prove(byte[] given, long sequence) {
    if (isProven() || token == null || !Arrays.equals(token, given)) {
      return false;
    }
    window = new ReplayWindow(sequence);
    token = null;
    return true;
  }

  /** Gives the frame that was held, once; null where none was. */
  UnsafeBuffer takeHeld() {
    final UnsafeBuffer frame = held;
    held = null;
    return frame;
  }
}
