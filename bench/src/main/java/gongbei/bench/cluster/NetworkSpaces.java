package gongbei.bench.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Four network namespaces on a bridge, one for each node, whose links can be cut. */
final class NetworkSpaces implements TestBed.Place, AutoCloseable {
  private static final String BRIDGE = "gongbei0";
  private static final String NETWORK = "10.77.46.";
  private static final int NODES = 4;

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
