package gongbei.verifier.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.trust.FileFault;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustException;
import gongbei.replication.cluster.ClusterContext;
import gongbei.replication.cluster.ClusterNode;
import gongbei.replication.status.Applied;
import gongbei.replication.status.CommandLog;
import gongbei.replication.status.StatusCommand;
import gongbei.replication.status.StatusMap;
import gongbei.replication.status.StatusMapException;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.config.Limits;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Loads residents through the log. */
@Command(
    name = "load",
    description = {
      "Loads residents from CSV or Parquet through the log. The columns: subject, colour, result,"
          + " sampleTime, doses, lastDoseDate, flags; CSV names them in its first line.",
      "",
      "How far it got stands in FILE.progress; --resume goes on from there."
    },
    mixinStandardHelpOptions = true)
final class LoadCommand implements Callable<Integer> {
  /** Fewer than a node takes in one signed request without numbers. */
  private static final int ROWS_A_BATCH = 1_000;

  @Spec private CommandSpec spec;

  @Mixin private NodeAccess access;

  @Parameters(paramLabel = "FILE", description = "The residents, CSV in UTF-8 or Parquet.")
  private Path file;

  @ArgGroup(multiplicity = "1")
  private Target target;

  @Option(names = "--resume", description = "Go on where an earlier run was stopped.")
  private boolean resume;

  @Option(
      names = "--time-zone",
      paramLabel = "ZONE",
      description =
          "Where times without an offset were told, as Asia/Shanghai or +08:00. Without it they are"
              + " refused.")
  private ZoneId zone;

  @Option(names = "--no-progress", description = "Show no progress bar.")
  private boolean noProgress;

  @Option(names = "--json", description = "Write JSON.")
  private boolean json;

  private static final class Target {
    @ArgGroup(exclusive = false)
    private Remote remote;

    @ArgGroup(exclusive = false)
    private Local local;
  }

  private static final class Remote {
    @Option(names = "--url", required = true, description = "A running node.")
    private URI url;

    @Option(
        names = "--authority-keys",
        paramLabel = "DIR|FILE",
        required = true,
        description = "The authority's key and certificate, *.pem; or a token's file, *.yaml.")
    private Path keys;
  }

  private static final class Local {
    @Option(
        names = "--data",
        paramLabel = "DIR",
        required = true,
        description = "The data directory of a single node that is not running.")
    private Path directory;

    @Option(
        names = "--max-subjects",
        defaultValue = "1000000",
        description = "How many a new map is made for; default ${DEFAULT-VALUE}.")
    private long maxSubjects;
  }

  /** Takes batches of rows to where they are applied. */
  private interface Sink extends AutoCloseable {
    void apply(List<StatusCommand> batch) throws IOException, InterruptedException;

    @Override
    void close();
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (target.local != null
        && (target.local.maxSubjects < 1 || target.local.maxSubjects > Limits.MAX_SUBJECTS)) {
      throw CommandException.usage("--max-subjects is not from 1 to " + Limits.MAX_SUBJECTS);
    }
    if (target.local != null
        && Files.exists(target.local.directory)
        && !Files.isDirectory(target.local.directory)) {
      throw CommandException.unreachable(target.local.directory + " is not a directory");
    }
    final long done = resume ? readProgress() : 0;
    final long rowsInAll;
    try (ResidentRows rows = open();
        Sink sink = target.local == null ? remote() : local();
        ProgressBar bar = bar(rows)) {
      rowsInAll = load(sink, rows, done, bar);
      if (bar != null) {
        bar.stepTo(bar.getMax());
      }
    }
    Files.deleteIfExists(progressFile());
    print(rowsInAll, done);
    return Gongbei.EXIT_OK;
  }

  private ResidentRows open() throws IOException {
    if (Files.isDirectory(file)) {
      throw CommandException.unreachable(file + " is a directory");
    }
    try {
      return ParquetRows.isParquet(file) ? new ParquetRows(file) : new CsvRows(file);
    } catch (NoSuchFileException e) {
      throw CommandException.unreachable(file + " " + FileFault.reasonOf(e));
    }
  }

  private ProgressBar bar(ResidentRows rows) {
    return noProgress
        ? null
        : new ProgressBarBuilder()
            .setTaskName("load")
            .setInitialMax(rows.length())
            .setUnit(rows.unit(), 1_000)
            .setStyle(ProgressBarStyle.ASCII)
            .build();
  }

