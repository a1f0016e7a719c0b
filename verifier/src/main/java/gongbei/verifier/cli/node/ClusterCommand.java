package gongbei.verifier.cli.node;

import gongbei.codec.trust.FileFault;
import gongbei.replication.cluster.ClusterBackupCopy;
import gongbei.replication.cluster.LoneBackup;
import gongbei.replication.cluster.NodeRequest;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.remote.NodeAccess;
import gongbei.verifier.cli.remote.NodeJson;
import gongbei.verifier.cli.remote.WaitingWord;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Replication;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Manages a cluster. */
@Command(
    name = "cluster",
    description = "Manages a cluster: snapshots, members, leadership, backups.",
    mixinStandardHelpOptions = true,
    subcommands = {
      ClusterCommand.Snapshot.class,
      ClusterCommand.Members.class,
      ClusterCommand.HandOver.class,
      ClusterCommand.Backup.class,
      ClusterCommand.Restore.class
    })
public final class ClusterCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw CommandException.usage(
        "one of " + String.join(", ", spec.subcommands().keySet()) + " is missing");
  }

  private static int answer(CommandSpec spec, String answer) {
    spec.commandLine().getOut().println(answer);
    spec.commandLine().getOut().flush();
    return answer.startsWith("done") ? ExitCode.OK : ExitCode.REFUSED;
  }

  /** Asks a running member of this machine for something. */
  private abstract static class Asking implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
        names = "--data",
        paramLabel = "DIR",
        required = true,
        description = "The data directory of the running leader.")
    private Path directory;

    @Option(
        names = "--timeout",
        description = "Seconds; default 300 for a snapshot, 60 to hand over.")
    private Integer timeout;

    private final NodeRequest request;
    private final int defaultSeconds;

    Asking(NodeRequest request, int defaultSeconds) {
      this.request = request;
      this.defaultSeconds = defaultSeconds;
    }

    @Override
    public Integer call() {
      final Duration patience = Duration.ofSeconds(timeout == null ? defaultSeconds : timeout);
      try {
        return answer(
            spec,
            WaitingWord.asked(
                "the node in "
                    + directory
                    + " to answer, "
                    + patience.toSeconds()
                    + " s at the most",
                () -> request.send(directory, patience)));
      } catch (IOException e) {
        throw CommandException.unreachable(e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw CommandException.unreachable("interrupted");
      }
    }
  }

  /** Takes a snapshot. */
  @Command(
      name = "snapshot",
      description =
          "Makes every member take a snapshot. Run it on the leader's machine. "
              + "Writes wait meanwhile.",
      mixinStandardHelpOptions = true)
  static final class Snapshot extends Asking {
    Snapshot() {
      super(NodeRequest.SNAPSHOT, 300);
    }
  }

  /** Hands leadership over. */
  @Command(
      name = "hand-over",
      description =
          "Makes the leader step down, so that another member is elected. Run it on"
              + " the leader's machine.",
      mixinStandardHelpOptions = true)
  static final class HandOver extends Asking {
    HandOver() {
      super(NodeRequest.HAND_OVER, 60);
    }
  }

  /** Lists members. */
  @Command(
      name = "members",
      description = "Lists nodes: role, leader, position, version, digest.",
      mixinStandardHelpOptions = true)
  static final class Members implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private NodeAccess access;

    @Option(
        names = "--url",
        required = true,
        split = ",",
        description = "The nodes, separated by commas.")
    private List<URI> urls;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    /**
     * A node, or why it did not answer.
     *
     * @param fault null of one that answered; then all else but the address is null of others
     */
    private record Row(
        URI url,
        String role,
        String leader,
        Long commitPosition,
        Long appliedPosition,
        Long version,
        String digest,
        String digestKey,
        String fault) {
      static Row of(URI url, NodeStatus status) {
        return new Row(
            url,
            status.log().role(),
            status.log().leader(),
            status.log().commitPosition(),
            status.log().appliedPosition(),
            status.version(),
            Objects.toString(status.digest(), ""),
            Objects.toString(status.digestKey(), ""),
            null);
      }

      static Row unreached(URI url, String fault) {
        return new Row(url, null, null, null, null, null, null, null, fault);
      }

      String line() {
        return String.format(
            Locale.ROOT,
            "%-28s %-10s %-14s %14s %14s %s",
            url,
            fault == null ? role : fault,
            Objects.toString(leader, ""),
            Objects.toString(appliedPosition, ""),
            Objects.toString(version, ""),
            Objects.toString(digest, ""));
      }
    }

    @Override
    public Integer call() throws InterruptedException {
      final List<Row> rows = new ArrayList<>();
      for (final URI url : urls) {
        rows.add(row(url));
      }
      final PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(
            rows.stream()
                .map(row -> NodeJson.write(row).toString())
                .collect(Collectors.joining(",", "[", "]")));
      } else {
        rows.forEach(row -> out.println(row.line()));
      }
      out.flush();
      return rows.stream().allMatch(row -> row.fault() == null)
          ? ExitCode.OK
          : ExitCode.UNREACHABLE;
    }

    private Row row(URI url) throws InterruptedException {
      try {
        return Row.of(url, StatusCommand.figures(url, access.connection()));
      } catch (CommandException e) {
        return Row.unreached(url, e.getMessage());
      }
    }
  }

  /** Backs a cluster up. */
  @Command(
      name = "backup",
      description =
          "Copies the newest snapshot of a running cluster or single node, and the "
              + "log after it, into a directory.",
      mixinStandardHelpOptions = true)
  static final class Backup implements Callable<Integer> {
    private static final Duration SNAPSHOT_PATIENCE = Duration.ofMinutes(5);

    @Spec private CommandSpec spec;

    @Option(
        names = "--config",
        paramLabel = "FILE",
        required = true,
        description =
            "A configuration that lists the cluster's members, such as a replica's; "
                + "or that of a single node on this machine, running or not.")
    private Path configFile;

    @Option(
        names = "--to",
        paramLabel = "DIR",
        required = true,
        description = "A directory that is empty or does not exist.")
    private Path directory;

    @Option(
        names = "--port",
        defaultValue = "9890",
        description = "The first of two free UDP ports of this machine; default ${DEFAULT-VALUE}.")
    private int port;

    @Option(
        names = "--replication-host",
        paramLabel = "ADDRESS",
        description =
            "Address at which the members reach this machine; overrides " + "replication.host.")
    private String replicationHost;

    private NodeConfig config() throws ConfigException {
      final NodeConfig read = NodeConfig.read(configFile);
      return replicationHost == null ? read : read.withReplicationHost(replicationHost);
    }

    @Override
    public Integer call() {
      try {
        final NodeConfig config = config();
        if (config.replication().members().isEmpty()) {
          return backUpAlone(config);
        }
        final long position =
            WaitingWord.asked(
                "the members' newest snapshot and log",
                () ->
                    ClusterBackupCopy.make(
                        Replication.context(config.withRole(NodeConfig.Role.REPLICA))
                            .directory(directory)
                            .aeronDirectory(null),
                        config.replication().host(),
                        port));
        return answer(spec, "done: the log up to " + position);
      } catch (ConfigException e) {
        throw CommandException.usage(e.getMessage());
      } catch (IOException e) {
        throw CommandException.unreachable(reasonOf(e));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw CommandException.unreachable("interrupted");
      }
    }

    private int backUpAlone(NodeConfig config) throws IOException, InterruptedException {
      if (config.role() != NodeConfig.Role.SINGLE) {
        throw CommandException.usage(configFile + ": replication.members is missing");
      }
      final Path data =
          config
              .dataDirectory()
              .orElseThrow(
                  () ->
                      CommandException.usage(
                          configFile
                              + ": dataDirectory is missing; a node without one keeps nothing"));
      final long position =
          WaitingWord.asked(
              "the node's snapshot, " + SNAPSHOT_PATIENCE.toSeconds() + " s at the most",
              () -> LoneBackup.make(data, directory, SNAPSHOT_PATIENCE));
      return answer(spec, "done: the log up to " + position);
    }

    private static String reasonOf(IOException e) {
      return e instanceof FileSystemException file && file.getFile() != null
          ? file.getFile() + " " + FileFault.reasonOf(file)
          : e.getMessage();
    }
  }

  /** Restores a cluster. */
  @Command(
      name = "restore",
      description =
          "Creates a member's data directory from a backup. To restore a cluster, "
              + "do this on every member's machine, with the same backup, before you "
              + "start the first. The restored cluster has a new history: replicas that "
              + "are ahead of the backup answer nothing until they have fetched the "
              + "members' state, which they do by themselves.",
      mixinStandardHelpOptions = true)
  static final class Restore implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(names = "--from", paramLabel = "DIR", required = true, description = "The backup.")
    private Path backup;

    @Option(
        names = "--data",
        paramLabel = "DIR",
        required = true,
        description = "The data directory; it must be empty or not exist.")
    private Path directory;

    @Override
    public Integer call() {
      try {
        ClusterBackupCopy.restore(backup, directory);
        return answer(spec, "done: " + directory + " is ready for a member to start");
      } catch (IOException e) {
        throw CommandException.unreachable(e.getMessage());
      }
    }
  }
}
