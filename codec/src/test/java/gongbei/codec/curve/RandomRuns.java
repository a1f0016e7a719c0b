package gongbei.codec.curve;

import java.math.BigInteger;
import java.util.Random;

/** Numbers of long runs of zeros and of ones, which carries and windows go wrong over. */
public final class RandomRuns {
  private RandomRuns() {}

  /** A number of so many bits. */
  public static BigInteger next(Random random, int bits) {
    BigInteger number = BigInteger.ZERO;
    int at = 0;
    boolean ones = random.nextBoolean();
    while (at < bits) {
      final int run = Math.min(bits - at, 1 + random.nextInt(64));
      if (ones) {
        number = number.or(BigInteger.ONE.shiftLeft(run).subtract(BigInteger.ONE).shiftLeft(at));
      }
      at += run;
      ones = !ones;
    }
    return number;
  }
}
