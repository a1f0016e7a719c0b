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
   * Ten thousand, or as many as the process may still open files for: both ends of each are its
   * own. Where the limit is 20,000, as on many a machine, that is somewhat over 9,000, less what
   * earlier tests have open or have not yet finished closing.
   */
  public static int connections() {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      final long free =
          unix.getMaxFileDescriptorCount() - unix.getOpenFileDescriptorCount() - OTHER_FILES;
      return (int) Math.max(FEW, Math.min(WANTED, free / 2));
    }
    return FEW;
  }
}
