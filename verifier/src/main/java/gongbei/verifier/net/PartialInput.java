package gongbei.verifier.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Holds what has come of a frame, or of a TLS record, that is not whole yet: in a buffer of its own
 * that is at most twice as large as need be and is counted in an {@link InputBudget}, so that the
 * buffer which the bytes were read into is not kept for a few of them. For its event loop.
 */
public final class PartialInput {
  private static final int LEAST_BYTES = 64;

  private final InputBudget.Share share;
  private ByteBuf held;
  private long besides;

  /**
   * Holds nothing yet.
   *
   * @param share is the caller's to close, after {@link #clear}
   */
  public PartialInput(InputBudget.Share share) {
    this.share = share;
  }

  /** The bytes held. */
  public int length() {
    return held == null ? 0 : held.readableBytes();
  }

  /** What is held, from the first byte on; of no use while {@link #length} is 0. */
  public ByteBuf bytes() {
    return held;
  }

  /**
   * Says what else the connection holds, which counts as much.
   *
   * @return false where there is no room for it
   */
  public boolean alsoHolds(long bytes) {
    besides = bytes;
    return count(held == null ? 0 : held.capacity());
  }

  /**
   * Takes bytes out of those that have come, and holds them.
   *
   * @return false where there is no room; nothing is taken then
   */
  public boolean add(ByteBufAllocator allocator, ByteBuf from, int count) {
    final int needed = length() + count;
    if (held == null || held.capacity() < needed) {
      final int capacity = Math.max(LEAST_BYTES, roundedUp(needed));
      if (!count(capacity)) {
        return false;
      }
      final ByteBuf larger = allocator.buffer(capacity, capacity);
      if (held != null) {
        larger.writeBytes(held);
        held.release();
      }
      held = larger;
    }
    held.writeBytes(from, count);
    return true;
  }

  /**
   * Takes bytes out of those that have come until so many are held, or all are taken.
   *
   * @param count from the first byte held; no more than are held already takes nothing
   * @return false where there is no room; nothing is taken then
   */
  public boolean fill(ByteBufAllocator allocator, ByteBuf from, int count) {
    final int more = Math.min(count - length(), from.readableBytes());
    return more <= 0 || add(allocator, from, more);
  }

  private static int roundedUp(int bytes) {
    final int power = Integer.highestOneBit(bytes);
    return power == bytes ? bytes : power << 1;
  }

  private boolean count(int capacity) {
    return share.hold(besides + capacity);
  }

  /** Hands on what is held, which is the caller's to release. */
  public ByteBuf take() {
    final ByteBuf taken = held;
    held = null;
    count(0);
    return taken;
  }

  /** Lets go of what is held. */
  public void clear() {
    if (held != null) {
      held.release();
      held = null;
      count(0);
    }
  }
}
