package gongbei.bench.jmh;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.signature.KeyTables;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.TrustList;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long a new issuer's tables take: the first in a fresh process is what a node pays for at its
 * start, the later ones what a new key costs one that runs.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 10)
@Fork(3)
public class KeyTablesBenchmark {
  @Param({"SM2", "ES256"})
  SignatureAlgorithm algorithm;

  @Param({"8", "13", "14"})
  int windowBits;

  private TrustList nobody;
  private TrustList issuer;
  private KeyTables tables;

  /** Makes a key, and the tables of the generators. */
  @Setup(Level.Trial)
  public void setUp() {
    final Instant now = Instant.now();
    final CodeFormat format = algorithm == SignatureAlgorithm.SM2 ? CodeFormat.GD1 : CodeFormat.MO1;
    issuer =
        new TrustList(
            List.of(
                new KeyGeneration()
                    .generate(format.issuer(), now, now.plus(Duration.ofDays(1)))
                    .issuerKey()));
    nobody = new TrustList(List.of());
    tables = new KeyTables(windowBits, windowBits, KeyTables.DEFAULT_MAX_BYTES);
  }

  /** Lets go of the issuer's tables. */
  @Setup(Level.Invocation)
  public void forget() {
    tables.prepare(nobody);
  }

  /** Loads one issuer. */
  @Benchmark
  public long loadIssuer() {
    tables.prepare(issuer);
    return tables.memoryBytes();
  }
}
