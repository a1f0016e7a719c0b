package gongbei.testing;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.CRC32;

/**
 * Names the seed of all that tests draw at random: 1, or {@code -Dgongbei.seed=N}. {@link
 * SeededRandomness} has the whole test process draw from it.
 */
public final class Seeds {
  /** The system property that sets the seed. */
  public static final String PROPERTY = "gongbei.seed";

  private Seeds() {}

  /** Returns whether this run was given a seed. */
  public static boolean isGiven() {
    Draws.add();
    return System.getProperty(PROPERTY) != null;
  }

  /** Returns the seed of this run. */
  public static long seed() {
    return Long.getLong(PROPERTY, 1);
  }

  /**
   * Returns a new random source, the same in every run of this seed.
   *
   * @param salt tells the sources of one test apart
   */
  public static Random random(long salt) {
    Draws.add();
    return new Random(mix(seed() ^ mix(salt)));
  }

  /**
   * Returns a new random source, the same in every run of this seed.
   *
   * @param name tells the sources of one test apart
   */
  public static Random random(String name) {
    Draws.add();
    return new Random(of(name));
  }

  /** Returns the seed of what has that name, one of its own. */
  static long of(String name) {
    final CRC32 crc = new CRC32();
    crc.update(name.getBytes(StandardCharsets.UTF_8));
    return mix(seed() ^ mix(crc.getValue()));
  }

  /** Spreads neighbouring seeds (the finaliser of SplitMix64). */
  static long mix(long seed) {
    long mixed = seed + 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