  private long load(Sink sink, ResidentRows rows, long done, ProgressBar bar)
      throws IOException, InterruptedException {
    long row = 0;
    final List<StatusCommand> batch = new ArrayList<>(ROWS_A_BATCH);
    while (rows.advance()) {
      row++;
      if (row <= done) {
        continue;
      }
      batch.add(read(rows));
      if (batch.size() == ROWS_A_BATCH) {
        sink.apply(batch);
        batch.clear();
        writeProgress(row);
        if (bar != null) {
          bar.stepTo(rows.position());
        }
      }
    }
    if (!batch.isEmpty()) {
      sink.apply(batch);
    }
    return row;
  }

  private StatusCommand read(ResidentRows rows) {
    try {
      rows.requireConsistent();
      return ResidentRow.read(rows, Optional.ofNullable(zone));
    } catch (IllegalArgumentException e) {
      throw CommandException.refused(
          file + " " + rows.place() + ": " + e.getMessage() + "; the rows before it may be loaded");
    }
  }

  private Path progressFile() {
    return file.resolveSibling(file.getFileName() + ".progress");
  }

  private long readProgress() throws IOException {
    try {
      final String[] parts = Files.readString(progressFile()).strip().split(" ", -1);
      if (parts.length == 2 && Long.parseLong(parts[1]) == Files.size(file)) {
        return Long.parseLong(parts[0]);
      }
      throw CommandException.refused(progressFile() + " is of another file");
    } catch (NoSuchFileException e) {
      return 0;
    } catch (NumberFormatException e) {
      throw CommandException.refused(progressFile() + " is damaged");
    }
  }

  private void writeProgress(long rows) throws IOException {
    final Path draft = progressFile().resolveSibling(progressFile().getFileName() + ".draft");
    Files.writeString(draft, rows + " " + Files.size(file) + "\n");
    Files.move(
        draft, progressFile(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private Sink remote() {
    final SigningKey key;
    try {
      final List<SigningKey> keys = KeyPlace.read(target.remote.keys).all();
      if (keys.size() != 1) {
        throw CommandException.refused(
            target.remote.keys + " holds " + keys.size() + " private keys, not one");
      }
      key = keys.get(0);
    } catch (TrustException e) {
      throw CommandException.unreachable(e.getMessage());
    }
    final AuthorityClient client = access.authority(target.remote.url, key);
    return new Sink() {
      @Override
      public void apply(List<StatusCommand> batch) throws IOException, InterruptedException {
        final ObjectNode body = JsonNodeFactory.instance.objectNode();
        final ArrayNode statuses = body.putArray("statuses");
        for (final StatusCommand command : batch) {
          statuses.add(ResidentRow.json((StatusCommand.SetStatus) command));
        }
        final HttpResponse<String> answer;
        try {
          answer = client.put("/v1/subjects/status", body.toString());
        } catch (IOException e) {
          throw CommandException.unreachable(target.remote.url + NodeHttp.unreached(e));
        }
        if (answer.statusCode() != 200) {
          throw NodeHttp.refusal(target.remote.url, answer.statusCode(), answer.body());
        }
        if (answer.body().contains("\"map-full\"")) {
          throw CommandException.refused("the node's status map is full");
        }
      }

      @Override
      public void close() {
        // The HTTP client ends with the process.
      }
    };
  }

  private Sink local() {
    final StatusMap map;
    final ClusterContext context = new ClusterContext().directory(target.local.directory);
    try {
      ClusterNode.requireOwn(context, false);
    } catch (IOException e) {
      throw CommandException.refused(
          e.getMessage() + ": load through a running member, by --url, so that every node has it");
    }
    try {
      map = StatusMap.persisted(target.local.directory, target.local.maxSubjects);
    } catch (StatusMapException e) {
      throw CommandException.unreachable(e.getMessage());
    }
    final CommandLog log;
    try {
      log = ClusterNode.launch(context.map(map));
    } catch (IOException e) {
      map.close(false);
      throw CommandException.unreachable(e.getMessage());
    }
    return new Sink() {
      @Override
      public void apply(List<StatusCommand> batch) throws InterruptedException {
        try {
          for (final Applied applied : log.submit(batch).get()) {
            if (applied.outcome() == Applied.Outcome.MAP_FULL) {
              throw CommandException.refused("the status map is full: " + map.capacity());
            }
          }
        } catch (ExecutionException e) {
          throw CommandException.unreachable(e.getCause().getMessage());
        }
      }

      @Override
      public void close() {
        log.close();
        map.close();
      }
    };
  }

  private void print(long rows, long skipped) {
    final long loaded = rows - Math.min(rows, skipped);
    if (json) {
      spec.commandLine()
          .getOut()
          .println(
              JsonNodeFactory.instance
                  .objectNode()
                  .put("rows", rows)
                  .put("loaded", loaded)
                  .put("loadedBefore", rows - loaded));
    } else {
      spec.commandLine().getOut().println(loaded + " residents loaded");
    }
    spec.commandLine().getOut().flush();
  }
}
