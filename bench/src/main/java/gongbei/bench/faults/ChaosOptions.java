package gongbei.bench.faults;

import gongbei.bench.setup.NodeJar;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What one says of a {@link ChaosRun} on the command line. */
final class ChaosOptions {
  @Option(names = "--seed", defaultValue = "1", description = "Decides faults, nodes and times.")
  private long seed;

  @Option(names = "--writes", defaultValue = "600", description = "A second, by 3 authorities.")
  private int writes;

  @Option(names = "--scans", defaultValue = "2000", description = "A second, by 10 scanners.")
  private int scans;

  @Option(
      names = "--max-scan-millis",
      defaultValue = "1000",
      description = "What a scan may take of a node that no fault silences.")
  private int maxScanMillis;

  @Option(names = "--report", description = "A file for the report, Markdown.")
  private Path report;

  @Mixin private NodeJar jar = new NodeJar();

  long seed() {
    return seed;
  }

  ChaosRun.Load load() {
    return new ChaosRun.Load(writes, scans, maxScanMillis);
  }

  /** Where the report goes, or null. */
  Path report() {
    return report;
  }

  Path jar() {
    return jar.require();
  }
}
