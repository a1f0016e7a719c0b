package gongbei.bench.setup;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** The processor's time that this process uses from a moment on: what a busy machine can't blur. */
public final class ProcessorTime {
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final long fromNanos = SYSTEM.getProcessCpuTime();

  /** The time so far, of all threads together. */
  public Duration used() {
    return Duration.ofNanos(SYSTEM.getProcessCpuTime() - fromNanos);
  }

  /** The microseconds so far that each of a count has taken. */
  public double microsEach(long count) {
    return used().toNanos() / 1e3 / Math.max(1, count);
  }
}
