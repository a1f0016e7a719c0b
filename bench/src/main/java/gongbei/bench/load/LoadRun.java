package gongbei.bench.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code load run}. Ends with 1 where an answer was wrong or did not come. */
@Command(
    name = "run",
    description = "Asks by a plan, whatever the answers do, and checks every one.",
    mixinStandardHelpOptions = true)
final class LoadRun implements Callable<Integer> {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final int FEW_LANES = 32;
  private static final int FEW_LANES_BYTES = 256 * 1024;
  private static final int MANY_LANES_BYTES = 32 * 1024;
  private static final long SEED = 20_220_110;

  @Spec private CommandSpec spec;

  @Option(names = "--directory", required = true, description = "What load prepare has made.")
  private Path directory;

  @Option(names = "--mix", defaultValue = "gd1", description = "gd1 or mixed.")
  private CodeMinter.Mix mix;

  @Option(
      names = "--plan",
      required = true,
      description =
          "RATExSECONDS or FROM-TOxSECONDS, several with commas between, or"
              + " morning[:SCANS_A_DAY[:SECONDS_AN_HOUR]].")
  private String planned;

  @Option(names = "--poisson", description = "Arrivals at random instead of evenly spaced.")
  private boolean isPoisson;

  @Option(names = "--warm-up", defaultValue = "10", description = "Seconds that do not count.")
  private double warmUpSeconds;

  @Option(names = "--http", description = "HTTP instead of the devices' protocol.")
  private boolean isHttp;

  @Option(names = "--connections", defaultValue = "4", description = "How many.")
  private int connections;

  @Option(
      names = "--spread",
      description = "Neighbouring scans by different connections, as from devices of their own.")
  private boolean spreads;

  @Option(
      names = "--turn-micros",
      defaultValue = "100",
      description = "The longest sleep of the generator.")
  private int turnMicros;

  @Option(
      names = "--jar",
      defaultValue = "verifier/target/gongbei.jar",
      description = "The node to start.")
  private Path jar;

  @Option(
      names = "--jvm",
      defaultValue = "-Xms1g -Xmx1g",
      split = " ",
      description = "Options of the server's JVM, blanks between.")
  private List<String> jvmOptions;

  @Option(
      names = "--settings",
      defaultValue = "",
      description = "A further line of the node's configuration.")
  private String settings;

  @Option(names = "--peer", description = "The ordinary peer's jar, to start instead of a node.")
  private Path peer;

  @Option(names = "--name", defaultValue = "load", description = "What the result is called.")
  private String name;

  @Option(names = "--result", description = "A file for the result, JSON.")
  private Path result;

  @Override
  public Integer call() throws Exception {
    final LoadFixture bed = new LoadFixture(directory);
    final ArrivalPlan plan;
    try {
      plan = ArrivalPlan.parse(planned);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
    final MintedCodes codes = MintedCodes.open(bed.codes(mix));
    final OpenLoop.Outcome outcome;
    if (peer == null) {
      try (LoadFixture.RunningNode node = bed.start(jar, jvmOptions, settings)) {
        outcome = run(plan, codes, isHttp ? node.httpPort() : node.tcpPort(), node::cpu);
      }
    } else {
      isHttp = true;
      try (SpringBootPeer server =
          new SpringBootPeer(peer, jvmOptions, directory, bed.residents())) {
        outcome = run(plan, codes, server.port(), server::cpu);
      }
    }
    final LoadResult found = new LoadResult(outcome);
    found.print(spec.commandLine().getOut(), name);
    if (result != null) {
      final ObjectNode json = found.json();
      json.put("name", name)
          .put("server", peer == null ? "gongbei" : "ordinary peer")
          .put("transport", isHttp ? "http" : "tcp")
          .put("plan", planned)
          .put("arrivals", isPoisson ? "poisson" : "even")
          .put("connections", connections)
          .put("spread", spreads)
          .put("mix", mix.name().toLowerCase(Locale.ROOT))
          .put("differentCodes", codes.count())
          .put("residents", bed.residents())
          .put("warmUpSeconds", warmUpSeconds)
          .put("jvm", String.join(" ", jvmOptions))
          .put("settings", settings);
      Files.writeString(result, JSON.writeValueAsString(json) + "\n");
    }
    return outcome.wrong() == 0 && outcome.unanswered() == 0 ? 0 : 1;
  }

  private OpenLoop.Outcome run(
      ArrivalPlan plan, MintedCodes codes, int serverPort, Supplier<Duration> serverCpu)
      throws IOException {
    final InetSocketAddress server =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort);
    final List<LoadConnection> lanes = new ArrayList<>();
    try {
      for (int i = 0; i < connections; i++) {
        lanes.add(
            isHttp
                ? new HttpLoadConnection(server)
                : new TcpLoadConnection(
                    server, i, connections > FEW_LANES ? MANY_LANES_BYTES : FEW_LANES_BYTES));
      }
      final ArrivalPlan whole = plan.after(warmUpSeconds, plan.firstRate());
      return new OpenLoop(
              codes, lanes, spreads, TimeUnit.MICROSECONDS.toNanos(turnMicros), serverCpu)
          .run(whole, isPoisson ? whole.atRandom(SEED) : whole.evenly(), warmUpSeconds);
    } finally {
      for (final LoadConnection lane : lanes) {
        lane.close();
      }
    }
  }
}
