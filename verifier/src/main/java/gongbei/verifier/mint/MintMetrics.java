package gongbei.verifier.mint;

import java.util.concurrent.atomic.LongAdder;

/** Counts codes that were signed, and what that took. For any thread. */
public final class MintMetrics {
  private final LongAdder minted = new LongAdder();
  private final LongAdder batches = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private final LongAdder shed = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder reserves = new LongAdder();

  /** Counts codes signed together, and the time that their encoding and signing took. */
  public void record(int codes, long elapsedNanos) {
    minted.add(codes);
    batches.increment();
    nanos.add(elapsedNanos);
  }

  /** Counts one request that found the ring buffer full. */
  public void recordShed() {
    shed.increment();
  }

  /** Counts codes that were not signed: there is no key for them, or signing has failed. */
  public void recordFailed(int codes) {
    failed.add(codes);
  }

  /** Counts one reserve code, which is among those minted. */
  public void recordReserve() {
    reserves.increment();
  }

  /** How many of the codes are reserve codes. */
  public long reserves() {
    return reserves.sum();
  }

  /** How many codes were not signed for want of a key, or because signing has failed. */
  public long failed() {
    return failed.sum();
  }

  /** How many codes were signed. */
  public long minted() {
    return minted.sum();
  }

  /** In how many batches, those of one code among them. */
  public long batches() {
    return batches.sum();
  }

  /** How long their encoding and signing took in all. */
  public long nanos() {
    return nanos.sum();
  }

  /** How many requests found no room. */
  public long shed() {
    return shed.sum();
  }
}
