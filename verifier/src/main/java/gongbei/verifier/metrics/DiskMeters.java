package gongbei.verifier.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** Meters of the disks that a node writes to. */
final class DiskMeters {
  private DiskMeters() {}

  /**
   * Shows how much room a disk has.
   *
   * @param place what of the node is on it: {@code data}, or {@code audit} where that is elsewhere
   * @param directory a directory on it
   * @param lowBytes below how many free bytes what is there takes no more
   */
  static void bind(String place, Path directory, long lowBytes, MeterRegistry registry) {
    Gauge.builder("gongbei.disk.free", directory, at -> room(at, FileStore::getUsableSpace))
        .description("Free room of a disk that the node writes to")
        .tag("place", place)
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("gongbei.disk.size", directory, at -> room(at, FileStore::getTotalSpace))
        .description("Size of a disk that the node writes to")
        .tag("place", place)
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("gongbei.disk.low", () -> lowBytes)
        .description("Free room below which the node writes no more to the disk")
        .tag("place", place)
        .baseUnit("bytes")
        .register(registry);
  }

  /** Reads a figure of a disk. */
  private interface DiskFigure {
    long of(FileStore store) throws IOException;
  }

  private static double room(Path at, DiskFigure figure) {
    try {
      return figure.of(Files.getFileStore(at));
    } catch (IOException e) {
      return Double.NaN;
    }
  }
}
