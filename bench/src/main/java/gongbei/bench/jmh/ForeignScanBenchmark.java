package gongbei.bench.jmh;

import gongbei.codec.code.HealthCode;
import gongbei.codec.signature.FixedBaseEngine;
import gongbei.codec.signature.KeyTables;
import gongbei.codec.signature.SignatureBatch;
import gongbei.codec.signature.SignatureEngine;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.map.StatusMap;
import gongbei.verifier.national.NationalJudge;
import gongbei.verifier.national.NationalRules;
import gongbei.verifier.revocation.RevocationCheck;
import gongbei.verifier.revocation.RevocationSet;
import gongbei.verifier.rules.ForeignLaw;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.scan.ScanEvaluator;
import java.time.Instant;
import java.util.List;
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
 * The whole in-process scan of foreign codes by twenty entry rules and lists of revoked codes,
 * beside the bare signature check (ES256) over the same codes; then what comes beside it: decoding
 * alone, and over codes that are decoded the rules alone and the look-ups alone. One operation is
 * one code.
 *
 * <p>What it measures beside the rules stands here as in {@link ScanBenchmark}, so that each shows
 * all that it measures.
 *
 * <p>Run with {@code -prof gc}: {@code gc.alloc.rate.norm} is bytes a code.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class ForeignScanBenchmark {
  private static final int BATCH = 64;
  private static final int BATCHES = 16;
  private static final int CODES = BATCH * BATCHES;

  /** How many hashes of codes are revoked, none of them of those that are scanned. */
  @Param({"0", "10000000"})
  public int revoked;

  private final NationalRules national = ForeignCodes.rules();
  private final Ruleset border = ForeignCodes.ruleset();
  private final NationalJudge judge = new NationalJudge();
  private final RevocationCheck revocations = new RevocationCheck();
  private StatusMap statusMap;
  private RevocationSet revokedSet;
  private byte[][] texts;
  private Scan[][] scans;
  private HealthCode[] decoded;
  private ScanEvaluator evaluator;
  private SignatureEngine bareEngine;
  private SignatureBatch bareBatch;
  private SignedCodes codes;
  private int next;

  /** Makes an issuer and distinct codes of it. */
  @Setup(Level.Trial)
  public void setUp() {
    final Instant now = Instant.now();
    final SigningKey issuer =
        new KeyGeneration().generate("AT", now.minusSeconds(3_600), now.plusSeconds(7_200));
    statusMap = StatusMap.inMemory(1);
    texts = ForeignCodes.codes(issuer, CODES);
    codes = SignedCodes.of(issuer, texts);
    scans = new Scan[BATCHES][BATCH];
    decoded = new HealthCode[CODES];
    for (int i = 0; i < CODES; i++) {
      scans[i / BATCH][i % BATCH] =
          new Scan().text(texts[i], 0, texts[i].length).ruleset(border).atEpochSeconds(Scan.NOW);
      decoded[i] = new HealthCode();
      decoded[i].wrap(texts[i], 0, texts[i].length);
    }
    final TrustList trust = new TrustList(List.of(issuer.issuerKey()));
    final KeyTables tables = KeyTables.of(trust);
    bareEngine = new FixedBaseEngine(tables);
    bareBatch = new SignatureBatch(BATCH);
    revokedSet = RevokedHashes.set(revoked);
    final ForeignLaw law = ForeignLaw.NONE.with(national).with(revokedSet);
    evaluator =
        new ScanEvaluator(
            new ScanEvaluator.Context()
                .trust(() -> trust)
                .foreign(() -> law)
                .engine(() -> new FixedBaseEngine(tables))
                .statusMap(statusMap)
                .clockSkewSeconds(5)
                .batchCapacity(BATCH));
    for (final Scan scan : foreignScan()) {
      if (scan.reason() != Reason.OK) {
        throw new IllegalStateException("a scan is " + scan.reason() + " by " + scan.rule());
      }
    }
    if (bareSignatureCheck() != BATCH
        || decodingAlone() != BATCH
        || rulesAlone() != BATCH
        || lookUpsAlone() != 0) {
      throw new IllegalStateException("a code is not valid, breaks a rule, or is revoked");
    }
  }

  /** Frees the map. */
  @TearDown(Level.Trial)
  public void tearDown() {
    statusMap.close();
  }

  private int nextBatch() {
    next = (next + 1) % BATCHES;
    return next;
  }

  /** Signatures alone, a batch at a time, over bytes that are decoded already. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int bareSignatureCheck() {
    return codes.verify(bareEngine, bareBatch, nextBatch() * BATCH, BATCH);
  }

  /** From text to verdict, with all the rules. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public Scan[] foreignScan() {
    final Scan[] batch = scans[nextBatch()];
    evaluator.evaluate(batch, BATCH);
    return batch;
  }

  /** The rules alone, over codes that are decoded already. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int rulesAlone() {
    final int first = nextBatch() * BATCH;
    final long at = Instant.now().getEpochSecond();
    int kept = 0;
    for (int i = first; i < first + BATCH; i++) {
      if (judge.apply(
              national, border.foreignRules(), decoded[i], codes.key().issuerKey().issuer(), at)
          == NationalJudge.Finding.KEPT) {
        kept++;
      }
    }
    return kept;
  }

  /** From text to claims alone. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int decodingAlone() {
    final int first = nextBatch() * BATCH;
    int whole = 0;
    for (int i = first; i < first + BATCH; i++) {
      if (decoded[i].wrap(texts[i], 0, texts[i].length)) {
        whole++;
      }
    }
    return whole;
  }

  /** The look-ups in lists of revoked codes alone, with the hashes that they are by. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int lookUpsAlone() {
    final int first = nextBatch() * BATCH;
    final long at = Instant.now().getEpochSecond();
    int found = 0;
    for (int i = first; i < first + BATCH; i++) {
      if (revocations.isRevoked(revokedSet, decoded[i], codes.key().issuerKey(), at)) {
        found++;
      }
    }
    return found;
  }
}
