package gongbei.verifier.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.lmax.disruptor.BlockingWaitStrategy;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.signature.SignatureEngine;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.TrustList;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.log.LocalCommandLog;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import gongbei.verifier.mint.MintMetrics;
import gongbei.verifier.mint.MintPipeline;
import gongbei.verifier.mint.Minting;
import gongbei.verifier.ring.BatchRing;
import gongbei.verifier.ring.WorkerHealth;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.scan.ScanEvaluator;
import gongbei.verifier.scan.ScanListener;
import gongbei.verifier.scan.ScanMetrics;
import gongbei.verifier.scan.ScanPipeline;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Workers that meet errors, of the kinds that a JVM throws at any place. */
final class WorkerErrorTest {
  private static final Subject HOLDER = new Subject(1, 1);

  private final Instant from = Instant.now().minus(Duration.ofDays(1));
  private final SigningKey key =
      new KeyGeneration().generate("GD", from, from.plus(Duration.ofDays(10)));
  @AutoClose private final StatusMap map = StatusMap.inMemory(100);
  private final String code = code(0);
  private final String poison = code(1);
  private final AtomicInteger enginesMade = new AtomicInteger();

  static List<Supplier<Throwable>> errors() {
    return List.of(
        StackOverflowError::new,
        () -> new NoClassDefFoundError("X"),
        () -> new ExceptionInInitializerError("X"),
        () -> new OutOfMemoryError("of a test"),
        () -> new AssertionError("X"),
        () -> new InternalError("X"),
        () -> new IllegalStateException("X"));
  }

  private String code(int serial) {
    final long now = Instant.now().getEpochSecond();
    final byte[] serials = new byte[8];
    serials[0] = (byte) serial;
    return new CodeIssuer(CodeFormat.GD1, key)
        .issue(
            CodeClaims.of(CodeKind.PERSON, HOLDER.toBytes())
                .colour(Colour.GREEN)
                .serial(serials)
                .validity(now, now + 3_600)
                .build());
  }

  /** Throws where it meets the message of one code, and verifies all others. */
  private SignatureEngine engine(Supplier<Throwable> error, byte[] signature) {
    enginesMade.incrementAndGet();
    final BouncyCastleEngine real = new BouncyCastleEngine();
    return (by, message, messageOffset, messageLength, given, offset, length) -> {
      if (isOf(signature, given, offset)) {
        throwAny(error.get());
      }
      return real.verify(by, message, messageOffset, messageLength, given, offset, length);
    };
  }

  private static boolean isOf(byte[] signature, byte[] given, int offset) {
    for (int i = 0; i < signature.length; i++) {
      if (signature[i] != given[offset + i]) {
        return false;
      }
    }
    return true;
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void throwAny(Throwable e) throws T {
    throw (T) e;
  }

  private static byte[] signatureOf(String text) {
    final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    final HealthCode decoded = new HealthCode();
    assertTrue(decoded.wrap(bytes, 0, bytes.length));
    final byte[] signature = new byte[decoded.cose().signatureLength()];
    System.arraycopy(
        decoded.buffer(), decoded.cose().signatureOffset(), signature, 0, signature.length);
    return signature;
  }

  private void enrol(StatusCommand holder) {
    try (LocalCommandLog log = new LocalCommandLog(map)) {
      log.submit(holder).join();
    }
  }

  private ScanPipeline scans(Supplier<SignatureEngine> engines) {
    enrol(
        StatusCommand.SetStatus.of(HOLDER)
            .colour(Colour.GREEN)
            .test(TestResult.NEGATIVE, (int) (Instant.now().getEpochSecond() / 60))
            .doses(2)
            .build());
    return new ScanPipeline(
        64,
        1,
        new BlockingWaitStrategy(),
        0,
        new ScanEvaluator.Context()
            .trust(() -> new TrustList(List.of(key.issuerKey())))
            .engine(engines)
            .statusMap(map)
            .batchCapacity(8),
        new ScanMetrics());
  }

  private static CompletableFuture<Reason> ask(ScanPipeline pipeline, String text) {
    final CompletableFuture<Reason> reason = new CompletableFuture<>();
    final long place = pipeline.claim();
    assertTrue(place >= 0, "there is room");
    pipeline
        .scan(place)
        .text(text)
        .ruleset(RulesetStore.shipped().current().find("metro"))
        .place("metro")
        .atEpochSeconds(Scan.NOW)
        .acceptedNanos(System.nanoTime())
        .listener(
            new ScanListener() {
              @Override
              public void onVerdict(Scan scan) {
                reason.complete(scan.reason());
              }

              @Override
              public void onBatchEnd() {
                // Each verdict is taken as it comes.
              }
            });
    pipeline.publish(place);
    return reason;
  }

  @ParameterizedTest
  @MethodSource("errors")
  void theScanThatIsInTheWayIsShedAloneAndTheWorkerGoesOn(Supplier<Throwable> error)
      throws Exception {
    final byte[] signature = signatureOf(poison);
    try (ScanPipeline pipeline = scans(() -> engine(error, signature))) {
      for (int round = 0; round < 3; round++) {
        final List<CompletableFuture<Reason>> good = new ArrayList<>();
        final List<CompletableFuture<Reason>> bad = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
          (i % 5 == 2 ? bad : good).add(ask(pipeline, i % 5 == 2 ? poison : code));
        }
        for (final CompletableFuture<Reason> each : good) {
          assertEquals(Reason.OK, each.get(Patience.SECONDS, TimeUnit.SECONDS));
        }
        for (final CompletableFuture<Reason> each : bad) {
          assertEquals(Reason.BUSY, each.get(Patience.SECONDS, TimeUnit.SECONDS));
        }
      }
      assertTrue(pipeline.health().failures() > 0, "it is counted");
      assertTrue(enginesMade.get() > 1, "what the error has met is replaced");
      assertEquals(Reason.OK, ask(pipeline, code).get(Patience.SECONDS, TimeUnit.SECONDS));
      // The verdict is told a moment before the worker notes that its batch is done.
      Patience.await(
          pipeline.health()::explanation, () -> pipeline.health().look(System.nanoTime()));
    }
  }

