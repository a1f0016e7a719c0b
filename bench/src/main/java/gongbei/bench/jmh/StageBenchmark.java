package gongbei.bench.jmh;

import gongbei.bench.setup.Population;
import gongbei.codec.code.Base45;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.code.HealthCode;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.signature.FixedBaseEngine;
import gongbei.codec.signature.KeyTables;
import gongbei.codec.signature.Sm3;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.machine.StatusStateMachine;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.scan.ScanEvaluator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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
 * What each stage of a scan of a {@code GD1:} code costs, and a whole scan by how many are
 * evaluated together. One operation is one code. Signatures have {@link SignatureBenchmark},
 * lookups {@link LookUpBenchmark}.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StageBenchmark {
  private static final int CODES = 1_024;
  private static final int RESIDENTS = 1_000_000;
  private static final int MAX_BATCH = 64;
  private static final int DOSES = 2;

  /** Different codes of residents who may pass. */
  @State(Scope.Thread)
  public static class Codes {
    private final byte[][] texts = new byte[CODES][];
    private final byte[] decoded = new byte[CodeLimits.MAX_TEXT_CHARACTERS];
    private final HealthCode code = new HealthCode();
    private final Sm3 sm3 = new Sm3();
    private final byte[] digest = new byte[Sm3.DIGEST_BYTES];
    private final StatusRecord status = new StatusRecord();
    private final long now = Instant.now().getEpochSecond();
    private SigningKey key;
    private Ruleset metro;
    private StatusMap map;
    private int next;

    /** Makes a key, residents, and codes of some. */
    @Setup(Level.Trial)
    public void setUp() {
      final Instant from = Instant.ofEpochSecond(now).minus(Duration.ofDays(1));
      key =
          new KeyGeneration()
              .generate(CodeFormat.GD1.issuer(), from, from.plus(Duration.ofDays(2)));
      metro = RulesetStore.shipped().current().find("metro");
      map = StatusMap.inMemory(RESIDENTS);
      final StatusStateMachine machine = new StatusStateMachine(map);
      for (int number = 0; number < RESIDENTS; number++) {
        machine.apply(Population.status(number));
      }
      final CodeIssuer issuer = new CodeIssuer(CodeFormat.GD1, key);
      final SplittableRandom random = new SplittableRandom(1);
      final byte[] serial = new byte[CodeLimits.SERIAL_BYTES];
      for (int i = 0; i < CODES; ) {
        final int number = random.nextInt(RESIDENTS);
        if (Population.reason(number) == Reason.OK) {
          random.nextBytes(serial);
          texts[i++] = code(issuer, number, serial).getBytes(StandardCharsets.US_ASCII);
        }
      }
      if (!map.get(Population.subject(999).toBytes(), 0, status)) {
        throw new IllegalStateException("a resident is not found");
      }
    }

    private String code(CodeIssuer issuer, int number, byte[] serial) {
      return issuer.issue(
          CodeClaims.of(CodeKind.PERSON, Population.subject(number).toBytes())
              .colour(Colour.GREEN)
              .test(TestResult.NEGATIVE, (int) (now / 60) - 60)
              .doses(DOSES)
              .serial(serial)
              .validity(now - 10, now + Duration.ofDays(1).toSeconds())
              .build());
    }

    /** Frees the map. */
    @TearDown(Level.Trial)
    public void tearDown() {
      map.close();
    }

    byte[] text() {
      next = (next + 1) % CODES;
      return texts[next];
    }
  }

  /** Whole scans, so many at a time. */
  @State(Scope.Thread)
  public static class Scans {
    @Param({"1", "4", "16", "64"})
    int batch;

    private final Scan[][] scans = new Scan[CODES / MAX_BATCH][MAX_BATCH];
    private final Scan[] together = new Scan[MAX_BATCH];
    private ScanEvaluator evaluator;
    private int next;

    /** Makes an evaluator as a node's worker has it. */
    @Setup(Level.Trial)
    public void setUp(Codes codes) {
      final TrustList trust = new TrustList(List.of(codes.key.issuerKey()));
      final KeyTables tables = KeyTables.of(trust);
      evaluator =
          new ScanEvaluator(
              new ScanEvaluator.Context()
                  .trust(() -> trust)
                  .engine(() -> new FixedBaseEngine(tables))
                  .statusMap(codes.map)
                  .batchCapacity(MAX_BATCH));
      for (int i = 0; i < CODES; i++) {
        final byte[] text = codes.texts[i];
        scans[i / MAX_BATCH][i % MAX_BATCH] =
            new Scan().text(text, 0, text.length).ruleset(codes.metro).atEpochSeconds(Scan.NOW);
      }
    }
  }

  /** The text to bytes. */
  @Benchmark
  public int base45(Codes state) {
    final byte[] text = state.text();
    return Base45.decode(text, 4, text.length - 4, state.decoded, 0);
  }

  /** The text to claims: Base45, COSE_Sign1, CWT. */
  @Benchmark
  public boolean decode(Codes state) {
    final byte[] text = state.text();
    if (!state.code.wrap(text, 0, text.length)) {
      throw new IllegalStateException(state.code.field());
    }
    return true;
  }

  /** The hash that SM2 signs, of a code's length. */
  @Benchmark
  public byte[] sm3(Codes state) {
    state.sm3.update(state.text(), 0, 160);
    state.sm3.digest(state.digest, 0);
    return state.digest;
  }

  /** What the rules say to a status. */
  @Benchmark
  public Reason rules(Codes state) {
    return state.metro.judge(state.status, state.now, 0);
  }

  /** From text to verdict. */
  @Benchmark
  @OperationsPerInvocation(MAX_BATCH)
  public Scan[] wholeScan(Scans state) {
    state.next = (state.next + 1) % state.scans.length;
    final Scan[] all = state.scans[state.next];
    for (int from = 0; from < MAX_BATCH; from += state.batch) {
      System.arraycopy(all, from, state.together, 0, state.batch);
      state.evaluator.evaluate(state.together, state.batch);
    }
    for (final Scan scan : all) {
      if (scan.reason() != Reason.OK) {
        throw new IllegalStateException("a scan is " + scan.reason());
      }
    }
    return all;
  }
}
