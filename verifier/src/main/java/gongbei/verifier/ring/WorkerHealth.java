package gongbei.verifier.ring;

import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whether the workers of a ring buffer answer. A worker does not where events wait for it and
 * it has moved past none for {@value #STALL_SECONDS} s, or where its last {@value
 * #MAX_FAILED_BATCHES} batches have failed. For any thread.
 */
public final class WorkerHealth {
  /** After how long without progress a worker that has work counts as stalled. */
  public static final int STALL_SECONDS = 5;

  /** How many batches that fail one after the other are taken for more than a bad event. */
  public static final int MAX_FAILED_BATCHES = 8;

  /** For how long a worker that has failed so, and was given nothing since, is not trusted. */
  public static final int DISTRUST_SECONDS = 10;

  private static final Logger LOGGER = LoggerFactory.getLogger(WorkerHealth.class);

  private final String name;
  private final RingBuffer<?> ring;
  private final List<One> workers = new ArrayList<>();
  private final LongAdder failures = new LongAdder();
  private int answering;
  private boolean wasAnswering = true;

  /**
   * Watches over no worker yet.
   *
   * @param name of the workers
   */
  WorkerHealth(String name, RingBuffer<?> ring) {
    this.name = name;
    this.ring = ring;
  }

  /** One worker. What its batches come to is for its own thread. */
  final class One {
    private final Sequence sequence;
    private volatile int failedBatches;
    private volatile long failedNanos;
    private long seenSequence;
    private long seenNanos;

    private One(Sequence sequence) {
      this.sequence = sequence;
      this.seenSequence = sequence.get();
      this.seenNanos = System.nanoTime();
    }

    /** Takes what came of a batch. */
    void answered(boolean isSound) {
      if (!isSound) {
        failures.increment();
        failedNanos = System.nanoTime();
        failedBatches = Math.min(MAX_FAILED_BATCHES, failedBatches + 1);
      } else if (failedBatches != 0) {
        failedBatches = 0;
      }
    }

    private boolean isAnswering(long nowNanos) {
      final long at = sequence.get();
      if (at != seenSequence || at >= ring.getCursor()) {
        seenSequence = at;
        seenNanos = nowNanos;
      }
      final boolean isStalled = nowNanos - seenNanos >= TimeUnit.SECONDS.toNanos(STALL_SECONDS);
      final boolean fails =
          failedBatches >= MAX_FAILED_BATCHES
              && nowNanos - failedNanos < TimeUnit.SECONDS.toNanos(DISTRUST_SECONDS);
      return !isStalled && !fails;
    }
  }

  /** Watches over one more worker, which is at a sequence of the ring buffer. */
  synchronized One add(Sequence sequence) {
    final One one = new One(sequence);
    workers.add(one);
    answering = workers.size();
    return one;
  }

  /**
   * Looks at the workers. To be called every second or so: what is seen once can't be told from
   * work that has just come.
   *
   * @param nowNanos {@link System#nanoTime}
   * @return whether all answer
   */
  public synchronized boolean look(long nowNanos) {
    answering = 0;
    for (final One worker : workers) {
      answering += worker.isAnswering(nowNanos) ? 1 : 0;
    }
    final boolean isAnswering = answering == workers.size();
    if (isAnswering != wasAnswering) {
      wasAnswering = isAnswering;
      if (isAnswering) {
        LOGGER.info("All workers of {} answer again", name);
      } else {
        LOGGER.error("{}; the node is not ready", explanation());
      }
    }
    return isAnswering;
  }

  /** How many workers there are, and how many of them answered when last looked at, in words. */
  public synchronized String explanation() {
    return (workers.size() - answering)
        + " of "
        + workers.size()
        + " workers of "
        + name
        + " do not answer";
  }

  /** How many workers answered when last looked at. */
  public synchronized int answering() {
    return answering;
  }

  /** How many workers there are. */
  public synchronized int workers() {
    return workers.size();
  }

  /** How many batches have failed, wholly or in part. */
  public long failures() {
    return failures.sum();
  }
}
