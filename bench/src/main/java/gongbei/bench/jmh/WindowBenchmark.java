package gongbei.bench.jmh;

import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.signature.FixedBaseEngine;
import gongbei.codec.signature.KeyTables;
import gongbei.codec.signature.SignatureBatch;
import gongbei.codec.trust.TrustList;
import java.util.ArrayList;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * Which windows to choose: wider ones are fewer additions, and larger tables that fit the caches
 * less. In batches of {@value #BATCH} signatures of SM2, whose issuers take turns.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class WindowBenchmark {
  private static final int BATCH = 64;

  @Param({"8", "10", "12", "13", "14", "15", "16"})
  int windowBits;

  @Param({"1", "4"})
  int issuers;

  /** The few repeat a part of a table that fits the caches; the many need all of it. */
  @Param({"1024", "65536"})
  int distinct;

  private final SignatureBatch signatures = new SignatureBatch(BATCH);
  private final List<SignedCodes> codes = new ArrayList<>();
  private FixedBaseEngine engine;
  private int next;

  /** Issues the codes and computes the tables. */
  @Setup(Level.Trial)
  public void setUp() {
    for (int i = 0; i < issuers; i++) {
      codes.add(SignedCodes.of(SignatureAlgorithm.SM2, distinct));
    }
    final KeyTables tables = new KeyTables(windowBits, windowBits, KeyTables.DEFAULT_MAX_BYTES);
    tables.prepare(new TrustList(codes.stream().map(issuer -> issuer.key().issuerKey()).toList()));
    engine = new FixedBaseEngine(tables);
  }

  /** Verifies a batch. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int verify() {
    signatures.clear();
    for (int i = 0; i < BATCH; i++) {
      final SignedCodes issuer = codes.get(next % issuers);
      final byte[] message = issuer.message(next);
      final byte[] signature = issuer.signature(next);
      signatures.add(
          issuer.key().issuerKey(), message, 0, message.length, signature, 0, signature.length);
      next = (next + 1) % distinct;
    }
    engine.verify(signatures);
    for (int i = 0; i < BATCH; i++) {
      if (!signatures.outcome(i)) {
        throw new IllegalStateException("a signature is not found valid");
      }
    }
    return next;
  }
}
