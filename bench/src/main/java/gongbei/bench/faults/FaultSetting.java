package gongbei.bench.faults;

import gongbei.bench.setup.NodeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** What the scenarios of a run have in common: the jar, the ports, the rate. For one thread. */
final class FaultSetting {
  /** Changes a second that soon fill what a node keeps of its log. */
  static final int MANY_CHANGES = 20_000;

  /** Settings of a log of which a node keeps little. */
  static final String SHORT_LOG = "  logTermBytes: 1048576\n  segmentBytes: 1048576\n";

  private static final int MEMBERS = 3;
  private static final int PORTS = 64;

  private final Path jar;
  private final int basePort;
  private final int writesASecond;
  private int clusters;

  /**
   * Sets what scenarios run on.
   *
   * @param jar what the nodes run
   * @param basePort the first of {@value #PORTS} ports of each scenario
   * @param writesASecond changes a second, where a scenario needs no more
   */
  FaultSetting(Path jar, int basePort, int writesASecond) {
    this.jar = jar;
    this.basePort = basePort;
    this.writesASecond = writesASecond;
  }

  /** Makes three members and a replica on the loopback; {@code extra} as the fixture has it. */
  ClusterFixture cluster(Path directory, String extra) throws IOException {
    return cluster(directory, MEMBERS, extra);
  }

  /** Makes members and a replica on the loopback. */
  ClusterFixture cluster(Path directory, int memberCount, String extra) throws IOException {
    return new ClusterFixture(
        jar, directory, ClusterFixture.LOOPBACK, nextPort(), memberCount, extra);
  }

  /** Makes three members and a replica in namespaces. */
  ClusterFixture cluster(Path directory, NetworkNamespaces spaces, String extra)
      throws IOException {
    return new ClusterFixture(jar, directory, spaces, nextPort(), MEMBERS, extra);
  }

  private int nextPort() {
    return basePort + PORTS * clusters++;
  }

  /** Starts an authority that changes statuses. */
  WriteLoad writes(ClusterFixture bed) {
    return writes(bed, writesASecond);
  }

  /** Starts an authority that changes statuses at a rate. */
  WriteLoad writes(ClusterFixture bed, int changesASecond) {
    return new WriteLoad(
        bed.members.stream().map(NodeProcess::url).toList(), bed.authority, changesASecond);
  }

  /** Milliseconds since a moment of {@link System#nanoTime}. */
  static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }
}
