package gongbei.verifier.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.DegradedMinting;
import gongbei.codec.model.TestResult;
import gongbei.codec.model.Venue;
import gongbei.codec.model.VenueForm;
import gongbei.codec.signature.Sm3;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.machine.StatusStateMachine;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.testing.Allocations;
import gongbei.testing.Seeds;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetStore;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The scan path allocates nothing in steady state, for whatever kind of code. */
final class KindAllocationTest {
  private static final long NOW = 1_767_225_600L;
  private static final Subject ANN = new Subject(1, 1);
  private static final int BATCH = 8;

  /** How many scans allocate less than a byte each. */
  private static final int TIMES = 4_096;

  /** As often as there are reserve codes for: each of them passes once. */
  private static final int ROUNDS = 8;

  private final SplittableRandom random = new SplittableRandom(Seeds.seed());
  private final SigningKey key =
      new KeyGeneration()
          .generate("GD", Instant.ofEpochSecond(NOW - 10), Instant.ofEpochSecond(NOW + 60));
  private final Ruleset metro = RulesetStore.shipped().current().find("metro");
  @AutoClose private final StatusMap map = StatusMap.inMemory(10);

  @BeforeEach
  void fillMap() {
    new StatusStateMachine(map)
        .apply(
            StatusCommand.SetStatus.of(ANN)
                .colour(Colour.GREEN)
                .test(TestResult.NEGATIVE, (int) (NOW / 60) - 60)
                .build());
  }

  private byte[] code(CodeKind kind) {
    final byte[] serial = new byte[8];
    random.nextBytes(serial);
    final CodeClaims.Builder claims =
        CodeClaims.of(kind, ANN.toBytes()).serial(serial).validity(NOW, NOW + 60);
    switch (kind) {
      case GROUP -> claims.group(1, digestOf(ANN.toBytes()));
      case TRANSLATED -> claims.origin("MO");
      case RESERVE -> claims.notBefore(NOW);
      case VENUE ->
          claims.venue(
              new Venue("metro", "Gongbei Port", "metro", VenueForm.SCREEN, Optional.empty()));
      default -> {}
    }
    return new CodeIssuer(CodeFormat.GD1, key)
        .issue(claims.build())
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] digestOf(byte[] members) {
    final Sm3 sm3 = new Sm3();
    sm3.update(members, 0, members.length);
    final byte[] digest = new byte[Sm3.DIGEST_BYTES];
    sm3.digest(digest, 0);
    return digest;
  }

  @ParameterizedTest
  @EnumSource(CodeKind.class)
  void noKindAllocatesFromItsTextToItsVerdict(CodeKind kind) {
    // Each reserve code passes once: every one of them is another.
    final byte[][] codes = new byte[kind == CodeKind.RESERVE ? ROUNDS * TIMES : BATCH][];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = code(kind);
    }
    final TrustList trust = new TrustList(List.of(key.issuerKey()));
    final DegradedMinting degraded = new DegradedMinting(NOW - 1, 0, 0);
    final byte[] members = ANN.toBytes();
    final ScanEvaluator evaluator =
        new ScanEvaluator(
            new ScanEvaluator.Context()
                .trust(() -> trust)
                .engine(Believer::new)
                .statusMap(map)
                .groups(() -> (buffer, offset) -> members)
                .minting(CodeFormat.GD1, () -> degraded)
                .epochSeconds(() -> NOW)
                .batchCapacity(BATCH));
    final Scan[] batch = new Scan[BATCH];
    for (int i = 0; i < BATCH; i++) {
      batch[i] = new Scan().ruleset(metro).atEpochSeconds(Scan.NOW);
    }
    final Reason expected = kind == CodeKind.VENUE ? Reason.VENUE_CODE : Reason.OK;
    final AtomicInteger round = new AtomicInteger();
    Allocations.assertNone(
        "scans of kind " + kind,
        TIMES,
        ROUNDS,
        () -> {
          final int first = TIMES * round.getAndIncrement();
          assertEquals(TIMES, evaluate(evaluator, batch, codes, first, expected));
        });
    if (kind == CodeKind.RESERVE) {
      Allocations.assertNone(
          "scans of used ones",
          TIMES,
          () -> assertEquals(TIMES, evaluate(evaluator, batch, codes, 0, Reason.RESERVE_USED)));
    }
  }

  /** Evaluates so many codes from one on, and counts those that have the reason. */
  private static int evaluate(
      ScanEvaluator evaluator, Scan[] batch, byte[][] codes, int from, Reason expected) {
    int found = 0;
    for (int first = from; first < from + TIMES; first += BATCH) {
      for (int i = 0; i < BATCH; i++) {
        final byte[] code = codes[(first + i) % codes.length];
        batch[i].text(code, 0, code.length);
      }
      evaluator.evaluate(batch, BATCH);
      for (final Scan scan : batch) {
        found += scan.reason() == expected ? 1 : 0;
      }
    }
    return found;
  }
}
