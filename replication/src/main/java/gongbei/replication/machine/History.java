package gongbei.replication.machine;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The identity of a history of the log: 128 random bits, drawn when a cluster starts for the first
 * time and when it goes on from a backup. Two nodes of one history and one version hold the same.
 */
public record History(long high, long low) {
  /** No history: of a log that an earlier version of Gongbei has written. */
  public static final History NONE = new History(0, 0);

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int HEX_DIGITS = 32;

  /** Draws a history. */
  public static History begin() {
    final long high = RANDOM.nextLong();
    final long low = RANDOM.nextLong();
    return (high | low) == 0 ? begin() : new History(high, low);
  }

  /** Whether it is none. */
  public boolean isNone() {
    return equals(NONE);
  }

  /** 32 hexadecimal digits; empty for none. */
  public String toHex() {
    return isNone() ? "" : HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
  }

  /** The history of 32 hexadecimal digits; empty where it is none. */
  public static Optional<History> ofHex(String text) {
    try {
      return text.length() == HEX_DIGITS
          ? Optional.of(
              new History(
                  HexFormat.fromHexDigitsToLong(text, 0, HEX_DIGITS / 2),
                  HexFormat.fromHexDigitsToLong(text, HEX_DIGITS / 2, HEX_DIGITS)))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
