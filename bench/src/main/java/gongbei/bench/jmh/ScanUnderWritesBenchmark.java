package gongbei.bench.jmh;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.Region;
import gongbei.replication.cluster.ClusterNode;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.context.ClusterContext;
import gongbei.replication.history.HistoryLog;
import gongbei.replication.history.HistorySettings;
import gongbei.replication.machine.HistorySink;
import gongbei.replication.map.StatusMap;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.scan.ScanEvaluator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Scans on a node that applies so many changes of status a second through its log meanwhile, in
 * batches of {@value #CHANGES}, and keeps a history of them in files, or none.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 10, time = 2)
@Fork(2)
public class ScanUnderWritesBenchmark {
  private static final int BATCH = 64;
  private static final int BATCHES = 16;
  private static final int RESIDENTS = 1_000_000;
  private static final int LOAD = 1_000;
  private static final int CHANGES = 10;

  @Param({"0", "5000"})
  int changesPerSecond;

  /** Whether entries and tree are kept: {@code off} or {@code on}. */
  @Param({"off", "on"})
  String history;

  private HistoryLog log;

  private final Scan[][] scans = new Scan[BATCHES][BATCH];
  private Residents residents;
  private Path directory;
  private ClusterNode node;
  private ScanEvaluator evaluator;
  private Thread authority;
  private volatile boolean isStopping;
  private long submitted;
  private int next;

  /** Starts a single node on a disk, loads a million residents and issues codes. */
  @Setup(Level.Trial)
  public void setUp() throws Exception {
    directory = Files.createTempDirectory("gongbei-bench");
    log =
        history.equals("on")
            ? HistoryLog.open(
                new HistorySettings(Region.GUANGDONG).directory(directory.resolve("transparency")))
            : null;
    node =
        ClusterNode.launch(
            new ClusterContext()
                .directory(directory)
                .historySink(log == null ? HistorySink.NONE : log)
                .map(StatusMap.persisted(directory, RESIDENTS)));
    while (!node.status().isWriting()) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
    residents = new Residents(CodeFormat.GD1, RESIDENTS);
    for (int first = 0; first < RESIDENTS; first += LOAD) {
      node.submit(changes(first, LOAD)).get();
    }
    issue();
    wholeScan();
    for (final Scan scan : scans[next]) {
      if (scan.reason() != Reason.OK) {
        throw new IllegalStateException("a scan is " + scan.reason());
      }
    }
    if (changesPerSecond > 0) {
      authority = new Thread(this::submit, "authority");
      authority.start();
    }
  }

  private List<StatusCommand> changes(int first, int count) {
    final List<StatusCommand> changes = new ArrayList<>(count);
    for (int i = first; i < first + count; i++) {
      changes.add(residents.green(i));
    }
    return changes;
  }

  private void issue() {
    final byte[][] texts = residents.codes(BATCHES * BATCH);
    final Ruleset metro = RulesetStore.shipped().current().find("metro");
    for (int i = 0; i < texts.length; i++) {
      scans[i / BATCH][i % BATCH] =
          new Scan().text(texts[i], 0, texts[i].length).ruleset(metro).atEpochSeconds(Scan.NOW);
    }
    evaluator = residents.evaluator(node.state().map(), BATCH);
  }

  private void submit() {
    final long intervalNanos = TimeUnit.SECONDS.toNanos(1) * CHANGES / changesPerSecond;
    long due = System.nanoTime();
    int first = 0;
    while (!isStopping) {
      final var unused = node.submit(changes(first, CHANGES));
      submitted += CHANGES;
      first = (first + CHANGES) % RESIDENTS;
      due += intervalNanos;
      LockSupport.parkNanos(due - System.nanoTime());
    }
  }

  /** Stops the node, which must have applied all. */
  @TearDown(Level.Trial)
  public void tearDown() throws IOException, InterruptedException {
    isStopping = true;
    if (authority != null) {
      authority.join();
      final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      while (node.state().map().version() < RESIDENTS + submitted) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("changes were not applied");
        }
        TimeUnit.MILLISECONDS.sleep(1);
      }
    }
    node.close();
    if (log != null) {
      log.close();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** From text to verdict. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public Scan[] wholeScan() {
    next = (next + 1) % BATCHES;
    final Scan[] batch = scans[next];
    evaluator.evaluate(batch, BATCH);
    return batch;
  }
}
