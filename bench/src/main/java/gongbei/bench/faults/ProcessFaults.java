package gongbei.bench.faults;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The wall clock and the disk of one process, through {@code process.c}. For any thread; outlives
 * the process, and holds for the next that is started in its environment.
 */
final class ProcessFaults {
  private static final int CLOCK_OFFSET_NANOS = 0;
  private static final int WRITE_DELAY_MICROS = 8;
  private static final int CLOCK_READS = 16;
  private static final int DELAYED_WRITES = 24;
  private static final int DELAYED_MICROS = 32;
  private static final int BYTES = 40;

  private final Path library;
  private final Path control;
  private final Path data;
  private final UnsafeBuffer values;

  /**
   * @param library from {@link FaultTools#process}
   * @param control a file that is rebuilt
   * @param data the directory whose files can be slow
   */
  ProcessFaults(Path library, Path control, Path data) throws IOException {
    this.library = library;
    this.control = control.toAbsolutePath();
    this.data = data.toAbsolutePath();
    try (FileChannel file =
        FileChannel.open(
            control,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      values = new UnsafeBuffer(file.map(FileChannel.MapMode.READ_WRITE, 0, BYTES));
    }
  }

  /** What the process has to be started with. */
  Map<String, String> environment() {
    return Map.of(
        "LD_PRELOAD",
        library.toString(),
        "GONGBEI_FAULTS",
        control.toString(),
        "GONGBEI_FAULTS_DIRECTORY",
        data.toString());
  }

  /** Lets the wall clock be so much ahead, or behind; zero lets it be right. */
  void clockOffset(Duration offset) {
    values.putLongVolatile(CLOCK_OFFSET_NANOS, offset.toNanos());
  }

  /** Lets each write, and each time something is forced to disk, take so much longer. */
  void writeDelay(Duration delay) {
    values.putLongVolatile(WRITE_DELAY_MICROS, delay.toNanos() / 1_000);
  }

  /** How often the process has read a clock that was wrong. */
  long wrongClockReads() {
    return values.getLongVolatile(CLOCK_READS);
  }

  /** How many writes were slowed. */
  long delayedWrites() {
    return values.getLongVolatile(DELAYED_WRITES);
  }

  /** By how much in all. */
  Duration delayed() {
    return Duration.ofNanos(1_000 * values.getLongVolatile(DELAYED_MICROS));
  }
}
