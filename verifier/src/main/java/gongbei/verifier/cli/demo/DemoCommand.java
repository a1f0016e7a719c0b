package gongbei.verifier.cli.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.Region;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.SubjectSecret;
import gongbei.codec.trust.TrustList;
import gongbei.codec.trust.TrustStore;
import gongbei.verifier.audit.AuditLog;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.node.JavaVersions;
import gongbei.verifier.cli.node.ServeCommand;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.config.TranslationConfig;
import gongbei.verifier.node.Node;
import gongbei.verifier.node.NodeException;
import gongbei.verifier.node.NodeResources;
import gongbei.verifier.node.TranslationSetup;
import gongbei.verifier.scan.ScanMetrics;
import gongbei.verifier.translate.TranslationTables;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows Gongbei at work: two regions, generated residents, codes minted and scanned. */
@Command(
    name = "demo",
    description =
        "Runs Guangdong and Macau in one process with generated residents, keeps minting and"
            + " scanning codes of all kinds, and shows live rates. Needs no set-up.",
    mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
  /** Where in its keys' directory the authority's is. */
  static final String AUTHORITY_KEYS = "authority";

  private static final String HOST = "127.0.0.1";

  @Spec private CommandSpec spec;

  @Option(
      names = "--residents",
      defaultValue = "100000",
      description = "Number of residents, one in ten in Macau. Default ${DEFAULT-VALUE}.")
  private int residents;

  @Option(
      names = "--rate",
      defaultValue = "1000",
      description = "Codes minted and scanned a second; default ${DEFAULT-VALUE}.")
  private int rate;

  @Option(
      names = "--seconds",
      defaultValue = "0",
      description = "Stop after this time; default 0, never.")
  private int seconds;

  @Option(
      names = "--http-port",
      defaultValue = "8080",
      description =
          "Guangdong's port; Macau's is the next; 0 picks free ones. Default "
              + "${DEFAULT-VALUE}.")
  private int httpPort;

  @Option(
      names = "--tcp-port",
      defaultValue = "9700",
      description =
          "Guangdong's port; Macau's is the next; 0 picks free ones. Default "
              + "${DEFAULT-VALUE}.")
  private int tcpPort;

  @Option(
      names = "--keys",
      paramLabel = "DIR",
      description =
          "Write the demo's keys here, for issue, verify and load; otherwise they "
              + "are not kept.")
  private Path keyDirectory;

  @Option(
      names = "--codes",
      paramLabel = "DIR",
      description = "Write one code of every kind here as pictures to hold before a camera.")
  private Path codeDirectory;

  @Option(names = "--json", description = "Write one JSON object a line.")
  private boolean json;

  private final int[] httpPorts = new int[2];
  private PrintWriter out;

  @Override
  public Integer call() throws IOException, InterruptedException {
    JavaVersions.warnOfUntested();
    if (residents < 100 || residents > 5_000_000) {
      throw CommandException.usage("--residents is not from 100 to 5000000");
    }
    if (rate < 1 || rate > 100_000) {
      throw CommandException.usage("--rate is not from 1 to 100000");
    }
    out = spec.commandLine().getOut();
    final long startedNanos = System.nanoTime();
    choosePorts();
    final Keys keys = Keys.generate();
    if (keyDirectory != null) {
      keys.write(keyDirectory);
    }
    try (Node guangdong = start(Region.GUANGDONG, keys, 0);
        Node macau = start(Region.MACAU, keys, 1)) {
      final DemoTraffic traffic = new DemoTraffic(keys.guangdong(), keys.macau(), keys.foreign());
      traffic.populate(guangdong.resources().log(), macau.resources().log(), residents);
      printAddresses(guangdong, macau, traffic, startedNanos);
      final DemoGroup group = DemoGroup.of(guangdong, keys.authority());
      final DemoVenue venue = DemoVenue.of(traffic, guangdong, keys.guangdong());
      final DemoReserve reserve = DemoReserve.of(guangdong, keys.authority());
      show(DemoCrossing.of(traffic, guangdong, macau));
      show(DemoCrossing.of(traffic, macau, guangdong));
      show(group);
      show(DemoElder.of(guangdong, keys.authority(), keys.checkpoint(), venue.printed()));
      show(DemoFamily.of(traffic, guangdong, keys.authority()));
      show(venue);
      show(DemoScreenshot.of(traffic, guangdong, keys.authority()));
      show(DemoVehicle.of(traffic, guangdong, keys.guangdong(), keys.checkpoint()));
      show(reserve);
      final DemoCodes codes =
          DemoCodes.of(
              guangdong,
              keys.guangdong(),
              traffic.foreignCode(),
              group.made().path("code").asText(),
              venue.printed());
      if (codeDirectory != null) {
        codes.write(codeDirectory);
      }
      if (!json) {
        out.println(reserve.advice(Optional.ofNullable(keyDirectory)));
      }
      show(codes);
      if (!json) {
        out.println();
      }
      out.flush();
      run(guangdong, macau, traffic);
    } catch (NodeException e) {
      throw CommandException.unreachable(e.getMessage());
    }
    return ExitCode.OK;
  }

  private void show(DemoScene scene) {
    out.println(json ? scene.json() : scene.inWords());
  }

  /** The keys of a demo: two regions', a foreign issuer's and an authority's. */
  private record Keys(
      SigningKey guangdong,
      SigningKey macau,
      SigningKey foreign,
      SigningKey authority,
      SigningKey checkpoint) {
    static Keys generate() {
      final KeyGeneration generation = new KeyGeneration();
      final Instant from = Instant.now().truncatedTo(ChronoUnit.DAYS);
      final Instant until = from.plus(Duration.ofDays(30));
      return new Keys(
          generation.generate(CodeFormat.GD1.issuer(), from, until),
          generation.generate(CodeFormat.MO1.issuer(), from, until),
          generation.generate("XX", from, until),
          generation.generateAuthority("Demo authority", from, until),
          generation.generateAuthority("Demo checkpoint", from, until));
    }

    void write(Path directory) throws IOException {
      KeyGeneration.write(guangdong, "gd", directory.resolve("codes"));
      KeyGeneration.write(macau, "mo", directory.resolve("codes"));
      KeyGeneration.write(foreign, "xx", directory.resolve("codes"));
      KeyGeneration.write(authority, "authority", directory.resolve(AUTHORITY_KEYS));
      KeyGeneration.write(checkpoint, "checkpoint", directory.resolve("checkpoint"));
    }

    TrustStore trust() {
      return TrustStore.of(
          new TrustList(List.of(guangdong.issuerKey(), macau.issuerKey(), foreign.issuerKey())));
    }
  }

  /** The ports that the two regions' HTTP servers take, which each must know of the other. */
  private void choosePorts() throws IOException {
    for (int region = 0; region < httpPorts.length; region++) {
      if (httpPort == 0) {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
          httpPorts[region] = free.getLocalPort();
        }
      } else {
        httpPorts[region] = httpPort + region;
      }
    }
  }

  private Node start(Region region, Keys keys, int offset) throws NodeException {
    final URI otherWallet = URI.create("http://" + HOST + ":" + httpPorts[1 - offset] + "/wallet");
    final NodeConfig config =
        NodeConfig.inMemory(
                region,
                (long) residents + 1_000,
                new NodeConfig.Endpoint(HOST, httpPorts[offset]),
                new NodeConfig.Endpoint(HOST, tcpPort == 0 ? 0 : tcpPort + offset),
                null)
            .withTranslation(new TranslationConfig(null, null, null, null, otherWallet));
    final SigningKey own = region == Region.MACAU ? keys.macau() : keys.guangdong();
    return Node.start(
        config,
        NodeResources.inMemory(config)
            .trust(keys.trust())
            .authorities(TrustStore.of(new TrustList(List.of(keys.authority().issuerKey()))))
            .signingKeys(new SigningKeys(List.of(own)))
            .translation(
                new TranslationSetup(
                    SubjectSecret.generate(),
                    TranslationTables.shipped(CodeFormat.of(region)),
                    AuditLog.inMemory(region),
                    Optional.of(
                        TrustStore.of(new TrustList(List.of(keys.checkpoint().issuerKey()))))))
            .build());
  }

  private void printAddresses(Node guangdong, Node macau, DemoTraffic traffic, long startedNanos) {
    if (json) {
      final ObjectNode line = JsonNodeFactory.instance.objectNode();
      line.putArray("nodes")
          .add(ServeCommand.addresses(guangdong))
          .add(ServeCommand.addresses(macau));
      out.println(line.put("residents", residents).put("codeForAnHour", traffic.codeForAnHour()));
      out.flush();
      return;
    }
    out.printf(
        Locale.ROOT,
        "Gongbei's demo is up after %.1f s, with %,d residents. Ctrl-C ends it.%n%n",
        (System.nanoTime() - startedNanos) / 1e9,
        residents);
    for (final Node node : List.of(guangdong, macau)) {
      final String address = "http://" + HOST + ":" + node.httpPort();
      final CodeFormat format = CodeFormat.of(node.config().region());
      out.printf(
          Locale.ROOT,
          "  %s  %s/checkpoint  %s/venue  %s/ops  devices on %s:%d%n      %s/wallet#subject=%s%n",
          node.config().region(),
          address,
          address,
          address,
          HOST,
          node.tcpPort(),
          address,
          DemoTraffic.subject(format, 0).toHex());
    }
    out.printf(Locale.ROOT, "%nAsk Guangdong about a code that is good for an hour:%n%n");
    out.printf(
        Locale.ROOT,
        "  curl -s http://%s:%d/v1/scans -H 'Content-Type: application/json' \\%n"
            + "    -d '{\"checkpoint\":\"metro\",\"code\":\"%s\"}'%n%n",
        HOST,
        guangdong.httpPort(),
        traffic.codeForAnHour());
    out.printf(Locale.ROOT, "Have Guangdong mint a code for a resident:%n%n");
    out.printf(
        Locale.ROOT,
        "  curl -s http://%s:%d/v1/codes -H 'Content-Type: application/json' \\%n"
            + "    -d '{\"subject\":\"%s\"}'%n%n",
        HOST,
        guangdong.httpPort(),
        DemoTraffic.subject(CodeFormat.GD1, 0).toHex());
    out.flush();
  }

  private void run(Node guangdong, Node macau, DemoTraffic traffic)
      throws IOException, InterruptedException {
    try (DeviceClient guangdongGate =
            new DeviceClient(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), guangdong.tcpPort()),
                "demo-gd",
                new byte[0]);
        DeviceClient macauGate =
            new DeviceClient(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), macau.tcpPort()),
                "demo-mo",
                new byte[0])) {
      final Thread phones =
          new Thread(() -> traffic.run(guangdongGate, macauGate, rate), "gongbei-demo");
      phones.setDaemon(true);
      phones.start();
      final List<ScanMetrics> metrics = List.of(guangdong.scanMetrics(), macau.scanMetrics());
      final DemoFigures figures = new DemoFigures(metrics);
      try {
        for (int second = 1; seconds == 0 || second <= seconds; second++) {
          TimeUnit.SECONDS.sleep(1);
          figures.look();
          out.println(json ? figures.json() : figures.inWords());
          out.flush();
        }
      } finally {
        traffic.stop();
      }
      phones.join();
    }
  }
}
