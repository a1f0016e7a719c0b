package gongbei.replication.wire;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts datagrams of all endpoints of a driver. For any thread. */
public final class WireCounts {
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

  void count(Refusal reason) {
    refused.get(reason).increment();
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
