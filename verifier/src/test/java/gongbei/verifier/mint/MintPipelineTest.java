package gongbei.verifier.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.lmax.disruptor.BlockingWaitStrategy;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.log.LocalCommandLog;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MintPipelineTest {
  private static final int HOLDERS = 300;
  private static final int LIFE_SECONDS = 60;

  private final Instant from = Instant.now().minus(Duration.ofDays(1));
  private final SigningKey first =
      new KeyGeneration().generate("GD", from, from.plus(Duration.ofDays(10)));
  private final SigningKey second =
      new KeyGeneration()
          .generate("GD", from.plus(Duration.ofDays(2)), from.plus(Duration.ofDays(10)));
  @AutoClose private final StatusMap map = StatusMap.inMemory(1_000);
  private final MintMetrics metrics = new MintMetrics();
  private final AtomicLong clock = new AtomicLong(Instant.now().getEpochSecond());
  private final AtomicBoolean isServing = new AtomicBoolean(true);
  private BooleanSupplier areScansBehind = () -> false;

  @BeforeEach
  void enrol() {
    final List<StatusCommand> holders = new ArrayList<>();
    for (int i = 0; i < HOLDERS; i++) {
      holders.add(
          StatusCommand.SetStatus.of(new Subject(i, i))
              .colour(Colour.ofNumber(i % 3))
              .test(TestResult.NEGATIVE, 1_000 + i)
              .doses(2)
              .build());
    }
    try (LocalCommandLog log = new LocalCommandLog(map)) {
      log.submit(holders).join();
    }
  }

  private MintPipeline pipeline(int capacity, int workers) {
    return new MintPipeline(
        capacity,
        workers,
        new BlockingWaitStrategy(),
        0,
        new MintPipeline.Context(
            CodeFormat.GD1,
            new SigningKeys(List.of(first, second)),
            map,
            isServing::get,
            areScansBehind,
            clock::get),
        metrics);
  }

  /** What one asker was told. */
  private record Told(Minting.Outcome outcome, String code) {
    static Told of(Minting minting) {
      return new Told(
          minting.outcome(), minting.outcome() == Minting.Outcome.MINTED ? minting.text() : null);
    }
  }

  private static HealthCode decoded(String code) {
    final byte[] text = code.getBytes(StandardCharsets.US_ASCII);
    final HealthCode decoded = new HealthCode();
    assertTrue(decoded.wrap(text, 0, text.length), decoded.field());
    return decoded;
  }

  private static boolean isSignedBy(SigningKey key, HealthCode code) {
    return new BouncyCastleEngine()
        .verify(
            key.issuerKey(),
            code.cose().signed(),
            0,
            code.cose().signedLength(),
            code.buffer(),
            code.cose().signatureOffset(),
            code.cose().signatureLength());
  }

  /** Whoever scans has a queue behind them: their workers have the processors first. */
  @Test
  void codesAreSignedOnceScansHaveCaughtUp() throws Exception {
    final AtomicInteger looks = new AtomicInteger();
    areScansBehind = () -> looks.incrementAndGet() < 3;
    final CountDownLatch minted = new CountDownLatch(1);
    final AtomicInteger looksBefore = new AtomicInteger();
    try (MintPipeline pipeline = pipeline(16, 1)) {
      assertTrue(
          pipeline.mint(
              new Subject(1, 1),
              CodeKind.PERSON,
              LIFE_SECONDS,
              minting -> {
                looksBefore.set(looks.get());
                minted.countDown();
              }));
      assertTrue(minted.await(Patience.SECONDS, TimeUnit.SECONDS));
    }
    assertEquals(3, looksBefore.get(), "it looked until scans had caught up, and no further");
  }

  @Test
  void codesAreSignedEvenWhereScansAreBehindForEver() throws Exception {
    areScansBehind = () -> true;
    final CountDownLatch minted = new CountDownLatch(HOLDERS);
    try (MintPipeline pipeline = pipeline(512, 1)) {
      for (int i = 0; i < HOLDERS; i++) {
        assertTrue(
            pipeline.mint(
                new Subject(i, i), CodeKind.PERSON, LIFE_SECONDS, code -> minted.countDown()));
      }
      assertTrue(minted.await(Patience.SECONDS, TimeUnit.SECONDS));
    }
  }

  @Test
  void codesAskedForTogetherAreEachTheirOwnHolders() throws Exception {
    final Told[] told = new Told[HOLDERS];
    final CountDownLatch awaited = new CountDownLatch(HOLDERS);
    try (MintPipeline pipeline = pipeline(512, 2)) {
      for (int i = 0; i < HOLDERS; i++) {
        final int holder = i;
        assertTrue(
            pipeline.mint(
                new Subject(i, i),
                i % 2 == 0 ? CodeKind.PERSON : CodeKind.PAPER,
                LIFE_SECONDS + i,
                minting -> {
                  told[holder] = Told.of(minting);
                  awaited.countDown();
                }));
      }
      assertTrue(awaited.await(Patience.SECONDS, TimeUnit.SECONDS));
    }
    final Set<Long> serials = new HashSet<>();
    for (int i = 0; i < HOLDERS; i++) {
      assertEquals(Minting.Outcome.MINTED, told[i].outcome());
      final HealthCode code = decoded(told[i].code());
      assertEquals(new Subject(i, i), Subject.of(code.buffer(), code.region().subjectOffset()));
      assertEquals(i % 2 == 0 ? CodeKind.PERSON : CodeKind.PAPER, code.region().kind());
      assertEquals(Colour.ofNumber(i % 3), code.region().colour());
      assertEquals(1_000 + i, code.region().sampleEpochMinutes());
      assertEquals(2, code.region().doses());
      assertEquals(clock.get(), code.cwt().issuedAtEpochSeconds());
      assertEquals(clock.get() + LIFE_SECONDS + i, code.cwt().expiresAtEpochSeconds());
      assertTrue(isSignedBy(first, code));
      assertTrue(
          serials.add(Subject.of(code.buffer(), code.region().serialOffset()).high()), "serial");
    }
    assertEquals(HOLDERS, metrics.minted());
    assertTrue(metrics.batches() <= HOLDERS);
    assertTrue(metrics.nanos() > 0);
  }

  private Told mintOne(MintPipeline pipeline, Subject subject) throws InterruptedException {
    final ConcurrentLinkedQueue<Told> told = new ConcurrentLinkedQueue<>();
    final CountDownLatch awaited = new CountDownLatch(1);
    // A place is free again only a moment after the last asker was told.
    Patience.await(
        "a place is free",
        () ->
            pipeline.mint(
                subject,
                CodeKind.PERSON,
                LIFE_SECONDS,
                minting -> {
                  told.add(Told.of(minting));
                  awaited.countDown();
                }));
    assertTrue(awaited.await(Patience.SECONDS, TimeUnit.SECONDS));
    return told.remove();
  }

  @Test
  void whatCantBeMintedIsSaidWhy() throws Exception {
    try (MintPipeline pipeline = pipeline(64, 1)) {
      assertEquals(
          Minting.Outcome.UNKNOWN_SUBJECT,
          mintOne(pipeline, new Subject(HOLDERS, HOLDERS)).outcome());
      isServing.set(false);
      assertEquals(Minting.Outcome.BUSY, mintOne(pipeline, new Subject(1, 1)).outcome());
      isServing.set(true);
      clock.addAndGet(TimeUnit.DAYS.toSeconds(20));
      assertEquals(Minting.Outcome.NO_SIGNING_KEY, mintOne(pipeline, new Subject(1, 1)).outcome());
      assertEquals(0, metrics.minted());
    }
  }

  @Test
  void aKeyThatBecomesValidSignsFromThenOn() throws Exception {
    try (MintPipeline pipeline = pipeline(64, 1)) {
      assertTrue(isSignedBy(first, decoded(mintOne(pipeline, new Subject(1, 1)).code())));
      clock.addAndGet(TimeUnit.DAYS.toSeconds(2));
      assertTrue(isSignedBy(second, decoded(mintOne(pipeline, new Subject(1, 1)).code())));
    }
  }

  @Test
  void whatFindsNoRoomIsRefusedAtOnceAndWhatHasRoomIsAnswered() throws Exception {
    final CountDownLatch held = new CountDownLatch(1);
    final CountDownLatch answered = new CountDownLatch(4);
    try (MintPipeline pipeline = pipeline(4, 1)) {
      for (int i = 0; i < 4; i++) {
        assertTrue(
            pipeline.mint(
                new Subject(i, i),
                CodeKind.PERSON,
                LIFE_SECONDS,
                minting -> {
                  try {
                    held.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  answered.countDown();
                }));
      }
      assertFalse(
          pipeline.mint(
              new Subject(5, 5), CodeKind.PERSON, LIFE_SECONDS, minting -> held.countDown()));
      assertEquals(1, metrics.shed());
      held.countDown();
      assertTrue(answered.await(Patience.SECONDS, TimeUnit.SECONDS));
      assertEquals(Minting.Outcome.MINTED, mintOne(pipeline, new Subject(5, 5)).outcome());
    }
  }

  @Test
  void whoFailsToTakeACodeKeepsNobodyFromTheirs() throws Exception {
    try (MintPipeline pipeline = pipeline(64, 1)) {
      assertTrue(
          pipeline.mint(
              new Subject(1, 1),
              CodeKind.PERSON,
              LIFE_SECONDS,
              minting -> {
                throw new IllegalStateException("the asker is broken");
              }));
      assertEquals(Minting.Outcome.MINTED, mintOne(pipeline, new Subject(2, 2)).outcome());
    }
  }
}
