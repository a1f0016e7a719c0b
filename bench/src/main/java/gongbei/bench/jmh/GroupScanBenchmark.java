package gongbei.bench.jmh;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.signature.FixedBaseEngine;
import gongbei.codec.signature.KeyTables;
import gongbei.codec.signature.Sm3;
import gongbei.codec.trust.TrustList;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.log.LocalCommandLog;
import gongbei.replication.machine.Documents;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.scan.ScanEvaluator;
import java.time.Instant;
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
 * A scan of a group's code in a map of a million: one signature, and a lookup of every member.
 * Several groups take turns, so that their members are not in the caches. Run with {@code -prof
 * gc}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class GroupScanBenchmark {
  private static final int RESIDENTS = 1_000_000;
  private static final int GROUPS = 512;
  private static final int DAY_SECONDS = 86_400;

  /** How many members a group has. */
  @Param({"1", "50", "500"})
  int members;

  private final Scan[][] scans = new Scan[GROUPS][1];
  private StatusMap map;
  private LocalCommandLog log;
  private ScanEvaluator evaluator;
  private int next;

  /** Fills a map and makes the groups and their codes. */
  @Setup(Level.Trial)
  public void setUp() {
    final Residents residents = new Residents(CodeFormat.GD1, RESIDENTS);
    map = StatusMap.inMemory(RESIDENTS);
    log = new LocalCommandLog(map);
    residents.putInto(map);
    final SplittableRandom random = new SplittableRandom(1);
    final CodeIssuer issuer = new CodeIssuer(CodeFormat.GD1, residents.key());
    final Ruleset metro = RulesetStore.shipped().current().find("metro");
    final long now = Instant.now().getEpochSecond();
    final Sm3 sm3 = new Sm3();
    for (int group = 0; group < GROUPS; group++) {
      final Subject id = new Subject(random.nextLong(), random.nextLong());
      final byte[] subjects = new byte[members * Subject.BYTES];
      for (int i = 0; i < members; i++) {
        residents.subject(random.nextInt(RESIDENTS)).write(subjects, i * Subject.BYTES);
      }
      log.submit(DocumentCommand.group(id, subjects)).join();
      final byte[] digest = new byte[Sm3.DIGEST_BYTES];
      sm3.update(subjects, 0, subjects.length);
      sm3.digest(digest, 0);
      final String code =
          issuer.issue(
              CodeClaims.of(CodeKind.GROUP, id.toBytes())
                  .colour(Colour.GREEN)
                  .serial(new byte[CodeLimits.SERIAL_BYTES])
                  .group(members, digest)
                  .validity(now, now + DAY_SECONDS)
                  .build());
      scans[group][0] = new Scan().text(code).ruleset(metro).atEpochSeconds(Scan.NOW);
    }
    final TrustList trust = residents.trust();
    final KeyTables tables = KeyTables.of(trust);
    evaluator =
        new ScanEvaluator(
            new ScanEvaluator.Context()
                .engine(() -> new FixedBaseEngine(tables))
                .trust(() -> trust)
                .groups(this::groups)
                .statusMap(map)
                .clockSkewSeconds(5)
                .batchCapacity(1));
    for (int group = 0; group < GROUPS; group++) {
      final Scan scan = scan()[0];
      if (scan.reason() != Reason.OK || scan.group().size() != members) {
        throw new IllegalStateException("a scan is " + scan.reason());
      }
    }
  }

  private ScanEvaluator.Groups groups() {
    final Documents.Finder groups = log.documents().finder();
    return (buffer, offset) ->
        groups.find(DocumentCommand.Kind.GROUP, buffer, offset, Subject.BYTES);
  }

  /** Frees the map. */
  @TearDown(Level.Trial)
  public void tearDown() {
    log.close();
    map.close();
  }

  /** From text to verdict. */
  @Benchmark
  public Scan[] scan() {
    next = (next + 1) % GROUPS;
    evaluator.evaluate(scans[next], 1);
    return scans[next];
  }
}
