package gongbei.verifier.cli.load;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.model.Colour;
import gongbei.codec.time.Rfc3339;
import gongbei.codec.trust.FileFault;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustException;
import gongbei.replication.cluster.ClusterNode;
import gongbei.replication.command.Applied;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.context.ClusterContext;
import gongbei.replication.ground.GroundTable;
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
import gongbei.verifier.status.StatusFault;
import gongbei.verifier.status.StatusForm;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
      "Loads residents from CSV or Parquet through the log. Columns: subject, colour,"
          + " result, sampleTime, doses, lastDoseDate, flags; optionally ground, until, next. CSV"
          + " names them in its first line.",
      "",
      "FILE.progress records how far the load got; --resume continues from there, also after"
          + " an invalid row was corrected, and does nothing if all rows were loaded."
    },
    mixinStandardHelpOptions = true)
public final class LoadCommand implements Callable<Integer> {
  /** Fewer than a node takes in one signed request without numbers. */
  private static final int ROWS_A_BATCH = 1_000;

  private static final int LEADER_SECONDS = 60;
  private static final long SECONDS_A_MINUTE = 60;

  @Spec private CommandSpec spec;

  @Mixin private NodeAccess access;

  @Parameters(paramLabel = "FILE", description = "The residents, CSV in UTF-8 or Parquet.")
  private Path file;

  @ArgGroup(multiplicity = "1")
  private Target target;

  @Option(names = "--resume", description = "Continue where an earlier run stopped.")
  private boolean resume;

  @Option(
      names = "--time-zone",
      paramLabel = "ZONE",
      description =
          "Time zone of times without an offset, as Asia/Shanghai or +08:00. Without it they are"
              + " refused.")
  private ZoneId zone;

  @Option(
      names = "--ground",
      paramLabel = "NAME",
      defaultValue = "",
      description =
          "The ground for rows without one in the column ground; see gongbei grounds show.")
  private String ground;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description =
          "The end of yellow and red for rows without one in the column until, with its"
              + " offset; default the longest term of the ground.")
  private String until;

  @Option(names = "--no-progress", description = "Show no progress bar.")
  private boolean noProgress;

  @Option(names = "--json", description = "Write JSON.")
  private boolean json;

  private int untilMinutes;

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

    @Option(
        names = "--second-keys",
        paramLabel = "DIR|FILE",
        description = "A second authority's, for grounds that need two signatures.")
    private Path secondKeys;
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
        description = "The capacity of a new map; default ${DEFAULT-VALUE}.")
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
    readTerms();
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

  /** The ground and the end of rows that state none. */
  private void readTerms() {
    try {
      final StatusForm.Builder terms = StatusForm.of(Colour.RED).ground(ground);
      if (until != null) {
        terms.untilEpochMinutes(Rfc3339.epochSeconds(until) / SECONDS_A_MINUTE);
      }
      untilMinutes = terms.build().untilEpochMinutes();
    } catch (StatusFault e) {
      throw CommandException.usage("--" + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("--until " + e.getMessage());
    }
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
          : Optional.of(
              ResidentRow.read(rows, Optional.ofNullable(zone)).otherwise(ground, untilMinutes));
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
    final AuthorityClient first = access.authority(target.remote.url, key(target.remote.keys));
    final AuthorityClient client =
        target.remote.secondKeys == null ? first : first.seconded(key(target.remote.secondKeys));
    return new Sink() {
      @Override
      public void apply(List<ResidentRow> batch, List<String> places) throws InterruptedException {
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

  private static SigningKey key(Path place) {
    try {
      final List<SigningKey> keys = KeyPlace.read(place).all();
      if (keys.size() != 1) {
        throw CommandException.refused(place + " holds " + keys.size() + " private keys, not one");
      }
      return keys.get(0);
    } catch (TrustException e) {
      throw CommandException.unreachable(e.getMessage());
    }
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
      public void apply(List<ResidentRow> batch, List<String> places) throws InterruptedException {
        try {
          requireApplied(log.submit(commands(log, batch, places)).get(), places, map.capacity());
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

  private List<StatusCommand> commands(
      CommandLog log, List<ResidentRow> batch, List<String> places) {
    final GroundTable grounds = log.documents().grounds();
    final List<StatusCommand> commands = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      try {
        commands.add(batch.get(i).command(grounds));
      } catch (IllegalArgumentException e) {
        throw atFault(places.get(i), e.getMessage());
      }
    }
    return commands;
  }

  private void requireApplied(List<Applied> applied, List<String> places, long capacity) {
    for (int i = 0; i < applied.size(); i++) {
      final Applied.Outcome outcome = applied.get(i).outcome();
      if (outcome == Applied.Outcome.MAP_FULL) {
        throw CommandException.refused("the status map is full: " + capacity);
      }
      if (outcome != Applied.Outcome.APPLIED && outcome != Applied.Outcome.SUPERSEDED) {
        throw atFault(
            places.get(i),
            "the log answered " + outcome.name().toLowerCase(Locale.ROOT).replace('_', '-'));
      }
    }
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
