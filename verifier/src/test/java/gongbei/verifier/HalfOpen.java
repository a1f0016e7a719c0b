package gongbei.verifier;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many connections a test may hold open, half-way through a frame or a request. */
public final class HalfOpen {
  private static final int WANTED = 10_000;
  private static final int OTHER_FILES = 1_000;
  private static final int FEW = 200;

  private HalfOpen() {}

  /**
   * Ten thousand, or as many as the process may open files for: both ends of each are its own.
   * Where the limit is 20,000, as on many a machine, that is 9,500.
   */
  public static int connections() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? (int)
            Math.max(FEW, Math.min(WANTED, (unix.getMaxFileDescriptorCount() - OTHER_FILES) / 2))
        : FEW;
  }
}
