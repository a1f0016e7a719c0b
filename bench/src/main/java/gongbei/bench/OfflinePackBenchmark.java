package gongbei.bench;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.status.StatusCommand;
import gongbei.replication.status.StatusMap;
import gongbei.replication.status.StatusStateMachine;
import gongbei.replication.status.Subject;
import gongbei.verifier.offline.OfflineCheckpoint;
import gongbei.verifier.offline.OfflineVerdict;
import gongbei.verifier.offline.PackException;
import gongbei.verifier.offline.PackMaker;
import gongbei.verifier.rules.RulesetStore;
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
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long an offline pack takes to be made of a whole map, one holder in a hundred not green, and
 * a code to be judged by it. The pack's bytes are printed. With more than some 10 million residents
 * give the fork the memory: {@code -jvmArgsAppend -Xmx8g}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@Fork(1)
public class OfflinePackBenchmark {
  private static final int CODES = 1_024;
  private static final int DAY_SECONDS = 86_400;

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
    final Instant now = Instant.now();
    key =
        new KeyGeneration()
            .generate("GD", now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(2)));
    trust = new TrustList(List.of(key.issuerKey()));
    map = StatusMap.inMemory(residents);
    final StatusStateMachine machine = new StatusStateMachine(map);
    final SplittableRandom random = new SplittableRandom(1);
    final int minutes = (int) (now.getEpochSecond() / 60) - 60;
    final CodeIssuer issuer = new CodeIssuer(CodeFormat.GD1, key);
    codes = new byte[CODES][];
    for (int i = 0; i < residents; i++) {
      final Subject subject = new Subject(random.nextLong(), random.nextLong());
      machine.apply(
          new StatusCommand.SetStatus(subject, i % 100 == 99 ? 1 : 0, 1, minutes, 2, 0, 0));
      if (i < CODES) {
        codes[i] =
            issuer
                .issue(
                    CodeClaims.ofPerson(
                        subject.toBytes(),
                        HealthCode.KIND_PERSON,
                        0,
                        1,
                        minutes,
                        2,
                        new byte[8],
                        now.getEpochSecond(),
                        now.getEpochSecond() + DAY_SECONDS))
                .getBytes(StandardCharsets.US_ASCII);
      }
    }
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
    return PackMaker.full(
        map,
        trust,
        RulesetStore.shipped().current().all(),
        key,
        Instant.now().getEpochSecond(),
        DAY_SECONDS);
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
