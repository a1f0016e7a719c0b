package gongbei.bench;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.code.HealthCode;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.signature.FixedBaseEngine;
import gongbei.codec.signature.KeyTables;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.cluster.ClusterContext;
import gongbei.replication.cluster.ClusterNode;
import gongbei.replication.status.StatusCommand;
import gongbei.replication.status.StatusMap;
import gongbei.replication.status.Subject;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.scan.ScanEvaluator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
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
 * batches of {@value #CHANGES}.
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

  private final Scan[][] scans = new Scan[BATCHES][BATCH];
  private final long[] subjects = new long[2 * RESIDENTS];
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
    node =
        ClusterNode.launch(
            new ClusterContext()
                .directory(directory)
                .map(StatusMap.persisted(directory, RESIDENTS)));
    while (!node.status().isWriting()) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
    final SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < subjects.length; i++) {
      subjects[i] = random.nextLong();
    }
    for (int first = 0; first < RESIDENTS; first += LOAD) {
      node.submit(changes(first, LOAD)).get();
    }
    issue(random);
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
    final int sampleEpochMinutes = (int) (Instant.now().getEpochSecond() / 60) - 60;
    final List<StatusCommand> changes = new ArrayList<>(count);
    for (int i = first; i < first + count; i++) {
      changes.add(
          new StatusCommand.SetStatus(
              new Subject(subjects[2 * i], subjects[2 * i + 1]),
              0,
              1,
              sampleEpochMinutes,
              2,
              0,
              0));
    }
    return changes;
  }

  private void issue(SplittableRandom random) {
    final Instant now = Instant.now();
    final SigningKey signing =
        new KeyGeneration()
            .generate(
                CodeFormat.GD1.issuer(),
                now.minus(Duration.ofDays(1)),
                now.plus(Duration.ofDays(1)));
    final CodeIssuer issuer = new CodeIssuer(CodeFormat.GD1, signing);
    final Ruleset metro = RulesetStore.shipped().current().find("metro");
    for (int i = 0; i < BATCHES * BATCH; i++) {
      final int resident = random.nextInt(RESIDENTS);
      final byte[] serial = new byte[CodeLimits.SERIAL_BYTES];
      random.nextBytes(serial);
      final byte[] text =
          issuer
              .issue(
                  CodeClaims.ofPerson(
                      new Subject(subjects[2 * resident], subjects[2 * resident + 1]).toBytes(),
                      HealthCode.KIND_PERSON,
                      0,
                      1,
                      (int) (now.getEpochSecond() / 60) - 60,
                      2,
                      serial,
                      now.getEpochSecond(),
                      now.plus(Duration.ofDays(1)).getEpochSecond()))
              .getBytes(StandardCharsets.US_ASCII);
      scans[i / BATCH][i % BATCH] =
          new Scan().text(text, 0, text.length).ruleset(metro).atEpochSeconds(Scan.NOW);
    }
    final TrustList trust = new TrustList(List.of(signing.issuerKey()));
    final KeyTables tables = KeyTables.of(trust);
    evaluator =
        new ScanEvaluator(
            new ScanEvaluator.Context()
                .engine(() -> new FixedBaseEngine(tables))
                .trust(() -> trust)
                .statusMap(node.state().map())
                .clockSkewSeconds(5)
                .batchCapacity(BATCH));
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
