package gongbei.verifier.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.lmax.disruptor.BlockingWaitStrategy;
import gongbei.testing.Patience;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BatchRingTest {
  private static final int EVENTS = 20_000;
  private static final int ALONE = 400;

  @ParameterizedTest
  @CsvSource({
    "2, 1, 1, 0",
    "16, 1, 8, 1000",
    "16, 3, 8, 1000",
    "64, 2, 64, 1000",
    "1024, 4, 64, 1000"
  })
  void everyEventIsAnsweredOnceInBatchesThatAreNotTooLong(
      int capacity, int workers, int batch, long gatherMicros) throws Exception {
    final ConcurrentLinkedQueue<List<Integer>> batches = new ConcurrentLinkedQueue<>();
    final List<Collector> each = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      each.add(new Collector(batch, batches));
    }
    try (BatchRing<int[]> ring =
        new BatchRing<>(
            "test",
            () -> new int[1],
            capacity,
            new BlockingWaitStrategy(),
            TimeUnit.MICROSECONDS.toNanos(gatherMicros),
            each)) {
      for (int i = 0; i < EVENTS; i++) {
        long place = ring.claim();
        while (place == BatchRing.BUSY) {
          Thread.onSpinWait();
          place = ring.claim();
        }
        ring.get(place)[0] = i;
        ring.publish(place);
      }
    }
    final List<Integer> answered = new ArrayList<>();
    for (final List<Integer> some : batches) {
      assertTrue(some.size() <= batch, "a batch of " + some.size());
      answered.addAll(some);
    }
    assertEquals(EVENTS, answered.size());
    assertEquals(EVENTS, Set.copyOf(answered).size());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8})
  void aWorkerThatLeavesWhatIsOthersIsWokenForWhatIsItsOwn(int workers) throws Exception {
    final ConcurrentLinkedQueue<List<Integer>> batches = new ConcurrentLinkedQueue<>();
    final List<Collector> each = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      each.add(new Collector(4, batches));
    }
    final BatchRing.Rest untilWoken =
        new BatchRing.Rest(
            new BlockingWaitStrategy(), TimeUnit.MILLISECONDS.toNanos(1), Long.MAX_VALUE);
    try (BatchRing<int[]> ring = new BatchRing<>("test", () -> new int[1], 256, untilWoken, each)) {
      int answered = 0;
      for (int i = 0; i < ALONE; i++) {
        final long place = ring.claim();
        assertTrue(place != BatchRing.BUSY, "there is room");
        ring.get(place)[0] = i;
        ring.publish(place);
        Patience.await("event " + i + " is answered", () -> !batches.isEmpty());
        answered += batches.remove().size();
      }
      assertEquals(ALONE, answered);
    }
  }

  /** Keeps each batch. */
  private static final class Collector implements BatchRing.Worker<int[]> {
    private final int capacity;
    private final ConcurrentLinkedQueue<List<Integer>> batches;
    private List<Integer> batch = new ArrayList<>();

    Collector(int capacity, ConcurrentLinkedQueue<List<Integer>> batches) {
      this.capacity = capacity;
      this.batches = batches;
    }

    @Override
    public int batchCapacity() {
      return capacity;
    }

    @Override
    public void take(int[] event) {
      batch.add(event[0]);
    }

    @Override
    public boolean answer() {
      batches.add(batch);
      batch = new ArrayList<>();
      return true;
    }
  }
}
