package gongbei.bench.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Five network namespaces, one for each node, and a switch between them and this machine, {@code
 * network.c}, whose links can be cut, slow and lossy. Not every kernel has netem; this needs root,
 * {@code ip}, {@code gcc} and {@code /dev/net/tun}. Several can be on a machine at once. For one
 * thread.
 */
final class NetworkNamespaces implements ClusterFixture.Place, AutoCloseable {
  private static final int NODES = 5;
  private static final int LINKS = 16;
  private static final int LINK_BYTES = 64;
  private static final int CUT = 0;
  private static final int LOSS_PER_MILLE = 8;
  private static final int DELAY_MICROS = 16;
  private static final int JITTER_MICROS = 24;
  private static final int FRAMES_CUT = 40;
  private static final int FRAMES_LOST = 48;
  private static final int FRAMES_DELAYED = 56;
  private static final int WHOLLY = 1;
  private static final int FROM_NODES = 2;
  private static final int FIRST_SUBNET = 46;
  private static final int LAST_SUBNET = 250;

  private final Path directory;
  private final String name = "gb" + ProcessHandle.current().pid();
  private String subnet = "";
  private UnsafeBuffer links;
  private Process network;

  private NetworkNamespaces(Path directory) {
    this.directory = directory;
  }

  /**
   * Makes them, or returns null where that is not possible: see {@link #missing}.
   *
   * @param directory where the switch is compiled and controlled
   * @param seed decides which frames are lost
   */
  static NetworkNamespaces make(Path directory, long seed)
      throws IOException, InterruptedException {
    if (missing() != null) {
      return null;
    }
    final NetworkNamespaces spaces = new NetworkNamespaces(directory);
    try {
      spaces.open(seed);
    } catch (IOException e) {
      spaces.close();
      throw e;
    }
    return spaces;
  }

  /** What this machine lacks for it; null where nothing. */
  static String missing() throws InterruptedException {
    if (!FaultTools.runs("gcc", "--version")) {
      return "gcc";
    }
    if (!FaultTools.runs("ip", "-V")) {
      return "ip (Debian's package iproute2)";
    }
    if (!Files.exists(Path.of("/dev/net/tun"))) {
      return "/dev/net/tun";
    }
    final String probe = "gb" + ProcessHandle.current().pid() + "-probe";
    if (!FaultTools.runs("ip", "netns", "add", probe)) {
      return "leave to make network namespaces (root)";
    }
    FaultTools.runs("ip", "netns", "delete", probe);
    return null;
  }

  private void open(long seed) throws IOException, InterruptedException {
    final Path program = new FaultTools(directory).network();
    final Path control = directory.resolve("network.control");
    try (FileChannel file =
        FileChannel.open(
            control,
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      links = new UnsafeBuffer(file.map(FileChannel.MapMode.READ_WRITE, 0, LINKS * LINK_BYTES));
    }
    network =
        new ProcessBuilder(
                program.toString(),
                Integer.toString(NODES),
                control.toString(),
                name + "t",
                Long.toString(seed))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    final String said =
        new BufferedReader(
                new InputStreamReader(network.getInputStream(), StandardCharsets.US_ASCII))
            .readLine();
    if (!"ready".equals(said)) {
      throw new IOException("the switch of the network namespaces does not start");
    }
    subnet = freeSubnet();
    final String own = device(NODES);
    ip("link", "set", own, "address", hardware(NODES));
    ip("addr", "add", subnet + "1/24", "dev", own);
    ip("link", "set", own, "up");
    for (int node = 0; node < NODES; node++) {
      final String space = space(node);
      ip("netns", "add", space);
      ip("link", "set", device(node), "netns", space);
      ip("-n", space, "link", "set", device(node), "name", "eth0", "address", hardware(node));
      ip("-n", space, "addr", "add", host(node) + "/24", "dev", "eth0");
      ip("-n", space, "link", "set", "eth0", "up");
      ip("-n", space, "link", "set", "lo", "up");
    }
  }

  /** One of 10.77.0.0/16 that this machine has no address in. */
  private static String freeSubnet() throws IOException, InterruptedException {
    final Process list = new ProcessBuilder("ip", "-4", "-o", "addr").start();
    final String taken =
        new String(list.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    list.waitFor();
    for (int third = FIRST_SUBNET; third <= LAST_SUBNET; third++) {
      if (!taken.contains(" 10.77." + third + ".")) {
        return "10.77." + third + ".";
      }
    }
    throw new IOException("10.77.0.0/16 is taken");
  }

  private String space(int node) {
    return name + "-" + node;
  }

  private String device(int node) {
    return name + "t" + node;
  }

  /** The switch sends a frame where the last byte says. */
  private static String hardware(int node) {
    return "02:67:62:00:00:0" + node;
  }

  private static void ip(String... arguments) throws IOException, InterruptedException {
    final List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    if (!FaultTools.runs(command.toArray(String[]::new))) {
      throw new IOException("did not work: " + String.join(" ", command));
    }
  }

  private void put(int node, int value, long what) {
    links.putLongVolatile(node * LINK_BYTES + value, what);
  }

  private long sum(int value) {
    long sum = 0;
    for (int link = 0; link <= NODES; link++) {
      sum += links.getLongVolatile(link * LINK_BYTES + value);
    }
    return sum;
  }

  /** Cuts a node off from all others, and from those who ask it. */
  void cut(int node) {
    put(node, CUT, WHOLLY);
  }

  /** Cuts a node off from the other nodes; those who ask it still reach it. */
  void part(int node) {
    put(node, CUT, FROM_NODES);
  }

  /** Lets it back. */
  void mend(int node) {
    put(node, CUT, 0);
  }

  /**
   * Lets what goes between a node and the other nodes be late, both ways, and some of it be lost.
   *
   * @param jitter the most that a frame is later than the delay, by chance: frames overtake
   */
  void impair(int node, Duration delay, Duration jitter, int lossPercent) {
    put(node, JITTER_MICROS, jitter.toNanos() / 1_000);
    put(node, DELAY_MICROS, delay.toNanos() / 1_000);
    put(node, LOSS_PER_MILLE, 10L * lossPercent);
  }

  /** Lets it be as before. */
  void repair(int node) {
    put(node, LOSS_PER_MILLE, 0);
    put(node, DELAY_MICROS, 0);
    put(node, JITTER_MICROS, 0);
  }

  /**
   * Begins or ends to record every frame, as who is on the network would: up to 65,536 of them,
   * each after its length of 4 bytes.
   *
   * @return where they are
   */
  Path record(boolean isWanted) {
    put(LINKS - 1, CUT, isWanted ? WHOLLY : 0);
    return directory.resolve("network.control.recorded");
  }

  /** How many frames cut links have kept back. */
  long framesCut() {
    return sum(FRAMES_CUT);
  }

  /** How many frames were lost. */
  long framesLost() {
    return sum(FRAMES_LOST);
  }

  /** How many frames were late. */
  long framesDelayed() {
    return sum(FRAMES_DELAYED);
  }

  @Override
  public String host(int node) {
    return subnet + (10 + node);
  }

  @Override
  public List<String> prefix(int node) {
    return List.of("ip", "netns", "exec", space(node));
  }

  @Override
  public void close() {
    if (network != null) {
      network.destroyForcibly();
    }
    try {
      for (int node = 0; node < NODES; node++) {
        FaultTools.runs("ip", "netns", "delete", space(node));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
