package gongbei.verifier.scan;

import java.security.SecureRandom;

/**
 * Remembers where codes were first shown, by their serials and for as long as they live, so that a
 * screenshot that is passed on is noticed at the second place. Of bounded memory: where more codes
 * are alive than it holds, those that end first are forgotten first. It is a node's own and not
 * kept: nodes do not share what they have seen, since every scan would be a write to the log, and
 * the log would say where everybody was. For any thread; allocates nothing once all parts are in
 * use.
 */
public final class SeenCodes {
  private static final int STRIPES = 64;
  private static final int WAYS = 8;
  private static final int ENTRY_BYTES = 2 * Long.BYTES + Integer.BYTES;
  private static final long EMPTY = 0;
  private static final long NEVER = -1;

  /** Stands for the place where a code is used that counts once, wherever that is. */
  private static final int ANY_PLACE = 0;

  private final Stripe[] stripes = new Stripe[STRIPES];
  private final long multiplier;

  /** A part of it, under a lock of its own. */
  private static final class Stripe {
    private final int setMask;
    private long[] serials;
    private long[] expiries;
    private int[] places;

    Stripe(int capacity) {
      setMask = capacity / WAYS - 1;
    }

    /** Where a code was first shown, as an unsigned int; {@link #NEVER}, and from now on here. */
    synchronized long seenAt(
        long serial, long hash, int place, long expiresAtEpochSeconds, long nowEpochSeconds) {
      if (serials == null) {
        final int capacity = (setMask + 1) * WAYS;
        serials = new long[capacity];
        expiries = new long[capacity];
        places = new int[capacity];
      }
      final int first = ((int) (hash >>> 32) & setMask) * WAYS;
      int victim = first;
      for (int i = first; i < first + WAYS; i++) {
        if (serials[i] == serial && expiries[i] > nowEpochSeconds) {
          return Integer.toUnsignedLong(places[i]);
        }
        if (expiries[i] < expiries[victim]) {
          victim = i;
        }
      }
      serials[victim] = serial;
      expiries[victim] = expiresAtEpochSeconds;
      places[victim] = place;
      return NEVER;
    }
  }

  /**
   * Remembers nothing yet.
   *
   * @param capacity the most codes remembered, a power of two of 512 or more; each takes 20 bytes,
   *     which are taken when the first code comes
   */
  public SeenCodes(int capacity) {
    this(capacity, new SecureRandom().nextLong());
  }

  /**
   * Remembers nothing yet.
   *
   * @param key where in its memory a code stands follows from this, so that nobody can have codes
   *     made that drive out a certain other
   */
  SeenCodes(int capacity, long key) {
    multiplier = key | 1;
    if (Integer.bitCount(capacity) != 1 || capacity < STRIPES * WAYS) {
      throw new IllegalArgumentException("capacity is no power of two of 512 or more");
    }
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe(capacity / STRIPES);
    }
  }

  /** The bytes that so many codes take. */
  public static long bytesOf(int capacity) {
    return (long) capacity * ENTRY_BYTES;
  }

  /**
   * Whether a code has been shown here before, at whatever place, and is still alive; where it is
   * new, it is remembered.
   *
   * @param serial the 8 bytes of its serial
   */
  boolean isUsed(long serial, long expiresAtEpochSeconds, long nowEpochSeconds) {
    return seenAt(serial, ANY_PLACE, expiresAtEpochSeconds, nowEpochSeconds) != NEVER;
  }

  /**
   * Whether a code has been shown at another place before and is still alive; where it is new, it
   * is remembered at this one.
   *
   * @param serial the 8 bytes of its serial
   * @param place a hash of the place
   */
  boolean isElsewhere(long serial, int place, long expiresAtEpochSeconds, long nowEpochSeconds) {
    final long first = seenAt(serial, place, expiresAtEpochSeconds, nowEpochSeconds);
    return first != NEVER && first != Integer.toUnsignedLong(place);
  }

  private long seenAt(long serial, int place, long expiresAtEpochSeconds, long nowEpochSeconds) {
    final long named = serial == EMPTY ? 1 : serial;
    final long hash = named * multiplier;
    return stripes[(int) (hash >>> 58)].seenAt(
        named, hash, place, expiresAtEpochSeconds, nowEpochSeconds);
  }
}
