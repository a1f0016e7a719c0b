package gongbei.verifier.ring;

import com.lmax.disruptor.BatchEventProcessor;
import com.lmax.disruptor.BatchEventProcessorBuilder;
import com.lmax.disruptor.EventFactory;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.ExceptionHandler;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.WaitStrategy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A ring buffer of pre-allocated events between those who ask and the workers who answer. Bounded:
 * what finds no room is refused at once and never queued elsewhere. {@link #claim}, {@link #get}
 * and {@link #publish} are for any thread.
 *
 * @param <E> what a place in the ring buffer holds
 */
public final class BatchRing<E> implements AutoCloseable {
  /** What {@link #claim} answers when the ring buffer is full. */
  public static final long BUSY = -1;

  private static final Logger LOGGER = LoggerFactory.getLogger(BatchRing.class);
  private static final long CLOSE_SECONDS = 10;

  private final RingBuffer<E> ring;
  private final List<BatchEventProcessor<E>> processors = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final WorkerHealth health;
  private volatile boolean isClosed;

  /**
   * Answers a batch of events at a time, on one thread. Whatever goes wrong in it, it answers every
   * event and can take the next batch.
   */
  public interface Worker<E> {
    /** The most events of a batch. */
    int batchCapacity();

    /** Takes the next event of a batch. */
    void take(E event);

    /**
     * Answers all events of the batch, in whatever way.
     *
     * @return whether each is answered as it should be; false where something has failed
     */
    boolean answer();
  }

  /**
   * Starts the workers.
   *
   * @param name of their threads
   * @param factory makes the events
   * @param capacity places in the ring buffer, a power of two
   * @param waitStrategy how an idle worker waits
   * @param gatherNanos the longest that a worker waits for a batch to fill; 0 for never
   * @param workers each takes a batch's length of events, then leaves as many to each other
   */
  public BatchRing(
      String name,
      EventFactory<E> factory,
      int capacity,
      WaitStrategy waitStrategy,
      long gatherNanos,
      List<? extends Worker<E>> workers) {
    ring = RingBuffer.createMultiProducer(factory, capacity, waitStrategy);
    health = new WorkerHealth(name, ring);
    for (int ordinal = 0; ordinal < workers.size(); ordinal++) {
      final Worker<E> worker = workers.get(ordinal);
      final Stripe stripe = new Stripe(ordinal, workers.size(), worker.batchCapacity());
      final Share<E> share = new Share<>(stripe, worker);
      final BatchEventProcessor<E> processor =
          new BatchEventProcessorBuilder()
              .setMaxBatchSize(stripe.cycle())
              .build(ring, new GatheringBarrier(ring.newBarrier(), stripe, gatherNanos), share);
      processor.setExceptionHandler(share);
      share.watchedBy(health.add(processor.getSequence()));
      processors.add(processor);
    }
    ring.addGatingSequences(
        processors.stream().map(BatchEventProcessor::getSequence).toArray(Sequence[]::new));
    for (int ordinal = 0; ordinal < workers.size(); ordinal++) {
      final BatchEventProcessor<E> processor = processors.get(ordinal);
      final Thread thread = new Thread(() -> run(processor), name + "-" + ordinal);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  /** Keeps a worker going until the ring is closed, whatever it meets. */
  private void run(BatchEventProcessor<E> processor) {
    while (!isClosed) {
      try {
        processor.run();
      } catch (Throwable e) {
        tell("A worker was stopped, and goes on", e);
      }
    }
  }

  private static void tell(String what, Throwable why) {
    try {
      LOGGER.error("{}: {}", what, why.toString());
    } catch (Throwable untold) {
      // Where memory is at its end even this may fail; the worker must not end by it.
      Thread.onSpinWait();
    }
  }

  /** How the workers are doing. */
  public WorkerHealth health() {
    return health;
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

  /** The event at a claimed place, to be filled. */
  public E get(long sequence) {
    return ring.get(sequence);
  }

  /** Hands a claimed place to the workers. */
  public void publish(long sequence) {
    ring.publish(sequence);
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
    final long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
    while (remaining() < capacity() && System.nanoTime() < deadlineNanos) {
      if (!pause()) {
        break;
      }
    }
    isClosed = true;
    processors.forEach(BatchEventProcessor::halt);
    for (final Thread thread : threads) {
      try {
        thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
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

  /** One worker's events, collected to batches. */
  private static final class Share<E> implements EventHandler<E>, ExceptionHandler<E> {
    private final Stripe stripe;
    private final Worker<E> worker;
    private WorkerHealth.One health;
    private int size;

    Share(Stripe stripe, Worker<E> worker) {
      this.stripe = stripe;
      this.worker = worker;
    }

    void watchedBy(WorkerHealth.One watch) {
      health = watch;
    }

    @Override
    public void onEvent(E event, long sequence, boolean endOfBatch) {
      if (stripe.contains(sequence)) {
        worker.take(event);
        size++;
      }
      if (size == stripe.width() || (endOfBatch && size > 0)) {
        size = 0;
        health.answered(isAnswered());
      }
    }

    private boolean isAnswered() {
      try {
        return worker.answer();
      } catch (Throwable e) {
        tell("A batch of events was not answered", e);
        return false;
      }
    }

    @Override
    public void handleEventException(Throwable e, long sequence, E event) {
      tell("Event " + sequence + " failed", e);
    }

    @Override
    public void handleOnStartException(Throwable e) {
      tell("A worker could not start", e);
    }

    @Override
    public void handleOnShutdownException(Throwable e) {
      tell("A worker could not stop cleanly", e);
    }
  }
}
