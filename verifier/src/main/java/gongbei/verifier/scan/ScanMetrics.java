package gongbei.verifier.scan;

import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Verdict;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts verdicts and how long they took, from acceptance to verdict. Recording allocates nothing
 * and takes no lock: for any thread.
 *
 * <p>The latencies are counted by hand, not by HdrHistogram: its histogram for any thread also
 * updates a total, a least and a greatest with each value, which all workers would contend for, and
 * its recorders give intervals, where Prometheus asks for counts since the start.
 */
public final class ScanMetrics {
  /** The most that {@link #offline} answers: the last number up to which a double has each. */
  public static final long MAX_OFFLINE = 1L << 53;

  private static final int SUB_BUCKETS = 8;
  private static final int SUB_BUCKET_BITS = 3;
  private static final int BUCKETS = 64 * SUB_BUCKETS;

  private final Map<Verdict, Map<Reason, LongAdder>> counts = new EnumMap<>(Verdict.class);
  private final LongAdder shed = new LongAdder();
  private final Map<Verdict, AtomicLong> offline = new EnumMap<>(Verdict.class);
  private final LongAdder latencySumNanos = new LongAdder();
  private final AtomicLongArray latencies = new AtomicLongArray(BUCKETS);

  public ScanMetrics() {
    for (final Verdict verdict : Verdict.values()) {
      offline.put(verdict, new AtomicLong());
      final Map<Reason, LongAdder> reasons = new EnumMap<>(Reason.class);
      for (final Reason reason : Reason.values()) {
        reasons.put(reason, new LongAdder());
      }
      counts.put(verdict, reasons);
    }
  }

  /** Counts one verdict. */
  public void record(Verdict verdict, Reason reason, long latencyNanos) {
    counts.get(verdict).get(reason).increment();
    final long nanos = Math.max(0, latencyNanos);
    latencySumNanos.add(nanos);
    latencies.getAndIncrement(bucketOf(nanos));
  }

  /** Counts one scan that found the ring buffer full. */
  public void recordShed() {
    shed.increment();
  }

  /** How many scans have had that verdict for that reason. */
  public long count(Verdict verdict, Reason reason) {
    return counts.get(verdict).get(reason).sum();
  }

  /** How many scans have had a verdict. */
  public long total() {
    long total = 0;
    for (final Map<Reason, LongAdder> reasons : counts.values()) {
      for (final LongAdder count : reasons.values()) {
        total += count.sum();
      }
    }
    return total;
  }

  /** How many scans found the ring buffer full. */
  public long shed() {
    return shed.sum();
  }

  /** All latencies together, in nanoseconds. */
  public long latencySumNanos() {
    return latencySumNanos.sum();
  }

  /**
   * How many latencies lie in each power of two.
   *
   * @return at index n those from 2ⁿ nanoseconds to under 2ⁿ⁺¹; at 0 also those of 0
   */
  public long[] latenciesByPower() {
    final long[] powers = new long[64];
    for (int i = 0; i < BUCKETS; i++) {
      final long highest = highestOf(i);
      powers[highest <= 0 ? 0 : 63 - Long.numberOfLeadingZeros(highest)] += latencies.get(i);
    }
    return powers;
  }

  /** Tells of every size of latency that there was: its upper bound, and how many scans. */
  public void forEachLatency(LatencyCount told) {
    for (int i = 0; i < BUCKETS; i++) {
      final long count = latencies.get(i);
      if (count > 0) {
        told.count(highestOf(i), count);
      }
    }
  }

  /** Takes how many scans took about so long. */
  @FunctionalInterface
  public interface LatencyCount {
    /** So many scans took no more than {@code nanos}, and at least seven eighths of it. */
    void count(long nanos, long count);
  }

  /**
   * The latency that a share of all scans stayed within, to an eighth of its size.
   *
   * @param share from 0 to 1, as in 0.99
   * @return nanoseconds, 0 before the first scan
   */
  public long latencyNanos(double share) {
    long all = 0;
    final long[] copy = new long[BUCKETS];
    for (int i = 0; i < BUCKETS; i++) {
      copy[i] = latencies.get(i);
      all += copy[i];
    }
    final long rank = (long) Math.ceil(share * all);
    long seen = 0;
    for (int i = 0; i < BUCKETS; i++) {
      seen += copy[i];
      if (seen >= rank && seen > 0) {
        return highestOf(i);
      }
    }
    return 0;
  }

  /** Eight buckets for each power of two: the leading one and the three bits after it. */
  private static int bucketOf(long nanos) {
    if (nanos < SUB_BUCKETS) {
      return (int) nanos;
    }
    final int power = 63 - Long.numberOfLeadingZeros(nanos);
    final int sub = (int) (nanos >>> (power - SUB_BUCKET_BITS)) & (SUB_BUCKETS - 1);
    return (power - SUB_BUCKET_BITS + 1) * SUB_BUCKETS + sub;
  }

  private static long highestOf(int bucket) {
    if (bucket < SUB_BUCKETS) {
      return bucket;
    }
    final int shift = bucket / SUB_BUCKETS - 1;
    final long lowest = (long) (SUB_BUCKETS + bucket % SUB_BUCKETS) << shift;
    return lowest + (1L << shift) - 1;
  }

  /**
   * Counts verdicts that a checkpoint without a network has given. What is told is believed, so the
   * sum stops at {@link #MAX_OFFLINE} instead of turning over.
   *
   * @param count 0 or more
   */
  public void recordOffline(Verdict verdict, long count) {
    offline
        .get(verdict)
        .accumulateAndGet(
            count, (sum, more) -> more >= MAX_OFFLINE - sum ? MAX_OFFLINE : sum + more);
  }

  /** How many codes got a verdict at checkpoints without a network. */
  public long offline(Verdict verdict) {
    return offline.get(verdict).get();
  }
}
