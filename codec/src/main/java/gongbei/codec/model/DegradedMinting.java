package gongbei.codec.model;

/**
 * When a region could last not mint codes as it should: from when, until when, and for how long
 * reserve codes still count after that.
 *
 * @param sinceEpochSeconds its first second; 0 where there was no such time
 * @param untilEpochSeconds the second from which on codes are minted again; 0 while they are not
 * @param marginSeconds how long reserve codes count after its end, so that wallets have the time to
 *     fetch a fresh code
 */
public record DegradedMinting(long sinceEpochSeconds, long untilEpochSeconds, int marginSeconds) {
  /** Minting has never been degraded. */
  public static final DegradedMinting NEVER = new DegradedMinting(0, 0, 0);

  /** The longest margin, one hour. */
  public static final int MAX_MARGIN_SECONDS = 3_600;

  public DegradedMinting {
    if (sinceEpochSeconds < 0) {
      throw new IllegalArgumentException("since is before 1970");
    }
    if (untilEpochSeconds != 0
        && (sinceEpochSeconds == 0 || untilEpochSeconds < sinceEpochSeconds)) {
      throw new IllegalArgumentException("until is before since");
    }
    if (marginSeconds < 0 || marginSeconds > MAX_MARGIN_SECONDS) {
      throw new IllegalArgumentException(
          "marginSeconds is " + marginSeconds + ", not from 0 to " + MAX_MARGIN_SECONDS);
    }
  }

  /** Whether it has begun and not ended. */
  public boolean isOpen() {
    return sinceEpochSeconds != 0 && untilEpochSeconds == 0;
  }

  /** Whether reserve codes count at a time. */
  public boolean covers(long epochSeconds) {
    return sinceEpochSeconds != 0
        && epochSeconds >= sinceEpochSeconds
        && (untilEpochSeconds == 0 || epochSeconds < untilEpochSeconds + marginSeconds);
  }
}
