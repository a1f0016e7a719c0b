package gongbei.verifier.http.transport;

import gongbei.verifier.access.Caller;
import gongbei.verifier.config.Limits;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps the bytes of the bodies that all connections of a server hold together within bounds. One
 * caller holds a quarter at most, and a quarter is kept for bodies that are small, as a scan's is:
 * whoever sends long ones leaves room for those. For any thread.
 */
public final class BodyBudget {
  private static final int SHARES = 4;

  private final long maxBytes;
  private final long maxLongBytes;
  private final long maxCallerBytes;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong longBytes = new AtomicLong();
  private final ConcurrentHashMap<String, Long> ofCaller = new ConcurrentHashMap<>();

  /** What comes of asking for room. */
  enum Outcome {
    /** The bytes have room, and must be {@link BodyBudget#free}d. */
    TAKEN,
    /** There is none left. */
    NO_ROOM,
    /** There is none left for this caller. */
    NO_ROOM_FOR_CALLER
  }

  /**
   * @param maxBytes the most bytes of all bodies together
   */
  public BodyBudget(long maxBytes) {
    this.maxBytes = maxBytes;
    this.maxLongBytes = maxBytes - maxBytes / SHARES;
    this.maxCallerBytes = Math.max(maxBytes / SHARES, Limits.MAX_HTTP_BODY_BYTES);
  }

  /**
   * Takes room for more bytes of a body.
   *
   * @param caller whose body it is: {@link Caller#id}
   * @param before the body's bytes that have room already
   * @param more the bytes that have come, from 0
   */
  Outcome take(String caller, int before, int more) {
    if (more == 0) {
      return Outcome.TAKEN;
    }
    final long ofThisCaller = ofCaller.merge(caller, (long) more, Long::sum);
    if (ofThisCaller > maxCallerBytes) {
      forget(caller, more);
      return Outcome.NO_ROOM_FOR_CALLER;
    }
    final int moreOfLong = longPart(before + more) - longPart(before);
    final boolean isLongWithin = moreOfLong == 0 || longBytes.addAndGet(moreOfLong) <= maxLongBytes;
    if (bytes.addAndGet(more) <= maxBytes && isLongWithin) {
      return Outcome.TAKEN;
    }
    bytes.addAndGet(-more);
    longBytes.addAndGet(-moreOfLong);
    forget(caller, more);
    return Outcome.NO_ROOM;
  }

  /**
   * Gives the room of a whole body back.
   *
   * @param length all its bytes that were taken
   */
  void free(String caller, int length) {
    if (length > 0) {
      bytes.addAndGet(-length);
      longBytes.addAndGet(-longPart(length));
      forget(caller, length);
    }
  }

  /** How many bytes of a body count as those of a long one: none, or all. */
  private static int longPart(int length) {
    return length > Limits.MAX_EVENT_LOOP_BODY_BYTES ? length : 0;
  }

  private void forget(String caller, int fewer) {
    ofCaller.computeIfPresent(caller, (id, held) -> held == fewer ? null : held - fewer);
  }

  /** The bytes that bodies hold at the moment. */
  public long bytes() {
    return bytes.get();
  }

  /** The callers that hold some. */
  int callers() {
    return ofCaller.size();
  }
}
