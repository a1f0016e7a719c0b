package gongbei.bench.jmh;

import gongbei.verifier.revocation.Presented;
import gongbei.verifier.revocation.RevocationSet;
import gongbei.verifier.revocation.RevocationType;
import java.util.Locale;
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
 * Look-ups of hashes that are in the set of revoked codes and of such that are not, and how long a
 * set takes to put together. It prints how many bytes index and lists take, and fails where one of
 * all look-ups is wrong.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 2, jvmArgsAppend = "-Xmx3g")
public class RevocationBenchmark {
  private static final int HASHES = 1 << 20;

  /** How many hashes are revoked. */
  @Param("10000000")
  public int revoked;

  private final Presented code = new Presented().of(1, "DE", 0, 0);
  private RevocationSet set;
  private long[] present;
  private long[] absent;

  /** Makes the set, and looks every hash up once. */
  @Setup(Level.Trial)
  public void setUp() {
    set = RevokedHashes.set(revoked);
    present = RevokedHashes.present(set, HASHES);
    absent = RevokedHashes.absent(HASHES);
    System.out.printf(
        Locale.ROOT,
        "%nhashes %d, index %d bytes, lists %d bytes%n",
        set.size(),
        set.indexBytes(),
        set.listBytes());
    if (lookUp(present) != HASHES || lookUp(absent) != 0) {
      throw new IllegalStateException("a look-up is wrong");
    }
  }

  private int lookUp(long[] hashes) {
    int found = 0;
    for (int i = 0; i < hashes.length; i += 2) {
      if (set.contains(RevocationType.UCI, hashes[i], hashes[i + 1], code)) {
        found++;
      }
    }
    return found;
  }

  /** Looks revoked hashes up. */
  @Benchmark
  @OperationsPerInvocation(HASHES)
  public int present() {
    return lookUp(present);
  }

  /** Looks hashes up that are in no list. */
  @Benchmark
  @OperationsPerInvocation(HASHES)
  public int absent() {
    return lookUp(absent);
  }

  /** Puts the index of all lists together anew, as a delta makes a node do. */
  @Benchmark
  @OutputTimeUnit(TimeUnit.MILLISECONDS)
  public RevocationSet rebuild() throws Exception {
    return RevocationSet.of(set.lists(), set.sources());
  }
}
