package gongbei.verifier.client;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Repeats requests that the server shed ({@link DeviceException.Busy}), after the time that it
 * asked for and up to as much again by chance, so that devices do not come back together. For any
 * thread.
 */
final class BusyRetries {
  private final ScheduledExecutorService sender;
  private final int retries;
  private final int maxHintMillis;
  private final AtomicLong places = new AtomicLong();
  private final Map<Long, CompletableFuture<?>> waiting = new ConcurrentHashMap<>();

  /**
   * Makes the retries of one client.
   *
   * @param sender sends the repeated requests; once it is shut down, what waits for it fails
   * @param retries how often a request is repeated at most; 0 for never
   * @param maxHintMillis bounds what the server asks for
   */
  BusyRetries(ScheduledExecutorService sender, int retries, int maxHintMillis) {
    this.sender = sender;
    this.retries = retries;
    this.maxHintMillis = maxHintMillis;
  }

  /**
   * Follows a request that was sent.
   *
   * @param first what it is answered with
   * @param again sends it once more
   * @return what the last attempt was answered with
   */
  <T> CompletableFuture<T> follow(
      CompletableFuture<T> first, Supplier<CompletableFuture<T>> again) {
    if (retries == 0) {
      return first;
    }
    final CompletableFuture<T> answer = new CompletableFuture<>();
    follow(first, answer, again, retries);
    return answer;
  }

  private <T> void follow(
      CompletableFuture<T> attempt,
      CompletableFuture<T> answer,
      Supplier<CompletableFuture<T>> again,
      int left) {
    final var unused =
        attempt.whenComplete(
            (value, failure) -> {
              if (failure == null) {
                answer.complete(value);
              } else if (failure instanceof DeviceException.Busy busy && left > 0) {
                askLater(busy, answer, again, left - 1);
              } else {
                answer.completeExceptionally(failure);
              }
            });
  }

  private <T> void askLater(
      DeviceException.Busy busy,
      CompletableFuture<T> answer,
      Supplier<CompletableFuture<T>> again,
      int left) {
    final long hint = Math.min(busy.retryAfterMillis(), maxHintMillis);
    final long place = places.getAndIncrement();
    waiting.put(place, answer);
    try {
      final var unused =
          sender.schedule(
              () -> {
                waiting.remove(place);
                follow(again.get(), answer, again, left);
              },
              hint + ThreadLocalRandom.current().nextLong(hint + 1),
              TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      waiting.remove(place);
      answer.completeExceptionally(DeviceException.Disconnected.closed());
    }
  }

  /** Fails what waits; the sender has to be shut down before. */
  void close() {
    for (final CompletableFuture<?> each : waiting.values()) {
      each.completeExceptionally(DeviceException.Disconnected.closed());
    }
  }
}
