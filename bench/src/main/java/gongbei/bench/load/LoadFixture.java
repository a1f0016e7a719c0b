package gongbei.bench.load;

import gongbei.bench.setup.ChildProcess;
import gongbei.bench.setup.NodeProcess;
import gongbei.bench.setup.OpenGrounds;
import gongbei.bench.setup.Population;
import gongbei.bench.setup.Refusal;
import gongbei.replication.command.Applied;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.log.CommandLog;
import gongbei.replication.map.StatusMap;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Replication;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A directory that has all that a load needs: keys, a node's data with its residents loaded through
 * the log, its configuration, and files of codes. Made once, used for any number of runs.
 */
final class LoadFixture {
  private static final int CHANGES_A_SUBMISSION = 1_024;
  private static final int SUBMISSIONS_IN_FLIGHT = 48;
  private static final long SEED = 20_220_110;
  private static final int READY_SECONDS = 300;

  private final Path directory;

  LoadFixture(Path directory) {
    this.directory = directory.toAbsolutePath();
  }

  /** The file of codes of a mix. */
  Path codes(CodeMinter.Mix mix) {
    return directory.resolve("codes-" + mix.name().toLowerCase(Locale.ROOT) + ".bin");
  }

  /** The node's configuration, written anew at each start. */
  Path configuration() {
    return directory.resolve("node.yaml");
  }

  /** How many residents the bed was made with. */
  long residents() throws IOException {
    return Long.parseLong(Files.readString(directory.resolve("residents")).trim());
  }

  /** Makes keys and the node's data. */
  void populate(long residents) throws Exception {
    Files.createDirectories(directory);
    final IssuerKeys keys = IssuerKeys.generate(directory);
    Files.writeString(directory.resolve("residents"), Long.toString(residents));
    configure(residents, 0, 0, "");
    final NodeConfig config = NodeConfig.read(configuration());
    final StatusMap map =
        StatusMap.persisted(config.dataDirectory().orElseThrow(), config.maxSubjects());
    try (CommandLog log = Replication.start(config, map)) {
      while (!log.status().isWriting()) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
      log.submit(DocumentCommand.grounds(OpenGrounds.TABLE)).get();
      final ArrayDeque<CompletableFuture<List<Applied>>> waiting = new ArrayDeque<>();
      for (long next = 0; next < residents; ) {
        final List<StatusCommand> batch = new ArrayList<>(CHANGES_A_SUBMISSION);
        while (next < residents && batch.size() < CHANGES_A_SUBMISSION) {
          batch.add(Population.status(next++));
        }
        waiting.add(log.submit(batch));
        if (waiting.size() >= SUBMISSIONS_IN_FLIGHT) {
          waiting.remove().get();
        }
      }
      while (!waiting.isEmpty()) {
        waiting.remove().get();
      }
      for (final DocumentCommand group : new CodeMinter(keys, residents, SEED).groups()) {
        log.submit(group).get();
      }
    }
  }

  /** Mints codes of a mix for the residents. */
  void mint(CodeMinter.Mix mix, int count) throws IOException, InterruptedException {
    new CodeMinter(IssuerKeys.read(directory), residents(), SEED).mint(codes(mix), mix, count);
  }

  /**
   * Starts a node on the bed's data.
   *
   * @param settings further lines of its configuration, YAML
   */
  RunningNode start(Path jar, List<String> jvmOptions, String settings)
      throws IOException, InterruptedException {
    return start(List.of(), jar, jvmOptions, settings);
  }

  /**
   * The same, by a command of one's own.
   *
   * @param prefix what the command line opens with, as in {@code taskset -c 0-1}
   */
  RunningNode start(List<String> prefix, Path jar, List<String> jvmOptions, String settings)
      throws IOException, InterruptedException {
    final int http = ChildProcess.freePort();
    final int tcp = ChildProcess.freePort();
    configure(residents(), http, tcp, settings);
    final NodeProcess process =
        new NodeProcess(
            "node", prefix, jvmOptions, jar, directory, URI.create("http://127.0.0.1:" + http));
    process.start();
    final long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
    while (process.status() == null) {
      if (!process.isAlive() || System.nanoTime() - deadlineNanos > 0) {
        process.stop();
        throw new Refusal("the node does not start: " + lastLine(directory.resolve("output")));
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    return new RunningNode(process, http, tcp);
  }

  private static String lastLine(Path output) throws IOException {
    final List<String> lines = Files.readAllLines(output);
    return output + (lines.isEmpty() ? " is empty" : " ends with: " + lines.get(lines.size() - 1));
  }

  /** A node that has been started, with its ports. */
  record RunningNode(NodeProcess process, int httpPort, int tcpPort) implements AutoCloseable {
    /** Its processor time so far. */
    Duration cpu() {
      return process.cpu();
    }

    /** The memory that it holds. */
    long residentBytes() {
      return process.residentBytes();
    }

    @Override
    public void close() {
      try {
        process.stop();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void configure(long residents, int http, int tcp, String settings) throws IOException {
    Files.writeString(
        configuration(),
        "dataDirectory: data\nmaxSubjects: "
            + residents
            + "\ntrustDirectory: keys\nhttp: {host: 127.0.0.1, port: "
            + http
            + "}\ntcp: {host: 127.0.0.1, port: "
            + tcp
            + "}\n"
            + settings
            + "\n");
  }
}
