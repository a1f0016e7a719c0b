package gongbei.bench.load;

import gongbei.bench.setup.NodeJar;
import gongbei.bench.setup.Population;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.verifier.client.AuthorityException;
import gongbei.verifier.client.AuthorityStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code soak}: a steady open-loop load for a long time, with an authority that keeps writing, and
 * what the node's process holds meanwhile, by the minute. Ends with 1 where an answer was wrong or
 * did not come, where memory or files grow by more than a tenth, or where scans become slower by
 * more than a half, from the second quarter of the time to the last.
 */
@Command(
    name = "soak",
    description = "Puts a steady load on a node for a long time, and looks whether it stays flat.",
    mixinStandardHelpOptions = true)
public final class SoakCommand implements Callable<Integer> {
  private static final int CONNECTIONS = 4;
  private static final int BUFFER_BYTES = 256 * 1024;
  private static final int TURN_MICROS = 100;
  private static final int WARM_UP_SECONDS = 60;
  private static final int SAMPLE_SECONDS = 5;
  private static final int MINUTE_SECONDS = 60;
  private static final int WAITING = 4_096;
  private static final double MAX_GROWTH = 1.1;
  private static final double MAX_SLOWING = 1.5;
  private static final long FILES_TO_SPARE = 10;
  private static final long MEBIBYTE = 1 << 20;

  // A term buffer takes memory page by page until it has been written through once: three of
  // 16 MiB, at some 40 bytes a change.
  private static final long WRITTEN_FIRST = 1_500_000;
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @Spec private CommandSpec spec;

  @Option(names = "--directory", required = true, description = "What load prepare has made.")
  private Path directory;

  @Option(names = "--rate", defaultValue = "35000", description = "Scans a second.")
  private int rate;

  @Option(names = "--minutes", defaultValue = "30", description = "After a minute to warm up.")
  private int minutes;

  @Option(names = "--writes", defaultValue = "200", description = "Changes a second.")
  private int writes;

  @Mixin private NodeJar jar = new NodeJar();

  @Option(
      names = "--jvm",
      defaultValue = "-Xms1g -Xmx1g -XX:+AlwaysPreTouch",
      split = " ",
      description = "Options of the node's JVM, blanks between.")
  private List<String> jvmOptions;

  @Option(names = "--report", description = "A file for the report, Markdown.")
  private Path report;

  private final List<Sample> samples = Collections.synchronizedList(new ArrayList<>());
  private final LongAdder written = new LongAdder();
  private final List<String> wrong = Collections.synchronizedList(new ArrayList<>());
  private volatile boolean isStopping;

  /** What the node's process held at a time; bytes but for the last two. */
  private record Sample(
      long nanos, long resident, long anonymous, long heap, long direct, long files, long threads) {
    /** The least of each of two, for what is only garbage is not held. */
    Sample least(Sample other) {
      return new Sample(
          nanos,
          Math.min(resident, other.resident),
          Math.min(anonymous, other.anonymous),
          Math.min(heap, other.heap),
          Math.min(direct, other.direct),
          Math.min(files, other.files),
          Math.min(threads, other.threads));
    }
  }

  /** A minute of the load. */
  private record Minute(Sample held, Histogram answered, long shed) {
    long p99() {
      return answered.getValueAtPercentile(99);
    }
  }

