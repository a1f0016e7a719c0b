package gongbei.bench.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.bench.setup.CoreSet;
import gongbei.bench.setup.NodeJar;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
  private static final int MANY_WALLETS = 9_000;
  private static final int MEGABYTE_BITS = 20;
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
              + " morning[:A_DAY[:SECONDS_AN_HOUR]], minute[:REQUESTS], phones[:PHONES[:SECONDS]],"
              + " herd[:WALLETS[:A_SECOND]].")
  private String planned;

  @Option(names = "--poisson", description = "Arrivals at random instead of evenly spaced.")
  private boolean isPoisson;

  @Option(names = "--warm-up", defaultValue = "10", description = "Seconds that do not count.")
  private double warmUpSeconds;

  @Option(names = "--http", description = "Scans by HTTP instead of the devices' protocol.")
  private boolean isHttp;

  @Option(
      names = "--http2",
      description = "Scans by HTTP/2, without TLS, each on a stream of its own.")
  private boolean isHttp2;

  @Option(
      names = "--mint",
      description =
          "Displays instead of scans: asks for codes over HTTP, for one holder after the other,"
              + " and checks signature, holder, colour, times and serial of each that comes.")
  private boolean mints;

  @Option(
      names = "--scan-connections",
      defaultValue = "0",
      description =
          "With --mint: scans each code as soon as a scanner sees it, on so many connections.")
  private int scanConnections;

  @Option(
      names = "--scan-after-millis",
      defaultValue = "0-0",
      paramLabel = "LEAST-MOST",
      description =
          "With --scan-connections: how long after a code has come a scanner sees it, at random.")
  private String scanAfter;

  @Option(
      names = "--in-flight",
      defaultValue = "1",
      description =
          "With --mint, --http or --http2: so many displays or scans at a time on each connection,"
              + " as of gateways; the peer is asked one at a time.")
  private int inFlight;

  @Option(
      names = "--returning",
      description =
          "With --mint: wallets whose displays are shed come again when they were told, spread,"
              + " until they have their codes; a scan that is shed is wrong.")
  private boolean isReturning;

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

  @Mixin private NodeJar jar = new NodeJar();

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

  @Option(
      names = "--peer-plan",
      description =
          "With --peer: the node by --plan, then the peer by this one, and how many times as many"
              + " scans or displays a core of the node gives as one of the peer.")
  private String peerPlanned;

  @Option(
      names = "--node-cores",
      description =
          "With --generator-cores: the cores that the node, or the peer and its Redis, are kept to"
              + " by taskset, as in 0-1 or 0,2,4-7.")
  private String nodeCores;

  @Option(
      names = "--generator-cores",
      description = "With --node-cores: the cores that this process is kept to.")
  private String generatorCores;

  @Option(names = "--name", defaultValue = "load", description = "What the result is called.")
  private String name;

  @Option(names = "--result", description = "A file for the result, JSON.")
  private Path result;

  private List<String> prefix = List.of();
  private double microsAnAnswer;

  @Override
  public Integer call() throws Exception {
    final LoadFixture bed = new LoadFixture(directory);
    final ArrivalPlan plan = plan(planned);
    if ((scanConnections > 0 || isReturning) && !mints) {
      throw refusal("--scan-connections and --returning go with --mint, which is not given");
    }
    scanDelay();
    if (isHttp && isHttp2) {
      throw refusal("--http and --http2 are two ways, and both are given");
    }
    if (isHttp2 && mints) {
      throw refusal("--http2 is for scans, and --mint is given");
    }
    if (inFlight > 1 && !mints && !isHttp && !isHttp2) {
      throw refusal("--in-flight goes with --mint, --http or --http2, of which none is given");
    }
    if (inFlight < 1) {
      throw refusal("--in-flight is not 1 or more");
    }
    if (peerPlanned != null && peer == null) {
      throw refusal("--peer-plan goes with --peer, which is not given");
    }
    if ((nodeCores == null) != (generatorCores == null)) {
      throw refusal("--node-cores and --generator-cores go together, and one is not given");
    }
    if (nodeCores == null) {
      return run(bed, plan);
    }
    final CoreSet there = CoreSet.ofThisProcess();
    keepToCores(there);
    try {
      return run(bed, plan);
    } finally {
      there.keepThisProcess();
    }
  }

  private int run(LoadFixture bed, ArrivalPlan plan) throws IOException, InterruptedException {
    if (peerPlanned == null) {
      return peer == null ? runNode(bed, plan) : runPeer(bed, plan);
    }
    final ArrivalPlan peerPlan = plan(peerPlanned);
    final int node = runNode(bed, plan);
    final double nodeMicros = microsAnAnswer;
    final int other = runPeer(bed, peerPlan);
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "  a %s takes %.1f µs of the node's processor and %.1f of the peer's: a core gives"
                + " %.1f times as many%n",
            mints ? "display" : "scan",
            nodeMicros,
            microsAnAnswer,
            microsAnAnswer / nodeMicros);
    return Math.max(node, other);
  }

  private ScanDelay scanDelay() {
    try {
      return ScanDelay.parse(scanAfter, SEED);
    } catch (IllegalArgumentException e) {
      throw refusal("--scan-after-millis is " + e.getMessage());
    }
  }

  private ParameterException refusal(String why) {
    return new ParameterException(spec.commandLine(), why);
  }

  /** Keeps this process to its cores, and has what it starts kept to theirs. */
  private void keepToCores(CoreSet there) throws IOException, InterruptedException {
    try {
      final CoreSet ofNode = CoreSet.parse(nodeCores);
      final CoreSet ofGenerator = CoreSet.parse(generatorCores);
      ofNode.require("--node-cores", there);
      ofGenerator.require("--generator-cores", there);
      prefix = ofNode.launch();
      ofGenerator.keepThisProcess();
    } catch (IllegalArgumentException e) {
      throw refusal(e.getMessage());
    }
  }

  private ArrivalPlan plan(String text) {
    try {
      return ArrivalPlan.parse(text);
    } catch (IllegalArgumentException e) {
      throw refusal(e.getMessage());
    }
  }

  private int runNode(LoadFixture bed, ArrivalPlan plan) throws IOException, InterruptedException {
    final String more = mints ? "signingKeyDirectory: keys\n" + roomForWallets() : "";
    try (LoadFixture.RunningNode node =
        bed.start(prefix, jar.require(), jvmOptions, more + settings)) {
      return run(
          bed,
          plan,
          new Server(
              node.httpPort(),
              isHttp || isHttp2 ? -1 : node.tcpPort(),
              node::cpu,
              node::residentBytes));
    }
  }

  private int runPeer(LoadFixture bed, ArrivalPlan plan) throws IOException, InterruptedException {
    isHttp = true;
    isHttp2 = false;
    inFlight = 1;
    try (SpringBootPeer server =
        new SpringBootPeer(
            prefix, NodeJar.require("--peer", peer), jvmOptions, directory, bed.residents())) {
      return run(bed, plan, new Server(server.port(), -1, server::cpu, server::residentBytes));
    }
  }

  /** All wallets of a load come from one address, which by default may have 10,000 connections. */
  private String roomForWallets() {
    return connections < MANY_WALLETS
        ? ""
        : "access: {connectionsPerAddress: " + 2 * connections + "}\n";
  }

  /**
   * What is asked.
   *
   * @param tcpPort of the devices' protocol; -1 where scans go over HTTP
   * @param cpu what tells its processor time
   * @param residentBytes what tells how much memory it holds
   */
  private record Server(
      int httpPort, int tcpPort, Supplier<Duration> cpu, LongSupplier residentBytes) {}

  private int run(LoadFixture bed, ArrivalPlan plan, Server server) throws IOException {
    final PrintWriter out = spec.commandLine().getOut();
    if (!mints) {
      final MintedCodes codes = MintedCodes.open(bed.codes(mix));
      final List<LoadConnection> lanes = scanLanes(server, connections);
      try {
        final OpenLoop loop = loop(codes, lanes, server);
        final OpenLoop.Outcome outcome = run(loop, plan);
        final LoadResult found = new LoadResult(outcome, "scan");
        found.print(out, name);
        microsAnAnswer = found.microsOfServer();
        write(bed, found.json().put("differentCodes", codes.count()));
        return isRight(outcome) ? 0 : 1;
      } finally {
        closeAll(lanes);
      }
    }
    return display(bed, plan, server);
  }

  private int display(LoadFixture bed, ArrivalPlan plan, Server server) throws IOException {
    final PrintWriter out = spec.commandLine().getOut();
    final DisplayedCodes displayed = new DisplayedCodes().scannedAfter(scanDelay());
    final List<LoadConnection> wallets = new ArrayList<>();
    final List<LoadConnection> gates = new ArrayList<>();
    final long bytesBefore = server.residentBytes().getAsLong();
    final long bytesAfter;
    final OpenLoop loop;
    final OpenLoop.Outcome outcome;
    final Optional<OpenLoop.Outcome> scans;
    try {
      for (int i = 0; i < connections; i++) {
        wallets.add(new MintLoadConnection(loopback(server.httpPort()), inFlight, displayed));
      }
      gates.addAll(scanLanes(server, scanConnections));
      final DisplayedCodes.Holders holders = new DisplayedCodes.Holders(bed.residents());
      loop = loop(holders, wallets, server);
      if (isReturning) {
        loop.returning(holders, SEED);
      }
      if (scanConnections > 0) {
        loop.scanning(displayed, gates);
      }
      outcome = run(loop, plan);
      scans = loop.scans();
      bytesAfter = server.residentBytes().getAsLong();
    } finally {
      closeAll(wallets);
      closeAll(gates);
    }
    final LoadResult found = new LoadResult(outcome, "display");
    found.print(out, name);
    microsAnAnswer = found.microsOfServer();
    final ObjectNode json = found.json();
    out.printf(
        Locale.ROOT,
        "  memory of the server: %,d MB before %,d connections, %,d MB after the load%n",
        bytesBefore >> MEGABYTE_BITS,
        connections + scanConnections,
        bytesAfter >> MEGABYTE_BITS);
    json.put("residentBytesBefore", bytesBefore).put("residentBytesAfter", bytesAfter);
    if (loop.returned().isPresent()) {
      found.printReturned(out, loop.returned().get());
      json.set("returnedMicros", LoadResult.percentiles(loop.returned().get()));
    }
    if (scans.isPresent()) {
      final LoadResult ofScans = new LoadResult(scans.get(), "scan");
      ofScans.print(out, name + ", scans of what was displayed");
      json.set("scans", ofScans.json());
    }
    final Map<DisplayedCodes.Fault, Integer> faults =
        displayed.faults(List.of(IssuerKeys.read(directory).guangdong().issuerKey()));
    out.printf(Locale.ROOT, "  codes: %,d checked, wrong: %s%n", displayed.size(), faults);
    out.flush();
    json.put("codesChecked", displayed.size()).put("codesWrong", faults.toString());
    write(bed, json);
    return isRight(outcome) && scans.map(this::isServed).orElse(true) && faults.isEmpty() ? 0 : 1;
  }

  /** No scan is refused because wallets come back, whatever becomes of these. */
  private boolean isServed(OpenLoop.Outcome scans) {
    return isRight(scans) && !(isReturning && scans.shed().getTotalCount() > 0);
  }

  private static boolean isRight(OpenLoop.Outcome outcome) {
    return outcome.wrong() == 0 && outcome.unanswered() == 0;
  }

  private void write(LoadFixture bed, ObjectNode json) throws IOException {
    if (result != null) {
      json.put("name", name)
          .put("server", peer == null ? "gongbei" : "ordinary peer")
          .put("transport", isHttp2 ? "http2" : isHttp ? "http" : "tcp")
          .put("plan", planned)
          .put("arrivals", isPoisson ? "poisson" : "even")
          .put("connections", connections)
          .put("spread", spreads)
          .put("mix", mix.name().toLowerCase(Locale.ROOT))
          .put("displays", mints)
          .put("scanConnections", scanConnections)
          .put("inFlight", inFlight)
          .put("nodeCores", nodeCores == null ? "" : nodeCores)
          .put("generatorCores", generatorCores == null ? "" : generatorCores)
          .put("returning", isReturning)
          .put("residents", bed.residents())
          .put("warmUpSeconds", warmUpSeconds)
          .put("jvm", String.join(" ", jvmOptions))
          .put("settings", settings);
      Files.writeString(result, JSON.writeValueAsString(json) + "\n");
    }
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private List<LoadConnection> scanLanes(Server server, int count) throws IOException {
    final List<LoadConnection> lanes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lanes.add(scanLane(server, i, count > FEW_LANES ? MANY_LANES_BYTES : FEW_LANES_BYTES));
    }
    return lanes;
  }

  private LoadConnection scanLane(Server server, int number, int bytes) throws IOException {
    if (server.tcpPort() >= 0) {
      return new TcpLoadConnection(loopback(server.tcpPort()), number, bytes);
    }
    return isHttp2
        ? new Http2LoadConnection(loopback(server.httpPort()), inFlight)
        : new HttpLoadConnection(loopback(server.httpPort()), mints ? 1 : inFlight);
  }

  private static void closeAll(List<LoadConnection> lanes) throws IOException {
    for (final LoadConnection lane : lanes) {
      lane.close();
    }
  }

  private OpenLoop loop(Questions questions, List<LoadConnection> lanes, Server server) {
    return new OpenLoop(
        questions, lanes, spreads, TimeUnit.MICROSECONDS.toNanos(turnMicros), server.cpu());
  }

  private OpenLoop.Outcome run(OpenLoop loop, ArrivalPlan plan) throws IOException {
    final ArrivalPlan whole = plan.after(warmUpSeconds, plan.firstRate());
    return loop.run(whole, isPoisson ? whole.atRandom(SEED) : whole.evenly(), warmUpSeconds);
  }
}
