package gongbei.verifier.cli;

import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import gongbei.verifier.node.NodeException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a node until it is told to stop. */
@Command(
    name = "serve",
    description = "Runs a node until it is told to stop (SIGTERM, Ctrl-C).",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "The node's configuration, YAML.")
  private Path configFile;

  @Option(names = "--role", description = "single, member or replica; overrides the file.")
  private NodeConfig.Role role;

  @Override
  public Integer call() throws InterruptedException {
    try {
      final NodeConfig read = NodeConfig.read(configFile);
      final Node node = Node.start(role == null ? read : read.withRole(role));
      final CountDownLatch stopped = new CountDownLatch(1);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    node.close();
                    stopped.countDown();
                  },
                  "gongbei-stop"));
      spec.commandLine()
          .getOut()
          .printf(
              "gongbei %s is serving: http://%s:%d, devices on %s:%d%n",
              node.config().region(),
              node.config().http().host(),
              node.httpPort(),
              node.config().tcp().host(),
              node.tcpPort());
      spec.commandLine().getOut().flush();
      stopped.await();
      return Gongbei.EXIT_OK;
    } catch (ConfigException e) {
      throw CommandException.usage(e.getMessage());
    } catch (NodeException e) {
      throw CommandException.unreachable(e.getMessage());
    }
  }
}