  @Override
  public Integer call() throws Exception {
    jar.require();
    final LoadFixture bed = new LoadFixture(directory);
    final Instant now = Instant.now();
    final SigningKey authority =
        new KeyGeneration()
            .generateAuthority("Soak", now.minusSeconds(3_600), now.plus(Duration.ofDays(2)));
    final Path keys = directory.resolve("soak-authority");
    KeyGeneration.write(authority, "authority", keys);
    final MintedCodes codes = MintedCodes.open(bed.codes(CodeMinter.Mix.GD1));
    final OpenLoop.Outcome outcome;
    final long startedNanos;
    try (LoadFixture.RunningNode node =
        bed.start(jar.require(), jvmOptions, "authorityDirectory: " + keys.toAbsolutePath())) {
      writeThrough(node, authority, bed.residents());
      final List<Thread> threads =
          List.of(
              thread("soak-samples", () -> sample(node)),
              thread("soak-authority", () -> write(node, authority, bed.residents())));
      startedNanos = System.nanoTime();
      try {
        outcome = ask(node, codes);
      } finally {
        isStopping = true;
        for (final Thread thread : threads) {
          thread.join();
        }
      }
    }
    final String text = judge(outcome, startedNanos, bed.residents());
    final PrintWriter out = spec.commandLine().getOut();
    out.print(text);
    out.flush();
    if (report != null) {
      Files.writeString(report, text);
    }
    return wrong.isEmpty() ? 0 : 1;
  }

  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  private Thread thread(String name, Work work) {
    final Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } catch (IOException | RuntimeException e) {
                wrong.add(name + ": " + e);
              }
            },
            name);
    thread.start();
    return thread;
  }

  private OpenLoop.Outcome ask(LoadFixture.RunningNode node, MintedCodes codes) throws IOException {
    final InetSocketAddress server =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), node.tcpPort());
    final List<LoadConnection> lanes = new ArrayList<>();
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        lanes.add(new TcpLoadConnection(server, i, BUFFER_BYTES));
      }
      final ArrivalPlan plan =
          ArrivalPlan.parse(rate + "x" + minutes * MINUTE_SECONDS).after(WARM_UP_SECONDS, rate);
      return new OpenLoop(
              codes, lanes, false, TimeUnit.MICROSECONDS.toNanos(TURN_MICROS), node::cpu)
          .run(plan, plan.evenly(), WARM_UP_SECONDS);
    } finally {
      for (final LoadConnection lane : lanes) {
        lane.close();
      }
    }
  }

  private static AuthorityStream stream(LoadFixture.RunningNode node, SigningKey authority) {
    return new AuthorityStream(
        List.of(URI.create("http://127.0.0.1:" + node.httpPort())),
        authority,
        WAITING,
        Duration.ofMinutes(1));
  }

  private void submit(AuthorityStream stream, long resident) throws InterruptedException {
    final var unused =
        stream
            .submit(Population.change(resident))
            .whenComplete(
                (applied, e) -> {
                  if (e == null) {
                    written.increment();
                  } else if (wrong.isEmpty()) {
                    wrong.add("a change failed: " + e);
                  }
                });
  }

  /** Says of all residents what is known of them, as fast as the node takes it. */
  private void writeThrough(LoadFixture.RunningNode node, SigningKey authority, long residents)
      throws InterruptedException {
    try (AuthorityStream stream = stream(node, authority)) {
      for (long i = 0; i < WRITTEN_FIRST; i++) {
        submit(stream, i % residents);
      }
    } catch (AuthorityException | CompletionException e) {
      wrong.add("changes failed: " + e);
    }
  }

  /** Says of residents again what is known of them. */
  private void write(LoadFixture.RunningNode node, SigningKey authority, long residents)
      throws InterruptedException {
    final SplittableRandom random = new SplittableRandom(1);
    final long startedNanos = System.nanoTime();
    try (AuthorityStream stream = stream(node, authority)) {
      long submitted = 0;
      while (!isStopping) {
        final long due = (System.nanoTime() - startedNanos) * writes / TimeUnit.SECONDS.toNanos(1);
        for (; submitted < due; submitted++) {
          submit(stream, random.nextLong(residents));
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
      }
    } catch (AuthorityException | CompletionException e) {
      wrong.add("changes failed: " + e);
    }
  }

  private void sample(LoadFixture.RunningNode node) throws IOException, InterruptedException {
    while (!isStopping) {
      samples.add(sampleOf(node));
      for (int i = 0; i < SAMPLE_SECONDS && !isStopping; i++) {
        TimeUnit.SECONDS.sleep(1);
      }
    }
  }

  private static Sample sampleOf(LoadFixture.RunningNode node)
      throws IOException, InterruptedException {
    final Path process = Path.of("/proc", Long.toString(node.process().pid()));
    long resident = 0;
    long anonymous = 0;
    long threads = 0;
    for (final String line : Files.readAllLines(process.resolve("status"))) {
      if (line.startsWith("VmRSS:")) {
        resident = number(line) << 10;
      } else if (line.startsWith("RssAnon:")) {
        anonymous = number(line) << 10;
      } else if (line.startsWith("Threads:")) {
        threads = number(line);
      }
    }
    final long files;
    try (Stream<Path> open = Files.list(process.resolve("fd"))) {
      files = open.count();
    }
    final String metrics =
        HTTP.send(
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + node.httpPort() + "/metrics"))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    return new Sample(
        System.nanoTime(),
        resident,
        anonymous,
        sum(metrics, "jvm_memory_used_bytes{area=\"heap\""),
        sum(metrics, "jvm_buffer_memory_used_bytes{id=\"direct\""),
        files,
        threads);
  }

  private static long number(String line) {
    return Long.parseLong(line.replaceAll("[^0-9]", ""));
  }

  private static long sum(String metrics, String opening) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(opening))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private String judge(OpenLoop.Outcome outcome, long startedNanos, long residents) {
    final List<Minute> all = minutesOf(outcome, startedNanos);
    if (outcome.wrong() > 0 || outcome.unanswered() > 0) {
      wrong.add(outcome.wrong() + " answers were wrong, " + outcome.unanswered() + " did not come");
    }
    flat(all, "resident memory", minute -> minute.held().resident(), MAX_GROWTH, 0);
    flat(all, "anonymous memory", minute -> minute.held().anonymous(), MAX_GROWTH, 0);
    flat(all, "the heap", minute -> minute.held().heap(), MAX_GROWTH, 16 * MEBIBYTE);
    flat(all, "direct memory", minute -> minute.held().direct(), MAX_GROWTH, MEBIBYTE);
    flat(all, "open files", minute -> minute.held().files(), 1, FILES_TO_SPARE);
    flat(all, "threads", minute -> minute.held().threads(), 1, FILES_TO_SPARE);
    flat(all, "p99", Minute::p99, MAX_SLOWING, 0);
    final StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "# A soak of %d minutes, %,d scans and %,d changes a second, %,d residents%n%n%s%n",
            minutes,
            rate,
            writes,
            residents,
            wrong.isEmpty() ? "Nothing was wrong." : "**Wrong:** " + String.join("; ", wrong)));
    text.append(
        String.format(
            Locale.ROOT,
            "%n%,d scans answered right, %,d shed; p50 %,d µs, p99 %,d µs, p99.9 %,d µs, at most"
                + " %,d µs; %,d changes acknowledged. Cores: node %.2f, generator %.2f, machine"
                + " %.2f.%n",
            outcome.answered().getTotalCount(),
            outcome.shed().getTotalCount(),
            micros(outcome.answered(), 50),
            micros(outcome.answered(), 99),
            micros(outcome.answered(), 99.9),
            outcome.answered().getMaxValue() / 1_000,
            written.sum(),
            seconds(outcome.serverCpu()) / outcome.lengthSeconds(),
            seconds(outcome.processCpu()) / outcome.lengthSeconds(),
            seconds(outcome.machineCpu()) / outcome.lengthSeconds()));
    text.append(
        "\n| minute | p50 µs | p99 µs | p99.9 µs | shed | resident MiB | anonymous MiB | heap MiB |"
            + " direct MiB | files | threads |\n"
            + "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for (int i = 0; i < all.size(); i++) {
      final Minute minute = all.get(i);
      text.append(
          String.format(
              Locale.ROOT,
              "| %d | %,d | %,d | %,d | %,d | %,d | %,d | %,d | %.1f | %d | %d |%n",
              i + 1,
              micros(minute.answered(), 50),
              micros(minute.answered(), 99),
              micros(minute.answered(), 99.9),
              minute.shed(),
              minute.held().resident() / MEBIBYTE,
              minute.held().anonymous() / MEBIBYTE,
              minute.held().heap() / MEBIBYTE,
              (double) minute.held().direct() / MEBIBYTE,
              minute.held().files(),
              minute.held().threads()));
    }
    return text.toString();
  }

  private List<Minute> minutesOf(OpenLoop.Outcome outcome, long startedNanos) {
    final List<Minute> all = new ArrayList<>();
    for (int i = 0; i < minutes; i++) {
      final Histogram answered = new Histogram(outcome.answered());
      answered.reset();
      long shed = 0;
      for (final OpenLoop.Second second :
          outcome
              .seconds()
              .subList(
                  Math.min(i * MINUTE_SECONDS, outcome.seconds().size()),
                  Math.min((i + 1) * MINUTE_SECONDS, outcome.seconds().size()))) {
        answered.add(second.answered);
        shed += second.shed.getTotalCount();
      }
      final long from =
          startedNanos + TimeUnit.SECONDS.toNanos(WARM_UP_SECONDS + (long) i * MINUTE_SECONDS);
      final long until = from + TimeUnit.SECONDS.toNanos(MINUTE_SECONDS);
      final Sample held =
          samples.stream()
              .filter(sample -> sample.nanos() - from >= 0 && sample.nanos() - until < 0)
              .reduce(Sample::least)
              .orElseGet(() -> new Sample(from, 0, 0, 0, 0, 0, 0));
      all.add(new Minute(held, answered, shed));
    }
    return all;
  }

  /** Compares the last quarter with the second. */
  private void flat(
      List<Minute> all, String what, ToLongFunction<Minute> value, double growth, long spare) {
    final int quarter = all.size() / 4;
    if (quarter == 0) {
      return;
    }
    final double before =
        all.subList(quarter, 2 * quarter).stream().mapToLong(value).average().orElse(0);
    final double after =
        all.subList(all.size() - quarter, all.size()).stream().mapToLong(value).average().orElse(0);
    if (after > before * growth + spare) {
      wrong.add(String.format(Locale.ROOT, "%s went from %,.0f to %,.0f", what, before, after));
    }
  }

  private static long micros(Histogram latencies, double percentile) {
    return latencies.getValueAtPercentile(percentile) / 1_000;
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
