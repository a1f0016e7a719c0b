package gongbei.testing;

import java.security.Provider;
import java.security.SecureRandomSpi;
import java.util.Random;

/**
 * Puts draws of a seed in the place of the platform's secure random numbers, for a test process
 * alone: keys, secrets, serials and nonces then are the same in every run of a seed.
 */
final class SeededProvider extends Provider {
  private static final long serialVersionUID = 1L;
  private static final Object LOCK = new Object();
  private static Random source = new Random(0);

  SeededProvider() {
    super("gongbei-testing", "1", "Random numbers of the tests' seed");
    put("SecureRandom.Seeded", Drawing.class.getName());
    put("SecureRandom.Seeded ThreadSafe", "true");
  }

  /** Begins a new sequence, for sources that are in use already too. */
  static void begin(long seed) {
    synchronized (LOCK) {
      source = new Random(seed);
    }
  }

  /** Draws from the sequence of the moment. */
  public static final class Drawing extends SecureRandomSpi {
    private static final long serialVersionUID = 1L;

    @Override
    protected void engineSetSeed(byte[] seed) {
      // What is mixed in from outside would make runs differ.
    }

    @Override
    protected void engineNextBytes(byte[] bytes) {
      Draws.add();
      synchronized (LOCK) {
        source.nextBytes(bytes);
      }
    }

    @Override
    protected byte[] engineGenerateSeed(int count) {
      final byte[] seed = new byte[count];
      engineNextBytes(seed);
      return seed;
    }
  }
}
