package gongbei.verifier.fuzz;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a process holds: what grows with the number of its inputs is a leak.
 *
 * @param heapKibibytes live after a collection
 * @param directKibibytes of direct buffers
 * @param files open
 * @param threads alive
 */
record Holdings(long heapKibibytes, long directKibibytes, long files, long threads) {
  private static final Pattern GROWTH =
      Pattern.compile(
          "grown: heap (-?[0-9]+) KiB, direct (-?[0-9]+) KiB, files (-?[0-9]+), threads"
              + " (-?[0-9]+)");
  private static final Holdings MOST_GROWTH = new Holdings(16_384, 1_024, 4, 2);
  private static final int KIBIBYTE = 1_024;

  /** Collects garbage and looks. */
  static Holdings now() {
    System.gc();
    System.gc();
    return new Holdings(
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / KIBIBYTE,
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum()
            / KIBIBYTE,
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
            ? system.getOpenFileDescriptorCount()
            : 0,
        ManagementFactory.getThreadMXBean().getThreadCount());
  }

  /** Says how much more is held later. */
  String growth(Holdings later) {
    return String.format(
        Locale.ROOT,
        "grown: heap %d KiB, direct %d KiB, files %d, threads %d",
        later.heapKibibytes - heapKibibytes,
        later.directKibibytes - directKibibytes,
        later.files - files,
        later.threads - threads);
  }

  /** Finds the growth that a process printed; null where it printed none. */
  static Holdings grown(String output) {
    final Matcher matcher = GROWTH.matcher(output);
    return matcher.find()
        ? new Holdings(
            Long.parseLong(matcher.group(1)),
            Long.parseLong(matcher.group(2)),
            Long.parseLong(matcher.group(3)),
            Long.parseLong(matcher.group(4)))
        : null;
  }

  /** Whether this growth is that of a leak. */
  boolean isLeak() {
    return heapKibibytes > MOST_GROWTH.heapKibibytes
        || directKibibytes > MOST_GROWTH.directKibibytes
        || files > MOST_GROWTH.files
        || threads > MOST_GROWTH.threads;
  }
}
