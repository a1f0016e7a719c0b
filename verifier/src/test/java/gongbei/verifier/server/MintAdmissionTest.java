package gongbei.verifier.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.lmax.disruptor.BlockingWaitStrategy;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.CodeKind;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.TrustList;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import gongbei.verifier.mint.MintMetrics;
import gongbei.verifier.mint.MintPipeline;
import gongbei.verifier.scan.ScanEvaluator;
import gongbei.verifier.scan.ScanMetrics;
import gongbei.verifier.scan.ScanPipeline;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class MintAdmissionTest {
  private static final int PLACES = 16;
  private static final Subject HOLDER = new Subject(1, 1);

  private static ScanPipeline scansOf(StatusMap map) {
    final TrustList trust = new TrustList(List.of());
    return new ScanPipeline(
        PLACES,
        1,
        new BlockingWaitStrategy(),
        0,
        new ScanEvaluator.Context()
            .trust(() -> trust)
            .engine(BouncyCastleEngine::new)
            .statusMap(map),
        new ScanMetrics());
  }

  @Test
  void displaysGiveWayWhereScansHaveFallenBehind() throws InterruptedException {
    final MintMetrics metrics = new MintMetrics();
    try (StatusMap map = StatusMap.inMemory(10);
        ScanPipeline scans = scansOf(map);
        MintPipeline codes =
            new MintPipeline(
                PLACES,
                1,
                new BlockingWaitStrategy(),
                0,
                new MintPipeline.Context(
                    CodeFormat.GD1,
                    new SigningKeys(List.of()),
                    map,
                    () -> true,
                    () -> false,
                    () -> 0),
                metrics)) {
      final MintAdmission admission = new MintAdmission(codes, scans, metrics);
      final long first = scans.claim();
      for (int waiting = 1; waiting <= PLACES / 4; waiting++) {
        assertTrue(isAdmitted(admission), waiting + " scans wait");
        Patience.await("the code to be told", () -> codes.waiting() == 0);
        assertEquals(first + waiting, scans.claim());
      }
      assertFalse(isAdmitted(admission), "more than a quarter of the places is taken");
      assertEquals(1, metrics.shed());
      final long last = scans.claim();
      assertNotEquals(ScanPipeline.BUSY, last, "scans have the rest for themselves");
      for (long sequence = first; sequence <= last; sequence++) {
        scans.publish(sequence);
      }
      Patience.await("scans to be answered", () -> scans.remaining() == PLACES);
      assertTrue(isAdmitted(admission), "scans have caught up");
    }
  }

  /** Every code that is shown may be scanned at once. */
  @Test
  void codesThatWaitToBeSignedCountAsScansToCome() throws InterruptedException {
    final MintMetrics metrics = new MintMetrics();
    final CountDownLatch still = new CountDownLatch(1);
    try (StatusMap map = StatusMap.inMemory(10);
        ScanPipeline scans = scansOf(map);
        MintPipeline codes =
            new MintPipeline(
                4 * PLACES,
                1,
                new BlockingWaitStrategy(),
                0,
                new MintPipeline.Context(
                    CodeFormat.GD1,
                    new SigningKeys(List.of()),
                    map,
                    () -> true,
                    () -> false,
                    () -> after(still)),
                metrics)) {
      final MintAdmission admission = new MintAdmission(codes, scans, metrics);
      for (int waiting = 0; waiting <= PLACES / 4; waiting++) {
        assertTrue(isAdmitted(admission), waiting + " codes wait");
      }
      assertFalse(isAdmitted(admission));
      still.countDown();
      Patience.await("codes to be told", () -> codes.waiting() == 0);
      assertTrue(isAdmitted(admission));
    }
  }

  private static long after(CountDownLatch latch) {
    try {
      return latch.await(Patience.SECONDS, TimeUnit.SECONDS) ? 0 : -1;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isAdmitted(MintAdmission admission) {
    return admission.mint(HOLDER, CodeKind.PERSON, 60, code -> {});
  }
}
