package gongbei.verifier.tls;

import gongbei.verifier.config.Limits;
import gongbei.verifier.net.ClientAddress;
import gongbei.verifier.net.TokenBuckets;
import java.net.InetAddress;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Does what a server's TLS handshakes cost on threads of their own, so that its event loops go on
 * with the connections that are there, and lets only so many begin: of one address in a second, and
 * in all at a time. For any thread.
 */
public final class Handshakes implements AutoCloseable {
  private final TokenBuckets rates;
  private final ThreadPoolExecutor executor;
  private final AtomicInteger inProgress = new AtomicInteger();
  private final LongAdder begun = new LongAdder();
  private final LongAdder overRate = new LongAdder();
  private final LongAdder withoutRoom = new LongAdder();

  /**
   * Starts the threads as they are needed.
   *
   * @param server names them, as in {@code http}
   * @param threads how many handshakes are worked on at a time
   * @param perSecond handshakes that one address may begin on average; 0 for no bound
   */
  public Handshakes(String server, int threads, int perSecond) {
    rates = new TokenBuckets(perSecond, Limits.MAX_RATE_BUCKETS, System::nanoTime);
    executor =
        new ThreadPoolExecutor(
            threads,
            threads,
            Limits.HANDSHAKE_THREAD_IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(Limits.MAX_HANDSHAKE_STEPS_QUEUED),
            task -> {
              final Thread thread = new Thread(task, "gongbei-tls-" + server);
              thread.setDaemon(true);
              return thread;
            },
            (task, pool) -> {
              withoutRoom.increment();
              throw new RejectedExecutionException("too many handshakes are waiting");
            });
    executor.allowCoreThreadTimeOut(true);
  }

  /**
   * Lets a connection begin its handshake; whoever is let must {@link #end} it.
   *
   * @return false where its address begins too many, or too many are under way; it is counted
   */
  boolean begin(InetAddress address) {
    if (rates.take(ClientAddress.of(address)) > 0) {
      overRate.increment();
      return false;
    }
    if (inProgress.incrementAndGet() > Limits.MAX_HANDSHAKES) {
      inProgress.decrementAndGet();
      withoutRoom.increment();
      return false;
    }
    begun.increment();
    return true;
  }

  /** A handshake that was begun is over, well or not. */
  void end() {
    inProgress.decrementAndGet();
  }

  /** Where the steps of handshakes are done; one that finds no room is rejected and counted. */
  Executor executor() {
    return executor;
  }

  /** How many handshakes are under way. */
  public int inProgress() {
    return inProgress.get();
  }

  /** How many handshakes were let begin. */
  public long begun() {
    return begun.sum();
  }

  /** How many were refused because their address began too many. */
  public long overRate() {
    return overRate.sum();
  }

  /** How many were refused, or cut off, because too many were under way. */
  public long withoutRoom() {
    return withoutRoom.sum();
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