  @Test
  void aWorkerThatFailsAtEverythingIsNotReadyUntilItAnswersAgain() throws Exception {
    final byte[] signature = signatureOf(code);
    final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
    final SignatureEngine engine = engine(StackOverflowError::new, signature);
    final BouncyCastleEngine real = new BouncyCastleEngine();
    try (ScanPipeline pipeline =
        scans(
            () ->
                (by, message, from, length, given, at, bytes) ->
                    left.get() > 0
                        ? engine.verify(by, message, from, length, given, at, bytes)
                        : real.verify(by, message, from, length, given, at, bytes))) {
      final WorkerHealth health = pipeline.health();
      for (int i = 0; i < WorkerHealth.MAX_FAILED_BATCHES; i++) {
        assertTrue(health.look(System.nanoTime()), "a few failures are no more than that");
        assertEquals(Reason.BUSY, ask(pipeline, code).get(Patience.SECONDS, TimeUnit.SECONDS));
        awaitFailures(health, i + 1);
      }
      final long now = System.nanoTime();
      assertFalse(health.look(now));
      assertEquals("1 of 1 workers of gongbei-scan do not answer", health.explanation());
      assertTrue(
          health.look(now + TimeUnit.SECONDS.toNanos(WorkerHealth.DISTRUST_SECONDS + 1)),
          "it is tried again after a while");
      assertFalse(health.look(now));
      left.set(0);
      assertEquals(Reason.OK, ask(pipeline, code).get(Patience.SECONDS, TimeUnit.SECONDS));
      Patience.await("it answers again", () -> health.look(System.nanoTime()));
    }
  }

  private static void awaitFailures(WorkerHealth health, long count) throws InterruptedException {
    Patience.await(count + " failures", () -> health.failures() >= count);
  }

  @Test
  void aWorkerThatHangsIsSeenAndOneThatIsIdleIsNot() throws Exception {
    final CountDownLatch hang = new CountDownLatch(1);
    final CountDownLatch hangs = new CountDownLatch(1);
    final BatchRing.Worker<int[]> worker =
        new BatchRing.Worker<>() {
          @Override
          public int batchCapacity() {
            return 4;
          }

          @Override
          public void take(int[] event) {
            // Only that there is one counts.
          }

          @Override
          public boolean answer() {
            hangs.countDown();
            while (hang.getCount() > 0) {
              try {
                hang.await();
              } catch (InterruptedException e) {
                return false;
              }
            }
            return true;
          }
        };
    try (BatchRing<int[]> ring =
        new BatchRing<>(
            "test", () -> new int[1], 8, new BlockingWaitStrategy(), 0, List.of(worker))) {
      final long now = System.nanoTime();
      final long later = now + TimeUnit.SECONDS.toNanos(WorkerHealth.STALL_SECONDS + 1);
      assertTrue(ring.health().look(now));
      assertTrue(ring.health().look(later), "nothing waits for it");
      ring.publish(ring.claim());
      assertTrue(hangs.await(Patience.SECONDS, TimeUnit.SECONDS));
      assertTrue(ring.health().look(later), "it has had no time");
      assertFalse(ring.health().look(later + TimeUnit.SECONDS.toNanos(WorkerHealth.STALL_SECONDS)));
      hang.countDown();
      Patience.await("the ring is empty", () -> ring.remaining() == ring.capacity());
      assertTrue(ring.health().look(later + TimeUnit.HOURS.toNanos(1)));
    }
  }

  @ParameterizedTest
  @MethodSource("errors")
  void aMinterThatMeetsAnErrorAnswersAndGoesOn(Supplier<Throwable> error) throws Exception {
    enrol(StatusCommand.SetStatus.of(HOLDER).colour(Colour.GREEN).build());
    final AtomicInteger faults = new AtomicInteger(3);
    try (MintPipeline pipeline =
        new MintPipeline(
            16,
            1,
            new BlockingWaitStrategy(),
            0,
            new MintPipeline.Context(
                CodeFormat.GD1,
                new SigningKeys(List.of(key)),
                map,
                () -> {
                  if (faults.getAndDecrement() > 0) {
                    throwAny(error.get());
                  }
                  return true;
                },
                () -> false,
                () -> Instant.now().getEpochSecond()),
            new MintMetrics())) {
      for (int i = 0; i < 3; i++) {
        assertEquals(Minting.Outcome.BUSY, mint(pipeline, i == 1));
      }
      assertEquals(Minting.Outcome.MINTED, mint(pipeline, false));
      assertEquals(3, pipeline.health().failures());
    }
  }

  /** What comes of a code, told to somebody who throws an error or not. */
  private static Minting.Outcome mint(MintPipeline pipeline, boolean throwing) throws Exception {
    final CompletableFuture<Minting.Outcome> outcome = new CompletableFuture<>();
    Patience.await(
        "a place is free",
        () ->
            pipeline.mint(
                HOLDER,
                CodeKind.PERSON,
                60,
                minting -> {
                  outcome.complete(minting.outcome());
                  if (throwing) {
                    throw new AssertionError("of who is told");
                  }
                }));
    return outcome.get(Patience.SECONDS, TimeUnit.SECONDS);
  }
}
