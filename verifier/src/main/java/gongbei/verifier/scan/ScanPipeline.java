package gongbei.verifier.scan;

import com.lmax.disruptor.BatchEventProcessor;
import com.lmax.disruptor.BatchEventProcessorBuilder;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.ExceptionHandler;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.WaitStrategy;
import gongbei.verifier.rules.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ring buffer between those who ask and the workers who answer. Bounded: a scan that finds no
 * room is refused at once and never queued elsewhere. {@link #claim}, {@link #scan} and {@link
 * #publish} are for any thread.
 */
public final class ScanPipeline implements AutoCloseable {
  /** What {@link #claim} answers when the ring buffer is full. */
  public static final long BUSY = -1;

  private static final Logger LOGGER = LoggerFactory.getLogger(ScanPipeline.class);
  private static final int MIN_RETRY_MILLIS = 5;

  private final RingBuffer<Scan> ring;
  private final List<BatchEventProcessor<Scan>> processors = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  /**
   * Starts the workers.
   *
   * @param capacity places in the ring buffer, a power of two
   * @param workers how many threads evaluate; each takes every n-th scan
   * @param waitStrategy how an idle worker waits
   * @param context what the workers' evaluators share
   * @param metrics counts every verdict
   */
  public ScanPipeline(
      int capacity,
      int workers,
      WaitStrategy waitStrategy,
      ScanEvaluator.Context context,
      ScanMetrics metrics) {
    ring = RingBuffer.createMultiProducer(Scan::new, capacity, waitStrategy);
    for (int ordinal = 0; ordinal < workers; ordinal++) {
      final Worker worker = new Worker(ordinal, workers, new ScanEvaluator(context), metrics);
      final BatchEventProcessor<Scan> processor =
          new BatchEventProcessorBuilder()
              .setMaxBatchSize(worker.evaluator.batchCapacity() * workers)
              .build(ring, ring.newBarrier(), worker);
      processor.setExceptionHandler(worker);
      processors.add(processor);
    }
    ring.addGatingSequences(
        processors.stream().map(BatchEventProcessor::getSequence).toArray(Sequence[]::new));
    for (int ordinal = 0; ordinal < workers; ordinal++) {
      final Thread thread = new Thread(processors.get(ordinal), "gongbei-scan-" + ordinal);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  /**
   * Takes a place in the ring buffer. What is claimed must be published, whatever happens.
   *
   * @return the place's sequence, or {@link #BUSY} at once when there is none
   */
  public long claim() {
    if (!ring.hasAvailableCapacity(1)) {
      return BUSY;
    }
    try {
      return ring.tryNext();
    } catch (InsufficientCapacityException e) {
      return BUSY;
    }
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
    return ring.getBufferSize();
  }

  /** Places that are free at the moment. */
  public int remaining() {
    return (int) ring.remainingCapacity();
  }

  /** Answers what has been published, then stops the workers. */
  @Override
  public void close() {
    final long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (remaining() < capacity() && System.nanoTime() < deadlineNanos) {
      if (!pause()) {
        break;
      }
    }
    processors.forEach(BatchEventProcessor::halt);
    for (final Thread thread : threads) {
      try {
        thread.join(TimeUnit.SECONDS.toMillis(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static boolean pause() {
    try {
      Thread.sleep(1);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Collects its share of a batch and answers it as one. */
  private static final class Worker implements EventHandler<Scan>, ExceptionHandler<Scan> {
    private final int ordinal;
    private final int workers;
    private final ScanEvaluator evaluator;
    private final ScanMetrics metrics;
    private final Scan[] batch;
    private final ScanListener[] listeners;
    private int size;
    private int listenerCount;

    Worker(int ordinal, int workers, ScanEvaluator evaluator, ScanMetrics metrics) {
      this.ordinal = ordinal;
      this.workers = workers;
      this.evaluator = evaluator;
      this.metrics = metrics;
      this.batch = new Scan[evaluator.batchCapacity()];
      this.listeners = new ScanListener[evaluator.batchCapacity()];
    }

    @Override
    public void onEvent(Scan scan, long sequence, boolean endOfBatch) {
      if (sequence % workers == ordinal) {
        batch[size++] = scan;
      }
      if (size == batch.length || (endOfBatch && size > 0)) {
        answerBatch();
      }
    }

    private void answerBatch() {
      try {
        evaluator.evaluate(batch, size);
      } catch (RuntimeException | InternalError e) {
        LOGGER.error("A batch of {} scans failed: {}", size, e.toString());
        LOGGER.debug("The failure in full", e);
      }
      for (int i = 0; i < size; i++) {
        answer(batch[i]);
      }
      for (int i = 0; i < listenerCount; i++) {
        try {
          listeners[i].onBatchEnd();
        } catch (RuntimeException e) {
          LOGGER.error("A batch could not be flushed: {}", e.toString());
        }
        listeners[i] = null;
      }
      listenerCount = 0;
      size = 0;
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
        } catch (RuntimeException e) {
          LOGGER.error("A verdict could not be given back: {}", e.toString());
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

    @Override
    public void handleEventException(Throwable e, long sequence, Scan scan) {
      LOGGER.error("Scan {} failed: {}", sequence, e.toString());
    }

    @Override
    public void handleOnStartException(Throwable e) {
      LOGGER.error("A scan worker could not start: {}", e.toString());
    }

    @Override
    public void handleOnShutdownException(Throwable e) {
      LOGGER.error("A scan worker could not stop cleanly: {}", e.toString());
    }
  }
}
