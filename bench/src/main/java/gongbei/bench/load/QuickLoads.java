package gongbei.bench.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Loads of a few seconds on a small node in this process, to see that all of it works. Their
 * figures say nothing.
 */
public final class QuickLoads {
  private static final int RESIDENTS = 2_000;
  private static final int CODES = 1_000;
  private static final int CONNECTIONS = 2;
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final long TURN_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

  private QuickLoads() {}

  /**
   * Runs.
   *
   * @param bed an empty directory to work in
   * @param results where the results go
   */
  public static void run(Path bed, Path results) throws Exception {
    final LoadFixture made = new LoadFixture(bed);
    made.populate(RESIDENTS);
    made.mint(CodeMinter.Mix.MIXED, CODES);
    try (Node node = Node.start(NodeConfig.read(made.configuration()))) {
      run(made, node.tcpPort(), false, "headline", "300x1", results);
      run(made, node.tcpPort(), false, "moonshot", "600x1", results);
      run(made, node.tcpPort(), false, "steps", "200x2,400x2", results);
      run(made, node.tcpPort(), false, "overload", "200x1,2000x1,200x1", results);
      run(made, node.httpPort(), true, "http", "200x1", results);
    }
  }

  private static void run(
      LoadFixture bed, int port, boolean isHttp, String name, String planned, Path results)
      throws IOException {
    final InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    final List<LoadConnection> lanes = new ArrayList<>();
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        lanes.add(
            isHttp
                ? new HttpLoadConnection(server, 1)
                : new TcpLoadConnection(server, i, BUFFER_BYTES));
      }
      final ArrivalPlan plan = ArrivalPlan.parse(planned);
      final OpenLoop.Outcome outcome =
          new OpenLoop(
                  MintedCodes.open(bed.codes(CodeMinter.Mix.MIXED)),
                  lanes,
                  true,
                  TURN_NANOS,
                  () -> Duration.ofMillis(1))
              .run(plan, plan.evenly(), 0);
      final ObjectNode json = new LoadResult(outcome, "scan").json();
      json.put("name", name)
          .put("residents", RESIDENTS)
          .put("connections", CONNECTIONS)
          .put("plan", planned);
      Files.writeString(
          results.resolve(name + ".json"),
          new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(json));
    } finally {
      for (final LoadConnection lane : lanes) {
        lane.close();
      }
    }
  }
}
