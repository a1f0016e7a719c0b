package gongbei.verifier.cli.load;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.trust.FileFault;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustException;
import gongbei.replication.cluster.ClusterNode;
import gongbei.replication.command.Applied;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.context.ClusterContext;
import gongbei.replication.log.CommandLog;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusMapException;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.input.KeyPlace;
import gongbei.verifier.cli.remote.NodeAccess;
import gongbei.verifier.cli.remote.NodeFaults;
import gongbei.verifier.cli.remote.WaitingWord;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.config.Limits;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
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
      "How far it got stands in FILE.progress; --resume goes on from there, once a row at fault is"
          + " corrected too, and does nothing where all rows were loaded."
    },
    mixinStandardHelpOptions = true)
public final class LoadCommand implements Callable<Integer> {
  /** Fewer than a node takes in one signed request without numbers. */
  private static final int ROWS_A_BATCH = 1_000;

  private static final int LEADER_SECONDS = 60;

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
          "Time zone of times without an offset, as Asia/Shanghai or +08:00. Without it they are"
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
    /**
     * Applies rows.
     *
     * @param places where each stands in the file
     */
    void apply(List<ResidentRow> batch, List<String> places)
        throws IOException, InterruptedException;

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
    final LoadProgress progress = new LoadProgress(file, targetName());
    if (resume) {
      progress.resume();
    }
    try (ResidentRows rows = open();
        Sink sink = target.local == null ? remote() : local();
        ProgressBar bar = bar(rows)) {
      load(sink, rows, progress, bar);
      if (bar != null) {
        bar.stepTo(bar.getMax());
      }
    }
    progress.write();
    print(progress.rows(), progress.loadedBefore());
    return ExitCode.OK;
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

  private void load(Sink sink, ResidentRows rows, LoadProgress progress, ProgressBar bar)
      throws IOException, InterruptedException {
    final List<ResidentRow> batch = new ArrayList<>(ROWS_A_BATCH);
    final List<String> places = new ArrayList<>(ROWS_A_BATCH);
    while (rows.advance()) {
      final Optional<ResidentRow> next = next(rows, progress);
      if (next.isEmpty()) {
        continue;
      }
      batch.add(next.get());
      places.add(rows.place());
      if (batch.size() == ROWS_A_BATCH) {
        sink.apply(batch, places);
        batch.clear();
        places.clear();
        progress.write();
        if (bar != null) {
          bar.stepTo(rows.position());
        }
      }
    }
    progress.end();
    if (!batch.isEmpty()) {
      sink.apply(batch, places);
    }
  }

  /** What a row becomes; nothing where it was loaded before. */
  private Optional<ResidentRow> next(ResidentRows rows, LoadProgress progress) {
    try {
      rows.requireConsistent();
      return progress.wasLoaded(rows)
          ? Optional.empty()
          : Optional.of(ResidentRow.read(rows, Optional.ofNullable(zone)));
    } catch (IllegalArgumentException e) {
      throw atFault(rows.place(), e.getMessage());
    }
  }

  private CommandException atFault(String place, String reason) {
    return CommandException.refused(
        file + " " + place + ": " + reason + "; the rows before it may be loaded");
  }

  /** Where the rows go, in the words of the file that says how far they got. */
  private String targetName() {
    return target.remote == null
        ? target.local.directory.toAbsolutePath().normalize().toString()
        : access.connection().audience().tag();
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
      public void apply(List<ResidentRow> batch, List<String> places)
          throws InterruptedException {
        final ObjectNode body = JsonNodeFactory.instance.objectNode();
        final ArrayNode statuses = body.putArray("statuses");
        batch.forEach(row -> statuses.add(row.json()));
        final Optional<LoadAnswer.Fault> fault =
            LoadAnswer.fault(target.remote.url, sent(client, body.toString()), places);
        if (fault.isPresent()) {
          throw atFault(fault.get().place(), fault.get().reason());
        }
      }

      @Override
      public void close() {
        // The HTTP client ends with the process.
      }
    };
  }

  /** Sends rows, again and again for a while where no member leads: then nothing was changed. */
  private HttpResponse<String> sent(AuthorityClient client, String rows)
      throws InterruptedException {
    final URI url = target.remote.url;
    final long since = System.nanoTime();
    try {
      return WaitingWord.asked(
          url + ": a change waits for a member to lead, " + LEADER_SECONDS + " s at the most",
          () -> {
            HttpResponse<String> answer = client.put("/v1/subjects/status", rows);
            while (answer.statusCode() == 503
                && NodeFaults.typeOf(answer.body()).equals("no-leader")
                && System.nanoTime() - since < TimeUnit.SECONDS.toNanos(LEADER_SECONDS)) {
              answer = client.put("/v1/subjects/status", rows);
            }
            return answer;
          });
    } catch (IOException e) {
      throw NodeFaults.unreachable(url, e);
    }
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
      public void apply(List<ResidentRow> batch, List<String> places)
          throws InterruptedException {
        try {
          for (final Applied applied : log.submit(commands(batch)).get()) {
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

  private static List<StatusCommand> commands(List<ResidentRow> batch) {
    return batch.stream().<StatusCommand>map(ResidentRow::command).toList();
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
      spec.commandLine().getOut().println(inWords(rows, loaded));
    }
    spec.commandLine().getOut().flush();
  }

  private static String inWords(long rows, long loaded) {
    if (loaded == 0 && rows > 0) {
      return "nothing to do: " + residents(rows) + " loaded before";
    }
    return residents(loaded) + " loaded";
  }

  private static String residents(long count) {
    return count + (count == 1 ? " resident" : " residents");
  }
}
