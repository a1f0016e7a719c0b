package gongbei.bench.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Five network namespaces on a bridge, one for each node, whose links can be cut. */
final class NetworkSpaces implements TestBed.Place, AutoCloseable {
  private static final String BRIDGE = "gongbei0";
  private static final String NETWORK = "10.77.46.";
  private static final int NODES = 5;

  private NetworkSpaces() {}

  /** Makes them, or returns null where that is not possible. */
  static NetworkSpaces make() throws IOException, InterruptedException {
    final NetworkSpaces spaces = new NetworkSpaces();
    spaces.close();
    boolean isMade =
        ip("link", "add", BRIDGE, "type", "bridge")
            && ip("addr", "add", NETWORK + "1/24", "dev", BRIDGE)
            && ip("link", "set", BRIDGE, "up");
    for (int node = 0; node < NODES && isMade; node++) {
      final String space = space(node);
      isMade =
          ip("netns", "add", space)
              && ip(
                  "link", "add", link(node), "type", "veth", "peer", "name", "eth0", "netns", space)
              && ip("link", "set", link(node), "master", BRIDGE)
              && ip("link", "set", link(node), "up")
              && ip("-n", space, "addr", "add", spaces.host(node) + "/24", "dev", "eth0")
              && ip("-n", space, "link", "set", "eth0", "up")
              && ip("-n", space, "link", "set", "lo", "up");
    }
    if (!isMade) {
      spaces.close();
      return null;
    }
    return spaces;
  }

  private static String space(int node) {
    return "gongbei-" + node;
  }

  private static String link(int node) {
    return "gongbei-v" + node;
  }

  private static boolean ip(String... arguments) throws IOException, InterruptedException {
    final ArrayList<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  /** Runs a command to its end, whatever it says; whether it ended with 0. */
  static boolean run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  /** Cuts a node off from all others. */
  void cut(int node) throws IOException, InterruptedException {
    require(ip("link", "set", link(node), "down"));
  }

  /** Lets it back. */
  void mend(int node) throws IOException, InterruptedException {
    require(ip("link", "set", link(node), "up"));
  }

  /**
   * Lets what a node sends be late, and some of it be lost.
   *
   * @return false where this kernel has no such queue
   */
  boolean impair(int node, int delayMillis, int jitterMillis, int lossPercent)
      throws IOException, InterruptedException {
    return run(
        "ip",
        "netns",
        "exec",
        space(node),
        "tc",
        "qdisc",
        "replace",
        "dev",
        "eth0",
        "root",
        "netem",
        "delay",
        delayMillis + "ms",
        jitterMillis + "ms",
        "loss",
        lossPercent + "%");
  }

  /** Lets a node send as before. */
  void repair(int node) throws IOException, InterruptedException {
    require(run("ip", "netns", "exec", space(node), "tc", "qdisc", "del", "dev", "eth0", "root"));
  }

  private static void require(boolean isDone) {
    if (!isDone) {
      throw new IllegalStateException("a link could not be changed");
    }
  }

  @Override
  public String host(int node) {
    return NETWORK + (10 + node);
  }

  @Override
  public List<String> prefix(int node) {
    return List.of("ip", "netns", "exec", space(node));
  }

  @Override
  public void close() {
    try {
      for (int node = 0; node < NODES; node++) {
        ip("netns", "delete", space(node));
        ip("link", "delete", link(node));
      }
      ip("link", "delete", BRIDGE);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
