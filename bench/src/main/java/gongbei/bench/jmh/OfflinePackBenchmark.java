package gongbei.bench.jmh;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.Colour;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.machine.StatusStateMachine;
import gongbei.replication.map.StatusMap;
import gongbei.verifier.offline.OfflineCheckpoint;
import gongbei.verifier.offline.OfflineVerdict;
import gongbei.verifier.offline.PackException;
import gongbei.verifier.pack.PackMaker;
import gongbei.verifier.rules.RulesetStore;
import java.time.Instant;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long an offline pack takes to be made of a whole map, one holder in a hundred not green, and
 * a code to be evaluated by it. The pack's bytes are printed. With more than some 10 million
 * residents give the fork the memory: {@code -jvmArgsAppend -Xmx8g}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@Fork(1)
public class OfflinePackBenchmark {
  private static final int CODES = 1_024;
  private static final int DAY_SECONDS = 86_400;
  private static final int NOT_GREEN_ONE_IN = 100;

  /** How many holders the map has. */
  @Param("1000000")
  int residents;

  private StatusMap map;
  private SigningKey key;
  private TrustList trust;
  private OfflineCheckpoint checkpoint;
  private byte[][] codes;
  private int next;

  /** Fills a map, makes a pack and codes. */
  @Setup(Level.Trial)
  public void setUp() throws PackException {
    final Residents of = new Residents(CodeFormat.GD1, residents);
    key = of.key();
    trust = of.trust();
    map = StatusMap.inMemory(residents);
    final StatusStateMachine machine = new StatusStateMachine(map);
    for (int i = 0; i < residents; i++) {
      machine.apply(
          of.status(
              i, i % NOT_GREEN_ONE_IN == NOT_GREEN_ONE_IN - 1 ? Colour.YELLOW : Colour.GREEN));
    }
    codes = of.codes(CODES);
    checkpoint = new OfflineCheckpoint(trust, () -> Instant.now().getEpochSecond());
    final byte[] pack = makePack();
    checkpoint.take(pack);
    System.out.println("a pack of " + residents + " residents is " + pack.length + " bytes");
  }

  /** Frees the map. */
  @TearDown(Level.Trial)
  public void tearDown() {
    map.close();
  }

  /** Reads the map, makes the filter, signs. */
  @Benchmark
  @OutputTimeUnit(TimeUnit.MILLISECONDS)
  @Warmup(iterations = 1, time = 1)
  @Measurement(iterations = 3, time = 1)
  public byte[] makePack() {
    return new PackMaker(map, trust, RulesetStore.shipped().current())
        .full(new PackMaker.Terms(key, Instant.now().getEpochSecond(), DAY_SECONDS))
        .orElseThrow();
  }

  /** Decodes, verifies by the library, asks the filter, applies the rules. */
  @Benchmark
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  @Warmup(iterations = 3, time = 1)
  @Measurement(iterations = 5, time = 1)
  public OfflineVerdict judge() throws PackException {
    next = (next + 1) % CODES;
    return checkpoint.judge("metro", codes[next]);
  }
}
