package gongbei.verifier.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.lmax.disruptor.BlockingWaitStrategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BatchRingTest {
  private static final int EVENTS = 20_000;

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
