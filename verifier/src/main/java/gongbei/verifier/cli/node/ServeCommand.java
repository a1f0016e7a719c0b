package gongbei.verifier.cli.node;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.replication.context.HostName;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import gongbei.verifier.node.NodeException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a node until it is stopped. */
@Command(
    name = "serve",
    description = "Runs a node until it is stopped (SIGTERM, Ctrl-C).",
    mixinStandardHelpOptions = true)
public final class ServeCommand implements Callable<Integer> {
  private static final Logger LOGGER = LoggerFactory.getLogger(ServeCommand.class);

  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "The node's configuration, YAML.")
  private Path configFile;

  @Option(names = "--role", description = "single, member or replica; overrides the file.")
  private NodeConfig.Role role;

  @Option(
      names = "--replication-host",
      paramLabel = "ADDRESS",
      description =
          "Address at which the members reach this replica; overrides " + "replication.host.")
  private String replicationHost;

  @Option(names = "--json", description = "Write JSON.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    JavaVersions.warnOfUntested();
    try {
      final Node node = Node.start(config());
      final CountDownLatch stopped = new CountDownLatch(1);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    node.close();
                    stopped.countDown();
                  },
                  "gongbei-stop"));
      node.resources().startTimes().ifPresent(times -> times.done("tables and servers"));
      spec.commandLine().getOut().println(json ? addresses(node).toString() : inWords(node));
      spec.commandLine().getOut().flush();
      node.resources().startTimes().ifPresent(times -> LOGGER.info("{}", times));
      stopped.await();
      return ExitCode.OK;
    } catch (ConfigException e) {
      throw CommandException.usage(e.getMessage());
    } catch (NodeException e) {
      throw CommandException.unreachable(e.getMessage());
    }
  }

  private NodeConfig config() throws ConfigException {
    final NodeConfig read = NodeConfig.read(configFile);
    try {
      final NodeConfig reached =
          replicationHost == null ? read : read.withReplicationHost(replicationHost);
      return role == null ? reached : reached.withRole(role);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(configFile + ": " + e.getMessage());
    }
  }

  private static String inWords(Node node) {
    return String.format(
        Locale.ROOT,
        "gongbei %s is serving: %s, devices on %s%s",
        node.config().region(),
        httpAddress(node),
        HostName.withPort(node.config().tcp().host(), node.tcpPort()),
        node.config().tcp().tls() == null ? "" : " by TLS");
  }

  private static String httpAddress(Node node) {
    final NodeConfig.Endpoint http = node.config().http();
    return (http.tls() == null ? "http://" : "https://")
        + HostName.inUrl(http.host(), node.httpPort());
  }

  /** Where a node can be reached, as JSON. */
  public static ObjectNode addresses(Node node) {
    final ObjectNode addresses = JsonNodeFactory.instance.objectNode();
    addresses.put("region", node.config().region().wireName());
    addresses.put("http", httpAddress(node));
    addresses.put("devices", HostName.withPort(node.config().tcp().host(), node.tcpPort()));
    return addresses;
  }
}
