package gongbei.bench.load;

import gongbei.bench.setup.HistoryBed;
import gongbei.bench.setup.OpenGrounds;
import gongbei.bench.setup.Population;
import gongbei.bench.setup.ProcessorTime;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.replication.command.Applied;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.log.CommandLog;
import gongbei.replication.map.Subject;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code why-bench}: loads residents and changes of them into a node with its history on, and asks
 * it why, one question after the other, over connections of their own: what a wallet asks, with the
 * holder's fresh code, and gets, with a proof of each change. Says also what a change takes on
 * disk. What was loaded stays, for {@code --loaded} and for {@code restart-bench}.
 */
@Command(
    name = "why-bench",
    description = "Asks a node in this process who has changed holders' colours.",
    mixinStandardHelpOptions = true)
public final class WhyBenchmark implements Callable<Integer> {
  private static final int BATCH = 1_024;
  private static final int IN_FLIGHT = 48;
  private static final Duration CODE_LIFE = Duration.ofSeconds(60);
  private static final int CHANGES_A_SECOND = 729;
  private static final Duration YEAR = Duration.ofDays(365);

  @Parameters(
      paramLabel = "DIR",
      index = "0",
      description = "An empty directory, or one that is loaded.")
  private Path directory;

  @Option(
      names = "--loaded",
      description = "Ask of what an earlier run has loaded into the directory, and load nothing.")
  private boolean isLoaded;

  @Option(names = "--residents", defaultValue = "1000000", description = "How many.")
  private long residents;

  @Option(
      names = "--changes",
      defaultValue = "2000000",
      description = "How many changes of random residents after that.")
  private long changes;

  @Option(names = "--asks", defaultValue = "20000", description = "How many questions are timed.")
  private int asks;

  @Option(
      names = "--askers",
      defaultValue = "1",
      description = "How many ask at a time, each again when it is answered.")
  private int askers;

  private HistoryBed bed;
  private URI node;

  @Override
  public Integer call() throws Exception {
    bed = isLoaded ? HistoryBed.read(directory) : HistoryBed.make(directory, residents, changes);
    bed.configure(0);
    try (Node running = Node.start(NodeConfig.read(bed.configuration()))) {
      node = URI.create("http://127.0.0.1:" + running.httpPort());
      final CommandLog log = running.resources().log();
      while (!log.status().isWriting()) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
      if (!isLoaded) {
        log.submit(DocumentCommand.grounds(OpenGrounds.TABLE)).get();
        load(log, "residents", residents, Population::status);
        load(log, "changes", changes, this::change);
        // The history is written behind the map, and a head signed each second.
        TimeUnit.SECONDS.sleep(3);
        bed.loaded();
      }
      tellBytes();
      final int warmUp = Math.max(1, asks / 4);
      ask("warm-up", warmUp, askers);
      ask("why", asks, askers);
    }
    return 0;
  }

  /** A change of some resident: every other one makes them yellow, the others green. */
  private StatusCommand change(long number) {
    return StatusCommand.SetStatus.of(bed.resident(number))
        .colour(number % 2 == 0 ? Colour.YELLOW : Colour.GREEN)
        .test(TestResult.NEGATIVE, 29_000_000)
        .doses(3)
        .build();
  }

  private interface Numbered {
    StatusCommand of(long number);
  }

  private static void load(CommandLog log, String what, long count, Numbered commands)
      throws Exception {
    final ArrayDeque<CompletableFuture<List<Applied>>> waiting = new ArrayDeque<>();
    final long started = System.nanoTime();
    final ProcessorTime processor = new ProcessorTime();
    for (long next = 0; next < count; ) {
      final List<StatusCommand> batch = new ArrayList<>(BATCH);
      while (next < count && batch.size() < BATCH) {
        batch.add(commands.of(next++));
      }
      waiting.add(log.submit(batch));
      if (waiting.size() >= IN_FLIGHT) {
        waiting.remove().get();
      }
    }
    while (!waiting.isEmpty()) {
      waiting.remove().get();
    }
    final double seconds = (System.nanoTime() - started) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%,d %s in %.1f s: %,.0f a second, %.1f µs of processor each%n",
        count,
        what,
        seconds,
        count / seconds,
        processor.microsEach(count));
  }

  private void tellBytes() throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(directory.resolve("data").resolve("transparency"))) {
      for (final Path file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    final double each = (double) bytes / (bed.residents() + bed.changes());
    System.out.printf(
        Locale.ROOT,
        "the history takes %.2f bytes a change: %,.0f GB a year at %d changes a second%n",
        each,
        each * CHANGES_A_SECOND * YEAR.toSeconds() / 1e9,
        CHANGES_A_SECOND);
  }

  private void ask(String what, int count, int together) throws Exception {
    final Histogram nanos = new Histogram(3);
    final Histogram proofs = new Histogram(3);
    final ProcessorTime processor = new ProcessorTime();
    final List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int asker = 0; asker < together; asker++) {
      final int first = asker;
      all.add(
          CompletableFuture.runAsync(
              () -> {
                try {
                  askOneByOne(first, count, together, nanos, proofs);
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              },
              task -> new Thread(task, "asker").start()));
    }
    for (final CompletableFuture<Void> each : all) {
      each.get();
    }
    System.out.printf(
        Locale.ROOT,
        "%s: %,d answers to %d at a time, median %.2f ms, p99 %.2f ms, p99.9 %.2f ms, at most"
            + " %.2f ms; %.1f proofs each, at most %d; %.0f µs of processor each, asker and node%n",
        what,
        nanos.getTotalCount(),
        together,
        nanos.getValueAtPercentile(50) / 1e6,
        nanos.getValueAtPercentile(99) / 1e6,
        nanos.getValueAtPercentile(99.9) / 1e6,
        nanos.getMaxValue() / 1e6,
        proofs.getMean(),
        proofs.getMaxValue(),
        processor.microsEach(count));
  }

  private void askOneByOne(int first, int count, int step, Histogram nanos, Histogram proofs)
      throws IOException, InterruptedException {
    final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    for (int i = first; i < count; i += step) {
      final Subject subject = bed.resident(i * 7L + 3);
      final HttpRequest question =
          HttpRequest.newBuilder(node.resolve("/v1/subjects/" + subject.toHex() + "/history"))
              .header(
                  "Holder-Code",
                  URLEncoder.encode(bed.code(subject, i, CODE_LIFE), StandardCharsets.UTF_8)
                      .replace("+", "%20"))
              .build();
      final long asked = System.nanoTime();
      final HttpResponse<String> answer =
          client.send(question, HttpResponse.BodyHandlers.ofString());
      final long took = System.nanoTime() - asked;
      if (answer.statusCode() != 200) {
        throw new IOException(answer.body());
      }
      synchronized (nanos) {
        nanos.recordValue(took);
        proofs.recordValue(answer.body().split("\"proof\"", -1).length - 1);
      }
    }
  }
}
