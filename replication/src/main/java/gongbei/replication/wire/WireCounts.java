package gongbei.replication.wire;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts datagrams of all endpoints of a driver. For any thread. */
public final class WireCounts {
  private static final Logger LOGGER = LoggerFactory.getLogger(WireCounts.class);
  private static final long WARNING_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final AtomicLong warnedNanos = new AtomicLong(System.nanoTime() - 2 * WARNING_NANOS);
  private final LongAdder sealedCount = new LongAdder();
  private final LongAdder openedCount = new LongAdder();
  private final Map<Refusal, LongAdder> refused = new EnumMap<>(Refusal.class);

  WireCounts() {
    for (final Refusal reason : Refusal.values()) {
      refused.put(reason, new LongAdder());
    }
  }

  void countSealed() {
    sealedCount.increment();
  }

  void countOpened() {
    openedCount.increment();
  }

  /** Counts a datagram that was dropped, and warns of it once a minute. For any thread. */
  void count(Refusal reason) {
    refused.get(reason).increment();
    final long nowNanos = System.nanoTime();
    final long last = warnedNanos.get();
    if (reason != Refusal.UNPROVEN
        && reason != Refusal.REPLAYED
        && nowNanos - last > WARNING_NANOS
        && warnedNanos.compareAndSet(last, nowNanos)) {
      LOGGER.warn(
          "Datagrams that this cluster's secret did not seal are dropped: {}; see"
              + " gongbei_log_datagrams_refused_total",
          reason.label());
    }
  }

  /** The datagrams that were sealed and handed to the network. */
  public long sealed() {
    return sealedCount.sum();
  }

  /** The datagrams that opened and whose frames were handed to Aeron. */
  public long opened() {
    return openedCount.sum();
  }

  /** The datagrams that were dropped for a reason. */
  public long refused(Refusal reason) {
    return refused.get(reason).sum();
  }
}
