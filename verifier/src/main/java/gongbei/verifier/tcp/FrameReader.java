package gongbei.verifier.tcp;

import gongbei.verifier.config.Limits;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.net.InputBudget;
import gongbei.verifier.net.PartialInput;
import gongbei.verifier.protocol.GoodbyeCode;
import gongbei.verifier.protocol.MessageHeaderDecoder;
import gongbei.verifier.server.ClientDeadline;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Cuts a device's bytes into frames, each a little-endian length of four bytes and a message. What
 * is not whole is held within the input budget. For its event loop.
 */
final class FrameReader {
  /** The bytes of a frame's length, which does not count itself. */
  static final int LENGTH_BYTES = 4;

  private final InputBudget.Share share;
  private final PartialInput partial;
  private final ClientDeadline deadline;
  private final Receiver receiver;
  private boolean isAfterWelcome;

  /** Receives frames, and the first fault in them. */
  interface Receiver {
    /**
     * Takes a whole frame.
     *
     * @param from its message is at the reader's index, and is to be read to its end
     * @param length the bytes of the message
     */
    void onFrame(ByteBuf from, int length);

    /** Ends the connection. */
    void leave(GoodbyeCode why);

    /** Whether the connection ends, so that nothing more is to be read. */
    boolean isLeaving();
  }

  /**
   * @param share is this reader's to close
   * @param deadline learns when a frame begins to come and when it is whole
   */
  FrameReader(InputBudget.Share share, ClientDeadline deadline, Receiver receiver) {
    this.share = share;
    this.partial = new PartialInput(share);
    this.deadline = deadline;
    this.receiver = receiver;
  }

  /** Lets frames be as long as the protocol has them, and no longer only as a Hello. */
  void welcomed() {
    isAfterWelcome = true;
  }

  /** Cuts what has come, and keeps what is not whole. */
  void read(ByteBufAllocator allocator, ByteBuf in, long nowNanos) {
    while (!receiver.isLeaving() && in.isReadable()) {
      if (partial.length() == 0 && isWhole(in, in.readableBytes())) {
        takeFrame(in);
      } else if (!receiver.isLeaving()) {
        collect(allocator, in, nowNanos);
      }
    }
  }

  /** Whether a frame is there from its first byte to its last; one that may not be ends all. */
  private boolean isWhole(ByteBuf frame, int bytes) {
    if (bytes < LENGTH_BYTES) {
      return false;
    }
    final int length = frame.getIntLE(frame.readerIndex());
    if (length < 0 || length > maxFrameBytes()) {
      receiver.leave(GoodbyeCode.FRAME_TOO_LONG);
      return false;
    }
    if (length < MessageHeaderDecoder.ENCODED_LENGTH) {
      receiver.leave(GoodbyeCode.FRAME_TOO_SHORT);
      return false;
    }
    return bytes >= LENGTH_BYTES + length;
  }

  private int maxFrameBytes() {
    return isAfterWelcome
        ? ClientLimits.MAX_FRAME_BYTES
        : Limits.MAX_FIRST_FRAME_BYTES - LENGTH_BYTES;
  }

  private void takeFrame(ByteBuf from) {
    final int length = from.readIntLE();
    deadline.messageIsWhole();
    receiver.onFrame(from, length);
  }

  /** Goes on with the frame that is not whole, by what has come. */
  private void collect(ByteBufAllocator allocator, ByteBuf in, long nowNanos) {
    final int wanted =
        partial.length() < LENGTH_BYTES
            ? LENGTH_BYTES
            : LENGTH_BYTES + partial.bytes().getIntLE(partial.bytes().readerIndex());
    deadline.messageComes(nowNanos);
    if (!partial.fill(allocator, in, wanted)) {
      partial.clear();
      receiver.leave(GoodbyeCode.TOO_MANY_CONNECTIONS);
      return;
    }
    if (isWhole(partial.bytes(), partial.length())) {
      final ByteBuf frame = partial.take();
      try {
        takeFrame(frame);
      } finally {
        frame.release();
      }
    }
  }

  /** Drops what is held. */
  void close() {
    partial.clear();
    share.close();
  }
}
