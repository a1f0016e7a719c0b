package gongbei.verifier.mint;

import java.util.concurrent.TimeUnit;

/**
 * When a wallet asks for its next code: around three quarters of the code's life, early enough that
 * none expires on a screen, and spread. Codes are issued by the second, so those of one second, of
 * all who come back after an outage too, would otherwise be renewed in one second for ever.
 */
public final class RefreshMoment {
  /** The least that is left of a code's life when it is renewed, where it lives that long. */
  public static final int LEAST_REST_SECONDS = 10;

  /** The part of its life over which renewals of codes of one second are spread. */
  public static final int SPREAD_PARTS = 6;

  private static final int BITS = 32;

  private RefreshMoment() {}

  /**
   * The moment, in milliseconds since 1970: evenly from two thirds to five sixths of the life, and
   * where less than {@value #LEAST_REST_SECONDS} seconds were left, as much earlier.
   *
   * @param issuedAtEpochSeconds when the code was issued
   * @param ttlSeconds how long it lives
   * @param draw 32 bits drawn at random
   */
  public static long epochMillis(long issuedAtEpochSeconds, int ttlSeconds, int draw) {
    final long life = TimeUnit.SECONDS.toMillis(ttlSeconds);
    final long spread = life / SPREAD_PARTS;
    final long latest =
        Math.min(life - spread, life - TimeUnit.SECONDS.toMillis(LEAST_REST_SECONDS));
    final long early = (Integer.toUnsignedLong(draw) * spread) >>> BITS;
    return TimeUnit.SECONDS.toMillis(issuedAtEpochSeconds) + Math.max(0, latest - early);
  }
}
