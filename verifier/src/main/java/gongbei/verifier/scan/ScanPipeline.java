package gongbei.verifier.scan;

import com.lmax.disruptor.WaitStrategy;
import gongbei.verifier.ring.BatchRing;
import gongbei.verifier.ring.WorkerHealth;
import gongbei.verifier.rules.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ring buffer between those who ask and the workers who answer. Bounded: a scan that finds no
 * room is refused at once and never queued elsewhere. {@link #claim}, {@link #scan} and {@link
 * #publish} are for any thread.
 */
public final class ScanPipeline implements AutoCloseable {
  /** What {@link #claim} answers when the ring buffer is full. */
  public static final long BUSY = BatchRing.BUSY;

  private static final Logger LOGGER = LoggerFactory.getLogger(ScanPipeline.class);
  private static final int MIN_RETRY_MILLIS = 5;

  private final BatchRing<Scan> ring;
  private final int inHand;

  /**
   * Starts the workers.
   *
   * @param capacity places in the ring buffer, a power of two
   * @param workers how many threads evaluate; each takes a batch of scans in its turn
   * @param waitStrategy how an idle worker waits
   * @param gatherNanos the longest that a worker waits for a batch to fill, 0 for never
   * @param context what the workers' evaluators share
   * @param metrics counts every verdict
   */
  public ScanPipeline(
      int capacity,
      int workers,
      WaitStrategy waitStrategy,
      long gatherNanos,
      ScanEvaluator.Context context,
      ScanMetrics metrics) {
    final List<Worker> each = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      each.add(new Worker(() -> new ScanEvaluator(context), metrics));
    }
    inHand = each.stream().mapToInt(Worker::batchCapacity).sum();
    ring = new BatchRing<>("gongbei-scan", Scan::new, capacity, waitStrategy, gatherNanos, each);
  }

  /**
   * Takes a place in the ring buffer. What is claimed must be published, whatever happens.
   *
   * @return the place's sequence, or {@link #BUSY} at once when there is none
   */
  public long claim() {
    return ring.claim();
  }

  /** The scan at a claimed place, to be filled. */
  public Scan scan(long sequence) {
    return ring.get(sequence);
  }

  /** Hands a claimed place to the workers. */
  public void publish(long sequence) {
    ring.publish(sequence);
  }

  /** How long one who was refused should wait before trying again. */
  public int retryAfterMillis() {
    return MIN_RETRY_MILLIS;
  }

  /** Places in the ring buffer. */
  public int capacity() {
    return ring.capacity();
  }

  /** Places that are free at the moment. */
  public int remaining() {
    return ring.remaining();
  }

  /** Scans that wait or are being answered at the moment. */
  public int waiting() {
    return capacity() - remaining();
  }

  /** Whether more scans wait than the workers answer in one turn. */
  public boolean isBehind() {
    return waiting() > inHand;
  }

  /** How the workers are doing. */
  public WorkerHealth health() {
    return ring.health();
  }

  /** Answers what has been published, then stops the workers. */
  @Override
  public void close() {
    ring.close();
  }

  /**
   * Answers a batch of scans as one. Where that fails, by an error too, the evaluator is replaced,
   * for nobody knows what state the failure has left it in, and the scans are evaluated one by one,
   * so that whatever has made it fail is shed alone.
   */
  private static final class Worker implements BatchRing.Worker<Scan> {
    private final Supplier<ScanEvaluator> evaluators;
    private final ScanMetrics metrics;
    private final Scan[] batch;
    private final Scan[] alone = new Scan[1];
    private final ScanListener[] listeners;
    private ScanEvaluator evaluator;
    private int size;
    private int listenerCount;

    Worker(Supplier<ScanEvaluator> evaluators, ScanMetrics metrics) {
      this.evaluators = evaluators;
      this.metrics = metrics;
      this.evaluator = evaluators.get();
      this.batch = new Scan[evaluator.batchCapacity()];
      this.listeners = new ScanListener[evaluator.batchCapacity()];
    }

    @Override
    public int batchCapacity() {
      return batch.length;
    }

    @Override
    public void take(Scan scan) {
      batch[size++] = scan;
    }

    @Override
    public boolean answer() {
      boolean isSound = true;
      try {
        evaluator.evaluate(batch, size);
      } catch (Throwable e) {
        isSound = false;
        afterFailure("A batch of scans failed", e);
        evaluateOneByOne();
      }
      for (int i = 0; i < size; i++) {
        answer(batch[i]);
      }
      for (int i = 0; i < listenerCount; i++) {
        try {
          listeners[i].onBatchEnd();
        } catch (Throwable e) {
          tell("A batch could not be flushed", e);
        }
        listeners[i] = null;
      }
      listenerCount = 0;
      size = 0;
      return isSound;
    }

    private void evaluateOneByOne() {
      for (int i = 0; i < size; i++) {
        if (!batch[i].isDecided()) {
          alone[0] = batch[i];
          try {
            evaluator.evaluate(alone, 1);
          } catch (Throwable e) {
            afterFailure("A scan failed", e);
          }
        }
      }
      alone[0] = null;
    }

    private void afterFailure(String what, Throwable why) {
      tell(what, why);
      try {
        evaluator = evaluators.get();
      } catch (Throwable e) {
        tell("An evaluator could not be replaced", e);
      }
    }

    private static void tell(String what, Throwable why) {
      try {
        LOGGER.error("{}: {}", what, why.toString());
        LOGGER.debug("The failure in full", why);
      } catch (Throwable untold) {
        // Where memory is at its end even this may fail; the scans are answered all the same.
        Thread.onSpinWait();
      }
    }

    private void answer(Scan scan) {
      if (!scan.isDecided()) {
        scan.decide(Reason.BUSY);
      }
      metrics.record(scan.verdict(), scan.reason(), System.nanoTime() - scan.acceptedNanos());
      final ScanListener listener = scan.listener();
      if (listener != null) {
        try {
          listener.onVerdict(scan);
        } catch (Throwable e) {
          tell("A verdict could not be given back", e);
        }
        remember(listener);
      }
      scan.release();
    }

    private void remember(ScanListener listener) {
      for (int i = 0; i < listenerCount; i++) {
        if (listeners[i] == listener) {
          return;
        }
      }
      listeners[listenerCount++] = listener;
    }
  }
}
