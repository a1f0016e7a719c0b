package gongbei.bench.jmh;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.signature.FixedBaseEngine;
import gongbei.codec.signature.KeyTables;
import gongbei.codec.signature.SignatureBatch;
import gongbei.codec.signature.SignatureEngine;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.map.StatusMap;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.scan.ScanEvaluator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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
 * The whole in-process scan (decode, verify, look up, rules) beside the bare signature check over
 * the same codes, and the same scan with a signature engine that does nothing, which shows what
 * Gongbei itself costs and allocates. One operation is one code.
 *
 * <p>Run with {@code -prof gc}: {@code gc.alloc.rate.norm} is bytes a code.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class ScanBenchmark {
  private static final int BATCH = 64;
  private static final int BATCHES = 16;
  private static final int CODES = BATCH * BATCHES;
  private static final int RESIDENTS = 1_000_000;

  @Param({"GD1", "MO1"})
  CodeFormat format;

  @Param({"bouncy-castle", "fixed-base"})
  String engine;

  private StatusMap statusMap;
  private Scan[][] scans;
  private ScanEvaluator evaluator;
  private ScanEvaluator evaluatorWithoutSignatures;
  private SignatureEngine bareEngine;
  private SignatureBatch bareBatch;
  private SignedCodes codes;
  private int next;

  /** Makes a key, a million residents and distinct codes of a thousand of them. */
  @Setup(Level.Trial)
  public void setUp() {
    final Residents residents = new Residents(format, RESIDENTS);
    statusMap = StatusMap.inMemory(RESIDENTS);
    residents.putInto(statusMap);
    final Ruleset metro = RulesetStore.shipped().current().find("metro");
    scans = new Scan[BATCHES][BATCH];
    final byte[][] texts = residents.codes(CODES);
    codes = SignedCodes.of(residents.key(), texts);
    for (int i = 0; i < CODES; i++) {
      scans[i / BATCH][i % BATCH] =
          new Scan().text(texts[i], 0, texts[i].length).ruleset(metro).atEpochSeconds(Scan.NOW);
    }
    final TrustList trust = new TrustList(List.of(residents.key().issuerKey()));
    final Supplier<SignatureEngine> engines = enginesOf(trust);
    bareEngine = engines.get();
    bareBatch = new SignatureBatch(BATCH);
    evaluator = new ScanEvaluator(context(trust).engine(engines));
    evaluatorWithoutSignatures = new ScanEvaluator(context(trust).engine(BelievingEngine::new));
    requireOk(wholeScan());
    requireOk(scanWithoutSignature());
    if (bareSignatureCheck() != BATCH) {
      throw new IllegalStateException("a signature is not valid");
    }
  }

  private Supplier<SignatureEngine> enginesOf(TrustList trust) {
    switch (engine) {
      case "bouncy-castle":
        return BouncyCastleEngine::new;
      case "fixed-base":
        final KeyTables tables = KeyTables.of(trust);
        return () -> new FixedBaseEngine(tables);
      default:
        throw new IllegalArgumentException("engine is neither bouncy-castle nor fixed-base");
    }
  }

  private ScanEvaluator.Context context(TrustList trust) {
    return new ScanEvaluator.Context()
        .trust(() -> trust)
        .statusMap(statusMap)
        .clockSkewSeconds(5)
        .batchCapacity(BATCH);
  }

  private static void requireOk(Scan[] batch) {
    for (final Scan scan : batch) {
      if (scan.reason() != Reason.OK) {
        throw new IllegalStateException("a scan is " + scan.reason());
      }
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

  /** From text to verdict. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public Scan[] wholeScan() {
    final Scan[] batch = scans[nextBatch()];
    evaluator.evaluate(batch, BATCH);
    return batch;
  }

  /** From text to verdict, believing every signature. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public Scan[] scanWithoutSignature() {
    final Scan[] batch = scans[nextBatch()];
    evaluatorWithoutSignatures.evaluate(batch, BATCH);
    return batch;
  }

  /** Believes every signature: for measuring what is left without them, never for use. */
  private static final class BelievingEngine implements SignatureEngine {
    @Override
    public boolean verify(
        IssuerKey key,
        byte[] message,
        int messageOffset,
        int messageLength,
        byte[] signature,
        int signatureOffset,
        int signatureLength) {
      return signatureLength == 64;
    }
  }
}
